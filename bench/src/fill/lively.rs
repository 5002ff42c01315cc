//! A profile to look at: chats of several kinds and lengths, in which people answer, react, edit, pin and vote.

use std::{collections::VecDeque, path::Path, time::Instant};

use anyhow::{Result, bail};
use beseda_core::{
    Core,
    document::{Fact, Forwarded, Mention, Poll, With},
    domain::{ChatNo, Millis},
    store::{Durability, messages::flag, projection},
};
use beseda_protocol::{MessageId, UserId, membership::ChatKind};

use super::{History, Person, Size, talk::Talk, with_chats};
use crate::words::Dice;

const NAMES: &[&str] = &[
    "Boris",
    "Clara",
    "Денис",
    "Елена",
    "Фёдор",
    "Grace",
    "Hugo",
    "Ирина",
    "Jonas",
    "Кирилл",
    "Лиза",
    "Mia",
];
const TITLES: &[&str] = &[
    "Neighbours of Lake Street",
    "Дача",
    "Release 2.0",
    "Семья",
    "Book club",
    "Проект «Маяк»",
    "Saturday hikes",
    "Школа, 5 «Б»",
    "Design",
    "Хор по вторникам",
    "Road notes",
    "Велопоход",
];
/// Nothing answers there: the profile is for looking at.
const NOWHERE: &str = "http://127.0.0.1:1";
const MINUTE: Millis = 60_000;
/// The longest that a chat goes back.
const SPAN: Millis = 500 * 24 * 60 * MINUTE;
/// Messages that others answer, react to and change.
const RECENT: usize = 30;
/// Messages after which all others say how far they have read.
const MARKS_EVERY: u64 = 200;
const EMOJI: &[&str] = &["👍", "❤️", "😂", "🎉", "🙏", "👀", "🔥", "😢", "👏🏽", "✅"];

/// Fills a new profile in `dir`.
///
/// # Errors
/// When there is something in `dir` already; when the store, the relay or the disk fails.
pub async fn seed(dir: &Path, size: Size) -> Result<()> {
    if std::fs::read_dir(dir).is_ok_and(|mut files| files.next().is_some()) {
        bail!("{} is not empty: choose a new directory, or delete it first", dir.display());
    }
    let started = Instant::now();
    if let Some(parent) = dir.parent() {
        std::fs::create_dir_all(parent)?;
    }
    println!("Making {} chats", size.chats);
    let (core, chats) = with_chats(dir, size, kind).await?;
    let people: Vec<Person> = NAMES.iter().map(|name| Person::new(name)).collect();
    let mut written = 0;
    for (n, chat) in chats.iter().enumerate() {
        fill(&core, *chat, n, size.of_chat(n), &people).await?;
        core.device().store.checkpoint().await?;
        let before = written * 10 / size.messages.max(1);
        written += size.of_chat(n);
        if written * 10 / size.messages.max(1) > before || n + 1 == chats.len() {
            println!("  {written} of {} messages, {:.0} s", size.messages, started.elapsed().as_secs_f64());
        }
    }
    private(&core, &chats).await?;
    core.close().await;
    Ok(())
}

fn kind(n: usize) -> (ChatKind, String) {
    let title = TITLES[n % TITLES.len()];
    let title = if n < TITLES.len() { title.to_owned() } else { format!("{title} {}", n / TITLES.len() + 1) };
    match n {
        0 => (ChatKind::Group, title),
        _ if n % 4 == 3 => (ChatKind::Dialog, String::new()),
        _ if n.is_multiple_of(10) => (ChatKind::Blog, title),
        _ => (ChatKind::Group, title),
    }
}

/// A message that may be answered or changed.
struct Recent {
    id: MessageId,
    author: usize,
    text: String,
    mentions: Vec<Mention>,
    envelope: u64,
}

