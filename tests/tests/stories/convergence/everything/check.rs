//! What must be true after a schedule of everything.

use std::collections::{BTreeMap, BTreeSet};

use beseda_core::store::{
    chats::{Leaving, Status},
    events::EventKind,
    messages::flag,
};
use beseda_protocol::{ChatId, DeviceId, MessageId, UserId, membership::Roles};
use beseda_tests::world::{
    Person,
    tables::{self, meaning, rebuilt_but_marks},
};

use super::{Chat, Device, Schedule, base};

/// In which everybody syncs once. A device that comes back asks, is let in, is told, and may find that all begins anew.
const ROUNDS: u32 = 40;
/// So many rounds without anything new are quiet.
const QUIET: u32 = 4;

impl Schedule {
    /// Everything works again, and everybody syncs until nobody hears anything new.
    pub async fn come_together(&mut self) {
        if !self.world.relay_runs() {
            self.world.start_relay().await;
        }
        let (mut before, mut unchanged) = (vec![], 0);
        for _ in 0..ROUNDS {
            let mut now = vec![];
            for owner in &self.owners {
                for device in &owner.devices {
                    device.person.sync().await;
                }
                for stolen in &owner.stolen {
                    let _ = stolen.try_sync().await;
                }
            }
            for (device, chat) in
                self.devices().flat_map(|device| self.chats.iter().map(move |c| (device, c)))
            {
                let status = device.person.status(chat.id).await;
                let (mut read, mut members) = (vec![], vec![]);
                if status.is_some() {
                    read = device.person.sees(chat.id).await;
                    members = members_of(&device.person, chat.id).await;
                }
                let waiting = device.person.core().sync_status().await.unwrap().waiting;
                now.push((status, read, members, waiting));
            }
            self.note("everybody syncs".into());
            self.story.led_to(&format!("{now:?}"));
            unchanged = if now == before { unchanged + 1 } else { 0 };
            if unchanged == QUIET {
                return;
            }
            before = now;
        }
        panic!("it does not become quiet");
    }

    /// What the relay has accepted of this device's words it must never lose by itself.
    pub(super) async fn note_accepted(&mut self, who: usize, at: usize) {
        let user = self.person(who, at).user();
        let mut known = vec![];
        for chat in 0..self.chats.len() {
            let person = self.person(who, at);
            let Some(status) = person.status(self.chats[chat].id).await else { continue };
            let all = person.reads(self.chats[chat].id).await;
            let messages =
                all.iter().map(|message| (message.place.0, message.id.to_string(), message.text.clone()));
            known.push((chat, format!("{status:?}"), messages.collect::<Vec<_>>()));
            let own = all.iter().filter(|message| message.author == user && !message.place.is_queued());
            let own: Vec<_> = own.filter_map(|message| base(&message.text)).map(str::to_owned).collect();
            self.accepted.extend(own.into_iter().map(|text| (chat, text)));
        }
        self.story.led_to(&known);
    }

    fn devices(&self) -> impl Iterator<Item = &Device> {
        self.owners.iter().flat_map(|owner| &owner.devices)
    }

    pub async fn check(&mut self) {
        for device in self.devices() {
            // Whom their person has removed are among the stolen.
            let removed = device.person.core().is_removed().await.unwrap();
            assert!(!removed, "{} takes itself for removed", device.person.name);
        }
        for n in 0..self.chats.len() {
            self.check_chat(n).await;
        }
        for device in self.owners.iter().flat_map(|owner| &owner.devices) {
            rebuilt_but_marks(&device.person).await;
        }
        self.last_words().await;
    }

    /// Devices that are in a chat: by their own word.
    async fn inside(&self, chat: &Chat) -> Vec<(String, &Device)> {
        let mut inside = vec![];
        for owner in &self.owners {
            for device in &owner.devices {
                let removed = device.person.core().is_removed().await.unwrap();
                if !removed && device.person.status(chat.id).await == Some(Status::Active) {
                    inside.push((format!("{} {}", owner.name, device.number), device));
                }
            }
        }
        inside
    }

