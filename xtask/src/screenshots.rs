//! A PNG for each change of a virtual display.

use std::{
    collections::VecDeque,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// More than these and the oldest go: a window left open must not fill the disk.
const KEPT: usize = 500;

pub struct Screenshots {
    dir: PathBuf,
    saved: VecDeque<PathBuf>,
    count: u32,
    last: Vec<u8>,
}

impl Screenshots {
    /// Empties `dir`: it shows this run.
    ///
    /// # Errors
    /// When `dir` cannot be emptied or made.
    pub fn into_dir(dir: PathBuf) -> Result<Self> {
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("{} cannot be emptied", dir.display()))?;
        }
        fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        Ok(Self { dir, saved: VecDeque::new(), count: 0, last: Vec::new() })
    }

    /// Saves `frame` (XWD) if it differs from the last one; where, if so.
    ///
    /// # Errors
    /// When ImageMagick cannot make the PNG of it.
    pub fn save_if_changed(&mut self, frame: Vec<u8>) -> Result<Option<PathBuf>> {
        if frame == self.last {
            return Ok(None);
        }
        let path = self.dir.join(format!("{:04}.png", self.count + 1));
        to_png(&frame, &path)?;
        self.count += 1;
        self.last = frame;
        self.saved.push_back(path.clone());
        if self.saved.len() > KEPT
            && let Some(oldest) = self.saved.pop_front()
        {
            let _ = fs::remove_file(oldest);
        }
        Ok(Some(path))
    }
}

/// Writes `frame` (XWD) as a PNG.
///
/// # Errors
/// When ImageMagick cannot.
pub fn to_png(frame: &[u8], path: &Path) -> Result<()> {
    let mut convert = Command::new("convert")
        .arg("xwd:-")
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .context("ImageMagick's `convert` cannot be started")?;
    convert.stdin.take().context("`convert` takes no input")?.write_all(frame)?;
    let status = convert.wait()?;
    if !status.success() {
        bail!("`convert` could not write {}: {status}", path.display());
    }
    Ok(())
}
