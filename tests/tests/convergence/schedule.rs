//! One random schedule, and what must be true after it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::AddAssign,
};

use beseda_core::{
    domain::Place,
    store::{chats::Status, messages::Message},
};
use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{Faults, Person, World};

const PEOPLE: usize = 4;
const NAMES: [&str; PEOPLE] = ["Anna", "Boris", "Clara", "Dmitri"];
/// Rounds in which everybody syncs once; news need two to arrive and be answered, a person who joins four.
const ROUNDS: u32 = 16;

/// SplitMix64: the same schedule from the same seed on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// What happened in schedules, so that a test can see that something did.
#[derive(Debug, Default, Clone, Copy)]
pub struct Seen {
    pub messages: usize,
    pub failed: usize,
    pub admitted: usize,
    pub removed: usize,
    /// Let in again.
    pub back: usize,
    /// Exchanges that ended before they were done.
    pub cut: usize,
    pub lost: usize,
}

impl AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.failed += other.failed;
        self.admitted += other.admitted;
        self.removed += other.removed;
        self.back += other.back;
        self.cut += other.cut;
        self.lost += other.lost;
    }
}

struct Chat {
    id: ChatId,
    creator: usize,
    /// Who asked to be let in (the creator too).
    came: BTreeSet<usize>,
    removed: BTreeSet<usize>,
    /// What each person said, in the order they said it.
    said: BTreeMap<usize, Vec<String>>,
}

/// Says which schedule it was when a test fails, at whatever line.
struct Story {
    seed: u64,
    steps: Vec<String>,
}

impl Drop for Story {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("BESEDA_SEED={} fails after:\n  {}", self.seed, self.steps.join("\n  "));
        }
    }
}

pub struct Schedule {
    story: Story,
    dice: Dice,
    world: World,
    people: Vec<Person>,
    chats: Vec<Chat>,
    seen: Seen,
}

