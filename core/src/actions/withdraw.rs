//! No longer ask to be let into a chat: what was asked for goes from the list, answered or not.

use beseda_protocol::link::Reason;

use crate::{
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched,
        chats::{self, Status},
        joining,
    },
    sync::inbox,
};

/// The inviter's device is told, so that it does not let in who does not come.
///
/// # Errors
/// [`Error::NotAsking`] when the chat does not wait for that.
pub async fn withdraw(device: &Device, chat: ChatNo) -> Result<Touched> {
    let (mut tx, state) = device.store.begin_in(Durability::Power, chat).await?;
    if state.status != Status::Asking {
        return Err(Error::NotAsking);
    }
    let answered = chats::refused(&mut tx, chat).await?.is_some();
    if let Some(knock) = joining::knock(&mut tx, chat).await?
        && let Some(secret) = &knock.secret
        && !answered
    {
        // Until it is in, a chat goes by its invitation's id.
        inbox::put_answer(&mut tx, state.id.0, secret, knock.to, knock.id, Reason::Withdrawn).await?;
    }
    joining::drop_knock(&mut tx, chat).await?;
    chats::forget(&mut tx, chat, state.id).await?;
    tx.commit().await
}
