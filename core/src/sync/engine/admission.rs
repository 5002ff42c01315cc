//! The part of an exchange that lets devices into chats and out of them: requests to join, the inbox, the way back
//! through a chat's eras, leaving. Not here: what a handshake means (`handshake`), and what comes in the inbox (`inbox`).

use std::collections::HashMap;

use beseda_protocol::{
    ChatId, LogId, Seq,
    envelope::{EnvelopeKind, LogEntry},
    limits,
    live::Wanted,
    request::{
        AcknowledgeInbox, ChatState as Remote, Deliver, ErrorCode, ListHandshakes, ListMarks, Mark, TakeInbox,
    },
};

use super::{Exchange, Followed, SyncError};
use crate::{
    domain::ChatNo,
    error::Error,
    store::{
        Durability, account,
        chats::{self, ChatState},
        eras, joining,
        memory::Era,
    },
    sync::{chain, handshake::returning, inbox, letters, transport::TransportError},
};

/// How a newcomer comes to the keys of a chat.
pub(super) struct WayBack {
    /// The era with which this device came in, where the relay's log has its handshake now.
    pub(super) joined: Era,
    /// Those before it, newest first, as that log leads to them.
    pub(super) older: Vec<Era>,
    /// The handshakes of that log up to there.
    entries: HashMap<Seq, LogEntry>,
}

