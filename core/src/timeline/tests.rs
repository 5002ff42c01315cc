//! Items as a person expects them, and steps that always lead from one list to the other.

use beseda_protocol::{MessageId, UserId};
use chrono::{DateTime, FixedOffset, NaiveDate};
use proptest::prelude::*;

use super::*;
use std::sync::Arc;

use crate::{
    domain::{Place, UserNo},
    markup::Markup,
};

const MINUTE: i64 = 60_000;
/// 2026-11-22 10:00 in Moscow.
const MORNING: i64 = 1_795_330_800_000;

fn moscow(at: i64) -> NaiveDate {
    let zone = FixedOffset::east_opt(3 * 3600).unwrap();
    DateTime::from_timestamp_millis(at).unwrap().with_timezone(&zone).date_naive()
}

fn id(n: u32) -> MessageId {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    MessageId(id)
}

/// Message `n` by person `author` (0 is me), accepted at `at`.
fn said(n: u32, author: u8, at: i64) -> Entry {
    Entry {
        place: Place(i64::from(n) + 1),
        key: EntryKey::Message(id(n)),
        body: EntryBody::Message(Arc::new(MessageBody {
            author_no: UserNo(i64::from(author) + 1),
            author: UserId([author; 32]),
            author_name: format!("person {author}"),
            mine: author == 0,
            blocked: false,
            text: format!("text {n}"),
            markup: Markup::default(),
            written_at: at,
            failed: None,
            queued: false,
            edited: false,
            deleted: false,
            pinned: false,
            saved: false,
            names_me: false,
            reply: None,
            forwarded: None,
            reactions: vec![],
            poll: None,
            may: May::default(),
        })),
        at,
        readers: 0,
    }
}

fn joined(seq: u64, at: i64) -> Entry {
    let event = ChatEvent::Added { by: "Анна".into(), who: "Борис".into() };
    Entry { place: Place(0), key: EntryKey::Event(seq, 0), body: EntryBody::Event(event), at, readers: 0 }
}

fn message_at(items: &[Item], n: u32) -> &MessageItem {
    let found = items.iter().find_map(|item| match item {
        Item::Message(message) if message.id == id(n) => Some(message),
        _ => None,
    });
    found.unwrap()
}

fn keys(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| item.key().to_string()).collect()
}

#[test]
fn a_day_begins_at_midnight_of_the_persons_zone() {
    assert_eq!(moscow(MORNING).to_string(), "2026-11-22");
    let midnight = MORNING + 14 * 60 * MINUTE;
    let entries = [said(0, 1, midnight - 1), said(1, 1, midnight), joined(7, midnight)];
    let items = items(&entries, Marks::default(), None, moscow);
    let (first, second) = (EntryKey::Message(id(0)).to_string(), EntryKey::Message(id(1)).to_string());
    assert_eq!(keys(&items), ["day:2026-11-22", &first, "day:2026-11-23", &second, "event:7:0"]);
    assert!(message_at(&items, 0).last && message_at(&items, 1).first, "no run over midnight");
}

#[test]
fn a_clock_that_goes_back_repeats_the_day_under_a_key_of_its_own() {
    let day = 24 * 60 * MINUTE;
    let entries = [said(0, 1, MORNING), said(1, 1, MORNING + 3650 * day), said(2, 1, MORNING + MINUTE)];
    let items = items(&entries, Marks::default(), None, moscow);
    let keys = keys(&items);
    assert_eq!(keys[0], "day:2026-11-22");
    assert_eq!(keys[2], "day:2036-11-19");
    assert_eq!(keys[4], "day:2026-11-22:1");
}

#[test]
fn a_run_is_one_author_without_a_long_pause() {
    let flags = |entries: &[Entry]| -> Vec<(bool, bool)> {
        let items = items(entries, Marks::default(), None, moscow);
        let flags = items.iter().filter_map(|item| match item {
            Item::Message(message) => Some((message.first, message.last)),
            _ => None,
        });
        flags.collect()
    };
    let (begins, goes_on, ends, alone) = ((true, false), (false, false), (false, true), (true, true));
    let at = |minutes: i64| MORNING + minutes * MINUTE;
    assert_eq!(flags(&[said(0, 1, at(0)), said(1, 1, at(9)), said(2, 1, at(19))]), [begins, goes_on, ends]);
    assert_eq!(flags(&[said(0, 1, at(0)), said(1, 1, at(10) + 1)]), [alone, alone]);
    assert_eq!(flags(&[said(0, 1, at(0)), said(1, 2, at(0)), said(2, 1, at(0))]), [alone, alone, alone]);
    assert_eq!(flags(&[said(0, 1, at(0)), joined(3, at(0)), said(1, 1, at(0))]), [alone, alone]);
    assert_eq!(flags(&[]), []);
}

