//! Everything up to a message was seen.

use beseda_protocol::MessageId;

use crate::{
    device::Device,
    document::Fact,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched,
        chats::{self, Status},
        members, messages, say,
    },
};

/// Going back does nothing: marks only rise.
///
/// # Errors
/// [`Error::NoSuchMessage`] when the message is not of this chat.
pub async fn mark_read(device: &Device, chat: ChatNo, message: MessageId) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let (of, place) = messages::find(&mut tx, message).await?.ok_or(Error::NoSuchMessage)?;
    if of != chat {
        return Err(Error::NoSuchMessage);
    }
    let state = chats::state(&mut tx, chat).await?;
    // What is queued is ours: the last of the others before it is what was read.
    let newest = messages::newest_of_others_until(&mut tx, chat, device.me, place).await?;
    let Some((place, id)) = newest.filter(|(place, _)| *place > state.read) else {
        tx.end().await?;
        return Ok(Touched::default());
    };
    chats::set_read(&mut tx, chat, place, device.me).await?;
    if state.status == Status::Active {
        let fact = Fact::Marks { delivered: None, read: Some(id) };
        say::say(&mut tx, &device.keys, device.me, &state, vec![fact], device.now()).await?;
        members::mark(&mut tx, chat, device.me, place, place, false).await?;
    }
    tx.commit().await
}
