//! The façade: open a profile, act, query, subscribe. Shell, CLI and tests use nothing else to run a device.

mod acts;
mod bundles;
mod devices;
mod find;
mod notices;
mod people;
mod queries;
mod recovery;

use std::{
    path::Path,
    sync::{Arc, PoisonError},
    time::Duration,
};

use beseda_protocol::flaws::{self, Flaw};
use tokio::{
    sync::{Mutex, Notify, mpsc, watch},
    task::JoinHandle,
};
use zeroize::Zeroizing;

use crate::{
    actions::{self, join::same_relay},
    crypto::{Secret, keys::DeviceKeys},
    device::{Clock, Device, RelayAddress, system_clock},
    domain::{ChatNo, Me, Millis},
    error::{Error, Result},
    people::text,
    store::{
        self, DatabaseKey, Durability, KeyKind, Store, Touched, Unlock,
        account::{self, NewAccount},
        changes,
        chats::{ChatLine, Leaving, PutIn, Status},
        listing::{self, Listing},
        messages, moves, own, own_profile, projection, search, users,
    },
    sync::{
        engine::{self, Progress, State, SyncError, Until},
        http::{HttpTransport, relay_address},
        transport::Transport,
    },
    window::{Dates, Hours, local_dates, local_hours},
};

pub use crate::store::moves::Proposed as ProposedRelay;
pub use devices::OwnDevice;
pub use find::{Found, FoundPage};
pub use people::{Person, Safety};
pub use queries::{Listed, MessageList, Readers, Totals, Version};
pub use recovery::ASKED_BACK;

/// What a core may be given from outside.
#[derive(Clone)]
pub struct Options {
    pub clock: Clock,
    pub dates: Dates,
    pub hours: Hours,
    pub store: store::Options,
    /// Told when opening takes longer: chats whose rows are made anew, of how many.
    pub progress: Report,
}

/// How far a long piece of work has come: steps done, steps in all.
pub type Report = Arc<dyn Fn(usize, usize) + Send + Sync>;

/// For whoever does not show how far it has come.
#[must_use]
pub fn unreported() -> Report {
    Arc::new(|_, _| ())
}

/// Messages that are due are looked for at least this often: a machine may sleep, and its clock be set.
const LOOK_FOR_DUE: Duration = Duration::from_secs(60);

/// The relay of before may be gone: who moves does not wait for it longer than this.
const LAST_WORD: Duration = Duration::from_secs(20);

/// A draft is told to the person's other devices when it has stood so long.
const PAUSE_IN_TYPING: Duration = Duration::from_secs(5);

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: system_clock(),
            dates: local_dates(),
            hours: local_hours(),
            store: store::Options::default(),
            progress: unreported(),
        }
    }
}

/// What a directory holds, before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Fresh,
    Kept(KeyKind),
}

/// What a new profile is made of.
pub struct NewProfile {
    pub name: String,
    /// URL; empty: begins alone, and comes to the relay of the first link it opens, or to one it is told.
    pub relay: String,
    /// Invitation token of the relay, where it asks for one.
    pub invite: Option<String>,
    pub unlock: Unlock,
}

/// How the exchange with the relay stands.
#[derive(Debug, Clone)]
pub struct SyncStatus {
    pub progress: Progress,
    /// Messages of ours that wait to be sent.
    pub waiting: u32,
    /// When everything was exchanged last; 0: never.
    pub last_sync: Millis,
    /// Another device of this person has put this one out.
    pub removed: bool,
    /// URL of the relay.
    pub relay: String,
    /// Where somebody wants this person's chats to be instead.
    pub proposed: Option<ProposedRelay>,
}

pub struct Core {
    device: Arc<Device>,
    dates: Dates,
    hours: Hours,
    progress: watch::Sender<Progress>,
    wake: Arc<Notify>,
    retry: Arc<Notify>,
    /// Something was scheduled.
    due: Arc<Notify>,
    /// A draft was changed.
    typed: Arc<Notify>,
    running: Mutex<Vec<JoinHandle<()>>>,
}

