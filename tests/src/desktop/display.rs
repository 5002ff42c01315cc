//! A virtual display with a window manager, so that a window has focus and takes keys as on a desk.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::process::Process;

const MISSING: &str =
    "window tests need a virtual display; `cargo xtask setup` installs it (packages xvfb, openbox)";

/// What the title of the main window holds, with the profile after it. What only begins so are tooltips of the program.
pub const APP: &str = "Beseda —";

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
            .args(["search", "--onlyvisible", "--name", APP, "getwindowname"])
            .env("DISPLAY", &self.name)
            .output()
            .context("xdotool cannot be started: `cargo xtask setup` installs it")?;
        if !found.status.success() {
            bail!("xdotool finds no window of the app: {}", found.status);
        }
        Ok(String::from_utf8_lossy(&found.stdout).trim().to_owned())
    }

    /// Gives the window whose title holds `title` this size inside its frame, in pixels.
    ///
    /// # Errors
    /// When xdotool is missing, or there is no such window.
    pub fn resize(&self, title: &str, width: u32, height: u32) -> Result<()> {
        let [width, height] = [width, height].map(|pixels| pixels.to_string());
        self.with_window(title, &["windowsize", "--sync", &width, &height])
    }

    /// Brings the window whose title holds `title` to the front.
    ///
    /// # Errors
    /// When xdotool is missing, or there is no such window.
    pub fn activate(&self, title: &str) -> Result<()> {
        self.with_window(title, &["windowactivate", "--sync"])
    }

    fn with_window(&self, title: &str, does: &[&str]) -> Result<()> {
        let status = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", title])
            .args(does)
            .env("DISPLAY", &self.name)
            .status()
            .context("xdotool cannot be started: `cargo xtask setup` installs it")?;
        if !status.success() {
            bail!("xdotool {does:?} of {title:?}: {status}");
        }
        Ok(())
    }

    /// Moves the pointer into the upper left corner of the window whose title holds `title`.
    ///
    /// # Errors
    /// When xdotool is missing, or there is no such window.
    pub fn rest_pointer(&self, title: &str) -> Result<()> {
        // Twice: one that is there already would not be heard of.
        self.with_window(
            title,
            &["mousemove", "--window", "%1", "2", "2", "mousemove", "--window", "%1", "4", "4"],
        )
    }

    /// Types `text` where the keyboard of this display goes.
    ///
    /// # Errors
    /// When xdotool is missing or fails.
    pub fn type_text(&self, text: &str) -> Result<()> {
        let status = Command::new("xdotool")
            .args(["type", "--clearmodifiers", text])
            .env("DISPLAY", &self.name)
            .status()
            .context("xdotool cannot be started: `cargo xtask setup` installs it")?;
        if !status.success() {
            bail!("xdotool type: {status}");
        }
        Ok(())
    }

    /// The title of the window that the keyboard goes to.
    ///
    /// # Errors
    /// When xdotool is missing, or no window has the keyboard.
    pub fn front(&self) -> Result<String> {
        let found = Command::new("xdotool")
            .args(["getactivewindow", "getwindowname"])
            .env("DISPLAY", &self.name)
            .output()
            .context("xdotool cannot be started: `cargo xtask setup` installs it")?;
        if !found.status.success() {
            bail!("no window is in front: {}", found.status);
        }
        Ok(String::from_utf8_lossy(&found.stdout).trim().to_owned())
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
