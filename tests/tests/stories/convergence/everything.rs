//! Random schedules of everything at once: people come into chats, leave, are put out and come back, change roles, write and
//! change what they wrote, link and lose devices, carry files between them; the relay stops, loses its disk, goes back to
//! what it was; requests are cut, answers lost, clocks jump.
//!
//! Nothing is foretold: what must be true afterwards is that all agree, that nobody has done what they may not, and that
//! what was accepted is there.

mod check;
mod devices;

use std::collections::{BTreeMap, BTreeSet};

use beseda_core::{Error, actions::create_chat::NewChat, store::chats::Status};
use beseda_protocol::{
    ChatId, UserId,
    membership::{ChatKind, History, Rights, Who},
};
use beseda_tests::world::{Dice, Faults, Person, World, sync_within};

use super::Story;

const NAMES: [&str; 4] = ["Anna", "Boris", "Clara", "Dmitri"];
const DEVICES: usize = 3;
const CHATS: usize = 4;

/// What each long run has a few times.
pub const HAPPENS: &[&str] = &[
    "says",
    "edits",
    "deletes",
    "reacts",
    "pins",
    "saves",
    "creates",
    "asks in",
    "puts out",
    "leaves",
    "changes roles",
    "links",
    "removes a device",
    "loses all devices",
    "carries",
    "relay goes back",
    "relay loses all",
    "clocks jump",
    "exchanges",
    "exchanges at once",
    "exchanges that fail",
    "messages at the end",
    "devices inside at the end",
];

/// What happened, so that a test can see that something did.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    pub done: BTreeMap<&'static str, usize>,
}

impl Seen {
    fn count(&mut self, what: &'static str) {
        self.add_times(what, 1);
    }

    fn add_times(&mut self, what: &'static str, times: usize) {
        *self.done.entry(what).or_default() += times;
    }

    pub fn add(&mut self, other: &Self) {
        for (what, times) in &other.done {
            *self.done.entry(what).or_default() += times;
        }
    }

    #[must_use]
    pub fn of(&self, what: &str) -> usize {
        self.done.get(what).copied().unwrap_or_default()
    }
}

struct Device {
    person: Person,
    /// Which of its person's devices it is, from the first one on.
    number: usize,
    /// What was said on it and not taken back.
    said: Vec<(usize, String)>,
}

struct Owner {
    name: &'static str,
    words: String,
    devices: Vec<Device>,
    /// Devices that this person has removed, in whoever's hands they are now: they go on trying.
    stolen: Vec<Person>,
    /// How many there have been.
    ever: usize,
}

struct Chat {
    id: ChatId,
    title: String,
    closed: bool,
}

pub struct Schedule {
    story: Story,
    losses: bool,
    dice: Dice,
    world: World,
    owners: Vec<Owner>,
    chats: Vec<Chat>,
    /// What a relay that has lost nothing yet has accepted: of which chat, and the words.
    accepted: BTreeSet<(usize, String)>,
    /// The relay has lost something, and what only it had with that.
    relay_lost: bool,
    kept: bool,
    /// Who has lost all devices since the relay was kept, and how often.
    returned: BTreeMap<usize, usize>,
    /// Texts that somebody has deleted for everyone.
    deleted: BTreeSet<String>,
    seen: Seen,
}

impl Schedule {
    /// Three or four people, an open and a closed group that two of them have made, nobody let in yet.
    ///
    /// `losses`: the relay may lose its disk, or go back to what it was.
    pub async fn new(seed: u64, losses: bool) -> Self {
        let mut dice = Dice::new(seed);
        let world = World::repeatable(seed).await;
        let mut owners = vec![];
        for name in &NAMES[..3 + dice.below(2)] {
            let wrong_by = dice.below(7_200_000) as i64 - 3_600_000;
            let person = world.person_with_clock(name, wrong_by).await;
            let words = person.core().recovery_words().await.unwrap().to_string();
            let first = Device { person, number: 0, said: vec![] };
            owners.push(Owner { name, words, devices: vec![first], stolen: vec![], ever: 1 });
        }
        let mut schedule = Self {
            story: Story::new(seed),
            losses,
            dice,
            world,
            owners,
            chats: vec![],
            accepted: BTreeSet::new(),
            relay_lost: false,
            kept: false,
            returned: BTreeMap::new(),
            deleted: BTreeSet::new(),
            seen: Seen::default(),
        };
        schedule.creates(0, 0).await;
        schedule.creates(1, 0).await;
        for guest in 1..schedule.owners.len() {
            schedule.asks_in(guest, 0, 0).await;
        }
        for _ in 0..2 {
            for who in 0..schedule.owners.len() {
                schedule.owners[who].devices[0].person.sync().await;
            }
        }
        schedule
    }

