//! A long history: somebody comes to it, and a relay that has lost it is given it again.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use beseda_core::{
    Core,
    domain::ChatNo,
    store::{chats, search::Order},
    timeline::Item,
    window::{OpenAt, PAGE},
};
use beseda_protocol::ChatId;

use crate::{
    floor::{Durable, Floor},
    relay::process::RelayProcess,
    report::{Figure, Report, Unit},
    scene::{group_of_two, person, say_at_once, say_live},
    words,
};

/// Stands in the first and the last message, and nowhere else.
const WORD: &str = "xylophone";
const PER: f64 = 10_000.0;
/// Envelopes that the relay takes in one commit.
const AT_ONCE: u64 = 256;

/// # Errors
/// When a core, the relay or the disk fails.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let (long, many, one_by_one) = if quick { (2_000, 2_000, 100) } else { (100_000, 20_000, 5_000) };
    joined(dir, report, long).await?;
    refilled(dir, report, many, false).await?;
    refilled(dir, report, one_by_one, true).await
}

/// What somebody sees who comes by a link, while the one who invites is there.
async fn joined(dir: &Path, report: &mut Report, count: u64) -> Result<()> {
    let world = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(&world.path().join("relay"))?;
    let anna = person(&world.path().join("Anna"), "Anna", &relay).await?;
    let boris = person(&world.path().join("Boris"), "Boris", &relay).await?;
    let chat = group_of_two(&anna, &boris).await?;
    let number = anna.chat_by_id(&chat.to_string()).await?;
    anna.send_message(number, WORD).await?;
    say_at_once(&anna, number, count - 2).await?;
    anna.send_message(number, WORD).await?;
    anna.sync().await?;
    anna.start_syncing().await?;
    let clara = person(&world.path().join("Clara"), "Clara", &relay).await?;
    let link = anna.invite(number).await?;
    let mut changed = clara.listen();

    let started = Instant::now();
    clara.start_syncing().await?;
    clara.join(&link).await?;
    let mut page = None;
    let whole = loop {
        changed.recv().await.context("the newcomer's core has stopped")?;
        while changed.try_recv().is_ok() {}
        let Ok(there) = clara.chat_by_id(&chat.to_string()).await else { continue };
        if page.is_none() && messages_shown(&clara, there).await? >= PAGE as usize {
            page = Some(started.elapsed());
        }
        if clara.search(WORD, Some(there), Order::Newest, None, 9).await?.messages.len() == 2 {
            break started.elapsed();
        }
    };
    let there = clara.chat_by_id(&chat.to_string()).await?;
    let read = clara.log(there, u32::MAX, None).await?.len() as u64;
    ensure!(read == count, "{read} messages of {count} arrived");
    let mut add = |until: &str, took: Duration, floor: f64, note: &str| {
        let name = format!("join {count} messages of history, until {until}");
        let figure = Figure::new(&name, Unit::Milliseconds, took.as_secs_f64() * 1000.0);
        report.add(figure.floor(floor).note(note));
    };
    let note = "from the link on; who invites is online; what is shown first is the oldest page; floor: a page of rows, one commit";
    add("the first page is shown", page.context("no page was shown")?, rows(dir, PAGE.into())?, note);
    let note = "from the link on: fetched, opened, each author's signature checked, stored and indexed; floor: rows, 1,000 a commit";
    add("all is searchable", whole, rows(dir, count)?, note);
    for core in [anna, boris, clara] {
        core.close().await;
    }
    Ok(())
}

/// Messages in the window that a screen would show.
async fn messages_shown(core: &Core, chat: ChatNo) -> Result<usize> {
    let (window, _) = core.open_window(chat, OpenAt::End).await?;
    Ok(window.items().iter().filter(|item| matches!(item, Item::Message(_))).count())
}

fn rows(dir: &Path, count: u64) -> Result<f64> {
    let data = tempfile::tempdir_in(dir)?;
    let mut floor = Floor::open(&data.path().join("floor.db"), Some([1; 32]), Durable::Process)?;
    let started = Instant::now();
    for (chat, first) in (1..).zip((0..count).step_by(1000)) {
        floor.fill(chat, first, (count - first).min(1000))?;
    }
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

/// The relay loses everything; one member's device gives it back.
async fn refilled(dir: &Path, report: &mut Report, count: u64, one_by_one: bool) -> Result<()> {
    let world = tempfile::tempdir_in(dir)?;
    let kept = world.path().join("relay");
    let relay = RelayProcess::start(&kept)?;
    let anna = person(&world.path().join("Anna"), "Anna", &relay).await?;
    let boris = person(&world.path().join("Boris"), "Boris", &relay).await?;
    let chat = group_of_two(&anna, &boris).await?;
    let number = anna.chat_by_id(&chat.to_string()).await?;
    if one_by_one {
        say_live(&anna, number, count).await?;
        anna.stop_syncing().await;
    } else {
        say_at_once(&anna, number, count).await?;
    }
    anna.sync().await?;
    let envelopes = envelopes(&anna, number).await?;
    let bytes = size(&kept)? / envelopes;
    let relay = relay.emptied(&kept)?;

    let started = Instant::now();
    anna.sync().await?;
    let took = started.elapsed();
    arrives(world.path(), &relay, &anna, chat, count).await?;
    let per = PER / count as f64;
    let how = if one_by_one { "each in its own envelope" } else { "many in an envelope" };
    let name = format!("refill of an empty relay, per 10000 messages, {how}");
    let figure = Figure::new(&name, Unit::Milliseconds, took.as_secs_f64() * 1000.0 * per);
    let floor = appended(dir, envelopes, bytes)? * per;
    report.add(figure.floor(floor).note(format!(
        "{count} messages in {envelopes} envelopes, by one member, compared, sealed, accepted; floor: rows of {bytes} B, \
         {AT_ONCE} a commit and fsync"
    )));
    for core in [anna, boris] {
        core.close().await;
    }
    Ok(())
}

/// Somebody who comes now has all of it.
async fn arrives(world: &Path, relay: &RelayProcess, anna: &Core, chat: ChatId, count: u64) -> Result<()> {
    let dora = person(&world.join("Dora"), "Dora", relay).await?;
    dora.join(&anna.invite(anna.chat_by_id(&chat.to_string()).await?).await?).await?;
    for core in [&dora, anna, &dora] {
        core.sync().await?;
    }
    let there = dora.chat_by_id(&chat.to_string()).await?;
    let read = dora.log(there, u32::MAX, None).await?;
    ensure!(read.len() as u64 == count, "{} messages of {count} came back", read.len());
    ensure!(read.last().is_some_and(|last| last.text == words::message(count - 1)), "the last one differs");
    dora.close().await;
    Ok(())
}

/// How long the chat's log is.
async fn envelopes(core: &Core, chat: ChatNo) -> Result<u64> {
    let mut reader = core.device().store.readers().acquire().await?;
    Ok(chats::state(&mut reader, chat).await?.cursor.0)
}

/// Bytes of all files in a directory.
fn size(dir: &Path) -> Result<u64> {
    fs::read_dir(dir)?.map(|file| Ok(file?.metadata()?.len())).sum()
}

fn appended(dir: &Path, envelopes: u64, bytes: u64) -> Result<f64> {
    let data = tempfile::tempdir_in(dir)?;
    let mut floor = Floor::open(&data.path().join("floor.db"), None, Durable::Power)?;
    let body = vec![0x5A; usize::try_from(bytes)?];
    let started = Instant::now();
    for first in (0..envelopes).step_by(AT_ONCE as usize) {
        floor.append(usize::try_from(AT_ONCE.min(envelopes - first))?, &body)?;
    }
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}
