//! A display without a screen: Xvfb with a window manager, and its picture as bytes.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::children::Running;

/// Whether this person has a display of their own.
pub fn is_present() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Ends with its window manager when dropped.
pub struct Virtual {
    pub name: String,
    frame: PathBuf,
    // Dropped in this order: the window manager complains when its display goes first.
    _window_manager: Running,
    _server: Running,
}

impl Virtual {
    /// Starts one on a free display number; `dir` holds its frame buffer.
    ///
    /// # Errors
    /// When Xvfb or openbox is missing or does not start.
    pub fn start(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let mut server = Running::start(
            "Xvfb",
            // Xvfb finds the free number itself and writes it to the given descriptor: no race with another display.
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-fbdir"])
                .arg(dir)
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let stdout = server.child().stdout.take().context("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number).context("Xvfb does not say its display number")?;
        if number.trim().is_empty() {
            bail!("Xvfb did not start: run `Xvfb -displayfd 1` to see why");
        }
        let name = format!(":{}", number.trim());
        let window_manager = Running::start(
            "openbox",
            Command::new("openbox").env("DISPLAY", &name).stdout(Stdio::null()).stderr(Stdio::null()),
        )?;
        Ok(Self { name, frame: dir.join("Xvfb_screen0"), _window_manager: window_manager, _server: server })
    }

    /// The file that always holds what is on the screen.
    pub fn frame_file(&self) -> &Path {
        &self.frame
    }

    /// What is on the screen now, in X's dump format (XWD).
    ///
    /// # Errors
    /// When the frame buffer cannot be read.
    pub fn frame(&self) -> Result<Vec<u8>> {
        fs::read(&self.frame).with_context(|| format!("{} cannot be read", self.frame.display()))
    }
}
