//! The window at work: messages arrive twenty a second in a chat of 100,000, somebody types, scrolls, changes chats.
//!
//! The real window of the built app, driven as the tests drive it: scripts through WebDriver, keys through the display. The
//! other person is a core in this process, the relay a process of its own, all of it on the same machine. The floor is a
//! page without the app in the same window, on the same display, right afterwards: what a screen without a graphics card
//! can do at all. Both are drawn as a person's window is: without a graphics card's buffers where there is no card.
//!
//! Reading order: [`talk`] (who says what), [`driven`] (the window), [`page`] (what it observes), then this.

mod driven;
mod page;
pub mod talk;

use std::{path::Path, time::Duration};

use anyhow::Result;

use self::{
    driven::Driven,
    page::{Observed, Page},
    talk::Talk,
};
use crate::{
    relay::process::RelayProcess,
    report::{Figure, Goal, Report, Unit},
    timings::Timings,
    window::desktop,
};

/// How much is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Messages in the chat.
    messages: u64,
    /// How long messages arrive, keys are pressed, the wheel turns.
    each: Duration,
    /// Other chats: few enough to be seen in the list at once.
    chats: usize,
    /// How often one of them is changed to, and back.
    changes: usize,
}

const FULL: Plan = Plan { messages: 100_000, each: Duration::from_secs(15), chats: 5, changes: 20 };
const QUICK: Plan = Plan { messages: 1_000, each: Duration::from_secs(2), chats: 3, changes: 3 };
/// Between two messages that arrive: twenty a second.
const EVERY: Duration = Duration::from_millis(50);
/// A frame that took longer was not in time, in milliseconds; the page's clock ticks once a millisecond.
const LATE: f64 = 20.0;
/// Whoever looks sees a frame that took longer, in milliseconds.
const LONG: f64 = 34.0;

/// # Errors
/// When a program is missing, a core fails, or the window does not do what it should.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let plan = if quick { QUICK } else { FULL };
    let program = desktop()?;
    let world = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(&world.path().join("relay"))?;
    let profile = world.path().join("Anna");
    let talk = Talk::prepare(world.path(), &profile, &relay, plan.messages, plan.chats).await?;
    let window = Driven::open(&program, &profile, world.path()).await?;
    let ours = Page::app(&window, &talk).await?.observe(plan).await?;
    talk.close().await;
    let floor = Page::plain(&window).await?.observe(plan).await?;
    window.close().await?;
    add(report, plan, &ours, &floor);
    Ok(())
}

fn add(report: &mut Report, plan: Plan, ours: &Observed, floor: &Observed) {
    let chat = format!("a chat of {}", plan.messages);
    let arriving = format!("20 messages a second arrive in {chat}");
    frames(report, &arriving, &ours.arriving, &floor.arriving, "floor: a page to which lines are added");
    let keys = Figure::new("window: key to paint meanwhile, p50", Unit::Milliseconds, ours.keys.median());
    report.add(keys.floor(floor.keys.median()).note(format!(
        "from the key's event to the second frame after it, {} keys; p95 {:.0} ms, longest {:.0} ms; floor: a bare field, p95 \
         {:.0} ms, longest {:.0} ms",
        ours.keys.len(),
        ours.keys.quantile(0.95),
        ours.keys.longest(),
        floor.keys.quantile(0.95),
        floor.keys.longest()
    )));
    let scrolling = format!("scrolling up through {chat}");
    let note =
        format!("{:.0} screens; floor: a list of 2,000 lines, {:.0} screens", ours.screens, floor.screens);
    frames(report, &scrolling, &ours.scrolling, &floor.scrolling, &note);
    let change = Figure::new("window: change of chat, p50", Unit::Milliseconds, ours.changes.median());
    report.add(change.floor(floor.changes.median()).note(format!(
        "from the click until its messages are painted, {} times, {chat} every other time; longest {:.0} ms; floor: 50 lines of \
         a list replaced, longest {:.0} ms",
        ours.changes.len(),
        ours.changes.longest(),
        floor.changes.longest()
    )));
}

/// The longest frame, and how many were not in time.
fn frames(report: &mut Report, when: &str, ours: &Timings, floor: &Timings, note: &str) {
    let of = |timings: &Timings| {
        format!(
            "p50 {:.0} ms, p99 {:.0} ms, {} of {} over {LONG} ms",
            timings.median(),
            timings.p99(),
            timings.over(LONG),
            timings.len()
        )
    };
    let note = format!("{}; {note}; there {}", of(ours), of(floor));
    let longest = Figure::new(&format!("window: longest frame, {when}"), Unit::Milliseconds, ours.longest());
    report.add(longest.floor(floor.longest()).goal(Goal::Value(LONG)).note(note));
    let share = |timings: &Timings| 100.0 * timings.over(LATE) as f64 / timings.len().max(1) as f64;
    let late = Figure::new(&format!("window: frames over {LATE} ms, {when}"), Unit::Percent, share(ours));
    report.add(late.floor(share(floor)).note("of all frames of that time"));
}
