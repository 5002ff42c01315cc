//! Losses at any moment: the relay loses its disk, or goes back to any older state, while people write, come and go, and
//! answers are lost.

use beseda_tests::world::{Dice, admit};

use super::{Faults, History, Person, Status, Team, World, all_the_same, exchange, team};

const SEEDS: u64 = 8;
const STEPS: usize = 60;

async fn step(world: &World, people: &[&Person], chat: beseda_protocol::ChatId, dice: &mut Dice, n: usize) {
    let who = people[dice.below(people.len())];
    match dice.below(12) {
        // Whom the relay has forgotten waits.
        0..=4 if who.status(chat).await != Some(Status::Active) => {}
        0..=4 => who.says(chat, &format!("{} {}", who.name, 100 + n)).await,
        5..=8 => {
            let faults = match dice.below(4) {
                0 => Faults {
                    lose_answer: Some(u32::try_from(1 + dice.below(12)).unwrap()),
                    ..Faults::default()
                },
                1 => Faults {
                    cut_before: Some(u32::try_from(1 + dice.below(12)).unwrap()),
                    ..Faults::default()
                },
                _ => Faults::default(),
            };
            who.wire.set(faults);
            let _ = who.try_sync().await;
            who.wire.set(Faults::default());
        }
        9 => world.keep_relay().await,
        10 => world.put_relay_back().await,
        _ => world.lose_relay().await,
    }
}

#[tokio::test]
async fn whatever_a_relay_loses_and_when_nothing_is_lost_or_doubled() {
    let seeds = std::env::var("BESEDA_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in seeds.map_or(0..SEEDS, |seed: u64| seed..seed + 1) {
        eprintln!("seed {seed}; BESEDA_SEED={seed} runs it alone");
        let world = World::new().await;
        let Team { anna, boris, clara, chat } = team(&world, History::All).await;
        world.keep_relay().await;
        let mut dice = Dice::new(seed);
        let dora = world.person("Dora").await;
        let mut people = vec![&anna, &boris, &clara];
        for n in 0..STEPS {
            step(&world, &people, chat, &mut dice, n).await;
            if n == STEPS / 2 {
                exchange(&people).await;
                exchange(&people).await;
                admit(&anna, &dora, chat).await;
                people.push(&dora);
            }
        }
        for _ in 0..3 {
            exchange(&people).await;
        }
        all_the_same(&people, chat).await;
        let mut seen = anna.sees(chat).await;
        let said = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), said, "seed {seed}: nothing twice");
        for person in &people {
            let mine: Vec<usize> = anna
                .sees(chat)
                .await
                .iter()
                .filter_map(|line| line.strip_prefix(&format!("{0}: {0} ", person.name))?.parse().ok())
                .collect();
            assert!(
                mine[mine.len().min(3)..].is_sorted(),
                "seed {seed}: {}'s own order: {mine:?}",
                person.name
            );
        }
    }
}
