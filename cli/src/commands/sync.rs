//! `sync`: everything that waits here and there, once.

use beseda_core::{Core, Error, store::joining};
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
    let mut reader = core.device().store.readers().acquire().await.map_err(Error::from)?;
    let undelivered = joining::knocks(&mut reader).await?.len();
    let mut text = format!("Everything is exchanged ({}).", view::local(status.last_sync));
    if undelivered > 0 {
        // The relay takes a request only for a device that it has met.
        text.push_str(
            "\nA request to join waits until the inviter's device has been online: sync again later.",
        );
    }
    out.result(
        &json!({
            "state": "up_to_date",
            "waiting": status.waiting,
            "undelivered": undelivered,
            "last_sync": status.last_sync,
        }),
        &text,
    )
}
