//! `export-bundle`, `import-bundle`: what goes from device to device as a file.

use std::path::Path;

use beseda_core::{Core, unreported};
use serde_json::json;

use crate::{
    failure::Result,
    output::{Output, shown_line},
};

/// # Errors
/// When the file cannot be written.
pub async fn export(core: &Core, file: &Path, all: bool, out: &mut Output) -> Result<()> {
    let exported = core.export_bundle(file, all, &unreported()).await?;
    out.result(
        &json!({ "file": file, "chats": exported.chats, "envelopes": exported.envelopes }),
        &format!(
            "{} of {} are in {}. Who is in these chats can take them in with: beseda import-bundle FILE",
            counted(exported.envelopes, "envelope"),
            counted(u64::from(exported.chats), "chat"),
            file.display()
        ),
    )
}

/// # Errors
/// A file that is no bundle.
pub async fn import(core: &Core, file: &Path, out: &mut Output) -> Result<()> {
    let imported = core.import_bundle(file, &unreported()).await?;
    let mut gaps = Vec::new();
    for chat in &imported.gaps {
        let line = core.chat(*chat).await?;
        gaps.push((line.id.to_string(), line.title));
    }
    let mut text = match imported.envelopes {
        0 => "Everything in it was here already.".to_owned(),
        new => format!("{} brought something new.", counted(new, "envelope")),
    };
    if imported.unknown > 0 {
        text.push_str(&format!(
            "\nPassed over: {} that you are not in.",
            counted(u64::from(imported.unknown), "chat")
        ));
    }
    for (_, title) in &gaps {
        text.push_str(&format!(
            "\n{}: more is missing here than the bundle holds. Ask for one made with --all.",
            shown_line(title)
        ));
    }
    let gaps: Vec<&String> = gaps.iter().map(|(id, _)| id).collect();
    out.result(&json!({ "envelopes": imported.envelopes, "unknown": imported.unknown, "gaps": gaps }), &text)
}

fn counted(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