#[test]
fn send_states_come_from_the_row_and_the_marks() {
    let mut entries: Vec<Entry> = (0..6).map(|n| said(n, 0, MORNING)).collect();
    entries.push(said(6, 1, MORNING));
    let set = |entry: &mut Entry, why: Option<FailReason>| {
        if let EntryBody::Message(body) = &mut entry.body {
            let MessageBody { queued, failed, .. } = Arc::make_mut(body);
            (*queued, *failed) = (true, why);
        }
    };
    set(&mut entries[4], None);
    set(&mut entries[5], Some(FailReason::NotMember));
    // What is queued stands after every mark, and would even if it did not.
    entries[4].place = Place(0);
    let marks = Marks { delivered: entries[2].place, read: entries[1].place };
    let items = items(&entries, marks, None, moscow);
    let states: Vec<_> = (0..7).map(|n| message_at(&items, n).state).collect();
    assert_eq!(
        states,
        [
            Some(SendState::Read),
            Some(SendState::Read),
            Some(SendState::Delivered),
            Some(SendState::Accepted),
            Some(SendState::Queued),
            Some(SendState::Failed(FailReason::NotMember)),
            None
        ]
    );
}

#[test]
fn the_authors_clock_is_shown_only_where_it_says_something_else() {
    let shown = |sent: i64| {
        let mut entry = said(0, 1, MORNING);
        if let EntryBody::Message(body) = &mut entry.body {
            Arc::make_mut(body).written_at = sent;
        }
        message_at(&items(&[entry], Marks::default(), None, moscow), 0).sent_at
    };
    assert_eq!(shown(MORNING - 2 * MINUTE), None);
    assert_eq!(shown(MORNING + 2 * MINUTE), None);
    for sent in [MORNING - 2 * MINUTE - 1, MORNING + 2 * MINUTE + 1, i64::MIN, i64::MAX] {
        assert_eq!(shown(sent), Some(sent));
    }
}

fn steps(old: &[Item], new: &[Item]) -> Vec<Op> {
    let ops = diff(old, new);
    let mut stepped = old.to_vec();
    apply(&mut stepped, &ops);
    assert_eq!(stepped, new);
    ops
}

#[test]
fn a_new_message_is_one_step_or_two_however_long_the_list() {
    for length in [0, 1, 50, 2000] {
        let entries: Vec<Entry> = (0..=length).map(|n| said(n, 1, MORNING + i64::from(n) * 1000)).collect();
        let all = items(&entries, Marks::default(), None, moscow);
        let without = items(&entries[..length as usize], Marks::default(), None, moscow);
        let ops = steps(&without, &all);
        assert!(ops.len() <= 2, "{} steps for one message after {length}", ops.len());
        assert_eq!(ops.last(), Some(&Op::Insert { index: all.len() - 1, item: all[all.len() - 1].clone() }));
    }
}

#[test]
fn an_accepted_message_is_set_where_it_stands_and_moved_where_it_does_not() {
    let mut entries: Vec<Entry> = (0..4).map(|n| said(n, n as u8 % 3, MORNING)).collect();
    if let EntryBody::Message(body) = &mut entries[3].body {
        let MessageBody { queued, .. } = Arc::make_mut(body);
        *queued = true;
    }
    let before = items(&entries, Marks::default(), None, moscow);
    if let EntryBody::Message(body) = &mut entries[3].body {
        let MessageBody { queued, .. } = Arc::make_mut(body);
        *queued = false;
    }
    let after = items(&entries, Marks::default(), None, moscow);
    assert_eq!(steps(&before, &after), [Op::Set { index: 4, item: after[4].clone() }]);
    entries.swap(2, 3);
    let swapped = items(&entries, Marks::default(), None, moscow);
    assert_eq!(steps(&after, &swapped).len(), 2, "one removed, one inserted");
}

