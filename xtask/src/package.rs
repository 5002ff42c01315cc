//! `cargo xtask package`: what people install. The app by Tauri's bundler (.deb, .rpm, and an AppImage where its tools are on
//! this machine); the relay and the CLI by debhelper.
//!
//! Reading order: this file (what is made), [`deb`] (what Debian wants beside a program), [`bare`] (whether it works on a
//! machine that has nothing of ours), [`machine`] (such a machine), [`session`] (the app's window there).
//!
//! Not here: packages for Windows and macOS. Their configuration is in `src-tauri/tauri.conf.json`, and `npx tauri build` on
//! such a machine makes them.

mod bare;
mod deb;
mod machine;
mod session;

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{
    checkout,
    setup::{self, Purpose},
    steps::{self, cargo, output, program, say},
};

#[derive(clap::Args)]
pub struct Options {
    /// Install them on a bare Debian, in a directory, and start the app there (as root, by sudo where you are not; needs a
    /// Debian mirror; the first time fetches 300 MB)
    #[arg(long)]
    check: bool,
    /// The Debian to check them on, with --check
    #[arg(long, value_name = "SUITE", default_value = "bookworm")]
    suite: String,
    /// Take the release build that is there
    #[arg(long)]
    no_build: bool,
    /// Take the packages that are there
    #[arg(long)]
    no_pack: bool,
}

/// What the app needs beyond the libraries that it names itself.
const DESKTOP_DEPENDS: &[&str] = &["ca-certificates"];
const DESKTOP: &str = "beseda-desktop";

pub fn run(options: &Options) -> Result<()> {
    let dir = checkout::target().join("package");
    if !options.no_pack {
        setup::for_purpose(Purpose::Package)?;
        if !options.no_build {
            build()?;
        }
        pack(&dir)?;
    }
    if !options.check {
        return Ok(());
    }
    if is_root() { bare::install_and_start(&dir, &options.suite) } else { check_as_root(&options.suite) }
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

/// Makes all packages in `dir`, which holds nothing else afterwards.
fn pack(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("{} cannot be emptied", dir.display()))?;
    }
    let work = dir.join("work");
    fs::create_dir_all(&work)?;
    say("Packing the relay and the CLI");
    deb::relay_and_cli(&work)?;
    let bundles = desktop(&work)?;

    for made in [work.as_path(), &bundles.join("deb"), &bundles.join("rpm"), &bundles.join("appimage")] {
        for path in files(made, &["deb", "rpm", "AppImage"])? {
            let name = path.file_name().context("a package has a name")?.to_string_lossy();
            // The bundler names files after the product, apt and dnf theirs after the package.
            let name = if name.ends_with("AppImage") { name.into_owned() } else { name.to_lowercase() };
            fs::rename(&path, dir.join(name))?;
        }
    }
    fs::remove_dir_all(&work)?;
    say("Asking lintian about the Debian packages");
    let mut lintian = program("lintian", &["--allow-root", "--fail-on=error,warning"]);
    lintian.arg("--tag-display-limit=0").args(files(dir, &["deb"])?);
    steps::run(&mut lintian)?;
    say("Made");
    for path in files(dir, &["deb", "rpm", "AppImage"])? {
        println!("  {} ({} KiB)", path.display(), fs::metadata(&path)?.len() / 1024);
    }
    Ok(())
}

