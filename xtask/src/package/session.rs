//! A session of the person on a bare machine with the app in it, and what its window looks like.
//!
//! The display stands outside, where it is looked at. Not here: what should be on it.

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};

use crate::{
    checkout,
    children::{Running, interrupted},
    display::Virtual,
    screenshots,
    steps::output,
};

use super::machine::Machine;

const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// So many looks in a row with the same picture: nothing more is being drawn.
const STILL: u32 = 8;
/// In pixels: what blinks in a window that is ready.
const CARET: usize = 500;
/// A ground alone, or one with a single line of text, has fewer.
const COLOURS: usize = 64;

/// The app, and when told to what comes second, in one session.
const SCRIPT: &str = "beseda-desktop $LINK & first=$!
while [ ! -e /tmp/again ]; do sleep 0.1; done
status=0; $AGAIN || status=$?
echo $status > /tmp/second
wait $first";

/// Ends with the app in it when dropped.
pub struct Session<'a> {
    machine: &'a Machine,
    // Dropped in this order: the app complains when its display goes first.
    running: Running,
    display: Virtual,
}

impl<'a> Session<'a> {
    /// `environment` has, beside what it pleases, `LINK` for the app to open and `AGAIN`, a command that comes second.
    ///
    /// # Errors
    /// When the display or the app cannot be started.
    pub fn start(machine: &'a Machine, environment: &HashMap<&str, &str>) -> Result<Self> {
        for left in ["/tmp/again", "/tmp/second"] {
            let _ = fs::remove_file(machine.path(left));
        }
        let display = Virtual::start(&checkout::run_dir().join("displays/package"))?;
        let mut command = machine.as_person("exec dbus-run-session -- sh -c \"$SCRIPT\"");
        command.env("SCRIPT", SCRIPT).env("DISPLAY", &display.name).env("GDK_BACKEND", "x11");
        command.envs(environment);
        let said = fs::File::create(log())?;
        let running = Running::start("the app", command.stdout(said.try_clone()?).stderr(said))?;
        Ok(Self { machine, running, display })
    }

    /// Waits until the app has a window with something in it; the whole display then.
    ///
    /// # Errors
    /// When the app ends, or nothing is drawn for a long time.
    pub fn shows_something(&mut self) -> Result<Vec<u8>> {
        let name = self.display.name.clone();
        self.until("the window", || {
            let mut search = Command::new("xdotool");
            search.args(["search", "--onlyvisible", "--name", "Beseda"]).env("DISPLAY", &name);
            Ok(output(&mut search).is_some())
        })?;
        self.settled("something to be drawn in the window", |frame| colours(&middle(frame)) > COLOURS)
    }