async fn fill(core: &Core, chat: ChatNo, n: usize, count: u64, people: &[Person]) -> Result<()> {
    let mut dice = Dice::new(n as u64 * 7919 + 1);
    let (kind, _) = kind(n);
    let others: Vec<usize> = {
        let most = match kind {
            ChatKind::Notes => 0,
            ChatKind::Dialog => 1,
            ChatKind::Group if n == 0 => people.len(),
            ChatKind::Group | ChatKind::Blog => 2 + dice.below(people.len() - 2),
        };
        (0..most).map(|other| (n + other) % people.len()).collect()
    };
    let members: Vec<&Person> = others.iter().map(|other| &people[*other]).collect();
    let name = core.name().await?;
    let now = core.device().now() - n as i64 * 37 * MINUTE;
    let step = (SPAN / (count as i64).max(1)).clamp(1, 25 * MINUTE);
    let start = now - step * count as i64 - MINUTE;
    begins_at(core, chat, start).await?;

    let mut talk = Talk::new(n % 2 == 1);
    let mut history = History::begin(core, chat, &members, start).await?;
    let mut recent: VecDeque<Recent> = VecDeque::new();
    let (mut author, mut envelopes) = (0, 0_u64);
    for m in 0..count {
        let at = start + MINUTE + step * m as i64 + dice.below(step as usize) as i64;
        author = match kind {
            ChatKind::Blog => 0,
            _ if dice.below(100) < 40 => author,
            _ => dice.below(members.len() + 1),
        };
        let mut line = talk.message(&mut dice);
        let mut with = With::default();
        if dice.below(100) < 9 && !recent.is_empty() {
            with.reply_to = Some(recent[dice.below(recent.len())].id);
            line = talk.answer(&mut dice);
        }
        if dice.below(100) < 5 && kind != ChatKind::Dialog {
            let mention = mention(&mut dice, &members, (&name, core.device().me.id), talk.russian);
            line = format!("@{}, {line}", mention.name);
            with.mentions.push(mention);
        }
        if dice.below(300) == 0 && kind != ChatKind::Dialog {
            let (question, options) = talk.poll(&mut dice);
            (line, with) = (
                question,
                With { poll: Some(Poll { options, several: dice.below(3) == 0 }), ..With::default() },
            );
        } else if dice.below(150) == 0 {
            with.forwarded = Some(Forwarded {
                author: "Kate".to_owned(),
                user: None,
                chat: "Sunday letters".to_owned(),
                sent_at: at - 60 * MINUTE,
            });
        }
        let options = with.poll.as_ref().map(|poll| poll.options.len());
        let mentions = with.mentions.clone();
        let fact = Fact::Message { text: line.clone(), sent_at: at, with };
        let id = history.say(author, fact, at).await?;
        envelopes += 1;
        recent.push_back(Recent { id, author, text: line, mentions, envelope: envelopes });
        if recent.len() > RECENT {
            recent.pop_front();
        }
        if let Some(options) = options {
            for voter in 0..=members.len() {
                if dice.below(10) < 7 {
                    let chosen = vec![dice.below(options) as u8];
                    history.say(voter, Fact::Vote { of: id, options: chosen }, at).await?;
                    envelopes += 1;
                }
            }
        }
        envelopes +=
            said_about(&mut history, &mut dice, &mut talk, &mut recent, members.len(), kind, at).await?;
        if m % MARKS_EVERY == MARKS_EVERY - 1 || m + 1 == count {
            for reader in 1..=members.len() {
                // The last one is behind.
                let upto = if reader == members.len() && reader > 1 { recent.front() } else { recent.back() };
                if let Some(upto) = upto {
                    let marks =
                        Fact::Marks { delivered: recent.back().map(|last| last.id), read: Some(upto.id) };
                    history.say(reader, marks, at).await?;
                    envelopes += 1;
                }
            }
        }
    }
    // Some chats are read, some are a little behind.
    let unread = if n.is_multiple_of(3) { [4, 17, 1, 29][n / 3 % 4] } else { 0 };
    let read = recent.len().saturating_sub(unread + 1);
    let place = match recent.get(read) {
        Some(read) if count > 0 => {
            let (id, place) = (read.id, history.before(envelopes - read.envelope)?);
            history.say(0, Fact::Marks { delivered: None, read: Some(id) }, now).await?;
            place
        }
        _ => history.here()?,
    };
    history.end(place).await
}

