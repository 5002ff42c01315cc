//! What a Debian package has beside its programs, and the packages of the relay and the CLI: by debhelper, with its files
//! in `xtask/debian`.
//!
//! Not here: the app's own package, which Tauri's bundler makes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    changelog::{self, Release},
    checkout,
    steps::{self, output, program},
};

/// What is put beside debhelper's own files, from the checkout.
const BESIDE: &[(&str, &str)] = &[
    ("src-tauri/package/copyright", "debian/copyright"),
    ("sync-server/package/beseda-relay.service", "debian/beseda-relay.service"),
    ("sync-server/package/default", "debian/beseda-relay.default"),
    ("docs/hosting-a-relay.md", "hosting-a-relay.md"),
    ("CHANGELOG.md", "CHANGELOG.md"),
];
/// Programs and what their manual says of each.
const PROGRAMS: &[(&str, &str)] =
    &[("beseda-relay", "relay of the messenger Beseda"), ("beseda", "messenger Beseda in a terminal")];

/// Makes the packages of the relay and the CLI in `dir`.
///
/// # Errors
/// When a program was not built or debhelper fails.
pub fn relay_and_cli(dir: &Path) -> Result<()> {
    // debhelper leaves packages beside the directory it stands in.
    let source = dir.join("source");
    fs::create_dir_all(source.join("debian"))?;
    for entry in fs::read_dir(checkout::root().join("xtask/debian"))? {
        let entry = entry?;
        place(&entry.path(), &source.join("debian").join(entry.file_name()))?;
    }
    for (from, to) in BESIDE {
        place(&checkout::root().join(from), &source.join(to))?;
    }
    for (name, about) in PROGRAMS {
        let built = checkout::built(name, true);
        place(&built, &source.join("bin").join(name))?;
        manual(&built, about, &source.join("man").join(format!("{name}.1")))?;
    }
    fs::write(source.join("debian/changelog"), changelog()?)?;
    let mut rules = program("debian/rules", &["binary"]);
    // There is nothing to debug with in what is packed.
    rules.current_dir(&source).env("DEB_BUILD_OPTIONS", "noautodbgsym").env("DEB_RULES_REQUIRES_ROOT", "no");
    steps::run(&mut rules)
}

/// Writes the manual page of a program: what its `-h` says.
///
/// # Errors
/// When `help2man` fails.
pub fn manual(program_file: &Path, about: &str, to: &Path) -> Result<()> {
    if let Some(dir) = to.parent() {
        fs::create_dir_all(dir)?;
    }
    let mut command = program("help2man", &["--no-info", "--section=1", "--help-option=-h"]);
    command
        .arg(format!("--name={about}"))
        .arg(concat!("--source=Beseda ", env!("CARGO_PKG_VERSION")))
        .arg("--output")
        .arg(to)
        .arg(program_file);
    steps::run(&mut command)
}

/// The changelog in Debian's form. What is new is in CHANGELOG.md beside it, and is not said twice.
///
/// # Errors
/// When CHANGELOG.md is not in form.
pub fn changelog() -> Result<String> {
    let mut text = String::new();
    for release in changelog::releases()? {
        let arguments = ["--utc", "--rfc-email", "--date", &release.date];
        let date = output(&mut program("date", &arguments)).context("`date` does not know its date")?;
        text.push_str(&entry(&release, date.trim()));
    }
    Ok(text)
}

fn entry(release: &Release, date: &str) -> String {
    format!(
        "beseda ({}) unstable; urgency=medium\n\n  * What is new is told in CHANGELOG.md.\n\n -- {}  {date}\n\n",
        release.number(),
        env!("CARGO_PKG_AUTHORS"),
    )
}

/// The packages that hold the libraries a program is linked with, and how new they must be.
///
/// # Errors
/// When `dpkg-shlibdeps` fails; it knows only libraries that came in packages.
pub fn libraries(program_file: &Path) -> Result<Vec<String>> {
    // It wants to stand in a source package.
    let dir = checkout::target().join("shlibdeps");
    fs::create_dir_all(dir.join("debian"))?;
    fs::write(dir.join("debian/control"), "Source: beseda\n\nPackage: beseda\nArchitecture: any\n")?;
    let mut command = program("dpkg-shlibdeps", &["-O"]);
    command.current_dir(&dir).arg(program_file);
    let told = output(&mut command)
        .with_context(|| format!("dpkg-shlibdeps does not tell what {} needs", program_file.display()))?;
    let list = told.trim().strip_prefix("shlibs:Depends=").context("dpkg-shlibdeps speaks otherwise now")?;
    Ok(list.split(", ").map(str::to_owned).collect())
}

