//! Say messages again in another chat, with who said them first.

use beseda_protocol::{MessageId, membership::ChatKind};

use super::send_message::{self, Outgoing, say_message};
use crate::{
    device::Device,
    document::Forwarded,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched, chats,
        messages::{self, flag},
        users,
    },
};

/// In the order given, all or none. What was forwarded already keeps its first author; the title of a dialog is nobody
/// else's business and does not travel, nor do a poll's votes.
///
/// # Errors
/// [`Error::NoSuchMessage`] when one is not here or was deleted; what [`send_message::send_message`] may meet.
pub async fn forward_messages(device: &Device, from: &[MessageId], to: ChatNo) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    for id in from {
        let message = messages::one(&mut tx, *id)
            .await?
            .filter(|message| !message.is(flag::GONE))
            .ok_or(Error::NoSuchMessage)?;
        let line = chats::one(&mut tx, message.chat, device.me.number).await?;
        let chat = if line.kind == ChatKind::Dialog { String::new() } else { line.title };
        let (_, own_name) = users::names(&mut tx, message.author_no).await?;
        let forwarded = message.extra.forwarded.unwrap_or(Forwarded {
            // Not what this person calls them: that is nobody else's business.
            author: own_name,
            user: Some(message.author),
            chat,
            sent_at: message.at,
        });
        let outgoing = Outgoing {
            text: message.text,
            reply_to: None,
            mentions: vec![],
            forwarded: Some(forwarded),
            poll: message.extra.poll,
        };
        let fact = send_message::fact(device.now(), outgoing)?;
        say_message(&mut tx, device, to, fact).await?;
    }
    tx.commit().await
}
