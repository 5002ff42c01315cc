//! Finding messages by their words. Words of known frequency are put among the others, in the index and in the floor's.

use std::path::Path;

use anyhow::Result;
use beseda_core::{
    Core,
    domain::{ChatNo, Place},
    store::{
        Durability,
        messages::{self, Extra, NewMessage},
        search::{self, Order},
    },
};
use beseda_protocol::{MessageId, Seq};

use super::{ROUNDS, chats, figure, timed};
use crate::{floor::Floor, relay::wire::random, report::Report, timings::Timings, words, words::Dice};

/// What is looked for, and how often it stands there: one message in so many; 0: as often as any word.
pub const WORDS: [(&str, &str, u64); 4] = [
    ("a rare word", "zeppelin", 20_000),
    ("a middling word", "harbour", 200),
    ("a common word", "everybody", 0),
    ("a prefix of two letters", "ev", 0),
];
const FOUND: usize = 50;
const LAST: &str = "SELECT max(place) FROM messages WHERE place >= ? AND place < ?";
const AT: &str = "SELECT place, at FROM messages WHERE place >= ? ORDER BY place LIMIT 1";

/// Puts the words that are looked for into the history, where they are not there yet.
///
/// # Errors
/// When the store, the floor or the disk fails.
pub(super) async fn plant(core: &Core, floor: &mut Floor, profile: &Path) -> Result<()> {
    let done = profile.join("planted");
    if done.exists() {
        return Ok(());
    }
    let chats = chats(core).await?;
    let mut dice = Dice::new(9);
    let mut tx = core.device().store.begin(Durability::Process).await?;
    let mut ends = Vec::new();
    let mut count = 0;
    for chat in &chats {
        let end = Place::queued(0).row(*chat);
        let last: Option<i64> =
            sqlx::query_scalar(LAST).bind(Place::FIRST.row(*chat)).bind(end).fetch_one(&mut *tx).await?;
        let last = last.map_or(0, |row| Place::from_row(row).1.seq().0);
        count += last;
        ends.push((*chat, last));
    }
    let mut new: Vec<NewMessage> = Vec::new();
    for (_, word, every) in WORDS.iter().filter(|(.., every)| *every > 0) {
        for n in 0..(count / every).max(5) {
            let (chat, last) = if dice.below(10) == 0 { ends[0] } else { ends[dice.below(ends.len())] };
            // Beside a message that is there: index 1 of its envelope.
            let from = Place::accepted(Seq(1 + dice.below(last as usize) as u64), 0).unwrap_or_default();
            let (row, at): (i64, i64) = sqlx::query_as(AT).bind(from.row(chat)).fetch_one(&mut *tx).await?;
            let (chat, place) = Place::from_row(row);
            let place = Place(place.0 | 1);
            if new.iter().any(|other| (other.chat, other.place) == (chat, place)) {
                continue;
            }
            let text = format!("{} {word}", words::message(n));
            new.push(planted(chat, place, at, core, text)?);
        }
    }
    new.sort_by_key(|message| message.place.row(message.chat));
    messages::insert(&mut tx, &new).await?;
    let rows: Vec<(i64, &str)> =
        new.iter().map(|message| (message.place.row(message.chat), message.text.as_str())).collect();
    search::put(&mut tx, &rows).await?;
    tx.commit().await?;
    floor.plant(&rows)?;
    std::fs::write(done, b"")?;
    Ok(())
}

fn planted(chat: ChatNo, place: Place, at: i64, core: &Core, text: String) -> Result<NewMessage> {
    Ok(NewMessage {
        chat,
        place,
        id: MessageId(random()?),
        author: core.device().me.number,
        text,
        sent_at: at,
        at,
        flags: 0,
        reply_to: None,
        extra: Extra::default(),
        links: vec![],
    })
}

/// # Errors
/// When the core or the floor fails.
pub(super) async fn measure(core: &Core, floor: &mut Floor, report: &mut Report, each: usize) -> Result<()> {
    floor.index()?;
    for (name, word, every) in WORDS {
        let (mut ours, mut raw) = (Timings::default(), Timings::default());
        let (mut found, mut found_raw) = (0, 0);
        let asked = if word.len() < 3 { format!("{word}*") } else { word.to_owned() };
        for _ in 0..ROUNDS {
            for _ in 0..each.max(1) {
                let page = timed(&mut ours, core.search(word, None, Order::Newest, None, FOUND)).await?;
                found = page.messages.len();
            }
            for _ in 0..each.max(1) {
                found_raw = raw.time(|| floor.search(&asked, FOUND))?;
            }
        }
        anyhow::ensure!(found > 0 && found_raw > 0, "{word} is not found: {found}, {found_raw}");
        let often = if every == 0 { String::new() } else { format!(" in one message of {every}") };
        let note =
            format!("\"{word}\"{often}, all chats, newest {FOUND} of {found} with text and highlights");
        let note = format!("{note}; floor: FTS5 unicode61, prefix index");
        report.add(figure(&format!("search: {name}, p50"), &ours, &raw, Some(5.0), &note));
    }
    Ok(())
}