/// The libraries a program is linked with, as rpm calls them on every system that has it.
///
/// # Errors
/// When `readelf` fails.
pub fn sonames(program_file: &Path) -> Result<Vec<String>> {
    let mut command = program("readelf", &["--dynamic", "--wide"]);
    let told = output(command.arg(program_file).env("LC_ALL", "C"))
        .with_context(|| format!("readelf does not tell what {} needs", program_file.display()))?;
    Ok(needed(&told))
}

fn needed(told: &str) -> Vec<String> {
    let ending = if cfg!(target_pointer_width = "64") { "()(64bit)" } else { "" };
    told.lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0))
        // The loader is there or nothing is.
        .filter(|name| !name.starts_with("ld-"))
        .map(|name| format!("{name}{ending}"))
        .collect()
}

pub fn place(from: &Path, to: &Path) -> Result<PathBuf> {
    ensure!(from.is_file(), "{} is missing", from.display());
    if let Some(dir) = to.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    Ok(to.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_told_in_debians_form() {
        let release = Release { version: [0, 10, 2], date: "2026-11-29".to_owned() };
        let text = entry(&release, "Sun, 29 Nov 2026 00:00:00 +0000");
        assert!(text.starts_with("beseda (0.10.2) unstable; urgency=medium\n\n  * "), "{text}");
        let signed = format!("\n\n -- {}  Sun, 29 Nov 2026 00:00:00 +0000\n", env!("CARGO_PKG_AUTHORS"));
        assert!(text.contains(&signed), "{text}");
    }

    #[test]
    fn all_packages_name_the_same_maintainer() {
        let control = fs::read_to_string(checkout::root().join("xtask/debian/control")).unwrap();
        let line = format!("Maintainer: {}", env!("CARGO_PKG_AUTHORS"));
        assert!(control.lines().any(|one| one == line), "{line}");
    }

    #[test]
    fn each_program_and_each_file_beside_it_is_packed() {
        let root = checkout::root();
        let read = |name: &str| fs::read_to_string(root.join("xtask/debian").join(name)).unwrap();
        let packages = ["beseda-relay", "beseda-cli"];
        let told: String = packages
            .iter()
            .flat_map(|package| {
                ["install", "manpages", "docs"].map(|kind| read(&format!("{package}.{kind}")))
            })
            .collect();
        for (name, _) in PROGRAMS {
            assert!(told.lines().any(|line| line == format!("bin/{name} usr/bin")), "{name}");
            assert!(told.lines().any(|line| line == format!("man/{name}.1")), "{name}");
        }
        for (from, to) in BESIDE {
            assert!(root.join(from).is_file(), "{from}");
            // debhelper knows by their names what is in `debian`.
            assert!(to.starts_with("debian/") || told.lines().any(|line| line == *to), "{to}");
        }
    }

    #[test]
    fn the_relays_unit_starts_what_its_package_holds() {
        let unit =
            fs::read_to_string(checkout::root().join("sync-server/package/beseda-relay.service")).unwrap();
        assert!(unit.contains("ExecStart=/usr/bin/beseda-relay serve"));
        assert!(unit.contains("EnvironmentFile=-/etc/default/beseda-relay"));
    }

    #[test]
    fn rpm_is_asked_for_libraries_and_not_for_the_loader() {
        let told = " 0x0000000000000001 (NEEDED)  Shared library: [libcrypto.so.3]
 0x0000000000000001 (NEEDED)  Shared library: [ld-linux-x86-64.so.2]
 0x000000000000000c (INIT)    0x1b000";
        assert_eq!(needed(told).len(), 1);
        assert!(needed(told)[0].starts_with("libcrypto.so.3"));
    }
}
