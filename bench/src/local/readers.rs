//! Who has read a page, among a few and among ten thousand.

use anyhow::{Context as _, Result};
use beseda_core::{
    Core,
    domain::{ChatNo, Place, UserNo},
    store::{Durability, readers, users},
};
use beseda_protocol::UserId;

use super::{PAGE, ROUNDS, chats, figure, timed};
use crate::{floor::Floor, report::Report, timings::Timings, words::Dice};

const MEMBERS: usize = 10_000;
const COUNT: &str = "SELECT count(*) FROM memberships WHERE chat_no = ?";
const PUT: &str =
    "INSERT OR IGNORE INTO memberships (chat_no, user_no, added_at, added_by_no, admin, removed, added_place)
    VALUES (?, ?, 0, 0, 0, 0, 0)";

/// # Errors
/// When the core or the floor fails.
pub(super) async fn measure(
    core: &Core,
    floor: &mut Floor,
    report: &mut Report,
    each: usize,
    quick: bool,
) -> Result<()> {
    let chats = chats(core).await?;
    let [few, many, ..] = chats[..] else { anyhow::bail!("two chats are needed") };
    let members = if quick { MEMBERS / 50 } else { MEMBERS };
    let marks = crowd(core, many, members).await?;
    floor.put_marks(many.0, &marks)?;
    floor.put_marks(few.0, &marks[..5])?;
    let mut ours = [Timings::default(), Timings::default()];
    let mut raw = [Timings::default(), Timings::default()];
    for _ in 0..ROUNDS {
        for (n, chat) in [few, many].into_iter().enumerate() {
            let page = core.log(chat, PAGE, None).await?;
            let places: Vec<i64> = page.iter().map(|message| message.place.0).collect();
            for _ in 0..each {
                let counts = timed(&mut ours[n], core.count_readers(chat, &page)).await?;
                anyhow::ensure!(counts.len() == page.len(), "a message is not counted");
            }
            for _ in 0..each {
                let counts = raw[n].time(|| floor.readers(chat.0, &places))?;
                anyhow::ensure!(counts.len() == page.len(), "the floor does not count a message");
            }
        }
    }
    let note = "floor: every member's mark is read and compared";
    report.add(figure("readers of a page, 5 members, p50", &ours[0], &raw[0], Some(0.5), note));
    let name = format!("readers of a page, {members} members, p50");
    report.add(figure(&name, &ours[1], &raw[1], Some(0.5), note));
    Ok(())
}

/// So many people come into a chat and have read it up to somewhere; most of them to near its end. Their marks.
async fn crowd(core: &Core, chat: ChatNo, members: usize) -> Result<Vec<(i64, i64)>> {
    let newest = core.log(chat, 1_000, None).await?;
    let places: Vec<Place> =
        newest.iter().map(|message| message.place).filter(|place| !place.is_queued()).collect();
    anyhow::ensure!(!places.is_empty(), "a chat without messages");
    let mut tx = core.device().store.begin(Durability::Process).await?;
    let there: i64 = sqlx::query_scalar(COUNT).bind(chat.0).fetch_one(&mut *tx).await?;
    let mut dice = Dice::new(3);
    let mut marks = Vec::with_capacity(members);
    for n in 0..members {
        let mark = places[dice.below(places.len()).max(dice.below(places.len()))];
        marks.push((n as i64, mark.0));
        if there as usize >= members {
            continue;
        }
        let mut id = [0xB1; 32];
        id[..8].copy_from_slice(&(n as u64).to_be_bytes());
        let user: UserNo = users::number(&mut tx, UserId(id), &format!("Reader {n}")).await?;
        sqlx::query(PUT).bind(chat.0).bind(user.0).execute(&mut *tx).await?;
        readers::mark(&mut tx, chat, user, (mark, mark), 1, true).await.context("a mark")?;
    }
    tx.commit().await?;
    Ok(marks)
}
