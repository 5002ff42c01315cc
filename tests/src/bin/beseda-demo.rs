//! `cargo xtask demo`: the main job on real input, unattended.

use std::process::ExitCode;

use anyhow::{Result, bail};
use beseda_tests::desktop::demo;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    match play().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("beseda-demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn play() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // Returning drops the scene, which ends the relay, the windows and their displays.
    tokio::select! {
        played = demo::play() => played,
        _ = terminate.recv() => bail!("stopped"),
        _ = interrupt.recv() => bail!("stopped"),
    }
}
