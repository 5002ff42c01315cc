//! The tables that are printed and kept: a row a question, a column a layout.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::{
    CHATS, Layout, MESSAGES, Size,
    contest::{Cell, Line},
};
use crate::machine::Machine;

#[derive(Debug, Serialize)]
pub struct Report {
    /// In universal time, `2026-01-31 14:02`.
    pub taken: String,
    pub machine: Machine,
    #[serde(skip)]
    pub size: Size,
    pub quick: bool,
    /// Rows that a layout with a row a reader has of them.
    pub rows: usize,
    pub messages: Vec<Line>,
    pub chats: Vec<Line>,
    pub sizes: Vec<Tables>,
}

/// Bytes of each table and index of a layout, by name.
#[derive(Debug, Serialize)]
pub struct Tables {
    pub layout: &'static str,
    pub bytes: Vec<(String, i64)>,
}

impl Report {
    #[must_use]
    pub fn markdown(&self) -> String {
        let machine = &self.machine;
        let mut text = format!(
            "# Layouts, {}\n\nTaken {} UTC on {} ({} cores, {} MiB, Linux {}), load {} before. {} messages in \
             {} chats, {} rows where each reader has one; encrypted, WAL, `synchronous = NORMAL`.",
            self.taken,
            self.taken,
            machine.processor,
            machine.cores,
            machine.memory_mib,
            machine.kernel,
            machine.load_before,
            self.size.messages,
            self.size.chats,
            self.rows,
        );
        if self.quick || !machine.optimised {
            text.push_str(
                " A quick or unoptimised run: it shows that the benchmark works, and compares nothing.",
            );
        }
        text.push_str("\n\nTimes are p50 / p99, in turns and in the same run.\n\n## Messages\n\n");
        text.push_str(&table(MESSAGES, &self.messages));
        text.push_str("\n## Chats and members\n\n");
        text.push_str(&table(CHATS, &self.chats));
        text.push_str("\n## Where the bytes are\n\nMiB, after everything was written.\n\n");
        for Tables { layout: name, bytes: sizes } in &self.sizes {
            let large = sizes.iter().filter(|(_, bytes)| *bytes > 1 << 20);
            let shown: Vec<String> = large
                .map(|(table, bytes)| format!("{table} {:.0}", *bytes as f64 / f64::from(1 << 20)))
                .collect();
            let _ = writeln!(text, "- {name}: {}", shown.join(", "));
        }
        text
    }

    /// Writes `layouts-DAY.md` and `.json` below `dir`.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, dir: &Path, day: &str) -> Result<PathBuf> {
        fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let path = dir.join(format!("layouts-{day}.md"));
        fs::write(&path, self.markdown())?;
        fs::write(path.with_extension("json"), serde_json::to_string_pretty(self)? + "\n")?;
        Ok(path)
    }
}

fn table(layouts: &[Layout], lines: &[Line]) -> String {
    let names: Vec<&str> = layouts.iter().map(|layout| layout.name).collect();
    let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "--:|".repeat(layouts.len()));
    for line in lines {
        let cells: Vec<String> = line.cells.iter().map(cell).collect();
        let _ = writeln!(text, "| {} | {} |", line.question, cells.join(" | "));
    }
    text
}

/// A cell for people.
#[must_use]
pub fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Times { p50, p99, .. } => format!("{} / {}", time(*p50), time(*p99)),
        Cell::Bytes(bytes) => size(*bytes as f64),
        Cell::Cannot => "cannot".to_owned(),
    }
}

/// Microseconds for people.
#[must_use]
pub fn time(micros: f64) -> String {
    match micros {
        m if m < 1_000.0 => format!("{} µs", digits(m)),
        m if m < 1_000_000.0 => format!("{} ms", digits(m / 1_000.0)),
        m => format!("{} s", digits(m / 1_000_000.0)),
    }
}

fn size(bytes: f64) -> String {
    match bytes / 1024.0 {
        kib if kib < 1024.0 => format!("{} KiB", digits(kib)),
        kib => format!("{} MiB", digits(kib / 1024.0)),
    }
}

/// Two or three digits that count.
fn digits(value: f64) -> String {
    if value < 9.95 { format!("{value:.1}") } else { format!("{value:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_unit_that_fits() {
        assert_eq!((time(7.25).as_str(), time(999.0).as_str()), ("7.2 µs", "999 µs"));
        assert_eq!((time(1_500.0).as_str(), time(2_000_000.0).as_str()), ("1.5 ms", "2.0 s"));
        assert_eq!(cell(&Cell::Bytes(3 << 20)), "3.0 MiB");
        assert_eq!(cell(&Cell::Cannot), "cannot");
    }
}
