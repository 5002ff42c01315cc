//! Prepares Tauri's context: the front end is compiled into the program, so it must have been built before.

use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    // Tauri embeds these files; without this line a rebuilt UI would not reach the program.
    println!("cargo::rerun-if-changed=../ui/dist");
    if !Path::new("../ui/dist/index.html").is_file() {
        println!(
            "cargo::error=ui/dist is missing: build the UI first with `cargo xtask setup` (or `npm ci && npm run build` in ui/)"
        );
        return ExitCode::FAILURE;
    }
    // Commands named here need a permission like any plugin's: without one no page can call them.
    let commands = tauri_build::AppManifest::new().commands(&[
        "call",
        "subscribe",
        "open_chat_window",
        "chat_moved",
        "show_chat",
        "close_chat_window",
        "follow_links",
        "system_settings",
        "set_autostart",
        "set_shortcut",
    ]);
    match tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={}", format!("{error:#}").replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}
