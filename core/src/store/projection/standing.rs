//! What a newcomer knows of a chat whose history is closed to them: rows for the members who were there before.

use beseda_protocol::{Seq, content::Standing, limits};

use crate::{
    domain::{ChatNo, Millis, Place},
    error::Result,
    people::text,
    store::{Tx, chat_pictures, chats, members, roles, standings, users},
};

/// Lets it take effect where the membership log begins, or goes on after this device was out of the chat. The event itself
/// comes after it.
///
/// # Errors
/// When the store fails.
pub async fn stand(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    seq: Seq,
    accepted_at: Millis,
    standing: &Standing,
) -> Result<()> {
    standings::put(tx, chat, seq, accepted_at, standing).await?;
    standings::set_segment_from(tx, chat, standing.segment).await?;
    // Before every entry that this device reads.
    let before = Seq(seq.0.saturating_sub(1));
    // Who went while this device was out; it may be itself, and come again with this entry.
    for gone in members::inside(tx, chat).await? {
        if gone.added < seq && standing.devices.iter().all(|one| one.device != gone.device) {
            let user = users::number(tx, gone.user, "").await?;
            members::remove_device(tx, chat, gone.device, user, before).await?;
        }
    }
    let mut there = Vec::with_capacity(standing.devices.len());
    for one in &standing.devices {
        there.push(users::number(tx, one.user, "").await?);
    }
    for user in members::active(tx, chat).await? {
        if !there.contains(&user) {
            members::remove(tx, chat, user).await?;
        }
    }
    let roles = &standing.event.event.roles;
    for one in &standing.devices {
        let user = users::number(tx, one.user, "").await?;
        users::call(tx, user, &text::clean(&one.name)).await?;
        let by = users::number(tx, one.added_by, "").await?;
        members::put_device(tx, chat, one.device, user, (one.slot, one.key), before).await?;
        let admin = roles.is_admin(one.user);
        members::put(tx, chat, user, one.added_at, by, admin, Place::FIRST).await?;
        // By another device of theirs, which was let in first.
        chats::back(tx, chat, user).await?;
        roles::set_admin(tx, chat, user, admin).await?;
    }
    let creator = users::number(tx, roles.creator, "").await?;
    chats::set_created(tx, chat, creator, accepted_at).await?;
    if standing.picture.len() <= limits::PICTURE_BYTES {
        chat_pictures::set(tx, chat, &standing.picture).await?;
    }
    chats::set_info(tx, chat, &standing.title, &standing.description, &standing.category).await
}
