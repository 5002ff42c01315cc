//! The part of an exchange that sends: one append at a time in each chat that is caught up. Not here: what goes into an
//! envelope (`outbox`), and which handshake is due (`handshake`).

use beseda_protocol::{
    ChatId, Seq,
    envelope::EnvelopeKind,
    flaws::{self, Flaw},
    live::{ClientFrame, Wanted},
    request::{AppendAnswer, Cursor, ErrorCode},
};

use super::{Exchange, SyncError, send};
use crate::{
    error::Error,
    store::{Durability, changes, handshakes, joining, log},
    sync::{handshake, outbox, transport::TransportError},
};

impl Exchange<'_> {
    /// Sends what waits in every chat that can take it; answers whether anything went out.
    pub(super) async fn push_all(&mut self) -> Result<bool, SyncError> {
        let ids: Vec<ChatId> = self.chats.keys().copied().collect();
        let mut sent = false;
        for id in ids {
            sent |= self.push(id).await?;
        }
        Ok(sent)
    }

    /// Sends the next thing of one chat, if it is caught up and nothing of ours is on its way.
    pub(super) async fn push(&mut self, id: ChatId) -> Result<bool, SyncError> {
        let Some(followed) = self.chats.get_mut(&id) else { return Ok(false) };
        if followed.lost || followed.left || !followed.caught_up() || followed.in_flight > followed.cursor {
            return Ok(false);
        }
        let chat = followed.chat;
        let mut reader = self.device.store.readers().acquire().await.map_err(Error::from)?;
        let to_commit =
            !followed.barred && joining::to_commit(&mut reader, chat, self.device.me.number).await?;
        let waits = changes::waits(&mut reader, chat).await?;
        drop(reader);
        if !to_commit && !waits {
            return Ok(false);
        }
        if to_commit {
            Box::pin(handshake::prepare(self.device, chat)).await?;
            // An own device has the keys of a closed chat before the welcome to it.
            Box::pin(self.send_letters()).await?;
        }
        let Some(followed) = self.chats.get_mut(&id) else { return Ok(false) };
        let Some(append) = outbox::next(self.device, chat, to_commit).await? else { return Ok(false) };
        let ids: Vec<_> = append.envelopes.iter().map(|envelope| envelope.id).collect();
        let is_handshake = append.envelopes.iter().any(|envelope| envelope.kind == EnvelopeKind::Handshake);
        if is_handshake && Box::pin(handshake::brings_in_vain(self.device, chat)).await? {
            followed.left = true;
            Box::pin(self.come_in()).await?;
            Box::pin(self.come_back()).await?;
            return Ok(true);
        }
        let cas = append.cas;
        match self.session.call(&append).await {
            Ok(AppendAnswer::Accepted { at, .. }) => {
                if at.len() != ids.len() {
                    return Err(TransportError::Protocol("another number of answers".into()).into());
                }
                if is_handshake {
                    let mut tx = self.device.store.begin(Durability::Process).await?;
                    handshakes::set_accepted(&mut tx, chat).await?;
                    tx.commit().await?;
                }
                let last = at.iter().map(|accepted| accepted.seq).max().unwrap_or_default();
                followed.head = followed.head.max(last);
                followed.in_flight = last;
                let stale: Vec<_> = ids
                    .iter()
                    .zip(&at)
                    .filter(|(_, accepted)| accepted.seq <= followed.cursor)
                    .map(|(id, _)| *id)
                    .collect();
                if !stale.is_empty() {
                    if log::carries(
                        &mut *self.device.store.readers().acquire().await.map_err(Error::from)?,
                        chat,
                    )
                    .await?
                    {
                        let why = "a log that holds at a place what was not there when it was read";
                        return Err(TransportError::Protocol(why.into()).into());
                    }
                    if is_handshake {
                        handshake::drop_stale(self.device, chat).await?;
                    } else {
                        outbox::release(self.device, chat, &stale).await?;
                    }
                }
                if cas == Seq::ZERO {
                    // The log exists from now on.
                    let cursor = Cursor { log: None, seq: followed.cursor, id: None, tag: None };
                    let wanted = Wanted { chat: id, cursor };
                    followed.asked += 1;
                    send(&mut self.live, &mut self.early, ClientFrame::Subscribe { chats: vec![wanted] })
                        .await?;
                }
                Ok(true)
            }
            Ok(AppendAnswer::Conflict(head)) => {
                if head.seq <= followed.cursor {
                    let why = "a conflict with a log that has nothing new";
                    return Err(TransportError::Protocol(why.into()).into());
                }
                followed.head = followed.head.max(head.seq);
                Ok(false)
            }
            Err(TransportError::Relay(error))
                if matches!(error.code, ErrorCode::Denied | ErrorCode::Invalid | ErrorCode::TooLarge) =>
            {
                tracing::error!(%error, "the relay refuses for ever");
                let mut reader = self.device.store.readers().acquire().await.map_err(Error::from)?;
                // Without its first handshake a chat could never come to be.
                let ours = is_handshake && cas > Seq::ZERO && !log::carries(&mut reader, chat).await?;
                drop(reader);
                if ours {
                    followed.barred = !handshake::give_up(self.device, chat).await?;
                } else {
                    (followed.lost, followed.tried) = (true, true);
                }
                // What is left may go without it.
                if ours {
                    Box::pin(self.push(id)).await?;
                }
                Ok(ours)
            }
            Err(TransportError::Relay(error)) if is_handshake && error.code == ErrorCode::Undeliverable => {
                // Somebody it lets in has no inbox here, and must not hold up the others.
                tracing::warn!(%error, "a welcome cannot be delivered");
                handshake::give_up(self.device, chat).await?;
                // Nothing comes from the relay that would let what waits behind it go on.
                Box::pin(self.push(id)).await?;
                Ok(true)
            }
            Err(error) => {
                if flaws::has(Flaw::SayAgain) {
                    let mut tx = self.device.store.begin(Durability::Process).await?;
                    Box::pin(handshake::resay_queued(self.device, &mut tx, chat)).await?;
                    tx.commit().await?;
                }
                Err(error.into())
            }
        }
    }
}
