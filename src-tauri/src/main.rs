//! The desktop shell: one process, one window, one directory of profiles. Adapters only: it passes calls from the page to
//! the accounts and events from the accounts to the page.
//!
//! Not here: what a command does (`beseda-core`, behind `beseda-contract`) and what is on screen (`ui/`).

// A release build on Windows must not open a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bridge;
mod notify;
mod profile;
mod renderer;
mod tray;
mod window;
mod words;

use std::{env, io::IsTerminal as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, bail};
use beseda_contract::accounts::{Accounts, Config};
use clap::Parser;
use tracing_subscriber::EnvFilter;

use profile::Profile;

#[derive(Parser)]
#[command(name = "beseda-desktop", version, about = "Beseda, a messenger")]
struct Arguments {
    /// Directory of the first account's profile; others that are added in the window lie in it [default: `beseda/default`
    /// among this person's data]
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// Relay to propose on the first start
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr();
    renderer::choose();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("beseda-desktop: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    refuse_automation()?;
    require_display()?;
    let profile = Profile::find(arguments.profile)?;
    let config = Config {
        home: profile.dir.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        relay: arguments.relay,
    };

    tauri::Builder::default()
        // First, so that a second process ends before it touches anything of the profile.
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(profile.bus_name())
                .callback(|app, _arguments, _directory| window::bring_to_front(app))
                .build(),
        )
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_opener::init())
        .manage(Accounts::new(config))
        .manage(bridge::Pump::default())
        .manage(notify::Notifier::default())
        .invoke_handler(tauri::generate_handler![bridge::call, bridge::subscribe])
        .setup(move |app| {
            window::close_on_signals(app.handle());
            // Before the page opens any account: what comes first is told too.
            notify::start(app.handle());
            tray::start(app.handle());
            window::open(app.handle(), &profile)?;
            window::count_unread(app.handle(), profile);
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window cannot be made")?
        .run(window::on_run_event);
    Ok(())
}

/// Logs tell what happened, never what was said. `BESEDA_LOG` chooses how much, as in `BESEDA_LOG=debug`.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("BESEDA_LOG").unwrap_or_else(|_| EnvFilter::new("warn,beseda=info"));
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(filter)
        .init();
}

/// Whoever drives the page through WebDriver can read everything in it: tests may, in builds made for tests.
fn refuse_automation() -> Result<()> {
    if env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some() && !cfg!(any(debug_assertions, feature = "driven")) {
        bail!("this build cannot be driven by other programs: unset TAURI_WEBVIEW_AUTOMATION");
    }
    Ok(())
}

/// GTK would panic.
fn require_display() -> Result<()> {
    let names = ["DISPLAY", "WAYLAND_DISPLAY"];
    let none = names.iter().all(|name| env::var_os(name).is_none_or(|value| value.is_empty()));
    if cfg!(target_os = "linux") && none {
        bail!(
            "there is no display: set DISPLAY or WAYLAND_DISPLAY, or use `cargo xtask run` for a virtual one"
        );
    }
    Ok(())
}
