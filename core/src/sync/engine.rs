//! The loop: connect, catch up, send, stay; and again after a while when the relay goes away.

mod admission;
pub mod backup;
mod own;
mod push;
mod refill;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use beseda_protocol::{
    ChatId, Seq, limits,
    live::{ClientFrame, RelayFrame},
    request::{ChatState as Remote, ErrorCode},
};
use tokio::sync::{Notify, watch};

use super::{
    directory, inbox,
    ingest::{self, LogError, Source},
    letters,
    plan::{Local, Step, plan},
    session::Session,
    transport::{Live, Transport, TransportError},
    twins,
};
use crate::{
    actions::{mark_read, set_profile},
    device::Device,
    domain::ChatNo,
    error::Error,
    store::{self, Durability, account, changes, chats},
};

#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("the relay broke the protocol: {0}")]
    Log(#[from] LogError),
    #[error(transparent)]
    Store(#[from] Error),
}

/// How the exchange stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Offline,
    Connecting,
    Behind,
    UpToDate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub state: State,
    /// Why it is offline.
    pub error: Option<TransportError>,
    /// The relay has lost a chat, and gets it from this device.
    pub refilling: Option<Refilling>,
}

impl Progress {
    /// Nothing else is going on.
    #[must_use]
    pub fn new(state: State) -> Self {
        Self { state, error: None, refilling: None }
    }
}

/// How far the relay's log of a chat is filled again, in envelopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refilling {
    pub done: u64,
    pub all: u64,
}

/// When an exchange ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Nothing is left to send or fetch.
    Quiet,
    /// The relay goes away.
    Gone,
}

/// Bytes the relay may send ahead of what was stored.
const CREDIT: u64 = 4 * 1024 * 1024;
/// An inviter whose device the relay does not know yet may come later.
const KNOCK_AGAIN: Duration = Duration::from_secs(30);
/// How often it is looked whether an offer still stands.
const AGAIN: Duration = Duration::from_secs(1);
/// So often is something said again in one exchange that was set aside.
const REFUSED_AT_MOST: u32 = 3;
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(60);

/// One chat during an exchange.
struct Followed {
    chat: ChatNo,
    cursor: Seq,
    /// As far as the log is known to go.
    head: Seq,
    /// Ours, accepted up to here, but not yet come back.
    in_flight: Seq,
    /// Nothing can be sent or read: see [`Step::Lost`].
    lost: bool,
    /// This device could not mend that now.
    tried: bool,
    /// So often subscribed, and the relay has not told the head yet.
    asked: u32,
    /// We were put out of it.
    left: bool,
    /// Where it is to be come into, until that was read.
    joined_at: Option<Seq>,
    /// The relay refuses for ever a handshake of ours that lets nobody in: it is made anew in another exchange.
    barred: bool,
    /// How often something of ours was set aside in this exchange.
    refused: u32,
    /// Somebody else's messages may be here that we have not yet told them we have: at the beginning too, because the
    /// program may have ended after it took them in and before it said so.
    news: bool,
}

impl Followed {
    fn caught_up(&self) -> bool {
        self.cursor >= self.head && self.asked == 0
    }
}

/// Keeps exchanging with the relay until `stop`. `wake` says that something new waits here; `retry` that the person
/// wants to try now.
pub async fn run(
    device: &Device,
    transport: &dyn Transport,
    invite: Option<&str>,
    progress: &watch::Sender<Progress>,
    wake: &Notify,
    retry: &Notify,
) {
    let delays = || {
        ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(FIRST_RETRY)
            .with_max_delay(LAST_RETRY)
            .without_max_times()
            .build()
    };
    let mut delay = delays();
    loop {
        progress.send_replace(Progress::new(State::Connecting));
        let error = match exchange(device, transport, invite, Until::Gone, progress, wake).await {
            Ok(()) => TransportError::Away("the connection ended".into()),
            Err(SyncError::Transport(error)) => error,
            Err(error) => {
                tracing::error!(%error, "syncing failed");
                TransportError::Protocol(error.to_string())
            }
        };
        if progress.borrow().state == State::UpToDate {
            delay = delays();
        }
        tracing::info!(%error, "the relay is away");
        let asked_to_wait = match &error {
            TransportError::Relay(error) => error.retry_after.map(Duration::from_millis),
            _ => None,
        };
        progress.send_replace(Progress { error: Some(error), ..Progress::new(State::Offline) });
        let wait = asked_to_wait.or_else(|| delay.next()).unwrap_or(LAST_RETRY);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = retry.notified() => delay = delays(),
        }
    }
}

