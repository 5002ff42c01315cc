//! Arrange one's own list of chats: pin, archive, mute, be told of. Nobody else learns of it.

use crate::{
    device::Device,
    domain::{ChatNo, Level, Millis},
    error::Result,
    store::{Durability, Touched, Tx, arrange, chats, tell},
};

/// Puts a chat at the top of the list, above those pinned before, or back into its place.
///
/// # Errors
/// When the chat is gone, or the store fails.
pub async fn pin(device: &Device, chat: ChatNo, on: bool) -> Result<Touched> {
    let (mut tx, _) = device.store.begin_in(Durability::Process, chat).await?;
    let known = arrange::pinned(&mut tx).await?.into_iter().any(|(pinned, _)| pinned == chat);
    if on != known {
        let rank = if on { arrange::next_rank(&mut tx).await? } else { 0 };
        arrange::set_pinned(&mut tx, chat, rank).await?;
        told(&mut tx, device, &[chat]).await?;
    }
    tx.commit().await
}

/// Moves a pinned chat one place up or down among those pinned; at the end, and where it is not pinned, nothing moves.
///
/// # Errors
/// When the store fails.
pub async fn move_pin(device: &Device, chat: ChatNo, up: bool) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let pinned = arrange::pinned(&mut tx).await?;
    let at = pinned.iter().position(|(pinned, _)| *pinned == chat);
    let neighbour = at.and_then(|at| if up { at.checked_sub(1) } else { Some(at + 1) });
    if let (Some(at), Some((other, rank))) = (at, neighbour.and_then(|other| pinned.get(other).copied())) {
        arrange::set_pinned(&mut tx, other, pinned[at].1).await?;
        arrange::set_pinned(&mut tx, chat, rank).await?;
        told(&mut tx, device, &[chat, other]).await?;
    }
    tx.commit().await
}

/// Puts a chat out of sight until something new comes that is not muted, or takes it back.
///
/// # Errors
/// When the chat is gone, or the store fails.
pub async fn archive(device: &Device, chat: ChatNo, on: bool) -> Result<Touched> {
    let (mut tx, _) = device.store.begin_in(Durability::Process, chat).await?;
    arrange::set_archived(&mut tx, chat, on).await?;
    told(&mut tx, device, &[chat]).await?;
    tx.commit().await
}

/// Until a time, or until [`chats::FOREVER`]; 0, or any time that is past, lets it be heard again.
///
/// # Errors
/// When the chat is gone, or the store fails.
pub async fn mute(device: &Device, chat: ChatNo, until: Millis) -> Result<Touched> {
    let (mut tx, _) = device.store.begin_in(Durability::Process, chat).await?;
    let until = if until > device.now() { until.min(chats::FOREVER) } else { 0 };
    arrange::set_muted(&mut tx, chat, until).await?;
    told(&mut tx, device, &[chat]).await?;
    tx.commit().await
}

/// Of which messages of the chat this person wants to be told while it is not muted.
///
/// # Errors
/// When the chat is gone, or the store fails.
pub async fn set_level(device: &Device, chat: ChatNo, level: Level) -> Result<Touched> {
    let (mut tx, _) = device.store.begin_in(Durability::Process, chat).await?;
    arrange::set_notices(&mut tx, chat, level).await?;
    told(&mut tx, device, &[chat]).await?;
    tx.commit().await
}

/// The list is arranged alike on all devices of this person.
async fn told(tx: &mut Tx<'_>, device: &Device, chats: &[ChatNo]) -> Result<()> {
    tell::arranged(tx, (&device.keys, device.me), chats, device.now()).await
}
