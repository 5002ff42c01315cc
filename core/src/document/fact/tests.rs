use ciborium::{Value, cbor};
use proptest::prelude::*;

use super::*;

fn bytes(value: &Value) -> Vec<u8> {
    codec::encode(value)
}

fn unknown(kind: &str) -> Fact {
    Fact::Unknown { kind: kind.into() }
}

#[test]
fn the_wire_form_of_a_message_is_fixed() {
    let fact = Fact::Message { text: "Привет".into(), sent_at: 7, with: With::default() };
    let wire = cbor!({ "v" => 1, "k" => "message", "text" => "Привет", "sent_at" => 7 }).map(|v| bytes(&v));
    assert_eq!(Fact::decode(&wire.unwrap()), fact);
    // 0xbf: a map of unknown length, which is how a flattened struct is written.
    assert_eq!(&fact.encode()[..5], &[0xbf, 0x61, b'v', 0x01, 0x61]);
}

#[test]
fn an_older_app_reads_what_it_knows_and_names_what_it_does_not() {
    let newer_kind = cbor!({ "v" => 1, "k" => "quiz", "choices" => ["a", "b"] }).unwrap();
    assert_eq!(Fact::decode(&bytes(&newer_kind)), unknown("quiz"));
    let newer_format = cbor!({ "v" => 2, "k" => "message", "text" => "a", "sent_at" => 1 }).unwrap();
    assert_eq!(Fact::decode(&bytes(&newer_format)), unknown("message"));
    let newer_field =
        cbor!({ "v" => 1, "k" => "message", "text" => "a", "sent_at" => 1, "effect" => [1] }).unwrap();
    let plain = Fact::Message { text: "a".into(), sent_at: 1, with: With::default() };
    assert_eq!(Fact::decode(&bytes(&newer_field)), plain);
    let other_type = cbor!({ "v" => 1, "k" => "message", "text" => [1], "sent_at" => 1 }).unwrap();
    assert_eq!(Fact::decode(&bytes(&other_type)), unknown("message"));
    let unnamed = cbor!({ "v" => 1, "k" => "x".repeat(33) }).unwrap();
    assert_eq!(Fact::decode(&bytes(&unnamed)), unknown(""));
    assert_eq!(Fact::decode(b""), unknown(""));
    let mut trailing = Fact::Profile(Box::new(Card::named("Анна"))).encode();
    trailing.push(0);
    assert_eq!(Fact::decode(&trailing), unknown(""));
}

#[test]
fn limits_are_counted_in_characters_for_titles_and_bytes_for_texts() {
    let fits = |fact: Fact| Fact::decode(&fact.encode()) == fact;
    let name = |n: usize| Fact::Profile(Box::new(Card::named(&"ы".repeat(n))));
    assert!(fits(name(limits::TITLE_CHARS)));
    assert_eq!(Fact::decode(&name(limits::TITLE_CHARS + 1).encode()), unknown("profile"));
    let text = |n: usize| Fact::Message { text: "a".repeat(n), sent_at: 0, with: With::default() };
    assert!(fits(text(limits::MESSAGE_TEXT_BYTES)));
    assert_eq!(Fact::decode(&text(limits::MESSAGE_TEXT_BYTES + 1).encode()), unknown("message"));
    let info =
        |n: usize| Fact::Info { title: String::new(), description: "a".repeat(n), category: String::new() };
    assert!(fits(info(limits::DESCRIPTION_CHARS)));
    assert_eq!(Fact::decode(&info(limits::DESCRIPTION_CHARS + 1).encode()), unknown("info"));
}

#[test]
fn deep_nesting_and_huge_claims_are_refused_without_being_believed() {
    assert_eq!(Fact::decode(&vec![0x81; 100_000]), unknown(""));
    // A text that claims 2^62 bytes, and an array that claims as many elements.
    for claim in [0x7b, 0x9b, 0xbb, 0x5b] {
        let mut bytes = vec![claim];
        bytes.extend((1u64 << 62).to_be_bytes());
        assert_eq!(Fact::decode(&bytes), unknown(""));
    }
    assert_eq!(Fact::decode(&vec![0x60; limits::CHANGE_BYTES + 1]), unknown(""));
}

fn mentions() -> impl Strategy<Value = Vec<Mention>> {
    let mention = (".{1,20}", proptest::option::of(any::<[u8; 32]>().prop_map(UserId)))
        .prop_map(|(name, user)| Mention { name, user });
    proptest::collection::vec(mention, 0..3)
}

fn with() -> impl Strategy<Value = With> {
    let id = || proptest::option::of(any::<[u8; 16]>().prop_map(MessageId));
    let poll = (proptest::collection::vec("[a-zа-я]{1,20}", 2..5), any::<bool>())
        .prop_map(|(options, several)| Poll { options, several });
    let forwarded = (".{0,30}", ".{0,30}", any::<i64>()).prop_map(|(author, chat, sent_at)| Forwarded {
        author,
        user: None,
        chat,
        sent_at,
    });
    (id(), mentions(), proptest::option::of(forwarded), proptest::option::of(poll)).prop_map(
        |(reply_to, mentions, forwarded, poll)| With { reply_to, mentions, forwarded, poll, again: None },
    )
}