/// One connection from its beginning to its end.
///
/// # Errors
/// Why it ended before it was quiet. What was exchanged until then stays.
pub async fn exchange(
    device: &Device,
    transport: &dyn Transport,
    invite: Option<&str>,
    until: Until,
    progress: &watch::Sender<Progress>,
    wake: &Notify,
) -> Result<(), SyncError> {
    let session = Box::pin(open_session(device, transport, invite)).await?;
    Box::pin(twins::fold_all(device)).await?;
    progress.send_replace(Progress::new(State::Behind));
    let live = session.live().await?;
    let mut exchange = Exchange {
        device,
        session,
        live,
        chats: BTreeMap::new(),
        inbox_upto: 0,
        unheard: false,
        published: false,
        unbacked: false,
        relay_forgot: false,
        tells_welcomes: false,
        is_out: false,
        progress,
        early: VecDeque::new(),
    };
    send(&mut exchange.live, &mut exchange.early, ClientFrame::Credit { bytes: CREDIT }).await?;
    Box::pin(exchange.note_run()).await?;
    exchange.knock().await?;
    exchange.read_inbox().await?;
    Box::pin(inbox::take_early(device, None)).await?;
    Box::pin(exchange.come_back()).await?;
    Box::pin(exchange.send_letters()).await?;
    exchange.ask_denied().await?;
    exchange.follow_new_chats().await?;
    exchange.push_all().await?;
    loop {
        while let Some(frame) = exchange.early.pop_front() {
            exchange.take_frame(frame).await?;
        }
        exchange.refill_lost().await?;
        while std::mem::take(&mut exchange.is_out) {
            Box::pin(exchange.come_in()).await?;
        }
        let quiet = exchange.comes_to_rest().await?;
        if quiet {
            exchange.say_delivered().await?;
            exchange.answer().await?;
            exchange.tell_welcomes().await?;
            Box::pin(exchange.come_in_late()).await?;
            Box::pin(exchange.send_letters()).await?;
            // What another own device has changed of it may be news to chats.
            Box::pin(set_profile::go_on(device)).await?;
            Box::pin(exchange.publish()).await?;
            Box::pin(directory::tell(device, &exchange.session)).await?;
            Box::pin(exchange.add_devices()).await?;
            Box::pin(exchange.back_up()).await?;
            if exchange.push_all().await? {
                continue;
            }
            if progress.borrow().state != State::UpToDate {
                exchange.note_sync().await?;
            }
        }
        if !exchange.early.is_empty() {
            // Said while something was sent: before what comes next, which would overtake it or never come.
            continue;
        }
        let state = if quiet { State::UpToDate } else { State::Behind };
        let lost = exchange.chats.values().filter(|followed| followed.lost).count();
        let error = (lost > 0).then_some(TransportError::Lost(lost));
        progress.send_if_modified(|progress| {
            let changed = progress.state != state || progress.error != error;
            progress.state = state;
            progress.error = error;
            changed
        });
        let awaits_answer = letters::awaits_answer(device);
        if quiet && until == Until::Quiet && !awaits_answer {
            return Ok(());
        }
        tokio::select! {
            // What a person does has not to wait until all has come.
            biased;
            () = wake.notified() => {
                exchange.knock().await?;
                Box::pin(exchange.send_letters()).await?;
                exchange.follow_new_chats().await?;
                exchange.push_all().await?;
            }
            frame = exchange.live.receive.recv() => match frame {
                Some(frame) => exchange.take_frame(frame).await?,
                None => return Err(TransportError::Away("the connection ended".into()).into()),
            },
            () = tokio::time::sleep(KNOCK_AGAIN), if exchange.unheard || lost > 0 => {
                // Another member may have done it, or begun to.
                exchange.chats.values_mut().for_each(|followed| followed.tried = false);
                exchange.knock().await?;
                Box::pin(exchange.send_letters()).await?;
                Box::pin(exchange.come_back()).await?;
                exchange.follow_new_chats().await?;
            }
            // Its patience ends.
            () = tokio::time::sleep(AGAIN), if awaits_answer => {}
        }
    }
}