/// Packs the app; where the bundler puts what it makes.
fn desktop(work: &Path) -> Result<PathBuf> {
    let mut kinds = vec!["deb", "rpm"];
    if appimage_tools() {
        kinds.push("appimage");
    } else {
        println!("  no AppImage: linuxdeploy, which puts one together, is not in ~/.cache/tauri");
    }
    let kinds = kinds.join(",");
    say(format!("Packing the app: {kinds}"));
    let built = checkout::built(DESKTOP, true);
    ensure_nobody_drives(&built)?;
    // A copy, where the bundler finds it: it writes into the program what kind of package it is for.
    let packed = work.join("release").join(DESKTOP);
    fs::create_dir_all(work.join("release"))?;
    let mut strip = program("strip", &["--remove-section=.comment", "--remove-section=.note", "-o"]);
    steps::run(strip.arg(&packed).arg(&built))?;
    let manual = work.join(format!("{DESKTOP}.1"));
    deb::manual(&packed, "messenger that works with or without a network", &manual)?;
    let log = work.join("changelog");
    fs::write(&log, deb::changelog()?)?;
    steps::run(program("gzip", &["-9", "--no-name"]).args([&manual, &log]))?;

    let config = work.join("tauri.json");
    fs::write(&config, bundle_config(work, &packed)?.to_string())?;
    let tauri = checkout::ui().join("node_modules/.bin/tauri");
    let mut bundle = program(&tauri.to_string_lossy(), &["bundle", "--ci", "--bundles", &kinds]);
    bundle.args(["--features", "custom-protocol", "--config"]).arg(&config).env("CARGO_TARGET_DIR", work);
    steps::run(&mut bundle)?;
    let bundles = work.join("release/bundle");
    for kind in kinds.split(',') {
        ensure!(bundles.join(kind).is_dir(), "the bundler has made no {kind} in {}", bundles.display());
    }
    Ok(bundles)
}

/// What is known only now: which libraries the program needs and how new, and the files made for it.
fn bundle_config(work: &Path, packed: &Path) -> Result<Value> {
    let mut depends = deb::libraries(packed)?;
    depends.extend(DESKTOP_DEPENDS.iter().map(ToString::to_string));
    let manual = work.join(format!("{DESKTOP}.1.gz"));
    let to = format!("/usr/share/man/man1/{DESKTOP}.1.gz");
    Ok(json!({ "bundle": { "linux": {
        "deb": {
            "depends": depends,
            "files": { &to: &manual, "/usr/share/doc/beseda/changelog.gz": work.join("changelog.gz") },
        },
        "rpm": { "depends": deb::sonames(packed)?, "files": { &to: &manual } },
    } } }))
}

/// A program that others may drive is for tests and the benchmark: whoever drives it reads everything.
fn ensure_nobody_drives(built: &Path) -> Result<()> {
    let mut start = program(&built.to_string_lossy(), &[]);
    // It looks at this before it looks for a display, and there it ends.
    start.env("TAURI_WEBVIEW_AUTOMATION", "true").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let ended = start
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} cannot be started", built.display()))?;
    let said = String::from_utf8_lossy(&ended.stderr);
    if !said.contains("cannot be driven") {
        bail!("{} was built to be driven by other programs: leave out --no-build", built.display());
    }
    Ok(())
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

/// Those in `dir`, where there is one, with one of these endings.
fn files(dir: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if dir.is_dir() {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_file()
                && path.extension().and_then(OsStr::to_str).is_some_and(|one| endings.contains(&one))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_root() -> bool {
    output(&mut program("id", &["-u"])).is_some_and(|user| user.trim() == "0")
}

/// The check alone: what was built before belongs to this person, not to root.
fn check_as_root(suite: &str) -> Result<()> {
    let mut again = program("sudo", &["--preserve-env=CARGO_TARGET_DIR"]);
    again.arg(env::current_exe()?).args(["package", "--no-pack", "--check", "--suite", suite]);
    steps::run(&mut again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packages_that_people_are_told_of_are_those_of_this_version() {
        let version = env!("CARGO_PKG_VERSION");
        for (told, names) in [
            ("README.md", &["beseda", "beseda-cli", "beseda-relay"][..]),
            ("docs/hosting-a-relay.md", &["beseda-relay"]),
        ] {
            let text = fs::read_to_string(checkout::root().join(told)).unwrap();
            for name in names {
                let file = format!("apt install ./{name}_{version}_amd64.deb");
                assert!(text.contains(&file), "{file} in {told}");
            }
        }
    }
}
