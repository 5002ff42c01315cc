//! `init`, `whoami` and `key`: who this profile is, and what opens it.

use std::path::Path;

use beseda_core::{Core, Profile};

use crate::{
    arguments::KeyChoice,
    failure::Result,
    output::{Output, shown_line},
    profile, view,
};

pub async fn whoami(core: &Core, directory: &Path, out: &mut Output) -> Result<()> {
    let status = core.sync_status().await?;
    let device = core.device();
    let account = view::Account {
        name: core.name().await?,
        user: device.keys.user().to_string(),
        device: device.keys.device().to_string(),
        relay: device.relay().url,
        key: match Core::profile(directory)? {
            Profile::Kept(kind) => view::key(kind),
            // It was opened a moment ago: somebody has just moved it away.
            Profile::Fresh => "none",
        },
        waiting: status.waiting,
        last_sync: Some(status.last_sync).filter(|at| *at > 0),
    };
    let synced = account.last_sync.map_or("never".to_owned(), view::local);
    let text = format!(
        "Name     {}\nUser     {}\nDevice   {}\nRelay    {}\nKey      {}\nWaiting  {}\nSynced   {synced}",
        shown_line(&account.name),
        account.user,
        account.device,
        account.relay,
        account.key,
        account.waiting
    );
    out.result(&account, &text)
}

/// Where the key of the local database is kept.
///
/// # Errors
/// When `key.json` is damaged.
pub fn key(core: &Core, out: &mut Output) -> Result<()> {
    let key = view::key(core.key_kind()?);
    let text = match key {
        "keyring" => "The key is in the system's keyring.",
        "passphrase" => "The key is under a passphrase.",
        _ => "The key is in a file: whoever can read your files can read your chats.",
    };
    out.result(&serde_json::json!({ "key": key }), text)
}

/// # Errors
/// A wrong passphrase, a keyring that does not answer: nothing is changed then.
pub async fn keep_key(directory: &Path, keep: KeyChoice, out: &mut Output) -> Result<()> {
    let passphrase = profile::passphrase(directory)?;
    let core = profile::open_with(directory, passphrase.clone()).await?;
    let kept = async {
        core.keep_key(passphrase, profile::unlock_anew(keep)?).await?;
        key(&core, out)
    }
    .await;
    core.close().await;
    out.flush().and(kept)
}