    /// What has happened, and what it has led to.
    pub fn steps(&self) -> Vec<String> {
        self.story.steps.clone()
    }

    fn note(&mut self, step: String) {
        self.story.note(step);
    }

    fn person(&self, who: usize, at: usize) -> &Person {
        &self.owners[who].devices[at].person
    }

    fn label(&self, who: usize, at: usize) -> String {
        format!("{} {}", self.owners[who].name, self.owners[who].devices[at].number)
    }

    pub async fn step(&mut self) {
        self.world.turn();
        let who = self.dice.below(self.owners.len());
        let at = self.dice.below(self.owners[who].devices.len());
        let chat = self.dice.below(self.chats.len());
        match self.dice.below(200) {
            0..46 => self.says(who, at, chat).await,
            46..64 => self.acts(who, at, chat).await,
            64..115 => self.syncs(who, at).await,
            115..130 => self.sync_at_once(who, at).await,
            130..136 => self.stops_or_starts().await,
            136..142 => {
                let label = self.label(who, at);
                self.note(format!("{label} restarts"));
                self.owners[who].devices[at].person.restart().await;
            }
            142..150 => self.relay_forgets().await,
            150..153 => self.creates(who, at).await,
            153..164 => self.asks_in(who, at, chat).await,
            164..169 => self.puts_out(who, at, chat).await,
            169..171 => self.leaves(who, at, chat).await,
            171..178 => self.changes_roles(who, at, chat).await,
            178..182 => self.links(who, at).await,
            182..185 => self.removes_device(who, at).await,
            185..187 => self.loses_all(who).await,
            187..192 => self.carries(who, at).await,
            192..194 => {
                // Set back, the clock of a relay that is filled again gives times that others do not have.
                let back = if self.tame() { 3_600 } else { 0 };
                let seconds = self.dice.below(90_000) as i64 - back;
                self.note(format!("the clocks jump by {seconds} s"));
                self.world.advance(seconds);
                self.seen.count("clocks jump");
            }
            _ => self.reads(who, at, chat).await,
        }
        self.world.advance(self.dice.below(100) as i64);
    }

    /// Who is asked there whether they want to be in the chat says yes.
    async fn is_in(&self, who: usize, at: usize, chat: usize) -> bool {
        let (person, id) = (self.person(who, at), self.chats[chat].id);
        let inside = person.status(id).await == Some(Status::Active);
        if inside {
            accept(person, id).await;
        }
        inside
    }

    /// Whether this device takes its person for an admin, and for the owner.
    async fn standing(&self, who: usize, at: usize, chat: usize) -> (bool, bool) {
        let person = self.person(who, at);
        let user = person.user();
        let members = person.core().members(person.number(self.chats[chat].id).await).await.unwrap();
        let own = members.iter().find(|member| member.user == user.as_bytes());
        own.map_or((false, false), |own| (own.admin, own.owner))
    }

    async fn says(&mut self, who: usize, at: usize, chat: usize) {
        if !self.is_in(who, at, chat).await || self.leaving(who, at, chat).await {
            return;
        }
        let label = self.label(who, at);
        let id = self.chats[chat].id;
        for _ in 0..=self.dice.below(3) {
            let device = &mut self.owners[who].devices[at];
            // With an end, so that none is the beginning of another; edits add to it.
            let text = format!("{label}: {}.", device.said.len());
            match device.person.core().send_message(device.person.number(id).await, text.as_str()).await {
                Ok(_) => device.said.push((chat, text.clone())),
                Err(Error::Forbidden(_) | Error::DeviceRemoved) => return,
                Err(error) => panic!("{label}: {error}"),
            }
            self.seen.count("says");
            self.note(format!("in chat {chat}: {text}"));
        }
    }

