//! One thing that an author has said, as self-describing CBOR: a message, a name, a mark.
//!
//! On the wire a fact is a map with `v` (format, 1), `k` (kind) and the kind's own fields. What this version does not
//! know it keeps and passes on as bytes and shows as [`Fact::Unknown`]; so decoding never fails, and whether a fact is
//! readable follows from its bytes alone. A kind grows by optional fields, which older apps ignore; a change that older
//! apps must not half-understand takes a new kind or a higher `v`.

use beseda_protocol::{MessageId, codec, limits};
use serde::{Deserialize, Serialize};

/// Format of the facts this version writes; facts of a higher one are [`Fact::Unknown`].
const VERSION: u16 = 1;
/// Longest name of a kind, in bytes.
const KIND_BYTES: usize = 32;

const MESSAGE: &str = "message";
const PROFILE: &str = "profile";
const INFO: &str = "info";
const MARKS: &str = "marks";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Message {
        text: String,
        /// The author's own clock, in milliseconds since 1970. Never an order.
        sent_at: i64,
    },
    /// How the author is called in this chat. The last one counts.
    Profile { name: String },
    /// What the chat is called; counts only from admins, which the projection decides.
    Info { title: String, description: String, category: String },
    /// How far the author has got; the last one counts. `None` stands before the first message.
    Marks { delivered: Option<MessageId>, read: Option<MessageId> },
    /// A newer kind, a newer format of a known kind, or something over a limit. `kind` is empty where not even that
    /// could be read.
    Unknown { kind: String },
}

/// What every fact has, whatever its kind.
#[derive(Deserialize)]
struct Head {
    v: u16,
    k: String,
}

#[derive(Serialize)]
struct Tagged<'a, B> {
    v: u16,
    k: &'a str,
    #[serde(flatten)]
    body: B,
}

// Borrowed to write, owned to read: one struct serves both.
#[derive(Serialize, Deserialize)]
struct MessageBody<S> {
    text: S,
    sent_at: i64,
}

#[derive(Serialize, Deserialize)]
struct ProfileBody<S> {
    name: S,
}

#[derive(Serialize, Deserialize)]
struct InfoBody<S> {
    title: S,
    description: S,
    category: S,
}

#[derive(Serialize, Deserialize)]
struct MarksBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivered: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<MessageId>,
}

#[derive(Serialize)]
struct NoBody {}

