//! Every exit code, met in the way a person would meet it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
};

use beseda_protocol::{codec, request::HelloAnswer};

use crate::world::{NOWHERE, World, beseda, refusal};

#[test]
fn mistakes_in_the_arguments_are_2() {
    assert_eq!(refusal(&beseda(&["--json", "dance"]).output().unwrap()), (2, "usage".into()));
    assert_eq!(refusal(&beseda(&["--json", "whoami"]).output().unwrap()), (2, "usage".into()));
    let world = World::without_relay();
    let anna = world.made("Anna");
    assert_eq!(anna.refused(&["log", "Trip", "--limit", "0"]), (2, "usage".into()));
    assert_eq!(anna.run(&["send"]).status.code(), Some(2));
    let new = world.person("Clara");
    // Nobody to ask and nothing said: no key is made in silence.
    assert_eq!(new.refused(&["init", "--name", "C", "--relay", &world.url]), (2, "key_not_chosen".into()));
    assert!(!new.profile.exists());
    let help = beseda(&["--help"]).output().unwrap();
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("Exit codes:"));
}

#[test]
fn a_relay_that_is_away_is_3_and_one_that_refuses_is_1() {
    let mut world = World::without_relay();
    let anna = world.person("Anna");
    anna.ok(&["init", "--name", "Anna", "--relay", NOWHERE, "--key", "file"]);
    anna.ok(&["chat", "create", "--title", "Trip"]);
    anna.ok(&["send", "Trip", "kept"]);
    assert_eq!(anna.refused(&["sync"]), (3, "relay_away".into()));
    assert_eq!(anna.one(&["log", "Trip"])["state"], "queued");

    world.start_relay(Some("token-of-the-host"));
    assert_eq!(world.made("Boris").refused(&["sync"]), (1, "invite_required".into()));
    let (clara, dora) = (world.person("Clara"), world.person("Dora"));
    let init = |token| ["init", "--name", "C", "--relay", &world.url, "--key", "file", "--invite", token];
    clara.ok(&init("token-of-the-host"));
    clara.ok(&["sync"]);
    dora.ok(&init("guessed"));
    assert_eq!(dora.refused(&["sync"]), (1, "invite_unknown".into()));
}

#[test]
fn a_relay_of_another_version_is_named_as_such() {
    let world = World::without_relay();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        let (mut line, mut length) = (String::new(), 0);
        while stream.read_line(&mut line).unwrap() > 2 {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        stream.read_exact(&mut vec![0; length]).unwrap();
        let body =
            codec::encode(&HelloAnswer { v: u16::MAX, invite_required: false, time: 0, directory: false });
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.get_mut().write_all(&[head.as_bytes(), &body].concat()).unwrap();
    });
    let anna = world.person("Anna");
    anna.ok(&["init", "--name", "Anna", "--relay", &url, "--key", "file"]);
    assert_eq!(anna.refused(&["sync"]), (1, "relay_version".into()));
    answering.join().unwrap();
}

#[test]
fn what_is_not_there_or_not_clear_is_4() {
    let world = World::without_relay();
    let anna = world.made("Anna");
    assert_eq!(anna.refused(&["send", "Trip", "hello"]), (4, "no_such_chat".into()));
    anna.ok(&["chat", "create", "--title", "Trip"]);
    assert_eq!(anna.refused(&["log", "Trip", "--before", "nonsense"]), (4, "no_such_message".into()));
    assert_eq!(anna.refused(&["log", "Trip", "--before", &"0".repeat(32)]), (4, "no_such_message".into()));
    assert_eq!(anna.refused(&["chat", "remove", "Trip", "Nobody"]), (4, "no_such_member".into()));
    anna.ok(&["chat", "create", "--title", "trip"]);
    assert_eq!(anna.refused(&["send", "Trip", "hello"]), (4, "ambiguous_chat".into()));
}