    async fn leaving(&self, who: usize, at: usize, chat: usize) -> bool {
        use beseda_core::store::chats::Leaving;
        self.person(who, at).line(self.chats[chat].id).await.leaving != Leaving::No
    }

    /// Somebody does something to one of the last messages.
    async fn acts(&mut self, who: usize, at: usize, chat: usize) {
        if !self.is_in(who, at, chat).await {
            return;
        }
        let label = self.label(who, at);
        let person = self.person(who, at);
        let number = person.number(self.chats[chat].id).await;
        let all = person.reads(self.chats[chat].id).await;
        if all.is_empty() {
            return;
        }
        let (admin, _) = self.standing(who, at, chat).await;
        let message = all[all.len() - 1 - self.dice.below(all.len().min(5))].clone();
        let (kind, on) = (self.dice.below(5), self.dice.below(3) > 0);
        let emoji = ["👍", "🎉"][self.dice.below(2)];
        let person = self.person(who, at);
        let core = person.core();
        let mine = message.author == person.user();
        let done = match kind {
            0 => core.edit_message(number, message.id, &format!("{} Edited.", message.text), vec![]).await,
            1 => core.delete_for_everyone(number, message.id).await,
            2 => core.react(number, message.id, emoji, on).await,
            3 => core.pin_message(number, message.id, on).await,
            _ => core.save_message(message.id, on).await,
        };
        let what = ["edits", "deletes", "reacts", "pins", "saves"][kind];
        self.note(format!("{label} {what} {:?} of chat {chat}: {:?}", message.text, done.as_ref().err()));
        match done {
            Ok(()) => {
                assert!(kind != 0 || mine, "{label} edits what somebody else has said");
                assert!(kind != 1 || mine || admin, "{label} deletes what somebody else has said");
                if kind == 1 {
                    self.deleted.extend(base(&message.text).map(str::to_owned));
                }
                self.seen.count(what);
            }
            Err(
                Error::NotYours
                | Error::NotMember
                | Error::NoSuchMessage
                | Error::BadText(_)
                | Error::Forbidden(_)
                | Error::DeviceRemoved,
            ) => {}
            Err(error) => panic!("{label} {what}: {error}"),
        }
    }

    async fn reads(&mut self, who: usize, at: usize, chat: usize) {
        if self.is_in(who, at, chat).await {
            let label = self.label(who, at);
            self.note(format!("{label} reads chat {chat}"));
            let person = self.person(who, at);
            let id = self.chats[chat].id;
            if let Some(last) = person.reads(id).await.last() {
                match person.core().mark_read(person.number(id).await, last.id).await {
                    Ok(()) | Err(Error::DeviceRemoved) => {}
                    Err(error) => panic!("{label}: {error}"),
                }
            }
        }
    }

    async fn syncs(&mut self, who: usize, at: usize) {
        let faults = match self.dice.below(4) {
            0 => Faults { lose_answer: Some(self.dice.below(12) as u32), ..Faults::default() },
            1 => Faults { cut_before: Some(self.dice.below(12) as u32), ..Faults::default() },
            _ => Faults::default(),
        };
        let label = self.label(who, at);
        self.note(format!("{label} syncs with {faults:?}"));
        let person = self.person(who, at);
        person.wire.set(faults);
        let done = person.try_sync().await;
        person.wire.set(Faults::default());
        if self.world.relay_runs() && faults.cut_before.is_none() && faults.lose_answer.is_none() {
            assert!(done.is_ok(), "{label}: {done:?}");
        }
        self.seen.count(if done.is_ok() { "exchanges" } else { "exchanges that fail" });
        self.note_accepted(who, at).await;
    }

    /// In the middle of one device's exchange another one has the whole of its own.
    async fn sync_at_once(&mut self, who: usize, at: usize) {
        let other = self.dice.below(self.owners.len());
        let of = self.dice.below(self.owners[other].devices.len());
        let after = self.dice.below(16) as u32;
        if (who, at) == (other, of) {
            return;
        }
        self.note(format!(
            "{} syncs, and after {after} requests {} does",
            self.label(who, at),
            self.label(other, of)
        ));
        let (first, second) = (self.person(who, at), self.person(other, of));
        let (outer, inner) = sync_within(first, after, second).await;
        if self.world.relay_runs() {
            assert!(outer.is_ok(), "{}: {outer:?}", self.label(who, at));
            assert!(!matches!(inner, Some(Err(_))), "{}: {inner:?}", self.label(other, of));
        }
        self.seen.count("exchanges at once");
        self.note_accepted(who, at).await;
        self.note_accepted(other, of).await;
    }

