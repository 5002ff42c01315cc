//! Makes the machine able to build, run and test: system packages, npm packages, the built UI.
//!
//! Each part looks before it acts, so that a machine that is ready loses no time and needs no network.

mod packages;
mod ui;

use anyhow::Result;

pub use packages::Purpose;

/// All that any task needs.
///
/// # Errors
/// When something is missing and cannot be installed; the message says what to do.
pub fn everything() -> Result<()> {
    for_purpose(Purpose::Test)
}

/// What building and `purpose` need.
///
/// # Errors
/// As [`everything`].
pub fn for_purpose(purpose: Purpose) -> Result<()> {
    packages::install(purpose)?;
    ui::install()?;
    ui::build()
}
