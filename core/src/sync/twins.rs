//! Two dialogs of one pair become one. Both people may have begun to write while they were offline; each then has a dialog of
//! their own, and lets the other into it. On every device the one with the lower id goes on, and each device says again there
//! what it had said in the other one, with its times. Nobody's words are taken over for them.
//!
//! Not here: which dialogs there are (`store::dialogs`).

use beseda_protocol::{MessageId, membership::ChatKind};

use crate::{
    device::Device,
    document::{self, Fact, With},
    domain::{ChatNo, UserNo},
    error::{Error, Result},
    store::{
        Durability, Tx, arrange, changes,
        chats::{self, ChatState, PutIn, Status},
        dialogs, linking, messages, own, say, tell,
    },
};

/// Looks whether the dialog is one of two with the same person, and brings them together. Of those that this person has not
/// accepted nothing is said.
///
/// # Errors
/// When the store fails.
pub async fn fold(device: &Device, tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    let state = chats::state(tx, chat).await?;
    if state.kind != ChatKind::Dialog || state.put_in != PutIn::No || state.goes_on_in.is_some() {
        return Ok(());
    }
    let Some(peer) = dialogs::peer(tx, chat, device.me.number).await? else { return Ok(()) };
    fold_all_with(device, tx, peer).await
}

/// The same for everybody with whom there are several; at most so many dialogs as there are.
///
/// # Errors
/// When the store fails.
pub async fn fold_all(device: &Device) -> Result<()> {
    let twice = dialogs::twice(&mut *device.store.readers().acquire().await?, device.me.number).await?;
    for peer in twice {
        let mut tx = device.store.begin(Durability::Process).await?;
        fold_all_with(device, &mut tx, peer).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn fold_all_with(device: &Device, tx: &mut Tx<'_>, peer: UserNo) -> Result<()> {
    let mut all = Vec::new();
    for (chat, _) in dialogs::with(tx, peer).await? {
        let state = chats::state(tx, chat).await?;
        if state.put_in == PutIn::No {
            all.push(state);
        }
    }
    let Some((on, others)) = all.split_first() else { return Ok(()) };
    if on.status != Status::Active {
        // It is on its way here, and says so when it has come.
        return Ok(());
    }
    for other in others {
        if other.status == Status::Active {
            go_on(device, tx, other, on).await?;
        }
    }
    Ok(())
}

async fn go_on(device: &Device, tx: &mut Tx<'_>, from: &ChatState, on: &ChatState) -> Result<()> {
    let me = device.me;
    // Who is not in it yet comes into the other one.
    linking::drop_additions(tx, from.number).await?;
    for (of, at) in said_here(device, tx, from).await? {
        let Some(message) = messages::one(tx, of).await? else { continue };
        // What is shown as another one is said again as that.
        if message.id != of
            || message.flags & messages::flag::GONE != 0
            || dialogs::is_again(tx, from.number, of, me.number).await?
        {
            continue;
        }
        let with = With {
            // Whoever said that says it again under an id of its own, which is looked up when it is shown.
            reply_to: message.reply_to,
            mentions: message.extra.mentions,
            forwarded: message.extra.forwarded,
            poll: message.extra.poll,
            again: Some(of),
        };
        let fact = Fact::Message { text: message.text, sent_at: message.sent_at, with };
        say::say(tx, &device.keys, me, on, vec![fact], at).await?;
    }
    let arranged = arrange::of(tx, on.number).await?;
    let before = arrange::of(tx, from.number).await?;
    if (arranged.pinned, arranged.muted_until) == (0, 0) && (before.pinned, before.muted_until) != (0, 0) {
        arrange::set_pinned(tx, on.number, before.pinned).await?;
        arrange::set_muted(tx, on.number, before.muted_until).await?;
        tell::arranged(tx, (&device.keys, me), &[on.number], device.now()).await?;
    }
    let (draft, nothing) =
        (chats::draft(tx, from.number).await?, chats::draft(tx, on.number).await?.is_empty());
    if !draft.is_empty() && nothing {
        chats::set_draft(tx, on.number, &draft, None).await?;
        own::put_untold(tx, on.number).await?;
    }
    dialogs::goes_on(tx, from.number, on.number).await
}

/// Messages that this very device has said, in their order, with the times at which it did.
async fn said_here(device: &Device, tx: &mut Tx<'_>, state: &ChatState) -> Result<Vec<(MessageId, i64)>> {
    let mut said = Vec::new();
    for change in changes::of_device(tx, state.number, device.keys.device()).await? {
        let facts = document::facts_of(&change.bytes).ok_or(Error::Damaged("a stored change"))?;
        for (number, fact) in (change.first_fact..).zip(facts) {
            if matches!(fact, Fact::Message { .. }) {
                said.push((MessageId::of(state.id, change.actor, number), change.at));
            }
        }
    }
    Ok(said)
}
