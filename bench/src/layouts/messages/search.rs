//! Search: the same index for all, so what differs is the way from a hit to its message.

use anyhow::Result;

use super::{PAGE, dates};
use crate::{
    layouts::{
        contest::{Field, Line, ask},
        database::{Parameter as P, Values, chat_word},
        dataset::{COMMON, Dataset, MIDDLING, RARE},
    },
    words::Dice,
};

/// # Errors
/// When SQLite fails or two layouts answer differently.
pub fn measure(field: &Field<'_>, data: &Dataset) -> Result<Vec<Line>> {
    let mut dice = Dice::new(3);
    let mut lines = vec![ask(
        "search one chat, a common word",
        field,
        || (0..4).map(|_| 1 + dice.below(data.chats.len()) as i64).collect(),
        |runner, chat| {
            let words = format!("\"{COMMON}\" AND {}", chat_word(*chat));
            let rows = runner.database.run("search", &asked(&words))?;
            Ok(Some(dates(&rows)))
        },
    )?];
    for (name, word) in [("common", COMMON), ("middling", MIDDLING), ("rare", RARE)] {
        lines.push(ask(
            &format!("search all chats, a {name} word"),
            field,
            || vec![(); 4],
            |runner, ()| Ok(Some(dates(&runner.database.run("search", &asked(word))?))),
        )?);
    }
    Ok(lines)
}

/// The newest first.
fn asked(words: &str) -> Values {
    Values::new().with(P::Word, words.to_owned()).with(P::Limit, PAGE as i64)
}