#[test]
fn a_reaction_is_an_emoji_and_nothing_longer() {
    for emoji in ["👍", "👍🏽", "❤️", "👨‍👩‍👧‍👦", "🇷🇺", "1️⃣"] {
        assert!(is_emoji(emoji), "{emoji}");
    }
    for other in ["", "a", "ё", "<b>", "👍 👍", "Yes👍", "\u{202e}x", &"👍".repeat(20)] {
        assert!(!is_emoji(other), "{other}");
    }
}

fn card() -> impl Strategy<Value = Card> {
    let told = (".{0,100}", "[a-z0-9_.]{3,32}", ".{0,300}", proptest::collection::vec(any::<u8>(), 0..300));
    (told, 0..9_u64, proptest::option::of(0..=130_u16), proptest::option::of(any::<i64>())).prop_map(
        |((name, username, description, picture), rev, age, created_at)| Card {
            rev,
            username,
            description,
            picture,
            age,
            created_at,
            first_name: name.clone(),
            email: "a@b".into(),
            mobile: "+7 112".into(),
            ..Card::named(&name)
        },
    )
}

#[test]
fn a_profile_of_which_only_the_name_is_told_has_the_bytes_it_always_had() {
    let mut wire = vec![0xbf, 0x61, b'v', 1, 0x61, b'k', 0x67];
    wire.extend(b"profile\x64name\x64Anna\xff");
    let fact = Fact::Profile(Box::new(Card::named("Anna")));
    assert_eq!(fact.encode(), wire);
    assert_eq!(Fact::decode(&wire), fact);
}

#[test]
fn a_profile_over_a_limit_is_none() {
    let anna = || Card::named("Anna");
    let picture = |n: usize| Card { picture: vec![1; n], ..anna() };
    let fits = |card: Card| matches!(Fact::decode(&Fact::Profile(Box::new(card)).encode()), Fact::Profile(_));
    assert!(fits(picture(32 * 1024)) && !fits(picture(32 * 1024 + 1)));
    assert!(!fits(Card { username: "Anna".into(), ..anna() }));
    assert!(!fits(Card { email: "nowhere".into(), ..anna() }));
    assert!(!fits(Card { age: Some(131), ..anna() }));
    assert!(!fits(Card { rev: u64::MAX, ..anna() }));
}

pub fn fact() -> impl Strategy<Value = Fact> {
    let id = || proptest::option::of(any::<[u8; 16]>().prop_map(MessageId));
    prop_oneof![
        (".{0,200}", any::<i64>(), with()).prop_map(|(text, sent_at, with)| Fact::Message {
            text,
            sent_at,
            with
        }),
        (any::<[u8; 16]>(), ".{0,200}", mentions(), any::<i64>()).prop_map(
            |(of, text, mentions, edited_at)| Fact::Edit { of: MessageId(of), text, mentions, edited_at }
        ),
        any::<[u8; 16]>().prop_map(|of| Fact::Delete { of: MessageId(of) }),
        (any::<[u8; 16]>(), any::<bool>()).prop_map(|(of, on)| Fact::Pin { of: MessageId(of), on }),
        (any::<[u8; 16]>(), any::<bool>()).prop_map(|(of, on)| Fact::Reaction {
            of: MessageId(of),
            emoji: "👍🏽".into(),
            on
        }),
        (any::<[u8; 16]>(), proptest::collection::vec(any::<u8>(), 0..4))
            .prop_map(|(of, options)| Fact::Vote { of: MessageId(of), options }),
        card().prop_map(|card| Fact::Profile(Box::new(card))),
        (".{0,100}", ".{0,300}", ".{0,50}").prop_map(|(title, description, category)| Fact::Info {
            title,
            description,
            category
        }),
        (id(), id()).prop_map(|(delivered, read)| Fact::Marks { delivered, read }),
        Just(Fact::Leave),
        ".{1,60}".prop_map(|relay| Fact::Move { relay }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(fact in fact()) {
        prop_assert_eq!(Fact::decode(&fact.encode()), fact);
    }

    #[test]
    fn any_bytes_decode_to_something(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Fact::decode(&bytes);
    }

    #[test]
    fn damaged_facts_decode_to_something(fact in fact(), at in any::<proptest::sample::Index>(), to: u8) {
        let mut bytes = fact.encode();
        let at = at.index(bytes.len());
        bytes[at] = to;
        let unknown = |fact: &Fact| matches!(fact, Fact::Unknown { .. });
        let read = Fact::decode(&bytes);
        prop_assert!(read.is_readable() || unknown(&read));
    }
}
