//! How the page gets onto the screen. WebKitGTK draws into buffers of the graphics card; where there is none, an imitation
//! of one draws into an imitation of its buffers, which doubles the time of a start, costs 100 MiB more and halves the
//! frames of a scroll. There it is told to draw without.
//!
//! Not here: other systems, whose webviews decide for themselves.

use std::{env, fs, path::Path};

use super::environment;

const WITHOUT: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// Where Linux shows what can render.
const DEVICES: &str = "/dev/dri";

/// To be called before any thread is started, see [`environment::tell`].
pub fn choose() {
    if cfg!(target_os = "linux") && !is_driven() && !can_render(Path::new(DEVICES)) {
        environment::tell(WITHOUT, "1");
    }
}

/// WebDriver cannot take pictures of a page that is drawn without. Of an optimised build nobody takes any: it is measured as
/// people have it.
fn is_driven() -> bool {
    cfg!(debug_assertions) && env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}

/// Whether there is a device that renders.
fn can_render(devices: &Path) -> bool {
    let Ok(devices) = fs::read_dir(devices) else { return false };
    devices.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_that_renders_counts() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!can_render(&devices.path().join("none")));
        fs::write(devices.path().join("card0"), "").unwrap();
        assert!(!can_render(devices.path()), "a screen alone");
        fs::write(devices.path().join("renderD128"), "").unwrap();
        assert!(can_render(devices.path()));
    }
}
