//! Writes the TypeScript of the contract.

use std::{fmt::Write as _, fs, io, path::Path};

use ts_rs::{Config, TS};

use crate::{api, event::Event};

/// Writes one file a type and `Api.ts`, the map from a command's name to its arguments and result, into `dir`.
///
/// # Errors
/// When a file cannot be written.
pub fn export(dir: &Path) -> io::Result<()> {
    let config = Config::new().with_out_dir(dir);
    let failed = |error: ts_rs::ExportError| io::Error::other(error.to_string());
    Event::export_all(&config).map_err(failed)?;
    api::export_arguments(&config).map_err(failed)?;
    api::export_results(&config).map_err(failed)?;

    let mut imports = std::collections::BTreeSet::new();
    let mut body = String::new();
    for (name, arguments, result) in api::signatures(&config) {
        imports.insert(arguments.clone());
        imports.insert(result.clone());
        let _ = writeln!(body, "  {name}: {{ arguments: {arguments}; result: {result} }};");
    }
    let mut text = String::from("// Made from contract/ by `cargo xtask generate`. Do not edit.\n");
    for import in imports {
        let _ = writeln!(text, "import type {{ {import} }} from './{import}';");
    }
    let _ = write!(
        text,
        "\n/** Every command: what it takes and what it answers. */\nexport interface Api {{\n{body}}}\n"
    );
    fs::write(dir.join("Api.ts"), text)
}
