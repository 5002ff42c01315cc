//! Who has read what: one mark a membership, and everything else follows from it.

use beseda_core::{
    document::Fact,
    domain::{ChatNo, Place, UserNo},
    store::{Durability, members, messages, readers, users},
    timeline::SendState,
    window::OpenAt,
};
use beseda_protocol::{ChatId, MessageId, Seq, UserId, membership::ChatKind};
use beseda_tests::world::{
    Dice, Person, Screen, World, admit, exchange,
    mallory::{Mallory, Writer},
    tables::rebuilt,
};

use super::{agree, group};

/// Names of those who have read a message, as often as it is asked: in a list, in a count, and on a screen.
async fn readers_of(person: &Person, chat: ChatId, message: MessageId) -> Vec<String> {
    let readers = person.core().readers(message).await.unwrap();
    assert!(readers.shown);
    let mut names: Vec<_> = readers.people.into_iter().map(|reader| reader.name).collect();
    names.sort();
    assert_eq!(readers.count as usize, names.len());
    assert_eq!(person.shown(chat, message).await.readers, readers.count);
    let all = person.reads(chat).await;
    let counts = person.core().count_readers(person.number(chat).await, &all).await.unwrap();
    let at = all.iter().position(|one| one.id == message).unwrap();
    assert_eq!(counts[at], readers.count);
    names
}

#[tokio::test]
async fn readers_are_those_who_were_there_and_have_come_so_far() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    let first = anna.sends(chat, "first").await;
    exchange(&[&anna, &boris]).await;
    assert_eq!(readers_of(&anna, chat, first).await, [""; 0]);
    boris.reads_upto(chat, first).await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(readers_of(&anna, chat, first).await, ["Boris"]);
    assert_eq!(anna.shown(chat, first).await.state, Some(SendState::Read));

    // Clara comes late: what was there before her is not hers to have read.
    let clara = world.person("Clara").await;
    admit(&anna, &clara, chat).await;
    let second = boris.sends(chat, "second").await;
    boris.sync().await;
    let third = anna.sends(chat, "third").await;
    let people = [&anna, &boris, &clara];
    exchange(&people).await;
    clara.reads_upto(chat, second).await;
    exchange(&people).await;
    for person in people {
        assert_eq!(readers_of(person, chat, first).await, ["Boris"], "{}", person.name);
        assert_eq!(readers_of(person, chat, second).await, ["Clara"], "{}", person.name);
        assert_eq!(readers_of(person, chat, third).await, [""; 0], "{}", person.name);
    }
    // Edited or not, it is the same message; deleted, it is none.
    boris.edits(chat, second, "second, and better").await;
    anna.reads_upto(chat, second).await;
    exchange(&people).await;
    assert_eq!(readers_of(&clara, chat, second).await, ["Anna", "Clara"]);
    // Boris goes; what he had read he has read. He comes back, and reads on.
    boris.reads_upto(chat, third).await;
    boris.sync().await;
    anna.removes(chat, &boris).await;
    anna.sync().await;
    let fourth = anna.sends(chat, "fourth").await;
    exchange(&people).await;
    assert_eq!(readers_of(&clara, chat, third).await, ["Boris"]);
    admit(&anna, &boris, chat).await;
    assert_eq!(readers_of(&boris, chat, fourth).await, [""; 0]);
    // He is told what is new since he came back; what he reads then he has read with all before it.
    let fifth = anna.sends(chat, "fifth").await;
    exchange(&people).await;
    boris.reads_upto(chat, fifth).await;
    exchange(&people).await;
    for person in people {
        assert_eq!(readers_of(person, chat, fourth).await, ["Boris"], "{}", person.name);
        assert_eq!(readers_of(person, chat, first).await, ["Boris"]);
    }
    agree(&people, chat).await;
}

