//! Pages: the newest, one anywhere, one around a message, one at a date; bare and as a screen shows them.

use anyhow::{Context as _, Result};
use beseda_core::{
    Core,
    domain::{ChatNo, Place},
    window::OpenAt,
};
use beseda_protocol::MessageId;

use super::{PAGE, ROUNDS, chats, figure, timed};
use crate::{floor::Floor, report::Report, timings::Timings, words::Dice};

const AT: &str =
    "SELECT place, message_id, at FROM messages WHERE place >= ? AND place < ? ORDER BY place LIMIT 1";

/// A message anywhere in a chat.
struct Anywhere {
    chat: ChatNo,
    place: Place,
    id: MessageId,
    at: i64,
}

/// # Errors
/// When the core or the floor fails.
pub(super) async fn measure(core: &Core, floor: &Floor, report: &mut Report, each: usize) -> Result<()> {
    let chats = chats(core).await?;
    let mut dice = Dice::new(1);
    let (mut newest, mut windows, mut newest_raw) =
        (Timings::default(), Timings::default(), Timings::default());
    let (mut before, mut before_raw) = (Timings::default(), Timings::default());
    let (mut around, mut dated, mut around_raw) =
        (Timings::default(), Timings::default(), Timings::default());
    for _ in 0..ROUNDS {
        let asked: Vec<ChatNo> = (0..each).map(|_| chats[dice.below(chats.len())]).collect();
        for chat in &asked {
            let page = timed(&mut newest, core.log(*chat, PAGE, None)).await?;
            anyhow::ensure!(page.len() == PAGE as usize, "a page is short");
        }
        for chat in &asked {
            let (window, _) = timed(&mut windows, core.open_window(*chat, OpenAt::End)).await?;
            anyhow::ensure!(window.items().len() >= PAGE as usize, "a window is short");
        }
        for chat in &asked {
            let page = newest_raw.time(|| floor.page(chat.0, Place::END, PAGE))?;
            anyhow::ensure!(page.len() == PAGE as usize, "the floor's page is short");
        }
        let mut places = Vec::with_capacity(each);
        for _ in 0..each {
            // Half of them in the longest chat.
            let chat = if dice.below(2) == 0 { chats[0] } else { chats[dice.below(chats.len())] };
            places.push(anywhere(core, chat, &mut dice).await?);
        }
        for at in &places {
            let page = timed(&mut before, core.log(at.chat, PAGE, Some(at.id))).await?;
            anyhow::ensure!(page.last().is_none_or(|last| last.place < at.place), "another page");
        }
        for at in &places {
            before_raw.time(|| floor.page(at.chat.0, at.place, PAGE))?;
        }
        for at in &places {
            let (_, target) = timed(&mut around, core.open_window(at.chat, OpenAt::Message(at.id))).await?;
            target.context("a window without its message")?;
        }
        for at in &places {
            timed(&mut dated, core.open_window(at.chat, OpenAt::Time(at.at))).await?;
        }
        for at in &places {
            around_raw.time(|| floor.around(at.chat.0, at.place, PAGE))?;
        }
    }
    report.add(figure("newest page of 50, p50", &newest, &newest_raw, Some(0.2), "of any chat"));
    let note = "with events, days, send states, readers, as steps for the list";
    report.add(figure("the same as a screen shows it, p50", &windows, &newest_raw, None, note));
    let note = "the 50 before a message anywhere; floor: its place is known";
    report.add(figure("page of 50 at a random place, p50", &before, &before_raw, Some(0.5), note));
    let note = "25 before and 50 after, as a screen shows them";
    report.add(figure("jump to a message anywhere, p50", &around, &around_raw, None, note));
    report.add(figure("jump to a date, p50", &dated, &around_raw, None, note));
    Ok(())
}

async fn anywhere(core: &Core, chat: ChatNo, dice: &mut Dice) -> Result<Anywhere> {
    let mut reader = core.device().store.readers().acquire().await?;
    let end = Place::queued(0).row(chat);
    let last: i64 = sqlx::query_scalar("SELECT max(place) FROM messages WHERE place >= ? AND place < ?")
        .bind(Place::FIRST.row(chat))
        .bind(end)
        .fetch_one(&mut *reader)
        .await?;
    let far = Place::from_row(last).1.0;
    let from = Place(dice.below(usize::try_from(far)?) as i64).row(chat);
    let (row, id, at): (i64, Vec<u8>, i64) =
        sqlx::query_as(AT).bind(from).bind(end).fetch_one(&mut *reader).await?;
    Ok(Anywhere { chat, place: Place::from_row(row).1, id: MessageId::from_slice(&id)?, at })
}