impl Fact {
    /// The fact as CBOR. Encode only what [`Fact::is_readable`]; others would read the rest as unknown.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        fn tagged<B: Serialize>(kind: &str, body: B) -> Vec<u8> {
            codec::encode(&Tagged { v: VERSION, k: kind, body })
        }
        match self {
            Self::Message { text, sent_at } => {
                tagged(MESSAGE, MessageBody { text: text.as_str(), sent_at: *sent_at })
            }
            Self::Profile { name } => tagged(PROFILE, ProfileBody { name: name.as_str() }),
            Self::Info { title, description, category } => tagged(
                INFO,
                InfoBody {
                    title: title.as_str(),
                    description: description.as_str(),
                    category: category.as_str(),
                },
            ),
            Self::Marks { delivered, read } => {
                tagged(MARKS, MarksBody { delivered: *delivered, read: *read })
            }
            Self::Unknown { kind } => tagged(kind, NoBody {}),
        }
    }

    /// Reads a fact. Never fails and never panics: what cannot be read is [`Fact::Unknown`].
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        let Ok(head) = codec::decode::<Head>(bytes, limits::CHANGE_BYTES) else {
            return Self::Unknown { kind: String::new() };
        };
        let known = (head.v == VERSION).then(|| Self::decode_known(&head.k, bytes)).flatten();
        known.filter(Self::is_readable).unwrap_or_else(|| Self::Unknown {
            kind: if head.k.len() <= KIND_BYTES { head.k } else { String::new() },
        })
    }

    fn decode_known(kind: &str, bytes: &[u8]) -> Option<Self> {
        fn body<B: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<B> {
            codec::decode(bytes, limits::CHANGE_BYTES).ok()
        }
        match kind {
            MESSAGE => body(bytes).map(|MessageBody { text, sent_at }| Self::Message { text, sent_at }),
            PROFILE => body(bytes).map(|ProfileBody { name }| Self::Profile { name }),
            INFO => body(bytes).map(|InfoBody { title, description, category }| Self::Info {
                title,
                description,
                category,
            }),
            MARKS => body(bytes).map(|MarksBody { delivered, read }| Self::Marks { delivered, read }),
            _ => None,
        }
    }

    /// Every app of this version reads it as what it is: a known kind within the limits of
    /// [`beseda_protocol::limits`].
    #[must_use]
    pub fn is_readable(&self) -> bool {
        let title = |text: &str| text.chars().count() <= limits::TITLE_CHARS;
        match self {
            Self::Message { text, .. } => text.len() <= limits::MESSAGE_TEXT_BYTES,
            Self::Profile { name } => title(name),
            Self::Info { title: name, description, category } => {
                title(name) && title(category) && description.chars().count() <= limits::DESCRIPTION_CHARS
            }
            Self::Marks { .. } => true,
            Self::Unknown { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
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
        let fact = Fact::Message { text: "Привет".into(), sent_at: 7 };
        let wire =
            cbor!({ "v" => 1, "k" => "message", "text" => "Привет", "sent_at" => 7 }).map(|v| bytes(&v));
        assert_eq!(Fact::decode(&wire.unwrap()), fact);
        // 0xbf: a map of unknown length, which is how a flattened struct is written.
        assert_eq!(&fact.encode()[..5], &[0xbf, 0x61, b'v', 0x01, 0x61]);
    }

    #[test]
    fn an_older_app_reads_what_it_knows_and_names_what_it_does_not() {
        let newer_kind = cbor!({ "v" => 1, "k" => "poll", "choices" => ["a", "b"] }).unwrap();
        assert_eq!(Fact::decode(&bytes(&newer_kind)), unknown("poll"));
        let newer_format = cbor!({ "v" => 2, "k" => "message", "text" => "a", "sent_at" => 1 }).unwrap();
        assert_eq!(Fact::decode(&bytes(&newer_format)), unknown("message"));
        let newer_field =
            cbor!({ "v" => 1, "k" => "message", "text" => "a", "sent_at" => 1, "reply" => [1] }).unwrap();
        assert_eq!(Fact::decode(&bytes(&newer_field)), Fact::Message { text: "a".into(), sent_at: 1 });
        let other_type = cbor!({ "v" => 1, "k" => "message", "text" => [1], "sent_at" => 1 }).unwrap();
        assert_eq!(Fact::decode(&bytes(&other_type)), unknown("message"));
        let unnamed = cbor!({ "v" => 1, "k" => "x".repeat(33) }).unwrap();
        assert_eq!(Fact::decode(&bytes(&unnamed)), unknown(""));
        assert_eq!(Fact::decode(b""), unknown(""));
        let mut trailing = Fact::Profile { name: "Анна".into() }.encode();
        trailing.push(0);
        assert_eq!(Fact::decode(&trailing), unknown(""));
    }

    #[test]
    fn limits_are_counted_in_characters_for_titles_and_bytes_for_texts() {
        let fits = |fact: Fact| Fact::decode(&fact.encode()) == fact;
        let name = |n: usize| Fact::Profile { name: "ы".repeat(n) };
        assert!(fits(name(limits::TITLE_CHARS)));
        assert_eq!(Fact::decode(&name(limits::TITLE_CHARS + 1).encode()), unknown("profile"));
        let text = |n: usize| Fact::Message { text: "a".repeat(n), sent_at: 0 };
        assert!(fits(text(limits::MESSAGE_TEXT_BYTES)));
        assert_eq!(Fact::decode(&text(limits::MESSAGE_TEXT_BYTES + 1).encode()), unknown("message"));
        let info = |n: usize| Fact::Info {
            title: String::new(),
            description: "a".repeat(n),
            category: String::new(),
        };
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

    pub fn fact() -> impl Strategy<Value = Fact> {
        let id = || proptest::option::of(any::<[u8; 16]>().prop_map(MessageId));
        prop_oneof![
            (".{0,200}", any::<i64>()).prop_map(|(text, sent_at)| Fact::Message { text, sent_at }),
            ".{0,100}".prop_map(|name| Fact::Profile { name }),
            (".{0,100}", ".{0,300}", ".{0,50}").prop_map(|(title, description, category)| Fact::Info {
                title,
                description,
                category
            }),
            (id(), id()).prop_map(|(delivered, read)| Fact::Marks { delivered, read }),
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
}