#[tokio::test]
async fn marks_only_rise_and_count_where_their_message_stands_before_them() {
    let world = World::new().await;
    let (chat, anna, [boris, person]) = group(&world, ["Boris", "Mallory"]).await;
    let people = [&anna, &boris, &person];
    let mut ids = vec![];
    for n in 0..4 {
        ids.push(anna.sends(chat, &format!("{n}")).await);
    }
    exchange(&people).await;
    let mallory = Mallory::new(&person, chat, world.wire());
    let mark = |read| Fact::Marks { delivered: None, read: Some(read) };
    // Two devices of one person, of which the second has not come so far.
    let (mut one, mut two) = (Writer::new(), Writer::new());
    mallory.sends(&mallory.content(&one.tell(&[mark(ids[2])]))).await;
    mallory.sends(&mallory.content(&two.tell(&[mark(ids[0])]))).await;
    exchange(&people).await;
    for person in people {
        assert_eq!(readers_of(person, chat, ids[2]).await, ["Mallory"]);
        assert_eq!(readers_of(person, chat, ids[3]).await, [""; 0]);
    }
    agree(&people, chat).await;

    // A late message: its place in the log is before the marks that were said meanwhile, so it counts as read.
    let mut late = Writer::new();
    let early = late.write("predecessor");
    let held = late.next_id(chat);
    let after = late.write("held");
    mallory.sends(&mallory.content(&after)).await;
    let last = anna.sends(chat, "last").await;
    exchange(&people).await;
    boris.reads_upto(chat, last).await;
    exchange(&people).await;
    // Mallory knows the ids of what is held, and of what was never said.
    mallory.sends(&mallory.content(&one.tell(&[mark(held)]))).await;
    let unsaid = MessageId([5; 16]);
    mallory.sends(&mallory.content(&one.tell(&[mark(unsaid)]))).await;
    // A mark at a message that is said after it does nothing, whether both come at once or one by one.
    let mut ahead = Writer::new();
    let next = MessageId::of(chat, ahead.column.actor, 1);
    mallory.sends(&mallory.content(&ahead.tell(&[mark(next)]))).await;
    anna.sync().await;
    mallory.sends(&mallory.content(&ahead.write("not read by its mark"))).await;
    anna.sync().await;
    mallory.sends(&mallory.content(&early)).await;
    exchange(&people).await;
    for person in people {
        assert_eq!(readers_of(person, chat, held).await, ["Boris"], "{}", person.name);
        assert_eq!(readers_of(person, chat, last).await, ["Boris"], "{}", person.name);
        assert_eq!(readers_of(person, chat, ids[3]).await, ["Boris", "Mallory"], "{}", person.name);
        assert_eq!(person.line(chat).await.quarantined, 0);
    }
    let clara = world.person("Clara").await;
    admit(&anna, &clara, chat).await;
    exchange(&[&anna, &boris, &person, &clara]).await;
    assert_eq!(readers_of(&clara, chat, ids[3]).await, ["Boris", "Mallory"]);
    agree(&[&anna, &boris, &person, &clara], chat).await;
}

#[tokio::test]
async fn who_shows_nobody_what_they_read_sees_nobodys_marks() {
    let world = World::new().await;
    let (chat, anna, [boris]) = group(&world, ["Boris"]).await;
    let (first, own) = (anna.sends(chat, "first").await, boris.sends(chat, "Boris's").await);
    exchange(&[&anna, &boris]).await;
    boris.core().set_read_receipts(false).await.unwrap();
    let (mut screen, _) = Screen::open(&boris, chat, OpenAt::End).await;
    world.record();
    boris.reads_upto(chat, first).await;
    anna.reads_upto(chat, own).await;
    exchange(&[&anna, &boris]).await;
    boris.has_unread(chat, 0, 0).await;
    assert_eq!(readers_of(&anna, chat, first).await, [""; 0]);
    assert_ne!(anna.shown(chat, first).await.state, Some(SendState::Read));

    let readers = boris.core().readers(own).await.unwrap();
    assert_eq!((readers.shown, readers.count, readers.people.len()), (false, 0, 0));
    screen.catches_up().await;
    let item = screen.message(own);
    assert_eq!((item.readers, item.state), (0, Some(SendState::Delivered)));
    let all = boris.reads(chat).await;
    let counts = boris.core().count_readers(boris.number(chat).await, &all).await.unwrap();
    assert_eq!(counts, vec![0; all.len()]);
    let line = boris.line(chat).await;
    assert_eq!(line.others_read, Place::FIRST, "nor does the list of chats tell");
    assert!(boris.core().chats().await.unwrap().iter().all(|line| line.others_read == Place::FIRST));

    // Back on: others' marks are there, one's own begin with what is read from now on.
    boris.core().set_read_receipts(true).await.unwrap();
    screen.catches_up().await;
    assert_eq!((screen.message(own).readers, screen.message(own).state), (1, Some(SendState::Read)));
    assert!(boris.line(chat).await.others_read > Place::FIRST);
    exchange(&[&anna, &boris]).await;
    assert_eq!(readers_of(&anna, chat, first).await, [""; 0]);
    let second = anna.sends(chat, "second").await;
    exchange(&[&anna, &boris]).await;
    boris.reads_upto(chat, second).await;
    exchange(&[&boris, &anna]).await;
    assert_eq!(readers_of(&anna, chat, second).await, ["Boris"]);
    rebuilt(&boris).await;
}

/// A chat whose rows are put in by hand, as far as readers look at them.
struct Made<'a> {
    person: &'a Person,
    chat: ChatNo,
    /// When each person came in and how far they have read.
    spans: Vec<(UserNo, Place, Place)>,
    messages: Vec<(Place, UserNo)>,
}

fn at(seq: usize) -> Place {
    Place::accepted(Seq(seq as u64), 0).unwrap()
}

