//! Which full-text index messages should have: candidates filled alike, asked what people ask, and held to what a person
//! expects to find. `docs/decisions/0013` has the answer.
//!
//! Reading order: [`texts`] (what is written, where and when), [`candidates`] (the indexes), [`contest`] (what they are
//! asked and how that is timed), [`probes`] (what each finds).
//!
//! Not here: the core's own search, which is the last candidate with filters, queued messages and highlights around it.

mod candidates;
mod contest;
mod probes;
mod texts;

use std::{fmt::Write as _, path::Path};

use anyhow::{Context as _, Result};

use self::{candidates::ALL, texts::Texts};
use crate::machine::Machine;

/// How much is filled in and asked.
#[derive(Debug, Clone, Copy)]
struct Size {
    messages: usize,
    chats: usize,
    /// Times that each question is asked.
    turns: usize,
}

const FULL: Size = Size { messages: 1_000_000, chats: 1_000, turns: 15 };
const QUICK: Size = Size { messages: 20_000, chats: 50, turns: 3 };

/// Measures in `dir`; the table goes to `results`, if given.
///
/// # Errors
/// When SQLite or the disk fails, or two candidates that should find the same do not.
pub fn measure(dir: &Path, results: Option<&Path>, quick: bool) -> Result<()> {
    let size = if quick { QUICK } else { FULL };
    let taken = chrono::Utc::now().format("%Y-%m-%d %H:%M").to_string();
    let machine = Machine::look(dir)?;
    println!("Search: {} messages in {} chats", size.messages, size.chats);
    let texts = Texts::new(size.messages, size.chats);
    let run = |candidate| contest::run(candidate, dir, &texts, size.turns);
    let lines = ALL.iter().map(run).collect::<Result<Vec<_>>>()?;
    let mut text = format!(
        "# Search, {taken}\n\nTaken {taken} UTC on {} ({} cores, {} MiB, Linux {}), load {} before. {} messages in {} \
         chats; encrypted, WAL, `synchronous = NORMAL`, page caches as in the core. Times are of the \
         processor. A question's are of the first 50 with text, newest first, p50: when all is in the page cache / when \
         nothing is. What is written: p50 / p99.",
        machine.processor,
        machine.cores,
        machine.memory_mib,
        machine.kernel,
        machine.load_before,
        size.messages,
        size.chats
    );
    if quick || !machine.optimised {
        text.push_str(
            " A quick or unoptimised run: it shows that the benchmark works, and compares nothing.",
        );
    }
    let _ = write!(text, "\n\n{}", table(&lines));
    println!("\n{text}");
    if let Some(results) = results {
        std::fs::create_dir_all(results)?;
        let day = taken.get(..10).context("a day")?;
        let path = results.join(format!("search-{day}.md"));
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        println!("Written to {}", path.display());
    }
    Ok(())
}

/// A row a question, a column a candidate.
fn table(lines: &[contest::Line]) -> String {
    let mut text = String::from("| |");
    for candidate in ALL {
        let _ = write!(text, " {} |", candidate.name);
    }
    text.push_str("\n|---|");
    text.push_str(&"--:|".repeat(lines.len()));
    for (row, (name, _)) in lines.first().map_or(&[][..], |line| &line.cells).iter().enumerate() {
        let _ = write!(text, "\n| {name} |");
        for line in lines {
            let _ = write!(text, " {} |", line.cells[row].1);
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_answers_and_ours_finds_all_that_people_expect() {
        let dir = tempfile::tempdir().unwrap();
        let texts = Texts::new(2_000, 10);
        let run = |candidate| contest::run(candidate, dir.path(), &texts, 1).unwrap();
        let lines: Vec<_> = ALL.iter().map(run).collect();
        assert!(lines.iter().all(|line| line.cells.iter().all(|(_, cell)| !cell.is_empty())));
        let found_by = |line: &contest::Line| {
            line.cells.iter().find(|(name, _)| name.starts_with("finds")).unwrap().1.parse::<usize>().unwrap()
        };
        let found: Vec<usize> = lines.iter().map(found_by).collect();
        assert_eq!(found.last(), Some(&probes::ALL.len()), "{found:?}");
        assert!(found[..found.len() - 2].iter().all(|found| *found < probes::ALL.len()), "{found:?}");
    }
}
