//! `cargo xtask seed`: a profile full of chats, for people who want to look and for the window's tests.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::{
    checkout,
    setup::{self, Purpose},
    steps::{self, cargo, program, say},
};

#[derive(clap::Args)]
pub struct Options {
    /// Where the profile goes: a new directory. Below .run/profiles, `cargo xtask run` finds it by its name
    #[arg(long, value_name = "DIR")]
    profile: PathBuf,
    /// In all chats together; the first has a tenth of them
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    messages: u64,
    #[arg(long, default_value_t = 40, value_name = "N")]
    chats: usize,
}

/// Fills it; an optimised build, since a million messages take minutes otherwise.
///
/// # Errors
/// When a build fails, or there is something in the directory already.
pub fn run(options: &Options) -> Result<()> {
    let profile = std::path::absolute(&options.profile).context("this is no path of a directory")?;
    setup::for_purpose(Purpose::Test)?;
    say("Building optimised");
    steps::run(&mut cargo(&["build", "--release", "-p", "beseda-bench"]))?;
    say(format!("Filling {}", profile.display()));
    let mut seed = program(&checkout::built("beseda-bench", true).to_string_lossy(), &["seed", "--profile"]);
    seed.arg(&profile).args(["--messages", &options.messages.to_string()]);
    steps::run(seed.args(["--chats", &options.chats.to_string()]))?;
    say("Done. To look at it, without a relay:");
    for line in how_to_open(&profile, &checkout::run_dir().join("profiles")) {
        println!("  {line}");
    }
    Ok(())
}

fn how_to_open(profile: &Path, profiles: &Path) -> Vec<String> {
    let shown = profile.display();
    let window = match profile.strip_prefix(profiles).ok().and_then(Path::to_str) {
        Some(name) if !name.contains('/') => format!("cargo xtask run --profile {name}"),
        _ => format!("cargo run -p beseda-desktop -- --profile {shown}"),
    };
    vec![
        window,
        format!("cargo run -p beseda-cli -- --profile {shown} chat list"),
        format!("cargo run -p beseda-cli -- --profile {shown} search coffee"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_that_run_can_find_is_opened_by_its_name() {
        let profiles = Path::new("/beseda/.run/profiles");
        let first = |profile: &str| how_to_open(Path::new(profile), profiles).remove(0);
        assert_eq!(first("/beseda/.run/profiles/full"), "cargo xtask run --profile full");
        assert_eq!(first("/tmp/full"), "cargo run -p beseda-desktop -- --profile /tmp/full");
        assert_eq!(
            first("/beseda/.run/profiles/a/b"),
            "cargo run -p beseda-desktop -- --profile /beseda/.run/profiles/a/b"
        );
    }
}
