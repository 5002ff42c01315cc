//! A window while it is open, with all processes of its program.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use super::program::Program;
use crate::{
    machine::{cpu_time, family, pss_kib, read_from_disk},
    screen::{Ended, Screen},
};

/// Processes may take so long to end.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub struct Opened<'a> {
    screen: &'a Screen,
    program: Ended,
    /// From the start of the process until the screen looked as it stays.
    pub took: Duration,
}

impl<'a> Opened<'a> {
    /// # Errors
    /// When the program is missing, or its window does not appear.
    pub fn start(screen: &'a Screen, program: &Program) -> Result<Self> {
        let mut command = program.command();
        screen.shows(&mut command, &program.home);
        let started = Instant::now();
        let process = command.spawn().with_context(|| format!("{}", command.get_program().display()))?;
        let process = Ended(process);
        let took = screen.finished(started).with_context(|| program.name.clone())?;
        Ok(Self { screen, program: process, took })
    }

    fn processes(&self) -> Vec<u32> {
        family(self.program.0.id())
    }

    /// MiB of proportional set size: of each process with its name, the largest first.
    #[must_use]
    pub fn memory_of_each(&self) -> Vec<(f64, String)> {
        let of = |process: u32| {
            let name = fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
            Some((pss_kib(process)? / 1024.0, name.trim().to_owned()))
        };
        let mut each: Vec<_> = self.processes().into_iter().filter_map(of).collect();
        each.sort_by(|one, other| other.0.total_cmp(&one.0));
        each
    }

    /// CPU time of all processes so far.
    #[must_use]
    pub fn cpu_time(&self) -> Duration {
        self.processes().into_iter().filter_map(cpu_time).sum()
    }

    /// MiB that all processes had read from the disk.
    #[must_use]
    pub fn read_from_disk(&self) -> f64 {
        let bytes: u64 = self.processes().into_iter().filter_map(read_from_disk).sum();
        bytes as f64 / (1024.0 * 1024.0)
    }

    /// Files that the processes have in their memory.
    #[must_use]
    pub fn mapped(&self) -> BTreeSet<PathBuf> {
        let maps = |process: u32| fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_default();
        let all: String = self.processes().into_iter().map(maps).collect();
        all.lines().filter_map(|line| Some(PathBuf::from(&line[line.find('/')?..]))).collect()
    }

    /// Ends it, and waits until nothing of it is left.
    ///
    /// # Errors
    /// When a process or the picture stays.
    pub fn close(self) -> Result<()> {
        let processes = self.processes();
        let Self { screen, program, .. } = self;
        drop(program);
        // The webview's processes end by themselves when the window is gone.
        let asked = Instant::now();
        while processes.iter().any(|process| pss_kib(*process).is_some()) {
            if asked.elapsed() > PATIENCE {
                bail!("a process of a window does not end");
            }
            std::thread::sleep(LOOK_EVERY);
        }
        screen.cleared()
    }
}
