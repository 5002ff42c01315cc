//! A profile with many messages: real chats of a real relay, whose history is then put in place with the core's own
//! store, documents and all, in large transactions. A million real sends would take ten minutes.
//!
//! Reading order: [`history`] (how something is said in a chat), then [`talk`] and [`lively`] (what `seed` fills a
//! profile with, to be looked at). What is made here is only a starting point: everything that is measured goes through
//! [`beseda_core::Core`].

mod history;
mod lively;
mod people;
mod talk;

use std::{path::Path, time::Instant};

use anyhow::{Context as _, Result};
use beseda_core::{
    Core, NewProfile, Options,
    document::{Fact, With},
    domain::ChatNo,
    store::Unlock,
};
use beseda_protocol::membership::ChatKind;

use crate::{relay::process::RelayProcess, words};
use history::History;
use people::Person;

pub use lively::seed;

const TITLES: &[&str] = &["Trip", "Дача", "Release", "Семья", "Neighbours", "Проект", "Book club", "Школа"];
/// Members beside the person whose profile it is.
const OTHERS: usize = 4;
/// Times begin on 2026-01-01; over all chats there is a message every ten seconds.
const FROM: i64 = 1_767_225_600_000;
const EVERY: i64 = 10_000;
/// Between the beginnings of two chats: nowhere do thousands of messages have the same time.
const APART: i64 = 300;

/// How large a profile is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub messages: u64,
    pub chats: usize,
}

impl Size {
    /// Messages of each chat: the first has a tenth of all and what does not divide evenly, the others share the rest.
    #[must_use]
    pub fn of_chat(&self, n: usize) -> u64 {
        let others = self.chats as u64 - 1;
        let each = (self.messages - self.messages / 10).checked_div(others).unwrap_or_default();
        if n == 0 { self.messages - each * others } else { each }
    }
}

/// Makes a profile in `dir`, if it holds none yet.
///
/// # Errors
/// When the store, the relay or the disk fails.
pub async fn profile(dir: &Path, size: Size) -> Result<()> {
    let done = dir.join("filled");
    if done.exists() {
        return Ok(());
    }
    let started = Instant::now();
    let group = |n: usize| (ChatKind::Group, format!("{} {n}", TITLES[n % TITLES.len()]));
    let (core, chats) = with_chats(dir, size, group).await?;
    let people = ["Boris", "Clara", "Денис", "Елена"].map(Person::new);
    let people: Vec<&Person> = people.iter().collect();
    let mut written = 0;
    for (n, chat) in chats.iter().enumerate() {
        fill_chat(&core, *chat, &people, written, size, n).await?;
        core.device().store.checkpoint().await?;
        written += size.of_chat(n);
    }
    core.close().await;
    std::fs::write(done, b"")?;
    println!(
        "  {written} messages in {} chats, made in {:.0} s",
        chats.len(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// A new profile with chats that a relay has taken. The relay ends with this.
async fn with_chats(
    dir: &Path,
    size: Size,
    chat: impl Fn(usize) -> (ChatKind, String),
) -> Result<(Core, Vec<ChatNo>)> {
    let relay_data = tempfile::tempdir_in(dir.parent().context("a profile below a directory")?)?;
    let relay = RelayProcess::start(relay_data.path())?;
    let new = NewProfile { name: "Anna".to_owned(), relay: relay.url(), invite: None, unlock: Unlock::File };
    let core = Core::create(dir, new, Options::default()).await?;
    for n in 0..size.chats {
        let (kind, title) = chat(n);
        core.create_chat(kind, &title, "", "").await?;
        // A few at a time: an exchange takes up all new chats at once.
        if n % 10 == 9 || n + 1 == size.chats {
            core.sync().await.context("the new chats do not reach the relay")?;
        }
    }
    let mut chats: Vec<_> = core.chats().await?.into_iter().map(|line| line.number).collect();
    chats.sort();
    Ok((core, chats))
}

async fn fill_chat(
    core: &Core,
    chat: ChatNo,
    others: &[&Person],
    first: u64,
    size: Size,
    which: usize,
) -> Result<()> {
    let begins = FROM + APART * which as i64;
    let mut history = History::begin(core, chat, others, begins).await?;
    let mut dice = words::Dice::new(first);
    let (count, span) = (size.of_chat(which), EVERY * size.messages as i64);
    for n in 0..count {
        let author = dice.below(OTHERS + 1);
        let sent_at = begins + span / count as i64 * n as i64;
        let text = words::message(first + n);
        history.say(author, Fact::Message { text, sent_at, with: With::default() }, sent_at).await?;
    }
    let read = history.before((which % 20) as u64)?;
    history.end(read).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_a_chat() {
        for (messages, chats) in [(1_000_000, 200), (20_000, 40), (17, 1), (1003, 7), (5, 2)] {
            let size = Size { messages, chats };
            assert_eq!((0..chats).map(|n| size.of_chat(n)).sum::<u64>(), messages, "{size:?}");
        }
    }
}
