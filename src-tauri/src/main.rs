//! The desktop shell: one process, one main window and chats in windows of their own, one directory of profiles. Adapters only: it passes calls from the page to
//! the accounts and events from the accounts to the page.
//!
//! Not here: what a command does (`beseda-core`, behind `beseda-contract`) and what is on screen (`ui/`).

// A release build on Windows must not open a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod bridge;
#[cfg(target_os = "linux")]
mod caret;
mod chat_windows;
mod crash;
mod environment;
#[cfg(target_os = "linux")]
mod first_draw;
#[cfg(target_os = "linux")]
mod font;
mod garbage;
mod links;
mod notify;
mod profile;
mod renderer;
mod system;
mod tray;
mod window;
mod words;

use std::{env, io::IsTerminal as _, process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result, bail};
use beseda_contract::accounts::{Accounts, Config};
use clap::Parser as _;
use tauri::{AppHandle, Manager as _, async_runtime};
use tracing_subscriber::EnvFilter;

use arguments::Arguments;
use links::Links;
use profile::Profile;
use system::System;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr();
    renderer::choose();
    garbage::keep_little();
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
    let profile = Profile::find(arguments.profile.clone())?;
    let config = Config {
        home: profile.dir.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        relay: arguments.relay.clone(),
    };
    let links = Links::default();
    if let Some(link) = arguments.link() {
        links.offer(link);
    }

    let mut builder = tauri::Builder::default()
        // First, so that a second process ends before it touches anything of the profile.
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(profile.bus_name())
                .callback(|app, handed, _directory| started_again(app, handed))
                .build(),
        )
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_opener::init())
        .manage(Accounts::new(config))
        .manage(bridge::Pages::default())
        .manage(chat_windows::ChatWindows::default())
        .manage(notify::Notifier::default())
        .manage(links)
        .manage(System::of(&profile))
        .manage(profile.clone());
    if let Some(remembered) = window::remember_place(&profile) {
        builder = builder.plugin(remembered);
    }
    builder
        .plugin(system::autostart(&profile))
        .invoke_handler(tauri::generate_handler![
            bridge::call,
            bridge::subscribe,
            chat_windows::open_chat_window,
            chat_windows::chat_moved,
            chat_windows::show_chat,
            chat_windows::close_chat_window,
            links::follow_links,
            system::system_settings,
            system::set_autostart,
            system::set_shortcut
        ])
        .setup(move |app| {
            window::close_on_signals(app.handle());
            #[cfg(target_os = "linux")]
            font::ask();
            // Before any account is opened: what comes first is told too.
            notify::start(app.handle());
            tray::start(app.handle());
            let accounts = Arc::clone(&app.state::<Arc<Accounts>>());
            async_runtime::spawn(async move { accounts.open_shown().await });
            window::open(app.handle(), &profile, arguments.background)?;
            window::count_unread(app.handle(), profile);
            system::listen_for_shortcut(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window cannot be made")?
        .run(window::on_run_event);
    Ok(())
}

/// Somebody has started the program once more: this window is what they meant.
fn started_again(app: &AppHandle, handed: Vec<String>) {
    let handed = Arguments::handed_over(handed);
    if let Some(link) = handed.as_ref().and_then(Arguments::link) {
        app.state::<Links>().offer(link);
    }
    // Started with the session while it runs already: nobody asked for the window.
    if !handed.is_some_and(|handed| handed.background) {
        window::bring_to_front(app, window::MAIN);
    }
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
