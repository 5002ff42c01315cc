//! The whole relay without a network: requests by name ([`Relay::call`]) and live connections ([`Relay::live`]).
//!
//! Tests of the whole project use exactly these two as their network; [`crate::http`] puts HTTP in front of them.

mod requests;
#[cfg(test)]
mod tests;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use beseda_protocol::{
    ChatId, codec, limits,
    live::{ClientFrame, RelayFrame},
    request::{ChatState, ErrorCode, RelayError, Request},
};
use serde::de::DeserializeOwned;
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinHandle,
};

use crate::{
    config::Config,
    fanout::Fanout,
    group_commit::Writer,
    live,
    rate::Addresses,
    sessions::{Challenges, Session, SessionId, Sessions},
    store::{Chat, LogStore, StoreError},
};

/// Frames under way in each direction of a live connection.
const FRAMES: usize = 4;
/// How long a stopping relay waits for its live connections to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

pub struct Relay {
    config: Config,
    store: Arc<dyn LogStore>,
    sessions: Sessions,
    challenges: Mutex<Challenges>,
    addresses: Addresses,
    fanout: Arc<Fanout>,
    /// Absent once the relay is closing.
    writer: Mutex<Option<Writer>>,
    writing: Mutex<Option<JoinHandle<()>>>,
    closing: watch::Sender<bool>,
    /// One permit for each live connection.
    connections: Arc<Semaphore>,
    started: Instant,
    /// See [`beseda_protocol::request::SessionAnswer::run`]. Made for the first session.
    run: OnceLock<[u8; 16]>,
}

/// Live connections of one session at once.
const SESSION_CONNECTIONS: u32 = 4;

impl Relay {
    /// Starts the relay's writer on the current runtime.
    #[must_use]
    pub fn open(config: Config, store: Arc<dyn LogStore>) -> Arc<Self> {
        let fanout = Arc::new(Fanout::default());
        let (writer, writing) = Writer::start(
            Arc::clone(&store),
            Arc::clone(&fanout),
            Arc::clone(&config.clock),
            config.queue_requests,
            config.queue_bytes,
        );
        Arc::new(Self {
            sessions: Sessions::new(config.session_life, config.max_sessions),
            challenges: Mutex::default(),
            addresses: Addresses::default(),
            fanout,
            writer: Mutex::new(Some(writer)),
            writing: Mutex::new(Some(writing)),
            closing: watch::Sender::new(false),
            connections: Arc::new(Semaphore::new(config.max_live)),
            started: Instant::now(),
            run: OnceLock::new(),
            config,
            store,
        })
    }

    /// Answers a request: `name` as in [`Request::NAME`], `body` and answer as CBOR.
    ///
    /// # Errors
    /// What the client is told; [`RelayError::code`] says what it can do.
    pub async fn call(
        &self,
        session: Option<SessionId>,
        name: &str,
        body: &[u8],
    ) -> Result<Vec<u8>, RelayError> {
        requests::call(self, session, name, body).await
    }

    /// Starts a live connection of a session. It ends when either channel is dropped, or with a
    /// [`RelayFrame::Closing`].
    ///
    /// # Errors
    /// `session_unknown`; `busy` when there are too many connections or the relay is stopping.
    pub fn live(
        self: &Arc<Self>,
        session: SessionId,
    ) -> Result<(mpsc::Sender<ClientFrame>, mpsc::Receiver<RelayFrame>), RelayError> {
        let session = self.session(Some(session))?;
        if *self.closing.borrow() {
            return Err(stopping());
        }
        // A device needs one; more are left over from connections that broke.
        if self.config.rates.is_some() && session.connections() >= SESSION_CONNECTIONS {
            return Err(busy("too many live connections of this device", Duration::from_secs(10)));
        }
        let permit = Arc::clone(&self.connections)
            .try_acquire_owned()
            .map_err(|_| busy("too many live connections", Duration::from_secs(10)))?;
        let (to_relay, from_client) = mpsc::channel(FRAMES);
        let (to_client, from_relay) = mpsc::channel(FRAMES);
        let closing = self.closing.subscribe();
        let connection = live::Connection::new(Arc::clone(self), session);
        tokio::spawn(async move {
            connection.run(from_client, to_client, closing).await;
            drop(permit);
        });
        Ok((to_relay, from_relay))
    }

