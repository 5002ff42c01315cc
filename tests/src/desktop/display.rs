//! A virtual display with a window manager, so that a window has focus and takes keys as on a desk.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::process::Process;

const MISSING: &str =
    "window tests need a virtual display; `cargo xtask setup` installs it (packages xvfb, openbox)";

/// In the title of the app's window, which names its profile. What only begins like it are tooltips of the program.
const NAME: &str = "Beseda —";

/// Ends when dropped.
pub struct Display {
    pub name: String,
    // Dropped in this order: the window manager complains when its display goes first.
    _window_manager: Process,
    _server: Process,
}

impl Display {
    /// Starts one on a free number.
    ///
    /// # Errors
    /// When Xvfb or openbox is missing or does not start.
    pub fn start() -> Result<Self> {
        let mut server = Process::start(
            // Xvfb itself finds the free number and tells it: no race with another test.
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            MISSING,
        )?;
        let stdout = server.child().stdout.take().context("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number).context("Xvfb does not tell its display")?;
        if number.trim().is_empty() {
            bail!("Xvfb did not start: run `Xvfb -displayfd 1` to see why. {MISSING}");
        }
        let name = format!(":{}", number.trim());
        let window_manager = Process::start(
            Command::new("openbox").env("DISPLAY", &name).stdout(Stdio::null()).stderr(Stdio::null()),
            MISSING,
        )?;
        Ok(Self { name, _window_manager: window_manager, _server: server })
    }

    /// The title of the app's window, as the window manager shows it.
    ///
    /// # Errors
    /// When xdotool is missing, or there is no such window.
    pub fn title(&self) -> Result<String> {
        let found = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", NAME, "getwindowname"])
            .env("DISPLAY", &self.name)
            .output()
            .context("xdotool cannot be started: `cargo xtask setup` installs it")?;
        if !found.status.success() {
            bail!("xdotool finds no window of the app: {}", found.status);
        }
        Ok(String::from_utf8_lossy(&found.stdout).trim().to_owned())
    }

    /// Gives the app's window this size inside its frame, in pixels.
    ///
    /// # Errors
    /// When xdotool is missing, or there is no such window.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        let status = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", NAME, "windowsize", "--sync"])
            .args([width.to_string(), height.to_string()])
            .env("DISPLAY", &self.name)
            .status()
            .context("xdotool cannot be started: `cargo xtask setup` installs it")?;
        if !status.success() {
            bail!("xdotool windowsize: {status}");
        }
        Ok(())
    }

    /// Moves the pointer into the upper left corner of the app's window.
    ///
    /// # Errors
    /// When xdotool is missing, or there is no such window.
    pub fn rest_pointer(&self) -> Result<()> {
        let status = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", NAME])
            // Twice: one that is there already would not be heard of.
            .args(["mousemove", "--window", "%1", "2", "2", "mousemove", "--window", "%1", "4", "4"])
            .env("DISPLAY", &self.name)
            .status()
            .context("xdotool cannot be started: `cargo xtask setup` installs it")?;
        if !status.success() {
            bail!("xdotool mousemove: {status}");
        }
        Ok(())
    }

    /// Presses keys as the person at this display would, e.g. `alt+F4`.
    ///
    /// # Errors
    /// When xdotool is missing or fails.
    pub fn press(&self, keys: &str) -> Result<()> {
        let status = Command::new("xdotool")
            .args(["key", "--clearmodifiers", keys])
            .env("DISPLAY", &self.name)
            .status()
            .context("xdotool cannot be started: `cargo xtask setup` installs it")?;
        if !status.success() {
            bail!("xdotool key {keys}: {status}");
        }
        Ok(())
    }
}
