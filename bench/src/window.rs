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

/// What was measured of the programs, in their order: values, each with a note of its own.
struct Measured {
    what: String,
    unit: Unit,
    /// For our windows.
    goal: Goal,
    values: Vec<(f64, String)>,
    /// What is so for all of them.
    note: String,
}

impl Measured {
    /// A figure for each program. The floor of all is the empty window, which needs none of its own.
    fn report(self, programs: &[Program], report: &mut Report) {
        let floor = programs.iter().position(|program| program.whose == Whose::Floor);
        let floor = floor.and_then(|n| self.values.get(n)).cloned().unwrap_or((f64::NAN, String::new()));
        for (program, (value, own)) in programs.iter().zip(self.values) {
            let figure =
                Figure::new(&format!("{}: {}", program.name, self.what), self.unit, value).floor(floor.0);
            report.add(match program.whose {
                Whose::Floor => continue,
                Whose::Other => figure.note(own),
                Whose::Ours => {
                    let parts = [own.as_str(), "floor: an empty WebKitGTK window", &floor.1, &self.note];
                    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                    figure.goal(self.goal).note(parts.join("; "))
                }
            });
        }
    }
}
