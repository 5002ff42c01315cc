//! The memory of our window after it has shown a chat for an hour in which somebody writes twenty messages a minute.
//!
//! The other person is a core in this process, the relay a process of its own. The window is not driven: a driven one
//! draws otherwise. What it shows is told from what the other person hears of it: that all was read.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};

use super::{LARGER, opened::Opened, program::Program};
use crate::{
    frames::talk::Talk,
    machine::TICK,
    relay::process::RelayProcess,
    report::{Figure, Goal, Report, Unit},
    screen::Screen,
};

struct Plan {
    /// In the chat before.
    messages: u64,
    /// Other chats in the list.
    chats: usize,
    count: u64,
    every: Duration,
    what: &'static str,
}

const FULL: Plan = Plan {
    messages: 10_000,
    chats: 5,
    count: 1_200,
    every: Duration::from_secs(3),
    what: "an hour of 20 messages a minute",
};
const QUICK: Plan = Plan {
    messages: 200,
    chats: 2,
    count: 40,
    every: Duration::from_millis(50),
    what: "40 messages, 20 a second",
};
const SETTLED: Duration = Duration::from_secs(10);
/// A message has come, been shown and been marked as read by then.
const READ: Duration = Duration::from_secs(3);
/// Goes to the next chat of the list; to the first one when none is open.
const NEXT_CHAT: &str = "alt+Down";
/// Between the beginning and the end, memory is looked at so often.
const LOOKS: u64 = 4;

/// # Errors
/// When a program is missing, a core fails, or the window does not show the chat.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let plan = if quick { QUICK } else { FULL };
    let world = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(&world.path().join("relay"))?;
    let profile = world.path().join("Anna");
    let talk = Talk::prepare(world.path(), &profile, &relay, plan.messages, plan.chats).await?;
    let screen = Screen::start(world.path())?;
    let [floor, _] = Program::empty(world.path())?;
    let opened = Opened::start(&screen, &floor)?;
    tokio::time::sleep(SETTLED).await;
    let floor = memory(&opened);
    opened.close()?;

    let opened = Opened::start(&screen, &Program::ours(world.path(), &profile)?)?;
    // That makes it the first of the list.
    talk.go_on(1, READ).await?;
    screen.press(NEXT_CHAT)?;
    tokio::time::sleep(SETTLED).await;
    ensure!(talk.is_read().await?, "the window does not show the chat in which somebody writes");
    let mut sizes = vec![memory(&opened)];
    let (before, since) = (opened.cpu_time(), tokio::time::Instant::now());
    for _ in 0..LOOKS {
        talk.go_on(plan.count / LOOKS, plan.every).await?;
        sizes.push(memory(&opened));
    }
    let spent = opened.cpu_time().saturating_sub(before).as_secs_f64();
    let cpu = 100.0 * spent / since.elapsed().as_secs_f64();
    tokio::time::sleep(SETTLED).await;
    let size = memory(&opened);
    let read = talk.is_read().await?;
    opened.close()?;
    talk.close().await;
    ensure!(read, "the window has not shown the messages to their end");

    let first = sizes.first().context("no size")?;
    let sizes: Vec<_> = sizes.iter().map(|size| format!("{size:.0}")).collect();
    report.add(
        Figure::new(&format!("window: memory after {}", plan.what), Unit::MiB, size)
            .floor(floor)
            .goal(Goal::Over(LARGER))
            .note(format!(
                "PSS of all its processes; a chat of {} is open, ten seconds after the last message; {:.1} MiB more than \
                 before the first; before, and after each quarter: {}; floor: an empty window after ten seconds; peers need \
                 an account for this",
                plan.messages,
                size - first,
                sizes.join(", ")
            )),
    );
    report.add(Figure::new(&format!("window: CPU during {}", plan.what), Unit::Percent, cpu).note(format!(
        "of one core, all its processes, software rendering; counted in ticks of {} ms a process",
        TICK.as_millis()
    )));
    Ok(())
}

/// MiB of all processes.
fn memory(opened: &Opened) -> f64 {
    opened.memory_of_each().iter().map(|(size, _)| size).sum()
}
