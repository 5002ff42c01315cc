//! What is asked of the tables of messages. [`reads`] and [`search`] come before [`writes`], so that all read what was
//! filled.

mod reads;
mod search;
mod writes;

use anyhow::Result;

use super::{
    Size,
    contest::{Cell, Contestant, Field, Line},
    database::{Parameter as P, Purpose, Rows, Values},
    dataset::{Dataset, ME, Message},
    table::Tables,
};
use crate::{timings::Timings, words::Dice};

/// Messages on a screen.
pub const PAGE: usize = 50;

/// # Errors
/// When SQLite fails or two layouts answer differently.
pub fn measure(contestants: &[Contestant<'_>], data: &Dataset, size: Size) -> Result<Vec<Line>> {
    let reading = Field { contestants, purpose: Purpose::Read, size };
    let mut lines = reads::measure(&reading, data)?;
    lines.extend(search::measure(&reading, data)?);
    lines.extend(cold(contestants, data, size)?);
    let sizes = contestants.iter().map(|contestant| Ok(Cell::Bytes(contestant.path.metadata()?.len())));
    let on_disk = sizes.collect::<Result<_>>()?;
    lines.extend(writes::measure(&Field { contestants, purpose: Purpose::Write, size }, data)?);
    lines.push(Line { question: "size on disk, search index and all".to_owned(), cells: on_disk });
    Ok(lines)
}

/// Bytes of each table and index of each layout, after everything was written.
///
/// # Errors
/// When SQLite cannot.
pub fn tables(contestants: &[Contestant<'_>]) -> Result<Vec<Tables>> {
    let sizes = |contestant: &Contestant<'_>| {
        Ok(Tables { layout: contestant.layout.name, bytes: contestant.open(Purpose::Read)?.sizes()? })
    };
    contestants.iter().map(sizes).collect()
}

/// The first page and the first chat list of a database that the system holds nothing of.
fn cold(contestants: &[Contestant<'_>], data: &Dataset, size: Size) -> Result<Vec<Line>> {
    let mut dice = Dice::new(9);
    let mut pages = vec![Timings::default(); contestants.len()];
    let mut lists = pages.clone();
    for _ in 0..(size.turns / 3).max(2) {
        let page = Values::new().with(P::Chat, spot(data, &mut dice).chat).with(P::Limit, PAGE as i64);
        for (n, contestant) in contestants.iter().enumerate() {
            let list = Values::new().with(P::Me, ME);
            for (section, values, timings) in
                [("newest", &page, &mut pages[n]), ("list", &list, &mut lists[n])]
            {
                contestant.open(Purpose::Read)?.close_cold()?;
                let database = contestant.open(Purpose::Read)?;
                timings.time(|| database.run(section, values))?;
            }
        }
    }
    let line = |question: String, timings: Vec<Timings>| {
        let line = Line { question, cells: timings.iter().map(Cell::of).collect() };
        println!("  {}", line.plain());
        line
    };
    Ok(vec![
        line(format!("newest page of {PAGE}, cold"), pages),
        line(format!("chat list of {}, cold", data.chats.len()), lists),
    ])
}

/// Somewhere in a chat: a page that ends with a message.
struct Spot {
    chat: i64,
    /// Oldest first.
    page: Vec<Message>,
}

impl Spot {
    fn last(&self) -> &Message {
        &self.page[self.page.len() - 1]
    }
}

/// A page that ends at a random message of all.
fn spot(data: &Dataset, dice: &mut Dice) -> Spot {
    let last = data.messages[dice.below(data.messages.len())];
    page_to(data, last.chat, last.seq)
}

/// The newest page of a random chat.
fn newest(data: &Dataset, dice: &mut Dice) -> Spot {
    let chat = dice.below(data.chats.len());
    page_to(data, chat, data.chats[chat].messages.len())
}

fn page_to(data: &Dataset, chat: usize, seq: usize) -> Spot {
    let numbers = &data.chats[chat].messages[seq.saturating_sub(PAGE)..seq];
    let page = numbers.iter().map(|number| data.messages[*number as usize]).collect();
    Spot { chat: chat as i64 + 1, page }
}

/// What must be the same in all layouts: which messages these are, by their dates.
fn dates(rows: &Rows) -> i64 {
    (0..rows.len()).fold(0, |sum: i64, row| sum.wrapping_mul(31).wrapping_add(rows.integer(row, 5)))
}
