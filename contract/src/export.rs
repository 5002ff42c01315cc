//! Writes the TypeScript of the contract.

use std::{fmt::Write as _, fs, io, path::Path};

use ts_rs::{Config, TS};

use crate::{api, event::Batch, view::SystemSettings};

/// Writes one file a type into `dir`, and two maps from a command's name to its arguments and result: `Api.ts` for
/// those of an account, `WindowApi.ts` for those of the window.
///
/// # Errors
/// When a file cannot be written.
pub fn export(dir: &Path) -> io::Result<()> {
    let config = Config::new().with_out_dir(dir);
    let failed = |error: ts_rs::ExportError| io::Error::other(error.to_string());
    Batch::export_all(&config).map_err(failed)?;
    api::export_arguments(&config).map_err(failed)?;
    api::export_results(&config).map_err(failed)?;
    api::window::export_arguments(&config).map_err(failed)?;
    api::window::export_results(&config).map_err(failed)?;
    SystemSettings::export_all(&config).map_err(failed)?;

    let of_account = map("Api", "Every command of an account", api::signatures(&config));
    fs::write(dir.join("Api.ts"), of_account)?;
    let of_window = map("WindowApi", "Every command of the window", api::window::signatures(&config));
    fs::write(dir.join("WindowApi.ts"), of_window)
}

fn map(name: &str, what: &str, signatures: Vec<(&str, String, String)>) -> String {
    let mut imports = std::collections::BTreeSet::new();
    let mut body = String::new();
    for (command, arguments, result) in signatures {
        let _ = writeln!(body, "  {command}: {{ arguments: {arguments}; result: {result} }};");
        imports.insert(arguments);
        imports.insert(result);
    }
    let mut text = String::from("// Made from contract/ by `cargo xtask generate`. Do not edit.\n");
    for import in imports {
        let _ = writeln!(text, "import type {{ {import} }} from './{import}';");
    }
    let _ = write!(
        text,
        "\n/** {what}: what it takes and what it answers. */\nexport interface {name} {{\n{body}}}\n"
    );
    text
}
