//! `cargo xtask nightly`: random schedules of everything at length, on all cores; each seed that fails is printed and
//! replays exactly, step by step and id by id.
//!
//! The command runs what `cargo xtask test` runs with fewer and shorter schedules.

use std::{
    collections::VecDeque,
    fs::{self, File},
    ops::Range,
    path::PathBuf,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    checkout,
    children::{end, interrupted},
    setup::{self, Purpose},
    steps::{cargo, output, run, say},
};

/// The story that is told.
const STORY: &str = "convergence::all_who_are_in_agree_and_nothing_accepted_is_lost_whatever_happens_at_once";
/// Seeds of one process: what one leaves open ends with it.
const SHARE: u64 = 10;
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
pub struct Options {
    /// The first seed
    #[arg(long, default_value_t = 0, value_name = "N")]
    first: u64,
    /// How many schedules
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    seeds: u64,
    /// Steps of each
    #[arg(long, default_value_t = 500, value_name = "N")]
    steps: u64,
    /// In every other one the relay loses its disk, and goes back to older states
    #[arg(long)]
    losses: bool,
}

/// A process with its share of the seeds.
struct Share {
    seeds: Range<u64>,
    child: Child,
    log: PathBuf,
}

/// Tells all schedules, and then which of them failed.
///
/// # Errors
/// When a build or a schedule fails, or xtask is told to stop.
pub fn tell(options: &Options) -> Result<()> {
    setup::for_purpose(Purpose::Test)?;
    say("Building");
    run(&mut cargo(&["test", "--workspace", "--test", "stories", "--no-run"]))?;
    let stories = stories()?;
    let logs = checkout::target().join("nightly");
    fs::create_dir_all(&logs)?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    say(format!("{} schedules of {} steps, {cores} at a time", options.seeds, options.steps));
    let started = Instant::now();
    let mut waiting = shares(options.first, options.seeds);
    let (mut running, mut failed) = (Vec::<Share>::new(), Vec::<String>::new());
    while !waiting.is_empty() || !running.is_empty() {
        while running.len() < cores
            && let Some(seeds) = waiting.pop_front()
        {
            let next = seeds.start;
            let log = logs.join(format!("{next}.log"));
            let file = File::create(&log)?;
            let mut command = std::process::Command::new(&stories);
            command.args([STORY, "--exact", "--nocapture"]).current_dir(checkout::root());
            command.env("BESEDA_FIRST", next.to_string()).env("BESEDA_SEEDS", (seeds.end - next).to_string());
            command.env("BESEDA_STEPS", options.steps.to_string());
            command.env("BESEDA_LOSSES", if options.losses { "1" } else { "0" });
            let child = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn();
            running.push(Share { seeds, child: child.context("the stories do not start")?, log });
        }
        if interrupted() {
            for share in &mut running {
                end(&share.child);
                share.child.wait()?;
            }
            bail!("stopped");
        }
        let mut still = Vec::new();
        for mut share in running {
            match share.child.try_wait()? {
                None => still.push(share),
                Some(status) if status.success() => {
                    fs::remove_file(&share.log)?;
                    say(format!("{:?} are well, {:.0} s", share.seeds, started.elapsed().as_secs_f64()));
                }
                Some(_) => {
                    let told = fs::read_to_string(&share.log).unwrap_or_default();
                    let seed = seed_of(&told).unwrap_or(share.seeds.start);
                    say(format!("Seed {seed} fails, see {}", share.log.display()));
                    let losses = u8::from(options.losses);
                    let steps = options.steps;
                    failed.push(format!("BESEDA_LOSSES={losses} BESEDA_SEED={seed} BESEDA_STEPS={steps}"));
                    // What comes after it in its share is told all the same.
                    if seed + 1 < share.seeds.end {
                        waiting.push_back(seed + 1..share.seeds.end);
                    }
                }
            }
        }
        running = still;
        thread::sleep(LOOK_EVERY);
    }
    if failed.is_empty() {
        say(format!("All {} are well", options.seeds));
        return Ok(());
    }
    for seed in &failed {
        println!("  {seed} cargo test --workspace --test stories {STORY}");
    }
    bail!("{} schedules failed", failed.len())
}

fn shares(first: u64, seeds: u64) -> VecDeque<Range<u64>> {
    let last = first + seeds;
    let firsts = (first..last).step_by(usize::try_from(SHARE).unwrap_or(1));
    firsts.map(|first| first..last.min(first + SHARE)).collect()
}

/// Which seed a schedule that failed had.
fn seed_of(told: &str) -> Option<u64> {
    let (_, after) = told.rsplit_once("BESEDA_SEED=")?;
    after.split_whitespace().next()?.parse().ok()
}

/// The program of the stories, as cargo names it.
fn stories() -> Result<PathBuf> {
    let listed = output(&mut cargo(&[
        "test",
        "--workspace",
        "--test",
        "stories",
        "--no-run",
        "--message-format=json",
        "--quiet",
    ]));
    let listed = listed.context("cargo does not say where the stories are")?;
    listed
        .lines()
        .filter(|line| line.contains("\"name\":\"stories\""))
        .find_map(|line| {
            let (_, after) = line.split_once("\"executable\":\"")?;
            Some(PathBuf::from(after.split_once('"')?.0))
        })
        .context("cargo has built no stories")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_in_one_share() {
        let all: Vec<u64> = shares(5, 23).into_iter().flatten().collect();
        assert_eq!(all, (5..28).collect::<Vec<_>>());
    }

    #[test]
    fn the_seed_that_failed_is_found_in_what_was_told() {
        let told = "running 1 test\nBESEDA_SEED=17 fails after:\n  Anna 0 syncs\n";
        assert_eq!(seed_of(told), Some(17));
        assert_eq!(seed_of("running 1 test"), None);
    }
}