    async fn stops_or_starts(&mut self) {
        self.note("the relay stops or starts".into());
        if self.world.relay_runs() {
            self.world.stop_relay().await;
        } else {
            self.world.start_relay().await;
        }
    }

    /// The relay loses its disk, or goes back to what it was when it was last kept.
    async fn relay_forgets(&mut self) {
        // The only admin and the relay at once are more than a chat survives (decision 0019).
        if self.coming_back().await {
            return;
        }
        // Who has come back twice knows the slot key before the second time, and not the one before the first (decision 0019).
        let knows_them = self.returned.values().all(|times| *times < 2);
        match self.dice.below(8) {
            0..4 => {
                self.note("the relay is kept".into());
                self.world.keep_relay().await;
                self.kept = true;
                self.returned.clear();
            }
            4..6 if !knows_them => {}
            4..6 if self.kept && !self.tame() => {
                self.note("the relay goes back to what was kept".into());
                self.world.put_relay_back().await;
                self.relay_lost = true;
                self.seen.count("relay goes back");
            }
            _ if !self.tame() => {
                self.note("the relay loses everything".into());
                self.world.lose_relay().await;
                self.relay_lost = true;
                self.seen.count("relay loses all");
            }
            _ => {}
        }
    }

    /// The relay keeps what it has, so that one sees whether it keeps all it has accepted.
    fn tame(&self) -> bool {
        !self.losses
    }

    /// Whether somebody who has lost all devices is not yet in where they were.
    async fn coming_back(&self) -> bool {
        for device in self.owners.iter().flat_map(|owner| &owner.devices) {
            let mut reader = device.person.core().device().store.readers().acquire().await.unwrap();
            if !beseda_core::store::backup::returns(&mut reader).await.unwrap().is_empty() {
                return true;
            }
        }
        false
    }

    async fn creates(&mut self, who: usize, at: usize) {
        if self.chats.len() == CHATS || self.person(who, at).core().is_removed().await.unwrap() {
            return;
        }
        let closed = self.chats.len() % 2 == 1;
        let title = format!("Chat {}", self.chats.len());
        let history = if closed { History::FromJoining } else { History::All };
        let new = NewChat { kind: ChatKind::Group, title: &title, description: "", category: "", history };
        let id = match self.person(who, at).core().create_chat_with(&new).await {
            Ok(line) => line.id,
            Err(Error::DeviceRemoved) => return,
            Err(error) => panic!("{title}: {error}"),
        };
        let label = self.label(who, at);
        self.note(format!("{label} creates chat {}", self.chats.len()));
        self.chats.push(Chat { id, title, closed });
        self.seen.count("creates");
    }

    /// Somebody asks to be let in with a link of whoever gives one.
    async fn asks_in(&mut self, who: usize, at: usize, chat: usize) {
        let id = self.chats[chat].id;
        let status = self.person(who, at).status(id).await;
        if matches!(status, Some(Status::Active | Status::Asking)) || self.asks(who, at).await {
            return;
        }
        let hosts: Vec<(usize, usize)> = self
            .owners
            .iter()
            .enumerate()
            .flat_map(|(host, owner)| (0..owner.devices.len()).map(move |device| (host, device)))
            .filter(|(host, _)| *host != who)
            .collect();
        for (host, device) in hosts {
            if !self.is_in(host, device, chat).await {
                continue;
            }
            let (admin, _) = self.standing(host, device, chat).await;
            let person = self.person(host, device);
            let link = match person.core().invite(person.number(id).await).await {
                Ok(link) => link,
                Err(Error::Forbidden(_) | Error::DeviceRemoved | Error::NotMember) => continue,
                Err(error) => panic!("{error}"),
            };
            let rights = person.line(id).await.rights;
            assert!(admin || rights.add == Some(Who::Everyone), "{} lets in who may not", person.name);
            let label = self.label(who, at);
            match self.person(who, at).core().join(&link).await {
                Ok(_) => {
                    let host = self.label(host, device);
                    self.note(format!("{label} asks {host} to be let into chat {chat}"));
                    self.seen.count("asks in");
                }
                Err(Error::DeviceRemoved | Error::BadText(_)) => {}
                Err(error) => panic!("{label} asks: {error}"),
            }
            return;
        }
    }

