//! People, their devices, a relay, a clock, a network that fails. The real core, the real relay and real SQLite: only
//! the wire between them is ours, and it can be cut.
//!
//! Nothing here sleeps. A device exchanges with the relay when a story says so ([`Person::sync`]).
//!
//! Not here: real processes and real windows (`desktop`).
#![expect(clippy::unwrap_used, reason = "a world that cannot be built fails the test that asks for it")]

mod denying;
mod desk;
mod dice;
mod line;
pub mod mallory;
mod messages;
mod screen;
mod served;
pub mod tables;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use beseda_core::{
    Core, Error, NewProfile, Options,
    crypto::seeded,
    linking::Linking,
    recovering::Recovering,
    store::{
        Unlock,
        chats::{ChatLine, Status},
        messages::Message,
    },
    sync::engine::{State, SyncError},
};
use beseda_protocol::{
    ChatId,
    flaws::{self, Flaw},
    membership::ChatKind,
};
use beseda_relay::{Config, LogStore, Purpose, Relay, SqliteStore};
use tempfile::TempDir;
use tracing::Instrument as _;

pub use denying::{Denial, Denying};
pub use desk::Desk;
pub use dice::Dice;
pub use line::{Faults, Line};
pub use screen::Screen;
pub use served::Served;

/// The relay's address in the world, and so its name in proofs.
pub const RELAY: &str = "https://relay.test";
pub const RELAY_NAME: &str = "relay.test";
/// An exchange that takes longer never ends. It says so instead of stopping the whole run; nothing waits for it.
const ENDLESS: Duration = Duration::from_secs(60);

pub struct World {
    dir: TempDir,
    line: Line,
    clock: Arc<AtomicI64>,
    directory: AtomicBool,
    /// The seed, and how many turns there were.
    chance: Option<(u64, AtomicU64)>,
}

impl World {
    /// A world with a running relay, on the morning of 2026-01-01. `BESEDA_FLAW` names a rule that is broken in it.
    pub async fn new() -> Self {
        // Shown with a failing test; RUST_LOG chooses.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_test_writer()
            .try_init();
        if let Ok(name) = std::env::var("BESEDA_FLAW") {
            let flaw = Flaw::ALL.into_iter().find(|flaw| flaw.to_string() == name);
            flaws::commit(flaw.unwrap_or_else(|| panic!("{name} is a flaw")));
        }
        let world = Self {
            dir: TempDir::new().unwrap(),
            line: Line::default(),
            clock: Arc::new(AtomicI64::new(1_767_258_000_000)),
            directory: AtomicBool::new(true),
            chance: None,
        };
        world.start_relay().await;
        world
    }

    /// A world in which the same steps lead to the same things: ids follow from the seed, and who is faster decides nothing.
    /// For a test that runs on one thread and calls [`World::turn`] before each step.
    ///
    /// What still differs is in no id and in no order: ciphertexts, and what depends on their length.
    pub async fn repeatable(seed: u64) -> Self {
        let mut world = Self::new().await;
        world.line.keep_order();
        world.chance = Some((seed, AtomicU64::new(0)));
        world.turn();
        world
    }

    /// A new step begins. Its chance is its own: should it draw more than the last time, those after it do not notice.
    pub fn turn(&self) {
        if let Some((seed, turns)) = &self.chance {
            let turn = turns.fetch_add(1, Ordering::Relaxed);
            seeded::seed(&[*seed, turn].map(u64::to_be_bytes).concat());
        }
    }

    pub fn relay_dir(&self) -> PathBuf {
        self.dir.path().join("relay")
    }

    /// Starts the relay on the data it had.
    pub async fn start_relay(&self) {
        let store: Arc<dyn LogStore> =
            Arc::new(SqliteStore::open(&self.relay_dir(), Purpose::Serve).await.unwrap());
        let mut config = Config::new(vec![RELAY_NAME.to_owned()]);
        config.rates = None;
        config.directory = self.directory.load(Ordering::Relaxed);
        let clock = self.clock.clone();
        config.clock = Arc::new(move || clock.load(Ordering::Relaxed));
        self.line.plug(Relay::open(config, store));
    }

    /// Whoever hosts the relay decides whether it keeps a directory of people.
    pub async fn keeps_directory(&self, on: bool) {
        self.directory.store(on, Ordering::Relaxed);
        self.stop_relay().await;
        self.start_relay().await;
    }

    pub fn relay_runs(&self) -> bool {
        self.line.relay().is_some()
    }

    /// A wire of one's own to the relay: for who does not use the app.
    pub fn wire(&self) -> Line {
        self.line.with_faults(Faults::default())
    }

    /// From now on everything that crosses any wire is kept.
    pub fn record(&self) {
        self.line.record();
    }

    /// What crossed the wires since [`World::record`]: bodies of requests, answers and frames.
    pub fn traffic(&self) -> Vec<Vec<u8>> {
        self.line.recorded()
    }

