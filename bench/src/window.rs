//! The real window against an empty one: from the start of the process to a finished screen, and the memory of all its
//! processes.
//!
//! The screen itself is watched: no page has to say that it is ready, and both windows are measured alike.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    machine::{family, pss_kib},
    report::{Figure, Goal, Report, Unit},
    screen::{Ended, Screen},
    timings::{Timings, median_of},
};

const ROUNDS: usize = 5;
/// What starting needed is given back by then.
const SETTLED: Duration = Duration::from_secs(3);

/// `profile` is shown by our window.
///
/// # Errors
/// When a program is missing, or a window does not appear.
pub fn measure(dir: &Path, profile: &Path, report: &mut Report) -> Result<()> {
    let ours = desktop()?;
    let home = tempfile::tempdir_in(dir)?;
    let empty = build_empty(home.path())?;
    let screen = Screen::start(home.path())?;
    let nothing = screen.picture()?;
    let (mut shown, mut memory) = ([Timings::default(), Timings::default()], [Vec::new(), Vec::new()]);
    // The first of each fills the file cache and is not counted.
    for round in 0..=ROUNDS {
        let mut command = Command::new(&ours);
        command.arg("--profile").arg(profile);
        for (n, command) in [&mut command, &mut Command::new(&empty)].into_iter().enumerate() {
            let (took, kib) = once(&screen, command, home.path())?;
            screen.cleared(&nothing)?;
            if round > 0 {
                shown[n].add(took);
                memory[n].push(kib / 1024.0);
            }
        }
    }
    let [ours, empty] = shown;
    report.add(
        Figure::new("window: start to content, p50", Unit::Milliseconds, ours.median())
            .floor(empty.median())
            .goal(Goal::Ratio(1.15))
            .note(format!(
                "process start until the screen looks as it stays; longest of {ROUNDS}: {:.0} ms; floor: an empty \
                 WebKitGTK window, longest {:.0} ms",
                ours.longest(),
                empty.longest()
            )),
    );
    let [ours, empty] = memory;
    report.add(
        Figure::new("window: memory", Unit::MiB, median_of(ours))
            .floor(median_of(empty))
            .goal(Goal::Over(50.0))
            .note("PSS of all its processes, three seconds later; software rendering, no GPU"),
    );
    Ok(())
}

/// The app that is measured.
///
/// # Errors
/// When it is not built.
pub fn desktop() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("beseda-desktop");
    if !program.is_file() {
        bail!("{} is not built: `cargo xtask bench` builds it", program.display());
    }
    Ok(program)
}

/// Time to a finished screen, and KiB of all processes.
fn once(screen: &Screen, command: &mut Command, home: &Path) -> Result<(Duration, f64)> {
    screen.shows(command, home);
    let started = Instant::now();
    let window = Ended(command.spawn().with_context(|| format!("{}", command.get_program().display()))?);
    let took = screen.finished(started)?;
    std::thread::sleep(SETTLED);
    let processes = family(window.0.id());
    let kib = processes.iter().filter_map(|process| pss_kib(*process)).sum();
    drop(window);
    // The webview's processes end by themselves when the window is gone.
    let asked = Instant::now();
    while processes.iter().any(|process| pss_kib(*process).is_some()) {
        if asked.elapsed() > Duration::from_secs(10) {
            bail!("a process of a window does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok((took, kib))
}

/// Compiles the empty window: a few lines of C, so that nothing but GTK and WebKit is in it.
fn build_empty(dir: &Path) -> Result<PathBuf> {
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "webkit2gtk-4.1"]).output();
    let flags = flags.context("pkg-config is missing: `cargo xtask setup` installs it")?;
    let source = dir.join("empty-window.c");
    std::fs::write(&source, include_str!("../peers/empty-window.c"))?;
    let program = dir.join("empty-window");
    let status = Command::new("cc")
        .args(["-O2", "-o"])
        .arg(&program)
        .arg(&source)
        .args(String::from_utf8_lossy(&flags.stdout).split_whitespace())
        .status()
        .context("cc is missing: `cargo xtask setup` installs it")?;
    if !status.success() {
        bail!("the empty window does not compile; `cargo xtask setup` installs what it needs");
    }
    Ok(program)
}
