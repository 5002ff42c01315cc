//! The relay of the gallery: the real one behind a real socket, in this process, because its clock must be ours. What was
//! said three days ago is accepted three days ago.

use std::{
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context as _, Result};
use beseda_core::device::{Clock, system_clock};
use beseda_relay::{Config, LogStore, Purpose, Relay, SqliteStore};
use tokio::{sync::oneshot, task::JoinHandle};

const MINUTE: i64 = 60_000;

/// The machine's clock, put back for a while.
#[derive(Clone, Default)]
pub struct Time(Arc<AtomicI64>);

impl Time {
    /// From now on it is so many minutes before now. It may only go on, never back.
    pub fn set(&self, minutes_ago: i64) {
        self.0.store(-minutes_ago * MINUTE, Ordering::Relaxed);
    }

    #[must_use]
    pub fn clock(&self) -> Clock {
        let (offset, system) = (Arc::clone(&self.0), system_clock());
        Arc::new(move || system() + offset.load(Ordering::Relaxed))
    }
}

pub struct OwnRelay {
    address: String,
    data: PathBuf,
    time: Time,
    serving: Option<(oneshot::Sender<()>, JoinHandle<io::Result<()>>)>,
}

impl OwnRelay {
    /// Serves what is in `data`, on a free port of this machine.
    ///
    /// # Errors
    /// When the data cannot be opened, or no port is free.
    pub async fn start(data: &Path, time: Time) -> Result<Self> {
        let mut relay =
            Self { address: "127.0.0.1:0".to_owned(), data: data.to_owned(), time, serving: None };
        relay.resume().await?;
        Ok(relay)
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes it away; what it had accepted is on its disk.
    ///
    /// # Errors
    /// When it ends badly.
    pub async fn stop(&mut self) -> Result<()> {
        let Some((stop, serving)) = self.serving.take() else { return Ok(()) };
        let _ = stop.send(());
        Ok(serving.await??)
    }

    /// Serves again, at the same address.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn resume(&mut self) -> Result<()> {
        if self.serving.is_some() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.data)?;
        let store: Arc<dyn LogStore> = Arc::new(SqliteStore::open(&self.data, Purpose::Serve).await?);
        let listener = TcpListener::bind(&self.address).context("the relay's port is taken")?;
        self.address = listener.local_addr()?.to_string();
        let mut config = Config::new(vec![self.address.clone()]);
        (config.rates, config.directory, config.clock) = (None, true, self.time.clock());
        let relay = Relay::open(config, store);
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move {
            // Told to stop, or forgotten.
            let _ = stopped.await;
        };
        let serving = tokio::spawn(beseda_relay::serve(listener, relay, None, stopped));
        self.serving = Some((stop, serving));
        Ok(())
    }
}
