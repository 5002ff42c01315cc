//! Where things are in this checkout.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root of the workspace")
}

pub fn ui() -> PathBuf {
    root().join("ui")
}

/// What running leaves behind: profiles, the relay's data, screenshots. Not under version control.
pub fn run_dir() -> PathBuf {
    root().join(".run")
}

pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program this workspace builds.
pub fn built(name: &str, release: bool) -> PathBuf {
    target().join(if release { "release" } else { "debug" }).join(name)
}
