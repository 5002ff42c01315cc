//! A machine on which nothing of ours was ever built: a Debian made by debootstrap in a directory, and what runs in it.
//!
//! Not a virtual machine: the kernel is this one's, and no init runs. The network is this machine's too.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    checkout,
    steps::{self, program, say},
};

/// Who uses it.
pub const PERSON: &str = "anna";
/// Where packages that were fetched stay, so that the next check need not fetch them.
const FETCHED: &str = "var/cache/apt/archives";
/// What says where this machine's own session is.
const OUTSIDE: &[&str] = &[
    "XDG_RUNTIME_DIR",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_DIRS",
    "XDG_CURRENT_DESKTOP",
    "DESKTOP_SESSION",
    "DBUS_SESSION_BUS_ADDRESS",
    "WAYLAND_DISPLAY",
    "DISPLAY",
    "XAUTHORITY",
    "TMPDIR",
    "LANG",
    "LANGUAGE",
];

/// A copy of the bare Debian, gone when dropped.
pub struct Machine {
    pub root: PathBuf,
    base: PathBuf,
}

impl Machine {
    /// `suite` is Debian's name of the release.
    ///
    /// # Errors
    /// When there is none yet and none can be made: debootstrap needs root and a mirror.
    pub fn new(suite: &str) -> Result<Self> {
        let base = base(suite)?;
        let root = base.with_extension("check");
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        let machine = Self { root, base };
        let arguments = ["-a", &machine.base.to_string_lossy(), &machine.root.to_string_lossy()];
        steps::run(&mut program("cp", &arguments))?;
        // Names are looked up as outside.
        fs::copy("/etc/resolv.conf", machine.root.join("etc/resolv.conf"))?;
        Ok(machine)
    }

    /// A file or directory in it; `path` as it is called there.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// A program there, with processes and mounts of its own that end with it.
    pub fn inside<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = program("unshare", &["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
        command.arg(format!("--root={}", self.root.display())).args(arguments).stdin(Stdio::null());
        for name in OUTSIDE {
            command.env_remove(name);
        }
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C.UTF-8");
        command.env("HOME", "/root").env("DEBIAN_FRONTEND", "noninteractive");
        command
    }

    /// A script of the person who uses it, which ends at the first thing that fails.
    pub fn as_person(&self, script: &str) -> Command {
        let mut command = self.inside(&["runuser", "-u", PERSON, "--", "sh", "-e", "-c", script]);
        command.env("HOME", format!("/home/{PERSON}"));
        command
    }

    /// Installs packages (names, or files as they are called there) with what they need, and nothing else.
    ///
    /// # Errors
    /// When apt fails.
    pub fn install<A: AsRef<OsStr>>(&self, packages: &[A]) -> Result<()> {
        let quiet = ["-qq", "-o", "Dpkg::Use-Pty=0"];
        let mut command = self.inside(&["apt-get", "install", "-y", "--no-install-recommends"]);
        steps::run(command.args(quiet).args(packages))?;
        self.keep_what_was_fetched()
    }

    fn keep_what_was_fetched(&self) -> Result<()> {
        for entry in fs::read_dir(self.path(FETCHED))? {
            let (path, kept) = {
                let entry = entry?;
                (entry.path(), self.base.join(FETCHED).join(entry.file_name()))
            };
            if path.extension().is_some_and(|ending| ending == "deb") && !kept.exists() {
                fs::copy(&path, &kept)?;
            }
        }
        Ok(())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.root) {
            eprintln!("  {} stays: {error}", self.root.display());
        }
    }
}

/// What a program says on stdout.
///
/// # Errors
/// When it fails: with what it says on stderr.
pub fn answer(command: &mut Command) -> Result<String> {
    let ended = command.output().context("it cannot be started")?;
    if !ended.status.success() {
        bail!("{}\n{}", ended.status, String::from_utf8_lossy(&ended.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&ended.stdout).into_owned())
}

/// The Debian that every check begins with; made when it is not there.
fn base(suite: &str) -> Result<PathBuf> {
    let base = checkout::run_dir().join("debian").join(suite);
    if base.exists() {
        return Ok(base);
    }
    say(format!("Making a bare Debian ({suite}) in {}", base.display()));
    let unfinished = base.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    fs::create_dir_all(&unfinished)?;
    debootstrap(suite, &unfinished)?;
    fs::rename(&unfinished, &base)?;
    Ok(base)
}

fn debootstrap(suite: &str, dir: &Path) -> Result<()> {
    steps::run(&mut program("debootstrap", &["--variant=minbase", suite, &dir.to_string_lossy()]))
}