/// Where the relay opens accounts by invitation, a device that was made from a backup has the account's own.
async fn open_session<'a>(
    device: &Device,
    transport: &'a dyn Transport,
    invite: Option<&str>,
) -> Result<Session<'a>, SyncError> {
    let key = device.keys.signing();
    match Session::open(transport, key, invite).await {
        Err(TransportError::Relay(error)) if error.code == ErrorCode::InviteRequired => {
            let recovery =
                store::backup::recovery(&mut *device.store.readers().acquire().await.map_err(Error::from)?)
                    .await?;
            let Some(recovery) = recovery else { return Err(TransportError::Relay(error).into()) };
            Ok(Session::open_vouched(transport, key, invite, Some(&recovery)).await?)
        }
        opened => Ok(opened?),
    }
}

/// Sends a frame. What the relay says while there is no room for it is kept in `early`: a relay that cannot go on
/// talking does not go on listening either, and both would wait for ever. Credit and our own frames bound it.
async fn send(
    live: &mut Live,
    early: &mut VecDeque<RelayFrame>,
    frame: ClientFrame,
) -> Result<(), TransportError> {
    let ended = || TransportError::Away("the connection ended".into());
    loop {
        tokio::select! {
            biased;
            room = live.send.reserve() => {
                room.map_err(|_| ended())?.send(frame);
                return Ok(());
            }
            heard = live.receive.recv() => early.push_back(heard.ok_or_else(ended)?),
        }
    }
}

struct Exchange<'a> {
    device: &'a Device,
    session: Session<'a>,
    live: Live,
    /// Frames that came while others were being sent.
    early: VecDeque<RelayFrame>,
    chats: BTreeMap<ChatId, Followed>,
    inbox_upto: u64,
    /// A request to join could not be delivered yet.
    unheard: bool,
    /// The directory holds key packages of this device, as far as this exchange knows.
    published: bool,
    /// The relay does not take the backup.
    unbacked: bool,
    /// It has lost something, and was told what it may have lost with it.
    relay_forgot: bool,
    /// It may have lost welcomes, and they were not sent again.
    tells_welcomes: bool,
    /// This device has found that it is out of a chat, and may have been let in again since.
    is_out: bool,
    progress: &'a watch::Sender<Progress>,
}

