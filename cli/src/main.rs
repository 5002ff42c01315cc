//! `beseda`: the core in a terminal, for scripts, bots and tests.
//!
//! Reading order: [`arguments`] (the command line), [`commands`] (what each does), [`view`] (what is printed),
//! [`failure`] (exit codes). Everything a command does goes through `beseda_core::Core`.
//!
//! Not here: anything that decides about chats, keys or syncing.

mod arguments;
mod commands;
mod failure;
mod output;
mod profile;
mod progress;
mod view;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::{
    arguments::Arguments,
    failure::{Exit, Failure},
    output::Output,
};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error),
    };
    start_logging(arguments.log);
    let json = arguments.json;
    let ended = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let ended = runtime.block_on(commands::run(arguments, &mut Output::new(json)));
            // A read of stdin cannot be taken back; waiting for it would hang until somebody presses a key.
            runtime.shutdown_background();
            ended
        }
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(json);
            failure.exit.into()
        }
    }
}

/// Help and the version are asked for; anything else is a mistake in the arguments.
fn refused(error: &clap::Error) -> ExitCode {
    let asked = !error.use_stderr();
    if !asked && std::env::args_os().any(|argument| argument == "--json") {
        let rendered = error.render().to_string();
        let sentence = rendered.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
        Failure::new(Exit::Usage, "usage", sentence.trim()).report(true);
    } else {
        // Nothing can be told when the terminal is gone.
        let _ = error.print();
    }
    if asked { ExitCode::SUCCESS } else { Exit::Usage.into() }
}

/// Other crates say only what they think is wrong: at `debug` the network libraries would drown the rest.
fn start_logging(level: LevelFilter) {
    let others = level.min(LevelFilter::WARN);
    let filter = EnvFilter::new(format!("{others},beseda={level},beseda_core={level}"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
}
