//! Whatever happens in whatever order, everybody who is in a chat ends with the same chat.
//!
//! A schedule is made from a seed: people write, sync, lose the network in the middle of a request, restart, meet,
//! are put out, while the relay comes and goes. `BESEDA_SEEDS=1000` runs so many seeds, `BESEDA_SEED=17` only that one.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

mod devices;
mod schedule;

use schedule::Schedule;

const SEEDS: u64 = 60;
const STEPS: u32 = 80;
/// Each begins with three accounts and ends with up to nine devices.
const SEEDS_OF_DEVICES: u64 = 8;
const STEPS_OF_DEVICES: u32 = 60;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[tokio::test]
async fn everybody_ends_with_the_same_chat_whatever_happened_on_the_way() {
    let seeds = match number("BESEDA_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("BESEDA_SEEDS").unwrap_or(SEEDS),
    };
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
    let seeds = match number("BESEDA_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("BESEDA_SEEDS").unwrap_or(SEEDS_OF_DEVICES),
    };
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
