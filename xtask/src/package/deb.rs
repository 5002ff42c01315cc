//! A Debian package of one program: a tree of files, a control file, and `dpkg-deb`.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    checkout,
    steps::{self, output, program},
};

const MAINTAINER: &str = "The Beseda developers <maintainers@beseda.invalid>";

pub struct Deb {
    pub name: &'static str,
    /// Of the release build; goes to `/usr/bin`.
    pub program: &'static str,
    pub summary: &'static str,
    /// Lines of at most 80 characters.
    pub about: &'static [&'static str],
    pub files: &'static [File],
    /// Maintainer scripts, by their names.
    pub scripts: &'static [&'static str],
}

pub struct File {
    /// In the checkout.
    pub from: &'static str,
    /// In the package, without the leading slash.
    pub to: &'static str,
}

impl Deb {
    /// Builds it in `dir`; its path.
    ///
    /// # Errors
    /// When a file is missing or `dpkg-deb` fails.
    pub fn build(&self, dir: &Path) -> Result<PathBuf> {
        let tree = dir.join(self.name);
        let binary = checkout::built(self.program, true);
        place(&binary, &tree.join("usr/bin").join(self.program), 0o755)?;
        let copyright = checkout::root().join("src-tauri/package/copyright");
        place(&copyright, &tree.join("usr/share/doc").join(self.name).join("copyright"), 0o644)?;
        for File { from, to } in self.files {
            place(&checkout::root().join(from), &tree.join(to), 0o644)?;
        }
        let control = tree.join("DEBIAN");
        fs::create_dir_all(&control)?;
        for script in self.scripts {
            let from = checkout::root().join(script);
            place(&from, &control.join(from.file_name().context("a script has a name")?), 0o755)?;
        }
        fs::write(control.join("conffiles"), self.conffiles())?;
        let architecture = architecture()?;
        let depends = libraries(&binary)?.join(", ");
        let size = size(&tree)? / 1024;
        fs::write(control.join("control"), self.control(&architecture, &depends, size))?;

        let version = env!("CARGO_PKG_VERSION");
        let package = dir.join(format!("{}_{version}_{architecture}.deb", self.name));
        let arguments =
            ["--root-owner-group", "--build", &tree.to_string_lossy(), &package.to_string_lossy()];
        steps::run(&mut program("dpkg-deb", &arguments))?;
        fs::remove_dir_all(&tree)?;
        Ok(package)
    }

    fn control(&self, architecture: &str, depends: &str, size: u64) -> String {
        let about: String = self.about.iter().map(|line| format!(" {line}\n")).collect();
        format!(
            "Package: {}\nVersion: {}\nArchitecture: {architecture}\nMaintainer: {MAINTAINER}\nInstalled-Size: {size}\n\
             Depends: {depends}\nSection: net\nPriority: optional\nDescription: {}\n{about}",
            self.name,
            env!("CARGO_PKG_VERSION"),
            self.summary,
        )
    }

    /// What the host may change, and keeps when a newer package comes.
    fn conffiles(&self) -> String {
        self.files
            .iter()
            .filter(|file| file.to.starts_with("etc/"))
            .map(|file| format!("/{}\n", file.to))
            .collect()
    }
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

pub fn architecture() -> Result<String> {
    let told = output(&mut program("dpkg", &["--print-architecture"])).context("dpkg is missing")?;
    Ok(told.trim().to_owned())
}

fn place(from: &Path, to: &Path, mode: u32) -> Result<()> {
    ensure!(from.is_file(), "{} is missing", from.display());
    if let Some(dir) = to.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode))?;
    Ok(())
}

/// In bytes, of all files below.
fn size(dir: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        sum += if entry.file_type()?.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_file_has_what_dpkg_asks_for_and_names_what_the_host_may_change() {
        let deb = Deb {
            name: "beseda-relay",
            program: "beseda-relay",
            summary: "Relay",
            about: &["First line.", "Second line."],
            files: &[
                File { from: "a", to: "etc/default/beseda-relay" },
                File { from: "b", to: "usr/share/b" },
            ],
            scripts: &[],
        };
        let control = deb.control("amd64", "libc6 (>= 2.34)", 12);
        for line in
            ["Package: beseda-relay", "Architecture: amd64", "Depends: libc6 (>= 2.34)", " Second line."]
        {
            assert!(control.lines().any(|one| one == line), "{line} in {control}");
        }
        assert!(control.ends_with('\n'));
        assert_eq!(deb.conffiles(), "/etc/default/beseda-relay\n");
    }

    #[test]
    fn the_relays_unit_starts_what_its_package_holds() {
        let unit =
            fs::read_to_string(checkout::root().join("sync-server/package/beseda-relay.service")).unwrap();
        assert!(unit.contains("ExecStart=/usr/bin/beseda-relay serve"));
        assert!(unit.contains("EnvironmentFile=-/etc/default/beseda-relay"));
    }
}
