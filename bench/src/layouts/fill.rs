//! Fills a layout: messages in the order they came, as they would live, and the search index after them.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{
    Keys, Layout,
    database::{Database, Parameter as P, Purpose, Values},
    dataset::{Chat, Dataset, Kind, ME, Member, Message, USERS, place_of},
    script::Script,
};

/// A message's key in a layout.
#[must_use]
pub fn key_of(keys: Keys, message: &Message) -> i64 {
    match keys {
        Keys::Arrival => message.number as i64 + 1,
        Keys::Place => message.place(),
    }
}

/// A message's row id in the search index: it rises with time in every layout.
#[must_use]
pub fn number_of(keys: Keys, message: &Message) -> i64 {
    match keys {
        Keys::Arrival => key_of(keys, message),
        Keys::Place => message.at() >> 8,
    }
}

/// Everything that any layout stores of a message; nobody has read it yet.
#[must_use]
pub fn values_of(keys: Keys, message: &Message) -> Values {
    Values::new()
        .with(P::Key, key_of(keys, message))
        .with(P::Message, message.id())
        .with(P::Chat, message.chat as i64 + 1)
        .with(P::Author, message.author)
        .with(P::Me, ME)
        .with(P::SentAt, message.sent_at())
        .with(P::At, message.at())
        .with(P::IsReaded, i64::from(message.author == ME))
        .with(P::Readers, 0)
        .with(P::Text, message.text())
}

/// # Errors
/// When SQLite cannot.
pub fn messages(path: &Path, key: [u8; 32], layout: &Layout, script: &Script, data: &Dataset) -> Result<()> {
    let database = Database::open(path, key, script, Purpose::Fill)?;
    database.begin()?;
    users(&database)?;
    for chat in &data.chats {
        let me = chat.members.iter().find(|member| member.user == ME).context("I am in every chat")?;
        let values = with_mark(values_of_chat(chat), data, chat, me);
        database.run("chat", &values)?;
        for member in &chat.members {
            database.run("member", &with_mark(values_of_chat(chat), data, chat, member))?;
        }
    }
    let row_a_reader = database.has("reader");
    for message in &data.messages {
        let mut values = values_of(layout.keys, message);
        values.set(P::IsReaded, i64::from(data.is_readed(message)));
        values.set(P::Readers, data.readers(message).count() as i64);
        database.run("message", &values)?;
        if row_a_reader {
            for reader in data.readers(message) {
                values.set(P::User, reader);
                database.run("reader", &values)?;
            }
        }
    }
    for chat in &data.chats {
        let values = values_of(layout.keys, last_of(data, chat)?).with(P::Unread, data.unread(chat));
        database.run("line", &values)?;
    }
    for message in &data.messages {
        let (number, key) = (number_of(layout.keys, message), key_of(layout.keys, message));
        database.index(number, key, message.chat as i64 + 1, &message.text())?;
    }
    database.commit()?;
    database.connection.execute("INSERT INTO search (search) VALUES ('optimize')", [])?;
    Ok(())
}

/// # Errors
/// When SQLite cannot.
pub fn chats(path: &Path, key: [u8; 32], script: &Script, data: &Dataset) -> Result<()> {
    let database = Database::open(path, key, script, Purpose::Fill)?;
    database.begin()?;
    users(&database)?;
    for chat in &data.chats {
        let last = last_of(data, chat)?;
        let mut values = values_of_chat(chat)
            .with(P::About, "What this is about, in a sentence or two.".to_owned())
            .with(P::Category, ["", "work", "family"][chat.number as usize % 3].to_owned())
            .with(P::Author, last.author)
            .with(P::Text, last.text())
            .with(P::At, last.at())
            .with(P::Unread, data.unread(chat))
            .with(P::Members, list(chat));
        let pair = [(P::First, P::FirstRead), (P::Second, P::SecondRead)];
        for (n, (user, read)) in pair.into_iter().enumerate() {
            let member = chat.members.get(n).filter(|_| chat.kind == Kind::Dialog);
            values.set(user, member.map_or(0, |member| member.user));
            values.set(read, member.map_or(0, |member| place_of(member.read).0));
        }
        database.run("chat", &values)?;
        for member in &chat.members {
            database.run("member", &with_mark(values_of_chat(chat), data, chat, member))?;
        }
    }
    database.commit()
}

fn users(database: &Database) -> Result<()> {
    for user in 1..=USERS {
        let name = ["Anna", "Boris", "Clara", "Денис", "Елена", "Фёдор"][user as usize % 6];
        let values = Values::new().with(P::User, user).with(P::Title, format!("{name} {user}"));
        database.run("user", &values)?;
    }
    Ok(())
}

fn values_of_chat(chat: &Chat) -> Values {
    let title = match chat.kind {
        Kind::Dialog => String::new(),
        _ => format!("Conversation {}", chat.number),
    };
    Values::new()
        .with(P::Chat, chat.number)
        .with(P::Kind, chat.kind.name().to_owned())
        .with(P::Title, title)
        .with(P::Me, ME)
}

fn with_mark(values: Values, data: &Dataset, chat: &Chat, member: &Member) -> Values {
    values
        .with(P::User, member.user)
        .with(P::Admin, i64::from(member.admin))
        .with(P::ReadPlace, place_of(member.read).0)
        .with(P::ReadAt, data.read_at(chat, member))
}

fn last_of<'a>(data: &'a Dataset, chat: &Chat) -> Result<&'a Message> {
    let last = chat.messages.last().context("a chat without a message")?;
    Ok(&data.messages[*last as usize])
}

/// The members as a list in a column: an object, so that a member is found by name.
fn list(chat: &Chat) -> String {
    let member = |member: &Member| {
        let read = place_of(member.read).0;
        (member.user.to_string(), serde_json::json!({ "admin": i64::from(member.admin), "read": read }))
    };
    let members: serde_json::Map<_, _> = match chat.kind {
        Kind::Dialog => serde_json::Map::new(),
        _ => chat.members.iter().map(member).collect(),
    };
    serde_json::Value::Object(members).to_string()
}
