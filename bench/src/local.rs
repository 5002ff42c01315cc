//! What a person does on their own machine: look at the list of chats, at a page anywhere, at who read it; find; send.
//!
//! Reading order: `lists`, `pages`, `readers`, `finding`, `sends`. Sending comes last: what is queued stands at the end of
//! its chat and would change the pages.

mod finding;
mod lists;
mod pages;
mod readers;
mod sends;

use std::{path::Path, time::Instant};

use anyhow::Result;
use beseda_core::{Core, Options, domain::ChatNo};

use crate::{
    floor::Floor,
    report::{Figure, Goal, Report, Unit},
    timings::Timings,
};

pub use finding::WORDS;

const PAGE: u32 = 50;
/// Ours and the floor take turns, so that a busy moment of the machine meets both.
const ROUNDS: usize = 10;

/// # Errors
/// When the core, the floor or the disk fails.
pub async fn measure(profile: &Path, floor: &mut Floor, report: &mut Report, quick: bool) -> Result<()> {
    let core = Core::open(profile, None, Options::default()).await?;
    let each = if quick { 5 } else { 100 };
    finding::plant(&core, floor, profile).await?;
    lists::measure(&core, floor, report, each).await?;
    pages::measure(&core, floor, report, each).await?;
    readers::measure(&core, floor, report, each, quick).await?;
    finding::measure(&core, floor, report, each / 5).await?;
    sends::measure(&core, floor, report, each * 2).await?;
    core.close().await;
    Ok(())
}

/// The chats in the order in which they were filled: the first one has a tenth of all messages.
async fn chats(core: &Core) -> Result<Vec<ChatNo>> {
    let mut chats: Vec<ChatNo> = core.chats().await?.iter().map(|line| line.number).collect();
    chats.sort_unstable();
    Ok(chats)
}

async fn timed<T, E>(
    timings: &mut Timings,
    work: impl Future<Output = std::result::Result<T, E>>,
) -> std::result::Result<T, E> {
    let started = Instant::now();
    let done = work.await;
    timings.add(started.elapsed());
    done
}

/// A figure of many measurements and their floor, in milliseconds.
fn figure(name: &str, ours: &Timings, floor: &Timings, goal: Option<f64>, note: &str) -> Figure {
    let note = format!("{note}; p99 {:.2} ms, floor {:.2} ms", ours.p99(), floor.p99());
    let figure = Figure::new(name, Unit::Milliseconds, ours.median()).floor(floor.median()).note(note);
    match goal {
        Some(bound) => figure.goal(Goal::Value(bound)),
        None => figure,
    }
}