impl Made<'_> {
    async fn joins(&mut self, seq: usize) {
        let mut tx = self.person.core().device().store.begin(Durability::Process).await.unwrap();
        let mut id = [7; 32];
        id[..8].copy_from_slice(&(self.spans.len() as u64).to_be_bytes());
        let user = users::number(&mut tx, UserId(id), &format!("{}", self.spans.len())).await.unwrap();
        members::put(&mut tx, self.chat, user, 0, user, false, at(seq)).await.unwrap();
        tx.commit().await.unwrap();
        self.spans.push((user, at(seq), Place::FIRST));
    }

    async fn marks(&mut self, who: usize, seq: usize) {
        let mut tx = self.person.core().device().store.begin(Durability::Process).await.unwrap();
        let (user, added, read) = &mut self.spans[who];
        readers::mark(&mut tx, self.chat, *user, (at(seq), at(seq)), 9, true).await.unwrap();
        tx.commit().await.unwrap();
        if at(seq) > *added {
            *read = (*read).max(at(seq));
        }
    }

    /// Counts of all messages, and of each alone, are what the marks say one by one.
    async fn check(&self) {
        let mut reader = self.person.core().device().store.readers().acquire().await.unwrap();
        let counted: Vec<u32> = self
            .messages
            .iter()
            .map(|(place, author)| {
                let covers = |(user, added, read): &&(UserNo, Place, Place)| {
                    user != author && added < place && place <= read
                };
                self.spans.iter().filter(covers).count() as u32
            })
            .collect();
        assert_eq!(readers::counts(&mut reader, self.chat, &self.messages).await.unwrap(), counted);
        for ((place, author), count) in self.messages.iter().zip(&counted).step_by(7) {
            let one = readers::counts(&mut reader, self.chat, &[(*place, *author)]).await.unwrap();
            assert_eq!(one, [*count]);
            let listed = readers::list(&mut reader, self.chat, *place, *author, 20_000).await.unwrap();
            assert_eq!(listed.len(), *count as usize);
        }
    }
}

#[tokio::test]
async fn counts_are_what_counting_one_by_one_gives() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let id = anna.creates(ChatKind::Group, "Made").await;
        let chat = anna.number(id).await;
        // Some chats are short, some reach over several levels of the tree.
        let length = *dice.of(&[10, 200, 5_000, 60_000_000]);
        let mut made = Made { person: &anna, chat, spans: vec![], messages: vec![] };
        for _ in 0..2 + dice.below(4) {
            made.joins(dice.below(3) * length / 4).await;
        }
        for _ in 0..120 {
            match dice.below(10) {
                0 => made.joins(dice.below(length)).await,
                1..4 => {
                    let place = at(1 + dice.below(length));
                    let author = made.spans[dice.below(made.spans.len())].0;
                    made.messages.push((place, author));
                }
                _ => {
                    let who = dice.below(made.spans.len());
                    // At a message, beside one, before the person came, and back.
                    made.marks(who, dice.below(length)).await;
                }
            }
        }
        made.messages.sort_by_key(|(place, _)| *place);
        made.messages.dedup_by_key(|(place, _)| *place);
        made.check().await;
    }
}

#[tokio::test]
async fn in_a_blog_of_ten_thousand_every_reader_is_counted() {
    let world = World::new().await;
    let anna = world.person("Anna").await;
    let id = anna.creates(ChatKind::Blog, "News").await;
    let chat = anna.number(id).await;
    let me = anna.core().device().me.number;
    let mut made = Made { person: &anna, chat, spans: vec![], messages: vec![] };
    let posts = 100;
    // One transaction: ten thousand would take long.
    let mut tx = anna.core().device().store.begin(Durability::Process).await.unwrap();
    for n in 0..10_000_usize {
        let mut id = [9; 32];
        id[..8].copy_from_slice(&(n as u64).to_be_bytes());
        let user = users::number(&mut tx, UserId(id), &format!("reader {n}")).await.unwrap();
        let added = at(if n % 10 == 0 { 10 + n % posts } else { 1 });
        members::put(&mut tx, chat, user, 0, me, false, added).await.unwrap();
        let read = at(10 + n % (posts + 1));
        let delivered = at(10 + posts);
        readers::mark(&mut tx, chat, user, (delivered, read), 5, true).await.unwrap();
        made.spans.push((user, added, if read > added { read } else { Place::FIRST }));
    }
    for n in 0..posts {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(n as u64).to_be_bytes());
        let message = messages::NewMessage {
            chat,
            place: at(10 + n),
            id: MessageId(id),
            author: me,
            text: format!("post {n}"),
            sent_at: 0,
            at: 0,
            flags: 0,
            reply_to: None,
            extra: messages::Extra::default(),
            links: vec![],
        };
        messages::insert(&mut tx, &[message]).await.unwrap();
        made.messages.push((at(10 + n), me));
    }
    tx.commit().await.unwrap();
    made.check().await;
    let (screen, _) = Screen::open(&anna, id, OpenAt::End).await;
    let counts: Vec<_> = screen.messages().map(|message| message.readers).collect();
    let expected = made.messages[posts - counts.len()..].iter().map(|(place, _)| {
        made.spans.iter().filter(|(_, added, read)| added < place && place <= read).count() as u32
    });
    assert!(counts.iter().copied().eq(expected) && counts[0] > 1_000, "{counts:?}");
    // The list of names ends where nobody reads on; the count does not.
    let first = screen.messages().next().unwrap().id;
    let readers = anna.core().readers(first).await.unwrap();
    assert_eq!((readers.people.len(), readers.count), (500, counts[0]));
}
