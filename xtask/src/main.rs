//! `cargo xtask …`: the one door to setting up, running, testing and measuring Beseda. CI uses the same commands.
//!
//! Not here: anything that ships. xtask starts other programs and depends on nothing of ours, so that it compiles
//! before the machine is set up.

mod bench;
mod changelog;
mod check;
mod checkout;
mod children;
mod demo;
mod display;
mod gallery;
mod nightly;
mod package;
mod relay;
mod run;
mod screenshots;
mod seed;
mod setup;
mod steps;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Sets up, runs, tests and measures Beseda")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, start a relay on this machine and open a window connected to it
    Run(run::Options),
    /// Set up, then run every check and test: Rust, UI and the real window
    Test,
    /// Random schedules of everything, many and long: for the night
    Nightly(nightly::Options),
    /// Format, clippy and the UI's linters, without the tests
    Lint,
    /// Two real windows, a relay that dies half way, a real conversation; compares what both have
    Demo,
    /// Every screen and state as pictures, in both languages and themes, on one page in target/gallery
    Gallery(gallery::Options),
    /// Measure against raw SQLite and print one table
    Bench(bench::Options),
    /// Fill a new profile with realistic chats, to look at
    Seed(seed::Options),
    /// Make packages of the app, the relay and the CLI as they ship
    Package(package::Options),
    /// Write the contract's TypeScript into ui/src/generated
    Generate,
    /// Install what is missing and build the UI
    Setup,
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    match children::catch_signals().and_then(|()| perform(&task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: &Task) -> Result<()> {
    match task {
        Task::Run(options) => run::run(options),
        Task::Test => check::test(),
        Task::Nightly(options) => nightly::tell(options),
        Task::Lint => check::lint(),
        Task::Demo => demo::run(),
        Task::Gallery(options) => gallery::run(options),
        Task::Bench(options) => bench::run(options),
        Task::Seed(options) => seed::run(options),
        Task::Package(options) => package::run(options),
        Task::Generate => bench::generate(),
        Task::Setup => setup::everything(),
    }
}