    /// Waits until the display shows what was `wanted` and nothing moves on it.
    ///
    /// # Errors
    /// As [`Self::shows_something`].
    pub fn settled(&mut self, what: &str, wanted: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>> {
        let mut last = Vec::new();
        let mut still = 0;
        let frame = self.display.frame_file().to_owned();
        self.until(what, || {
            let now = fs::read(&frame)?;
            let same = wanted(&now) && now.len() == last.len() && differing(&now, &last) <= CARET;
            still = if same { still + 1 } else { 0 };
            last = now;
            Ok(still >= STILL)
        })?;
        Ok(last)
    }

    /// Starts what comes second, which ends at once and well.
    ///
    /// # Errors
    /// When it fails.
    pub fn again(&mut self) -> Result<()> {
        fs::write(self.machine.path("/tmp/again"), "")?;
        let second = self.machine.path("/tmp/second");
        self.until("a second start to end", || {
            Ok(fs::read_to_string(&second).is_ok_and(|text| text.ends_with('\n')))
        })?;
        let status = fs::read_to_string(&second)?;
        ensure!(
            status.trim() == "0",
            "a second start does not hand its link to the first but ends with {status}"
        );
        Ok(())
    }

    /// Keeps what is on the display now, for people.
    ///
    /// # Errors
    /// When ImageMagick cannot make the PNG of it.
    pub fn picture(&self, name: &str) -> Result<()> {
        let picture = checkout::target().join(format!("package/{name}.png"));
        screenshots::to_png(&self.display.frame()?, &picture)?;
        println!("  {}", picture.display());
        Ok(())
    }

    fn until(&mut self, what: &str, mut seen: impl FnMut() -> Result<bool>) -> Result<()> {
        wait(what, || {
            if let Some(status) = self.running.ended() {
                bail!("the app ended with {status}; what it said is in {}", log().display());
            }
            seen()
        })
    }
}

/// What the app says.
fn log() -> PathBuf {
    checkout::target().join("package/window.log")
}

/// Looks again and again until it is `seen`.
///
/// # Errors
/// After two minutes, or when told to stop.
pub fn wait(what: &str, mut seen: impl FnMut() -> Result<bool>) -> Result<()> {
    let started = Instant::now();
    while !seen()? {
        ensure!(started.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
        ensure!(!interrupted(), "stopped");
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

type Pixel = [u8; 4];

/// The pixels of a frame (XWD, 32 bits a pixel) and how many are in a row; none of what is no frame.
fn pixels(frame: &[u8]) -> (&[Pixel], usize) {
    // Numbers of its header, by their places in it.
    let number = |at: usize| {
        let bytes = frame.get(at * 4..at * 4 + 4)?;
        usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
    };
    let read = || {
        let (header, width, row, colours) = (number(0)?, number(4)?, number(12)?, number(19)?);
        let pixels = frame.get(header + colours * 12..)?.as_chunks().0;
        (row == width * 4 && width > 0).then_some((pixels, width))
    };
    read().unwrap_or((&[], 1))
}

/// Of a display with a window in its middle: only what is in the window, without its title.
fn middle(frame: &[u8]) -> Vec<Pixel> {
    let (pixels, width) = pixels(frame);
    let rows: Vec<&[Pixel]> = pixels.chunks_exact(width).collect();
    let inner = |length: usize| length / 5..length * 4 / 5;
    rows[inner(rows.len())].iter().flat_map(|row| &row[inner(width)]).copied().collect()
}

fn colours(pixels: &[Pixel]) -> usize {
    let mut pixels = pixels.to_vec();
    pixels.sort_unstable();
    pixels.dedup();
    pixels.len()
}

/// In how many pixels two frames of one display differ.
pub fn differing(one: &[u8], other: &[u8]) -> usize {
    pixels(one).0.iter().zip(pixels(other).0).filter(|(one, other)| one != other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of 5 by 5, all of one colour but where told.
    fn frame(other: &[(usize, u8)]) -> Vec<u8> {
        let mut header = [0_u32; 25];
        (header[0], header[4], header[12], header[19]) = (100, 5, 20, 1);
        let mut frame: Vec<u8> = header.into_iter().flat_map(u32::to_be_bytes).collect();
        // The one colour of its map.
        frame.extend([0xff; 12]);
        frame.extend([[7, 7, 7, 0]; 25].concat());
        for (at, colour) in other {
            frame[112 + at * 4] = *colour;
        }
        frame
    }

    #[test]
    fn only_what_is_in_the_window_has_its_colours_counted() {
        assert_eq!(colours(&middle(&frame(&[]))), 1);
        let (edge, inside) = (2, 12);
        assert_eq!(colours(&middle(&frame(&[(edge, 1)]))), 1);
        assert_eq!(colours(&middle(&frame(&[(inside, 1), (inside + 1, 1), (inside - 1, 2)]))), 3);
        assert_eq!(colours(&middle(b"no frame")), 0);
    }

    #[test]
    fn frames_differ_by_their_pixels() {
        let (one, other) = (frame(&[]), frame(&[(0, 1), (24, 2)]));
        assert_eq!((differing(&one, &one), differing(&one, &other)), (0, 2));
    }
}
