//! The accounts of one window: each its own profile and its own [`App`], all open at once and counted together.
//!
//! A call names the account it is for, and a batch of events the account it is from (decision 0024). Here is which
//! accounts there are, and how one comes and goes; what a command does for its account is in [`crate::app`].

mod list;
mod page;
mod settings;
mod told;

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use beseda_core::{Core, Error, crypto::random};
use serde_json::{Value, json};
use tokio::{
    sync::{Mutex, RwLock, mpsc, watch},
    task::{JoinSet, spawn_blocking},
};

use crate::{
    ApiError, Batch, Code, Event, OpenAt,
    api::{
        self, Command as _, CreateAccount, Done, FinishLinking, GetNoticeSettings, GetStart, Handle, Recover,
        Restore, SetNoticeSettings, Totals,
        window::{
            AccountList, AddAccount, AddedAccount, GetWindowSettings, KeptAccount, KeptAccounts,
            ListAccounts, ListKeptAccounts, RemoveAccount, SetCloseToTray, SetLanguage, ShowAccount,
            WindowSettings,
        },
    },
    app::{self, App},
    notices::{About, Step},
    view::NoticeSettings,
};

use list::List;
pub use list::{AccountId, NotAnAccount};
pub use page::Page;
pub use settings::Settings;
pub use told::Steps;
use told::Told;

/// Longest tag of a language that is in use, in bytes (RFC 5646, section 4.4.1).
const LANGUAGE_TAG: usize = 35;

/// Commands by which a fresh account becomes somebody's.
const MAKING: [&str; 4] = [CreateAccount::NAME, FinishLinking::NAME, Recover::NAME, Restore::NAME];

/// How a window starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// The window's own directory: the profile of its first account, the list of accounts, and what is added.
    pub home: PathBuf,
    pub version: String,
    /// A relay to propose where an account is made.
    pub relay: Option<String>,
}

pub struct Accounts {
    config: Config,
    /// In the order of the switcher; never empty.
    seats: RwLock<Vec<Seat>>,
    /// The account on screen; held while the list on disk changes.
    shown: Mutex<Option<AccountId>>,
    told: Arc<Told>,
    settings: watch::Sender<Settings>,
    /// Held while they are written.
    writing: Mutex<()>,
    /// The shell shows a tray.
    tray: AtomicBool,
}

/// An account's place in the window.
struct Seat {
    id: AccountId,
    app: Arc<App>,
    /// False while it is fresh: a window that closes meanwhile forgets it.
    listed: bool,
}

impl Accounts {
    /// Reads which accounts there are, and opens none yet: the `start` of each does, or [`Self::open_shown`]. So one that is
    /// slow, locked or broken keeps nobody from the others.
    #[must_use]
    pub fn new(config: Config) -> Arc<Self> {
        let List { accounts: listed, shown } = list::opening(&config.home);
        let shown = Mutex::new(shown);
        let accounts = Self {
            settings: watch::Sender::new(settings::read(&config.home)),
            writing: Mutex::default(),
            tray: AtomicBool::new(false),
            config,
            seats: RwLock::default(),
            shown,
            told: Arc::default(),
        };
        let mut seats: Vec<_> = listed.into_iter().map(|id| accounts.seat(id, true)).collect();
        if seats.is_empty() {
            seats.push(accounts.fresh(&[]));
        }
        Arc::new(Self { seats: RwLock::new(seats), ..accounts })
    }

    /// Opens the account that was on screen last, before its page asks for that: a page takes longer to load than a profile to
    /// open. What keeps it from opening, the page is told when it asks.
    pub async fn open_shown(&self) {
        let shown = self.shown.lock().await.clone();
        let first = self.ids(|_| true).await.into_iter().next();
        let Some(account) = shown.or(first) else { return };
        if let Ok(app) = self.app(&account).await
            && let Err(error) = app.call(GetStart::NAME, json!({})).await
        {
            tracing::info!(code = ?error.code, "the account is not open yet");
        }
    }