impl Exchange<'_> {
    /// Shows the relay that this device may use these chats. A relay that has lost how it has come back into one by itself may
    /// know the slot key that it had then.
    pub(super) async fn open_chats(
        &self,
        chats: impl IntoIterator<Item = &ChatState>,
    ) -> Result<Vec<Remote>, SyncError> {
        let chats: Vec<&ChatState> = chats.into_iter().collect();
        let proofs: Vec<_> = chats.iter().map(|chat| (chat.id, chat.slot_secret.clone())).collect();
        let mut states = self.session.open_chats(&proofs).await?.chats;
        let mut denied = Vec::new();
        for (chat, state) in chats.iter().zip(&mut states) {
            if let (Remote::Denied, Some(before)) = (&state, &chat.slot_before) {
                denied.push(((chat.id, before.clone()), state));
            }
        }
        let (proofs, denied): (Vec<_>, Vec<_>) = denied.into_iter().unzip();
        if !proofs.is_empty() {
            let again = self.session.open_chats(&proofs).await?.chats;
            denied.into_iter().zip(again).for_each(|(state, again)| *state = again);
        }
        Ok(states)
    }

    /// Sends requests to join that wait.
    pub(super) async fn knock(&mut self) -> Result<(), SyncError> {
        let knocks = joining::knocks(&mut *self.reader().await?).await?;
        self.unheard = false;
        for knock in knocks {
            let deliver = Deliver { to: knock.to, id: knock.id, body: knock.body };
            tracing::debug!(id = %knock.id, "asks to be let in");
            match self.session.call(&deliver).await {
                Ok(_) => {}
                // The inviter may come to this relay later.
                Err(TransportError::Relay(error)) if error.code == ErrorCode::Undeliverable => {
                    self.unheard = true;
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            let mut tx = self.device.store.begin(Durability::Process).await?;
            joining::sent_knock(&mut tx, knock.chat, knock.id).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Tells those who are not let in, and takes back requests of ours.
    pub(super) async fn answer(&mut self) -> Result<(), SyncError> {
        loop {
            let answers = joining::answers(&mut *self.reader().await?).await?;
            if answers.is_empty() {
                return Ok(());
            }
            for answer in answers {
                let deliver = Deliver { to: answer.to, id: answer.id, body: answer.body.clone() };
                match self.session.call(&deliver).await {
                    Ok(_) => {}
                    // Who is not there, or has a full inbox, may ask again.
                    Err(TransportError::Relay(error)) if error.code == ErrorCode::Undeliverable => {
                        tracing::info!("an answer to a request to join could not be delivered");
                    }
                    Err(error) => return Err(error.into()),
                }
                let mut tx = self.device.store.begin(Durability::Process).await?;
                joining::drop_answer(&mut tx, &answer).await?;
                tx.commit().await?;
            }
        }
    }

    pub(super) async fn read_inbox(&mut self) -> Result<(), SyncError> {
        loop {
            let after = account::inbox_number(&mut *self.reader().await?).await?;
            let answer = self.session.call(&TakeInbox { after }).await?;
            let Some(last) = answer.items.last().map(|item| item.number) else { return Ok(()) };
            if answer.items.iter().any(|item| item.number <= after) {
                return Err(TransportError::Protocol("inbox items out of order".into()).into());
            }
            inbox::take_in(self.device, &answer.items).await?;
            self.session.call(&AcknowledgeInbox { upto: last }).await?;
            self.inbox_upto = self.inbox_upto.max(last);
            if !answer.more {
                return Ok(());
            }
        }
    }

    /// How this device, which has been let into a chat, comes to its keys. `None`: what let it in is not in the relay's log, or
    /// the relay does not give it as it should.
    pub(super) async fn way_back(&self, state: &ChatState) -> Result<Option<WayBack>, SyncError> {
        let mut tx = self.device.store.begin(Durability::Process).await?;
        let mut joined = eras::begun_at(&mut tx, state.number, state.joined_at)
            .await?
            .ok_or(Error::Damaged("a chat without an era"))?;
        tx.end().await?;
        let mut entries = self.handshakes(state.id, joined.handshake.next()).await?;
        let mut place = chain::place(state, &joined, &entries);
        if place.is_none() {
            entries = self.handshakes(state.id, Seq(limits::SEQ_MAX + 1)).await?;
            place = chain::place(state, &joined, &entries);
        }
        let Some(place) = place else {
            tracing::warn!("what let this device into a chat is not in the relay's log");
            return Ok(None);
        };
        joined.handshake = place;
        match chain::follow(state, &joined, &entries) {
            Ok(older) => Ok(Some(WayBack { joined, older, entries })),
            Err(error) => {
                tracing::error!(%error, "the way back through the chat's eras is broken");
                Ok(None)
            }
        }
    }

    /// The handshakes of the relay's log before `before`.
    async fn handshakes(&self, chat: ChatId, mut before: Seq) -> Result<HashMap<Seq, LogEntry>, SyncError> {
        let mut entries: HashMap<Seq, LogEntry> = HashMap::new();
        loop {
            let answer = self.session.call(&ListHandshakes { chat, before }).await?;
            let Some(oldest) = answer.entries.iter().map(|entry| entry.seq).min() else { break };
            if oldest >= before {
                return Err(TransportError::Protocol("handshakes out of order".into()).into());
            }
            before = oldest;
            let handshakes = answer.entries.into_iter().filter(|entry| entry.kind == EnvelopeKind::Handshake);
            entries.extend(handshakes.map(|entry| (entry.seq, entry)));
            if !answer.more {
                break;
            }
        }
        Ok(entries)
    }

    /// Where a chat that this device has been let into is followed from. It is lost where no way leads back from there, and left
    /// where the relay denies it since it was opened. `false`: whoever has let this device in must do it again.
    pub(super) async fn follow_from_joining(
        &mut self,
        followed: &mut Followed,
        log: LogId,
    ) -> Result<bool, SyncError> {
        let found = match self.parts_at_cursor(followed.chat).await {
            Ok(true) => {
                followed.lost = true;
                return Ok(true);
            }
            Ok(false) => self.follow_chain(followed.chat, log).await,
            Err(error) => Err(error),
        };
        match found {
            Err(SyncError::Transport(error)) if error.is_denied() => {
                followed.left = true;
                self.leave(followed.chat).await?;
            }
            found => followed.lost = !found?,
        }
        let state = self.local(followed.chat).await?.0;
        followed.cursor = state.cursor;
        followed.joined_at = Some(state.joined_at);
        let comes = !followed.lost && !followed.left;
        // It was read past there, in a log that the relay has lost: its group is to read that again.
        followed.lost |= comes && state.cursor >= state.joined_at;
        Ok(comes)
    }

    /// Whether the relay's log holds something else where this device has stopped reading before it was put out. Where the
    /// history is closed it reads on from where it was let in, and no subscription would show that.
    async fn parts_at_cursor(&self, chat: ChatNo) -> Result<bool, SyncError> {
        let Wanted { chat, cursor } = chats::state(&mut *self.reader().await?, chat).await?.wanted();
        let Some(id) = cursor.id else { return Ok(false) };
        let after = Seq(cursor.seq.0.saturating_sub(1));
        let there = self.session.call(&ListMarks { chat, after }).await?;
        let same = |mark: &Mark| mark.id == id && cursor.tag.is_none_or(|tag| tag == mark.tag);
        Ok(!there.marks.first().is_some_and(same))
    }

    /// Finds the era keys from before we were let in. `false`: there is no way back to them.
    pub(super) async fn follow_chain(&mut self, chat: ChatNo, log: LogId) -> Result<bool, SyncError> {
        let state = chats::state(&mut *self.reader().await?, chat).await?;
        let Some(WayBack { joined, older, entries }) = self.way_back(&state).await? else {
            returning::lost(self.device, chat).await?;
            return Ok(false);
        };
        let mut tx = self.device.store.begin(Durability::Power).await?;
        if joined.handshake != state.joined_at {
            eras::insert(&mut tx, chat, &joined).await?;
            chats::set_joined_at(&mut tx, chat, joined.handshake).await?;
        }
        for era in &older {
            eras::insert(&mut tx, chat, era).await?;
        }
        // Another own device may have handed over what the way back does not lead to.
        let known = eras::all(&mut tx, chat).await?;
        let mut oldest = &joined;
        for era in known.iter().rev().filter(|era| era.handshake < joined.handshake) {
            // They may have been handed over by who knows another log.
            if era.era + 1 != oldest.era
                || era.handshake > state.cursor && !chain::holds(&state, era, &entries)
            {
                break;
            }
            oldest = era;
        }
        // What was said before it, or while this device was out, is closed.
        let before = Seq(oldest.handshake.0.saturating_sub(1));
        if oldest.era > 0 && state.cursor < before {
            chats::start_at(&mut tx, chat, log, before).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Where this device is out it may have been let in again since.
    pub(super) async fn come_in(&mut self) -> Result<(), SyncError> {
        self.come_in_by(None).await
    }

    /// The same where it is known of each chat whether what let this device in leads anywhere.
    pub(super) async fn come_in_late(&mut self) -> Result<(), SyncError> {
        let follows = self.follows();
        self.come_in_by(Some(&follows)).await
    }

    async fn come_in_by(&mut self, follows: Option<&[ChatNo]>) -> Result<(), SyncError> {
        if inbox::take_early(self.device, follows).await? {
            self.follow_new_chats().await?;
        }
        Ok(())
    }

    /// Chats in which the relay's log is the one that is known here.
    pub(super) fn follows(&self) -> Vec<ChatNo> {
        let follows = self.chats.values().filter(|followed| !followed.lost && !followed.left);
        follows.map(|followed| followed.chat).collect()
    }

    /// It is known of each chat whether it follows the relay's log.
    pub(super) async fn tell_welcomes(&mut self) -> Result<(), SyncError> {
        if !std::mem::take(&mut self.tells_welcomes) {
            return Ok(());
        }
        let follows = self.follows();
        let mut tx = self.device.store.begin(Durability::Process).await?;
        letters::welcomes_again(&mut tx, &follows).await?;
        if self.relay_forgot {
            letters::let_in_unheard(self.device, &mut tx, &follows).await?;
        }
        account::set_relay_run(&mut tx, self.session.run()).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn leave(&mut self, chat: ChatNo) -> Result<(), SyncError> {
        self.is_out = true;
        let mut tx = self.device.store.begin(Durability::Power).await?;
        joining::is_out(&mut tx, chat).await?;
        tx.commit().await?;
        Ok(())
    }
}
