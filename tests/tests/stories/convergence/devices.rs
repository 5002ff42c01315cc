//! Random schedules of people with several devices: they link, remove and lose them, bring everything back with the words,
//! write on whichever is at hand, while requests are lost and the relay comes and goes.

use std::collections::{BTreeMap, BTreeSet};

use beseda_core::{Error, actions::create_chat::NewChat, store::chats::Status, sync::engine::SyncError};
use beseda_protocol::{
    ChatId, DeviceId, MessageId,
    membership::{ChatKind, History},
};
use beseda_tests::world::{Dice, Faults, Person, World, admit, exchange, tables::rebuilt};

use super::Story;

const NAMES: [&str; 3] = ["Anna", "Boris", "Clara"];
const DEVICES: usize = 3;
const ROUNDS: u32 = 24;

/// What happened, so that a test can see that something did.
#[derive(Debug, Default, Clone, Copy)]
pub struct Seen {
    pub linked: usize,
    pub removed: usize,
    /// All devices of a person, and everything brought back.
    pub lost: usize,
    pub messages: usize,
    pub saved: usize,
}

struct Owner {
    name: &'static str,
    words: String,
    devices: Vec<Person>,
    /// How many there have been.
    ever: usize,
    /// What was said on devices that are there still.
    said: BTreeMap<usize, Vec<(ChatId, String)>>,
    /// Which of `devices` is which key of `said`.
    numbers: Vec<usize>,
}

impl Owner {
    /// The devices that this person has by the word of those that are in the notes.
    async fn known(&self) -> BTreeSet<DeviceId> {
        let mut known = BTreeSet::new();
        for device in &self.devices {
            let notes = device.core().notes().await.unwrap();
            if notes.is_some_and(|notes| notes.status == Status::Active) {
                known.extend(device.core().devices().await.unwrap().into_iter().map(|device| device.device));
            }
        }
        known
    }
}

pub struct Schedule {
    story: Story,
    dice: Dice,
    world: World,
    owners: Vec<Owner>,
    chats: Vec<ChatId>,
    seen: Seen,
}

impl Schedule {
    /// Three people in a group, and two in another, one of them closed to newcomers.
    pub async fn new(seed: u64) -> Self {
        let world = World::repeatable(seed).await;
        let mut owners = vec![];
        for name in NAMES {
            let device = world.person(name).await;
            let words = device.core().recovery_words().await.unwrap().to_string();
            owners.push(Owner {
                name,
                words,
                devices: vec![device],
                ever: 1,
                said: BTreeMap::new(),
                numbers: vec![0],
            });
        }
        let mut chats = vec![];
        for (n, history) in [History::All, History::FromJoining].into_iter().enumerate() {
            let new =
                NewChat { kind: ChatKind::Group, title: "Trip", description: "", category: "", history };
            let host = &owners[n].devices[0];
            let chat = host.core().create_chat_with(&new).await.unwrap().id;
            for guest in owners.iter().filter(|owner| owner.name != NAMES[n]).take(2 - n) {
                admit(host, &guest.devices[0], chat).await;
            }
            chats.push(chat);
        }
        let all: Vec<&Person> = owners.iter().map(|owner| &owner.devices[0]).collect();
        exchange(&all).await;
        exchange(&all).await;
        Self { story: Story::new(seed), dice: Dice::new(seed), world, owners, chats, seen: Seen::default() }
    }

    fn note(&mut self, step: String) {
        self.story.note(step);
    }