impl Schedule {
    /// Two or more people, one or two chats by different people, nobody let in yet.
    pub async fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let world = World::new().await;
        let (people, chats) = (2 + dice.below(PEOPLE - 1), 1 + dice.below(2));
        let mut schedule = Self {
            story: Story { seed, steps: vec![] },
            dice,
            world,
            people: vec![],
            chats: vec![],
            seen: Seen::default(),
        };
        for name in &NAMES[..people] {
            // Everybody's clock is wrong in their own way, by up to a year.
            let wrong_by = schedule.dice.below(63_072_000) as i64 - 31_536_000;
            schedule.people.push(schedule.world.person_with_clock(name, wrong_by * 1000).await);
        }
        for n in 0..chats {
            let creator = n % people;
            let id = schedule.people[creator].creates(ChatKind::Group, &format!("Chat {n}")).await;
            let came = [creator].into();
            schedule.chats.push(Chat { id, creator, came, removed: BTreeSet::new(), said: BTreeMap::new() });
        }
        schedule
    }

    fn note(&mut self, step: String) {
        self.story.steps.push(step);
    }

    pub async fn step(&mut self) {
        let who = self.dice.below(self.people.len());
        let chat = self.dice.below(self.chats.len());
        let name = self.people[who].name.clone();
        match self.dice.below(100) {
            0..30 => self.says(who, chat).await,
            30..60 => {
                self.note(format!("{name} syncs"));
                self.syncs(who, Faults::default()).await;
            }
            60..68 => {
                let faults = Faults { lose_answer: Some(self.dice.below(10) as u32), ..Faults::default() };
                self.note(format!("{name} syncs with {faults:?}"));
                self.syncs(who, faults).await;
            }
            68..75 => {
                let faults = Faults { cut_before: Some(self.dice.below(10) as u32), ..Faults::default() };
                self.note(format!("{name} syncs with {faults:?}"));
                self.syncs(who, faults).await;
            }
            75..79 => {
                if self.world.relay_runs() {
                    self.note("the relay stops".into());
                    self.world.stop_relay().await;
                } else {
                    self.note("the relay starts".into());
                    self.world.start_relay().await;
                }
            }
            79..83 => {
                self.note(format!("{name} restarts"));
                self.people[who].restart().await;
            }
            83..91 => self.joins(chat).await,
            91..96 => self.removes(chat).await,
            _ => {
                if self.is_in(who, chat).await {
                    self.note(format!("{name} reads chat {chat}"));
                    self.people[who].reads_all(self.chats[chat].id).await;
                }
            }
        }
        self.world.advance(self.dice.below(100) as i64);
    }

    async fn is_in(&self, who: usize, chat: usize) -> bool {
        self.people[who].status(self.chats[chat].id).await == Some(Status::Active)
    }

    async fn says(&mut self, who: usize, chat: usize) {
        if !self.is_in(who, chat).await {
            return;
        }
        for _ in 0..=self.dice.below(3) {
            let id = self.chats[chat].id;
            let said = self.chats[chat].said.entry(who).or_default();
            let text = format!("{} {}", self.people[who].name, said.len());
            said.push(text.clone());
            self.note(format!("chat {chat}: {text}"));
            self.people[who].says(id, &text).await;
        }
    }

    async fn syncs(&mut self, who: usize, faults: Faults) {
        let person = &self.people[who];
        person.wire.set(faults);
        let done = person.try_sync().await;
        person.wire.set(Faults::default());
        if done.is_err() && self.world.relay_runs() {
            self.seen.cut += usize::from(faults.cut_before.is_some());
            self.seen.lost += usize::from(faults.lose_answer.is_some());
        }
        if faults.cut_before.is_none() && faults.lose_answer.is_none() {
            assert!(done.is_ok() || !self.world.relay_runs(), "{}: {done:?}", self.people[who].name);
        }
    }

    /// Somebody asks to come in who never did, or who knows that they were put out.
    async fn joins(&mut self, chat: usize) {
        let mut outside = vec![];
        for (who, person) in self.people.iter().enumerate() {
            let came = self.chats[chat].came.contains(&who);
            if !came || person.status(self.chats[chat].id).await == Some(Status::Removed) {
                outside.push((who, came));
            }
        }
        if outside.is_empty() {
            return;
        }
        let (who, came) = outside[self.dice.below(outside.len())];
        let creator = self.chats[chat].creator;
        let link = self.people[creator].invites(self.chats[chat].id).await;
        self.note(format!("{} asks to join chat {chat}", self.people[who].name));
        self.people[who].core().join(&link).await.unwrap();
        self.chats[chat].came.insert(who);
        self.chats[chat].removed.remove(&who);
        self.seen.admitted += 1;
        self.seen.back += usize::from(came);
    }

    /// The creator puts somebody out.
    async fn removes(&mut self, chat: usize) {
        let (id, creator) = (self.chats[chat].id, self.chats[chat].creator);
        let others: Vec<_> = self.chats[chat].came.difference(&self.chats[chat].removed).copied().collect();
        let who = others[self.dice.below(others.len())];
        if who == creator {
            return;
        }
        let host = &self.people[creator];
        let members = host.core().members(host.number(id).await).await.unwrap();
        let user = self.people[who].core().device().keys.user();
        if !members.iter().any(|member| member.user == user.as_bytes()) {
            return;
        }
        self.note(format!("{} is put out of chat {chat}", self.people[who].name));
        self.people[creator].removes(id, &self.people[who]).await;
        self.chats[chat].removed.insert(who);
        self.seen.removed += 1;
    }

    /// Everything works again, and everybody syncs until nobody hears anything new.
    pub async fn come_together(&mut self) {
        if !self.world.relay_runs() {
            self.world.start_relay().await;
        }
        let (mut before, mut unchanged) = (vec![], 0);
        for _ in 0..ROUNDS {
            for person in &self.people {
                person.sync().await;
            }
            let mut now = vec![];
            for (person, chat) in self.people.iter().flat_map(|p| self.chats.iter().map(move |c| (p, c))) {
                let status = person.status(chat.id).await;
                let log = if status.is_some() { person.reads(chat.id).await } else { vec![] };
                now.push((status, log));
            }
            // A request to join shows only when it is answered, two rounds later.
            unchanged = if now == before { unchanged + 1 } else { 0 };
            if unchanged == 3 {
                return;
            }
            before = now;
        }
        panic!("it does not become quiet");
    }

    pub async fn check(&mut self) -> Seen {
        for n in 0..self.chats.len() {
            self.check_chat(n).await;
        }
        self.seen
    }

    /// A thousand schedules would have too many files open.
    pub async fn close(mut self) {
        for person in &mut self.people {
            person.close().await;
        }
        self.world.stop_relay().await;
    }

    async fn check_chat(&mut self, n: usize) {
        let chat = &self.chats[n];
        let host = &self.people[chat.creator];
        let log = host.reads(chat.id).await;
        let members = host.core().members(host.number(chat.id).await).await.unwrap();
        let current: BTreeSet<_> = chat.came.difference(&chat.removed).copied().collect();
        let names: BTreeSet<_> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, current.iter().map(|who| NAMES[*who]).collect(), "chat {n}");

        for who in &current {
            let person = &self.people[*who];
            let line = person.line(chat.id).await;
            assert_eq!(line.status, Status::Active, "{} is in chat {n}", person.name);
            assert_eq!(line.title, format!("Chat {n}"));
            assert_eq!(line.members as usize, current.len());
            let number = line.number;
            assert_eq!(person.core().quarantine(number).await.unwrap(), [], "{}", person.name);
            assert_eq!(line.quarantined, 0);
            assert_eq!(person.reads(chat.id).await, log, "{} reads the same in chat {n}", person.name);
            assert_eq!(person.core().members(number).await.unwrap(), members, "{}", person.name);
            assert_eq!(person.core().sync_status().await.unwrap().waiting, 0, "{}", person.name);
            check_unread(person, chat.id, &log).await;
            check_rebuild(person, chat.id).await;
        }
        assert!(log.iter().all(|message| message.failed == 0 && !message.place.is_queued()));

        // Nobody else's words, nobody's twice, each author's in their order.
        let mut accepted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for message in &log {
            accepted.entry(&message.author_name).or_default().push(&message.text);
        }
        for (who, said) in &chat.said {
            let accepted = accepted.remove(NAMES[*who]).unwrap_or_default();
            if current.contains(who) {
                assert_eq!(&accepted, said, "{} in chat {n}", NAMES[*who]);
                continue;
            }
            let (before, after) = said.split_at(accepted.len());
            assert_eq!(accepted, before, "what {} said before being put out of chat {n}", NAMES[*who]);
            check_removed(&self.people[*who], chat.id, &log, after).await;
            self.seen.failed += after.len();
        }
        assert!(accepted.is_empty(), "{accepted:?}");
        self.seen.messages += log.len();
    }
}

