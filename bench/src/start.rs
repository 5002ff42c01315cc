//! From the start of a process to the list of chats and a first page, in fresh processes.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use beseda_core::{Core, Options, domain::Place};

use crate::{
    floor::{Durable, Floor},
    report::{Figure, Goal, Report, Unit},
    timings::Timings,
};

const PAGE: u32 = 50;

/// In a fresh process: opens the profile, lists, reads; then says so.
///
/// # Errors
/// When the profile cannot be opened.
pub async fn core(profile: &Path) -> Result<()> {
    let started = Instant::now();
    let core = Core::open(profile, None, Options::default()).await?;
    let lines = core.chats().await?;
    let newest = lines.first().context("no chats")?;
    let page = core.log(newest.number, PAGE, None).await?;
    println!("{} {} {}", lines.len(), page.len(), started.elapsed().as_nanos());
    core.close().await;
    Ok(())
}

/// The same by the floor.
///
/// # Errors
/// When its database cannot be opened.
pub fn floor(database: &Path, key: [u8; 32]) -> Result<()> {
    let started = Instant::now();
    let floor = Floor::open(database, Some(key), Durable::Process)?;
    let lines = floor.chats()?;
    let newest = lines.first().context("no chats")?;
    let page = floor.page(newest.0, Place::END, PAGE)?;
    println!("{} {} {}", lines.len(), page.len(), started.elapsed().as_nanos());
    Ok(())
}

/// # Errors
/// When a process fails.
pub fn measure(
    profile: &Path,
    database: &Path,
    key: [u8; 32],
    report: &mut Report,
    quick: bool,
) -> Result<()> {
    let key = data_encoding::HEXLOWER.encode(&key);
    let mut ours = (Timings::default(), Timings::default());
    let mut raw = (Timings::default(), Timings::default());
    for _ in 0..if quick { 2 } else { 15 } {
        for (role, path, timings) in [("start-core", profile, &mut ours), ("start-floor", database, &mut raw)]
        {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg(role).arg(path);
            if role == "start-floor" {
                command.arg(&key);
            }
            let (whole, inside) = once(&mut command).with_context(|| role.to_owned())?;
            timings.0.add(whole);
            timings.1.add(inside);
        }
    }
    report.add(
        Figure::new("process start to chat list and first page, p50", Unit::Milliseconds, ours.0.median())
            .floor(raw.0.median())
            .goal(Goal::Value(50.0))
            .note(format!(
                "key from its file, file cache warm; from main() on {:.1} ms, floor {:.1} ms",
                ours.1.median(),
                raw.1.median()
            )),
    );
    Ok(())
}

/// How long until the process said that it has its page: from its start, and from its `main`.
fn once(command: &mut Command) -> Result<(Duration, Duration)> {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
    let whole = started.elapsed();
    if !child.wait()?.success() {
        bail!("the process failed");
    }
    let counts: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match counts[..] {
        // In a short history the newest chat may hold less than a page.
        [chats, messages, nanos] if chats > 0 && messages > 0 => Ok((whole, Duration::from_nanos(nanos))),
        _ => bail!("the process has no chats or no page: {line:?}"),
    }
}
