//! A virtual screen that can be watched: when did what is on it now get there?

use std::{
    fs::File,
    hash::{DefaultHasher, Hasher as _},
    io::{BufRead as _, BufReader},
    os::unix::fs::FileExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

/// Every so manieth row of the screen is looked at.
const ROW_STEP: u64 = 8;
const LOOK_EVERY: Duration = Duration::from_millis(8);
/// The screen is finished when it has not changed for so long.
const QUIET: Duration = Duration::from_millis(1500);
const PATIENCE: Duration = Duration::from_secs(30);
/// Of the rows that must look as they do in the end. The rest may still change: a clock, a caret, a word on the
/// connection.
const SAME: f64 = 0.95;

/// Ends when dropped.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Xvfb with a window manager and a session bus of their own.
pub struct Screen {
    pub display: String,
    pub bus: String,
    frame: File,
    first_row: u64,
    row_bytes: u64,
    rows: u64,
    /// What is on it while no window is.
    nothing: Picture,
    _bus: Ended,
    _manager: Ended,
    _server: Ended,
}

/// What was on the screen at some moment, a number for each row.
type Picture = Vec<u64>;

impl Screen {
    /// # Errors
    /// When Xvfb, openbox or dbus-daemon is missing or does not start.
    pub fn start(dir: &Path) -> Result<Self> {
        let (server, display) = said(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-fbdir"])
                .arg(dir),
        )
        .context("Xvfb")?;
        let display = format!(":{display}");
        let manager = Command::new("openbox")
            .env("DISPLAY", &display)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("openbox")?;
        let (bus, address) =
            said(Command::new("dbus-daemon").args(["--session", "--nofork", "--print-address=1"]))
                .context("dbus-daemon")?;
        let frame = File::open(dir.join("Xvfb_screen0")).context("the frame buffer")?;
        // X's dump format (XWD): a header of 32-bit numbers, the colour map, then the rows.
        let mut head = [0; 100];
        frame.read_exact_at(&mut head, 0)?;
        let number = |n: usize| {
            let bytes =
                head.get(4 * n..4 * n + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
            u64::from(u32::from_be_bytes(bytes))
        };
        let mut screen = Self {
            display,
            bus: address,
            frame,
            first_row: number(0) + 12 * number(19),
            row_bytes: number(12),
            rows: number(5),
            nothing: Vec::new(),
            _bus: Ended(bus),
            _manager: Ended(manager),
            _server: Ended(server),
        };
        screen.nothing = screen.look()?;
        Ok(screen)
    }

    /// Has a program appear here, with what it keeps in `home`.
    pub fn shows(&self, command: &mut Command, home: &Path) {
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("BESEDA_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
    }

    /// Presses a key of the keyboard.
    ///
    /// # Errors
    /// When xdotool is missing or fails.
    pub fn press(&self, key: &str) -> Result<()> {
        let pressed = Command::new("xdotool").args(["key", key]).env("DISPLAY", &self.display).status();
        let status = pressed.context("xdotool is missing: `cargo xtask setup` installs it")?;
        ensure!(status.success(), "xdotool key {key}: {status}");
        Ok(())
    }

    fn look(&self) -> Result<Picture> {
        let mut row = vec![0; usize::try_from(self.row_bytes)?];
        (0..self.rows)
            .step_by(ROW_STEP as usize)
            .map(|n| {
                self.frame.read_exact_at(&mut row, self.first_row + n * self.row_bytes)?;
                let mut hasher = DefaultHasher::new();
                hasher.write(&row);
                Ok(hasher.finish())
            })
            .collect()
    }

    /// Waits until nothing moves; answers how long after `started` the screen looked as it does now.
    ///
    /// # Errors
    /// When nothing appears, or it never comes to rest.
    pub fn finished(&self, started: Instant) -> Result<Duration> {
        let empty = self.look()?;
        let mut seen: Vec<(Duration, Picture)> = vec![(Duration::ZERO, empty.clone())];
        let mut changed = Instant::now();
        loop {
            std::thread::sleep(LOOK_EVERY);
            let picture = self.look()?;
            let at = started.elapsed();
            let (_, last) = seen.last().context("at least one picture")?;
            if *last != picture {
                let moved = share(last, &picture) < SAME;
                if moved {
                    changed = Instant::now();
                }
                seen.push((at, picture));
            }
            let (_, last) = seen.last().context("at least one picture")?;
            if changed.elapsed() > QUIET && share(&empty, last) < SAME {
                return done(&seen);
            }
            if at > PATIENCE {
                bail!("nothing came to rest on the screen in {} s", PATIENCE.as_secs());
            }
        }
    }

    /// Waits until the screen is empty again, as `finished` has to find it.
    ///
    /// # Errors
    /// When it does not become so.
    pub fn cleared(&self) -> Result<()> {
        let started = Instant::now();
        // Not all of it: the pointer looks different when a window manager is there.
        while share(&self.nothing, &self.look()?) < SAME {
            ensure!(started.elapsed() < PATIENCE, "a window does not go away");
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

/// When the screen first looked as in the end, and stayed so.
fn done(seen: &[(Duration, Picture)]) -> Result<Duration> {
    let (_, last) = seen.last().context("at least one picture")?;
    let first = seen.iter().rev().take_while(|(_, picture)| share(picture, last) >= SAME).last();
    Ok(first.context("at least one picture")?.0)
}

/// Of the rows, how many are the same in both.
fn share(one: &[u64], other: &[u64]) -> f64 {
    let same = one.iter().zip(other).filter(|(one, other)| one == other).count();
    same as f64 / one.len().max(1) as f64
}

/// Starts a program and reads the first line that it says.
fn said(command: &mut Command) -> Result<(Child, String)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
    ensure!(!line.trim().is_empty(), "it ended at once");
    Ok((child, line.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finished_is_when_nearly_all_rows_look_as_in_the_end() {
        let at = Duration::from_millis;
        let (empty, half, full) = (vec![0; 100], [vec![0; 50], vec![1; 50]].concat(), vec![1; 100]);
        let mut caret = full.clone();
        caret[3] = 7;
        let seen =
            [(at(0), empty), (at(10), half.clone()), (at(20), full.clone()), (at(30), caret), (at(40), full)];
        assert_eq!(done(&seen).unwrap(), at(20));
        assert_eq!(done(&seen[..2]).unwrap(), at(10));
        assert!((share(&half, &seen[0].1) - 0.5).abs() < 1e-9);
    }
}
