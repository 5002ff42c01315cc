//! The real window against an empty one and, when asked for, against other messengers: from the start of the process to a
//! finished screen, the memory of all its processes, what they do when nobody wants anything of them.
//!
//! The screen itself is watched: no page has to say that it is ready, and all windows are measured alike.
//!
//! Reading order: [`program`] (whose windows), [`opened`] (one of them while it is open), [`cold`] (a start from the disk),
//! then what is measured: [`start`], [`rest`], [`hour`].

mod cold;
pub mod hour;
mod opened;
mod program;
pub mod rest;
pub mod start;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use self::{
    opened::Opened,
    program::{Program, Whose},
};
use crate::{
    report::{Figure, Goal, Report, Unit},
    screen::Screen,
};

/// MiB by which our window may be larger than an empty one.
const LARGER: f64 = 50.0;

/// The app that is measured.
///
/// # Errors
/// When it is not built.
pub fn desktop() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("beseda-desktop");
    if !program.is_file() {
        bail!("{} is not built: `cargo xtask bench` builds it", program.display());
    }
    Ok(program)
}

/// All that are measured, each opened and closed once: that fills the file cache and shows whether it opens at all. Of two
/// windows of ours one shows `profile` and one begins with nothing.
///
/// # Errors
/// When ours or an empty one is missing or does not appear. Of a peer the report then tells.
fn programs(
    screen: &Screen,
    home: &Path,
    profile: &Path,
    peers: bool,
    report: &mut Report,
) -> Result<Vec<Program>> {
    let mut all = vec![Program::ours(home, profile)?, Program::of_nobody(home)?];
    all.extend(Program::empty(home)?);
    for program in &all {
        Opened::start(screen, program)?.close()?;
    }
    let asked: &[(&str, &str)] = if peers { program::PEERS } else { &[] };
    for (package, name) in asked {
        let peer = Program::peer(home, package, name).and_then(|peer| {
            Opened::start(screen, &peer)?.close()?;
            Ok(peer)
        });
        match peer {
            Ok(peer) => all.push(peer),
            Err(error) => report.missing.push(format!("the window of {name}: {error:#}")),
        }
    }
    Ok(all)
}

/// A figure for each program, with its note. The floor of all is the empty window; what is to be reached is for ours.
fn add(
    report: &mut Report,
    programs: &[Program],
    what: &str,
    unit: Unit,
    goal: Goal,
    measured: Vec<(f64, String)>,
) {
    let floor = programs.iter().position(|program| program.whose == Whose::Floor);
    let floor = floor.and_then(|n| measured.get(n)).cloned().unwrap_or((f64::NAN, String::new()));
    for (program, (value, note)) in programs.iter().zip(measured) {
        if program.whose == Whose::Floor {
            continue;
        }
        let figure = Figure::new(&format!("{}: {what}", program.name), unit, value).floor(floor.0);
        report.add(if program.whose == Whose::Ours {
            figure.goal(goal).note(format!("{note}; floor: an empty WebKitGTK window, {}", floor.1))
        } else {
            figure.note(note)
        });
    }
}