/// What people do with the newest messages; answers in how many envelopes.
async fn said_about(
    history: &mut History<'_>,
    dice: &mut Dice,
    talk: &mut Talk,
    recent: &mut VecDeque<Recent>,
    others: usize,
    kind: ChatKind,
    at: Millis,
) -> Result<u64> {
    let mut envelopes = 0;
    if dice.below(100) < 12 {
        let of = recent[dice.below(recent.len())].id;
        let emoji = EMOJI[dice.below(EMOJI.len())];
        for _ in 0..=dice.below(3) {
            let fact = Fact::Reaction { of, emoji: emoji.to_owned(), on: dice.below(12) > 0 };
            history.say(dice.below(others + 1), fact, at).await?;
            envelopes += 1;
        }
    }
    if dice.below(100) == 0 {
        let at_most = recent.len();
        let one = &mut recent[dice.below(at_most)];
        one.text = format!("{} {}", one.text, talk.answer(dice));
        let mentions = one.mentions.clone();
        let fact = Fact::Edit { of: one.id, text: one.text.clone(), mentions, edited_at: at };
        history.say(one.author, fact, at).await?;
        envelopes += 1;
    }
    if dice.below(400) == 0 {
        let one = &recent[dice.below(recent.len())];
        history.say(one.author, Fact::Delete { of: one.id }, at).await?;
        envelopes += 1;
    }
    if dice.below(500) == 0 {
        let by = if kind == ChatKind::Blog { 0 } else { dice.below(others + 1) };
        history.say(by, Fact::Pin { of: recent[dice.below(recent.len())].id, on: true }, at).await?;
        envelopes += 1;
    }
    Ok(envelopes)
}

/// Somebody of the chat, the person of the profile, or everyone.
fn mention(dice: &mut Dice, members: &[&Person], me: (&str, UserId), russian: bool) -> Mention {
    match dice.below(10) {
        0 => Mention { name: if russian { "все" } else { "everyone" }.to_owned(), user: None },
        1..3 => Mention { name: me.0.to_owned(), user: Some(me.1) },
        _ => {
            let member = members[dice.below(members.len())];
            Mention { name: member.name.to_owned(), user: Some(member.keys.user()) }
        }
    }
}

/// The relay saw the chat just now; as people will see it, it began then.
async fn begins_at(core: &Core, chat: ChatNo, at: Millis) -> Result<()> {
    let mut tx = core.device().store.begin(Durability::Process).await?;
    for sql in [
        "UPDATE handshakes SET accepted_at = ? WHERE chat_no = ?",
        "UPDATE changes SET accepted_at = ? WHERE chat_no = ?",
    ] {
        sqlx::query(sql).bind(at).bind(chat.0).execute(&mut *tx).await?;
    }
    projection::rebuild(&mut tx, chat, core.device().me).await?;
    tx.commit().await?;
    Ok(())
}

/// What only this person knows of.
async fn private(core: &Core, chats: &[ChatNo]) -> Result<()> {
    for (n, chat) in chats.iter().enumerate() {
        let page = core.log(*chat, 40, None).await?;
        let left = page.iter().filter(|message| !message.is(flag::GONE));
        for message in left.skip(n % 7).step_by(19) {
            core.save_message(message.id, true).await?;
        }
    }
    if let Some(chat) = chats.get(1) {
        core.save_draft(*chat, "Завтра позвоню, если", None).await?;
    }
    if let Some(chat) = chats.first() {
        let at = core.device().now() + 20 * 60 * MINUTE;
        core.schedule_message(*chat, "Good morning, everybody!", at).await?;
    }
    let mut tx = core.device().store.begin(Durability::Power).await?;
    sqlx::query("UPDATE account SET relay = ?").bind(NOWHERE).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}
