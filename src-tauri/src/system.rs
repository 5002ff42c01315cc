//! The window and the session around it: starting with it, and keys that show the window from anywhere.
//!
//! Both are of the window, not of an account. Whether it starts with the session only the session knows; the keys are kept
//! beside the webview's own state.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use beseda_contract::{ApiError, Code, view::SystemSettings};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _, Runtime, State, plugin::TauriPlugin};
use tauri_plugin_autostart::ManagerExt as _;
use tauri_plugin_global_shortcut::{GlobalShortcutExt as _, Shortcut, ShortcutState};

use crate::{profile::Profile, window};

/// What is kept; an unknown or broken file counts as empty.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// As the page writes it, e.g. `Control+Alt+KeyB`.
    shortcut: Option<String>,
}

pub struct System {
    /// None where the profile cannot be written: then nothing is remembered.
    file: Option<PathBuf>,
    kept: Mutex<Kept>,
}

impl System {
    pub fn of(profile: &Profile) -> Self {
        let file = profile.window_state().map(|dir| dir.join("system.json"));
        let kept = file.as_deref().map(read).unwrap_or_default();
        Self { file, kept: Mutex::new(kept) }
    }

    fn shortcut(&self) -> Option<String> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).shortcut.clone()
    }

    fn keep_shortcut(&self, shortcut: Option<String>) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let new = Kept { shortcut };
        if let Some(file) = &self.file {
            fs::write(file, serde_json::to_vec_pretty(&new)?)?;
        }
        *kept = new;
        Ok(())
    }
}

fn read(file: &Path) -> Kept {
    fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// The entry with which the session starts this profile's window.
pub fn autostart<R: Runtime>(profile: &Profile) -> TauriPlugin<R> {
    let mut builder =
        tauri_plugin_autostart::Builder::new().app_name(profile.autostart_name()).arg("--background");
    if !profile.is_default() {
        builder = builder.arg("--profile").arg(quoted(&profile.dir.to_string_lossy()));
    }
    builder.build()
}

/// One argument of a command line of a desktop entry (the plugin joins arguments with blanks and quotes none).
fn quoted(argument: &str) -> String {
    if cfg!(target_os = "macos") {
        return argument.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in argument.chars() {
        if cfg!(target_os = "linux") {
            match character {
                // Once for the string, once for the quoting inside it.
                '\\' => quoted.push_str("\\\\\\"),
                '"' | '`' | '$' => quoted.push_str("\\\\"),
                '%' => quoted.push('%'),
                '\n' => {
                    quoted.push_str("\\n");
                    continue;
                }
                _ => {}
            }
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// Wayland gives no program keys pressed elsewhere; under it X11 would give those pressed in other X11 programs only.
fn shortcut_possible() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || (set("DISPLAY") && !set("WAYLAND_DISPLAY"))
}

/// The kept keys show the window from now on. Where another program has taken them, the settings say so when they are
/// set again; a start is no time to complain.
pub fn listen_for_shortcut(app: &AppHandle) {
    let Some(keys) = app.state::<System>().shortcut() else { return };
    if let Err(error) = listen(app, Some(&keys)) {
        tracing::warn!(%error, "the keys that show the window are not ours");
    }
}

fn listen(app: &AppHandle, keys: Option<&str>) -> Result<(), ApiError> {
    // Watching keys costs a thread that looks many times a second: only for who wants it.
    let watching = app.try_state::<tauri_plugin_global_shortcut::GlobalShortcut<tauri::Wry>>().is_some();
    if !watching {
        if keys.is_none() || !shortcut_possible() {
            return Ok(());
        }
        app.plugin(tauri_plugin_global_shortcut::Builder::new().build())
            .map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    }
    let shortcuts = app.global_shortcut();
    shortcuts.unregister_all().map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    let Some(keys) = keys else { return Ok(()) };
    let keys: Shortcut =
        keys.parse().map_err(|error| ApiError::new(Code::BadRequest, format!("{keys}: {error}")))?;
    shortcuts
        .on_shortcut(keys, |app, _, event| {
            if event.state == ShortcutState::Pressed {
                window::bring_to_front(app, window::MAIN);
            }
        })
        .map_err(|error| ApiError::new(Code::KeysTaken, error.to_string()))
}

fn settings_of(app: &AppHandle) -> SystemSettings {
    let autostart = app.autolaunch().is_enabled();
    if let Err(error) = &autostart {
        tracing::warn!(%error, "whether the app starts with the session is unknown");
    }
    SystemSettings {
        autostart: autostart.unwrap_or_default(),
        shortcut: app.state::<System>().shortcut(),
        shortcut_possible: shortcut_possible(),
    }
}

#[tauri::command]
pub async fn system_settings(app: AppHandle) -> SystemSettings {
    settings_of(&app)
}

/// # Errors
/// When the session's directory of what it starts cannot be written.
#[tauri::command]
pub async fn set_autostart(app: AppHandle, on: bool) -> Result<SystemSettings, ApiError> {
    let entry = app.autolaunch();
    let done = if on { entry.enable() } else { entry.disable() };
    done.map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    Ok(settings_of(&app))
}

/// Without keys there are none.
///
/// # Errors
/// [`Code::KeysTaken`]: another program has them; those that were set before stay.
#[tauri::command]
pub async fn set_shortcut(
    app: AppHandle,
    system: State<'_, System>,
    keys: Option<String>,
) -> Result<SystemSettings, ApiError> {
    // Windows and macOS give keys only to the thread of the window.
    let (answer, result) = tokio::sync::oneshot::channel();
    let (there, wanted) = (app.clone(), keys.clone());
    app.run_on_main_thread(move || {
        let _ = answer.send(listen(&there, wanted.as_deref()));
    })
    .map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    let set = result.await.map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    if let Err(error) = set {
        listen_for_shortcut(&app);
        return Err(error);
    }
    system.keep_shortcut(keys).map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    Ok(settings_of(&app))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_kept_and_a_broken_file_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile { dir: dir.path().to_owned() };
        System::of(&profile).keep_shortcut(Some("Control+Alt+KeyB".to_owned())).unwrap();
        assert_eq!(System::of(&profile).shortcut().as_deref(), Some("Control+Alt+KeyB"));

        fs::write(dir.path().join("window/system.json"), "{").unwrap();
        assert_eq!(System::of(&profile).shortcut(), None);
    }

    #[test]
    fn keys_as_the_page_writes_them_are_understood() {
        for keys in ["Control+Alt+KeyB", "Shift+Super+Space", "Control+F12"] {
            assert!(keys.parse::<Shortcut>().is_ok(), "{keys}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_directory_stays_one_argument_of_a_desktop_entry() {
        assert_eq!(quoted("/home/anna/my chats"), "\"/home/anna/my chats\"");
        assert_eq!(quoted("/a\"b$c`d\\e%f"), r#""/a\\"b\\$c\\`d\\\\e%%f""#);
    }
}
