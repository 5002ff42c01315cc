//! What a person does on their own machine: send, look at the newest page, look at the list of chats.

use std::path::Path;

use anyhow::{Context as _, Result};
use beseda_core::{Core, Options, domain::ChatNo};

use crate::{
    floor::Floor,
    report::{Figure, Goal, Report, Unit},
    timings::Timings,
    words::{self, Dice},
};

const PAGE: u32 = 50;
/// Ours and the floor take turns, so that a busy moment of the machine meets both.
const ROUNDS: usize = 10;

/// # Errors
/// When the core, the floor or the disk fails.
pub async fn measure(profile: &Path, floor: &mut Floor, report: &mut Report, quick: bool) -> Result<()> {
    let core = Core::open(profile, None, Options::default()).await?;
    let each = if quick { 5 } else { 100 };
    lists(&core, floor, report, each).await?;
    pages(&core, floor, report, each).await?;
    sends(&core, floor, report, each * 2).await?;
    core.close().await;
    Ok(())
}

async fn lists(core: &Core, floor: &Floor, report: &mut Report, each: usize) -> Result<()> {
    let (mut ours, mut raw) = (Timings::default(), Timings::default());
    // The first of each opens a connection or prepares a statement.
    let chats = core.chats().await?.len();
    floor.chats()?;
    for _ in 0..ROUNDS {
        for _ in 0..each {
            let started = std::time::Instant::now();
            let lines = core.chats().await?;
            ours.add(started.elapsed());
            anyhow::ensure!(lines.len() == chats, "a chat is missing");
        }
        for _ in 0..each {
            let lines = raw.time(|| floor.chats())?;
            anyhow::ensure!(lines.len() == chats, "the floor has another number of chats");
        }
    }
    report.add(
        Figure::new(
            &format!("chat list of {chats}, unread and last line, p50"),
            Unit::Milliseconds,
            ours.median(),
        )
        .floor(raw.median())
        .goal(Goal::Value(0.5))
        .note(format!(
            "p99 {:.2} ms, floor {:.2} ms; floor: one table of chats",
            ours.p99(),
            raw.p99()
        )),
    );
    Ok(())
}

async fn pages(core: &Core, floor: &Floor, report: &mut Report, each: usize) -> Result<()> {
    let mut chats: Vec<ChatNo> = core.chats().await?.iter().map(|line| line.number).collect();
    chats.sort_unstable();
    let (mut ours, mut windows, mut raw) = (Timings::default(), Timings::default(), Timings::default());
    let mut dice = Dice::new(1);
    for _ in 0..ROUNDS {
        let asked: Vec<ChatNo> = (0..each).map(|_| chats[dice.below(chats.len())]).collect();
        for chat in &asked {
            let started = std::time::Instant::now();
            let page = core.log(*chat, PAGE, None).await?;
            ours.add(started.elapsed());
            anyhow::ensure!(page.len() == PAGE as usize, "a page is short");
        }
        for chat in &asked {
            let started = std::time::Instant::now();
            let window = core.open_window(*chat).await?;
            windows.add(started.elapsed());
            anyhow::ensure!(window.items().len() >= PAGE as usize, "a window is short");
        }
        for chat in &asked {
            let page = raw.time(|| floor.page(chat.0, PAGE))?;
            anyhow::ensure!(page.len() == PAGE as usize, "the floor's page is short");
        }
    }
    report.add(
        Figure::new("newest page of 50, p50", Unit::Milliseconds, ours.median())
            .floor(raw.median())
            .goal(Goal::Value(0.2))
            .note(format!("of any chat; p99 {:.2} ms, floor {:.2} ms", ours.p99(), raw.p99())),
    );
    report.add(
        Figure::new("the same as a screen shows it, p50", Unit::Milliseconds, windows.median())
            .floor(raw.median())
            .note(format!(
                "with events, days, send states, as steps for the list; p99 {:.2} ms",
                windows.p99()
            )),
    );
    Ok(())
}

async fn sends(core: &Core, floor: &mut Floor, report: &mut Report, each: usize) -> Result<()> {
    let mut chats: Vec<ChatNo> = core.chats().await?.iter().map(|line| line.number).collect();
    chats.sort_unstable();
    let biggest = *chats.first().context("no chats")?;
    let (mut first, mut ours, mut raw) = (Timings::default(), Timings::default(), Timings::default());
    for chat in chats.iter().take(12) {
        let started = std::time::Instant::now();
        core.send_message(*chat, &words::message(1)).await?;
        first.add(started.elapsed());
    }
    floor.send("warm")?;
    let mut number = 0;
    for _ in 0..ROUNDS {
        for _ in 0..each {
            number += 1;
            let text = words::message(number);
            let started = std::time::Instant::now();
            core.send_message(biggest, &text).await?;
            ours.add(started.elapsed());
        }
        for n in 0..each {
            let text = words::message(number + n as u64);
            raw.time(|| floor.send(&text))?;
        }
    }
    let note =
        "in the chat of a tenth of all messages; floor: one row; both survive the death of the process";
    report.add(
        Figure::new("send, durable here, p50", Unit::Milliseconds, ours.median())
            .floor(raw.median())
            .goal(Goal::Value(0.3))
            .note(note),
    );
    report.add(
        Figure::new("send, durable here, p99", Unit::Milliseconds, ours.p99())
            .floor(raw.p99())
            .goal(Goal::Value(3.0))
            .note(format!(
                "longest of {}: {:.1} ms, floor {:.1} ms",
                ours.len(),
                ours.longest(),
                raw.longest()
            )),
    );
    report.add(
        Figure::new("first send in a chat after the start, p50", Unit::Milliseconds, first.median())
            .note(format!("opens the newest segment's document; longest {:.1} ms", first.longest())),
    );
    Ok(())
}
