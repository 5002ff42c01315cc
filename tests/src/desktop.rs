//! Real windows: the built programs, each window on a virtual display and a session bus of its own, driven through
//! WebDriver as a person would.
//!
//! Not here: worlds without a window (`world`), which are quicker and can be bent more.

mod apart;
mod axe;
pub mod conversation;
pub mod demo;
mod display;
mod driver;
pub mod gallery;
mod hands;
mod process;
mod programs;
mod relay;
mod session_bus;
mod stories;
mod timeline;
mod window;

pub use relay::RelayProcess;
pub use session_bus::{SessionBus, Shown};
pub use stories::Stories;
pub use timeline::Bubble;
pub use window::Window;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};

/// How long anything on screen may take to happen. Reached only when something is broken: a loaded machine is slow, and
/// a test that passes does not wait.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a screen is asked whether it has happened.
const LOOK_EVERY: Duration = Duration::from_millis(30);

/// Root of the checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the root of the workspace")
}

/// A directory under the target directory, emptied.
///
/// # Errors
/// When it cannot be emptied or made.
pub fn fresh_output(name: &str) -> Result<PathBuf> {
    let dir = programs::target()?.join(name);
    if dir.exists() {
        std::fs::remove_dir_all(&dir).with_context(|| format!("{} cannot be emptied", dir.display()))?;
    }
    std::fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    Ok(dir)
}
