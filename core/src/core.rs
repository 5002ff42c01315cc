//! The façade: open a profile, act, query, subscribe. Shell, CLI and tests use nothing else to run a device.

use std::{path::Path, sync::Arc};

use beseda_protocol::{ChatId, MessageId, UserId, membership::ChatKind};
use tokio::{
    sync::{Mutex, Notify, mpsc, watch},
    task::JoinHandle,
};
use zeroize::Zeroizing;

use crate::{
    actions,
    crypto::{Secret, keys::DeviceKeys},
    device::{Clock, Device, system_clock},
    domain::{ChatNo, Millis, Place},
    error::{Error, Result},
    store::{
        self, DatabaseKey, Durability, KeyKind, Store, Touched, Unlock,
        account::{self, NewAccount},
        changes,
        chats::{self, ChatLine, Status},
        members::{self, MemberLine},
        messages::{self, Message},
        projection, quarantine, users,
    },
    sync::{
        engine::{self, Progress, State, SyncError, Until},
        http::{HttpTransport, parse_relay_url},
        transport::Transport,
    },
    window::{Dates, Window, local_dates},
};

/// What a core may be given from outside.
#[derive(Clone)]
pub struct Options {
    pub clock: Clock,
    pub dates: Dates,
    pub store: store::Options,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock: system_clock(), dates: local_dates(), store: store::Options::default() }
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
}

