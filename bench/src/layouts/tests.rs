//! A small contest: all layouts say the same, before and after writing, and every statement has its index.

use std::collections::BTreeMap;

use rusqlite::types::Value;

use super::{
    CHATS, Filled, MESSAGES, Size, chats,
    contest::{Cell, Contestant},
    contestants,
    database::{Parameter as P, Purpose, Values},
    dataset::{Dataset, ME},
    messages, plot,
    table::Report,
};
use crate::machine::Machine;

const SMALL: Size = Size { messages: 3_000, chats: 40, turns: 2, seconds: 60.0 };

#[test]
fn a_small_contest_has_a_time_in_every_cell_but_where_a_layout_cannot() {
    let dir = tempfile::tempdir().unwrap();
    let data = Dataset::new(SMALL.messages, SMALL.chats);
    let of_messages = contestants(MESSAGES, dir.path(), None, &data, Filled::Messages).unwrap();
    let of_chats = contestants(CHATS, dir.path(), None, &data, Filled::Chats).unwrap();
    let report = Report {
        taken: String::new(),
        machine: Machine::look(dir.path()).unwrap(),
        size: SMALL,
        quick: true,
        rows: 0,
        messages: messages::measure(&of_messages, &data, SMALL).unwrap(),
        chats: chats::measure(&of_chats, &data, SMALL).unwrap(),
        sizes: messages::tables(&of_messages).unwrap(),
    };
    for line in report.messages.iter().chain(&report.chats) {
        for (n, cell) in line.cells.iter().enumerate() {
            let cannot = matches!(cell, Cell::Cannot);
            // A flag and a counter do not say who.
            let expected = line.question.starts_with("who") && n < 2;
            assert_eq!(cannot, expected, "{line:?}");
            assert!(cannot || cell.middle().unwrap() > 0.0, "{line:?}");
        }
    }
    let drawn = plot::svg(&report);
    assert_eq!(drawn.matches("<text").count(), drawn.matches("</text>").count());
    assert!(MESSAGES.iter().all(|layout| drawn.contains(layout.name)));

    // After all that was written, deleted and read, what is left is the same in all of them.
    let (last, others) = of_messages.split_last().unwrap();
    let left = everything(last, &data);
    assert!(left.len() > SMALL.messages);
    for other in others {
        assert_eq!(everything(other, &data), left, "{}", other.layout.name);
    }
}

/// Every message by its id: author, text, dates; and the chat list.
fn everything(contestant: &Contestant<'_>, data: &Dataset) -> BTreeMap<Vec<u8>, Vec<Value>> {
    let database = contestant.open(Purpose::Read).unwrap();
    let mut found = BTreeMap::new();
    for chat in &data.chats {
        let values = Values::new().with(P::Chat, chat.number).with(P::Limit, 100_000);
        for row in database.run("newest", &values).unwrap().iter() {
            let Value::Blob(id) = &row[1] else { panic!("{row:?}") };
            found.insert(id.clone(), row[2..].to_vec());
        }
    }
    for row in database.run("list", &Values::new().with(P::Me, ME)).unwrap().iter() {
        found.insert(format!("{:?}", row[0]).into_bytes(), row[1..].to_vec());
    }
    found
}
