//! Which tables the messages and the chats should have: the layouts that were drawn and ours, filled alike and asked
//! what the app asks. `docs/decisions/0014` has the answer.
//!
//! Each layout is a file in `bench/layouts`: its tables, and its best answer to every question. Reading order:
//! [`script`] (such a file), [`database`] (one layout, opened as the core opens its own), [`dataset`] (what all are
//! filled with), [`fill`], [`contest`] (how they are timed), [`messages`] and [`chats`] (what they are asked),
//! [`table`] and [`plot`] (what comes out).
//!
//! Not here: documents, keys, sync. This is SQLite alone.

mod chats;
mod contest;
mod database;
mod dataset;
mod fill;
mod messages;
mod plot;
mod script;
mod table;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::{Context as _, Result};

use self::{contest::Contestant, dataset::Dataset, script::Script, table::Report};
use crate::{KEY, machine::Machine};

/// What a message's key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// How many came before it.
    Arrival,
    /// Where it stands: `docs/decisions/0002`.
    Place,
}

#[derive(Debug)]
pub struct Layout {
    /// As the tables and the plot call it.
    pub name: &'static str,
    pub keys: Keys,
    text: &'static str,
}

macro_rules! layout {
    ($name:literal, $keys:ident, $file:literal) => {
        Layout { name: $name, keys: Keys::$keys, text: include_str!(concat!("../layouts/", $file, ".sql")) }
    };
}

/// The last is ours: what the others are compared with.
pub const MESSAGES: &[Layout] = &[
    layout!("1 one table", Arrival, "messages_one_table"),
    layout!("2 metadata apart", Arrival, "messages_metadata"),
    layout!("3 join tables", Arrival, "messages_join_tables"),
    layout!("4 three-way", Arrival, "messages_three_way"),
    layout!("1 with our marks", Arrival, "messages_one_table_marks"),
    layout!("5 by place (ours)", Place, "messages_by_place"),
];
/// The first is ours.
pub const CHATS: &[Layout] = &[
    layout!("1 one table, memberships (ours)", Place, "chats_one_members"),
    layout!("1 one table, lists", Place, "chats_one_list"),
    layout!("2 parts, memberships", Place, "chats_parts_members"),
    layout!("2 parts, lists", Place, "chats_parts_list"),
    layout!("3 a table a kind, memberships", Place, "chats_kinds_members"),
    layout!("3 a table a kind, lists", Place, "chats_kinds_list"),
];

/// How much is filled in and asked.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub messages: usize,
    pub chats: usize,
    /// Turns that each layout has with each question.
    pub turns: usize,
    /// Seconds after which a question has been asked enough, if each layout had three turns.
    pub seconds: f64,
}

const FULL: Size = Size { messages: 1_000_000, chats: 1_000, turns: 60, seconds: 30.0 };
const QUICK: Size = Size { messages: 20_000, chats: 100, turns: 3, seconds: 1.0 };

/// Measures in `dir`; with `kept`, the filled databases stay there and are used again. The report goes to `results`, if
/// given, and the plot to `plot`.
///
/// # Errors
/// When SQLite or the disk fails, two layouts answer differently, or a query has no index.
pub fn measure(
    dir: &Path,
    kept: Option<&Path>,
    results: Option<&Path>,
    plot: Option<&Path>,
    quick: bool,
) -> Result<()> {
    let size = if quick { QUICK } else { FULL };
    let taken = chrono::Utc::now();
    let machine = Machine::look(dir)?;
    println!("Layouts: {} messages in {} chats", size.messages, size.chats);
    let data = Dataset::new(size.messages, size.chats);
    let messages = contestants(MESSAGES, dir, kept, &data, Filled::Messages)?;
    let chats = contestants(CHATS, dir, kept, &data, Filled::Chats)?;
    let report = Report {
        taken: taken.format("%Y-%m-%d %H:%M").to_string(),
        machine,
        size,
        quick,
        rows: data.messages.iter().map(|message| data.readers(message).count()).sum(),
        messages: messages::measure(&messages, &data, size)?,
        chats: chats::measure(&chats, &data, size)?,
        sizes: messages::tables(&messages)?,
    };
    println!("\n{}", report.markdown());
    if let Some(results) = results {
        let written = report.write(results, &taken.format("%Y-%m-%d").to_string())?;
        println!("Written to {} and .json", written.display());
    }
    if let Some(plot) = plot {
        std::fs::create_dir_all(plot.parent().context("a plot in a directory")?)?;
        std::fs::write(plot, plot::svg(&report))?;
        println!("Drawn in {}", plot.display());
    }
    Ok(())
}

#[derive(Debug, Clone, Copy)]
enum Filled {
    Messages,
    Chats,
}

/// Fills a database for each layout, and asks the planner about every statement.
fn contestants<'a>(
    layouts: &'a [Layout],
    dir: &Path,
    kept: Option<&Path>,
    data: &Dataset,
    with: Filled,
) -> Result<Vec<Contestant<'a>>> {
    let mut contestants = Vec::new();
    for (n, layout) in layouts.iter().enumerate() {
        let file = format!("layouts-{with:?}-{n}-{}.db", data.messages.len()).to_lowercase();
        let path = dir.join(&file);
        let script = Script::parse(layout.text).with_context(|| layout.name.to_owned())?;
        let fill = |path: &Path| {
            let started = std::time::Instant::now();
            match with {
                Filled::Messages => fill::messages(path, KEY, layout, &script, data),
                Filled::Chats => fill::chats(path, KEY, &script, data),
            }
            .with_context(|| format!("filling {}", layout.name))?;
            println!("  {}: filled in {:.1} s", layout.name, started.elapsed().as_secs_f64());
            anyhow::Ok(())
        };
        match kept {
            None => fill(&path)?,
            // Writing is measured too: what is kept stays as it was filled.
            Some(kept) => {
                let original = kept.join(&file);
                if !original.exists() {
                    std::fs::create_dir_all(kept)?;
                    let part = original.with_extension("part");
                    fill(&part)?;
                    std::fs::rename(&part, &original)?;
                }
                std::fs::copy(&original, &path)?;
            }
        }
        let contestant = Contestant { layout, script, path };
        contestant.check_plans().with_context(|| layout.name.to_owned())?;
        contestants.push(contestant);
    }
    Ok(contestants)
}
