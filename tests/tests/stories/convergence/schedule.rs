//! One random schedule, and what must be true after it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::AddAssign,
};

use beseda_core::{
    Error,
    actions::send_message::Outgoing,
    document::{Mention, Poll},
    store::{
        chats::Status,
        messages::{Message, flag},
    },
};
use beseda_protocol::{
    ChatId, MessageId,
    membership::{ChatKind, Rights, Who},
};
use beseda_tests::world::{
    Dice, Faults, Person, World,
    tables::{meaning, rebuilt},
};

use super::Story;

const PEOPLE: usize = 4;
const NAMES: [&str; PEOPLE] = ["Anna", "Boris", "Clara", "Dmitri"];
/// Rounds in which everybody syncs once; news need two to arrive and be answered, a person who joins four.
const ROUNDS: u32 = 16;

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
    /// Changes of roles that somebody asked for.
    pub roles: usize,
    /// Edits, deletions, messages hidden, reactions, pins, votes, forwarded messages, marks: how often each was done.
    pub done: [usize; 8],
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
        self.roles += other.roles;
        for (done, other) in self.done.iter_mut().zip(other.done) {
            *done += other;
        }
    }
}

struct Chat {
    id: ChatId,
    creator: usize,
    /// Who asked to be let in (the creator too).
    came: BTreeSet<usize>,
    removed: BTreeSet<usize>,
    /// What each person said, in the order they said it.
    said: BTreeMap<usize, Vec<MessageId>>,
    /// By anybody, for themselves.
    hidden: BTreeSet<MessageId>,
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
        let mut dice = Dice::new(seed);
        let world = World::repeatable(seed).await;
        let (people, chats) = (2 + dice.below(PEOPLE - 1), 1 + dice.below(2));
        let mut schedule = Self {
            story: Story::new(seed),
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
            schedule.chats.push(Chat {
                id,
                creator,
                came: [creator].into(),
                removed: BTreeSet::new(),
                said: BTreeMap::new(),
                hidden: BTreeSet::new(),
            });
        }
        schedule
    }

    fn note(&mut self, step: String) {
        self.story.note(step);
    }

    pub async fn step(&mut self) {
        self.world.turn();
        let who = self.dice.below(self.people.len());
        let chat = self.dice.below(self.chats.len());
        let name = self.people[who].name.clone();
        match self.dice.below(100) {
            0..18 => self.says(who, chat).await,
            18..38 => self.acts(who, chat).await,
            38..60 => {
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
            91..94 => self.removes(chat).await,
            94..97 => self.changes_roles(who, chat).await,
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
            let person = &self.people[who];
            let id = self.chats[chat].id;
            let said = self.chats[chat].said.entry(who).or_default();
            let mut outgoing = Outgoing::from(&format!("{} {}", person.name, said.len()));
            match self.dice.below(8) {
                0 => {
                    let name = NAMES[self.dice.below(PEOPLE)];
                    outgoing.text += &format!(" @{name}");
                    let user = self.people.iter().find(|person| person.name == name).map(Person::user);
                    // Who is not in the world: everyone.
                    outgoing.mentions = vec![Mention { name: name.into(), user }];
                }
                1 => {
                    let options = ["yes", "no", "perhaps"].map(str::to_owned).to_vec();
                    outgoing.poll = Some(Poll { options, several: self.dice.below(2) == 0 });
                }
                2 => {
                    let all = person.reads(id).await;
                    if !all.is_empty() {
                        outgoing.reply_to = Some(self.dice.of(&all).id);
                    }
                }
                3 => outgoing.text += " https://beseda.example/a?b=c",
                _ => {}
            }
            let text = outgoing.text.clone();
            said.push(person.sends(id, outgoing).await);
            self.note(format!("chat {chat}: {text}"));
        }
    }

    /// Somebody does something to a message they have.
    async fn acts(&mut self, who: usize, chat: usize) {
        if !self.is_in(who, chat).await {
            return;
        }
        let person = &self.people[who];
        let id = self.chats[chat].id;
        let number = person.number(id).await;
        let core = person.core();
        let all = person.reads(id).await;
        if all.is_empty() {
            return;
        }
        // Mostly the last ones, so that several people do things to the same.
        let last = all.len().saturating_sub(if self.dice.below(3) == 0 { all.len() } else { 4 });
        let message = self.dice.of(&all[last..]).clone();
        let kind = self.dice.below(8);
        let polls: Vec<_> = all.iter().filter(|message| message.extra.poll.is_some()).collect();
        let of = if kind == 5 && !polls.is_empty() { self.dice.of(&polls).id } else { message.id };
        let on = self.dice.below(3) > 0;
        let done = match kind {
            0 => {
                let mention = self.dice.of(&self.people).mention();
                let text = match on {
                    true => format!("{} https://edited.example/{}", message.text, self.dice.below(100)),
                    false => format!("@{} {}", mention.name, self.dice.below(9)),
                };
                core.edit_message(number, of, &text, vec![mention]).await
            }
            1 => core.delete_for_everyone(number, of).await,
            2 => {
                let hidden = core.delete_for_me(number, of).await;
                if hidden.is_ok() {
                    self.chats[chat].hidden.insert(of);
                }
                hidden
            }
            3 => core.react(number, of, ["👍", "🎉", "❤️"][self.dice.below(3)], on).await,
            4 => core.pin_message(number, of, on).await,
            5 => core.vote(number, of, &vec![self.dice.below(3) as u8; usize::from(on)]).await,
            6 => {
                let to = self.dice.below(self.chats.len());
                let to_id = self.chats[to].id;
                if person.status(to_id).await == Some(Status::Active) {
                    let done = core.forward_messages(&[of], person.number(to_id).await).await;
                    if done.is_ok() {
                        // What is queued stands last.
                        let new = person.reads(to_id).await.pop().unwrap();
                        assert!(new.extra.forwarded.is_some() && new.place.is_queued());
                        self.chats[to].said.entry(who).or_default().push(new.id);
                    }
                    done
                } else {
                    Ok(())
                }
            }
            _ => core.mark_read(number, of).await,
        };
        let what = ["edits", "deletes", "hides", "reacts to", "pins", "votes in", "forwards", "reads"][kind];
        let name = person.name.clone();
        self.note(format!("{name} {what} {of} of chat {chat}: {}", done.is_ok()));
        match done {
            Ok(()) => self.seen.done[kind] += 1,
            Err(Error::NotYours | Error::NoSuchMessage | Error::BadText(_) | Error::Forbidden(_)) => {}
            Err(error) => panic!("{name} {what} {of}: {error}"),
        }
    }

    /// Somebody makes another an admin or none, or opens and closes pinning and letting in: if they may.
    async fn changes_roles(&mut self, who: usize, chat: usize) {
        if !self.is_in(who, chat).await {
            return;
        }
        let person = &self.people[who];
        let number = person.number(self.chats[chat].id).await;
        let whom = self.dice.below(self.people.len());
        let on = self.dice.below(3) > 0;
        let open = |one: usize| [None, Some(Who::Admins), Some(Who::Everyone)][one];
        let done = if self.dice.below(2) == 0 {
            person.core().set_admin(number, self.people[whom].user(), on).await
        } else {
            let rights =
                Rights { pin: open(self.dice.below(3)), add: open(self.dice.below(3)), ..Rights::default() };
            person.core().set_rights(number, rights).await
        };
        let name = person.name.clone();
        self.note(format!("{name} changes roles in chat {chat} ({whom}, {on}): {}", done.is_ok()));
        match done {
            Ok(()) => self.seen.roles += 1,
            Err(Error::Forbidden(_) | Error::NoSuchMember) => {}
            Err(error) => panic!("{name} changes roles: {error}"),
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
                let rows = if status.is_some() { meaning(person, chat.id).await } else { vec![] };
                now.push((status, rows));
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
        for person in &self.people {
            rebuilt(person).await;
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
        let log = chat.seen_by(host).await;
        let members = host.core().members(host.number(chat.id).await).await.unwrap();
        let current: BTreeSet<_> = chat.came.difference(&chat.removed).copied().collect();
        let names: BTreeSet<_> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, current.iter().map(|who| NAMES[*who]).collect(), "chat {n}");

        let (rows, readers) = (chat.rows_of(host).await, chat.readers_for(host).await);
        for who in &current {
            let person = &self.people[*who];
            let line = person.line(chat.id).await;
            assert_eq!(line.status, Status::Active, "{} is in chat {n}", person.name);
            assert_eq!(line.title, format!("Chat {n}"));
            assert_eq!(line.members as usize, current.len());
            let number = line.number;
            assert_eq!(person.core().quarantine(number).await.unwrap(), [], "{}", person.name);
            assert_eq!(line.quarantined, 0);
            let seen = chat.seen_by(person).await;
            assert_eq!(meant(&seen), meant(&log), "{} reads the same in chat {n}", person.name);
            for (own, hosts) in chat.rows_of(person).await.iter().zip(&rows) {
                assert_eq!(own, hosts, "{} has the same in chat {n}", person.name);
            }
            assert_eq!(chat.rows_of(person).await.len(), rows.len(), "{} in chat {n}", person.name);
            assert_eq!(chat.readers_for(person).await, readers, "{} in chat {n}", person.name);
            assert_eq!(person.core().members(number).await.unwrap(), members, "{}", person.name);
            assert_eq!(person.core().sync_status().await.unwrap().waiting, 0, "{}", person.name);
            let [kept, counted] = person.unread(chat.id).await;
            assert_eq!(kept, counted, "{}: unread and mentions, as the messages say", person.name);
        }
        assert!(log.iter().all(|message| message.failed == 0 && !message.place.is_queued()));
        for message in &log {
            let gone = message.text.is_empty() && message.extra == Default::default();
            assert_eq!(message.is(flag::DELETED), gone, "{message:?}");
        }

        // Nobody else's words, nobody's twice, each author's in their order.
        let mut accepted: BTreeMap<&str, Vec<MessageId>> = BTreeMap::new();
        for message in &log {
            accepted.entry(&message.author_name).or_default().push(message.id);
        }
        for (who, said) in &chat.said {
            let said: Vec<_> = said.iter().filter(|id| !chat.hidden.contains(id)).copied().collect();
            let accepted = accepted.remove(NAMES[*who]).unwrap_or_default();
            if current.contains(who) {
                assert_eq!(accepted, said, "{} in chat {n}", NAMES[*who]);
                continue;
            }
            let (before, after) = said.split_at(accepted.len());
            assert_eq!(accepted, before, "what {} said before being put out of chat {n}", NAMES[*who]);
            check_removed(&self.people[*who], chat, &log, after).await;
            self.seen.failed += after.len();
        }
        assert!(accepted.is_empty(), "{accepted:?}");
        self.seen.messages += log.len();
    }
}

impl Chat {
    /// What a person reads, without what anybody has hidden.
    async fn seen_by(&self, person: &Person) -> Vec<Message> {
        let mut all = person.reads(self.id).await;
        all.retain(|message| !self.hidden.contains(&message.id));
        all
    }

    /// All rows of the chat but those of what somebody has hidden.
    async fn rows_of(&self, person: &Person) -> Vec<String> {
        let number = person.number(self.id).await;
        let mut hidden = BTreeSet::new();
        {
            let mut reader = person.core().device().store.readers().acquire().await.unwrap();
            for id in &self.hidden {
                let found = beseda_core::store::messages::find(&mut reader, *id).await.unwrap();
                hidden.extend(found.filter(|(of, _)| *of == number).map(|(_, place)| place.0));
            }
        }
        let rows = meaning(person, self.id).await;
        rows.into_iter().filter(|(place, _)| !hidden.contains(place)).map(|(_, row)| row).collect()
    }

    /// How many have read each message.
    async fn readers_for(&self, person: &Person) -> Vec<u32> {
        let seen = self.seen_by(person).await;
        person.core().count_readers(person.number(self.id).await, &seen).await.unwrap()
    }
}

/// What of messages is the same for everybody.
fn meant(messages: &[Message]) -> Vec<(MessageId, i64, &str, &str, i64, i64)> {
    messages
        .iter()
        .map(|Message { id, place, text, author_name, at, sent_at, .. }| {
            (*id, place.0, text.as_str(), author_name.as_str(), *at, *sent_at)
        })
        .collect()
}

/// Somebody who was put out: keeps what came until then, and sees which words were not sent.
async fn check_removed(person: &Person, chat: &Chat, log: &[Message], unsent: &[MessageId]) {
    assert_eq!(person.status(chat.id).await, Some(Status::Removed), "{}", person.name);
    let read = chat.seen_by(person).await;
    let (read, queued): (Vec<_>, Vec<_>) = read.into_iter().partition(|message| !message.place.is_queued());
    let places = |messages: &[Message]| -> Vec<_> {
        messages.iter().map(|message| (message.id, message.place)).collect()
    };
    assert_eq!(places(&read), places(&log[..read.len()]), "{} keeps the beginning of the chat", person.name);
    assert!(queued.iter().all(|message| message.failed == 1), "{} is told so: {queued:?}", person.name);
    let failed: Vec<_> = queued.iter().map(|message| message.id).collect();
    // Words whose acceptance they never heard of may be among them, before the others.
    assert!(failed.ends_with(unsent), "{failed:?} {unsent:?}");
}
