//! Give a message of one's own another text. What it said before stays to be seen.

use beseda_protocol::MessageId;

use super::send_message::{clean, in_chat, may_speak, standing};
use crate::{
    device::Device,
    document::{Fact, Mention},
    domain::ChatNo,
    error::{Error, Result},
    store::{Durability, Touched, messages::flag, say},
};

/// A text that is the same changes nothing.
///
/// # Errors
/// [`Error::NotYours`] for somebody else's message; [`Error::NoSuchMessage`] for one that is not here or was deleted;
/// [`Error::BadText`], [`Error::NotMember`].
pub async fn edit_message(
    device: &Device,
    chat: ChatNo,
    message: MessageId,
    text: &str,
    mentions: Vec<Mention>,
) -> Result<Touched> {
    let text = clean(text)?;
    let mentions = standing(&text, mentions);
    let mut tx = device.store.begin(Durability::Process).await?;
    let state = may_speak(&mut tx, chat).await?;
    let target = in_chat(&mut tx, chat, message).await?;
    if target.flags & flag::GONE != 0 {
        return Err(Error::NoSuchMessage);
    }
    if target.author != device.me.number {
        return Err(Error::NotYours);
    }
    if target.text == text && target.extra.mentions == mentions {
        tx.end().await?;
        return Ok(Touched::default());
    }
    let now = device.now();
    let fact = Fact::Edit { of: message, text, mentions, edited_at: now };
    say::say(&mut tx, &device.keys, device.me, &state, vec![fact], now).await?;
    tx.commit().await
}
