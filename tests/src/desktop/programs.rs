//! The programs under test, as cargo built them.

use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// The target directory this very program was built into.
///
/// # Errors
/// When the running program does not know its own path.
pub fn target() -> Result<PathBuf> {
    Ok(profile_dir()?.parent().map(Path::to_owned).unwrap_or_default())
}

/// `target/debug`, or another profile's.
fn profile_dir() -> Result<PathBuf> {
    let program = env::current_exe().context("a test that does not know its own path")?;
    let dir = program.parent().unwrap_or(Path::new("."));
    // Tests lie in `deps`, examples in `examples`, programs beside them.
    let dir =
        if dir.ends_with("deps") || dir.ends_with("examples") { dir.parent().unwrap_or(dir) } else { dir };
    Ok(dir.to_owned())
}

/// A program of this workspace.
///
/// # Errors
/// When it is not built.
pub fn built(name: &str) -> Result<PathBuf> {
    let path = profile_dir()?.join(name);
    if !path.is_file() {
        bail!(
            "{} is not built: run `cargo build -p beseda-relay -p beseda-cli -p beseda-desktop`, \
             or `cargo xtask test`, which does it",
            path.display()
        );
    }
    Ok(path)
}

/// A port of this machine that nobody uses now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}
