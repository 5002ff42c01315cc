//! Real processes: the relay's and the terminal's programs, killed at any moment, a relay asked by who may not, and a
//! window on a desktop that shows notifications.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

#[path = "processes/access.rs"]
mod access;
#[path = "processes/notifications.rs"]
mod notifications;
#[path = "processes/terminal.rs"]
mod terminal;

use std::time::Duration;

use beseda_tests::desktop::RelayProcess;
use terminal::{Terminal, json};

/// Moments of death: different ones each run, known when it fails.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let seed = match std::env::var("BESEDA_SEED") {
            Ok(seed) => seed.parse().unwrap(),
            Err(_) => u64::from(std::process::id()),
        };
        eprintln!("BESEDA_SEED={seed}");
        Self(seed | 1)
    }

    fn below(&mut self, n: u64) -> u64 {
        // xorshift64.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

const EACH: usize = 1000;
/// How many are written before there is a relay.
const OFFLINE: usize = 600;
/// Far more than are needed.
const ROUNDS: usize = 300;

#[tokio::test]
async fn a_thousand_messages_each_survive_the_death_of_every_program() {
    let mut dice = Dice::new();
    let dir = tempfile::tempdir().unwrap();
    let mut relay = RelayProcess::start(&dir.path().join("relay")).await.unwrap();
    let people = ["Anna", "Boris"].map(|name| Terminal::new(dir.path(), name));
    for person in &people {
        person.run(&["init", "--name", person.name, "--relay", &relay.url(), "--key", "file"]);
    }
    let [anna, boris] = &people;
    let chat = json(&anna.run(&["chat", "create", "--title", "Trip"]))["id"].as_str().unwrap().to_owned();
    anna.run(&["sync"]);
    let link = json(&anna.run(&["invite", &chat]))["link"].as_str().unwrap().to_owned();
    boris.run(&["join", &link]);
    for person in [boris, anna, boris, anna] {
        person.run(&["sync"]);
    }

    relay.kill();
    for person in &people {
        while person.said(&chat) < OFFLINE {
            person.says_until_killed(&chat, EACH, 20 + dice.below(200) as usize);
        }
        assert_eq!(person.start(&["sync"]).wait().await.unwrap().code(), Some(3), "the relay is away");
    }
    relay.restart().await.unwrap();

    let mut deaths = [0; 2];
    for round in 0.. {
        assert!(round < ROUNDS, "they do not come together");
        for person in &people {
            if person.said(&chat) < EACH {
                person.says_until_killed(&chat, EACH, 10 + dice.below(80) as usize);
            }
        }
        // Both exchange at once, and one of three may die on the way, at a moment that means nothing.
        let mut running = people.each_ref().map(|person| person.start(&["sync"]));
        let moment = Duration::from_millis(30 + dice.below(400));
        let victim = dice.below(4) as usize;
        if victim < 2 {
            if tokio::time::timeout(moment, running[victim].wait()).await.is_err() {
                running[victim].kill().await.unwrap();
                deaths[0] += 1;
            }
        } else if victim == 2 {
            if tokio::time::timeout(moment, running[0].wait()).await.is_err() {
                deaths[1] += 1;
            }
            relay.kill();
            relay.restart().await.unwrap();
        }
        let mut quiet = victim > 2;
        for child in &mut running {
            let status = child.wait().await.unwrap();
            quiet &= status.success();
            assert!(matches!(status.code(), None | Some(0 | 3)), "{status}");
        }
        if quiet && people.iter().all(|person| person.log(&chat).len() == 2 * EACH) {
            break;
        }
    }
    eprintln!("{deaths:?} programs and relays died while they were busy");
    // Acceptances that came when the other was gone already.
    for person in [anna, boris, anna, boris] {
        person.run(&["sync"]);
    }
    assert_eq!(anna.log(&chat), boris.log(&chat), "the same, in the same order");
    for person in &people {
        assert_eq!(person.said(&chat), EACH, "all of them, once, in their order");
        let lines = json(&person.run(&["chat", "list"]));
        assert_eq!(lines["quarantined"], 0);
        let log = person.run(&["log", &chat, "--limit", "5000"]);
        let own: Vec<_> = log.lines().map(json).filter(|message| message["mine"] == true).collect();
        assert!(own.iter().all(|message| message["state"] == "delivered"), "and the other has them");
        assert_eq!(json(&person.run(&["whoami"]))["waiting"], 0);
    }
}

#[tokio::test]
async fn a_second_process_is_told_that_the_profile_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(&dir.path().join("relay")).await.unwrap();
    let anna = Terminal::new(dir.path(), "Anna");
    anna.run(&["init", "--name", "Anna", "--relay", &relay.url(), "--key", "file"]);
    let mut watching = anna.start_talking(&["watch"]);
    watching.line();
    let (code, said) = anna.fails(&["whoami"]);
    assert_eq!(code, Some(6));
    assert!(said.contains("another Beseda has this profile open"), "{said}");
    watching.kill();
    // What was killed lets go.
    assert_eq!(json(&anna.run(&["whoami"]))["name"], "Anna");
}
