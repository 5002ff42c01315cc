//! `cargo xtask bench` and `generate`: programs of the workspace that are run to make something.

use anyhow::Result;

use crate::{
    setup::{self, Purpose},
    steps::{self, cargo, say},
};

#[derive(clap::Args)]
pub struct Options {
    /// Passed on to the benchmark
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Measures; release builds, since debug figures mislead.
///
/// # Errors
/// When a build or the benchmark fails.
pub fn run(options: &Options) -> Result<()> {
    setup::for_purpose(Purpose::Test)?;
    say("Building optimised");
    let mut build = cargo(&["build", "--release", "-p", "beseda-bench", "-p", "beseda-relay"]);
    build.args(["-p", "beseda-desktop", "--features", "beseda-desktop/custom-protocol"]);
    steps::run(&mut build)?;
    say("Measuring");
    let mut measure = cargo(&["run", "--quiet", "--release", "-p", "beseda-bench", "--"]);
    measure.args(&options.rest);
    steps::run(&mut measure)
}

/// Writes the contract's TypeScript.
///
/// # Errors
/// When it does not build or cannot be written.
pub fn generate() -> Result<()> {
    let mut export = cargo(&["run", "-p", "beseda-contract", "--bin", "beseda-contract-export", "--"]);
    steps::run(export.arg("ui/src/generated"))
}
