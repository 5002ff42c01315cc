//! People are told of what is new outside the window: once, on the device where it is news, and no longer than it is.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::collections::BTreeSet;

use beseda_core::{
    actions::send_message::Outgoing,
    domain::Level,
    notices::{About, Notice, Notices, Settings, Shows, Step},
    store::{Touched, chats::FOREVER},
};
use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{Person, World, admit, exchange};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;

/// Hears of a device's commits, as the shell does.
struct Ears<'a> {
    of: &'a Person,
    notices: Notices,
    told: UnboundedReceiver<Arc<Touched>>,
    attended: BTreeSet<beseda_core::domain::ChatNo>,
}

impl<'a> Ears<'a> {
    async fn of(person: &'a Person) -> Self {
        let notices = person.core().notices().await.unwrap();
        Self { of: person, notices, told: person.core().listen(), attended: BTreeSet::new() }
    }

    /// What is to be done after everything that was committed since.
    async fn hears(&mut self) -> Vec<Step> {
        let mut all = Touched::default();
        while let Ok(touched) = self.told.try_recv() {
            touched.chats.iter().for_each(|(chat, place)| all.chat(*chat, *place));
            all.people.extend(touched.people.iter().copied());
        }
        self.of.core().hear(&mut self.notices, &all, &self.attended).await.unwrap()
    }

    /// What is shown after an exchange: of each notification the chat's title, its texts, how many, how many for one.
    async fn shows(&mut self) -> Vec<(String, Vec<String>, u32, u32)> {
        self.of.sync().await;
        let shown = |step: Step| match step {
            Step::Show(Notice { title, lines, count, for_me, .. }) => {
                let texts = lines.into_iter().map(|line| line.text).collect();
                Some((title, texts, count, for_me))
            }
            Step::TakeAway(_) => None,
        };
        self.hears().await.into_iter().filter_map(shown).collect()
    }
}

fn trip(texts: &[&str], count: u32, for_me: u32) -> (String, Vec<String>, u32, u32) {
    ("Trip".into(), texts.iter().map(|text| (*text).to_owned()).collect(), count, for_me)
}

/// Anna and Boris in a group, both up to date.
async fn two(world: &World) -> (Person, Person, ChatId) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    anna.sync().await;
    admit(&anna, &boris, chat).await;
    exchange(&[&anna, &boris]).await;
    (anna, boris, chat)
}

async fn say(who: &Person, chat: ChatId, texts: &[&str]) {
    for text in texts {
        who.says(chat, text).await;
    }
    who.sync().await;
}

#[tokio::test]
async fn what_others_say_is_told_once_and_until_it_is_read() {
    let world = World::new().await;
    let (anna, boris, chat) = two(&world).await;
    let mut ears = Ears::of(&anna).await;
    say(&boris, chat, &["**Hello**, ||quietly||"]).await;
    assert_eq!(ears.shows().await, [trip(&["Hello, ▒▒▒"], 1, 0)]);
    assert!(ears.shows().await.is_empty());
    say(&boris, chat, &["two", "three", "four"]).await;
    assert_eq!(ears.shows().await, [trip(&["two", "three", "four"], 4, 0)]);
    anna.says(chat, "my own").await;
    assert!(ears.shows().await.is_empty());
    anna.reads_all(chat).await;
    assert_eq!(ears.hears().await, [Step::TakeAway(About::Chat(chat))]);
    // The chat is on screen, and the person is there.
    ears.attended.insert(anna.number(chat).await);
    say(&boris, chat, &["five"]).await;
    assert!(ears.shows().await.is_empty());
}

#[tokio::test]
async fn what_was_read_on_another_device_is_not_told_or_goes_away() {
    let world = World::new().await;
    let (anna, boris, chat) = two(&world).await;
    let phone = world.device_of(&anna, "phone").await;
    let mut hers = Ears::of(&anna).await;
    let mut ears = Ears::of(&phone).await;
    exchange(&[&phone, &anna, &phone, &boris]).await;
    say(&boris, chat, &["before"]).await;
    exchange(&[&anna, &phone]).await;
    anna.reads_all(chat).await;
    exchange(&[&anna, &phone]).await;
    ears.shows().await;
    hers.shows().await;

    say(&boris, chat, &["at home"]).await;
    assert_eq!(hers.shows().await, [trip(&["at home"], 1, 0)]);
    phone.sync().await;
    assert_eq!(ears.shows().await, [trip(&["at home"], 1, 0)]);
    anna.reads_all(chat).await;
    exchange(&[&anna]).await;
    phone.sync().await;
    assert_eq!(ears.hears().await, [Step::TakeAway(About::Chat(chat))]);
    assert_eq!(hers.hears().await, [Step::TakeAway(About::Chat(chat))]);

    // Away for a while: what was said and read meanwhile comes together. Also for who tells nobody what they read.
    anna.core().set_read_receipts(false).await.unwrap();
    exchange(&[&anna, &phone]).await;
    say(&boris, chat, &["one", "two"]).await;
    anna.sync().await;
    anna.reads_all(chat).await;
    anna.sync().await;
    assert!(ears.shows().await.is_empty());
}

