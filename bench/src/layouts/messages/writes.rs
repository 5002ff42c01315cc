//! What writes: each is one transaction, with the search index in it, as the core does it.

use anyhow::{Result, bail};
use beseda_core::domain::{ChatNo, Place};
use rusqlite::types::Value;

use super::{PAGE, Spot, newest};
use crate::{
    layouts::{
        Keys,
        contest::{Field, Line, Runner, ask},
        database::{Database, Parameter as P, Values},
        dataset::{Dataset, ME, Message, id_of, time_of},
        fill::{key_of, number_of, values_of},
    },
    words::{self, Dice},
};

/// What comes from sync at once: so many chats, and messages of each.
const SYNC: (usize, usize) = (50, 20);

/// # Errors
/// When SQLite fails or two layouts answer differently.
pub fn measure(field: &Field<'_>, data: &Dataset) -> Result<Vec<Line>> {
    let mut coming = Coming::new(data);
    let mut dice = Dice::new(4);
    // Each is deleted at most once, and what is deleted is not edited: the one takes odd numbers, the other even ones.
    let half = data.messages.len() / 2;
    let mut doomed = (0..half).map(|n| data.messages[(n * 7_919) % half * 2 + 1]);
    let mut edited = Dice::new(5);
    Ok(vec![
        ask(
            "insert one that came",
            field,
            || (0..20).map(|_| coming.message(None)).collect(),
            |runner, message| insert(runner, std::slice::from_ref(message), true),
        )?,
        ask(
            "the same without the search index",
            field,
            || (0..20).map(|_| coming.message(None)).collect(),
            |runner, message| insert(runner, std::slice::from_ref(message), false),
        )?,
        ask(
            "write one: queued, then accepted",
            field,
            || (0..20).map(|_| coming.message(Some(ME))).collect(),
            write,
        )?,
        ask(
            &format!("insert {} from sync", SYNC.0 * SYNC.1),
            field,
            || vec![coming.batch()],
            |runner, batch| insert(runner, batch, true),
        )?,
        ask("edit one", field, || (0..10).map(|_| data.messages[edited.below(half) * 2]).collect(), edit)?,
        ask("delete one", field, || doomed.by_ref().take(10).collect(), delete)?,
        ask(
            &format!("a member reads the newest {PAGE}"),
            field,
            || (0..10).map(|_| reader(data, &mut dice)).collect(),
            read,
        )?,
    ])
}

/// New messages, after all that were filled in.
struct Coming<'a> {
    data: &'a Dataset,
    dice: Dice,
    next: usize,
    seqs: Vec<usize>,
}

impl<'a> Coming<'a> {
    fn new(data: &'a Dataset) -> Self {
        let seqs = data.chats.iter().map(|chat| chat.messages.len()).collect();
        Self { data, dice: Dice::new(6), next: data.messages.len(), seqs }
    }

    /// By somebody in a random chat; by anybody but me where `author` is not given.
    fn message(&mut self, author: Option<i64>) -> Message {
        let chat = self.dice.below(self.data.chats.len());
        self.of(chat, author)
    }

    fn of(&mut self, chat: usize, author: Option<i64>) -> Message {
        // I am the first member of every chat.
        let members = &self.data.chats[chat].members;
        let author = author.unwrap_or(members[1 + self.dice.below(members.len() - 1)].user);
        self.seqs[chat] += 1;
        self.next += 1;
        Message { number: self.next - 1, chat, seq: self.seqs[chat], author }
    }

    /// Chat after chat, in rising order of their numbers, as they come from the relay.
    fn batch(&mut self) -> Vec<Message> {
        let chats = self.data.chats.len();
        let first = self.dice.below(chats);
        let mut numbers: Vec<usize> = (0..SYNC.0).map(|n| (first + n * 17) % chats).collect();
        numbers.sort_unstable();
        numbers
            .into_iter()
            .flat_map(|chat| (0..SYNC.1).map(move |_| chat))
            .map(|chat| self.of(chat, None))
            .collect()
    }
}

