//! What a window costs when nobody does anything with it: memory and CPU time of all processes of its program.

use std::{
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::Result;

use super::{LARGER, add, opened::Opened, programs};
use crate::{
    machine::TICK,
    report::{Goal, Report, Unit},
    screen::Screen,
};

/// What starting needed is given back by then.
const SETTLED: Duration = Duration::from_secs(10);
/// As long as CPU time is counted.
const COUNTED: Duration = Duration::from_secs(30);
/// In percent of a core. A window has three processes, and each may be told a tick that had begun before.
const NO_CPU: f64 = 0.1;

/// # Errors
/// When a program is missing, or a window does not appear.
pub fn measure(dir: &Path, profile: &Path, peers: bool, report: &mut Report, quick: bool) -> Result<()> {
    let home = tempfile::tempdir_in(dir)?;
    let screen = Screen::start(home.path())?;
    let programs = programs(&screen, home.path(), profile, peers, report)?;
    let (settled, counted) =
        if quick { (Duration::from_secs(1), Duration::from_secs(2)) } else { (SETTLED, COUNTED) };
    let (seconds, tick) = (counted.as_secs(), TICK.as_millis());
    let counting = format!("of one core, in {seconds} s after that; counted in ticks of {tick} ms a process");
    let (mut memory, mut cpu) = (Vec::new(), Vec::new());
    for program in &programs {
        let opened = Opened::start(&screen, program)?;
        sleep(settled);
        let each = opened.memory_of_each();
        let named: Vec<_> = each.iter().map(|(size, name)| format!("{name} {size:.0}")).collect();
        memory.push((each.iter().map(|(size, _)| size).sum(), format!("PSS of {}", named.join(", "))));
        let (before, since) = (opened.cpu_time(), Instant::now());
        sleep(counted);
        let spent = opened.cpu_time().saturating_sub(before);
        cpu.push((100.0 * spent.as_secs_f64() / since.elapsed().as_secs_f64(), counting.clone()));
        opened.close()?;
    }
    let what = format!("memory after {} idle seconds", settled.as_secs());
    add(report, &programs, &what, Unit::MiB, Goal::Over(LARGER), memory);
    add(report, &programs, "CPU when idle", Unit::Percent, Goal::Value(NO_CPU), cpu);
    Ok(())
}
