//! `cargo xtask demo`: the main job on real input, unattended.

use anyhow::Result;

#[tokio::main]
async fn main() -> Result<()> {
    beseda_tests::desktop::demo::play().await
}
