//! The app behind a screen: one profile, its core once it is open, and every command of an account.
//!
//! It knows of no window and of no other account: that is [`crate::accounts`].

mod commands;
mod convert;
mod notices;
mod pump;

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use beseda_core::{
    Core, Options, Profile, Report, linking::Linking, notices::Notices, store::KeyKind, window::Window,
};
use serde_json::Value;
use tokio::{
    sync::{Mutex, Notify, RwLock},
    task::JoinHandle,
};

use crate::{
    ApiError, Code, Event,
    api::{self, Command as _},
    view::{Start, Work},
};

pub use notices::NoticeSink;

/// How an app starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Directory of the profile; made if absent.
    pub profile: PathBuf,
    pub version: String,
    /// A relay to propose on the first-start screen.
    pub relay: Option<String>,
}

/// What a page asks for without the person having done anything to wait for.
const OF_ITSELF: [&str; 3] = [api::Attend::NAME, api::MarkRead::NAME, api::SaveDraft::NAME];

/// How often it is looked whether the commands that run have ended.
const COMMAND_ENDS: Duration = Duration::from_millis(5);

pub struct App {
    inner: Arc<Inner>,
}

/// Takes batches of events, in order. Called while the app waits: it must not block.
pub type Sink = Box<dyn Fn(Vec<Event>) + Send + Sync>;

pub(crate) struct Inner {
    config: Config,
    core: RwLock<Option<Arc<Core>>>,
    /// Whether the app is closed; held by each command that runs, so that closing waits for them.
    closed: RwLock<bool>,
    windows: Mutex<HashMap<u32, Window>>,
    next_window: AtomicU32,
    /// Windows that the person looks at.
    attended: std::sync::Mutex<BTreeSet<u32>>,
    sink: Sink,
    /// `None` while there is no core.
    notices: Mutex<Option<Notices>>,
    notice_sink: NoticeSink,
    pump: Mutex<Option<JoinHandle<()>>>,
    /// Held while the profile is unlocked or locked.
    locking: Mutex<()>,
    /// This device waits to be linked, before there is a core.
    linking: Mutex<Option<Arc<Linking>>>,
    stop_linking: Notify,
    stop_recovering: Notify,
    stop_examining: Notify,
    stop_carrying: Notify,
    /// A command of a person has ended: what came of it is told without delay.
    asked: Notify,
}

impl App {
    /// Opens nothing yet: the first `start` command does, so that a window is on screen by then.
    #[must_use]
    pub fn new(config: Config, sink: Sink, notice_sink: NoticeSink) -> Self {
        Self {
            inner: Arc::new(Inner {
                config,
                core: RwLock::default(),
                closed: RwLock::default(),
                windows: Mutex::default(),
                next_window: AtomicU32::new(1),
                attended: std::sync::Mutex::default(),
                sink,
                notices: Mutex::default(),
                notice_sink,
                pump: Mutex::default(),
                locking: Mutex::default(),
                linking: Mutex::default(),
                stop_linking: Notify::new(),
                stop_recovering: Notify::new(),
                stop_examining: Notify::new(),
                stop_carrying: Notify::new(),
                asked: Notify::new(),
            }),
        }
    }

    /// Runs one command of [`crate::api`] by name.
    ///
    /// # Errors
    /// [`Code::BadRequest`] for a name or arguments that are not of the contract, and once the app is closed; else the
    /// command's own error.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<Value, ApiError> {
        let closed = self.inner.closed.read().await;
        if *closed {
            return Err(ApiError::new(Code::BadRequest, "this account is closed"));
        }
        let result = api::dispatch(&self.inner, name, arguments).await;
        if !OF_ITSELF.contains(&name) {
            self.inner.asked.notify_one();
        }
        result
    }

    /// Waits for the commands that run, stops syncing and closes the database, for good. What was said is on disk already.
    pub async fn close(&self) {
        // A command that waits for another device to link this one would wait for minutes.
        self.inner.stop_linking.notify_waiters();
        self.inner.stop_examining.notify_waiters();
        self.inner.stop_carrying.notify_waiters();
        let mut closed = self.inner.closed.write().await;
        *closed = true;
        if let Some(pump) = self.inner.pump.lock().await.take() {
            pump.abort();
            let _ = pump.await;
        }
        self.inner.end_notices().await;
        self.inner.windows.lock().await.clear();
        if let Some(core) = self.inner.core.write().await.take().and_then(Arc::into_inner) {
            core.close().await;
        }
    }
}

