//! `watch`: a line for each event, until stopped.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    sync::mpsc,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

use crate::world::{NOWHERE, Person, World};

/// Only for a watch that says nothing: the test fails instead of hanging.
const NEVER: Duration = Duration::from_secs(120);

struct Watch {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Watch {
    fn start(person: &Person) -> Self {
        let mut child = person.command(&["watch", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, lines }
    }

    /// Everything told up to and with the first event that `last` fits.
    fn until(&self, last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut told = Vec::new();
        loop {
            let line = self.lines.recv_timeout(NEVER).unwrap_or_else(|error| panic!("{error}: {told:?}"));
            told.push(serde_json::from_str(&line).unwrap());
            if last(&told[told.len() - 1]) {
                return told;
            }
        }
    }

    /// Stops it; answers what it told meanwhile.
    fn stop(mut self, signal: Signal) -> Vec<String> {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
        assert!(self.child.wait().unwrap().success());
        self.lines.iter().collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn up_to_date(event: &Value) -> bool {
    event["event"] == "sync" && event["state"] == "up_to_date"
}

fn texts(events: &[Value]) -> Vec<(&str, &str)> {
    let messages = events.iter().filter(|event| event["event"] == "message");
    messages.map(|event| (event["text"].as_str().unwrap(), event["state"].as_str().unwrap())).collect()
}

#[test]
fn boris_watches_what_anna_says() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    anna.ok(&["send", "Trip", "before"]);
    anna.ok(&["sync"]);
    boris.ok(&["sync"]);
    boris.ok(&["send", "Trip", "mine, written offline"]);
    anna.ok(&["send", "Trip", "while away"]);
    anna.ok(&["sync"]);

    let watch = Watch::start(&boris);
    let told = watch.until(up_to_date);
    assert_eq!(texts(&told), [("while away", "accepted"), ("mine, written offline", "accepted")]);
    assert_eq!(boris.refused(&["whoami"]), (6, "profile_in_use".into()));

    anna.ok(&["send", "Trip", "live"]);
    anna.ok(&["sync"]);
    let told = watch.until(|event| event["text"] == "live");
    assert_eq!(texts(&told), [("live", "accepted")]);
    assert_eq!(
        (&told[told.len() - 1]["author_name"], &told[told.len() - 1]["mine"]),
        (&"Anna".into(), &false.into())
    );

    anna.ok(&["chat", "remove", "Trip", "Boris"]);
    anna.ok(&["sync"]);
    let told = watch.until(|event| event["event"] == "chat" && event["status"] == "removed");
    assert_eq!(texts(&told), []);
    watch.stop(Signal::SIGTERM);

    let again = Watch::start(&boris);
    assert_eq!(texts(&again.until(up_to_date)), [], "what was told is not told again");
    again.stop(Signal::SIGINT);
}

#[test]
fn a_newcomer_sees_the_chat_appear() {
    let world = World::new();
    let anna = world.made("Anna");
    let boris = world.made("Boris");
    let made = anna.one(&["chat", "create", "--title", "Trip"]);
    anna.ok(&["send", "Trip", "welcome"]);
    anna.ok(&["sync"]);
    let link = anna.text(&["invite", "Trip"]);
    let asking = boris.one(&["join", link.trim()]);
    let watch = Watch::start(&boris);
    watch.until(up_to_date);
    anna.ok(&["sync"]);
    let mut told = watch.until(|event| event["event"] == "chat" && event["id"] == made["id"]);
    assert_eq!(told[told.len() - 1]["was"], asking["id"]);
    if texts(&told).is_empty() {
        told = watch.until(|event| event["event"] == "message");
    }
    assert_eq!(texts(&told), [("welcome", "accepted")]);
    watch.stop(Signal::SIGTERM);
}

#[test]
fn an_absent_relay_is_told_and_does_not_end_it() {
    let world = World::without_relay();
    let anna = world.person("Anna");
    anna.ok(&["init", "--name", "Anna", "--relay", NOWHERE, "--key", "file"]);
    anna.ok(&["chat", "create", "--title", "Trip"]);
    anna.ok(&["send", "Trip", "kept"]);
    let watch = Watch::start(&anna);
    let told = watch.until(|event| event["state"] == "offline" && !event["error"].is_null());
    let last = &told[told.len() - 1];
    assert_eq!((&last["error"]["code"], &last["waiting"]), (&"relay_away".into(), &1.into()));
    watch.stop(Signal::SIGINT);
    assert_eq!(anna.one(&["log", "Trip"])["state"], "queued");
}

#[test]
fn what_happens_to_messages_is_told_once() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    let sent = anna.one(&["send", "Trip", "first"]);
    let poll = anna.one(&["poll", "Trip", "What?", "tea", "coffee"]);
    let (first, poll) = (sent["id"].as_str().unwrap(), poll["id"].as_str().unwrap());
    anna.ok(&["react", first, "🔥"]);
    anna.ok(&["sync"]);
    boris.ok(&["sync"]);
    boris.ok(&["react", first, "👍"]);

    let watch = Watch::start(&boris);
    let told = watch.until(up_to_date);
    let of = |told: &[Value], kind: &str| -> Vec<Value> {
        told.iter().filter(|event| event["event"] == kind).cloned().collect()
    };
    let own = of(&told, "reaction");
    assert_eq!(own.len(), 1, "what was here before is not told: {told:?}");
    assert_eq!((&own[0]["name"], &own[0]["emoji"]), (&"Boris".into(), &"👍".into()));

    anna.ok(&["react", first, "🎉"]);
    anna.ok(&["react", first, "🔥", "--off"]);
    anna.ok(&["pin", first]);
    anna.ok(&["vote", poll, "2"]);
    anna.ok(&["edit", first, "said otherwise"]);
    anna.ok(&["send", "Trip", "last"]);
    anna.ok(&["sync"]);
    let told = watch.until(|event| event["event"] == "vote");
    let mut all = told;
    while of(&all, "message").is_empty() || of(&all, "edited").is_empty() {
        all.extend(watch.until(|event| event["event"] == "message" || event["event"] == "edited"));
    }
    let reactions: Vec<_> =
        of(&all, "reaction").iter().map(|event| (event["emoji"].clone(), event["on"].clone())).collect();
    assert_eq!(reactions, [("🎉".into(), true.into()), ("🔥".into(), false.into())]);
    let pins = of(&all, "pin");
    assert_eq!(pins.len(), 1);
    assert_eq!(
        (&pins[0]["message"], &pins[0]["on"], &pins[0]["name"]),
        (&first.into(), &true.into(), &"Anna".into())
    );
    assert_eq!(of(&all, "vote")[0]["options"], serde_json::json!([2]));
    let edited = of(&all, "edited");
    assert_eq!((edited.len(), &edited[0]["text"]), (1, &"said otherwise".into()));

    anna.ok(&["delete", first]);
    anna.ok(&["sync"]);
    let told = watch.until(|event| event["event"] == "deleted");
    let last = &told[told.len() - 1];
    assert_eq!((&last["id"], &last["text"], &last["deleted"]), (&first.into(), &"".into(), &true.into()));
    assert_eq!(texts(&told), []);
    watch.stop(Signal::SIGTERM);
}
