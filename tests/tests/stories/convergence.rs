//! Whatever happens in whatever order, everybody who is in a chat ends with the same chat.
//!
//! A schedule is made from a seed: people write, sync, lose the network in the middle of a request, restart, meet,
//! are put out, while the relay comes and goes. `BESEDA_SEEDS=1000` runs so many seeds from `BESEDA_FIRST` on, `BESEDA_SEED=17` only that one.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

mod devices;
mod everything;
mod schedule;

use std::{
    hash::{DefaultHasher, Hash, Hasher as _},
    ops::Range,
    process::{Command, Output},
};

use beseda_protocol::flaws::Flaw;
use schedule::Schedule;

const SEEDS: u64 = 60;
const STEPS: u32 = 80;
/// Each begins with three accounts and ends with up to nine devices.
const SEEDS_OF_DEVICES: u64 = 8;
const STEPS_OF_DEVICES: u32 = 60;
/// `BESEDA_STEPS=500` makes them longer.
const SEEDS_OF_EVERYTHING: u64 = 50;
const STEPS_OF_EVERYTHING: u64 = 100;
const SEED_TOLD_TWICE: u64 = 9;
const STEPS_TOLD_TWICE: u64 = 100;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// The seeds that are asked for, else the first `usual` ones.
fn seeds(usual: u64) -> Range<u64> {
    if let Some(seed) = number("BESEDA_SEED") {
        return seed..seed + 1;
    }
    let first = number("BESEDA_FIRST").unwrap_or(0);
    first..first + number("BESEDA_SEEDS").unwrap_or(usual)
}

/// Says which schedule it was when a test fails, at whatever line.
struct Story {
    seed: u64,
    steps: Vec<String>,
}

impl Story {
    fn new(seed: u64) -> Self {
        Self { seed, steps: vec![] }
    }

    fn note(&mut self, step: String) {
        tracing::info!("{step}");
        self.steps.push(step);
    }

    /// What the last step has led to: told again, it leads there again.
    fn led_to(&mut self, outcome: &impl Hash) {
        let mut hasher = DefaultHasher::new();
        outcome.hash(&mut hasher);
        if let Some(step) = self.steps.last_mut() {
            step.push_str(&format!(" -> {:08x}", hasher.finish() as u32));
        }
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("BESEDA_SEED={} fails after:\n  {}", self.seed, self.steps.join("\n  "));
        }
    }
}

#[tokio::test]
async fn everybody_ends_with_the_same_chat_whatever_happened_on_the_way() {
    let seeds = seeds(SEEDS);
    let mut seen = schedule::Seen::default();
    for seed in seeds.clone() {
        let mut schedule = Schedule::new(seed).await;
        for _ in 0..STEPS {
            schedule.step().await;
        }
        schedule.come_together().await;
        seen += schedule.check().await;
        schedule.close().await;
    }
    if seeds.end - seeds.start >= SEEDS {
        // Else the schedules have become tame, and prove nothing.
        assert!(seen.messages > 300 && seen.admitted > 30 && seen.removed > 5, "{seen:?}");
        assert!(seen.done.iter().all(|done| *done > 5), "{seen:?}");
        assert!(seen.failed > 5 && seen.back > 0 && seen.cut > 20 && seen.lost > 20, "{seen:?}");
        assert!(seen.roles > 10, "{seen:?}");
    }
}

#[tokio::test]
async fn every_device_of_everybody_ends_with_the_same_whatever_was_linked_removed_or_lost() {
    let seeds = seeds(SEEDS_OF_DEVICES);
    let mut all = devices::Seen::default();
    for seed in seeds.clone() {
        let mut schedule = devices::Schedule::new(seed).await;
        for _ in 0..STEPS_OF_DEVICES {
            schedule.step().await;
        }
        schedule.come_together().await;
        let seen = schedule.check().await;
        schedule.close().await;
        all.linked += seen.linked;
        all.removed += seen.removed;
        all.lost += seen.lost;
        all.messages += seen.messages;
        all.saved += seen.saved;
    }
    if seeds.end - seeds.start >= SEEDS_OF_DEVICES {
        assert!(all.linked > 8 && all.removed > 4 && all.lost > 5, "{all:?}");
        assert!(all.messages > 50 && all.saved > 10, "{all:?}");
    }
}

