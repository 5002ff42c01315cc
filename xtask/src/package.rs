//! `cargo xtask package`: what people install. The app by Tauri's bundler (.deb, .rpm, and an AppImage where its tools are on
//! this machine); the relay and the CLI by `dpkg-deb`, since they are one program and a few files each.
//!
//! Not here: packages for Windows and macOS. Their configuration is in `src-tauri/tauri.conf.json`, and `npx tauri build` on
//! such a machine makes them.

mod bare;
mod deb;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    checkout,
    setup::{self, Purpose},
    steps::{self, cargo, program, say},
};

use deb::{Deb, File};

#[derive(clap::Args)]
pub struct Options {
    /// Install them on a bare Debian, in a directory, and start the app there (needs root and a Debian mirror; the first
    /// time fetches 300 MB)
    #[arg(long)]
    check: bool,
    /// Take the release build that is there
    #[arg(long)]
    no_build: bool,
}

/// What the app needs beyond the libraries that it names itself.
const DESKTOP_DEPENDS: &[&str] = &["ca-certificates"];

pub fn run(options: &Options) -> Result<()> {
    setup::for_purpose(Purpose::Package)?;
    if !options.no_build {
        build()?;
    }
    let dir = checkout::target().join("package");
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("{} cannot be emptied", dir.display()))?;
    }
    fs::create_dir_all(&dir)?;
    let mut made = desktop(&dir)?;
    for package in [relay(), cli()] {
        say(format!("Packing {}", package.name));
        made.push(package.build(&dir)?);
    }
    say("Made");
    for path in &made {
        println!("  {} ({} KiB)", path.display(), fs::metadata(path)?.len() / 1024);
    }
    if options.check { bare::install_and_start(&made) } else { Ok(()) }
}

/// Whether the menu entry is what desktops read.
pub fn validate_entry() -> Command {
    // The bundler fills in the names; the form is the same without.
    let fill = "sed 's/{{[a-z]*}}/beseda-desktop/' src-tauri/package/beseda.desktop > target/beseda.desktop";
    program(
        "sh",
        &["-c", &format!("mkdir -p target && {fill} && desktop-file-validate target/beseda.desktop")],
    )
}

/// Whether what software centres show is in form.
pub fn validate_metainfo() -> Command {
    program("appstreamcli", &["validate", "--no-net", "src-tauri/package/chat.beseda.app.metainfo.xml"])
}

fn build() -> Result<()> {
    say("Building the app, the relay and the CLI as they ship");
    let mut command = cargo(&["build", "--release", "-p", "beseda-desktop", "-p", "beseda-relay"]);
    command.args(["-p", "beseda-cli", "--features", "beseda-desktop/custom-protocol"]);
    steps::run(&mut command)
}

/// The packages of the app, in `dir`.
fn desktop(dir: &Path) -> Result<Vec<PathBuf>> {
    let kinds = if appimage_tools() { "deb,rpm,appimage" } else { "deb,rpm" };
    say(format!("Packing the app: {kinds}"));
    let bundles = checkout::target().join("release/bundle");
    if bundles.exists() {
        // Of another version there may be some.
        fs::remove_dir_all(&bundles)?;
    }
    let mut depends = deb::libraries(&checkout::built("beseda-desktop", true))?;
    depends.extend(DESKTOP_DEPENDS.iter().map(ToString::to_string));
    let list: Vec<String> = depends.iter().map(|one| format!("\"{one}\"")).collect();
    // Which libraries, and how new, only the built program tells.
    let config = format!("{{\"bundle\":{{\"linux\":{{\"deb\":{{\"depends\":[{}]}}}}}}}}", list.join(","));
    let tauri = checkout::ui().join("node_modules/.bin/tauri");
    steps::run(&mut program(
        &tauri.to_string_lossy(),
        &["bundle", "--ci", "--bundles", kinds, "--features", "custom-protocol", "--config", &config],
    ))?;
    let mut made = Vec::new();
    for kind in kinds.split(',') {
        for entry in fs::read_dir(bundles.join(kind)).with_context(|| format!("no {kind} was made"))? {
            let path = entry?.path();
            let is_package = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(kind));
            if path.is_file() && is_package {
                let to = dir.join(path.file_name().context("a package has a name")?);
                fs::copy(&path, &to)?;
                made.push(to);
            }
        }
    }
    if !made.iter().any(|path| path.extension().is_some_and(|ending| ending == "deb")) {
        bail!("the bundler has made no .deb in {}", bundles.display());
    }
    Ok(made)
}

/// An AppImage is put together by linuxdeploy, which the bundler would fetch from GitHub.
fn appimage_tools() -> bool {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    cache.is_some_and(|cache| {
        fs::read_dir(cache.join("tauri")).is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("linuxdeploy-"))
        })
    })
}

fn relay() -> Deb {
    Deb {
        name: "beseda-relay",
        program: "beseda-relay",
        summary: "Relay of the messenger Beseda",
        about: &[
            "Orders and keeps the sealed messages of a team, and can read none of them.",
            "One program and one database file; a systemd unit is in the package.",
        ],
        files: &[
            File {
                from: "sync-server/package/beseda-relay.service",
                to: "usr/lib/systemd/system/beseda-relay.service",
            },
            File { from: "sync-server/package/default", to: "etc/default/beseda-relay" },
            File { from: "docs/hosting-a-relay.md", to: "usr/share/doc/beseda-relay/hosting-a-relay.md" },
        ],
        scripts: &["sync-server/package/postinst", "sync-server/package/prerm"],
    }
}

fn cli() -> Deb {
    Deb {
        name: "beseda-cli",
        program: "beseda",
        summary: "Messenger Beseda in a terminal",
        about: &[
            "The same app as the package beseda, without a window, for scripts and bots:",
            "writes and reads with or without a network, and answers in JSON.",
        ],
        files: &[],
        scripts: &[],
    }
}
