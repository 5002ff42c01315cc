//! Programs that run beside a test and end with it.

use std::{
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
};

use anyhow::{Context, Result};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

/// A program and whatever it starts; all of it is killed when dropped.
pub struct Process(Child);

impl Process {
    /// # Errors
    /// When it cannot be started; `missing` then says what to do.
    pub fn start(command: &mut Command, missing: &str) -> Result<Self> {
        // A process group of its own, so that what it starts can be ended with it.
        let child =
            command.stdin(Stdio::null()).process_group(0).spawn().with_context(|| {
                format!("{} cannot be started: {missing}", command.get_program().display())
            })?;
        Ok(Self(child))
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// How it ended, where it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// SIGKILL to all of it, as when the machine loses power.
    pub fn kill(&mut self) {
        if let Ok(group) = i32::try_from(self.0.id()) {
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