    pub async fn step(&mut self) {
        self.world.turn();
        let who = self.dice.below(self.owners.len());
        let at = self.dice.below(self.owners[who].devices.len());
        let label = format!("{}'s {}", self.owners[who].name, self.owners[who].numbers[at]);
        match self.dice.below(100) {
            0..30 => self.says(who, at, &label).await,
            30..40 => self.saves(who, at, &label).await,
            40..68 => {
                let faults = match self.dice.below(4) {
                    0 => Faults { lose_answer: Some(self.dice.below(12) as u32), ..Faults::default() },
                    1 => Faults { cut_before: Some(self.dice.below(12) as u32), ..Faults::default() },
                    _ => Faults::default(),
                };
                self.note(format!("{label} syncs with {faults:?}"));
                let device = &self.owners[who].devices[at];
                device.wire.set(faults);
                let _ = device.try_sync().await;
                device.wire.set(Faults::default());
            }
            68..72 => {
                self.note("the relay stops or starts".into());
                if self.world.relay_runs() {
                    self.world.stop_relay().await;
                } else {
                    self.world.start_relay().await;
                }
            }
            72..78 => {
                self.note(format!("{label} restarts"));
                self.owners[who].devices[at].restart().await;
            }
            78..88 => self.links(who, at, &label).await,
            88..94 => self.removes(who, at, &label).await,
            _ => self.loses(who).await,
        }
        self.world.advance(self.dice.below(100) as i64);
    }

    async fn says(&mut self, who: usize, at: usize, label: &str) {
        let chat = self.chats[self.dice.below(self.chats.len())];
        let owner = &mut self.owners[who];
        if owner.devices[at].status(chat).await != Some(Status::Active) {
            return;
        }
        let number = owner.numbers[at];
        let said = owner.said.entry(number).or_default();
        let text = format!("{label}: {}", said.len());
        owner.devices[at].sends(chat, text.as_str()).await;
        said.push((chat, text.clone()));
        self.note(text);
    }

    async fn saves(&mut self, who: usize, at: usize, label: &str) {
        let device = &self.owners[who].devices[at];
        let chat = self.chats[0];
        if device.status(chat).await != Some(Status::Active) {
            return;
        }
        let all = device.reads(chat).await;
        if all.is_empty() {
            return;
        }
        let message = self.dice.of(&all).id;
        let on = self.dice.below(3) > 0;
        device.core().save_message(message, on).await.unwrap();
        self.seen.saved += 1;
        self.note(format!("{label} saves {message}: {on}"));
    }

    async fn links(&mut self, who: usize, at: usize, label: &str) {
        let count = self.owners[who].devices.len();
        if !self.world.relay_runs() || count == DEVICES {
            return;
        }
        let owner = &mut self.owners[who];
        let from = owner.devices[at].core();
        // Linked itself a moment ago, it links no other one.
        if from.is_removed().await.unwrap() || from.notes().await.unwrap().is_none() {
            return;
        }
        let name = format!("{}-{}", owner.name, owner.ever);
        let new = self.world.device_of(&owner.devices[at], &name).await;
        owner.devices.push(new);
        owner.numbers.push(owner.ever);
        owner.ever += 1;
        self.seen.linked += 1;
        self.note(format!("{label} links {name}"));
    }

    async fn removes(&mut self, who: usize, at: usize, label: &str) {
        let owner = &mut self.owners[who];
        if owner.devices.len() < 2 {
            return;
        }
        let gone = (at + 1) % owner.devices.len();
        let device = owner.devices[gone].core().device().keys.device();
        match owner.devices[at].core().remove_device(device).await {
            Ok(()) => {}
            // It has not heard of the other one.
            Err(Error::NoSuchDevice | Error::DeviceRemoved) => return,
            Err(error) => panic!("{label}: {error}"),
        }
        let mut removed = owner.devices.remove(gone);
        let number = owner.numbers.remove(gone);
        owner.said.remove(&number);
        removed.close().await;
        self.seen.removed += 1;
        self.note(format!("{label} removes {number}"));
    }

    /// Every device of a person is gone; a new one is made of the words.
    async fn loses(&mut self, who: usize) {
        if !self.world.relay_runs() {
            return;
        }
        let owner = &mut self.owners[who];
        let name = format!("{}-{}", owner.name, owner.ever);
        let new = match self.world.recovers(&owner.words, &name).await {
            Ok(new) => new,
            Err(SyncError::Store(Error::NoBackup)) => return,
            Err(error) => panic!("{name}: {error}"),
        };
        for device in &mut owner.devices {
            device.close().await;
        }
        owner.devices = vec![new];
        owner.numbers = vec![owner.ever];
        owner.said.clear();
        owner.ever += 1;
        self.seen.lost += 1;
        let step = format!("{} loses everything, and comes back as {name}", owner.name);
        self.note(step);
    }

