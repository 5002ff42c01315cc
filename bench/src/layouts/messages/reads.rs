//! Pages, jumps, the chat list, and who has read what.

use anyhow::Result;

use super::{PAGE, Spot, dates, newest, spot};
use crate::{
    layouts::{
        Keys,
        contest::{Field, Line, Runner, ask},
        database::{Parameter as P, Values},
        dataset::{Dataset, ME},
        fill::key_of,
    },
    words::Dice,
};

/// # Errors
/// When SQLite fails or two layouts answer differently.
pub fn measure(field: &Field<'_>, data: &Dataset) -> Result<Vec<Line>> {
    let mut dice = Dice::new(1);
    let mut dice_too = Dice::new(2);
    let limit = PAGE as i64;
    let mut spots = || (0..20).map(|_| spot(data, &mut dice)).collect::<Vec<_>>();
    let chats = data.chats.len();
    Ok(vec![
        ask(
            &format!("newest page of {PAGE}"),
            field,
            || (0..20).map(|_| newest(data, &mut dice_too)).collect(),
            |runner, spot| {
                let values = Values::new().with(P::Chat, spot.chat).with(P::Limit, limit);
                Ok(Some(dates(&runner.database.run("newest", &values)?)))
            },
        )?,
        ask("page before a random place", field, &mut spots, |runner, spot| {
            let last = spot.last();
            let values = Values::new()
                .with(P::Chat, spot.chat)
                .with(P::Key, key_of(runner.layout.keys, last))
                .with(P::At, last.at())
                .with(P::Limit, limit);
            Ok(Some(dates(&runner.database.run("before", &values)?)))
        })?,
        ask("jump to a date", field, &mut spots, |runner, spot| {
            // A moment before the message, so that it is the first after the date.
            let values = Values::new()
                .with(P::Chat, spot.chat)
                .with(P::At, spot.last().at() - 5_000)
                .with(P::Limit, limit);
            Ok(Some(dates(&runner.database.run("jump", &values)?)))
        })?,
        ask(
            &format!("chat list of {chats}, last message and unread"),
            field,
            || vec![(); 2],
            |runner, ()| {
                let rows = runner.database.run("list", &Values::new().with(P::Me, ME))?;
                let unread: i64 = (0..rows.len()).map(|row| rows.integer(row, 6)).sum();
                Ok(Some(dates(&rows).wrapping_add(unread)))
            },
        )?,
        ask(&format!("readers of a page of {PAGE}, counted"), field, &mut spots, readers)?,
        ask("who read one message", field, &mut spots, |runner, spot| {
            if !runner.database.has("who") {
                return Ok(None);
            }
            let message = spot.last();
            let values = Values::new()
                .with(P::Chat, spot.chat)
                .with(P::Key, key_of(runner.layout.keys, message))
                .with(P::At, message.at())
                .with(P::Author, message.author);
            let rows = runner.database.run("who", &values)?;
            Ok(Some((0..rows.len()).map(|row| rows.integer(row, 0)).sum()))
        })?,
    ])
}

/// Counts the readers of each message of a page: from rows, or from the marks of the chat's members.
fn readers(runner: &Runner<'_>, spot: &Spot) -> Result<Option<i64>> {
    let keys = runner.layout.keys;
    let values = Values::new().with(P::Chat, spot.chat);
    if !runner.database.has("marks") {
        let (first, last) = (&spot.page[0], spot.last());
        let values = values
            .with(P::FirstKey, key_of(keys, first))
            .with(P::FirstAt, first.at())
            .with(P::Key, key_of(keys, last))
            .with(P::At, last.at());
        let rows = runner.database.run("readers", &values)?;
        return Ok(Some((0..rows.len()).map(|row| rows.integer(row, 0)).sum()));
    }
    let rows = runner.database.run("marks", &values)?;
    let mut marks: Vec<i64> = (0..rows.len()).map(|row| rows.integer(row, 1)).collect();
    marks.sort_unstable();
    let mut sum = 0;
    for message in &spot.page {
        let position = match keys {
            Keys::Place => message.place() & ((1 << 39) - 1),
            Keys::Arrival => message.at(),
        };
        let readers = marks.len() - marks.partition_point(|mark| *mark < position);
        // Who wrote it is not one of its readers.
        let author = (0..rows.len()).find(|row| rows.integer(*row, 0) == message.author);
        let own = author.is_some_and(|row| rows.integer(row, 1) >= position);
        sum += readers as i64 - i64::from(own);
    }
    Ok(Some(sum))
}