impl Core {
    /// # Errors
    /// When `key.json` is damaged, or missing beside a database.
    pub fn profile(profile: &Path) -> Result<Profile> {
        let database = store::database(profile);
        Ok(match DatabaseKey::kind(profile)? {
            // A key without a database: it was interrupted before it held anything.
            Some(kind) if database.exists() => Profile::Kept(kind),
            _ => Profile::Fresh,
        })
    }

    /// Makes a profile: a person with a first device. Needs no relay to answer.
    ///
    /// # Errors
    /// [`Error::AccountExists`], [`Error::BadRelayUrl`], [`Error::BadText`], [`Error::ProfileInUse`], and what the
    /// choice of a key may meet.
    pub async fn create(profile: &Path, new: NewProfile, options: Options) -> Result<Self> {
        let name =
            text::clean_name(&text::line(&new.name)?).ok_or(Error::BadText("a name cannot be empty"))?;
        let relay = match new.relay.trim() {
            "" => String::new(),
            url => relay_address(url)?,
        };
        let store = Self::new_store(profile, &new.unlock, &options).await?;
        let (device_secret, recovery) = (Secret::generate(), Secret::generate());
        let keys = DeviceKeys::create(&device_secret, &recovery);
        let mut tx = store.begin(Durability::Power).await?;
        if account::load(&mut tx).await?.is_some() {
            return Err(Error::AccountExists);
        }
        let account = NewAccount {
            name: &name,
            relay: &relay,
            relay_invite: new.invite.as_deref().map(str::trim).unwrap_or_default(),
            device: &device_secret,
            recovery: &recovery,
            identity: keys.identity(),
            user: keys.user(),
            created_at: (options.clock)(),
            inbox_number: 0,
        };
        account::insert(&mut tx, &account).await?;
        own_profile::insert(&mut tx, &name).await?;
        users::number(&mut tx, keys.user(), &name).await?;
        tx.commit().await?;
        Self::around(store, options).await
    }

    /// Opens a profile.
    ///
    /// # Errors
    /// [`Error::NoAccount`], [`Error::ProfileInUse`], [`Error::PassphraseNeeded`], [`Error::WrongKey`],
    /// [`Error::KeyringLocked`], [`Error::NotADatabase`], [`Error::NewerSchema`]: nothing is changed then.
    pub async fn open(
        profile: &Path,
        passphrase: Option<Zeroizing<String>>,
        options: Options,
    ) -> Result<Self> {
        if Self::profile(profile)? == Profile::Fresh {
            return Err(Error::NoAccount);
        }
        let lock = store::lock(profile)?;
        let path = profile.to_owned();
        let key = blocking(move || {
            DatabaseKey::discard_unfinished(&path)?;
            DatabaseKey::load(&path, passphrase.as_ref().map(|text| text.as_str()))
        })
        .await?;
        let store = Store::open(profile, &key, lock, &options.store).await?;
        let opened = Self::around(store, options).await?;
        if flaws::has(Flaw::ForgetQueue) {
            opened.forget_queue().await?;
        }
        Ok(opened)
    }