#[tokio::test]
async fn the_history_of_a_new_device_or_member_is_no_news() {
    let world = World::new().await;
    let (anna, boris, chat) = two(&world).await;
    boris.counts(chat, 0, 30).await;
    exchange(&[&boris, &anna]).await;
    let phone = world.device_of(&anna, "phone").await;
    let mut ears = Ears::of(&phone).await;
    exchange(&[&anna, &phone, &anna, &phone]).await;
    assert_eq!(phone.reads(chat).await.len(), 30);
    assert!(ears.shows().await.is_empty());
    let carla = world.person("Carla").await;
    let mut new = Ears::of(&carla).await;
    admit(&anna, &carla, chat).await;
    exchange(&[&anna, &carla, &boris]).await;
    assert_eq!(carla.reads(chat).await.len(), 30);
    assert!(new.shows().await.is_empty());
    // And then they hear what others do.
    say(&boris, chat, &["now"]).await;
    assert_eq!(ears.shows().await.len(), 1);
    assert_eq!(new.shows().await, [trip(&["now"], 1, 0)]);
}

#[tokio::test]
async fn after_a_restart_only_what_comes_then_is_told() {
    let world = World::new().await;
    let (mut anna, boris, chat) = two(&world).await;
    say(&boris, chat, &["told"]).await;
    assert_eq!(Ears::of(&anna).await.shows().await, [trip(&["told"], 1, 0)]);
    anna.restart().await;
    let mut ears = Ears::of(&anna).await;
    assert!(ears.shows().await.is_empty());
    anna.close().await;
    say(&boris, chat, &["one", "two"]).await;
    anna.open().await.unwrap();
    let mut ears = Ears::of(&anna).await;
    assert_eq!(ears.shows().await, [trip(&["one", "two"], 2, 0)], "what came while it was closed");
}

#[tokio::test]
async fn a_chat_tells_all_or_what_is_meant_for_one_or_nothing_and_all_devices_agree() {
    let world = World::new().await;
    let (anna, boris, chat) = two(&world).await;
    let phone = world.device_of(&anna, "phone").await;
    exchange(&[&phone, &anna, &phone, &boris]).await;
    let mine = anna.sends(chat, "who comes?").await;
    exchange(&[&anna, &boris, &phone]).await;
    let number = phone.number(chat).await;
    phone.core().set_level(number, Level::Mentions).await.unwrap();
    exchange(&[&phone, &anna]).await;
    assert_eq!(anna.line(chat).await.level, Level::Mentions);

    let mut ears = Ears::of(&anna).await;
    say(&boris, chat, &["just talk"]).await;
    assert!(ears.shows().await.is_empty());
    let named = Outgoing { mentions: vec![anna.mention()], ..Outgoing::from("@Anna, you?") };
    boris.sends(chat, named).await;
    boris.sends(chat, Outgoing { reply_to: Some(mine), ..Outgoing::from("I do") }).await;
    say(&boris, chat, &["more talk"]).await;
    assert_eq!(ears.shows().await, [trip(&["@Anna, you?", "I do"], 2, 2)]);
    // Heard in full again, nothing old is told.
    phone.core().set_level(number, Level::All).await.unwrap();
    phone.sync().await;
    let shown = ears.shows().await;
    assert!(shown.iter().all(|(.., for_me)| *for_me == 2), "{shown:?}");
    anna.reads_all(chat).await;
    ears.shows().await;

    phone.core().set_level(number, Level::Nothing).await.unwrap();
    phone.sync().await;
    ears.shows().await;
    let named = Outgoing { mentions: vec![anna.mention()], ..Outgoing::from("@Anna!") };
    boris.sends(chat, named).await;
    boris.sync().await;
    assert!(ears.shows().await.is_empty());
    phone.core().set_level(number, Level::All).await.unwrap();
    phone.core().mute_chat(number, FOREVER).await.unwrap();
    phone.sync().await;
    ears.shows().await;
    say(&boris, chat, &["into the void"]).await;
    assert!(ears.shows().await.is_empty());
}

#[tokio::test]
async fn muted_for_an_hour_it_is_heard_afterwards() {
    let world = World::new().await;
    let (anna, boris, chat) = two(&world).await;
    let mut ears = Ears::of(&anna).await;
    let until = anna.core().device().now() + 3_600_000;
    anna.core().mute_chat(anna.number(chat).await, until).await.unwrap();
    say(&boris, chat, &["unheard"]).await;
    assert!(ears.shows().await.is_empty());
    world.advance(3_601);
    assert!(ears.shows().await.is_empty(), "it is over, and that is no news");
    say(&boris, chat, &["heard"]).await;
    assert_eq!(ears.shows().await, [trip(&["heard"], 1, 0)]);
}