    /// Takes the relay away; what it had accepted is on its disk.
    pub async fn stop_relay(&self) {
        if let Some(relay) = self.line.unplug() {
            relay.close().await;
        }
    }

    /// The relay loses its disk, and an empty one stands in its place.
    pub async fn lose_relay(&self) {
        self.stop_relay().await;
        std::fs::remove_dir_all(self.relay_dir()).unwrap();
        self.start_relay().await;
    }

    /// Keeps a copy of what the relay has now.
    pub async fn keep_relay(&self) {
        self.stop_relay().await;
        copy(&self.relay_dir(), &self.relay_dir().with_extension("kept")).unwrap();
        self.start_relay().await;
    }

    /// Puts the relay back to where it was when it was last kept.
    pub async fn put_relay_back(&self) {
        self.stop_relay().await;
        copy(&self.relay_dir().with_extension("kept"), &self.relay_dir()).unwrap();
        self.start_relay().await;
    }

    /// The clock of the world goes on by so many seconds.
    pub fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// A person with a new device.
    pub async fn person(&self, name: &str) -> Person {
        self.person_with_clock(name, 0).await
    }

    /// A person whose device's clock is wrong by so many milliseconds.
    pub async fn person_with_clock(&self, name: &str, wrong_by: i64) -> Person {
        self.person_with(name, self.options(wrong_by)).await
    }

    /// How an app is set up here, with a clock that is wrong by so many milliseconds.
    pub fn options(&self, wrong_by: i64) -> Options {
        let clock = self.clock.clone();
        Options {
            clock: Arc::new(move || clock.fetch_add(1, Ordering::Relaxed) + wrong_by),
            dates: Arc::new(|at| {
                chrono::DateTime::from_timestamp_millis(at).unwrap_or_default().date_naive()
            }),
            // Midnight is Greenwich's too.
            hours: Arc::new(|at| u16::try_from(at.div_euclid(60_000).rem_euclid(1440)).unwrap()),
            ..Options::default()
        }
    }

    /// A person whose app is set up in a special way.
    pub async fn person_with(&self, name: &str, options: Options) -> Person {
        let profile = self.dir.path().join(name);
        let new =
            NewProfile { name: name.to_owned(), relay: RELAY.to_owned(), invite: None, unlock: Unlock::File };
        let core = Core::create(&profile, new, options.clone()).await.unwrap();
        Person {
            name: name.to_owned(),
            profile,
            options,
            core: Some(core),
            wire: self.line.with_faults(Faults::default()),
        }
    }

    /// A device of a person who has lost all others, made of the recovery words. What the backup knows comes with
    /// exchanges.
    pub async fn recovers(&self, words: &str, name: &str) -> Result<Person, SyncError> {
        let wire = self.line.with_faults(Faults::default());
        let options = self.options(0);
        let recovering = Recovering::begin(words, RELAY, None)?;
        let recovered = recovering.fetch_over(&wire, (options.clock)()).await?;
        let person = recovered.name().to_owned();
        let profile = self.dir.path().join(name);
        let core = Core::recover(&profile, recovered, Unlock::File, options.clone()).await?;
        Ok(Person { name: person, profile, options, core: Some(core), wire })
    }

    /// Where everything of this world lies.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// A device made of a backup file.
    pub async fn restores(
        &self,
        file: &std::path::Path,
        passphrase: &str,
        name: &str,
    ) -> Result<Person, Error> {
        let options = self.options(0);
        let profile = self.dir.path().join(name);
        let core = Core::restore(&profile, file, passphrase, Unlock::File, options.clone()).await?;
        let wire = self.line.with_faults(Faults::default());
        Ok(Person { name: core.name().await?, profile, options, core: Some(core), wire })
    }

    /// Another device of a person, linked over the relay. What it is granted beyond its account comes with exchanges of
    /// both.
    pub async fn device_of(&self, person: &Person, name: &str) -> Person {
        let wire = self.line.with_faults(Faults::default());
        let linking = Linking::begin(RELAY, None).unwrap();
        linking.register_over(&wire).await.unwrap();
        person.core().link_device(&linking.code()).await.unwrap();
        // The new device looks when the other one has nothing else to do: else who is faster would decide.
        let mut progress = person.core().progress();
        progress.mark_unchanged();
        let looked = async {
            while progress.changed().await.is_ok() && progress.borrow_and_update().state != State::UpToDate {}
            linking.wait_over(&wire).await
        };
        let (granted, ()) = tokio::join!(looked, person.sync());
        let profile = self.dir.path().join(name);
        let options = self.options(0);
        let core = Core::link(&profile, granted.unwrap(), Unlock::File, options.clone()).await.unwrap();
        Person { name: person.name.clone(), profile, options, core: Some(core), wire }
    }
}

/// Makes the directory `to` what `from` is, file by file.
///
/// # Errors
/// When something cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// A person and one of their devices.
pub struct Person {
    pub name: String,
    pub profile: PathBuf,
    pub options: Options,
    core: Option<Core>,
    pub wire: Line,
}

