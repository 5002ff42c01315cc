//! Say something later. It leaves when its time comes, or at the next start after it.

use super::send_message::{self, Outgoing, say_message};
use crate::{
    device::Device,
    domain::{ChatNo, Millis},
    error::{Error, Result},
    store::{
        Durability, Touched,
        kept::{self, Scheduled},
        messages::Extra,
    },
};

/// Answers the number under which it can be called back.
///
/// # Errors
/// What [`send_message::send_message`] may meet; a time that is past is now.
pub async fn schedule_message(
    device: &Device,
    chat: ChatNo,
    outgoing: Outgoing,
    send_at: Millis,
) -> Result<(i64, Touched)> {
    // What could never be sent is refused now, while the person looks.
    send_message::fact(device.now(), outgoing.clone())?;
    let Outgoing { text, reply_to, mentions, forwarded, poll } = outgoing;
    let mut tx = device.store.begin(Durability::Process).await?;
    send_message::may_post(&mut tx, device, chat, reply_to.is_some()).await?;
    if let Some(reply_to) = reply_to {
        send_message::in_chat(&mut tx, chat, reply_to).await?;
    }
    let extra = Extra { mentions, forwarded, poll };
    let number = kept::schedule(&mut tx, chat, send_at, &text, reply_to, &extra).await?;
    tx.touched.line(chat);
    Ok((number, tx.commit().await?))
}

/// # Errors
/// [`Error::NoSuchMessage`] when it has left already.
pub async fn unschedule(device: &Device, number: i64) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let waiting = kept::scheduled_one(&mut tx, number).await?.ok_or(Error::NoSuchMessage)?;
    kept::unschedule(&mut tx, number).await?;
    tx.touched.line(waiting.chat);
    tx.commit().await
}

/// Sends one now, whatever its time.
///
/// # Errors
/// [`Error::NoSuchMessage`] when it has left already; what [`send_message::send_message`] may meet.
pub async fn send_scheduled(device: &Device, number: i64) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let Scheduled { chat, text, reply_to, extra, .. } =
        kept::scheduled_one(&mut tx, number).await?.ok_or(Error::NoSuchMessage)?;
    kept::unschedule(&mut tx, number).await?;
    let Extra { mentions, forwarded, poll } = extra;
    let outgoing = Outgoing { text, reply_to, mentions, forwarded, poll };
    let fact = send_message::fact(device.now(), outgoing)?;
    say_message(&mut tx, device, chat, fact).await?;
    tx.commit().await
}

/// Sends everything whose time has come. One that may no longer be sent (its author was put out of the chat) is left
/// for the person to see, and does not hold up the others. Answers when the next one is due.
///
/// # Errors
/// When the store fails.
pub async fn send_due(device: &Device) -> Result<Option<Millis>> {
    let now = device.now();
    let due = kept::due(&mut *device.store.readers().acquire().await?, now).await?;
    for number in due {
        match send_scheduled(device, number).await {
            Ok(_)
            | Err(Error::NoSuchMessage | Error::NotMember | Error::Forbidden(_) | Error::BadText(_)) => {}
            Err(error) => return Err(error),
        }
    }
    kept::next_due(&mut *device.store.readers().acquire().await?, now).await
}
