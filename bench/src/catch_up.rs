//! A device that was away takes in what was said meanwhile: fetched, opened, checked, stored, in the list and the
//! timeline.

use std::{path::Path, time::Instant};

use anyhow::{Result, ensure};

use crate::{
    floor::{Durable, Floor},
    relay::process::RelayProcess,
    report::{Figure, Goal, Report, Unit},
    scene::{group_of_two, person, say_live},
    words,
};

/// # Errors
/// When a core, the relay or the disk fails.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let count = if quick { 200 } else { 10_000 };
    let rounds = if quick { 1 } else { 3 };
    for one_by_one in [false, true] {
        let mut took = Vec::new();
        let mut floors = Vec::new();
        // What was written one by one takes long to write, and is read the same way each time.
        for _ in 0..if one_by_one { 1 } else { rounds } {
            took.push(once(dir, count, one_by_one).await?);
            floors.push(floor(dir, count)?);
        }
        let name =
            if one_by_one { "each in its own envelope" } else { "written offline, so in few envelopes" };
        let figure = Figure::new(
            &format!("catch-up of {count} messages, {name}"),
            Unit::Milliseconds,
            crate::timings::median_of(took),
        )
        .floor(crate::timings::median_of(floors))
        .goal(Goal::Value(1_000.0))
        .note(
            "fetched, opened, checked, stored and indexed, until quiet; over HTTP and WebSocket; floor: rows, 1,000 a commit",
        );
        report.add(figure);
    }
    Ok(())
}

async fn once(dir: &Path, count: u64, one_by_one: bool) -> Result<f64> {
    let world = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(&world.path().join("relay"))?;
    let anna = person(&world.path().join("Anna"), "Anna", &relay).await?;
    let boris = person(&world.path().join("Boris"), "Boris", &relay).await?;
    let chat = group_of_two(&anna, &boris).await?.to_string();
    let number = anna.chat_by_id(&chat).await?;
    if one_by_one {
        say_live(&anna, number, count).await?;
    } else {
        for n in 0..count {
            anna.send_message(number, &words::message(n)).await?;
        }
        anna.sync().await?;
    }
    let started = Instant::now();
    boris.sync().await?;
    let took = started.elapsed();
    let there = boris.chat_by_id(&chat).await?;
    let read = boris.log(there, u32::MAX, None).await?;
    ensure!(read.len() as u64 == count, "{} messages of {count} arrived", read.len());
    ensure!(read.last().is_some_and(|last| last.text == words::message(count - 1)), "the last one differs");
    anna.close().await;
    boris.close().await;
    Ok(took.as_secs_f64() * 1000.0)
}

fn floor(dir: &Path, count: u64) -> Result<f64> {
    let data = tempfile::tempdir_in(dir)?;
    let mut floor = Floor::open(&data.path().join("floor.db"), Some([1; 32]), Durable::Process)?;
    let started = Instant::now();
    for (chat, first) in (1..).zip((0..count).step_by(1000)) {
        floor.fill(chat, first, (count - first).min(1000))?;
    }
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}
