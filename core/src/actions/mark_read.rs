//! Everything up to a message was seen; or a chat is to look unread again.

use beseda_protocol::MessageId;

use super::notes::read_receipts;
use crate::{
    device::Device,
    document::{Fact, Own},
    domain::{ChatNo, Place},
    error::{Error, Result},
    store::{
        Durability, Touched, account,
        chats::{self, PutIn, Status},
        members, messages, projection, readers, say,
    },
};

/// Going back does nothing: marks only rise. Others learn of it unless this person tells nobody what they read.
///
/// # Errors
/// [`Error::NoSuchMessage`] when the message is not of this chat.
pub async fn mark_read(device: &Device, chat: ChatNo, message: MessageId) -> Result<Touched> {
    let me = device.me.number;
    let mut tx = device.store.begin(Durability::Process).await?;
    let (of, place) = messages::find(&mut tx, message).await?.ok_or(Error::NoSuchMessage)?;
    if of != chat {
        return Err(Error::NoSuchMessage);
    }
    let state = chats::state(&mut tx, chat).await?;
    // What is queued is ours: the last of the others before it is what was read.
    let newest = messages::newest_of_others_until(&mut tx, chat, me, place).await?;
    let Some((place, id)) = newest.filter(|(place, _)| *place > state.read) else {
        if !state.marked_unread {
            tx.end().await?;
            return Ok(Touched::default());
        }
        chats::set_read(&mut tx, chat, state.read, (0, 0)).await?;
        return tx.commit().await;
    };
    projection::read(&mut tx, device.me, chat, place).await?;
    let told = state.status == Status::Active && state.put_in == PutIn::No && !state.leaving;
    if told && account::read_receipts(&mut tx).await? {
        let fact = Fact::Marks { delivered: None, read: Some(id) };
        let now = device.now();
        say::say(&mut tx, &device.keys, device.me, &state, vec![fact], now).await?;
        readers::mark(&mut tx, chat, me, (place, place), now, false).await?;
    } else {
        let read = Own::Read { of: id };
        say::say_own(&mut tx, &device.keys, device.me, vec![read], device.now()).await?;
    }
    tx.commit().await
}

/// Tells the authors of what has come that it is on this device. Nobody is told in a chat that somebody has put this person
/// into and that they have not accepted; nor by who leaves, for whom nothing counts any more.
///
/// # Errors
/// When the store fails.
pub async fn mark_delivered(device: &Device, chat: ChatNo) -> Result<()> {
    let me = device.me.number;
    let mut reader = device.store.readers().acquire().await?;
    let newest = messages::newest_of_others(&mut reader, chat, me).await?;
    let said = members::delivered(&mut reader, chat, me).await?;
    drop(reader);
    let Some((place, id)) = newest.filter(|(place, _)| *place > said) else { return Ok(()) };
    let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
    if state.status != Status::Active || state.put_in != PutIn::No || state.leaving {
        return tx.end().await;
    }
    let fact = Fact::Marks { delivered: Some(id), read: None };
    let now = device.now();
    say::say(&mut tx, &device.keys, device.me, &state, vec![fact], now).await?;
    readers::mark(&mut tx, chat, me, (place, Place::FIRST), now, false).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts the unread mark back; reading anything takes it away.
///
/// # Errors
/// When the store fails.
pub async fn mark_unread(device: &Device, chat: ChatNo) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    chats::mark_unread(&mut tx, chat).await?;
    tx.commit().await
}

/// Whether others learn what this person has read; who keeps it to themselves sees nobody's marks either.
///
/// # Errors
/// When the store fails.
pub async fn set_read_receipts(device: &Device, on: bool) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    if account::read_receipts(&mut tx).await? != on {
        let setting = read_receipts(on);
        say::say_own(&mut tx, &device.keys, device.me, vec![setting], device.now()).await?;
    }
    tx.commit().await
}
