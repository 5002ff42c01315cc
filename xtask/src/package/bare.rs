//! The packages on a machine on which nothing of ours was ever built: a Debian made by debootstrap in a directory.
//!
//! Not a virtual machine: the kernel is this one's, and the display stands outside, where the window is looked at.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    checkout,
    children::{Running, interrupted},
    display::Virtual,
    screenshots,
    steps::{self, output, program, say},
};

/// The oldest Debian that has all libraries.
const SUITE: &str = "bookworm";
const PERSON: &str = "anna";
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// A window that only has a ground shows a handful of colours; letters alone bring dozens.
const COLOURS: usize = 64;

/// Starts the app, and then once more with a link, in one session.
const TWICE: &str = "beseda-desktop & first=$!
while [ ! -e /tmp/again ]; do sleep 0.1; done
beseda-desktop beseda:join/AbC; echo $? > /tmp/second
wait $first";

/// Installs `packages` there, starts what is in them, and takes them off again.
///
/// # Errors
/// When any of it fails: with what the programs said.
pub fn install_and_start(packages: &[PathBuf]) -> Result<()> {
    ensure!(
        output(&mut program("id", &["-u"])).is_some_and(|user| user.trim() == "0"),
        "a bare Debian can only be made by root: run this with sudo"
    );
    let debs: Vec<&PathBuf> =
        packages.iter().filter(|path| path.extension().is_some_and(|ending| ending == "deb")).collect();
    let machine = Machine::new(&base()?)?;

    say("Installing the packages on a bare Debian");
    let mut install =
        vec!["apt-get".to_owned(), "install".into(), "-y".into(), "--no-install-recommends".into()];
    for deb in &debs {
        let name = deb.file_name().context("a package has a name")?;
        fs::copy(deb, machine.root.join("root").join(name))?;
        install.push(format!("/root/{}", name.to_string_lossy()));
    }
    steps::run(&mut machine.inside(&["apt-get", "update", "-qq"]))?;
    steps::run(machine.inside(&[]).args(&install).env("DEBIAN_FRONTEND", "noninteractive"))?;
    complete(&machine)?;

    say("Adding what a desktop has: a session bus, and who reads desktop files");
    let desktop = ["apt-get", "install", "-y", "--no-install-recommends", "dbus", "desktop-file-utils"];
    steps::run(machine.inside(&desktop).env("DEBIAN_FRONTEND", "noninteractive"))?;
    handles_links(&machine)?;
    relay_serves(&machine)?;
    steps::run(&mut machine.inside(&["useradd", "--create-home", PERSON]))?;
    window_opens(&machine)?;

    say("Taking the packages off");
    let purge = ["apt-get", "purge", "-y", "beseda", "beseda-relay", "beseda-cli"];
    steps::run(machine.inside(&purge).env("DEBIAN_FRONTEND", "noninteractive"))?;
    ensure!(
        !machine.root.join("usr/bin/beseda-desktop").exists(),
        "the program stays after the package went"
    );
    ensure!(!machine.root.join("etc/default/beseda-relay").exists(), "the relay's options stay");
    say("The packages install, start and go as they should");
    Ok(())
}

/// Each program finds its libraries and tells its version.
fn complete(machine: &Machine) -> Result<()> {
    for name in ["beseda-desktop", "beseda-relay", "beseda"] {
        let libraries =
            output(&mut machine.inside(&["ldd", &format!("/usr/bin/{name}")])).unwrap_or_default();
        let missing: Vec<&str> = libraries.lines().filter(|line| line.contains("not found")).collect();
        ensure!(missing.is_empty(), "{name} lacks {}", missing.join(", "));
        let version = output(&mut machine.inside(&[name, "--version"])).unwrap_or_default();
        ensure!(
            version.trim().ends_with(env!("CARGO_PKG_VERSION")),
            "{name} --version says {version:?}, not {}",
            env!("CARGO_PKG_VERSION")
        );
    }
    Ok(())
}

fn handles_links(machine: &Machine) -> Result<()> {
    let known = fs::read_to_string(machine.root.join("usr/share/applications/mimeinfo.cache"))?;
    ensure!(
        known.lines().any(|line| line.starts_with("x-scheme-handler/beseda=Beseda.desktop")),
        "nobody opens beseda: links there"
    );
    Ok(())
}

