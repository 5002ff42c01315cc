//! What holds for the window itself and for no account of it, on disk: `window.json` in the window's own directory. What a
//! screen alone needs to know (theme, folders) stays in the page's storage; this is what the shell must know before there is
//! a page, or with the page hidden.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::list::make_private;

const FILE: &str = "window.json";
const FRESH_FILE: &str = "window.json.new";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Closing the window leaves it in the tray, where there is one.
    pub close_to_tray: bool,
    /// The language of the page, as a tag like `ru`; empty: it has not said yet.
    pub language: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { close_to_tray: true, language: String::new() }
    }
}

/// What the file says; what cannot be read is as in a new window.
pub fn read(home: &Path) -> Settings {
    let bytes = match fs::read(home.join(FILE)) {
        Ok(bytes) => bytes,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%error, "the settings of the window cannot be read");
            }
            return Settings::default();
        }
    };
    serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::warn!(%error, "the settings of the window are damaged: it starts as a new one");
        Settings::default()
    })
}

/// # Errors
/// When it cannot be written: the old file stands.
pub fn write(home: &Path, settings: &Settings) -> io::Result<()> {
    make_private(home)?;
    let fresh = home.join(FRESH_FILE);
    let mut file = fs::File::create(&fresh)?;
    file.write_all(&serde_json::to_vec(settings)?)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&fresh, home.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_there_again_and_a_damaged_file_is_no_obstacle() -> io::Result<()> {
        let home = tempfile::tempdir()?;
        assert_eq!(read(home.path()), Settings::default());
        let set = Settings { close_to_tray: false, language: "ru".into() };
        write(home.path(), &set)?;
        assert_eq!(read(home.path()), set);
        fs::write(home.path().join(FILE), "{\"later\": 1}")?;
        assert_eq!(
            read(home.path()),
            Settings::default(),
            "one of another version is read as far as it goes"
        );
        fs::write(home.path().join(FILE), "not json")?;
        assert_eq!(read(home.path()), Settings::default());
        Ok(())
    }
}
