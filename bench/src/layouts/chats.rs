//! What is asked of the tables of chats and members: one table, parts, or a table a kind; memberships or lists.

use anyhow::Result;

use super::{
    Size,
    contest::{Cell, Contestant, Field, Line, Runner, ask},
    database::{Parameter as P, Purpose, Rows, Values},
    dataset::{Chat, Dataset, Kind, ME, USERS, place_of, time_of},
};
use crate::words::{self, Dice};

/// # Errors
/// When SQLite fails or two layouts answer differently.
pub fn measure(contestants: &[Contestant<'_>], data: &Dataset, size: Size) -> Result<Vec<Line>> {
    let mut lines = reads(&Field { contestants, purpose: Purpose::Read, size }, data)?;
    let sizes = contestants.iter().map(|contestant| Ok(Cell::Bytes(contestant.path.metadata()?.len())));
    let on_disk = sizes.collect::<Result<_>>()?;
    lines.extend(writes(&Field { contestants, purpose: Purpose::Write, size }, data)?);
    lines.push(Line { question: "size on disk".to_owned(), cells: on_disk });
    Ok(lines)
}

fn reads(field: &Field<'_>, data: &Dataset) -> Result<Vec<Line>> {
    let mut dice = Dice::new(7);
    let mut chats = |large: bool| (0..20).map(|_| pick(data, &mut dice, large)).collect::<Vec<_>>();
    let of_chat = |section: &'static str| {
        move |runner: &Runner<'_>, chat: &&Chat| {
            let rows = runner.database.run(section, &Values::new().with(P::Chat, chat.number))?;
            Ok(Some(sum(&rows)))
        }
    };
    let mut dice_too = Dice::new(8);
    Ok(vec![
        ask(
            &format!("chat list of {}", data.chats.len()),
            field,
            || vec![(); 2],
            |runner, ()| Ok(Some(sum(&runner.database.run("list", &Values::new().with(P::Me, ME))?))),
        )?,
        ask("one chat by its number", field, || chats(false), of_chat("one"))?,
        ask("members of a group or blog, with names", field, || chats(true), of_chat("members"))?,
        ask("read marks of any chat", field, || chats(false), of_chat("marks"))?,
        ask(
            "chats that I share with a person",
            field,
            || (0..5).map(|_| 2 + dice_too.below(USERS as usize - 1) as i64).collect(),
            |runner, user| {
                let rows = runner.database.run("shared", &Values::new().with(P::User, *user))?;
                Ok(Some(sum(&rows)))
            },
        )?,
    ])
}

fn writes(field: &Field<'_>, data: &Dataset) -> Result<Vec<Line>> {
    let mut dice = Dice::new(10);
    let mut newcomer = 10 * USERS;
    let mut number = data.messages.len();
    let mut read = Dice::new(11);
    let write = |section: &'static str| {
        move |runner: &Runner<'_>, values: &Values| {
            runner.database.begin()?;
            runner.database.run(section, values)?;
            runner.database.commit()?;
            Ok(Some(0))
        }
    };
    Ok(vec![
        ask(
            "a message came: last line and unread count",
            field,
            || {
                let mut line = |_| {
                    number += 1;
                    Values::new()
                        .with(P::Chat, pick(data, &mut dice, false).number)
                        .with(P::Author, 2)
                        .with(P::Text, words::message(number as u64))
                        .with(P::At, time_of(number))
                        .with(P::Unread, 1)
                };
                (0..20).map(&mut line).collect()
            },
            write("line"),
        )?,
        ask(
            "a member's read mark moves",
            field,
            || {
                let mut mark = |_| {
                    let chat = pick(data, &mut read, false);
                    let user = chat.members[read.below(chat.members.len())].user;
                    Values::new()
                        .with(P::Chat, chat.number)
                        .with(P::User, user)
                        .with(P::ReadPlace, place_of(chat.messages.len()).0)
                };
                (0..20).map(&mut mark).collect()
            },
            write("read"),
        )?,
        ask(
            "a member is added to a group",
            field,
            || {
                let mut join = |_| {
                    newcomer += 1;
                    let chat = pick(data, &mut dice, true).number;
                    Values::new().with(P::Chat, chat).with(P::User, newcomer)
                };
                (0..20).map(&mut join).collect()
            },
            write("join"),
        )?,
    ])
}

/// A random chat; with `large`, a group or a blog.
fn pick<'a>(data: &'a Dataset, dice: &mut Dice, large: bool) -> &'a Chat {
    loop {
        let chat = &data.chats[dice.below(data.chats.len())];
        if !large || chat.kind != Kind::Dialog {
            return chat;
        }
    }
}

/// The same for the same rows in any order: all integers in them.
fn sum(rows: &Rows) -> i64 {
    let integers = rows.values.iter().filter_map(|value| match value {
        rusqlite::types::Value::Integer(number) => Some(*number),
        _ => None,
    });
    integers.fold(rows.len() as i64, i64::wrapping_add)
}