/// In every other one the relay loses its disk, and is put back to what it was; `BESEDA_LOSSES=0` spares it that. Also told at
/// length by `cargo xtask nightly`: `BESEDA_FIRST=40 BESEDA_SEEDS=10 BESEDA_STEPS=500`.
#[tokio::test]
async fn all_who_are_in_agree_and_nothing_accepted_is_lost_whatever_happens_at_once() {
    let seeds = seeds(SEEDS_OF_EVERYTHING);
    let steps = number("BESEDA_STEPS").unwrap_or(STEPS_OF_EVERYTHING);
    let losses = number("BESEDA_LOSSES") != Some(0);
    let mut all = everything::Seen::default();
    for seed in seeds.clone() {
        let mut schedule = everything::Schedule::new(seed, losses && !seed.is_multiple_of(2)).await;
        for _ in 0..steps {
            schedule.step().await;
        }
        schedule.come_together().await;
        schedule.check().await;
        all.add(&schedule.close().await);
    }
    if seeds.end - seeds.start >= SEEDS_OF_EVERYTHING {
        // Else the schedules have become tame, and prove nothing.
        for what in everything::HAPPENS {
            assert!(all.of(what) > 5, "{what}: {all:?}");
        }
    }
}

/// Without it a seed that fails is no more than a rumour.
#[tokio::test]
async fn a_schedule_told_again_goes_the_same_way() {
    let seed = number("BESEDA_SEED").unwrap_or(SEED_TOLD_TWICE);
    let steps = number("BESEDA_STEPS").unwrap_or(STEPS_TOLD_TWICE);
    let mut told = vec![];
    for _ in 0..2 {
        let mut schedule = everything::Schedule::new(seed, true).await;
        for _ in 0..steps {
            schedule.step().await;
        }
        schedule.come_together().await;
        told.push(schedule.steps());
        schedule.close().await;
    }
    for (n, (once, again)) in told[0].iter().zip(&told[1]).enumerate() {
        assert_eq!(once, again, "step {n}");
    }
    assert_eq!(told[0].len(), told[1].len());
}

/// Each rule is broken in a process of its own that tells a story: it must fail.
#[test]
fn whichever_rule_is_broken_a_story_notices() {
    const EVERYTHING: &str =
        "convergence::all_who_are_in_agree_and_nothing_accepted_is_lost_whatever_happens_at_once";
    let mut unnoticed = vec![];
    for flaw in Flaw::ALL {
        let story = match flaw {
            Flaw::SkipCas => "membership::two_who_let_somebody_in_at_the_same_moment_both_do",
            Flaw::WelcomeEarly => {
                "membership::a_welcome_comes_with_the_handshake_that_the_relay_takes_and_with_no_other"
            }
            Flaw::SkipAuthorise => "roles::who_was_made_no_admin_while_away_changes_nothing_any_more",
            Flaw::SkipSignature => "hostile::what_no_honest_app_sends_is_set_aside_and_the_chat_goes_on",
            Flaw::SayAgain => "talking::what_got_no_answer_is_in_the_chat_once",
            Flaw::OldEra => "membership::who_comes_back_reads_what_was_said_meanwhile_and_is_heard_again",
            Flaw::ReuseActor | Flaw::SkipEnvelope | Flaw::TellNewcomers | Flaw::ForgetQueue => EVERYTHING,
        };
        let mut told = Command::new(std::env::current_exe().unwrap());
        told.args([story, "--exact"]).env_remove("BESEDA_SEED").env("BESEDA_FLAW", flaw.to_string());
        let Output { status, stdout, stderr } = told.output().unwrap();
        let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        assert!(said.contains("running 1 test"), "{flaw}: there is no such story: {said}");
        if status.success() {
            unnoticed.push(flaw);
        }
    }
    assert_eq!(unnoticed, []);
}
