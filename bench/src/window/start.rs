//! From the start of a process until its window looks as it stays: with all files in the file cache, and from the disk.

use std::path::Path;

use anyhow::Result;

use super::{add, cold, opened::Opened, programs};
use crate::{
    report::{Goal, Report, Unit},
    screen::Screen,
    timings::{Timings, median_of},
};

const WARM: usize = 5;
const COLD: usize = 3;
/// How many times as long as an empty window ours may take.
const LONGER: Goal = Goal::Ratio(1.15);

/// # Errors
/// When a program is missing, or a window does not appear.
pub fn measure(dir: &Path, profile: &Path, peers: bool, report: &mut Report, quick: bool) -> Result<()> {
    let home = tempfile::tempdir_in(dir)?;
    let screen = Screen::start(home.path())?;
    let programs = programs(&screen, home.path(), profile, peers, report)?;
    let (warm, cold) = if quick { (1, 1) } else { (WARM, COLD) };

    let mut took = vec![Timings::default(); programs.len()];
    let mut mapped = Vec::new();
    for round in 0..warm {
        for (program, took) in programs.iter().zip(&mut took) {
            let opened = Opened::start(&screen, program)?;
            took.add(opened.took);
            if round == 0 {
                mapped.push(opened.mapped());
            }
            opened.close()?;
        }
    }
    let measured = took.iter().map(|took| {
        let note = format!("longest of {warm}: {:.0} ms", took.longest());
        (took.median(), note)
    });
    add(report, &programs, "warm start to content, p50", Unit::Milliseconds, LONGER, measured.collect());

    let mut took = vec![(Timings::default(), Vec::new()); programs.len()];
    let mut forgotten = "";
    for _ in 0..cold {
        for ((program, mapped), (took, read)) in programs.iter().zip(&mapped).zip(&mut took) {
            forgotten = cold::forget(mapped)?;
            let opened = Opened::start(&screen, program)?;
            took.add(opened.took);
            read.push(opened.read_from_disk());
            opened.close()?;
        }
    }
    let measured = took.into_iter().map(|(took, read)| {
        let (longest, read) = (took.longest(), median_of(read));
        let note =
            format!("longest of {cold}: {longest:.0} ms; {read:.0} MiB read from the disk; {forgotten}");
        (took.median(), note)
    });
    add(report, &programs, "cold start to content, p50", Unit::Milliseconds, LONGER, measured.collect());
    Ok(())
}
