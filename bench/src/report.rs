//! One table: each figure, the floor, the ratio, what to reach. Printed, and kept as Markdown and JSON.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::machine::Machine;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Milliseconds,
    PerSecond,
    KiB,
    MiB,
    Percent,
}

impl Unit {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::PerSecond => "/s",
            Self::KiB => "KiB",
            Self::MiB => "MiB",
            Self::Percent => "%",
        }
    }

    /// Whether more of it is better.
    fn rises(self) -> bool {
        self == Self::PerSecond
    }
}

/// What DESIGN section 9 wants: a bound on the figure, or on its ratio to the floor.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    Value(f64),
    /// So many times the floor.
    Ratio(f64),
    /// So much more than the floor.
    Over(f64),
}

#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub name: String,
    pub unit: Unit,
    pub ours: f64,
    /// The same work done by the least that can do it, in the same run.
    pub floor: Option<f64>,
    pub goal: Option<Goal>,
    /// What the floor is, and what a reader must know.
    pub note: String,
}

impl Figure {
    #[must_use]
    pub fn new(name: &str, unit: Unit, ours: f64) -> Self {
        Self { name: name.to_owned(), unit, ours, floor: None, goal: None, note: String::new() }
    }

    #[must_use]
    pub fn floor(self, floor: f64) -> Self {
        Self { floor: Some(floor), ..self }
    }

    #[must_use]
    pub fn goal(self, goal: Goal) -> Self {
        Self { goal: Some(goal), ..self }
    }

    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// How many times worse than the floor. `None` without one, or where it is nothing at all.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        let floor = self.floor.filter(|floor| *floor != 0.0)?;
        Some(if self.unit.rises() { floor / self.ours } else { self.ours / floor })
    }

    #[must_use]
    pub fn reached(&self) -> Option<bool> {
        Some(match self.goal? {
            Goal::Value(bound) if self.unit.rises() => self.ours >= bound,
            Goal::Value(bound) => self.ours <= bound,
            Goal::Ratio(bound) => self.ratio()? <= bound,
            Goal::Over(bound) => self.ours - self.floor? <= bound,
        })
    }

    fn goal_text(&self) -> String {
        let unit = self.unit.name();
        let mark = match self.reached() {
            Some(true) => " ✓",
            Some(false) => " ✗",
            None => "",
        };
        match self.goal {
            None => String::new(),
            Some(Goal::Value(bound)) if self.unit.rises() => format!("≥ {} {unit}{mark}", short(bound)),
            Some(Goal::Value(bound)) => format!("≤ {} {unit}{mark}", short(bound)),
            Some(Goal::Ratio(bound)) => format!("≤ {} × floor{mark}", short(bound)),
            Some(Goal::Over(bound)) => format!("≤ floor + {} {unit}{mark}", short(bound)),
        }
    }
}