#[test]
fn what_the_chat_does_not_allow_is_5() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    assert_eq!(boris.refused(&["invite", "Trip"]), (5, "not_admin".into()));
    assert_eq!(boris.refused(&["chat", "remove", "Trip", "Anna"]), (5, "not_admin".into()));
    assert_eq!(anna.refused(&["chat", "remove", "Trip", "Anna"]), (5, "forbidden".into()));
    let clara = world.made("Clara");
    let link = anna.one(&["invite", "Trip"])["link"].as_str().unwrap().to_owned();
    let asking = clara.one(&["join", &link])["id"].as_str().unwrap().to_owned();
    assert_eq!(clara.refused(&["send", &asking, "hello"]), (5, "not_member".into()));
}

#[test]
fn what_is_wrong_with_the_profile_is_6() {
    let world = World::without_relay();
    let anna = world.person("Anna");
    assert_eq!(anna.refused(&["whoami"]), (6, "no_account".into()));
    let init = ["init", "--name", "Anna", "--relay", &world.url, "--json"];
    let with = |passphrase: &str, arguments: &[&str]| {
        anna.command(arguments).env("BESEDA_PASSPHRASE", passphrase).output().unwrap()
    };
    assert!(with("correct", &init).status.success());
    assert_eq!(refusal(&with("correct", &init)), (6, "account_exists".into()));
    assert!(with("correct", &["whoami"]).status.success());
    assert_eq!(refusal(&with("wrong", &["whoami", "--json"])), (6, "wrong_key".into()));
    assert_eq!(anna.refused(&["whoami"]), (6, "passphrase_needed".into()));

    let boris = world.made("Boris");
    let database = std::fs::read(boris.database()).unwrap();
    std::fs::write(boris.database(), b"SQLite format 3\0 of another program").unwrap();
    assert_eq!(boris.refused(&["whoami"]), (6, "not_a_database".into()));
    std::fs::write(boris.database(), database).unwrap();
    assert!(boris.run(&["whoami"]).status.success());

    let clara = world.person("Clara");
    let output = clara
        .command(&["init", "--name", "C", "--relay", &world.url, "--key", "keyring", "--json"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .output()
        .unwrap();
    assert_eq!(refusal(&output), (6, "no_keyring".into()));
}

#[test]
fn a_key_is_kept_in_another_way_by_who_can_open_it() {
    let world = World::without_relay();
    let anna = world.made("Anna");
    assert_eq!(anna.one(&["key"])["key"], "file");
    assert_eq!(anna.refused(&["key", "passphrase"]), (2, "usage".into()));
    let with = |old: &str, new: &str, arguments: &[&str]| {
        let mut command = anna.command(arguments);
        command.env("BESEDA_PASSPHRASE", old).env("BESEDA_NEW_PASSPHRASE", new).output().unwrap()
    };
    assert!(with("", "correct", &["key", "passphrase", "--json"]).status.success());
    assert_eq!(anna.refused(&["whoami"]), (6, "passphrase_needed".into()));
    assert_eq!(refusal(&with("wrong", "mine", &["key", "passphrase", "--json"])), (6, "wrong_key".into()));
    assert!(with("correct", "", &["whoami"]).status.success());
    assert!(with("correct", "", &["key", "file", "--json"]).status.success());
    assert_eq!(anna.one(&["key"])["key"], "file");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_6() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::without_relay();
    let anna = world.made("Anna");
    let key = anna.profile.join("key.json");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(anna.refused(&["whoami"]), (6, "key_file_open".into()));
}

#[test]
fn what_cannot_be_taken_as_it_is_typed_is_7() {
    let world = World::without_relay();
    let anna = world.made("Anna");
    anna.ok(&["chat", "create", "--title", "Trip"]);
    assert_eq!(anna.refused(&["send", "Trip", " \n "]), (7, "bad_text".into()));
    assert_eq!(anna.refused(&["chat", "create", "--title", ""]), (7, "bad_text".into()));
    assert_eq!(anna.refused(&["join", "https://example.org"]), (7, "not_a_link".into()));
    let link = anna.text(&["invite", "Trip"]);
    let boris = world.person("Boris");
    boris.ok(&["init", "--name", "Boris", "--relay", NOWHERE, "--key", "file"]);
    assert_eq!(boris.refused(&["join", link.trim()]), (7, "other_relay".into()));
    let clara = world.person("Clara");
    let init = ["init", "--name", "C", "--relay", "http://relay.example", "--key", "file"];
    assert_eq!(clara.refused(&init), (7, "bad_relay_url".into()));
}
