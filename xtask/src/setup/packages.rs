//! System packages: which are missing, and how to get them.

use std::process::Command;

use anyhow::{Result, bail};

use crate::steps::{self, output, program, say};

/// What the machine will be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A window on the person's own display.
    Window,
    /// A window on a virtual display, with screenshots.
    VirtualDisplay,
    /// Windows driven by tests.
    Test,
    /// Windows of other messengers, to be measured beside ours.
    Peers,
    /// Packages, and a bare Debian to try them on.
    Package,
}

const BUILD: &[&str] = &["libwebkit2gtk-4.1-dev", "build-essential", "pkg-config", "libssl-dev"];
const VIRTUAL_DISPLAY: &[&str] = &[
    "xvfb",
    "xauth",
    "dbus",
    "at-spi2-core",
    "imagemagick",
    "openbox",
    "fonts-dejavu-core",
    "fonts-noto-core",
    "fonts-noto-color-emoji",
];
const TEST: &[&str] = &["webkit2gtk-driver", "gnome-keyring", "xdotool", "desktop-file-utils", "appstream"];
const PEERS: &[&str] = &["dino-im", "nheko", "telegram-desktop"];
const PACKAGE: &[&str] = &["debhelper", "help2man", "lintian", "debootstrap", "xdotool"];

/// Programs (or, with a leading `lib:`, pkg-config modules) that show on any system whether it is ready.
const PROBES: &[(&str, Purpose)] = &[
    ("cc", Purpose::Window),
    ("pkg-config", Purpose::Window),
    ("lib:webkit2gtk-4.1", Purpose::Window),
    ("lib:openssl", Purpose::Window),
    ("Xvfb", Purpose::VirtualDisplay),
    ("dbus-run-session", Purpose::VirtualDisplay),
    ("openbox", Purpose::VirtualDisplay),
    ("convert", Purpose::VirtualDisplay),
    ("WebKitWebDriver", Purpose::Test),
    ("dino-im", Purpose::Peers),
    ("nheko", Purpose::Peers),
    ("telegram-desktop", Purpose::Peers),
];

/// Installs what `purpose` needs and is not there.
///
/// # Errors
/// When something is missing and this account may not install it, or the installer fails.
pub fn install(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        say("Not Linux: needs what https://v2.tauri.app/start/prerequisites/ names, and OpenSSL");
        return Ok(());
    }
    if output(&mut program("dpkg-query", &["--version"])).is_none() {
        return probe(purpose);
    }
    let missing = missing(&wanted(purpose));
    if missing.is_empty() {
        return Ok(());
    }
    let noun = if missing.len() == 1 { "package" } else { "packages" };
    say(format!("Installing {} system {noun}: {}", missing.len(), missing.join(" ")));
    let rights = rights()?;
    let by_hand = format!(
        "{}apt-get update && {0}apt-get install -y --no-install-recommends {}",
        rights.prefix(),
        missing.join(" ")
    );
    let Some(mut update) = rights.apt(&["update"]) else {
        bail!("system packages are missing and this account cannot install them. As root, run:\n  {by_hand}");
    };
    // An old list still finds most packages; the install below tells whether it was enough.
    if let Err(error) = steps::run(&mut update) {
        println!("  the package list could not be refreshed ({error:#}); trying with the one there is");
    }
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(&missing);
    if let Some(mut install) = rights.apt(&arguments)
        && let Err(error) = steps::run(&mut install)
    {
        bail!("{error:#}\nWhen the cause is gone, run this again, or by hand:\n  {by_hand}");
    }
    Ok(())
}

fn wanted(purpose: Purpose) -> Vec<&'static str> {
    let parts: &[&[&str]] = match purpose {
        Purpose::Window => &[BUILD],
        Purpose::VirtualDisplay => &[BUILD, VIRTUAL_DISPLAY],
        Purpose::Test => &[BUILD, VIRTUAL_DISPLAY, TEST],
        Purpose::Peers => &[PEERS],
        Purpose::Package => &[BUILD, VIRTUAL_DISPLAY, PACKAGE],
    };
    parts.concat()
}

fn missing(wanted: &[&'static str]) -> Vec<&'static str> {
    // dpkg-query fails as soon as one is unknown, but still lists the others: the status does not matter here.
    let listed = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\\n"])
        .args(wanted)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    not_installed(wanted, &listed)
}

fn not_installed(wanted: &[&'static str], listed: &str) -> Vec<&'static str> {
    let installed: Vec<&str> = listed.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.iter().copied().filter(|name| !installed.contains(name)).collect()
}

enum Rights {
    Root,
    Sudo,
    None,
}

impl Rights {
    fn prefix(&self) -> &'static str {
        match self {
            Self::Root => "",
            Self::Sudo | Self::None => "sudo ",
        }
    }

    fn apt(&self, arguments: &[&str]) -> Option<Command> {
        let mut command = match self {
            Self::Root => program("apt-get", arguments),
            Self::Sudo => {
                let mut command = program("sudo", &["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
                command.args(arguments);
                command
            }
            Self::None => return None,
        };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        Some(command)
    }
}

fn rights() -> Result<Rights> {
    let Some(user) = output(&mut program("id", &["-u"])) else {
        bail!("`id -u` does not answer, so whether packages may be installed is unknown");
    };
    Ok(if user.trim() == "0" {
        Rights::Root
    } else if output(&mut program("sudo", &["-V"])).is_some() {
        Rights::Sudo
    } else {
        Rights::None
    })
}

fn probe(purpose: Purpose) -> Result<()> {
    let needed = |of: Purpose| match purpose {
        Purpose::Window => of == Purpose::Window,
        Purpose::VirtualDisplay | Purpose::Package => {
            matches!(of, Purpose::Window | Purpose::VirtualDisplay)
        }
        Purpose::Test => of != Purpose::Peers,
        Purpose::Peers => of == Purpose::Peers,
    };
    let absent: Vec<&str> = PROBES
        .iter()
        .filter(|(what, of)| needed(*of) && !is_there(what))
        .map(|(what, _)| what.trim_start_matches("lib:"))
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    bail!(
        "not Debian, so nothing is installed for you. Missing: {}.\nThe Debian names of all that is needed: {}",
        absent.join(", "),
        wanted(purpose).join(" ")
    )
}

fn is_there(what: &str) -> bool {
    match what.strip_prefix("lib:") {
        Some(module) => output(&mut program("pkg-config", &["--exists", module])).is_some(),
        None => std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(what).is_file())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_known_but_removed_is_missing() {
        let listed = "xvfb installed\nopenbox config-files\n";
        assert_eq!(not_installed(&["xvfb", "openbox", "xauth"], listed), ["openbox", "xauth"]);
    }

    #[test]
    fn a_package_of_two_architectures_counts_once() {
        assert!(not_installed(&["libssl-dev"], "libssl-dev installed\nlibssl-dev installed\n").is_empty());
    }
}
