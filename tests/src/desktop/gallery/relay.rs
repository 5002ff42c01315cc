//! The relays of the gallery: the real one behind a real socket, in this process, because its clock must be ours. What was
//! said three days ago is accepted three days ago.
//!
//! Not here: how one of them is made to wait ([`super::held`]).

use std::{
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context as _, Result, ensure};
use beseda_core::{
    crypto::random,
    device::{Clock, system_clock},
};
use beseda_protocol::{
    ChatId, EnvelopeId, Seq, Tag,
    envelope::{Envelope, EnvelopeKind},
};
use beseda_relay::{
    Config, LogStore, Purpose, Relay, SqliteStore,
    store::{AppendRequest, Appended},
};
use tokio::{sync::oneshot, task::JoinHandle};

use super::held::{Held, Hold};
use crate::{desktop::PATIENCE, world::copy};

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

/// The relays that there are.
pub struct Relays {
    /// Where everybody is.
    pub home: OwnRelay,
    /// Where somebody goes to.
    pub elsewhere: OwnRelay,
    /// Lets nobody in without an invitation.
    pub closed: OwnRelay,
}

/// One of [`Relays`].
#[derive(Debug, Clone, Copy)]
pub enum Which {
    Home,
    Elsewhere,
    Closed,
}

impl Relays {
    /// # Errors
    /// As [`OwnRelay::start`].
    pub async fn start(world: &Path, time: &Time) -> Result<Self> {
        Ok(Self {
            home: OwnRelay::start(&world.join("relay"), time.clone(), false).await?,
            elsewhere: OwnRelay::start(&world.join("elsewhere"), time.clone(), false).await?,
            closed: OwnRelay::start(&world.join("closed"), time.clone(), true).await?,
        })
    }

    #[must_use]
    pub fn of(&self, which: Which) -> &OwnRelay {
        match which {
            Which::Home => &self.home,
            Which::Elsewhere => &self.elsewhere,
            Which::Closed => &self.closed,
        }
    }

    /// # Errors
    /// As [`OwnRelay::stop`].
    pub async fn stop(&mut self) -> Result<()> {
        self.home.stop().await?;
        self.elsewhere.stop().await?;
        self.closed.stop().await
    }
}

pub struct OwnRelay {
    address: String,
    data: PathBuf,
    time: Time,
    invited_only: bool,
    hold: Hold,
    store: Option<Arc<dyn LogStore>>,
    serving: Option<(oneshot::Sender<()>, JoinHandle<io::Result<()>>)>,
}

impl OwnRelay {
    /// Serves what is in `data`, on a free port of this machine; to those who were invited, or to everybody.
    ///
    /// # Errors
    /// When the data cannot be opened, or no port is free.
    async fn start(data: &Path, time: Time, invited_only: bool) -> Result<Self> {
        let mut relay = Self {
            address: "127.0.0.1:0".to_owned(),
            data: data.to_owned(),
            time,
            invited_only,
            hold: Hold::default(),
            store: None,
            serving: None,
        };
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
        self.store = None;
        self.hold.off();
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
        let held = Arc::new(Held::new(Arc::clone(&store), self.hold.clone()));
        self.store = Some(store);
        let listener = TcpListener::bind(&self.address).context("the relay's port is taken")?;
        self.address = listener.local_addr()?.to_string();
        let mut config = Config::new(vec![self.address.clone()]);
        (config.rates, config.directory, config.clock) = (None, true, self.time.clock());
        config.invite_required = self.invited_only;
        let relay = Relay::open(config, held);
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move {
            // Told to stop, or forgotten.
            let _ = stopped.await;
        };
        let serving = tokio::spawn(beseda_relay::serve(listener, relay, None, stopped));
        self.serving = Some((stop, serving));
        Ok(())
    }

    /// Keeps a copy of what it has.
    ///
    /// # Errors
    /// As [`Self::stop`] and [`Self::resume`]; when a file cannot be copied.
    pub async fn copy(&mut self) -> Result<()> {
        self.stop().await?;
        copy(&self.data, &self.copy_of_data()).context("the relay's data cannot be copied")?;
        self.resume().await
    }

    /// Has again what it had when it was copied, as after a restore from a backup.
    ///
    /// # Errors
    /// As [`Self::copy`].
    pub async fn put_back(&mut self) -> Result<()> {
        self.stop().await?;
        copy(&self.copy_of_data(), &self.data).context("the relay's data cannot be put back")?;
        self.resume().await
    }

    fn copy_of_data(&self) -> PathBuf {
        self.data.with_extension("copy")
    }

    /// From now on it takes no log further than this many changes of its members, and whoever brings more waits.
    pub fn hold(&self, changes: u64) {
        self.hold.at(Seq(changes));
    }

    /// Waits until somebody waits for it.
    ///
    /// # Errors
    /// When nobody comes.
    pub async fn holds(&self) -> Result<()> {
        tokio::time::timeout(PATIENCE, self.hold.holds()).await.context("nobody brings so much")
    }

    /// It takes everything again.
    pub fn hold_nothing(&self) {
        self.hold.off();
    }

    /// Puts into the log of a chat what nobody can open, as a relay might whose disk is bad.
    ///
    /// # Errors
    /// When it has no such chat, or is not there.
    pub async fn spoil(&self, chat: ChatId) -> Result<()> {
        let store = self.store.as_ref().context("the relay is away")?;
        let known = store.chat(chat).await?.context("the relay does not know the chat")?;
        let (by, _) = known.keys.0.first_key_value().context("nobody may write there")?;
        let envelope = Envelope {
            id: EnvelopeId(random()),
            kind: EnvelopeKind::Content,
            body: random::<480>().to_vec(),
            welcomes: vec![],
            keys: None,
            accepted_at: None,
        };
        let request = AppendRequest {
            chat,
            by: *by,
            cas: known.last_handshake,
            envelopes: vec![envelope],
            new_log: known.log,
            tag: Tag(random()),
        };
        let appended = store.append(vec![request], self.time.clock()()).await?;
        ensure!(matches!(appended[..], [Appended::Accepted { .. }]), "{appended:?}");
        Ok(())
    }
}
