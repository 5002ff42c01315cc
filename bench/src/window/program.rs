//! Whose windows are measured, and how each is started: with what it keeps in directories of its own, which are empty at
//! first.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use super::desktop;

/// Debian packages of other messengers, and what they are called. All of them draw with a toolkit of their system's own
/// (GTK 4, Qt): Debian has no messenger in a webview.
pub const PEERS: &[(&str, &str)] =
    &[("dino-im", "Dino"), ("nheko", "Nheko"), ("telegram-desktop", "Telegram")];
/// WebKitGTK then draws without buffers of a graphics card: our app sets it where there is no card.
const WITHOUT_CARD: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Ours,
    Floor,
    /// What stands beside them, for comparison.
    Other,
}

pub struct Program {
    /// What its figures begin with.
    pub name: String,
    pub whose: Whose,
    /// Used by nobody else.
    pub home: PathBuf,
    path: PathBuf,
    arguments: Vec<PathBuf>,
    without_card: bool,
}

impl Program {
    fn new(name: &str, whose: Whose, home: PathBuf, path: PathBuf) -> Self {
        Self { name: name.to_owned(), whose, home, path, arguments: Vec::new(), without_card: false }
    }

    /// Our window of `profile`.
    ///
    /// # Errors
    /// When the app is not built.
    pub fn ours(home: &Path, profile: &Path) -> Result<Self> {
        let ours = Self::new("window", Whose::Ours, home.join("ours"), desktop()?);
        Ok(Self { arguments: vec!["--profile".into(), profile.to_owned()], ..ours })
    }

    /// Our window when it has no account yet.
    ///
    /// # Errors
    /// When the app is not built.
    pub fn of_nobody(home: &Path) -> Result<Self> {
        let (profile, own) = (home.join("nobody/profile"), home.join("nobody"));
        let ours = Self::new("window of an empty profile", Whose::Ours, own, desktop()?);
        Ok(Self { arguments: vec!["--profile".into(), profile], ..ours })
    }

    /// Windows with WebKitGTK and nothing on its page: as it comes, which is the floor, and without a graphics card's
    /// buffers.
    ///
    /// # Errors
    /// When it does not compile.
    pub fn empty(home: &Path) -> Result<[Self; 2]> {
        let path = compile_empty(home)?;
        let floor = Self::new("empty window", Whose::Floor, home.join("empty"), path.clone());
        let without = Self::new("empty window without DMABUF", Whose::Other, home.join("without"), path);
        Ok([floor, Self { without_card: true, ..without }])
    }

    /// Another messenger, with nobody's account.
    ///
    /// # Errors
    /// When its Debian package is not installed.
    pub fn peer(home: &Path, package: &str, name: &str) -> Result<Self> {
        let asked = Command::new("dpkg-query").args(["-W", "-f=${Version}", package]).output();
        let asked = asked.context("there is no dpkg-query to ask for its version")?;
        let version = String::from_utf8_lossy(&asked.stdout).into_owned();
        if !asked.status.success() || version.is_empty() {
            bail!("the package {package} is not installed: `cargo xtask bench --peers` installs it");
        }
        // The programs are called as their packages are.
        let name = format!("peer: {name} {version}");
        Ok(Self::new(&name, Whose::Other, home.join(package), package.into()))
    }

    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).env_remove(WITHOUT_CARD);
        if self.without_card {
            command.env(WITHOUT_CARD, "1");
        }
        command
    }
}

/// A few lines of C, so that nothing but GTK and WebKit is in it.
fn compile_empty(dir: &Path) -> Result<PathBuf> {
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "webkit2gtk-4.1"]).output();
    let flags = flags.context("pkg-config is missing: `cargo xtask setup` installs it")?;
    let source = dir.join("empty-window.c");
    std::fs::write(&source, include_str!("../../peers/empty-window.c"))?;
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