#[tokio::test]
async fn at_night_nothing_is_told() {
    let world = World::new().await;
    let (anna, boris, chat) = two(&world).await;
    let settings = anna.core().notice_settings().await.unwrap();
    assert!(settings.enabled && settings.shows == Shows::Text);
    let night = Settings { quiet_from: 22 * 60, quiet_to: 7 * 60, shows: Shows::Sender, ..settings };
    anna.core().set_notice_settings(night).await.unwrap();
    assert_eq!(anna.core().notice_settings().await.unwrap(), night);
    let mut ears = Ears::of(&anna).await;
    // It is nine in the morning; the world goes on to eleven at night, and to three.
    say(&boris, chat, &["day"]).await;
    assert_eq!(ears.shows().await, [trip(&[""], 1, 0)]);
    anna.reads_all(chat).await;
    ears.shows().await;
    for hours in [14, 4] {
        world.advance(hours * 3_600);
        say(&boris, chat, &["night"]).await;
        assert!(ears.shows().await.is_empty());
    }
    world.advance(5 * 3_600);
    assert!(ears.shows().await.is_empty());
    say(&boris, chat, &["morning"]).await;
    assert_eq!(ears.shows().await.len(), 1);
    // For an hour, whatever the time.
    let until = anna.core().device().now() + 3_600_000;
    anna.core().set_notice_settings(Settings { quiet_until: until, ..settings }).await.unwrap();
    say(&boris, chat, &["not now"]).await;
    assert!(ears.shows().await.is_empty());
}

#[tokio::test]
async fn nobody_hears_of_whom_they_have_blocked_or_reads_what_was_taken_back() {
    let world = World::new().await;
    let (anna, boris, chat) = two(&world).await;
    let carla = world.person("Carla").await;
    admit(&anna, &carla, chat).await;
    exchange(&[&anna, &boris, &carla]).await;
    let mut ears = Ears::of(&anna).await;
    say(&boris, chat, &["rude"]).await;
    assert_eq!(ears.shows().await.len(), 1);
    anna.core().set_blocked(boris.user(), true).await.unwrap();
    assert_eq!(ears.hears().await, [Step::TakeAway(About::Chat(chat))]);
    say(&boris, chat, &["ruder"]).await;
    assert!(ears.shows().await.is_empty());

    carla.sync().await;
    let slip = carla.sends(chat, "a slip").await;
    say(&carla, chat, &["fine"]).await;
    assert_eq!(ears.shows().await, [trip(&["a slip", "fine"], 2, 0)]);
    carla.deletes(chat, slip).await;
    carla.sync().await;
    anna.sync().await;
    let steps = ears.hears().await;
    let [Step::Show(notice)] = &steps[..] else { panic!("{steps:?}") };
    assert!(!notice.fresh && notice.count == 1 && notice.lines[0].text == "fine");
}

#[tokio::test]
async fn after_days_away_many_chats_are_one_notification() {
    let world = World::new().await;
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let mut chats = Vec::new();
    for title in ["one", "two", "three", "four", "five"] {
        let chat = anna.creates(ChatKind::Group, title).await;
        anna.sync().await;
        admit(&anna, &boris, chat).await;
        chats.push(chat);
    }
    exchange(&[&anna, &boris]).await;
    let mut ears = Ears::of(&anna).await;
    for chat in &chats {
        say(&boris, *chat, &["a", "b"]).await;
    }
    anna.sync().await;
    let steps = ears.hears().await;
    let [Step::Show(Notice { about: About::Many, chats: 5, count: 10, .. })] = &steps[..] else {
        panic!("{steps:?}")
    };
    for chat in &chats {
        anna.reads_all(*chat).await;
    }
    assert_eq!(ears.hears().await, [Step::TakeAway(About::Many)]);
}

#[tokio::test]
async fn who_writes_first_is_heard_where_they_are_a_contact_and_does_not_ring_else() {
    let world = World::new().await;
    let (anna, boris, trip) = two(&world).await;
    let clara = world.person("Clara").await;
    admit(&anna, &clara, trip).await;
    exchange(&[&anna, &boris, &clara]).await;
    anna.core().add_contact(boris.user(), "").await.unwrap();
    anna.sync().await;
    let mut ears = Ears::of(&anna).await;
    for (stranger, text) in [(&boris, "Are you home?"), (&clara, "Buy!")] {
        let dialog = stranger.core().start_dialog(anna.user()).await.unwrap().id;
        // It lies in the log before the handshake that lets her in.
        say(stranger, dialog, &[text]).await;
        stranger.sync().await;
    }
    let mut shown = ears.shows().await;
    shown.extend(ears.shows().await);
    assert_eq!(shown, [("Boris".to_owned(), vec!["Are you home?".to_owned()], 1, 0)]);
    assert_eq!(anna.core().totals().await.unwrap().unread, 2, "both are there to be read");
}