/// Three digits that count.
#[must_use]
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    match value.abs() {
        v if v >= 100.0 => {
            let mut digits = format!("{value:.0}");
            let mut at = digits.len();
            while at > 3 && digits.as_bytes()[at - 4].is_ascii_digit() {
                at -= 3;
                digits.insert(at, ',');
            }
            digits
        }
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[derive(Debug, Serialize)]
pub struct Report {
    /// In universal time, `2026-01-31 14:02`.
    pub taken: String,
    pub machine: Machine,
    pub messages: u64,
    pub chats: usize,
    pub quick: bool,
    pub figures: Vec<Figure>,
    /// Parts that could not be measured, and why.
    pub missing: Vec<String>,
}

const HEADINGS: [&str; 6] = ["figure", "ours", "floor", "times the floor", "to reach", "note"];

impl Report {
    /// Keeps a figure and tells it at once: a whole run takes minutes.
    pub fn add(&mut self, figure: Figure) {
        println!("  {}", Self::row(&figure)[..5].join("  "));
        self.figures.push(figure);
    }

    fn row(figure: &Figure) -> [String; 6] {
        let unit = figure.unit.name();
        [
            figure.name.clone(),
            format!("{} {unit}", short(figure.ours)),
            figure.floor.map_or_else(|| "–".to_owned(), |floor| format!("{} {unit}", short(floor))),
            figure.ratio().map_or_else(|| "–".to_owned(), short),
            figure.goal_text(),
            figure.note.clone(),
        ]
    }

    fn heading(&self) -> String {
        let machine = &self.machine;
        let mut text = format!(
            "Taken {} UTC on {} ({} cores, {} MiB, Linux {}), load {} before. {:.0} fsyncs a second of 4 KiB (p50 {} ms, \
             p99 {} ms). {} messages in {} chats, encrypted.",
            self.taken,
            machine.processor,
            machine.cores,
            machine.memory_mib,
            machine.kernel,
            machine.load_before,
            machine.fsyncs_per_second,
            short(machine.fsync_p50_ms),
            short(machine.fsync_p99_ms),
            self.messages,
            self.chats
        );
        if self.quick || !machine.optimised {
            text.push_str(
                " A quick or unoptimised run: it shows that the benchmark works, not how fast the app is.",
            );
        }
        text
    }

    /// The table with aligned columns, without the notes.
    #[must_use]
    pub fn table(&self) -> String {
        let rows: Vec<[String; 6]> = self.figures.iter().map(Self::row).collect();
        let width = |column: usize| {
            let longest = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
            longest.max(HEADINGS[column].len())
        };
        let widths: Vec<usize> = (0..5).map(width).collect();
        let line = |cells: [&str; 5]| {
            let mut line = String::new();
            for (n, cell) in cells.into_iter().enumerate() {
                let gap = " ".repeat(widths[n] - cell.chars().count());
                // Numbers stand at the right of their column.
                let (left, right) = if (1..4).contains(&n) { (gap.as_str(), "") } else { ("", gap.as_str()) };
                line.extend([left, cell, right, "  "]);
            }
            line.trim_end().to_owned()
        };
        let mut text = format!("{}\n\n", self.heading());
        let heads = [HEADINGS[0], HEADINGS[1], HEADINGS[2], HEADINGS[3], HEADINGS[4]];
        text.push_str(&line(heads));
        for row in &rows {
            let _ = write!(text, "\n{}", line([&row[0], &row[1], &row[2], &row[3], &row[4]]));
        }
        for missing in &self.missing {
            let _ = write!(text, "\nNot measured: {missing}");
        }
        text
    }

    fn markdown(&self) -> String {
        let mut text = format!("# Benchmark, {}\n\n{}", self.taken, self.section());
        text.push_str(
            "\nThe floor of a figure is the same work done in the same run by the least that can do it: one table with a \
             packed rowid in raw SQLite (no sqlx), with the same key, page size and `synchronous`; for the window, an \
             empty WebKitGTK window. Times the floor: how many times worse, also for rates.\n",
        );
        text
    }

    /// Where and when, and the table.
    #[must_use]
    pub fn section(&self) -> String {
        let mut text = format!("{}\n\n", self.heading());
        let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        text.push_str(&row(&HEADINGS.map(str::to_owned)));
        text.push_str("|---|--:|--:|--:|---|---|\n");
        for figure in &self.figures {
            text.push_str(&row(&Self::row(figure)));
        }
        for missing in &self.missing {
            let _ = write!(text, "\nNot measured: {missing}\n");
        }
        text
    }

    /// Writes `dir/<name>.md` and `.json`; answers the first.
    ///
    /// # Errors
    /// When `dir` cannot be written.
    pub fn write(&self, dir: &Path, name: &str) -> Result<PathBuf> {
        fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let path = dir.join(format!("{name}.md"));
        fs::write(&path, self.markdown()).with_context(|| format!("{} cannot be written", path.display()))?;
        fs::write(path.with_extension("json"), serde_json::to_vec_pretty(self)?)?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_tells_how_many_times_worse() {
        let slower = Figure::new("send", Unit::Milliseconds, 3.0).floor(1.5);
        assert_eq!(slower.ratio(), Some(2.0));
        let rarer = Figure::new("accepts", Unit::PerSecond, 10.0).floor(20.0);
        assert_eq!(rarer.ratio(), Some(2.0));
        assert_eq!(Figure::new("memory", Unit::KiB, 1.0).ratio(), None);
        assert_eq!(Figure::new("CPU", Unit::Percent, 1.0).floor(0.0).ratio(), None);
    }

    #[test]
    fn a_goal_bounds_the_value_the_ratio_or_the_difference() {
        let figure = |unit, goal| Figure::new("x", unit, 30.0).floor(20.0).goal(goal).reached();
        assert_eq!(figure(Unit::Milliseconds, Goal::Value(30.0)), Some(true));
        assert_eq!(figure(Unit::Milliseconds, Goal::Value(29.0)), Some(false));
        assert_eq!(figure(Unit::PerSecond, Goal::Value(31.0)), Some(false));
        assert_eq!(figure(Unit::Milliseconds, Goal::Ratio(1.4)), Some(false));
        assert_eq!(figure(Unit::MiB, Goal::Over(10.0)), Some(true));
        assert_eq!(figure(Unit::MiB, Goal::Over(9.0)), Some(false));
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in
            [(0.0123, "0.012"), (1.5, "1.50"), (12.34, "12.3"), (999.9, "1,000"), (1_234_567.0, "1,234,567")]
        {
            assert_eq!(short(value), text);
        }
        assert_eq!(short(f64::NAN), "?");
    }
}
