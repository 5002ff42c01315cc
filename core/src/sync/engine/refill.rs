//! The part of an exchange that brings the relay's log of a chat and the one known here together, where the relay has lost
//! its own or has an older one. Not here: how two logs are compared, and what goes into an envelope (`sync::refill`).

use beseda_protocol::{
    ChatId, LogId, Seq,
    envelope::EnvelopeKind,
    live::ClientFrame,
    request::{Append, AppendAnswer, ChatState as Remote, ErrorCode, ListMarks, Mark},
};

use super::{Exchange, Refilling, SyncError, send};
use crate::{
    error::Error,
    store::{
        Durability, backup,
        chats::{self, ChatState, Status},
        eras, handshakes,
        log::{self, Known, What},
        memory::Era,
        messages,
    },
    sync::{
        letters,
        refill::{self, Standing},
        transport::TransportError,
    },
};

/// Others may fill the same log at the same time: then it is compared again, so often.
const ROUNDS: usize = 16;

/// Milliseconds in which those who have more of a lost log may come before who has less puts there what it has: over a long
/// weekend.
const PATIENCE: u64 = 3 * 24 * 3_600_000;

/// What came of putting entries there.
enum Put {
    Done,
    /// Somebody else has put something there meanwhile.
    Again,
    /// The relay does not take it from this device.
    Refused,
}

