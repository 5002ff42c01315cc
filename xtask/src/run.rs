//! `cargo xtask run`: a relay and a window connected to it, from nothing.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    checkout,
    children::{self, Running},
    display::{self, Virtual},
    relay::Relay,
    screenshots::Screenshots,
    setup::{self, Purpose},
    steps::{self, cargo, program, say},
};

const LOOK_EVERY: Duration = Duration::from_millis(500);
const NOTICE_EVERY: Duration = Duration::from_millis(50);

#[derive(clap::Args)]
pub struct Options {
    /// Whose window: each profile is a person with data of their own
    #[arg(long, default_value = "first", value_parser = profile_name)]
    profile: String,
    /// Build optimised, as it ships
    #[arg(long)]
    release: bool,
    /// Port of the relay on this machine
    #[arg(long, default_value_t = 7400)]
    port: u16,
    /// Close the window and stop after so many seconds
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<u64>,
}

fn profile_name(name: &str) -> Result<String, String> {
    let plain = |character: char| character.is_alphanumeric() || "-_".contains(character);
    if !name.is_empty() && name.chars().all(plain) {
        Ok(name.to_owned())
    } else {
        Err("a profile's name has letters, digits, - and _ only".to_owned())
    }
}

pub fn run(options: &Options) -> Result<()> {
    let on_screen = display::is_present();
    if !on_screen {
        say("There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set).");
        println!("  The window will open on a virtual one, and each change of it is saved as a screenshot.");
    }
    setup::for_purpose(if on_screen { Purpose::Window } else { Purpose::VirtualDisplay })?;
    build(options.release)?;

    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let mut relay = Relay::find_or_start(address, options.release)?;
    let profile = checkout::run_dir().join("profiles").join(&options.profile);
    let parent = profile.parent().unwrap_or(&profile);
    fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;

    let mut stage = Stage::set(on_screen, &options.profile)?;
    say(format!("Opening the window of profile `{}`, data in {}", options.profile, profile.display()));
    let mut window = stage.open(&window_command(options, &profile, &relay.url))?;
    say("Running. Ctrl-C stops all that this command started.");
    if relay.ours() {
        println!("  The relay belongs to this command and ends with it; other windows then work on offline.");
    }
    let result = watch(options, &mut relay, &mut stage, &mut window);
    window.stop();
    drop(stage);
    drop(relay);
    say("Stopped.");
    result
}

fn build(release: bool) -> Result<()> {
    say("Building the relay and the window");
    let mut command = cargo(&["build", "-p", "beseda-relay", "-p", "beseda-desktop"]);
    if release {
        command.args(["--release", "--features", "beseda-desktop/custom-protocol"]);
    }
    steps::run(&mut command)
}

fn window_command(options: &Options, profile: &Path, relay: &str) -> Vec<String> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    vec![
        text(&checkout::built("beseda-desktop", options.release)),
        "--profile".to_owned(),
        text(profile),
        "--relay".to_owned(),
        relay.to_owned(),
    ]
}

fn watch(options: &Options, relay: &mut Relay, stage: &mut Stage, window: &mut Running) -> Result<()> {
    let started = Instant::now();
    let mut looked = Instant::now();
    loop {
        if children::interrupted() {
            return Ok(());
        }
        if options.seconds.is_some_and(|seconds| started.elapsed() >= Duration::from_secs(seconds)) {
            say("The time is over.");
            return stage.look();
        }
        if let Some(status) = window.ended() {
            if status.success() {
                say("The window was closed.");
                return Ok(());
            }
            bail!("the window ended with {status}; what it said is above");
        }
        if relay.lost() {
            say("The relay has ended. The window works on without it; run this again to have one.");
        }
        if looked.elapsed() >= LOOK_EVERY {
            stage.look()?;
            looked = Instant::now();
        }
        thread::sleep(NOTICE_EVERY);
    }
}

/// Where the window appears.
enum Stage {
    Screen,
    Virtual { display: Box<Virtual>, screenshots: Screenshots },
}

impl Stage {
    fn set(on_screen: bool, profile: &str) -> Result<Self> {
        if on_screen {
            return Ok(Self::Screen);
        }
        let display = Box::new(Virtual::start(&checkout::run_dir().join("displays").join(profile))?);
        let dir = checkout::run_dir().join("screenshots").join(profile);
        say(format!("Virtual display {}; screenshots in {}", display.name, dir.display()));
        println!("  To act in the window: DISPLAY={} xdotool …", display.name);
        Ok(Self::Virtual { display, screenshots: Screenshots::into_dir(dir)? })
    }

    fn open(&self, window: &[String]) -> Result<Running> {
        let mut command = match self {
            Self::Screen => program(&window[0], &[]),
            Self::Virtual { .. } => program("dbus-run-session", &["--", &window[0]]),
        };
        command.args(&window[1..]);
        if let Self::Virtual { display, .. } = self {
            still(&mut command, &display.name)?;
        }
        Running::start("the window", &mut command)
    }

    fn look(&mut self) -> Result<()> {
        if let Self::Virtual { display, screenshots } = self
            && let Some(path) = screenshots.save_if_changed(display.frame()?)?
        {
            println!("  {}", path.display());
        }
        Ok(())
    }
}

/// A desktop in which nothing moves by itself: a blinking caret would make a screenshot each half second.
fn still(command: &mut Command, display: &str) -> Result<()> {
    let config = checkout::run_dir().join("config");
    fs::create_dir_all(config.join("gtk-3.0")).context("the run directory cannot be written")?;
    fs::write(config.join("gtk-3.0/settings.ini"), "[Settings]\ngtk-cursor-blink=0\n")?;
    command
        .env("DISPLAY", display)
        .env("GDK_BACKEND", "x11")
        .env("XDG_CONFIG_HOME", config)
        // No GPU behind a virtual display; this way pages scroll at 60 frames a second instead of 30.
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_name_cannot_leave_the_run_directory() {
        assert!(profile_name("second").is_ok());
        assert!(profile_name("Анна-2").is_ok());
        assert!(profile_name("../x").is_err());
        assert!(profile_name("").is_err());
    }
}
