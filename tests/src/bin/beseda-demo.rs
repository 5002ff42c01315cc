//! `cargo xtask demo`: the main job on real input, unattended.

use anyhow::{Result, bail};
use beseda_tests::desktop::demo;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // Returning drops the scene, which ends the relay, the windows and their displays.
    tokio::select! {
        played = demo::play() => played,
        _ = terminate.recv() => bail!("stopped"),
        _ = interrupt.recv() => bail!("stopped"),
    }
}