    /// See [`Flaw::ForgetQueue`].
    async fn forget_queue(&self) -> Result<()> {
        let chats = changes::outbox_chats(&mut *self.device.store.readers().acquire().await?).await?;
        for chat in chats {
            let mut tx = self.device.store.begin(Durability::Process).await?;
            changes::take_queued(&mut tx, chat, self.device.keys.device(), changes::Queued::All).await?;
            projection::rebuild(&mut tx, chat, self.device.me).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Deletes a profile from this machine, for good. Nobody else learns of it, and files in the directory that are not
    /// the profile's stay. Whoever was interrupted may do it again.
    ///
    /// # Errors
    /// [`Error::ProfileInUse`] while it is open; when a file cannot be removed.
    pub async fn erase(profile: &Path) -> Result<()> {
        let (path, lock) = (profile.to_owned(), store::lock(profile)?);
        blocking(move || store::erase(&path, lock)).await
    }

    /// Where the key of this profile's database is kept.
    ///
    /// # Errors
    /// When `key.json` is damaged or missing.
    pub fn key_kind(&self) -> Result<KeyKind> {
        DatabaseKey::kind(self.device.store.profile())?.ok_or(Error::NoAccount)
    }

    /// Keeps the key of this profile's database in another way, or under another passphrase. `passphrase` is the one until now,
    /// if there was one. The key itself stays: who has a copy of an old `key.json` and could open it then can do so now.
    ///
    /// # Errors
    /// See [`DatabaseKey::rewrap`].
    pub async fn keep_key(&self, passphrase: Option<Zeroizing<String>>, unlock: Unlock) -> Result<()> {
        let profile = self.device.store.profile().to_owned();
        blocking(move || {
            DatabaseKey::rewrap(&profile, passphrase.as_ref().map(|text| text.as_str()), &unlock)
        })
        .await
    }

    async fn around(store: Store, options: Options) -> Result<Self> {
        let mut tx = store.begin(Durability::Process).await?;
        let account = account::load(&mut tx).await?.ok_or(Error::NoAccount)?;
        let number = users::number(&mut tx, account.keys.user(), &account.name).await?;
        let me = Me { number, id: account.keys.user() };
        tx.commit().await?;
        let device = Device {
            store,
            keys: account.keys,
            me,
            clock: options.clock,
            relay: std::sync::Mutex::new(RelayAddress {
                url: account.relay,
                invite: Some(account.relay_invite).filter(|invite| !invite.is_empty()),
            }),
            linking: std::sync::Mutex::default(),
            name_taken_at: std::sync::atomic::AtomicI64::new(0),
        };
        Box::pin(actions::notes::ensure(&device)).await?;
        let (progress, _) = watch::channel(Progress::new(State::Offline));
        let core = Self {
            device: Arc::new(device),
            dates: options.dates,
            hours: options.hours,
            progress,
            wake: Arc::default(),
            retry: Arc::default(),
            due: Arc::default(),
            typed: Arc::default(),
            running: Mutex::default(),
        };
        let behind = projection::behind(&mut *core.reader().await?).await?;
        // A chat that is damaged does not keep its person from the others.
        let _ = core.rebuild_chats(&behind, &options.progress).await?;
        // Boxed, as below where a profile is told: it is rarely done, and its state need not lie on every stack.
        Box::pin(actions::set_profile::go_on(&core.device)).await?;
        core.send_due().await?;
        Ok(core)
    }

    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    fn told(&self, touched: &Touched) {
        if touched.outbox {
            self.wake.notify_one();
        }
    }

    async fn reader(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>> {
        Ok(self.device.store.readers().acquire().await?)
    }

    /// Makes everything that follows from the changes anew: the projection and the index of every chat; saved documents
    /// are dropped and made when needed. Who is interrupted goes on at the next start.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the changes of a chat cannot be read: the other chats are made anew all the same.
    pub async fn rebuild(&self, report: &Report) -> Result<()> {
        let chats: Vec<_> = self.all_chats().await?.into_iter().map(|line| line.number).collect();
        let mut tx = self.device.store.begin(Durability::Power).await?;
        // Not chat by chat: what is damaged could not be taken out of the index.
        search::clear_all(&mut tx).await?;
        changes::drop_saved(&mut tx).await?;
        projection::outdate(&mut tx).await?;
        tx.commit().await?;
        match self.rebuild_chats(&chats, report).await? {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }

    /// Answers why a chat could not be made anew, if one could not: it stays as it was, and the others are made.
    async fn rebuild_chats(&self, chats: &[ChatNo], report: &Report) -> Result<Option<Error>> {
        let mut failed = None;
        for (done, chat) in chats.iter().enumerate() {
            report(done, chats.len());
            let mut tx = self.device.store.begin(Durability::Process).await?;
            match Box::pin(projection::rebuild(&mut tx, *chat, self.device.me)).await {
                Ok(()) => {
                    tx.commit().await?;
                }
                Err(error @ (Error::Damaged(_) | Error::Document(_))) => {
                    tracing::warn!(%error, "a chat is not made anew from its changes; `beseda doctor` says more");
                    failed.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        if !chats.is_empty() {
            report(chats.len(), chats.len());
        }
        Ok(failed)
    }

    // ---- Syncing.

    /// What each commit changes, from now on.
    #[must_use]
    pub fn listen(&self) -> mpsc::UnboundedReceiver<Arc<Touched>> {
        self.device.store.listen()
    }

    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// # Errors
    /// When the store fails.
    pub async fn sync_status(&self) -> Result<SyncStatus> {
        let mut reader = self.reader().await?;
        let mut waiting = 0;
        for chat in changes::outbox_chats(&mut reader).await? {
            waiting += messages::waiting(&mut reader, chat, self.device.me.number).await?;
        }
        let last_sync = account::load(&mut reader).await?.map_or(0, |account| account.last_sync);
        let removed = own::is_removed(&mut reader).await?;
        let relay = self.device.relay().url;
        let newest = moves::newest(&mut reader).await?;
        let proposed = newest.filter(|proposed| !same_relay(&proposed.relay, &relay));
        let progress = self.progress.borrow().clone();
        Ok(SyncStatus { progress, waiting, last_sync, removed, relay, proposed })
    }

    /// Exchanges everything over the profile's own relay, and ends when nothing is left to send or fetch.
    ///
    /// # Errors
    /// [`SyncError`], [`Error::NoRelay`] among them; what was exchanged until then stays.
    pub async fn sync(&self) -> std::result::Result<(), SyncError> {
        self.sync_over(&HttpTransport::new(&self.device.known_relay()?.url)?).await
    }

    /// Like [`Core::sync`], over a given transport.
    ///
    /// # Errors
    /// [`SyncError`].
    pub async fn sync_over(&self, transport: &dyn Transport) -> std::result::Result<(), SyncError> {
        self.send_due().await?;
        Box::pin(self.tell_drafts()).await?;
        let invite = self.device.relay().invite;
        // Boxed, like the rest of what is long and rare: it is not to make the future of every caller larger.
        let exchange = engine::exchange(
            &self.device,
            transport,
            invite.as_deref(),
            Until::Quiet,
            &self.progress,
            &self.wake,
        );
        Box::pin(exchange).await
    }

    /// Starts to exchange with the relay, and goes on until [`Core::close`]. Where there is none yet it stays offline.
    ///
    /// # Errors
    /// [`Error::BadRelayUrl`].
    pub async fn start_syncing(&self) -> Result<()> {
        let RelayAddress { url, invite } = self.device.relay();
        let transport = if url.is_empty() { None } else { Some(HttpTransport::new(&url)?) };
        let mut running = self.running.lock().await;
        if !running.is_empty() {
            return Ok(());
        }
        if let Some(transport) = transport {
            let device = self.device.clone();
            let (progress, wake, retry) = (self.progress.clone(), self.wake.clone(), self.retry.clone());
            running.push(tokio::spawn(async move {
                engine::run(&device, &transport, invite.as_deref(), &progress, &wake, &retry).await;
            }));
        }
        let (device, wake, due) = (self.device.clone(), self.wake.clone(), self.due.clone());
        running.push(tokio::spawn(async move { send_when_due(&device, &wake, &due).await }));
        let (device, wake, typed) = (self.device.clone(), self.wake.clone(), self.typed.clone());
        running.push(tokio::spawn(async move { tell_what_was_typed(&device, &wake, &typed).await }));
        Ok(())
    }

    /// Uses another relay from now on, or the same one with another invitation token. What it lacks of this person's chats it
    /// is given; the others of each chat must come there too.
    ///
    /// # Errors
    /// [`Error::BadRelayUrl`].
    pub async fn use_relay(&self, url: &str, invite: Option<&str>) -> Result<()> {
        let url = relay_address(url)?;
        let invite = invite.map(str::trim).filter(|invite| !invite.is_empty());
        let mut tx = self.device.store.begin(Durability::Power).await?;
        account::set_relay(&mut tx, &url, invite.unwrap_or_default()).await?;
        // It may have been told before, and nothing is known of that.
        listing::set_told(&mut tx, &[], Listing::No).await?;
        tx.commit().await?;
        let address = RelayAddress { url, invite: invite.map(str::to_owned) };
        *self.device.relay.lock().unwrap_or_else(PoisonError::into_inner) = address;
        let was_running = !self.running.lock().await.is_empty();
        if was_running {
            self.stop_syncing().await;
            self.progress.send_replace(Progress::new(State::Connecting));
            self.start_syncing().await?;
        }
        Ok(())
    }

    /// Tells everybody in the chats that this person may speak for that their relay is to be another one: who wants to comes
    /// along ([`Core::use_relay`]). It goes out over the relay of now.
    ///
    /// # Errors
    /// [`Error::BadRelayUrl`].
    pub async fn tell_move(&self, url: &str) -> Result<()> {
        let url = relay_address(url)?;
        self.told(&actions::move_relay::tell_move(&self.device, &url).await?);
        Ok(())
    }

    /// Moves this person, and whoever wants to follow, to another relay: tells them over the relay of now, if it is there, and
    /// goes. Answers whether that relay took the word.
    ///
    /// # Errors
    /// [`Error::BadRelayUrl`]: nothing happened then.
    pub async fn move_relay(&self, url: &str, invite: Option<&str>) -> Result<bool> {
        let was_running = !self.running.lock().await.is_empty();
        self.tell_move(url).await?;
        self.stop_syncing().await;
        let told = tokio::time::timeout(LAST_WORD, self.sync()).await.is_ok_and(|synced| synced.is_ok());
        self.use_relay(url, invite).await?;
        if was_running {
            self.start_syncing().await?;
        }
        Ok(told)
    }

    /// Tries the relay now instead of after the back-off.
    pub fn reconnect(&self) {
        self.retry.notify_one();
    }

    /// Nothing is sent or received from here on.
    pub async fn stop_syncing(&self) {
        for task in self.running.lock().await.drain(..) {
            task.abort();
            let _ = task.await;
        }
    }

    /// Stops syncing and closes the database. Everything that was said is on disk already.
    pub async fn close(self) {
        self.stop_syncing().await;
        if let Some(device) = Arc::into_inner(self.device) {
            device.store.close().await;
        }
    }
}

/// Sends what was scheduled when its time comes, until it is aborted.
async fn send_when_due(device: &Device, wake: &Notify, due: &Notify) {
    loop {
        let wait = match actions::schedule_message::send_due(device).await {
            Ok(next) => {
                wake.notify_one();
                let until = next.map(|next| next.saturating_sub(device.now()));
                let until = until.and_then(|until| u64::try_from(until).ok()).map(Duration::from_millis);
                until.unwrap_or(LOOK_FOR_DUE).min(LOOK_FOR_DUE)
            }
            Err(error) => {
                tracing::warn!(%error, "what is due was not sent; it is tried again");
                LOOK_FOR_DUE
            }
        };
        // Nothing is lost when a wait ends early.
        let _ = tokio::time::timeout(wait, due.notified()).await;
    }
}

/// Whether this person can answer what others say in a chat, if not more.
#[must_use]
pub fn may_comment(line: &ChatLine) -> bool {
    line.status == Status::Active
        && line.leaving == Leaving::No
        && line.put_in == PutIn::No
        && line.rights.may_write(line.kind, line.admin, true)
}

/// Tells this person's other devices of drafts once nobody has typed for a while, until it is aborted.
async fn tell_what_was_typed(device: &Device, wake: &Notify, typed: &Notify) {
    loop {
        typed.notified().await;
        while tokio::time::timeout(PAUSE_IN_TYPING, typed.notified()).await.is_ok() {}
        match actions::notes::tell_drafts(device).await {
            Ok(_) => wake.notify_one(),
            Err(error) => tracing::warn!(%error, "drafts were not told to the other devices; they will be"),
        }
    }
}

/// Whether a chat can be written to by this person.
#[must_use]
pub fn may_write(line: &ChatLine) -> bool {
    line.status == Status::Active
        && line.leaving == Leaving::No
        && line.put_in == PutIn::No
        && line.rights.may_write(line.kind, line.admin, false)
}

/// Stretching a passphrase and asking a keyring take their time, and some keyrings a runtime of their own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Io(std::io::Error::other(error.to_string())))?
}