/// Somebody who was put out: reads what came until then, and sees which words were not sent.
async fn check_removed(person: &Person, chat: ChatId, log: &[Message], unsent: &[String]) {
    assert_eq!(person.status(chat).await, Some(Status::Removed), "{}", person.name);
    let read = person.reads(chat).await;
    let (read, queued): (Vec<_>, Vec<_>) = read.into_iter().partition(|message| !message.place.is_queued());
    assert_eq!(read, log[..read.len()], "{} keeps the beginning of the chat", person.name);
    assert!(queued.iter().all(|message| message.failed == 1), "{} is told so: {queued:?}", person.name);
    let failed: Vec<_> = queued.iter().map(|message| message.text.as_str()).collect();
    // Words whose acceptance they never heard of may be among them, before the others.
    assert!(
        failed.ends_with(&unsent.iter().map(String::as_str).collect::<Vec<_>>()),
        "{failed:?} {unsent:?}"
    );
}

async fn check_unread(person: &Person, chat: ChatId, log: &[Message]) {
    let line = person.line(chat).await;
    let state = {
        let mut reader = person.core().device().store.readers().acquire().await.unwrap();
        beseda_core::store::chats::state(&mut reader, line.number).await.unwrap()
    };
    let joined = Place::accepted(state.joined_at, 0).unwrap();
    let read = state.read.max(joined);
    let me = person.core().device().keys.user();
    let unread = log.iter().filter(|message| message.author != me && message.place > read).count();
    assert_eq!(line.unread as usize, unread, "{}", person.name);
}

/// The rows are what the changes say.
async fn check_rebuild(person: &Person, chat: ChatId) {
    let number = person.number(chat).await;
    let rows = async || {
        (
            person.reads(chat).await,
            person.core().members(number).await.unwrap(),
            format!("{:?}", person.line(chat).await),
        )
    };
    let before = rows().await;
    person.core().rebuild().await.unwrap();
    assert_eq!(before, rows().await, "{}", person.name);
}
