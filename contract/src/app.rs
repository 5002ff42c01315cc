//! The app behind a screen: one profile, its core once it is open, and every command of the contract.
//!
//! Generic over nothing and aware of no window: the desktop shell passes calls and events through.

mod commands;
mod convert;
mod pump;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use beseda_core::{Core, Profile, store::KeyKind, window::Window};
use serde_json::Value;
use tokio::{
    sync::{Mutex, RwLock, mpsc},
    task::JoinHandle,
};

use crate::{ApiError, Code, Event, api, view::Start};

/// How an app starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Directory of the profile; made if absent.
    pub profile: PathBuf,
    pub version: String,
    /// A relay to propose on the first-start screen.
    pub relay: Option<String>,
}

pub struct App {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    config: Config,
    core: RwLock<Option<Arc<Core>>>,
    windows: Mutex<HashMap<u32, Window>>,
    next_window: AtomicU32,
    subscribers: std::sync::Mutex<Vec<mpsc::UnboundedSender<Vec<Event>>>>,
    pump: Mutex<Option<JoinHandle<()>>>,
}

impl App {
    /// Opens nothing yet: the first `start` command does, so that a window is on screen by then.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            inner: Arc::new(Inner {
                config,
                core: RwLock::default(),
                windows: Mutex::default(),
                next_window: AtomicU32::new(1),
                subscribers: std::sync::Mutex::default(),
                pump: Mutex::default(),
            }),
        }
    }

    /// Runs one command of [`crate::api`] by name.
    ///
    /// # Errors
    /// [`Code::BadRequest`] for a name or arguments that are not of the contract; else the command's own error.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<Value, ApiError> {
        api::dispatch(&self.inner, name, arguments).await
    }

    /// Batches of events from now on. A subscriber that goes away is forgotten; one that is slow misses nothing.
    #[must_use]
    pub fn subscribe(&self) -> mpsc::UnboundedReceiver<Vec<Event>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.inner.subscribers.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    /// Stops syncing and closes the database; what was said is on disk already.
    pub async fn close(&self) {
        if let Some(pump) = self.inner.pump.lock().await.take() {
            pump.abort();
            let _ = pump.await;
        }
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
        *self.pump.lock().await = Some(pump::start(self.clone(), core.clone()));
        core.start_syncing().await?;
        *self.core.write().await = Some(core);
        Ok(())
    }

    fn emit(&self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|subscriber| subscriber.send(events.clone()).is_ok());
    }

    async fn start(self: &Arc<Self>) -> Result<Start, ApiError> {
        let version = self.config.version.clone();
        // Two pages may ask at once: one opens, the other sees it open.
        let mut opening = self.windows.lock().await;
        if let Ok(core) = self.core().await {
            return Ok(Start::Ready { version, me: convert::me(&core) });
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
                match Core::open(&self.config.profile, None, beseda_core::Options::default()).await {
                    Ok(core) => {
                        let me = convert::me(&core);
                        self.run(core).await?;
                        Ok(Start::Ready { version, me })
                    }
                    Err(beseda_core::Error::NoAccount) => Ok(self.fresh(version).await),
                    Err(error) => Ok(Start::Broken { version, error: error.into() }),
                }
            }
        }
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
