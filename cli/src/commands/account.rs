//! `init` and `whoami`: who this profile is.

use std::path::Path;

use beseda_core::{Core, Profile};

use crate::{
    failure::Result,
    output::{Output, shown_line},
    view,
};

pub async fn whoami(core: &Core, directory: &Path, out: &mut Output) -> Result<()> {
    let status = core.sync_status().await?;
    let device = core.device();
    let account = view::Account {
        name: device.name.clone(),
        user: device.keys.user().to_string(),
        device: device.keys.device().to_string(),
        relay: device.relay.clone(),
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