impl Exchange<'_> {
    async fn reader(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>, SyncError> {
        Ok(self.device.store.readers().acquire().await.map_err(Error::from)?)
    }

    async fn local(&self, chat: ChatNo) -> Result<(chats::ChatState, Local), SyncError> {
        let mut reader = self.reader().await?;
        let state = chats::state(&mut reader, chat).await?;
        let waiting = changes::waits(&mut reader, chat).await?;
        let chats::ChatState { status, log, cursor, cursor_tag, .. } = state;
        let unsure = cursor > Seq::ZERO && cursor_tag.is_none();
        let local = Local { chat, status, log, cursor, unsure, waiting };
        Ok((state, local))
    }

    /// Opens and subscribes to chats that are not followed yet.
    async fn follow_new_chats(&mut self) -> Result<(), SyncError> {
        let mut new = Vec::new();
        for chat in chats::synced(&mut *self.reader().await?).await? {
            // One that we were put out of may have let us in again.
            let followed = self.chats.values().find(|followed| followed.chat == chat && !followed.left);
            let astray = followed.map(|followed| followed.lost && followed.cursor == Seq::ZERO);
            let joined_at = followed.and_then(|followed| followed.joined_at);
            if astray == Some(false) && joined_at.is_none() {
                continue;
            }
            let (state, local) = self.local(chat).await?;
            // Another welcome may have come since: since the one that leads nowhere, or one from which another way leads back.
            let joining = state.status == chats::Status::Joining;
            let again =
                joining && (astray == Some(true) || joined_at.is_some_and(|at| at != state.joined_at));
            if followed.is_none() || again {
                new.push((state, local));
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let remotes = self.open_chats(new.iter().map(|(state, _)| state)).await?;
        let mut wanted = Vec::new();
        let mut astray = false;
        for ((state, local), remote) in new.into_iter().zip(remotes) {
            let mut followed = Followed {
                chat: state.number,
                cursor: state.cursor,
                head: Seq::ZERO,
                in_flight: Seq::ZERO,
                lost: false,
                tried: false,
                // What was asked for before is told first.
                asked: self.chats.get(&state.id).map_or(0, |before| before.asked),
                left: false,
                joined_at: None,
                barred: false,
                refused: 0,
                news: true,
            };
            for step in plan(&local, &remote) {
                match step {
                    Step::FollowChain(_, log) => {
                        astray |= !self.follow_from_joining(&mut followed, log).await?;
                    }
                    // Read with keys that do not lead to it, all of it would be set aside.
                    Step::CatchUp(_) if followed.lost || followed.left => {}
                    Step::CatchUp(chat) => {
                        let state = self.local(chat).await?.0;
                        wanted.push(state.wanted());
                        followed.asked += 1;
                    }
                    Step::Leave(chat) => {
                        followed.left = true;
                        astray |= local.status == chats::Status::Joining;
                        self.leave(chat).await?;
                    }
                    Step::Lost(_) => {
                        tracing::warn!("the relay has lost a chat's log, or shows an older one");
                        followed.lost = true;
                    }
                    Step::Push(_) => {}
                }
            }
            if let Remote::Open(head) = remote {
                followed.head = head.seq;
            }
            self.chats.insert(state.id, followed);
        }
        if !wanted.is_empty() {
            send(&mut self.live, &mut self.early, ClientFrame::Subscribe { chats: wanted }).await?;
        }
        if astray {
            // What has let this device in is not in the log: whoever has done it must do it again.
            let mut tx = self.device.store.begin(Durability::Process).await?;
            letters::ask_again(self.device, &mut tx).await?;
            tx.commit().await?;
            self.knock().await?;
            Box::pin(self.send_letters()).await?;
        }
        Ok(())
    }

    async fn take_frame(&mut self, frame: RelayFrame) -> Result<(), SyncError> {
        match frame {
            RelayFrame::Heads { chats } => {
                for (chat, remote) in chats {
                    let Some(followed) = self.chats.get(&chat) else { continue };
                    let number = followed.chat;
                    let (state, local) = self.local(number).await?;
                    let steps = plan(&local, &remote);
                    let lost = followed.lost || steps.contains(&Step::Lost(number));
                    let gone =
                        state.status == chats::Status::Active && !lost && self.has_left(&state).await?;
                    let leave = gone || steps.contains(&Step::Leave(number));
                    if leave {
                        self.leave(number).await?;
                    }
                    if let Some(followed) = self.chats.get_mut(&chat) {
                        followed.left |= leave;
                        followed.asked = followed.asked.saturating_sub(1);
                        if steps.contains(&Step::Lost(number)) {
                            (followed.lost, followed.tried) = (true, false);
                        }
                        if let Remote::Open(head) = remote {
                            followed.head = followed.head.max(head.seq);
                        }
                    }
                    self.push(chat).await?;
                }
            }
            RelayFrame::Batch { chat, log, entries, head } => {
                let Some(followed) = self.chats.get_mut(&chat) else { return Ok(()) };
                let bytes = entries.iter().map(|entry| entry.body.len() as u64).sum();
                if followed.left || followed.asked > 0 {
                    // On its way when this device was found to be out, or went back to an earlier place.
                    return Ok(send(&mut self.live, &mut self.early, ClientFrame::Credit { bytes }).await?);
                }
                let last = entries.last().map_or(followed.cursor, |entry| entry.seq);
                let done = ingest::ingest(self.device, followed.chat, log, &entries, Source::Relay).await??;
                followed.cursor = followed.cursor.max(last);
                followed.head = followed.head.max(head).max(last);
                followed.joined_at = followed.joined_at.filter(|at| followed.cursor < *at);
                followed.news |= done.news;
                followed.refused += u32::from(done.refused);
                if followed.refused > REFUSED_AT_MOST {
                    // Else the log would grow by what nobody takes, for ever.
                    tracing::error!("what this device says in a chat is set aside");
                    (followed.lost, followed.tried) = (true, true);
                }
                send(&mut self.live, &mut self.early, ClientFrame::Credit { bytes }).await?;
                if done.parted {
                    followed.left = true;
                    Box::pin(self.come_in()).await?;
                    Box::pin(self.come_back()).await?;
                } else if done.removed {
                    followed.left = true;
                    self.is_out = true;
                } else {
                    self.push(chat).await?;
                }
            }
            RelayFrame::Denied { chat } => {
                if let Some(followed) = self.chats.get_mut(&chat) {
                    followed.left = true;
                    let number = followed.chat;
                    self.leave(number).await?;
                }
            }
            RelayFrame::Parted { chat } => {
                if let Some(followed) = self.chats.get_mut(&chat) {
                    (followed.lost, followed.tried) = (true, false);
                }
            }
            RelayFrame::Inbox { upto } => {
                if upto > self.inbox_upto {
                    self.inbox_upto = upto;
                    self.read_inbox().await?;
                    Box::pin(self.send_letters()).await?;
                    self.published = false;
                    self.follow_new_chats().await?;
                    self.push_all().await?;
                }
            }
            RelayFrame::Closing { error } => return Err(TransportError::Relay(error).into()),
        }
        Ok(())
    }

    /// Sends what still waits when nothing is on its way. Answers whether nothing is left to send or fetch.
    async fn comes_to_rest(&mut self) -> Result<bool, SyncError> {
        let open = |followed: &Followed| !followed.lost && !followed.left;
        let on_its_way = |followed: &Followed| !followed.caught_up() || followed.in_flight > followed.cursor;
        if self.chats.values().any(|followed| open(followed) && on_its_way(followed)) {
            return Ok(false);
        }
        let chats = self.chats.iter().filter(|(_, followed)| open(followed));
        let chats: Vec<_> = chats.map(|(id, followed)| (*id, followed.chat)).collect();
        for (id, chat) in chats {
            if changes::waits(&mut *self.reader().await?, chat).await? {
                // What came in one chat can have this person's own notes wait, of which nobody will tell anything.
                let sent = self.push(id).await?;
                if self
                    .chats
                    .get(&id)
                    .is_some_and(|followed| open(followed) && (sent || on_its_way(followed)))
                {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Tells the authors that their messages are on this device.
    async fn say_delivered(&mut self) -> Result<(), SyncError> {
        for followed in self.chats.values_mut().filter(|followed| followed.news && !followed.left) {
            followed.news = false;
            mark_read::mark_delivered(self.device, followed.chat).await?;
        }
        Ok(())
    }

    /// A relay that has started again since the last exchange may have been put back to an older state.
    async fn note_run(&mut self) -> Result<(), SyncError> {
        let run = self.session.run();
        if run == [0; 16] || account::relay_run(&mut *self.reader().await?).await? == run {
            return Ok(());
        }
        self.ask_put_out().await?;
        let mut tx = self.device.store.begin(Durability::Process).await?;
        letters::lost(self.device, &mut tx).await?;
        // It may count on from an older number: what lies in the inbox now is all that was not acknowledged.
        account::forget_inbox_number(&mut tx).await?;
        tx.commit().await?;
        self.tells_welcomes = true;
        Ok(())
    }

    async fn note_sync(&self) -> Result<(), SyncError> {
        let mut tx = self.device.store.begin(Durability::Process).await?;
        account::set_last_sync(&mut tx, self.device.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

const _: () = assert!(CREDIT <= limits::CREDIT_BYTES);
