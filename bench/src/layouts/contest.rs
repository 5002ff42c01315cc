//! How layouts are timed: each question goes to all of them in turns, each time in another order, with the same
//! arguments. So a busy moment of the machine meets all, and answers that differ are noticed.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use serde::Serialize;

use super::{
    Layout, Size,
    database::{Database, Purpose},
    script::Script,
};
use crate::{KEY, timings::Timings};

/// A layout with its file.
pub struct Contestant<'a> {
    pub layout: &'a Layout,
    pub script: Script,
    pub path: PathBuf,
}

impl Contestant<'_> {
    /// # Errors
    /// When SQLite cannot.
    pub fn open(&self, purpose: Purpose) -> Result<Database> {
        Database::open(&self.path, KEY, &self.script, purpose)
    }

    /// # Errors
    /// When a statement has neither an index nor a reason.
    pub fn check_plans(&self) -> Result<()> {
        self.open(Purpose::Read)?.check_plans(&self.script)
    }
}

/// Who is asked, and how.
pub struct Field<'a> {
    pub contestants: &'a [Contestant<'a>],
    pub purpose: Purpose,
    pub size: Size,
}

/// A contestant whose turn it is.
pub struct Runner<'a> {
    pub layout: &'a Layout,
    pub database: Database,
}

/// One question and what each layout took for it.
#[derive(Debug, Serialize)]
pub struct Line {
    pub question: String,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// In microseconds.
    Times {
        p50: f64,
        p99: f64,
        runs: usize,
    },
    Bytes(u64),
    /// The layout has no answer.
    Cannot,
}

impl Cell {
    #[must_use]
    pub fn of(timings: &Timings) -> Self {
        Self::Times { p50: timings.median() * 1000.0, p99: timings.p99() * 1000.0, runs: timings.len() }
    }

    /// What is compared: the middle time, or the size.
    #[must_use]
    pub fn middle(&self) -> Option<f64> {
        match self {
            Self::Times { p50, .. } => Some(*p50),
            Self::Bytes(bytes) => Some(*bytes as f64),
            Self::Cannot => None,
        }
    }
}

/// Asks in turns: `draw` makes the arguments of a turn, `ask` answers with a number that must be the same for all, or
/// `None` if the layout cannot.
///
/// Each turn opens the database anew and begins with as many questions that do not count: they prepare the statements
/// and fill the page cache. Only one database is open at a time: SQLite is built so that all of a process share one
/// pool of pages, and those of the others would push this one's out.
///
/// # Errors
/// When `ask` fails, or two layouts answer differently.
pub fn ask<D>(
    question: &str,
    field: &Field<'_>,
    mut draw: impl FnMut() -> Vec<D>,
    mut ask: impl FnMut(&Runner<'_>, &D) -> Result<Option<i64>>,
) -> Result<Line> {
    let contestants = field.contestants;
    let mut timings = vec![Timings::default(); contestants.len()];
    let mut able = vec![true; contestants.len()];
    for contestant in contestants {
        warm(&contestant.path)?;
    }
    let started = Instant::now();
    for turn in 0..field.size.turns {
        if turn > 2 && started.elapsed() > Duration::from_secs_f64(field.size.seconds) {
            break;
        }
        let (warming, counted) = (draw(), draw());
        let mut expected: Option<Vec<i64>> = None;
        for n in 0..contestants.len() {
            let n = (n + turn) % contestants.len();
            let database = contestants[n].open(field.purpose)?;
            let runner = Runner { layout: contestants[n].layout, database };
            for argument in &warming {
                ask(&runner, argument)?;
            }
            let mut answers = Vec::with_capacity(counted.len());
            for argument in &counted {
                let begun = Instant::now();
                let answer = ask(&runner, argument)?;
                timings[n].add(begun.elapsed());
                able[n] &= answer.is_some();
                answers.extend(answer);
            }
            if able[n] {
                let before = expected.get_or_insert_with(|| answers.clone());
                ensure!(*before == answers, "{}: another answer to: {question}", runner.layout.name);
            }
            // Closing copies back what was written: not timed, for the core does it beside.
        }
    }
    let cell = |(timings, able)| if able { Cell::of(timings) } else { Cell::Cannot };
    let cells = timings.iter().zip(able).map(cell).collect();
    let line = Line { question: question.to_owned(), cells };
    println!("  {}", line.plain());
    Ok(line)
}

/// Reads a whole file, so that the system holds it: what is timed is then SQLite, not the disk. Before each question,
/// for some systems soon let go of what nobody reads.
fn warm(path: &Path) -> Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    while file.read(&mut buffer)? > 0 {}
    Ok(())
}

impl Line {
    /// On one line, for who waits.
    pub fn plain(&self) -> String {
        let cells: Vec<String> = self.cells.iter().map(super::table::cell).collect();
        format!("{}: {}", self.question, cells.join(" | "))
    }
}
