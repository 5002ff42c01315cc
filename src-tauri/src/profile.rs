//! Which directory this window is of: the profile of its first account, with what is named after it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

const DEFAULT: &str = "default";

/// One window's data on this machine.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Absolute; may be impossible to make or read, which `start` then tells on screen.
    pub dir: PathBuf,
}

impl Profile {
    /// `dir`, or the default profile among this person's data.
    ///
    /// # Errors
    /// When neither a directory is given nor the system tells where a person's data goes.
    pub fn find(dir: Option<PathBuf>) -> Result<Self> {
        let dir = match dir {
            Some(dir) => std::path::absolute(&dir)
                .with_context(|| format!("{} is not a path of a directory", dir.display()))?,
            None => default_dir()
                .context("no home directory is known: say where the profile is with --profile DIR")?,
        };
        // Made here already so that its one true path, without links, can name it.
        if let Err(error) = make_private(&dir) {
            tracing::warn!(%error, "the directory of the profile cannot be made");
        }
        let dir = fs::canonicalize(&dir).unwrap_or(dir);
        Ok(Self { dir })
    }

    /// Whether it is the one of whoever just starts the app.
    pub fn is_default(&self) -> bool {
        default_dir().is_some_and(|dir| fs::canonicalize(&dir).unwrap_or(dir) == self.dir)
    }

    /// Names the entry with which the session starts this window; also a file name.
    pub fn autostart_name(&self) -> String {
        if self.is_default() { "Beseda".to_owned() } else { format!("Beseda-{}", &self.hash()[..8]) }
    }

    /// Title of the window while so many messages are unread.
    pub fn title(&self, unread: u32) -> String {
        let count = if unread > 0 { format!("({unread}) ") } else { String::new() };
        match self.dir.file_name() {
            Some(name) if name != DEFAULT => format!("{count}Beseda — {}", name.to_string_lossy()),
            _ => format!("{count}Beseda"),
        }
    }

    /// A name on the session bus that only processes of this profile use.
    pub fn bus_name(&self) -> String {
        // Hashed, since a bus name takes few characters; an element may not start with a digit.
        format!("chat.beseda.app.p{}", &self.hash()[..16])
    }

    fn hash(&self) -> String {
        blake3::hash(self.dir.as_os_str().as_encoded_bytes()).to_hex().to_string()
    }

    /// Where the webview keeps its own state (theme, language); none where it cannot be made.
    pub fn window_state(&self) -> Option<PathBuf> {
        let dir = self.dir.join("window");
        make_private(&dir).ok().map(|()| dir)
    }
}

fn default_dir() -> Option<PathBuf> {
    Some(dirs::data_dir()?.join("beseda").join(DEFAULT))
}

/// Makes `dir` with what leads to it, for its owner only.
fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(dir: &str) -> Profile {
        Profile { dir: PathBuf::from(dir) }
    }

    #[test]
    fn only_a_profile_of_its_own_name_shows_it() {
        assert_eq!(profile("/home/anna/.local/share/beseda/default").title(0), "Beseda");
        assert_eq!(profile("/tmp/second").title(0), "Beseda — second");
    }

    #[test]
    fn what_is_unread_comes_first() {
        assert_eq!(profile("/home/anna/.local/share/beseda/default").title(12), "(12) Beseda");
        assert_eq!(profile("/tmp/second").title(1), "(1) Beseda — second");
    }

    #[test]
    fn each_profile_has_its_own_bus_name_within_the_bus_rules() {
        let name = profile("/tmp/Анна").bus_name();
        assert_ne!(name, profile("/tmp/Борис").bus_name());
        assert!(name.split('.').all(|part| part.starts_with(|first: char| first.is_ascii_alphabetic())));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.'));
    }
}
