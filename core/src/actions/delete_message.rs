//! Take a message back, for everyone or for oneself. docs/deleting.md says what exactly disappears.

use beseda_protocol::MessageId;

use super::send_message::{in_chat, may_speak};
use crate::{
    device::Device,
    document::{Fact, Own},
    domain::ChatNo,
    error::{Error, Result},
    store::{Durability, Touched, members, messages::flag, say},
};

/// For everyone: its author may, and the chat's admins. One that is deleted already stays so.
///
/// # Errors
/// [`Error::NotYours`], [`Error::NoSuchMessage`], [`Error::NotMember`].
pub async fn delete_for_everyone(device: &Device, chat: ChatNo, message: MessageId) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let state = may_speak(&mut tx, chat).await?;
    let target = in_chat(&mut tx, chat, message).await?;
    if target.author != device.me.number && !members::is_admin(&mut tx, chat, device.me.number).await? {
        return Err(Error::NotYours);
    }
    if target.flags & flag::DELETED != 0 {
        tx.end().await?;
        return Ok(Touched::default());
    }
    let fact = Fact::Delete { of: message };
    say::say(&mut tx, &device.keys, device.me, &state, vec![fact], device.now()).await?;
    tx.commit().await
}

/// For this person only: nobody else learns of it.
///
/// # Errors
/// [`Error::NoSuchMessage`].
pub async fn delete_for_me(device: &Device, chat: ChatNo, message: MessageId) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    in_chat(&mut tx, chat, message).await?;
    let hidden = Own::Hidden { of: message };
    say::say_own(&mut tx, &device.keys, device.me, vec![hidden], device.now()).await?;
    tx.commit().await
}
