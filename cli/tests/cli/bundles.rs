//! `export-bundle`, `import-bundle`: from profile to profile in a file, and stopped half way.

use std::process::{Command, Stdio};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::world::{World, refusal};

#[test]
fn what_one_says_comes_to_another_in_a_file() {
    let world = World::new();
    let (anna, boris) = world.anna_and_boris();
    anna.ok(&["send", "Trip", "on a stick"]);
    let stick = anna.profile.with_file_name("stick.beseda");
    let stick = stick.to_str().unwrap();
    assert!(anna.one(&["export-bundle", stick])["envelopes"].as_u64().unwrap() > 0);
    assert_eq!(boris.one(&["import-bundle", stick])["envelopes"], 1);
    assert!(boris.texts("Trip", 10).contains(&"on a stick".to_owned()));
    assert_eq!(boris.one(&["import-bundle", stick])["envelopes"], 0);
}

#[test]
fn an_import_that_is_stopped_says_so_and_leaves_the_profile_free() {
    let world = World::new();
    let (anna, _boris) = world.anna_and_boris();
    // A file that does not go on: who reads it waits.
    let slow = anna.profile.with_file_name("slow.beseda");
    assert!(Command::new("mkfifo").arg(&slow).status().unwrap().success());
    let importing = anna
        .command(&["import-bundle", slow.to_str().unwrap(), "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opens only when the program reads.
    let writing = std::fs::OpenOptions::new().write(true).open(&slow).unwrap();
    kill(Pid::from_raw(importing.id().cast_signed()), Signal::SIGINT).unwrap();
    assert_eq!(refusal(&importing.wait_with_output().unwrap()), (1, "stopped".into()));
    drop(writing);
    assert_eq!(anna.one(&["whoami"])["name"], "Anna");
}
