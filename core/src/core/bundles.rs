//! What goes from device to device as a file.

use std::path::Path;

use super::{Core, Report};
use crate::{
    bundle::{self, Exported, Imported},
    error::Result,
};

impl Core {
    /// Writes what this device has and others may lack into one file, sealed for those who are in its chats; see
    /// [`crate::bundle`]. With `all` it holds all that is here.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn export_bundle(&self, file: &Path, all: bool, report: &Report) -> Result<Exported> {
        Box::pin(bundle::export(&self.device, file, all, report)).await
    }

    /// Takes in what such a file of somebody's device holds of the chats that this person is in.
    ///
    /// # Errors
    /// [`Error::NotABundle`].
    pub async fn import_bundle(&self, file: &Path, report: &Report) -> Result<Imported> {
        let imported = Box::pin(bundle::import(&self.device, file, report)).await;
        self.wake.notify_one();
        imported
    }
}
