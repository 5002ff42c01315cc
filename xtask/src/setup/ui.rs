//! The front end: its npm packages and its built files, each made only when older than what it is made from.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result, bail};

use crate::{
    checkout,
    steps::{self, npm, output, say},
};

/// The oldest Node that the build tools run on.
const NODE: (u32, u32) = (20, 19);
/// In `ui/`, what is made rather than written.
const MADE: &[&str] = &["node_modules", "dist", "coverage", "test-results"];

/// Installs the npm packages of the lock file.
///
/// # Errors
/// Where Node is missing or too old, or npm fails.
pub fn install() -> Result<()> {
    let lock = checkout::ui().join("package-lock.json");
    // npm writes this file last, so its time is the time of a finished installation.
    let installed = checkout::ui().join("node_modules/.package-lock.json");
    if modified(&installed) >= modified(&lock) && installed.exists() {
        return Ok(());
    }
    check_node()?;
    say("Installing the npm packages of ui/");
    steps::run(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds `ui/dist` from the sources.
///
/// # Errors
/// When the build fails.
pub fn build() -> Result<()> {
    let built = checkout::ui().join("dist/index.html");
    let sources = newest(&checkout::ui()).context("ui/ cannot be read")?;
    if built.exists() && modified(&built) >= sources {
        return Ok(());
    }
    check_node()?;
    say("Building the UI");
    steps::run(&mut npm(&["run", "build"]))
}

fn check_node() -> Result<()> {
    let version = output(&mut steps::program("node", &["--version"])).unwrap_or_default();
    match parse(&version) {
        Some(found) if found >= NODE => Ok(()),
        Some(_) => bail!(
            "Node {} is too old: install {}.{} or newer from https://nodejs.org",
            version.trim(),
            NODE.0,
            NODE.1
        ),
        None => bail!("Node is missing: install {}.{} or newer from https://nodejs.org", NODE.0, NODE.1),
    }
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// The time of the newest written file under `dir`.
fn newest(dir: &Path) -> io::Result<Option<SystemTime>> {
    let mut newest = None;
    let mut open: Vec<PathBuf> = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let made = MADE.iter().any(|name| entry.file_name() == *name);
            if entry.file_type()?.is_dir() {
                if !made {
                    open.push(entry.path());
                }
            } else {
                newest = newest.max(modified(&entry.path()));
            }
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_as_numbers() {
        assert_eq!(parse("v20.19.4\n"), Some((20, 19)));
        assert!(parse("v9.99.0") < Some(NODE));
        assert!(parse("v22.1.0") > Some(NODE));
        assert_eq!(parse(""), None);
    }
}
