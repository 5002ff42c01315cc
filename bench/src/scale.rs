//! The same figures in histories of different length, side by side: what grows with the history shows.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};

use crate::report::{Report, short};

/// Messages in the histories that are compared.
pub const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];

/// A row a figure, two columns a history: ours and the floor.
#[must_use]
pub fn table(reports: &[Report]) -> String {
    let mut text = String::from("| figure |");
    for report in reports {
        let _ = write!(text, " {} | floor |", thousands(report.messages));
    }
    text.push_str("\n|---|");
    text.push_str(&"--:|--:|".repeat(reports.len()));
    text.push('\n');
    for figure in reports.iter().flat_map(|report| &report.figures).map(|figure| &figure.name).fold(
        Vec::<&String>::new(),
        |mut names, name| {
            if !names.contains(&name) {
                names.push(name);
            }
            names
        },
    ) {
        let _ = write!(text, "| {figure} |");
        for report in reports {
            match report.figures.iter().find(|other| other.name == *figure) {
                Some(found) => {
                    let floor = found.floor.map_or_else(|| "–".to_owned(), short);
                    let _ = write!(text, " {} {} | {floor} |", short(found.ours), found.unit.name());
                }
                None => text.push_str(" – | – |"),
            }
        }
        text.push('\n');
    }
    text
}

fn thousands(messages: u64) -> String {
    match messages {
        n if n >= 1_000_000 => format!("{} M", n / 1_000_000),
        n => format!("{} k", n / 1_000),
    }
}

/// Writes the table, and each history's own report in full.
///
/// # Errors
/// When `dir` cannot be written.
pub fn write(reports: &[Report], dir: &Path, name: &str) -> Result<()> {
    fs::create_dir_all(dir)?;
    let mut text = format!("# The same at different lengths, {name}\n\n{}", table(reports));
    for report in reports {
        let _ = write!(text, "\n## {}\n\n{}", thousands(report.messages), report.section());
    }
    let path = dir.join(format!("{name}-scale.md"));
    fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    fs::write(path.with_extension("json"), serde_json::to_vec_pretty(reports)?)?;
    println!("Written to {} and .json", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        machine::Machine,
        report::{Figure, Unit},
    };

    #[test]
    fn histories_stand_side_by_side() {
        let dir = tempfile::tempdir().unwrap();
        let report = |messages, figures: &[(&str, f64)]| Report {
            taken: String::new(),
            machine: Machine::look(dir.path()).unwrap(),
            messages,
            chats: 1,
            quick: true,
            figures: figures
                .iter()
                .map(|(name, ours)| Figure::new(name, Unit::Milliseconds, *ours).floor(0.5))
                .collect(),
            missing: vec![],
        };
        let table =
            table(&[report(10_000, &[("page", 1.0)]), report(1_000_000, &[("page", 2.0), ("send", 3.0)])]);
        assert!(table.starts_with("| figure | 10 k | floor | 1 M | floor |\n"), "{table}");
        assert!(table.contains("| page | 1.00 ms | 0.500 | 2.00 ms | 0.500 |\n"), "{table}");
        assert!(table.contains("| send | – | – | 3.00 ms | 0.500 |\n"), "{table}");
    }
}