impl Inner {
    pub(crate) async fn core(&self) -> Result<Arc<Core>, ApiError> {
        let core = self.core.read().await.clone();
        core.ok_or_else(|| ApiError::new(Code::NoAccount, "make an account or unlock this one first"))
    }

    /// The core is open: sync, and tell what changes.
    async fn run(self: &Arc<Self>, core: Core) -> Result<(), ApiError> {
        let core = Arc::new(core);
        // Before anything can come.
        *self.notices.lock().await = Some(core.notices().await?);
        *self.pump.lock().await = Some(pump::start(self.clone(), core.clone()));
        core.start_syncing().await?;
        *self.core.write().await = Some(core);
        Ok(())
    }

    /// Closes the core and keeps the app: it can be unlocked again. The last event says so.
    async fn lock(&self) {
        let _locking = self.locking.lock().await;
        let Some(mut core) = self.core.write().await.take() else { return };
        if let Some(pump) = self.pump.lock().await.take() {
            pump.abort();
            let _ = pump.await;
        }
        self.end_notices().await;
        core.stop_syncing().await;
        self.stop_examining.notify_waiters();
        self.stop_carrying.notify_waiters();
        // Any other command that was begun before ends as usual; it cannot be told to hurry.
        let core = loop {
            match Arc::try_unwrap(core) {
                Ok(core) => break core,
                Err(busy) => core = busy,
            }
            tokio::time::sleep(COMMAND_ENDS).await;
        };
        self.windows.lock().await.clear();
        core.close().await;
        self.emit(vec![Event::Locked]);
    }

    fn emit(&self, events: Vec<Event>) {
        if !events.is_empty() {
            (self.sink)(events);
        }
    }

    async fn start(self: &Arc<Self>) -> Result<Start, ApiError> {
        let version = self.config.version.clone();
        // Two pages may ask at once: one opens, the other sees it open.
        let mut opening = self.windows.lock().await;
        if let Ok(core) = self.core().await {
            return Ok(Start::Ready { version, me: convert::me(&core).await? });
        }
        opening.clear();
        let profile = match Core::profile(&self.config.profile) {
            Ok(profile) => profile,
            Err(error) => return Ok(Start::Broken { version, error: error.into() }),
        };
        match profile {
            Profile::Fresh => Ok(self.fresh(version).await),
            Profile::Kept(KeyKind::Passphrase) => Ok(Start::Locked { version }),
            Profile::Kept(KeyKind::Keyring | KeyKind::File) => {
                match Core::open(&self.config.profile, None, self.opening()).await {
                    Ok(core) => {
                        let me = convert::me(&core).await?;
                        self.run(core).await?;
                        Ok(Start::Ready { version, me })
                    }
                    Err(beseda_core::Error::NoAccount) => Ok(self.fresh(version).await),
                    Err(error) => Ok(Start::Broken { version, error: error.into() }),
                }
            }
        }
    }

    /// A core that tells how far it is where opening takes longer.
    fn opening(self: &Arc<Self>) -> Options {
        Options { progress: self.report(Work::Opening), ..Options::default() }
    }

    /// Tells each percent once.
    fn report(self: &Arc<Self>, work: Work) -> Report {
        let (app, told) = (Arc::clone(self), AtomicU32::new(u32::MAX));
        Arc::new(move |done, all| {
            let percent = u32::try_from(100 * done / all.max(1)).unwrap_or(100);
            if told.swap(percent, Ordering::Relaxed) != percent {
                let number = |steps: usize| u32::try_from(steps).unwrap_or(u32::MAX);
                app.emit(vec![Event::Work { work, done: number(done), all: number(all) }]);
            }
        })
    }

    async fn fresh(&self, version: String) -> Start {
        // It asks over the session bus, which may take its time.
        let keyring = tokio::task::spawn_blocking(beseda_core::store::DatabaseKey::keyring_answers);
        Start::Fresh { version, relay: self.config.relay.clone(), keyring: keyring.await.unwrap_or(false) }
    }

    fn window_number(&self) -> u32 {
        self.next_window.fetch_add(1, Ordering::Relaxed)
    }
}
