//! `cargo xtask gallery`: every screen as pictures. Its arguments are names of scenes; without any it is all of them.

use std::process::ExitCode;

use anyhow::{Result, bail};
use beseda_tests::desktop::gallery;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    match render().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("beseda-gallery: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn render() -> Result<()> {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // Returning drops the windows, which ends their displays.
    tokio::select! {
        page = gallery::render(&only) => {
            println!("{}", page?.display());
            Ok(())
        }
        _ = terminate.recv() => bail!("stopped"),
        _ = interrupt.recv() => bail!("stopped"),
    }
}