fn relay_serves(machine: &Machine) -> Result<()> {
    say("Starting the relay");
    let mut command =
        machine.inside(&["beseda-relay", "serve", "--listen", "127.0.0.1:0", "--data", "/root/relay"]);
    let said = machine.root.join("root/relay.out");
    let mut running = Running::start("the relay", command.stdout(fs::File::create(&said)?))?;
    wait("the relay to listen", || {
        if let Some(status) = running.ended() {
            bail!("the relay ended with {status}");
        }
        Ok(fs::read_to_string(&said)?.starts_with("listening on http://127.0.0.1:"))
    })
}

fn window_opens(machine: &Machine) -> Result<()> {
    say("Starting the app under a virtual display");
    let display = Virtual::start(&checkout::run_dir().join("displays/package"))?;
    let mut command =
        machine.inside(&["runuser", "-u", PERSON, "--", "dbus-run-session", "--", "sh", "-c", TWICE]);
    let said = checkout::target().join("package/window.log");
    command.env("DISPLAY", &display.name).env("HOME", format!("/home/{PERSON}")).env("GDK_BACKEND", "x11");
    let mut running = Running::start("the app", command.stderr(fs::File::create(&said)?))?;
    let mut look = |what: &str, seen: &dyn Fn() -> Result<bool>| {
        wait(what, || {
            if let Some(status) = running.ended() {
                bail!("the app ended with {status}; what it said is in {}", said.display());
            }
            seen()
        })
    };
    look("the window", &|| {
        let mut search = Command::new("xdotool");
        search.args(["search", "--onlyvisible", "--name", "^Beseda$"]).env("DISPLAY", &display.name);
        Ok(output(&mut search).is_some())
    })?;
    look("something to be drawn in it", &|| Ok(colours(&display.frame()?) > COLOURS))?;
    let picture = checkout::target().join("package/first-window.png");
    screenshots::to_png(&display.frame()?, &picture)?;
    println!("  {}", picture.display());

    let second = machine.root.join("tmp/second");
    fs::write(machine.root.join("tmp/again"), "")?;
    look(
        "a second start to end",
        &|| Ok(fs::read_to_string(&second).is_ok_and(|text| text.ends_with('\n'))),
    )?;
    let status = fs::read_to_string(&second)?;
    ensure!(
        status.trim() == "0",
        "a second start does not hand its link to the first but ends with {status}"
    );
    Ok(())
}

fn wait(what: &str, mut seen: impl FnMut() -> Result<bool>) -> Result<()> {
    let started = Instant::now();
    while !seen()? {
        ensure!(started.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
        ensure!(!interrupted(), "stopped");
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// How many colours a frame (XWD, 32 bits a pixel) has; its header counts as a few.
fn colours(frame: &[u8]) -> usize {
    let mut pixels: Vec<&[u8]> = frame.chunks_exact(4).collect();
    pixels.sort_unstable();
    pixels.dedup();
    pixels.len()
}

/// The Debian that every check begins with; made when it is not there.
fn base() -> Result<PathBuf> {
    let base = checkout::run_dir().join("debian").join(SUITE);
    if base.exists() {
        return Ok(base);
    }
    say(format!("Making a bare Debian ({SUITE}) in {}", base.display()));
    let unfinished = base.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    fs::create_dir_all(&unfinished)?;
    steps::run(&mut program("debootstrap", &["--variant=minbase", SUITE, &unfinished.to_string_lossy()]))?;
    fs::rename(&unfinished, &base)?;
    Ok(base)
}

/// A copy of the base, gone when dropped.
struct Machine {
    root: PathBuf,
}

impl Machine {
    fn new(base: &Path) -> Result<Self> {
        let root = base.with_extension("check");
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        let machine = Self { root };
        let arguments = ["-a", &base.to_string_lossy(), &machine.root.to_string_lossy()];
        steps::run(&mut program("cp", &arguments))?;
        // Names are looked up as outside.
        fs::copy("/etc/resolv.conf", machine.root.join("etc/resolv.conf"))?;
        Ok(machine)
    }

    /// A program there, with processes and mounts of its own that end with it.
    fn inside(&self, arguments: &[&str]) -> Command {
        let mut command = program("unshare", &["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
        command.arg(format!("--root={}", self.root.display())).args(arguments).stdin(Stdio::null());
        for outside in
            ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "XAUTHORITY", "TMPDIR"]
        {
            command.env_remove(outside);
        }
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C.UTF-8");
        command
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.root) {
            eprintln!("  {} stays: {error}", self.root.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_counted_once() {
        let frame: Vec<u8> = [[1, 2, 3, 0], [1, 2, 3, 0], [9, 2, 3, 0]].concat();
        assert_eq!(colours(&frame), 2);
    }
}
