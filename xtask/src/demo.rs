//! `cargo xtask demo`: the main job on real input, unattended. What happens in it is in `tests/`.

use anyhow::Result;

use crate::{
    setup,
    steps::{self, cargo, say},
};

pub fn run() -> Result<()> {
    setup::everything()?;
    say("Building the relay, the window, the CLI and the scenario");
    let programs =
        ["build", "-p", "beseda-relay", "-p", "beseda-desktop", "-p", "beseda-cli", "-p", "beseda-tests"];
    steps::run(&mut cargo(&programs))?;
    say("Two people talk");
    steps::run(&mut cargo(&["run", "--quiet", "-p", "beseda-tests", "--bin", "beseda-demo"]))
}
