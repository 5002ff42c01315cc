//! React to a message, pin it, vote in it, save it.

use beseda_protocol::{MessageId, membership::Refusal};

use super::send_message::{in_chat, may_speak};
use crate::{
    device::Device,
    document::{Fact, Own, fact},
    domain::ChatNo,
    error::{Error, Result},
    store::{Durability, Touched, kept, members, messages, messages::flag, repeats, say},
};

/// Puts an emoji at a message, or takes it back. In a blog readers may too.
///
/// # Errors
/// [`Error::BadText`] when it is no emoji; [`Error::NoSuchMessage`], [`Error::NotMember`].
pub async fn react(
    device: &Device,
    chat: ChatNo,
    message: MessageId,
    emoji: &str,
    on: bool,
) -> Result<Touched> {
    if !fact::is_emoji(emoji) {
        return Err(Error::BadText("a reaction is one emoji"));
    }
    tell(device, chat, Fact::Reaction { of: message, emoji: emoji.to_owned(), on }).await
}

/// Pins a message for all, or takes the pin away. In a blog admins may.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::NoSuchMessage`], [`Error::NotMember`].
pub async fn pin(device: &Device, chat: ChatNo, message: MessageId, on: bool) -> Result<Touched> {
    tell(device, chat, Fact::Pin { of: message, on }).await
}

/// Chooses in a poll; no option takes the vote back.
///
/// # Errors
/// [`Error::BadText`] when the message has no such options; [`Error::NoSuchMessage`], [`Error::NotMember`].
pub async fn vote(device: &Device, chat: ChatNo, message: MessageId, options: &[u8]) -> Result<Touched> {
    tell(device, chat, Fact::Vote { of: message, options: options.to_vec() }).await
}

async fn tell(device: &Device, chat: ChatNo, fact: Fact) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let state = may_speak(&mut tx, chat).await?;
    let target = in_chat(&mut tx, chat, fact.of().unwrap_or(MessageId([0; 16]))).await?;
    if target.flags & flag::GONE != 0 {
        return Err(Error::NoSuchMessage);
    }
    match &fact {
        Fact::Pin { .. } => {
            let admin = members::is_admin(&mut tx, chat, device.me.number).await?;
            if !state.rights.may_pin(state.kind, admin) {
                return Err(Refusal::NotAdmin.into());
            }
        }
        Fact::Vote { options, .. } => {
            let poll = target.extra.poll.as_ref().ok_or(Error::BadText("this message is no poll"))?;
            if options.iter().any(|option| usize::from(*option) >= poll.options.len())
                || (options.len() > 1 && !poll.several)
            {
                return Err(Error::BadText("the poll does not have these options"));
            }
        }
        _ => {}
    }
    say::say(&mut tx, &device.keys, device.me, &state, vec![fact], device.now()).await?;
    tx.commit().await
}

/// Saves a message for oneself, or forgets it. Nobody else learns of it.
///
/// # Errors
/// [`Error::NoSuchMessage`] when it is not here, or is to be saved and nothing is left of it.
pub async fn save(device: &Device, message: MessageId, on: bool) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let target = messages::target(&mut tx, message)
        .await?
        .filter(|target| !on || target.flags & flag::GONE == 0)
        .ok_or(Error::NoSuchMessage)?;
    if (target.flags & flag::SAVED != 0) == on {
        tx.end().await?;
        return Ok(Touched::default());
    }
    let now = device.now();
    let mut owns = vec![Own::Saved { of: message, on, at: now }];
    if !on {
        // It may have been saved under another id.
        for of in repeats::shown(&mut tx, target.chat, message).await? {
            if kept::saved_at(&mut tx, of).await?.is_some() {
                owns.push(Own::Saved { of, on, at: now });
            }
        }
    }
    say::say_own(&mut tx, &device.keys, device.me, owns, now).await?;
    tx.commit().await
}
