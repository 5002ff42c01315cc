//! Running one program after another with their output visible.

use std::{
    io::IsTerminal as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    checkout,
    children::{end, interrupted},
};

const NOTICE_EVERY: Duration = Duration::from_millis(20);

/// Tells the person what happens now.
pub fn say(line: impl AsRef<str>) {
    if std::io::stdout().is_terminal() {
        println!("\x1b[1m▸ {}\x1b[0m", line.as_ref());
    } else {
        println!("▸ {}", line.as_ref());
    }
}

/// A program with its arguments, to be run in the root of the checkout.
pub fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(checkout::root());
    command
}

pub fn cargo(arguments: &[&str]) -> Command {
    // Cargo says which cargo it is, so that a toolchain chosen with `cargo +…` stays chosen.
    program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments)
}

pub fn npm(arguments: &[&str]) -> Command {
    let mut command = program("npm", arguments);
    command.current_dir(checkout::ui());
    command
}

/// Runs to the end with its output on this terminal.
///
/// # Errors
/// When it cannot be started or does not succeed, or xtask is told to stop.
pub fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("  $ {line}");
    let mut child = command.spawn().with_context(|| format!("{line}: cannot be started"))?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if interrupted() {
            // Ctrl-C reached it as well; a signal to xtask alone did not.
            end(&child);
            child.wait()?;
            bail!("stopped");
        }
        thread::sleep(NOTICE_EVERY);
    };
    if !status.success() {
        bail!("{line}: {status}");
    }
    Ok(())
}

/// Runs quietly; what it wrote to stdout, or nothing where it is missing or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut line = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