    /// Runs one command by name: of [`crate::api`] for an account, of [`crate::api::window`] for none.
    ///
    /// # Errors
    /// [`Code::BadRequest`] for an account that is not in the window, and for a name or arguments that are not of the
    /// contract; else the command's own error.
    pub async fn call(
        self: &Arc<Self>,
        account: Option<&AccountId>,
        name: &str,
        arguments: Value,
    ) -> Result<Value, ApiError> {
        let Some(account) = account else { return api::window::dispatch(self, name, arguments).await };
        if MAKING.contains(&name) {
            // First, so that no account is ever made and then not found again.
            self.list(account).await?;
        }
        self.app(account).await?.call(name, arguments).await
    }

    /// Batches of events of all accounts from now on. A subscriber that goes away is forgotten; one that is slow misses
    /// nothing.
    #[must_use]
    pub fn subscribe(&self) -> mpsc::UnboundedReceiver<Batch> {
        self.told.subscribe()
    }

    /// What is unread in all accounts that are open.
    #[must_use]
    pub fn totals(&self) -> watch::Receiver<Totals> {
        self.told.totals()
    }

    /// What the person is to be told outside the window from now on, by account.
    #[must_use]
    pub fn notices(&self) -> mpsc::UnboundedReceiver<Steps> {
        self.told.notices()
    }

    /// A notification of an account was put away by the person or the system. One of an account that has gone meanwhile
    /// means nothing.
    pub async fn dismissed(&self, account: &AccountId, about: About) {
        if let Ok(app) = self.app(account).await {
            app.dismissed(about).await;
        }
    }

    /// The page is to show this account, and a chat of it.
    pub fn open(&self, account: &AccountId, at: Option<OpenAt>) {
        self.told.take(account, vec![Event::Open { at }]);
    }

    /// Nothing is told until then, in any account; 0: it is again. Who is locked is told nothing anyway.
    pub async fn be_quiet(&self, until: i64) {
        for account in self.ids(|_| true).await {
            let done = async {
                let app = self.app(&account).await?;
                let settings = app.call(GetNoticeSettings::NAME, json!({})).await?;
                let mut settings: NoticeSettings = serde_json::from_value(settings)
                    .map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
                settings.quiet_until = until;
                app.call(SetNoticeSettings::NAME, json!({ "settings": settings })).await
            };
            match done.await {
                Ok(_) => {}
                Err(ApiError { code: Code::NoAccount, .. }) => {}
                Err(error) => tracing::warn!(code = ?error.code, "an account does not keep quiet"),
            }
        }
    }

    /// What holds for the window itself, and how it changes.
    #[must_use]
    pub fn settings(&self) -> watch::Receiver<Settings> {
        self.settings.subscribe()
    }

    /// Whether the shell shows a tray.
    pub fn set_tray(&self, there: bool) {
        self.tray.store(there, Ordering::Relaxed);
    }

    /// Whether closing the window leaves it in the tray: only where it can be found there again.
    #[must_use]
    pub fn closes_to_tray(&self) -> bool {
        self.tray.load(Ordering::Relaxed) && self.settings.borrow().close_to_tray
    }

    async fn set(&self, change: impl FnOnce(&mut Settings)) -> Result<Done, ApiError> {
        let _writing = self.writing.lock().await;
        let mut settings = self.settings.borrow().clone();
        change(&mut settings);
        if *self.settings.borrow() != settings {
            let (home, new) = (self.config.home.clone(), settings.clone());
            blocking(move || settings::write(&home, &new)).await?;
            self.settings.send_replace(settings);
        }
        Ok(Done {})
    }

    /// Stops syncing and closes the databases, all at the same time; what was said is on disk already.
    pub async fn close(&self) {
        // What is being written is written.
        let _shown = self.shown.lock().await;
        let mut closing = JoinSet::new();
        for seat in &*self.seats.read().await {
            let app = Arc::clone(&seat.app);
            closing.spawn(async move { app.close().await });
        }
        closing.join_all().await;
    }

    fn seat(&self, id: AccountId, listed: bool) -> Seat {
        let config = app::Config {
            profile: id.profile(&self.config.home),
            version: self.config.version.clone(),
            relay: self.config.relay.clone(),
        };
        let (told, account) = (Arc::clone(&self.told), id.clone());
        let events = Box::new(move |events| told.take(&account, events));
        let (told, account) = (Arc::clone(&self.told), id.clone());
        let app = App::new(config, events, Box::new(move |steps: Vec<Step>| told.notify(&account, &steps)));
        Seat { id, app: Arc::new(app), listed }
    }