fn insert(runner: &Runner<'_>, messages: &[Message], searched: bool) -> Result<Option<i64>> {
    let database = &runner.database;
    database.begin()?;
    for group in messages.chunk_by(|a, b| a.chat == b.chat) {
        let mut values = Values::new();
        for message in group {
            values = values_of(runner.layout.keys, message);
            database.run("message", &values)?;
            if searched {
                index(runner, message, key_of(runner.layout.keys, message))?;
            }
        }
        database.run("line", &values.with(P::Unread, group.len() as i64))?;
    }
    database.commit()?;
    Ok(Some(messages.len() as i64))
}

/// Two transactions. By place it moves when it is accepted, and is indexed only then: no index knows a place that changes.
fn write(runner: &Runner<'_>, message: &Message) -> Result<Option<i64>> {
    let (database, keys) = (&runner.database, runner.layout.keys);
    let accepted = key_of(keys, message);
    let written = match keys {
        Keys::Arrival => accepted,
        Keys::Place => Place::queued(message.number as i64).row(ChatNo(message.chat as i64 + 1)),
    };
    let mut values = values_of(keys, message).with(P::Key, written).with(P::Unread, 0);
    database.begin()?;
    database.run("message", &values)?;
    if keys == Keys::Arrival {
        index(runner, message, written)?;
    }
    database.run("line", &values)?;
    database.commit()?;
    values.set(P::NewKey, accepted);
    values.set(P::At, message.at() + 300);
    database.begin()?;
    database.run("accept", &values)?;
    if keys == Keys::Place {
        index(runner, message, accepted)?;
    }
    database.commit()?;
    Ok(Some(1))
}

fn edit(runner: &Runner<'_>, message: &Message) -> Result<Option<i64>> {
    let database = &runner.database;
    let text = words::message(message.number as u64 + 77);
    database.begin()?;
    let (key, chat, number) = forget(database, message)?;
    database.run("edit", &Values::new().with(P::Key, key).with(P::Text, text.clone()))?;
    database.index(number, key, chat, &text)?;
    database.commit()?;
    Ok(Some(1))
}

fn delete(runner: &Runner<'_>, message: &Message) -> Result<Option<i64>> {
    let database = &runner.database;
    database.begin()?;
    let (key, ..) = forget(database, message)?;
    database.run("delete", &Values::new().with(P::Key, key).with(P::Me, ME))?;
    database.commit()?;
    Ok(Some(1))
}

fn index(runner: &Runner<'_>, message: &Message, key: i64) -> Result<()> {
    let number = number_of(runner.layout.keys, message);
    runner.database.index(number, key, message.chat as i64 + 1, &message.text())
}

/// An edit or a deletion names its message by id: finds it and takes its text out of the search index. Gives the key,
/// the chat, and the number in the index.
fn forget(database: &Database, message: &Message) -> Result<(i64, i64, i64)> {
    let rows = database.run("locate", &Values::new().with(P::Message, id_of(message.number)))?;
    let [Value::Integer(key), Value::Text(text), Value::Integer(chat), Value::Integer(number)] =
        rows.values.as_slice()
    else {
        bail!("a message that is not there");
    };
    database.unindex(*number, *chat, text)?;
    Ok((*key, *chat, *number))
}

/// Somebody who reads, and what.
fn reader(data: &Dataset, dice: &mut Dice) -> (Spot, i64) {
    let spot = newest(data, dice);
    let members = &data.chats[spot.chat as usize - 1].members;
    let user = members[1 + dice.below(members.len() - 1)].user;
    (spot, user)
}

fn read(runner: &Runner<'_>, (spot, user): &(Spot, i64)) -> Result<Option<i64>> {
    let keys = runner.layout.keys;
    let (first, last) = (&spot.page[0], spot.last());
    let values = Values::new()
        .with(P::Chat, spot.chat)
        .with(P::User, *user)
        .with(P::FirstKey, key_of(keys, first))
        .with(P::FirstAt, first.at())
        .with(P::Key, key_of(keys, last))
        .with(P::At, last.at());
    runner.database.begin()?;
    runner.database.run("read", &values)?;
    runner.database.commit()?;
    Ok(Some(time_of(last.number)))
}