    async fn check_chat(&mut self, n: usize) {
        let chat = &self.chats[n];
        let inside = self.inside(chat).await;
        let Some((host, first)) = inside.first() else { return };
        let members = members_of(&first.person, chat.id).await;
        let listed = listed(&first.person, chat.id).await;
        for (label, device) in &inside {
            assert_eq!(
                members_of(&device.person, chat.id).await,
                members,
                "{label} and {host}: members of {n}"
            );
            let id = device.person.core().device().keys.device();
            assert!(listed.contains_key(&id), "{label} is in chat {n} by the word of {host}");
            assert_eq!(
                self::listed(&device.person, chat.id).await,
                listed,
                "{label} and {host}: devices of {n}"
            );
            let line = device.person.line(chat.id).await;
            assert_eq!(line.title, chat.title, "{label}");
            let aside = device.person.core().quarantine(line.number).await.unwrap();
            assert_eq!(aside, [], "{label} in chat {n}");
            if device.person.core().sync_status().await.unwrap().waiting > 0 {
                let chats = tables::standing(device.person.core()).await.join("\n  ");
                panic!("{label} waits in chat {n}:\n  {chats}");
            }
        }
        let has_admin = inside.iter().any(|(_, device)| {
            members.iter().any(|(user, admin, _)| *admin && user[..] == device.person.user().as_bytes()[..])
        });
        // Whoever is listed knows that they are in, on all devices that the person has.
        for owner in &self.owners {
            for device in &owner.devices {
                let id = device.person.core().device().keys.device();
                let (label, status) =
                    (format!("{} {}", owner.name, device.number), device.person.status(chat.id).await);
                let removed = device.person.core().is_removed().await.unwrap();
                let is_listed = listed.contains_key(&id);
                if removed || is_listed == (status == Some(Status::Active)) {
                    continue;
                }
                // Who has left is put out by an admin's device, and the last one of those may not have come back.
                if status == Some(Status::Removed)
                    && device.person.line(chat.id).await.leaving != Leaving::No
                    && !has_admin
                {
                    continue;
                }
                let chats = tables::standing(device.person.core()).await.join("\n  ");
                panic!("{label} in chat {n}: {status:?}, and listed: {is_listed}:\n  {chats}");
            }
        }

        // All read the same: who came into a closed chat, from there on.
        // What was changed of older messages while it was out, a device of a closed chat cannot know.
        let mut log: BTreeMap<i64, (MessageId, String)> = BTreeMap::new();
        let mut older = vec![];
        for (label, device) in &inside {
            let from = if chat.closed { joined(&device.person, chat.id).await } else { 0 };
            for (place, id, text, _) in log_of(&device.person, chat.id).await {
                if place >> 12 < from {
                    older.push((label, place, id, text));
                    continue;
                }
                let known = log.entry(place).or_insert_with(|| (id, text.clone()));
                assert_eq!(*known, (id, text), "{label} in chat {n} at {place}");
            }
        }
        for (label, place, id, text) in older {
            let known = log.entry(place).or_insert((id, text));
            assert_eq!(known.0, id, "{label} in chat {n} at {place}");
        }
        for (label, device) in &inside {
            let own = log_of(&device.person, chat.id).await;
            let from = if chat.closed { joined(&device.person, chat.id).await } else { 0 };
            // What was said again for who came since is shown in its first place where that can be read; deleted, it has no text
            // to know it by.
            let texts: Vec<&str> = own.iter().filter_map(|(_, _, text, _)| base(text)).collect();
            let places: BTreeSet<i64> = own.iter().map(|(place, ..)| *place).collect();
            let lacks = log.iter().find(|(place, (_, text))| {
                **place >> 12 > from
                    && !places.contains(*place)
                    && base(text).is_some_and(|text| !texts.contains(&text))
            });
            assert_eq!(lacks, None, "{label} has all of chat {n} from {from} on");
            let once: BTreeSet<&str> = texts.iter().copied().collect();
            assert_eq!(once.len(), texts.len(), "{label} has nothing twice in chat {n}: {texts:?}");
        }
        if !chat.closed {
            let rows = rows_of(&first.person, chat.id).await;
            for (label, device) in &inside {
                for (own, theirs) in rows_of(&device.person, chat.id).await.iter().zip(&rows) {
                    assert_eq!(own, theirs, "{label} and {host}: rows of chat {n}");
                }
            }
        }
        by_right(&first.person, chat.id).await;
        if chat.closed {
            for (label, device) in &inside {
                if let Some(added) = came_once(&device.person, chat.id).await {
                    let own = log_of(&device.person, chat.id).await;
                    let before = own.iter().find(|(place, ..)| place >> 12 < added);
                    assert_eq!(
                        before, None,
                        "{label} came into chat {n} at {added}, and reads what was before"
                    );
                }
            }
        }
        let mut once: BTreeSet<&str> = BTreeSet::new();
        let texts: Vec<&str> =
            log.values().filter_map(|(_, text)| base(text)).filter(|text| once.insert(text)).collect();

        // What was said on a device that is in is there, and in its order.
        for (label, device) in &inside {
            let said = device.said.iter().filter(|(of, _)| *of == n);
            let said: Vec<&str> = said.map(|(_, text)| text.as_str()).collect();
            for text in &said {
                assert!(once.contains(text) || self.deleted.contains(*text), "chat {n} has lost {text}");
            }
            let start = format!("{label}: ");
            let read: Vec<&str> = texts.iter().copied().filter(|text| text.starts_with(&start)).collect();
            let in_order: Vec<&str> = said.into_iter().filter(|text| once.contains(text)).collect();
            assert_eq!(read, in_order, "{label} in chat {n}, in its order");
        }
        if !self.relay_lost && !chat.closed {
            for (_, text) in self.accepted.iter().filter(|(of, _)| *of == n) {
                assert!(
                    once.contains(text.as_str()) || self.deleted.contains(text),
                    "the relay has accepted and lost {text:?} of chat {n}"
                );
            }
        }
        let (messages, devices) = (texts.len(), inside.len());
        self.seen.add_times("messages at the end", messages);
        self.seen.add_times("devices inside at the end", devices);
    }

