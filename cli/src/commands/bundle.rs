//! `export-bundle`, `import-bundle`: what goes from device to device as a file.

use std::path::Path;

use beseda_core::Core;
use serde_json::json;

use crate::{
    failure::{Failure, Result},
    output::{Output, shown_line},
    progress::Bar,
};

/// # Errors
/// When the file cannot be written; `stopped` when somebody did not wait for the end.
pub async fn export(
    core: &Core,
    file: &Path,
    all: bool,
    out: &mut Output,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let bar = Bar::new("Exporting");
    let report = bar.report();
    let exported = bar.during(core.export_bundle(file, all, &report), stop).await;
    let exported = exported.ok_or_else(|| Failure::stopped("no file was written"))??;
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
/// A file that is no bundle; `stopped` when somebody did not wait for the end.
pub async fn import(
    core: &Core,
    file: &Path,
    out: &mut Output,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let bar = Bar::new("Importing");
    let report = bar.report();
    let imported = bar.during(core.import_bundle(file, &report), stop).await;
    let left = "what was taken in until then stays; import it again for the rest";
    let imported = imported.ok_or_else(|| Failure::stopped(left))??;
    let mut gaps = Vec::new();
    for chat in &imported.gaps {
        let line = core.chat(*chat).await?;
        gaps.push((line.id.to_string(), line.title));
    }
    let mut text = match imported.envelopes {
        0 if imported.unopened > 0 => "Nothing could be taken in.".to_owned(),
        0 => "Everything in it was here already.".to_owned(),
        new => format!("{} brought something new.", counted(new, "envelope")),
    };
    if imported.unknown > 0 {
        text.push_str(&format!(
            "\nPassed over: {} that you are not in.",
            counted(u64::from(imported.unknown), "chat")
        ));
    }
    if imported.unopened > 0 {
        text.push_str(&format!(
            "\nCould not be opened: {}. One of the two does not know yet who came or went: exchange bundles both ways, or wait for a relay.",
            counted(imported.unopened, "envelope")
        ));
    }
    for (_, title) in &gaps {
        text.push_str(&format!(
            "\n{}: more is missing here than the bundle holds. Ask for one made with --all.",
            shown_line(title)
        ));
    }
    let gaps: Vec<&String> = gaps.iter().map(|(id, _)| id).collect();
    out.result(
        &json!({
            "envelopes": imported.envelopes, "unknown": imported.unknown, "unopened": imported.unopened, "gaps": gaps
        }),
        &text,
    )
}

fn counted(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
