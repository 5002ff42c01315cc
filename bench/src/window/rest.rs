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
    timings::median_of,
};

/// What starting needed is given back by then.
const SETTLED: Duration = Duration::from_secs(10);
/// As long as CPU time is counted.
const COUNTED: Duration = Duration::from_secs(30);
const ROUNDS: usize = 1;
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
    let mut memory = vec![(Vec::new(), String::new()); programs.len()];
    let mut cpu = vec![Vec::new(); programs.len()];
    for _ in 0..ROUNDS {
        for ((program, (memory, note)), cpu) in programs.iter().zip(&mut memory).zip(&mut cpu) {
            let opened = Opened::start(&screen, program)?;
            sleep(settled);
            let each = opened.memory_of_each();
            memory.push(each.iter().map(|(size, _)| size).sum());
            *note =
                each.iter().map(|(size, name)| format!("{name} {size:.0}")).collect::<Vec<_>>().join(", ");
            let (before, since) = (opened.cpu_time(), Instant::now());
            sleep(counted);
            let spent = opened.cpu_time().saturating_sub(before);
            cpu.push(100.0 * spent.as_secs_f64() / since.elapsed().as_secs_f64());
            opened.close()?;
        }
    }
    let what = format!("memory after {} idle seconds", settled.as_secs());
    let measured = memory.into_iter().map(|(memory, note)| (median_of(memory), format!("PSS of {note}")));
    add(report, &programs, &what, Unit::MiB, Goal::Over(LARGER), measured.collect());
    let (seconds, tick) = (counted.as_secs(), TICK.as_millis());
    let measured = cpu.into_iter().map(|cpu| {
        (
            median_of(cpu),
            format!("of one core, in {seconds} s after that; counted in ticks of {tick} ms a process"),
        )
    });
    add(report, &programs, "CPU when idle", Unit::Percent, Goal::Value(NO_CPU), measured.collect());
    Ok(())
}
