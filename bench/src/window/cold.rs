//! A start from the disk, as after the computer was started: the system has to forget the files that a program reads.

use std::{collections::BTreeSet, fs, fs::File, path::PathBuf};

use anyhow::{Context as _, Result};
use nix::{
    fcntl::{PosixFadviseAdvice, posix_fadvise},
    unistd::sync,
};

/// Where root asks Linux to drop what it holds of files.
const DROP: &str = "/proc/sys/vm/drop_caches";
/// Contents, directories and inodes.
const ALL: &str = "3";

/// What has been forgotten, as a note says it.
///
/// # Errors
/// When nothing can be forgotten.
pub fn forget(mapped: &BTreeSet<PathBuf>) -> Result<&'static str> {
    // What is not on the disk yet cannot be forgotten.
    sync();
    // Files that a living process has mapped stay: those of the display, the bus and whatever else runs.
    if fs::write(DROP, ALL).is_ok() {
        return Ok("the system's file cache dropped before each");
    }
    let files = mapped.iter().filter_map(|path| File::open(path).ok());
    for file in files {
        posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)
            .context("the file cache cannot be asked to forget")?;
    }
    Ok("files that the program maps forgotten before each (the whole file cache may only be dropped by root)")
}
