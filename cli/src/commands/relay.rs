//! `relay`: where this profile exchanges, and how it goes elsewhere.

use beseda_core::Core;
use serde_json::json;

use crate::{
    arguments::Relay,
    failure::Result,
    output::{Output, shown_line},
};

/// # Errors
/// An address that is none; what the store meets.
pub async fn run(core: &Core, command: Relay, out: &mut Output) -> Result<()> {
    match command {
        Relay::Show => show(core, out).await,
        Relay::Use { url, invite } => {
            core.use_relay(&url, invite.as_deref()).await?;
            show(core, out).await
        }
        Relay::Move { url, invite } => {
            let told = Box::pin(core.move_relay(&url, invite.as_deref())).await?;
            let relay = core.sync_status().await?.relay;
            let text = if told {
                format!(
                    "From now on over {relay}. The others are told, and follow with: beseda relay use URL\nNow: beseda sync"
                )
            } else {
                format!(
                    "From now on over {relay}. The relay of before did not answer: tell the others the address yourself.\nNow: beseda sync"
                )
            };
            out.result(&json!({ "relay": relay, "told": told }), &text)
        }
    }
}

async fn show(core: &Core, out: &mut Output) -> Result<()> {
    let status = core.sync_status().await?;
    let proposed =
        status.proposed.as_ref().map(|proposed| json!({ "relay": proposed.relay, "by": proposed.by }));
    let mut text = status.relay.clone();
    if let Some(proposed) = &status.proposed {
        text.push_str(&format!(
            "\n{} wants the chats to be at {}: beseda relay use {}",
            shown_line(&proposed.by),
            shown_line(&proposed.relay),
            shown_line(&proposed.relay)
        ));
    }
    out.result(&json!({ "relay": status.relay, "proposed": proposed }), &text)
}
