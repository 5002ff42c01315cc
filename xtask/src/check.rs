//! `cargo xtask test` and `lint`: every check, each with its output, and at the end which of them failed.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    children::interrupted,
    package, setup,
    steps::{self, cargo, npm, say},
};

/// Sets up and runs everything.
///
/// # Errors
/// When the set-up or any check fails; the others have run all the same.
pub fn test() -> Result<()> {
    setup::everything()?;
    let mut checks = Checks::default();
    linters(&mut checks);
    // The window tests start these programs, and cargo builds no other package's programs for a test. The whole
    // workspace, so that features unite as in the tests and nothing is compiled twice.
    checks.run("build", &mut cargo(&["build", "--workspace"]));
    checks.run("ui tests", &mut npm(&["test"]));
    // Among them `desktop`, which drives two real windows on a virtual display of its own.
    checks.run("Rust and window tests", &mut cargo(&["test", "--workspace", "--no-fail-fast"]));
    checks.end()
}

/// The checks that run nothing of ours.
///
/// # Errors
/// As [`test`].
pub fn lint() -> Result<()> {
    setup::everything()?;
    let mut checks = Checks::default();
    linters(&mut checks);
    checks.end()
}

fn linters(checks: &mut Checks) {
    checks.run("format", &mut cargo(&["fmt", "--all", "--check"]));
    checks.run("clippy", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]));
    checks.run("ui lint", &mut npm(&["run", "lint"]));
    checks.run("ui types", &mut npm(&["run", "check"]));
    // Building the packages takes a release build; what they say about themselves is checked without.
    checks.run("menu entry", &mut package::validate_entry());
    checks.run("software centre", &mut package::validate_metainfo());
}

#[derive(Default)]
struct Checks {
    done: Vec<(&'static str, Duration, bool)>,
}

impl Checks {
    fn run(&mut self, name: &'static str, command: &mut Command) {
        if interrupted() {
            self.done.push((name, Duration::ZERO, false));
            return;
        }
        say(format!("Checking: {name}"));
        let started = Instant::now();
        let result = steps::run(command);
        if let Err(error) = &result {
            eprintln!("  FAILED: {error:#}");
        }
        self.done.push((name, started.elapsed(), result.is_ok()));
    }

    fn end(self) -> Result<()> {
        say("Checked");
        for (name, took, passed) in &self.done {
            let word = if *passed { "passed" } else { "FAILED" };
            println!("  {word}  {name} ({} s)", took.as_secs());
        }
        let failed: Vec<&str> =
            self.done.iter().filter(|(.., passed)| !passed).map(|(name, ..)| *name).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "))
    }
}
