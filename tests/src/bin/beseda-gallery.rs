//! `cargo xtask gallery`: every screen as pictures. Its arguments are names of scenes, and languages as
//! `--language=en`; without any it is all of them.

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
    let (mut only, mut languages) = (Vec::new(), Vec::new());
    for argument in std::env::args().skip(1) {
        match argument.strip_prefix("--language=") {
            Some(language) => languages.push(language.to_owned()),
            None => only.push(argument),
        }
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // Returning drops the windows, which ends their displays.
    tokio::select! {
        page = gallery::render(&only, &languages) => {
            println!("{}", page?.display());
            Ok(())
        }
        _ = terminate.recv() => bail!("stopped"),
        _ = interrupt.recv() => bail!("stopped"),
    }
}
