//! The machine the figures were taken on: a figure without it means nothing.

use std::{
    fs,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::timings::Timings;

#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_mib: u64,
    pub kernel: String,
    /// Processes that wanted a core in the minute before.
    pub load_before: f64,
    /// Of the disk that all databases of the run lie on: 4 KiB written and made durable, a second.
    pub fsyncs_per_second: f64,
    pub fsync_p50_ms: f64,
    pub fsync_p99_ms: f64,
    pub optimised: bool,
}

const FSYNCS: usize = 300;

impl Machine {
    /// Looks at the machine, and at the disk under `dir`.
    ///
    /// # Errors
    /// When `dir` cannot be written.
    pub fn look(dir: &Path) -> Result<Self> {
        let fsync = fsyncs(dir)?;
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let after = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
        };
        let memory = after(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
        Ok(Self {
            processor: after(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_mib: number(&memory) as u64 / 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load_before: number(&read("/proc/loadavg")),
            fsyncs_per_second: 1000.0 * fsync.len() as f64 / fsync.total(),
            fsync_p50_ms: fsync.median(),
            fsync_p99_ms: fsync.p99(),
            optimised: !cfg!(debug_assertions),
        })
    }
}

/// The number a text begins with.
fn number(text: &str) -> f64 {
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default()
}

fn fsyncs(dir: &Path) -> Result<Timings> {
    let path = dir.join("fsync");
    let mut file = fs::File::create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
    let mut timings = Timings::default();
    for n in 0..FSYNCS {
        let page = [n as u8; 4096];
        let started = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        timings.add(started.elapsed());
    }
    fs::remove_file(&path)?;
    Ok(timings)
}

/// Proportional set size of a process, in KiB: its own pages, and its share of those it has in common with others.
/// `None` when it is gone.
#[must_use]
pub fn pss_kib(process: u32) -> Option<f64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    rollup.lines().find_map(|line| line.strip_prefix("Pss:")).map(number)
}

/// CPU time of a process so far, in its own code and in the kernel for it, in steps of [`TICK`]. `None` when it is gone.
#[must_use]
pub fn cpu_time(process: u32) -> Option<Duration> {
    let ticks: u64 = stat(process)?.get(11..13)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * TICK.as_millis() as u64))
}

/// What Linux counts CPU time in when it tells programs of it.
pub const TICK: Duration = Duration::from_millis(10);

/// Bytes that a process made the disk read so far. `None` when it is gone, or belongs to another account.
#[must_use]
pub fn read_from_disk(process: u32) -> Option<u64> {
    let io = fs::read_to_string(format!("/proc/{process}/io")).ok()?;
    io.lines().find_map(|line| line.strip_prefix("read_bytes: "))?.parse().ok()
}

/// The fields of `/proc/PID/stat` that follow the name (which, in brackets, may hold anything): state, parent, …
fn stat(process: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// A process with all it started and they started, as far as they live.
#[must_use]
pub fn family(process: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let id: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let parent = stat(id)?.get(1)?.parse().ok()?;
            Some((id, parent))
        })
        .collect();
    let mut found = vec![process];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        next += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_its_own_pages_and_finds_itself() {
        let own = std::process::id();
        assert!(pss_kib(own).unwrap() > 100.0);
        assert_eq!(family(own)[0], own);
        assert!(read_from_disk(own).is_some());
    }

    #[test]
    fn work_takes_cpu_time_and_rest_none() {
        let spent = || cpu_time(std::process::id()).unwrap();
        let (before, started) = (spent(), Instant::now());
        while spent() < before + 3 * TICK {
            assert!(started.elapsed() < Duration::from_secs(20), "no CPU time is counted");
        }
        assert_eq!(cpu_time(u32::MAX), None);
    }
}