    /// One more message in each chat: all who are in read it, nobody else does.
    async fn last_words(&mut self) {
        let mut said = vec![];
        for (n, chat) in self.chats.iter().enumerate() {
            if let Some((_, device)) = self.inside(chat).await.last() {
                let text = format!("the last word of chat {n}");
                super::accept(&device.person, chat.id).await;
                device.person.says(chat.id, &text).await;
                said.push((n, text));
            }
        }
        for _ in 0..2 {
            for owner in &self.owners {
                for device in &owner.devices {
                    device.person.sync().await;
                }
                for stolen in &owner.stolen {
                    let _ = stolen.try_sync().await;
                }
            }
        }
        for (n, text) in said {
            let chat = &self.chats[n];
            let inside = self.inside(chat).await;
            let Some((_, first)) = inside.first() else { continue };
            let listed = listed(&first.person, chat.id).await;
            let inside: Vec<String> = inside.into_iter().map(|(label, _)| label).collect();
            for owner in &self.owners {
                for device in &owner.devices {
                    let label = format!("{} {}", owner.name, device.number);
                    let hears = hears(&device.person, chat.id, &text).await;
                    let id = device.person.core().device().keys.device();
                    assert!(hears || !inside.contains(&label), "{label} hears {text}");
                    // Removed by one that was lost before it could say so.
                    assert!(!hears || listed.contains_key(&id), "{label} hears {text}, and is not in");
                }
                for stolen in &owner.stolen {
                    // Unless who removed it was lost before they could say so.
                    let known = listed.contains_key(&stolen.core().device().keys.device());
                    assert!(
                        known || !hears(stolen, chat.id, &text).await,
                        "a removed device of {} hears {text}",
                        owner.name
                    );
                }
            }
        }
    }
}

async fn hears(person: &Person, chat: ChatId, text: &str) -> bool {
    person.status(chat).await.is_some() && person.reads(chat).await.iter().any(|message| message.text == text)
}

