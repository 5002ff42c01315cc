//! What one place (a screen, a database) holds, in order.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::desktop::programs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: String,
    pub author: String,
    pub text: String,
}

#[derive(Debug)]
pub struct Ledger {
    /// Whose, as in "Anna's screen".
    pub whose: String,
    pub entries: Vec<Entry>,
}

/// Reads the database of a closed profile through the CLI.
///
/// # Errors
/// When the CLI is not built or fails, or answers what is not of its form.
pub fn read(name: &str, profile: &Path, chat: &str, count: usize) -> Result<Ledger> {
    let output = Command::new(programs::built("beseda")?)
        .arg("--profile")
        .arg(profile)
        // More than there should be, so that a double shows.
        .args(["log", chat, "--json", "--limit", &(count * 2).to_string()])
        .output()
        .context("the CLI cannot be started")?;
    if !output.status.success() {
        bail!("`beseda log` of {name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout).context("the CLI prints what is not UTF-8")?;
    let mut entries = Vec::new();
    for line in text.lines() {
        let value: Value =
            serde_json::from_str(line).with_context(|| format!("`beseda log` printed {line}"))?;
        if let Some(entry) = entry(&value) {
            entries.push(entry);
        }
    }
    Ok(Ledger { whose: format!("{name}'s database"), entries })
}

/// None for what is not a message (who came, who went).
fn entry(line: &Value) -> Option<Entry> {
    let text = |key: &str| line[key].as_str().map(str::to_owned);
    Some(Entry { id: text("id")?, author: text("author_name")?, text: text("text")? })
}