    /// Everything works again, and everybody syncs until nobody hears anything new.
    pub async fn come_together(&mut self) {
        if !self.world.relay_runs() {
            self.world.start_relay().await;
        }
        let (mut before, mut unchanged) = (vec![], 0);
        for _ in 0..ROUNDS {
            let mut now = vec![];
            for device in self.owners.iter().flat_map(|owner| &owner.devices) {
                device.sync().await;
            }
            for device in self.owners.iter().flat_map(|owner| &owner.devices) {
                for chat in &self.chats {
                    let status = device.status(*chat).await;
                    let read = if status.is_some() { device.sees(*chat).await } else { vec![] };
                    now.push((status, read));
                }
            }
            unchanged = if now == before { unchanged + 1 } else { 0 };
            if unchanged == 3 {
                return;
            }
            before = now;
        }
        panic!("it does not become quiet");
    }

    pub async fn check(&mut self) -> Seen {
        for (n, chat) in self.chats.iter().enumerate() {
            let members: Vec<&Owner> =
                if n == 0 { self.owners.iter().collect() } else { self.owners[..2].iter().collect() };
            let mut log: Option<Vec<(MessageId, i64, String)>> = None;
            for owner in &members {
                let mut own: Option<BTreeSet<MessageId>> = None;
                let known = owner.known().await;
                for (device, number) in owner.devices.iter().zip(&owner.numbers) {
                    let label = format!("{}'s {number} in chat {n}", owner.name);
                    // Removed, or linked by one that the others removed without ever hearing of this one.
                    let this = device.core().device().keys.device();
                    if device.core().is_removed().await.unwrap() || !known.contains(&this) {
                        continue;
                    }
                    let line = device.line(*chat).await;
                    assert_eq!((line.status, line.quarantined), (Status::Active, 0), "{label}");
                    assert_eq!(line.members as usize, members.len(), "{label}");
                    let read = device.reads(*chat).await;
                    let queued = read.iter().any(|message| message.place.is_queued());
                    assert!(!queued, "{label} has sent everything");
                    let read: Vec<_> =
                        read.into_iter().map(|message| (message.id, message.place.0, message.text)).collect();
                    // By their texts: what waits is said again, under another id, when somebody comes into a closed chat.
                    let texts: BTreeSet<_> = read.iter().map(|(.., text)| text.as_str()).collect();
                    assert_eq!(texts.len(), read.len(), "{label}: nothing twice");
                    for (of, text) in owner.said.get(number).into_iter().flatten() {
                        assert!(
                            of != chat || texts.contains(text.as_str()),
                            "{label} lost what it said: {text}"
                        );
                    }
                    match &log {
                        // A member of a closed chat reads from where their person came in: the same for all devices.
                        Some(log) => assert_eq!(&read, log, "{label} reads the same"),
                        None => log = Some(read),
                    }
                    let saved = device.core().list(None, beseda_core::MessageList::Saved, None, 500).await;
                    let saved: BTreeSet<_> =
                        saved.unwrap().into_iter().map(|saved| saved.message.id).collect();
                    match &own {
                        Some(own) => assert_eq!(&saved, own, "{label} has saved the same"),
                        None => own = Some(saved),
                    }
                }
            }
            self.seen.messages += log.unwrap_or_default().len();
        }
        for device in self.owners.iter().flat_map(|owner| &owner.devices) {
            rebuilt(device).await;
        }
        self.seen
    }

    pub async fn close(mut self) {
        for device in self.owners.iter_mut().flat_map(|owner| &mut owner.devices) {
            device.close().await;
        }
        self.world.stop_relay().await;
    }
}