#[test]
fn an_older_page_is_inserted_and_a_whole_new_window_is_told_at_once() {
    let entries: Vec<Entry> = (0..1000).map(|n| said(n, n as u8 % 2, MORNING + i64::from(n))).collect();
    let page = |range: std::ops::Range<usize>| items(&entries[range], Marks::default(), None, moscow);
    let ops = steps(&page(50..100), &page(0..100));
    assert_eq!(ops.len(), 50);
    assert!(ops.iter().all(|op| matches!(op, Op::Insert { .. })));
    assert!(matches!(steps(&page(0..500), &page(500..1000))[..], [Op::Reset { .. }]));
    assert!(steps(&page(0..1000), &page(0..1000)).is_empty());
    assert!(matches!(steps(&page(0..1000), &[])[..], [Op::Reset { .. }]));
}

/// Any list of entries, with keys from a small set so that lists overlap.
fn list() -> impl Strategy<Value = Vec<Entry>> {
    let numbers = proptest::sample::subsequence((0..40u32).collect::<Vec<_>>(), 0..40).prop_shuffle();
    (numbers, proptest::collection::vec((0..3u8, 0..4000i64), 40)).prop_map(|(numbers, looks)| {
        let entries = numbers.into_iter().zip(looks).map(|(n, (author, minutes))| match author {
            2 => joined(u64::from(n), MORNING + minutes * MINUTE),
            author => said(n, author, MORNING + minutes * MINUTE),
        });
        entries.collect()
    })
}

/// A list and what it may become: some gone, some new at the end, one moved, marks risen.
fn edited() -> impl Strategy<Value = (Vec<Entry>, Vec<Entry>, Marks)> {
    let index = any::<proptest::sample::Index>;
    (list(), proptest::collection::vec(any::<bool>(), 40), 0..5u32, index(), index(), 0..60i64).prop_map(
        |(old, drop, added, from, to, mark)| {
            let mut new: Vec<Entry> =
                old.iter().zip(drop).filter(|(_, drop)| !drop).map(|(entry, _)| entry.clone()).collect();
            new.extend((0..added).map(|n| said(100 + n, 0, MORNING)));
            if !new.is_empty() {
                let moved = new.remove(from.index(new.len()));
                new.insert(to.index(new.len() + 1), moved);
            }
            (old, new, Marks { delivered: Place(mark), read: Place(mark / 2) })
        },
    )
}

proptest! {
    #[test]
    fn steps_lead_from_any_list_to_any_other(old in list(), new in list()) {
        let (old, new) = (items(&old, Marks::default(), None, moscow), items(&new, Marks::default(), None, moscow));
        steps(&old, &new);
    }

    #[test]
    fn steps_lead_from_a_list_to_what_became_of_it((old, new, marks) in edited()) {
        let (old, new) = (items(&old, Marks::default(), None, moscow), items(&new, marks, None, moscow));
        let ops = steps(&old, &new);
        prop_assert!(ops.len() <= old.len() + new.len());
        prop_assert!(steps(&new, &new).is_empty());
    }

    #[test]
    fn keys_are_unique_and_days_never_stand_together(entries in list()) {
        let items = items(&entries, Marks::default(), None, moscow);
        let unique: std::collections::HashSet<_> = items.iter().map(Item::key).collect();
        prop_assert_eq!(unique.len(), items.len());
        let day = |item: &Item| matches!(item, Item::Day { .. });
        prop_assert!(!items.windows(2).any(|pair| day(&pair[0]) && day(&pair[1])));
        prop_assert_eq!(items.first().is_some_and(day), !items.is_empty());
        prop_assert!(!items.last().is_some_and(day));
    }

    #[test]
    fn a_doubled_key_still_leads_to_the_new_list(numbers in proptest::collection::vec(0..4u32, 0..12),
                                                 others in proptest::collection::vec(0..4u32, 0..12)) {
        let list = |numbers: &[u32]| {
            let entries: Vec<Entry> = numbers.iter().map(|n| said(*n, 1, MORNING)).collect();
            items(&entries, Marks::default(), None, moscow)
        };
        steps(&list(&numbers), &list(&others));
    }
}