impl Person {
    pub fn core(&self) -> &Core {
        self.core.as_ref().expect("the app is running")
    }

    /// Closes the app and starts it again.
    pub async fn restart(&mut self) {
        self.core.take().expect("the app is running").close().await;
        self.core = Some(Core::open(&self.profile, None, self.options.clone()).await.unwrap());
    }

    pub async fn close(&mut self) {
        self.core.take().expect("the app is running").close().await;
    }

    pub async fn open(&mut self) -> Result<(), Error> {
        self.core = Some(Core::open(&self.profile, None, self.options.clone()).await?);
        Ok(())
    }

    /// Exchanges until nothing is left.
    pub async fn sync(&self) {
        self.try_sync().await.unwrap_or_else(|error| panic!("{} syncs: {error}", self.name));
    }

    pub async fn try_sync(&self) -> Result<(), SyncError> {
        // For whoever reads what a schedule of many has led to, with RUST_LOG.
        let who = self.profile.file_name().unwrap_or_default().display();
        let exchange = self.core().sync_over(&self.wire).instrument(tracing::info_span!("exchange", %who));
        match tokio::time::timeout(ENDLESS, exchange).await {
            Ok(done) => done,
            Err(_) => {
                let chats = tables::standing(self.core()).await.join("\n  ");
                panic!("{}'s exchange never ends:\n  {chats}", self.name)
            }
        }
    }

    pub async fn creates(&self, kind: ChatKind, title: &str) -> ChatId {
        self.core().create_chat(kind, title, "", "").await.unwrap().id
    }

    pub async fn invites(&self, chat: ChatId) -> String {
        self.core().invite(self.number(chat).await).await.unwrap()
    }

    pub async fn says(&self, chat: ChatId, text: &str) {
        self.core().send_message(self.number(chat).await, text).await.unwrap();
    }

    /// The numbers `from` to `to` in this person's voice, a message each.
    pub async fn counts(&self, chat: ChatId, from: u32, to: u32) {
        for n in from..to {
            self.says(chat, &format!("{} {n}", self.name)).await;
        }
    }

    /// Puts somebody out of a chat: takes effect with the next exchange.
    pub async fn removes(&self, chat: ChatId, who: &Self) {
        let user = who.core().device().keys.user();
        self.core().remove_member(self.number(chat).await, user).await.unwrap();
    }

    /// Everything in the chat was seen.
    pub async fn reads_all(&self, chat: ChatId) {
        if let Some(last) = self.reads(chat).await.last() {
            self.core().mark_read(self.number(chat).await, last.id).await.unwrap();
        }
    }

    /// How the chat stands here; `None` before this person is let in.
    pub async fn status(&self, chat: ChatId) -> Option<Status> {
        match self.core().chat_by_id(&chat.to_string()).await {
            Ok(number) => Some(self.core().chat(number).await.unwrap().status),
            Err(_) => None,
        }
    }

    /// The chat's line in the list.
    pub async fn line(&self, chat: ChatId) -> ChatLine {
        self.core().chat(self.number(chat).await).await.unwrap()
    }

    pub async fn number(&self, chat: ChatId) -> beseda_core::domain::ChatNo {
        self.core().chat_by_id(&chat.to_string()).await.unwrap()
    }

    /// The whole chat, oldest first.
    pub async fn reads(&self, chat: ChatId) -> Vec<Message> {
        self.core().log(self.number(chat).await, u32::MAX, None).await.unwrap()
    }

    /// What a person sees: `author: text`.
    pub async fn sees(&self, chat: ChatId) -> Vec<String> {
        self.reads(chat)
            .await
            .iter()
            .map(|message| format!("{}: {}", message.author_name, message.text))
            .collect()
    }
}

/// The first one's exchange waits after so many requests until the second one has had the whole of theirs; `None`: it was
/// over before.
pub async fn sync_within(
    first: &Person,
    after: u32,
    second: &Person,
) -> (Result<(), SyncError>, Option<Result<(), SyncError>>) {
    let (reached, go_on) = first.wire.halt_before(after);
    let outer = async {
        let done = first.try_sync().await;
        first.wire.halt_no_more();
        done
    };
    let inner = async {
        let done = match reached.await {
            Ok(()) => Some(second.try_sync().await),
            Err(_) => None,
        };
        let _ = go_on.send(());
        done
    };
    tokio::join!(outer, inner)
}

/// Everybody exchanges until each has heard what the others say to the news.
pub async fn exchange(people: &[&Person]) {
    for _ in 0..3 {
        for person in people {
            person.sync().await;
        }
    }
}

/// `guest` comes into `host`'s chat by a link.
pub async fn admit(host: &Person, guest: &Person, chat: ChatId) {
    let link = host.invites(chat).await;
    guest.core().join(&link).await.unwrap();
    host.sync().await;
    guest.sync().await;
    host.sync().await;
    guest.sync().await;
    host.sync().await;
}
