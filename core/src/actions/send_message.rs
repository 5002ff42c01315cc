//! Say something in a chat. Durable on this device when it returns, with or without a relay.

use beseda_protocol::{MessageId, limits, membership::ChatKind};

use crate::{
    device::Device,
    document::Fact,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched,
        chats::{self, Status},
        members, say,
    },
};

/// # Errors
/// [`Error::BadText`] when it is empty or over [`limits::MESSAGE_TEXT_BYTES`]; [`Error::NotMember`];
/// [`Error::Forbidden`] in a blog for who is not its admin; [`Error::DiskFull`]. Then nothing was sent or stored.
pub async fn send_message(device: &Device, chat: ChatNo, text: &str) -> Result<(MessageId, Touched)> {
    let text = text.trim_matches(['\n', '\r', ' ', '\t']);
    if text.is_empty() {
        return Err(Error::BadText("a message cannot be empty"));
    }
    if text.len() > limits::MESSAGE_TEXT_BYTES {
        return Err(Error::BadText("a message has at most 64 KiB: send it in parts"));
    }
    let mut tx = device.store.begin(Durability::Process).await?;
    let state = chats::state(&mut tx, chat).await?;
    if state.status != Status::Active {
        return Err(Error::NotMember);
    }
    if state.kind == ChatKind::Blog && !members::is_admin(&mut tx, chat, device.me).await? {
        return Err(beseda_protocol::membership::Refusal::NotAdmin.into());
    }
    let now = device.now();
    let fact = Fact::Message { text: text.to_owned(), sent_at: now };
    let ids = say::say(&mut tx, &device.keys, device.me, &state, vec![fact], now).await?;
    let id = *ids.first().ok_or(Error::Damaged("a message without an id"))?;
    Ok((id, tx.commit().await?))
}
