//! The main job on real input: a real conversation, half of it written while the relay is dead, and then both people
//! have the same, on both screens and in both databases.

mod ledger;
mod verdict;

use std::{path::Path, time::Instant};

use anyhow::{Context as _, Result};

use super::{
    RelayProcess, Window,
    conversation::{self, Conversation, Line},
    fresh_output,
};

const TITLE: &str = "Anna и Boris";
/// The first messages are typed key by key; so many, because a test that types for minutes is run seldom.
const TYPED: usize = 6;

/// Plays the conversation in real windows and compares what both people have.
///
/// # Errors
/// When anything does not go as it must; the message says what, and screenshots are in `target/demo`.
pub async fn play() -> Result<()> {
    let Conversation { lines, together } = conversation::read()?;
    let (first_half, second_half) = lines.split_at(together);
    let shots = fresh_output("demo")?;
    let world = tempfile::tempdir().context("no temporary directory can be made")?;
    let started = Instant::now();
    let step = |what: &str| println!("[{:>5.1} s] {what}", started.elapsed().as_secs_f32());

    step("a relay, and two windows");
    let mut relay = RelayProcess::start(&world.path().join("relay")).await?;
    let anna = Window::open("Anna", world.path(), &relay.url(), &shots).await?;
    anna.shoot("1-first-start").await?;
    anna.create_account(&relay.url()).await?;
    anna.create_group(TITLE).await?;
    let link = anna.invitation().await?;
    let boris = Window::open("Boris", world.path(), &relay.url(), &shots).await?;
    boris.create_account(&relay.url()).await?;
    boris.join(&link, TITLE).await?;
    shoot(&[&anna, &boris], "2-met").await?;

    step(&format!("{} messages with the relay", first_half.len()));
    talk(first_half, &anna, &boris).await?;
    shoot(&[&anna, &boris], "3-talked").await?;

    step("the relay is killed");
    relay.kill();
    let waiting = |name: &str| second_half.iter().filter(|line| line.author == name).count();
    step(&format!(
        "{} messages without it: {} by Anna, {} by Boris",
        second_half.len(),
        waiting("Anna"),
        waiting("Boris")
    ));
    for line in second_half {
        of(line, &anna, &boris).paste_and_send(&line.text).await?;
    }
    for person in [&anna, &boris] {
        person.await_sync("offline", u32::try_from(waiting(person.name()))?).await?;
    }
    shoot(&[&anna, &boris], "4-alone").await?;

    step("the relay is back");
    relay.restart().await?;
    for person in [&anna, &boris] {
        person.await_sync("up_to_date", 0).await?;
    }
    shoot(&[&anna, &boris], "5-together").await?;

    step("reading both screens from end to beginning");
    let screens = vec![read_screen(&anna).await?, read_screen(&boris).await?];
    shoot(&[&anna, &boris], "6-beginning").await?;

    step("closing both windows, and reading both databases");
    anna.close().await?;
    boris.close().await?;
    let databases = vec![
        ledger::read("Anna", &Window::profile("Anna", world.path()), TITLE, lines.len())?,
        ledger::read("Boris", &Window::profile("Boris", world.path()), TITLE, lines.len())?,
    ];

    verdict::check(&lines, together, &screens, &databases)?;
    summary(&lines, second_half.len(), &shots, started);
    Ok(())
}

fn of<'a>(line: &Line, anna: &'a Window, boris: &'a Window) -> &'a Window {
    if line.author == anna.name() { anna } else { boris }
}

/// A conversation: who answers has read what they answer to.
async fn talk(lines: &[Line], anna: &Window, boris: &Window) -> Result<()> {
    let mut before: Option<&Line> = None;
    for (index, line) in lines.iter().enumerate() {
        let author = of(line, anna, boris);
        if let Some(before) = before
            && before.author != line.author
        {
            author.await_last(&before.text).await?;
        }
        // The driver's keyboard has no keys beyond the basic plane.
        if index < TYPED && line.text.chars().all(|character| u32::from(character) < 0x1_0000) {
            author.say(&line.text).await?;
        } else {
            author.paste_and_send(&line.text).await?;
        }
        before = Some(line);
    }
    if let Some(last) = before {
        for person in [anna, boris] {
            person.await_last(&last.text).await?;
            person.await_nothing_queued().await?;
        }
    }
    Ok(())
}

async fn read_screen(person: &Window) -> Result<ledger::Ledger> {
    let name = person.name();
    let other = if name == "Anna" { "Boris" } else { "Anna" };
    let lines = person.read_all().await?.into_iter().map(|bubble| ledger::Entry {
        id: bubble.id,
        author: if bubble.mine { name } else { other }.to_owned(),
        text: bubble.text,
    });
    Ok(ledger::Ledger { whose: format!("{name}'s screen"), entries: lines.collect() })
}

async fn shoot(people: &[&Window], name: &str) -> Result<()> {
    for person in people {
        person.shoot(name).await?;
    }
    Ok(())
}

fn summary(lines: &[Line], apart: usize, shots: &Path, started: Instant) {
    let by = |name: &str| lines.iter().filter(|line| line.author == name).count();
    println!();
    println!("Both databases and both screens hold the same {} messages in the same order,", lines.len());
    println!("each once, each person's in the order they were written.");
    println!(
        "  by Anna {}, by Boris {}; {apart} of all written while the relay was dead",
        by("Anna"),
        by("Boris")
    );
    println!("  screenshots in {}", shots.display());
    println!("  {:.0} s", started.elapsed().as_secs_f32());
}
