//! `cargo xtask bench` and `generate`: programs of the workspace that are run to make something.

use anyhow::Result;

use crate::{
    checkout,
    setup::{self, Purpose},
    steps::{self, cargo, program, say},
};

#[derive(clap::Args)]
pub struct Options {
    /// Passed on to the benchmark: --quick, --only PART, --data DIR; --help lists the parts
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Measures; release builds, since debug figures mislead.
///
/// # Errors
/// When a build or the benchmark fails.
pub fn run(options: &Options) -> Result<()> {
    setup::for_purpose(Purpose::Test)?;
    let has = |wanted: &str| options.rest.iter().any(|given| given == wanted);
    if has("--peers") && shows_a_window(&options.rest) {
        // They may not be there to be had; what is ours is measured all the same.
        if let Err(error) = setup::for_purpose(Purpose::Peers) {
            say(format!("Measuring without other messengers: {error:#}"));
        }
    }
    say("Building optimised");
    let mut build = cargo(&["build", "--release", "-p", "beseda-bench"]);
    if shows_a_window(&options.rest) {
        let features = "beseda-desktop/custom-protocol,beseda-desktop/driven";
        build.args(["-p", "beseda-desktop", "--features", features]);
    }
    steps::run(&mut build)?;
    say("Measuring");
    // Not by `cargo run`: alone, the benchmark's dependencies have other features, and all would be built again.
    let mut measure = program(&checkout::built("beseda-bench", true).to_string_lossy(), &[]);
    measure.args(&options.rest);
    steps::run(&mut measure)
}

/// The desktop app takes longest to build, and not every run measures it.
fn shows_a_window(rest: &[String]) -> bool {
    let has = |wanted: &str| rest.iter().any(|given| given.trim_start_matches("--only=") == wanted);
    let chosen = rest.iter().any(|given| given.starts_with("--only"));
    let shown = has("window") || has("window-at-rest") || has("window-hour") || has("frames");
    !has("--help") && (shown || !(has("--quick") || chosen))
}

/// Writes the contract's TypeScript.
///
/// # Errors
/// When it does not build or cannot be written.
pub fn generate() -> Result<()> {
    // Chosen from the whole workspace: alone, its dependencies have other features, and all would be built again.
    steps::run(&mut cargo(&["build", "--workspace", "--bin", "beseda-contract-export"]))?;
    let export = checkout::built("beseda-contract-export", false);
    steps::run(&mut program(&export.to_string_lossy(), &["ui/src/generated"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktop_app_is_built_only_where_its_window_is_measured() {
        let shows =
            |line: &str| shows_a_window(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert!(
            shows("") && shows("--data x") && shows("--only relay --only window") && shows("--only=window")
        );
        assert!(shows("--only frames") && shows("--quick --only frames"));
        assert!(shows("--only window-at-rest --peers") && shows("--only=window-hour"));
        assert!(!shows("--quick") && !shows("--only relay") && !shows("--only=local"));
    }
}