    /// Whether this device waits for somebody already.
    async fn asks(&self, who: usize, at: usize) -> bool {
        let waiting = self.person(who, at).core().chats().await.unwrap();
        waiting.iter().any(|line| line.status == Status::Asking)
    }

    fn any_user(&mut self) -> (usize, UserId) {
        let whom = self.dice.below(self.owners.len());
        (whom, self.person(whom, 0).user())
    }

    async fn puts_out(&mut self, who: usize, at: usize, chat: usize) {
        let (whom, user) = self.any_user();
        if !self.is_in(who, at, chat).await || whom == who {
            return;
        }
        let (admin, _) = self.standing(who, at, chat).await;
        let person = self.person(who, at);
        let done = person.core().remove_member(person.number(self.chats[chat].id).await, user).await;
        let label = self.label(who, at);
        self.note(format!("{label} puts {} out of chat {chat}: {:?}", NAMES[whom], done.as_ref().err()));
        self.told(done, admin, "puts out");
    }

    /// What somebody asked for, who may or may not.
    fn told(&mut self, done: Result<(), Error>, may: bool, what: &'static str) {
        match done {
            Ok(()) => {
                assert!(may, "somebody {what} who may not");
                self.seen.count(what);
            }
            Err(
                Error::Forbidden(_)
                | Error::NoSuchMember
                | Error::NotMember
                | Error::BadText(_)
                | Error::DeviceRemoved
                | Error::NotAccepted,
            ) => {}
            Err(error) => panic!("{what}: {error}"),
        }
    }

    async fn leaves(&mut self, who: usize, at: usize, chat: usize) {
        if !self.is_in(who, at, chat).await {
            return;
        }
        let person = self.person(who, at);
        let done = person.core().leave_chat(person.number(self.chats[chat].id).await).await;
        let label = self.label(who, at);
        self.note(format!("{label} leaves chat {chat}: {:?}", done.as_ref().err()));
        self.told(done, true, "leaves");
    }

    async fn changes_roles(&mut self, who: usize, at: usize, chat: usize) {
        let (whom, user) = self.any_user();
        if !self.is_in(who, at, chat).await {
            return;
        }
        let (admin, owner) = self.standing(who, at, chat).await;
        let (kind, on) = (self.dice.below(8), self.dice.below(4) > 0);
        let open = |one: usize| [None, Some(Who::Admins), Some(Who::Everyone)][one];
        let rights =
            Rights { add: open(self.dice.below(3)), pin: open(self.dice.below(3)), ..Rights::default() };
        let person = self.person(who, at);
        let (core, number) = (person.core(), person.number(self.chats[chat].id).await);
        let (done, may) = match kind {
            0..5 => (core.set_admin(number, user, on).await, admin),
            5 => (core.hand_over(number, user).await, owner),
            _ => (core.set_rights(number, rights).await, admin),
        };
        let label = self.label(who, at);
        self.note(format!(
            "{label} changes roles of chat {chat} ({kind}, {}, {on}): {:?}",
            NAMES[whom],
            done.as_ref().err()
        ));
        self.told(done, may, "changes roles");
    }

    /// A thousand schedules would have too many files open.
    pub async fn close(mut self) -> Seen {
        for owner in &mut self.owners {
            for device in &mut owner.devices {
                device.person.close().await;
            }
            for person in &mut owner.stolen {
                person.close().await;
            }
        }
        self.world.stop_relay().await;
        self.seen.clone()
    }
}

/// They want to be in the chat, if they are asked.
async fn accept(person: &Person, chat: ChatId) {
    match person.core().accept(person.number(chat).await).await {
        Ok(()) | Err(Error::DeviceRemoved) => {}
        Err(error) => panic!("{}: {error}", person.name),
    }
}

/// What was said first, without what edits have added.
fn base(text: &str) -> Option<&str> {
    text.find('.').map(|end| &text[..=end])
}