    /// Returns when every live connection has said what it has to say, or as much of it as its client has room for: what
    /// comes next follows from what was before, and not from who was faster.
    pub async fn at_rest(&self) {
        self.fanout.at_rest().await;
    }

    /// Charges a request that needs no session to the address it came from.
    ///
    /// # Errors
    /// `busy` when the address asks too often.
    pub fn admit(&self, address: IpAddr) -> Result<(), RelayError> {
        let Some(rates) = self.config.rates else { return Ok(()) };
        self.addresses
            .take(rates.address, address, Instant::now())
            .map_err(|wait| busy("too many requests from this address", wait))
    }

    /// Whether a session of this id is open.
    #[must_use]
    pub fn knows(&self, session: &SessionId) -> bool {
        self.sessions.find(session, self.now()).is_some()
    }

    #[must_use]
    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Says goodbye to live connections, writes what waits, and closes the store. Requests that come later are told
    /// to try again.
    pub async fn close(&self) {
        self.closing.send_replace(true);
        let all = u32::try_from(self.config.max_live).unwrap_or(u32::MAX);
        if tokio::time::timeout(GOODBYE, self.connections.acquire_many(all)).await.is_err() {
            tracing::info!("some live connections did not end in time");
        }
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writing) = writing
            && let Err(error) = writing.await
        {
            tracing::error!(%error, "the writer ended badly");
        }
        self.store.close().await;
    }

    pub(crate) fn store(&self) -> &dyn LogStore {
        &*self.store
    }

    pub(crate) fn fanout(&self) -> &Arc<Fanout> {
        &self.fanout
    }

    fn now(&self) -> i64 {
        (self.config.clock)()
    }

    fn writer(&self) -> Result<Writer, RelayError> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(stopping)
    }

    fn session(&self, id: Option<SessionId>) -> Result<Arc<Session>, RelayError> {
        id.and_then(|id| self.sessions.find(&id, self.now())).ok_or_else(|| {
            RelayError::new(ErrorCode::SessionUnknown, "no such session: prove the device again")
        })
    }

    /// The chat, if the key that the session proved is among its keys now.
    pub(crate) async fn access(&self, session: &Session, chat: ChatId) -> Result<Access, StoreError> {
        let Some(key) = session.key(&chat) else { return Ok(Access::Denied) };
        Ok(match self.store.chat(chat).await? {
            None => Access::Unknown,
            Some(found) if found.keys.may_use(&key) => Access::Open(found),
            Some(_) => Access::Denied,
        })
    }
}

/// What a session may do with a chat.
#[derive(Debug)]
pub(crate) enum Access {
    Open(Chat),
    Unknown,
    Denied,
}

impl Access {
    pub(crate) fn state(&self) -> ChatState {
        match self {
            Self::Open(chat) => ChatState::Open(chat.head()),
            Self::Unknown => ChatState::Unknown,
            Self::Denied => ChatState::Denied,
        }
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, RelayError> {
    codec::decode(body, limits::REQUEST_BYTES).map_err(|error| {
        let code = match error {
            codec::DecodeError::TooLarge { .. } => ErrorCode::TooLarge,
            _ => ErrorCode::Invalid,
        };
        RelayError::new(code, error.to_string())
    })
}

fn encode<R: Request>(answer: &R::Answer) -> Vec<u8> {
    codec::encode(answer)
}

pub(crate) fn busy(message: &str, wait: Duration) -> RelayError {
    let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
    RelayError { retry_after: Some(wait), ..RelayError::new(ErrorCode::Busy, message) }
}

pub(crate) fn stopping() -> RelayError {
    busy("the relay is stopping", Duration::from_secs(2))
}

/// Logs a failure of the store once, and says what the client is to do.
pub(crate) fn store_failed(error: &StoreError) -> RelayError {
    tracing::error!(%error, "the store failed");
    match error {
        StoreError::Full => {
            busy("the relay's disk is full: its operator must make room", Duration::from_secs(30))
        }
        StoreError::Failed(_) => RelayError::new(ErrorCode::Internal, "the relay's store failed"),
    }
}