    /// A place for an account that is yet to be made: the window's own directory, where that is free.
    fn fresh(&self, seats: &[Seat]) -> Seat {
        let home = AccountId::home();
        let free =
            !seats.iter().any(|seat| seat.id == home) && !list::here(&self.config.home).contains(&home);
        self.seat(if free { home } else { AccountId::new(random()) }, false)
    }

    async fn app(&self, id: &AccountId) -> Result<Arc<App>, ApiError> {
        let seats = self.seats.read().await;
        let seat = seats.iter().find(|seat| seat.id == *id).ok_or_else(not_here)?;
        Ok(Arc::clone(&seat.app))
    }

    async fn ids(&self, of: impl Fn(&Seat) -> bool) -> Vec<AccountId> {
        self.seats.read().await.iter().filter(|seat| of(seat)).map(|seat| seat.id.clone()).collect()
    }

    /// From now on the account is in the window after a restart too.
    async fn list(&self, id: &AccountId) -> Result<(), ApiError> {
        let shown = self.shown.lock().await;
        if !self.ids(|seat| seat.id == *id && seat.listed).await.is_empty() {
            return Ok(());
        }
        let accounts = self.ids(|seat| seat.listed || seat.id == *id).await;
        let (home, account) = (self.config.home.clone(), id.clone());
        let list = List { accounts, shown: shown.clone() };
        blocking(move || {
            list::make_dir(&home, &account)?;
            list::write(&home, list)
        })
        .await?;
        if let Some(seat) = self.seats.write().await.iter_mut().find(|seat| seat.id == *id) {
            seat.listed = true;
        }
        Ok(())
    }

    async fn kept(&self) -> Result<Vec<KeptAccount>, ApiError> {
        let (home, seats) = (self.config.home.clone(), self.ids(|_| true).await);
        blocking(move || {
            let others = list::here(&home).into_iter().filter(|id| !seats.contains(id));
            let mut kept: Vec<_> = others
                .map(|account| KeptAccount { used_at: list::used_at(&home, &account), account })
                .collect();
            kept.sort_by_key(|kept| std::cmp::Reverse(kept.used_at));
            Ok(kept)
        })
        .await
    }

    /// Nobody has it open any more: erases it, if it is to be erased, and takes it off the list.
    async fn take_off(&self, id: &AccountId, erase: bool, shown: Option<AccountId>) -> Result<(), ApiError> {
        if erase {
            Core::erase(&id.profile(&self.config.home)).await?;
        }
        let was_listed = !self.ids(|seat| seat.id == *id && seat.listed).await.is_empty();
        let accounts = self.ids(|seat| seat.id != *id && seat.listed).await;
        let (home, account) = (self.config.home.clone(), id.clone());
        let list = List { accounts, shown };
        blocking(move || {
            if erase {
                list::drop_dir(&home, &account);
            }
            if was_listed { list::write(&home, list) } else { Ok(()) }
        })
        .await
    }
}

impl Handle<ListAccounts> for Accounts {
    async fn handle(self: &Arc<Self>, _: ListAccounts) -> Result<AccountList, ApiError> {
        Ok(AccountList { accounts: self.ids(|_| true).await, shown: self.shown.lock().await.clone() })
    }
}

impl Handle<ShowAccount> for Accounts {
    async fn handle(self: &Arc<Self>, show: ShowAccount) -> Result<Done, ApiError> {
        let mut shown = self.shown.lock().await;
        let accounts = self.ids(|seat| seat.listed).await;
        // One that is yet to be made is written down when it is.
        let listed = accounts.contains(&show.account);
        let before = shown.replace(show.account);
        if listed && *shown != before {
            let (home, list) = (self.config.home.clone(), List { accounts, shown: shown.clone() });
            blocking(move || list::write(&home, list)).await?;
        }
        Ok(Done {})
    }
}

impl Handle<ListKeptAccounts> for Accounts {
    async fn handle(self: &Arc<Self>, _: ListKeptAccounts) -> Result<KeptAccounts, ApiError> {
        Ok(KeptAccounts { kept: self.kept().await? })
    }
}