impl Exchange<'_> {
    /// Brings every chat whose log the relay has lost to where it was, as far as this device can.
    pub(super) async fn refill_lost(&mut self) -> Result<(), SyncError> {
        let lost =
            |(id, followed): (&ChatId, &super::Followed)| (followed.lost && !followed.tried).then_some(*id);
        let lost: Vec<ChatId> = self.chats.iter().filter_map(lost).collect();
        for (n, id) in lost.iter().enumerate() {
            if n == 0 && !self.relay_forgot {
                self.relay_forgot = true;
                self.tell_again().await?;
            }
            let healed = Box::pin(self.refill(*id)).await;
            self.progress.send_if_modified(|progress| progress.refilling.take().is_some());
            let healed = match healed {
                // As if it had been denied when it was opened: others may not have put there yet that this device is in.
                Err(SyncError::Transport(error)) if error.is_denied() => false,
                healed => healed?,
            };
            if let Some(followed) = self.chats.get_mut(id) {
                followed.lost = !healed;
                followed.tried = true;
            }
            if healed {
                self.tells_welcomes = true;
                self.push(*id).await?;
            }
        }
        Ok(())
    }

    /// Whoever has lost logs has lost what waited in inboxes, and the backup.
    async fn tell_again(&mut self) -> Result<(), SyncError> {
        let mut tx = self.device.store.begin(Durability::Process).await?;
        letters::lost(self.device, &mut tx).await?;
        backup::forget_done(&mut tx).await?;
        tx.commit().await?;
        self.published = false;
        self.tells_welcomes = true;
        self.knock().await?;
        Box::pin(self.send_letters()).await
    }

    /// `true`: the chat goes on.
    async fn refill(&mut self, id: ChatId) -> Result<bool, SyncError> {
        let Some(chat) = self.chats.get(&id).map(|followed| followed.chat) else { return Ok(false) };
        for _ in 0..ROUNDS {
            let state = chats::state(&mut *self.reader().await?, chat).await?;
            let joining = state.status == Status::Joining;
            if !(joining || state.status == Status::Active) || state.cursor == Seq::ZERO {
                return Ok(false);
            }
            let (log, theirs) = match self.open_chats([&state]).await?.first() {
                Some(Remote::Open(head)) => (Some(head.log), self.marks(id, head.log, state.cursor).await?),
                Some(Remote::Unknown) => (None, vec![]),
                Some(Remote::Denied) | None => return Ok(false),
            };
            let ours =
                log::known(&mut *self.reader().await?, chat, state.id, Seq::ZERO, state.cursor).await?;
            match (refill::compare(id, &ours, &theirs), log) {
                // Who has been in all the while has all of it.
                (Standing::Short, _) if joining => return Ok(false),
                (Standing::Short, _) if self.leaves_to_others(&state, &ours[theirs.len()..]).await? => {
                    return Ok(false);
                }
                (Standing::Short, _) => match self.put(&state, log, &ours, &theirs).await? {
                    Put::Done | Put::Again => {}
                    Put::Refused => return Ok(false),
                },
                (Standing::Follows, Some(log)) => {
                    Box::pin(refill::follow(self.device, chat, log, (&ours, &theirs))).await?;
                    if !joining && self.has_left(&state).await? {
                        // The relay knows again that this person has left.
                        if let Some(followed) = self.chats.get_mut(&id) {
                            followed.left = true;
                        }
                        self.leave(chat).await?;
                        return Ok(true);
                    }
                    if joining && !self.follow_chain(chat, log).await? {
                        return Ok(false);
                    }
                    let state = chats::state(&mut *self.reader().await?, chat).await?;
                    if joining && state.cursor >= state.joined_at {
                        // Its group is as it was there, and has to read again what came since.
                        let before = Seq(state.joined_at.0.saturating_sub(1));
                        let mut tx = self.device.store.begin(Durability::Process).await?;
                        // As the way through the log has just left it.
                        let joined = eras::begun_at(&mut tx, chat, state.joined_at).await?;
                        tx.end().await?;
                        let logs = (&ours[..], &theirs[..]);
                        let way = refill::go_back(self.device, chat, log, logs, before, joined.as_ref());
                        if joined.is_none() || !Box::pin(way).await? {
                            return Ok(false);
                        }
                        continue;
                    }
                    self.follow_again(id).await?;
                    return Ok(true);
                }
                (Standing::Parted(common), Some(log)) => {
                    tracing::warn!(common = common.0, "the relay's log of a chat has gone on in another way");
                    // It may be that other log that this device has just been let into.
                    let mut led = if joining { self.led_into(&state).await? } else { None };
                    let logs = (&ours[..], &theirs[..]);
                    let mut back =
                        Box::pin(refill::go_back(self.device, chat, log, logs, common, led.as_ref())).await?;
                    if !back && !joining && common < state.joined_at {
                        // It has nothing from before it came in, and others may have put that elsewhere.
                        led = self.led_into(&state).await?;
                        if led.is_some() {
                            let way = refill::go_back(self.device, chat, log, logs, common, led.as_ref());
                            back = Box::pin(way).await?;
                        }
                    }
                    if !back {
                        return Ok(false);
                    }
                    if led.is_some() {
                        continue;
                    }
                    if joining {
                        if let Some(followed) = self.chats.get_mut(&id) {
                            followed.left = true;
                        }
                        Box::pin(self.come_in()).await?;
                        Box::pin(self.come_back()).await?;
                    } else {
                        self.follow_again(id).await?;
                    }
                    return Ok(true);
                }
                (Standing::Follows | Standing::Parted(_), None) => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Whether this person has left, and what this device brings lets them in no more.
    pub(super) async fn has_left(&self, state: &ChatState) -> Result<bool, SyncError> {
        let user = self.device.keys.user();
        Ok(state.has_left && !log::carries_in(&mut *self.reader().await?, state.number, user).await?)
    }

    /// The era with which this device came in, where the relay's log has its handshake now.
    async fn led_into(&self, state: &ChatState) -> Result<Option<Era>, SyncError> {
        Ok(self.way_back(state).await?.map(|back| back.joined))
    }

    /// What the relay's log holds, up to `upto`.
    async fn marks(&self, chat: ChatId, log: LogId, upto: Seq) -> Result<Vec<Mark>, SyncError> {
        let mut marks: Vec<Mark> = Vec::new();
        while (marks.len() as u64) < upto.0 {
            let answer = self.session.call(&ListMarks { chat, after: Seq(marks.len() as u64) }).await?;
            if answer.log != log {
                return Err(TransportError::Protocol("a log that changes while it is read".into()).into());
            }
            marks.extend(&answer.marks);
            if !answer.more || answer.marks.is_empty() {
                break;
            }
        }
        Ok(marks)
    }

    /// Whether this device lets others put there what it does not have, for as long as its patience lasts: somebody may not have
    /// read it yet, and would find it void for good.
    async fn leaves_to_others(&self, state: &ChatState, lacking: &[Known]) -> Result<bool, SyncError> {
        let Some(void) = refill::last_void(lacking) else { return Ok(false) };
        let mut tx = self.device.store.begin(Durability::Process).await?;
        if !refill::is_behind(&mut tx, state.number, self.device.keys.device(), void).await? {
            tx.end().await?;
            return Ok(false);
        }
        let now = self.device.now();
        let since = log::leave_to_others(&mut tx, state.number, now).await?;
        tx.commit().await?;
        Ok(now.abs_diff(since) < PATIENCE)
    }

    /// Puts what the relay's log lacks there, in the old order.
    async fn put(
        &mut self,
        state: &ChatState,
        mut log: Option<LogId>,
        ours: &[Known],
        theirs: &[Mark],
    ) -> Result<Put, SyncError> {
        let begun = log::begun(&mut *self.reader().await?, state.number).await?;
        let total = ours.len() - theirs.len();
        let mut cas = refill::last_handshake(theirs, Seq(theirs.len() as u64));
        let logged = handshakes::list(&mut *self.reader().await?, state.number).await?;
        let mut rest = &ours[theirs.len()..];
        while let Some(first) = rest.first() {
            let (done, all) = ((total - rest.len()) as u64, total as u64);
            self.progress.send_modify(|progress| progress.refilling = Some(Refilling { done, all }));
            let mut tx = self.device.store.begin(Durability::Process).await?;
            let mut envelopes = refill::envelopes(&mut tx, state, &rest[..refill::together(rest)]).await?;
            // In a log that this device has begun, all who are in have been named at the beginning.
            let named = begun.is_some_and(|(begun, upto)| log == Some(begun) && first.seq <= upto);
            if let [envelope] = &mut envelopes[..] {
                envelope.keys = match (&first.what, log) {
                    (_, None) => Some(refill::all_keys(&mut tx, state.number).await?),
                    (What::Handshake, Some(_)) if !named => {
                        refill::keys_of_logged(&mut tx, state.number, &logged, first.seq).await?
                    }
                    _ => None,
                };
            }
            tx.end().await?;
            let count = envelopes.len();
            let append = Append { chat: state.id, cas, envelopes };
            let (new_log, at) = match self.session.call(&append).await {
                Ok(AppendAnswer::Accepted { log, at }) => (log, at),
                Ok(AppendAnswer::Conflict(_)) => return Ok(Put::Again),
                Err(TransportError::Relay(error))
                    if matches!(error.code, ErrorCode::Denied | ErrorCode::Invalid | ErrorCode::TooLarge) =>
                {
                    tracing::warn!(%error, "the relay does not take what it has lost from this device");
                    return Ok(Put::Refused);
                }
                Err(error) => return Err(error.into()),
            };
            if log.replace(new_log).is_none() {
                let mut tx = self.device.store.begin(Durability::Process).await?;
                log::set_begun(&mut tx, state.number, new_log).await?;
                tx.commit().await?;
                return Ok(Put::Again);
            }
            let expected = (first.seq.0..).map(Seq);
            if at.len() != count || !at.iter().map(|accepted| accepted.seq).eq(expected.take(count)) {
                return Ok(Put::Again);
            }
            if first.kind == EnvelopeKind::Handshake {
                cas = first.seq;
            }
            rest = &rest[count..];
        }
        Ok(Put::Done)
    }

    /// Reads on from where the chat stands now.
    async fn follow_again(&mut self, id: ChatId) -> Result<(), SyncError> {
        let Some(followed) = self.chats.get_mut(&id) else { return Ok(()) };
        let mut reader = self.device.store.readers().acquire().await.map_err(Error::from)?;
        let state = chats::state(&mut reader, followed.chat).await?;
        drop(reader);
        followed.cursor = state.cursor;
        followed.head = state.cursor;
        followed.in_flight = Seq::ZERO;
        followed.news = true;
        // Until its head is told nothing is sent.
        followed.asked += 1;
        let chats = vec![state.wanted()];
        send(&mut self.live, &mut self.early, ClientFrame::Subscribe { chats }).await?;
        Ok(())
    }

    /// Chats that a handshake has put this device out of. The relay may have lost that, and its log have gone on without it:
    /// then the device is in, and asks members to let its group come after.
    pub(super) async fn ask_put_out(&self) -> Result<(), SyncError> {
        let mut reader = self.reader().await?;
        let mut states = Vec::new();
        for chat in chats::put_out(&mut reader, self.device.keys.device()).await? {
            states.push(chats::state(&mut reader, chat).await?);
        }
        drop(reader);
        if states.is_empty() {
            return Ok(());
        }
        let remotes = self.open_chats(&states).await?;
        for (state, remote) in states.into_iter().zip(remotes) {
            let Remote::Open(head) = remote else { continue };
            let (chat, cursor) = (state.number, state.cursor);
            let theirs = match self.marks(state.id, head.log, cursor).await {
                // It has just been put out again.
                Err(SyncError::Transport(error)) if error.is_denied() => continue,
                theirs => theirs?,
            };
            let ours = log::known(&mut *self.reader().await?, chat, state.id, Seq::ZERO, cursor).await?;
            if let Standing::Parted(common) = refill::compare(state.id, &ours, &theirs) {
                Box::pin(refill::go_back(self.device, chat, head.log, (&ours, &theirs), common, None))
                    .await?;
            }
        }
        Ok(())
    }

    /// Chats that the relay has said this device is not in, and whose members have not said so: it may have been wrong, or
    /// have forgotten and learnt it again. And those that this person has left, where the relay has lost that they did.
    pub(super) async fn ask_denied(&mut self) -> Result<(), SyncError> {
        let this = self.device.keys.device();
        let denied = chats::denied(&mut *self.reader().await?, this).await?;
        if denied.is_empty() {
            return Ok(());
        }
        let mut states = Vec::with_capacity(denied.len());
        for chat in &denied {
            states.push(chats::state(&mut *self.reader().await?, *chat).await?);
        }
        let remotes = self.open_chats(&states).await?;
        for (state, remote) in states.into_iter().zip(remotes) {
            // Who has left looks once more: whether the relay knows it shows where the two logs are compared.
            let Remote::Open(_) = remote else { continue };
            let mut tx = self.device.store.begin(Durability::Process).await?;
            // It may not even have read that it is in.
            let status = if state.cursor < state.joined_at { Status::Joining } else { Status::Active };
            chats::set_status(&mut tx, state.number, status).await?;
            if !state.has_left {
                messages::fail_queued(&mut tx, state.number, 0).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}