pub struct Core {
    device: Arc<Device>,
    dates: Dates,
    invite: Option<String>,
    progress: watch::Sender<Progress>,
    wake: Arc<Notify>,
    retry: Arc<Notify>,
    engine: Mutex<Option<JoinHandle<()>>>,
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
        let name = projection::clean_name(&actions::title(&new.name, false)?)
            .ok_or(Error::BadText("a name cannot be empty"))?;
        let relay = parse_relay_url(&new.relay)?.as_str().trim_end_matches('/').to_owned();
        let lock = store::lock(profile)?;
        let (path, unlock) = (profile.to_owned(), new.unlock.clone());
        let key = blocking(move || {
            if Self::profile(&path)? == Profile::Fresh {
                DatabaseKey::discard_unused(&path)?;
                return DatabaseKey::create(&path, &unlock);
            }
            // Interrupted after the database was made: go on with it, if it holds nobody.
            let passphrase = match &unlock {
                Unlock::Passphrase(passphrase) => Some(passphrase.as_str()),
                Unlock::Keyring | Unlock::File => None,
            };
            DatabaseKey::load(&path, passphrase).map_err(|_| Error::AccountExists)
        })
        .await?;
        let store = Store::open(profile, &key, lock, &options.store).await?;
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
        };
        account::insert(&mut tx, &account).await?;
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
        let key =
            blocking(move || DatabaseKey::load(&path, passphrase.as_ref().map(|text| text.as_str()))).await?;
        let store = Store::open(profile, &key, lock, &options.store).await?;
        Self::around(store, options).await
    }

    async fn around(store: Store, options: Options) -> Result<Self> {
        let mut tx = store.begin(Durability::Process).await?;
        let account = account::load(&mut tx).await?.ok_or(Error::NoAccount)?;
        let me = users::number(&mut tx, account.keys.user(), &account.name).await?;
        tx.commit().await?;
        let device = Device {
            store,
            keys: account.keys,
            me,
            clock: options.clock,
            name: account.name,
            relay: account.relay,
        };
        let (progress, _) = watch::channel(Progress { state: State::Offline, error: None });
        Ok(Self {
            device: Arc::new(device),
            dates: options.dates,
            invite: Some(account.relay_invite).filter(|invite| !invite.is_empty()),
            progress,
            wake: Arc::default(),
            retry: Arc::default(),
            engine: Mutex::new(None),
        })
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

    // ---- Queries.

    /// # Errors
    /// When the store fails.
    pub async fn chats(&self) -> Result<Vec<ChatLine>> {
        chats::list(&mut *self.reader().await?, self.device.me).await
    }

    /// # Errors
    /// When the store fails, or the chat is gone.
    pub async fn chat(&self, chat: ChatNo) -> Result<ChatLine> {
        chats::one(&mut *self.reader().await?, chat, self.device.me).await
    }

    /// # Errors
    /// [`Error::NoSuchChat`].
    pub async fn chat_by_id(&self, id: &str) -> Result<ChatNo> {
        let no_such = || Error::NoSuchChat(id.to_owned());
        let parsed: ChatId = id.parse().map_err(|_| no_such())?;
        let mut reader = self.reader().await?;
        match chats::find(&mut reader, parsed).await? {
            Some(chat) => Ok(chat),
            // The id that stood for it while we asked to come in: whoever holds it still means this chat.
            None => chats::asked_with(&mut reader, parsed.0).await?.ok_or_else(no_such),
        }
    }

    /// A chat by its id, a unique beginning of it, or its title.
    ///
    /// # Errors
    /// [`Error::NoSuchChat`], [`Error::AmbiguousChat`].
    pub async fn find_chat(&self, text: &str) -> Result<ChatLine> {
        let lines = self.chats().await?;
        let wanted = text.trim().to_lowercase();
        let mut fits: Vec<_> = lines.iter().filter(|line| line.title.to_lowercase() == wanted).collect();
        if fits.is_empty() && !wanted.is_empty() {
            fits = lines.iter().filter(|line| line.id.to_string().starts_with(&wanted)).collect();
        }
        match fits[..] {
            [line] => Ok(line.clone()),
            [] => Err(Error::NoSuchChat(text.to_owned())),
            _ => Err(Error::AmbiguousChat(text.to_owned())),
        }
    }

    /// # Errors
    /// When the store fails.
    pub async fn members(&self, chat: ChatNo) -> Result<Vec<MemberLine>> {
        members::list(&mut *self.reader().await?, chat).await
    }

    /// The newest `limit` messages, or those before one; oldest first.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`].
    pub async fn log(&self, chat: ChatNo, limit: u32, before: Option<MessageId>) -> Result<Vec<Message>> {
        let mut reader = self.reader().await?;
        let before = match before {
            Some(id) => match messages::find(&mut reader, id).await? {
                Some((of, place)) if of == chat => place,
                _ => return Err(Error::NoSuchMessage),
            },
            None => Place::END,
        };
        messages::page(&mut reader, chat, before, limit).await
    }

    /// Envelopes of a chat that are set aside: seq, whether it waits for others, why.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn quarantine(&self, chat: ChatNo) -> Result<Vec<(beseda_protocol::Seq, bool, String)>> {
        quarantine::list(&mut *self.reader().await?, chat).await
    }

    /// Opens a window onto the newest page of a chat.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_window(&self, chat: ChatNo) -> Result<Window> {
        Window::open(&self.device, &self.dates, chat).await
    }

    /// # Errors
    /// When the store fails.
    pub async fn load_older(&self, window: &mut Window) -> Result<Vec<crate::timeline::Op>> {
        window.load_older(&self.device, &self.dates).await
    }

    /// # Errors
    /// When the store fails.
    pub async fn refresh(&self, window: &mut Window, from: Place) -> Result<Vec<crate::timeline::Op>> {
        window.refresh(&self.device, &self.dates, from).await
    }

    // ---- Actions.

    /// # Errors
    /// See [`actions::create_chat::create_chat`].
    pub async fn create_chat(
        &self,
        kind: ChatKind,
        title: &str,
        description: &str,
        category: &str,
    ) -> Result<ChatLine> {
        let (chat, touched) =
            actions::create_chat::create_chat(&self.device, kind, title, description, category).await?;
        self.told(&touched);
        self.chat(chat).await
    }

    /// # Errors
    /// See [`actions::invite::invite`].
    pub async fn invite(&self, chat: ChatNo) -> Result<String> {
        Ok(actions::invite::invite(&self.device, chat).await?.to_link())
    }

    /// # Errors
    /// See [`actions::join::join`].
    pub async fn join(&self, link: &str) -> Result<ChatLine> {
        let (chat, touched) = actions::join::join(&self.device, link).await?;
        self.told(&touched);
        self.chat(chat).await
    }

    /// # Errors
    /// See [`actions::send_message::send_message`].
    pub async fn send_message(&self, chat: ChatNo, text: &str) -> Result<MessageId> {
        let (id, touched) = actions::send_message::send_message(&self.device, chat, text).await?;
        self.told(&touched);
        Ok(id)
    }

    /// # Errors
    /// See [`actions::mark_read::mark_read`].
    pub async fn mark_read(&self, chat: ChatNo, message: MessageId) -> Result<()> {
        let touched = actions::mark_read::mark_read(&self.device, chat, message).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`actions::remove_member::remove_member`].
    pub async fn remove_member(&self, chat: ChatNo, user: UserId) -> Result<()> {
        let touched = actions::remove_member::remove_member(&self.device, chat, user).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// When the store fails.
    pub async fn save_draft(&self, chat: ChatNo, text: &str) -> Result<()> {
        let mut tx = self.device.store.begin(Durability::Process).await?;
        chats::set_draft(&mut tx, chat, text).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes the projection of every chat anew from its changes.
    ///
    /// # Errors
    /// When the store is damaged; then nothing changed.
    pub async fn rebuild(&self) -> Result<()> {
        for line in self.chats().await? {
            let mut tx = self.device.store.begin(Durability::Process).await?;
            projection::rebuild(&mut tx, line.number, self.device.me).await?;
            tx.commit().await?;
        }
        Ok(())
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
            waiting += messages::waiting(&mut reader, chat).await?;
        }
        let last_sync = account::load(&mut reader).await?.map_or(0, |account| account.last_sync);
        Ok(SyncStatus { progress: self.progress.borrow().clone(), waiting, last_sync })
    }

    /// Exchanges everything over the profile's own relay, and ends when nothing is left to send or fetch.
    ///
    /// # Errors
    /// [`SyncError`]; what was exchanged until then stays.
    pub async fn sync(&self) -> std::result::Result<(), SyncError> {
        self.sync_over(&HttpTransport::new(&self.device.relay)?).await
    }

    /// Like [`Core::sync`], over a given transport.
    ///
    /// # Errors
    /// [`SyncError`].
    pub async fn sync_over(&self, transport: &dyn Transport) -> std::result::Result<(), SyncError> {
        let invite = self.invite.as_deref();
        engine::exchange(&self.device, transport, invite, Until::Quiet, &self.progress, &self.wake).await
    }

    /// Starts to exchange with the relay, and goes on until [`Core::close`].
    ///
    /// # Errors
    /// [`Error::BadRelayUrl`].
    pub async fn start_syncing(&self) -> Result<()> {
        let transport = HttpTransport::new(&self.device.relay)?;
        let mut running = self.engine.lock().await;
        if running.is_some() {
            return Ok(());
        }
        let (device, invite) = (self.device.clone(), self.invite.clone());
        let (progress, wake, retry) = (self.progress.clone(), self.wake.clone(), self.retry.clone());
        *running = Some(tokio::spawn(async move {
            engine::run(&device, &transport, invite.as_deref(), &progress, &wake, &retry).await;
        }));
        Ok(())
    }

    /// Tries the relay now instead of after the back-off.
    pub fn reconnect(&self) {
        self.retry.notify_one();
    }

    /// Stops syncing and closes the database. Everything that was said is on disk already.
    pub async fn close(self) {
        if let Some(engine) = self.engine.into_inner() {
            engine.abort();
            let _ = engine.await;
        }
        if let Some(device) = Arc::into_inner(self.device) {
            device.store.close().await;
        }
    }
}

/// Whether a chat can be written to by this person.
#[must_use]
pub fn may_write(line: &ChatLine) -> bool {
    line.status == Status::Active && (line.kind != ChatKind::Blog || line.admin)
}

/// Stretching a passphrase and asking a keyring take their time, and some keyrings a runtime of their own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Io(std::io::Error::other(error.to_string())))?
}