/// Who is in, and as what.
async fn members_of(person: &Person, chat: ChatId) -> Vec<(Vec<u8>, bool, bool)> {
    let members = person.core().members(person.number(chat).await).await.unwrap();
    let mut members: Vec<_> =
        members.into_iter().map(|member| (member.user, member.admin, member.owner)).collect();
    members.sort();
    members
}

/// Devices that are in, and whose.
async fn listed(person: &Person, chat: ChatId) -> BTreeMap<DeviceId, UserId> {
    let number = person.number(chat).await;
    let mut tx = person.core().device().store.begin(beseda_core::store::Durability::Process).await.unwrap();
    let inside = beseda_core::store::members::inside(&mut tx, number).await.unwrap();
    tx.end().await.unwrap();
    inside.into_iter().map(|one| (one.device, one.user)).collect()
}

/// Accepted messages: place, id, text, whether it was deleted.
async fn log_of(person: &Person, chat: ChatId) -> Vec<(i64, MessageId, String, bool)> {
    let all = person.reads(chat).await;
    let accepted = all.into_iter().filter(|message| !message.place.is_queued());
    accepted
        .map(|message| {
            let gone = message.is(flag::DELETED);
            (message.place.0, message.id, message.text, gone)
        })
        .collect()
}

/// Where in the log this device came in, the last time.
async fn joined(person: &Person, chat: ChatId) -> i64 {
    let number = person.number(chat).await;
    let mut reader = person.core().device().store.readers().acquire().await.unwrap();
    let state = beseda_core::store::chats::state(&mut reader, number).await.unwrap();
    state.joined_at.0.cast_signed()
}

/// What the rows of a chat say, but for when somebody's last mark was set: of two marks at one place, by two devices, each
/// device takes its own.
async fn rows_of(person: &Person, chat: ChatId) -> Vec<String> {
    let rows = meaning(person, chat).await.into_iter().map(|(_, row)| row);
    rows.map(tables::without_time_of_mark).collect()
}

/// Whether everything that the membership log says was done by who might: by another reading of the rules than the app's.
async fn by_right(person: &Person, chat: ChatId) {
    let number = person.number(chat).await;
    let mut reader = person.core().device().store.readers().acquire().await.unwrap();
    let log = beseda_core::store::handshakes::list(&mut reader, number).await.unwrap();
    let mut whose: BTreeMap<DeviceId, UserId> = BTreeMap::new();
    let mut before: Option<Roles> = None;
    for logged in log {
        let event = logged.event.event;
        for added in &event.adds {
            let member = added.identity.verify().unwrap();
            whose.insert(member.device, member.user);
        }
        // Who came into a closed chat does not know what was before.
        if let (Some(before), Some(by)) = (&before, whose.get(&event.by)) {
            let admin = before.admins.contains(by);
            let again = event.comes_again();
            let others = event.removes.iter().filter(|gone| !again.contains(gone));
            let others = others.filter(|gone| whose.get(gone).is_some_and(|whose| whose != by)).count();
            assert!(
                admin || others == 0,
                "{} is put out at {} by who is no admin",
                person.name,
                logged.seq.0
            );
            let more = event.roles.admins.difference(&before.admins).count();
            assert!(
                admin
                    || (more == 0
                        && event.roles.rights == before.rights
                        && event.roles.owner == before.owner),
                "roles are changed at {} by who is no admin",
                logged.seq.0
            );
        }
        before = Some(event.roles);
    }
}

/// Where the person of a device came into a chat, if that was once: what put them out before, a device that was denied has not
/// read, and what they said until then shows that they were in.
async fn came_once(person: &Person, chat: ChatId) -> Option<i64> {
    let number = person.number(chat).await;
    let events = person.core().events(number).await.unwrap();
    let own = events.iter().filter(|event| event.who == person.name);
    let mut places = vec![];
    for event in own {
        match event.what {
            EventKind::Added => places.push(event.place.0 >> 12),
            EventKind::Created | EventKind::Removed | EventKind::Left => return None,
            _ => {}
        }
    }
    let [one] = places[..] else { return None };
    let all = person.reads(chat).await;
    let was_in = all.iter().any(|message| message.author == person.user() && message.place.0 >> 12 < one);
    (!was_in).then_some(one)
}
