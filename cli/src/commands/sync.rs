//! `sync`: everything that waits here and there, once.

use beseda_core::Core;
use serde_json::json;

use crate::{
    failure::{Exit, Failure, Result},
    output::Output,
    view,
};

pub async fn sync(core: &Core, out: &mut Output) -> Result<()> {
    core.sync().await?;
    let status = core.sync_status().await?;
    if status.waiting > 0 {
        // The log of a chat is lost or closed to this device; the rest was exchanged.
        let message = format!(
            "{} messages cannot be sent now: the relay does not have their chat as it was; nothing was lost",
            status.waiting
        );
        return Err(Failure::new(Exit::Other, "left_over", message));
    }
    out.result(
        &json!({ "state": "up_to_date", "waiting": status.waiting, "last_sync": status.last_sync }),
        &format!("Everything is exchanged ({}).", view::local(status.last_sync)),
    )
}
