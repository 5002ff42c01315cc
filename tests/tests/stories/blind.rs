//! Whoever has the relay's disk, or the wire, or the file of a profile, learns no word, no name and no title.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::{collections::HashMap, fs, path::Path, sync::LazyLock};

use beseda_protocol::{ChatId, membership::ChatKind};
use beseda_tests::world::{Person, World, admit};
use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};

const ANNA: &str = "Анна-Аквамариновая";
const BORIS: &str = "Borislav-Quetzalcoatl";
const TITLE: &str = "Кругосветка на дирижабле 2027";
const DESCRIPTION: &str = "Zeppelin-itinerary-draft-seventeen";
const CATEGORY: &str = "Собственные-воздухоплавания";
const SAID: [&str; 5] = [
    "The rendezvous is beneath the Rhinoceros fountain",
    "Пароль прежний: «фиолетовый крокодил»",
    "👩🏽‍🚀🪂 kumquat-marmalade",
    "نلتقي تحت شجرة الزيتون القديمة",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

fn secrets() -> Vec<&'static str> {
    [&[ANNA, BORIS, TITLE, DESCRIPTION, CATEGORY][..], &SAID[..]].concat()
}

/// How words may lie in bytes: as they are, in UTF-16, and as text made of either.
fn forms(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let plain = [
        ("UTF-8", word.as_bytes().to_vec()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
    ];
    let mut forms = plain.to_vec();
    for (_, bytes) in plain {
        forms.push(("hexadecimal", HEXLOWER.encode(&bytes).into()));
        forms.push(("hexadecimal", HEXUPPER.encode(&bytes).into()));
        // Base64 of a longer text: the word may begin at any of three places. Its inner letters are always the same.
        for skip in 0..3 {
            let inner = &bytes[skip..bytes.len() - (bytes.len() - skip) % 3];
            forms.push(("base64", BASE64.encode(inner).into()));
            forms.push(("base64url", BASE64URL.encode(inner).into()));
        }
    }
    forms
}

fn finds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

const HEAD: usize = 8;

/// What it is, and its bytes.
type Needle = (String, Vec<u8>);

/// Every form of every secret, by its first bytes: each byte of a haystack is then looked at once.
static NEEDLES: LazyLock<HashMap<[u8; HEAD], Vec<Needle>>> = LazyLock::new(|| {
    let mut needles: HashMap<_, Vec<_>> = HashMap::new();
    for word in secrets() {
        for (form, bytes) in forms(word) {
            let head = *bytes.first_chunk().unwrap();
            needles.entry(head).or_default().push((format!("{word} as {form}"), bytes));
        }
    }
    needles
});

/// Secrets that can be read in `bytes`.
fn readable(bytes: &[u8]) -> Vec<String> {
    let mut found = vec![];
    for at in 0..bytes.len().saturating_sub(HEAD - 1) {
        let Some(needles) = bytes[at..].first_chunk().and_then(|head| NEEDLES.get(head)) else { continue };
        for (what, needle) in needles {
            if bytes[at..].starts_with(needle) {
                found.push(what.clone());
            }
        }
    }
    found
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![];
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files
}

async fn conversation(world: &World) -> (Person, Person, ChatId) {
    let (anna, boris) = (world.person(ANNA).await, world.person(BORIS).await);
    let chat = anna.core().create_chat(ChatKind::Group, TITLE, DESCRIPTION, CATEGORY).await.unwrap().id;
    admit(&anna, &boris, chat).await;
    for (n, text) in SAID.iter().enumerate() {
        let person = if n % 2 == 0 { &anna } else { &boris };
        person.says(chat, text).await;
        person.sync().await;
    }
    for person in [&anna, &boris] {
        person.sync().await;
        person.reads_all(chat).await;
        person.core().save_draft(person.number(chat).await, SAID[0], None).await.unwrap();
        person.sync().await;
    }
    (anna, boris, chat)
}

#[test]
fn the_search_finds_what_is_there() {
    for word in secrets() {
        for (form, bytes) in forms(word) {
            let around = [b"some bytes before ".as_slice(), &bytes, b" and after"].concat();
            assert!(readable(&around).iter().any(|found| found.starts_with(word)), "{word} as {form}");
        }
        let inside = BASE64.encode(format!("x{word}yz").as_bytes());
        assert!(!readable(inside.as_bytes()).is_empty(), "{word} inside a longer text");
    }
    assert!(readable(b"nothing of the kind").is_empty());
}

#[tokio::test]
async fn neither_the_relays_disk_nor_the_wire_tells_what_was_said() {
    let world = World::new().await;
    world.record();
    let (anna, boris, chat) = conversation(&world).await;
    assert_eq!(anna.sees(chat).await, boris.sees(chat).await);
    assert_eq!(boris.line(chat).await.title, TITLE, "it did cross the wire");

    let disk = files(&world.relay_dir());
    assert!(disk.iter().any(|(_, bytes)| bytes.len() > 20_000), "something was stored");
    for (path, bytes) in disk {
        assert_eq!(readable(&bytes), Vec::<String>::new(), "{path}");
    }
    let traffic = world.traffic();
    assert!(traffic.len() > 50, "{} pieces of traffic", traffic.len());
    for bytes in &traffic {
        assert_eq!(readable(bytes), Vec::<String>::new());
    }
    // Ids are what the relay does know, so the record is of what crossed.
    assert!(traffic.iter().any(|bytes| finds(bytes, chat.as_bytes())));
    world.stop_relay().await;
    for (path, bytes) in files(&world.relay_dir()) {
        assert_eq!(readable(&bytes), Vec::<String>::new(), "{path} of a stopped relay");
    }
}

#[tokio::test]
async fn the_file_of_a_profile_tells_nothing_without_its_key() {
    let world = World::new().await;
    let (mut anna, _boris, chat) = conversation(&world).await;
    let open = files(&anna.profile);
    anna.close().await;
    let closed = files(&anna.profile);
    for (path, bytes) in open.into_iter().chain(closed) {
        assert_eq!(readable(&bytes), Vec::<String>::new(), "{path}");
        assert!(!bytes.starts_with(b"SQLite format 3"), "{path}");
        assert!(!finds(&bytes, chat.as_bytes()), "{path}: nor a chat's id");
    }
    anna.open().await.unwrap();
    assert_eq!(anna.sees(chat).await.len(), SAID.len());
}
