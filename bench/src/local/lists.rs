//! The list of chats.

use anyhow::Result;
use beseda_core::Core;

use super::{ROUNDS, chats, figure, timed};
use crate::{floor::Floor, report::Report, timings::Timings};

/// # Errors
/// When the core or the floor fails.
pub(super) async fn measure(core: &Core, floor: &Floor, report: &mut Report, each: usize) -> Result<()> {
    let numbers = chats(core).await?;
    let count = numbers.len();
    let (mut whole, mut ours, mut raw) = (Timings::default(), Timings::default(), Timings::default());
    // The first of each opens a connection or prepares a statement.
    floor.chats()?;
    for round in 0..ROUNDS {
        for n in 0..each {
            // As a screen asks for it: something has happened in one of the chats.
            let chat = numbers[(round * each + n) * 7 % count];
            core.save_draft(chat, &format!("so far {round} {n}"), None).await?;
            let lines = timed(&mut ours, core.chats()).await?;
            anyhow::ensure!(lines.len() == count, "a chat is missing");
            let line = lines.iter().find(|line| line.number == chat);
            anyhow::ensure!(line.is_some_and(|line| line.draft.ends_with(&n.to_string())), "an old line");
            core.save_draft(chat, "", None).await?;
            core.chats().await?;
        }
        for _ in 0..each {
            let lines = raw.time(|| floor.chats())?;
            anyhow::ensure!(lines.len() == count, "the floor has another number of chats");
        }
        whole_list(core, &mut whole).await?;
    }
    let goal = if count > 200 { 2.0 } else { 0.5 };
    let note = "one chat has changed since the list before; floor: one table of chats, all of it";
    report.add(figure(
        &format!("chat list of {count}, unread and last line, p50"),
        &ours,
        &raw,
        Some(goal),
        note,
    ));
    let note = "as at the start, or when somebody is called otherwise";
    report.add(figure(&format!("chat list of {count}, all lines anew, p50"), &whole, &raw, None, note));
    Ok(())
}

/// Somebody is called otherwise: every line is read again.
async fn whole_list(core: &Core, timings: &mut Timings) -> Result<()> {
    let mut tx = core.device().store.begin(beseda_core::store::Durability::Process).await?;
    beseda_core::store::users::number(&mut tx, core.device().me.id, "Anna").await?;
    tx.commit().await?;
    timed(timings, core.chats()).await?;
    Ok(())
}
