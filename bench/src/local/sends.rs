//! Sending: what it takes until a message is durable here.

use anyhow::{Context as _, Result};
use beseda_core::{Core, domain::ChatNo};

use super::ROUNDS;
use crate::{
    floor::Floor,
    report::{Figure, Goal, Report, Unit},
    timings::Timings,
    words,
};

/// # Errors
/// When the core or the floor fails.
pub(super) async fn measure(core: &Core, floor: &mut Floor, report: &mut Report, each: usize) -> Result<()> {
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
            .goal(Goal::Value(0.5))
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