impl Handle<AddAccount> for Accounts {
    async fn handle(self: &Arc<Self>, add: AddAccount) -> Result<AddedAccount, ApiError> {
        if let Some(kept) = add.kept {
            if !self.kept().await?.iter().any(|here| here.account == kept) {
                return Err(not_here());
            }
            let mut seats = self.seats.write().await;
            // Asked for twice at once.
            if seats.iter().any(|seat| seat.id == kept) {
                return Ok(AddedAccount { account: kept });
            }
            seats.push(self.seat(kept.clone(), false));
            drop(seats);
            if let Err(error) = self.list(&kept).await {
                self.seats.write().await.retain(|seat| seat.id != kept);
                return Err(error);
            }
            return Ok(AddedAccount { account: kept });
        }
        let home = self.config.home.clone();
        let here = blocking(move || Ok(list::here(&home))).await?;
        let mut seats = self.seats.write().await;
        // One form to fill in is enough, also one that was sent and did not succeed.
        if let Some(fresh) = seats.iter().find(|seat| !here.contains(&seat.id)) {
            return Ok(AddedAccount { account: fresh.id.clone() });
        }
        let fresh = self.fresh(&seats);
        let account = fresh.id.clone();
        seats.push(fresh);
        Ok(AddedAccount { account })
    }
}

impl Handle<RemoveAccount> for Accounts {
    async fn handle(self: &Arc<Self>, remove: RemoveAccount) -> Result<AccountList, ApiError> {
        let RemoveAccount { account, erase } = remove;
        // Outside of the locks: its commands may take their time, and the others go on.
        self.app(&account).await?.close().await;
        self.told.forget(&account);
        let mut shown = self.shown.lock().await;
        let done = self.take_off(&account, erase, shown.clone().filter(|shown| *shown != account)).await;
        let mut seats = self.seats.write().await;
        let Some(at) = seats.iter().position(|seat| seat.id == account) else { return Err(not_here()) };
        if let Err(error) = done {
            // It stays, and can be opened again.
            seats[at] = self.seat(account, seats[at].listed);
            return Err(error);
        }
        seats.remove(at);
        self.told.take(&account, vec![Event::Removed]);
        if seats.is_empty() {
            seats.push(self.fresh(&[]));
        }
        if shown.as_ref() == Some(&account) {
            *shown = None;
        }
        Ok(AccountList { accounts: seats.iter().map(|seat| seat.id.clone()).collect(), shown: shown.clone() })
    }
}

impl Handle<GetWindowSettings> for Accounts {
    async fn handle(self: &Arc<Self>, _: GetWindowSettings) -> Result<WindowSettings, ApiError> {
        let close_to_tray = self.settings.borrow().close_to_tray;
        Ok(WindowSettings { close_to_tray, tray: self.tray.load(Ordering::Relaxed) })
    }
}

impl Handle<SetCloseToTray> for Accounts {
    async fn handle(self: &Arc<Self>, set: SetCloseToTray) -> Result<Done, ApiError> {
        self.set(|settings| settings.close_to_tray = set.on).await
    }
}

impl Handle<SetLanguage> for Accounts {
    async fn handle(self: &Arc<Self>, set: SetLanguage) -> Result<Done, ApiError> {
        if set.language.len() > LANGUAGE_TAG {
            return Err(ApiError::new(Code::BadRequest, "that is no tag of a language"));
        }
        self.set(|settings| settings.language = set.language).await
    }
}

fn not_here() -> ApiError {
    ApiError::new(Code::BadRequest, "that account is not in this window")
}

/// Work on files, off the threads that answer calls.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    let done = spawn_blocking(work).await.map_err(io::Error::other).flatten();
    done.map_err(|error| Error::from(error).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Unlock;

    #[test]
    fn whatever_makes_an_account_has_it_listed_first() {
        let config = ts_rs::Config::default();
        let answers_who_one_is = |(name, _, result): (&'static str, String, String)| {
            (result == "Me" && name != Unlock::NAME).then_some(name)
        };
        let mut making: Vec<_> =
            api::signatures(&config).into_iter().filter_map(answers_who_one_is).collect();
        let mut listed = MAKING.to_vec();
        making.sort_unstable();
        listed.sort_unstable();
        assert_eq!(making, listed);
    }
}
