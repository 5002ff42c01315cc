//! Programs that run beside xtask and end with it.

use std::{
    io,
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};

/// How long a program may take to end by itself after it was asked to.
const PATIENCE: Duration = Duration::from_secs(10);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C, SIGTERM and SIGHUP do not end xtask at once but set what [`interrupted`] tells, so that it can
/// stop what it started.
///
/// # Errors
/// When the signal handler cannot be set.
pub fn catch_signals() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst)).context("no signal handler can be set")
}

pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Asks one program to end.
pub fn end(child: &Child) {
    if let Ok(process) = i32::try_from(child.id()) {
        let _ = kill(Pid::from_raw(process), Signal::SIGTERM);
    }
}

/// A program and whatever it starts; stopped when dropped.
pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    /// # Errors
    /// When the program cannot be started.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        // A process group of its own: Ctrl-C then reaches only xtask, which stops things in order, and a signal to the
        // group reaches what the program started as well.
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} cannot be started ({})", command.get_program().display()))?;
        Ok(Self { name: name.to_owned(), child })
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, where it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks it to end, and makes it end when it does not.
    pub fn stop(&mut self) {
        if self.ended().is_some() {
            // What it started may still be there.
            let _ = self.signal(Signal::SIGTERM);
            return;
        }
        let _ = self.signal(Signal::SIGTERM);
        let asked = Instant::now();
        while self.ended().is_none() {
            if asked.elapsed() > PATIENCE {
                eprintln!("  {} does not end when asked to; it is killed", self.name);
                let _ = self.signal(Signal::SIGKILL);
                let _ = self.child.wait();
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        let group = Pid::from_raw(i32::try_from(self.child.id()).map_err(io::Error::other)?);
        killpg(group, signal).map_err(io::Error::from)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}
