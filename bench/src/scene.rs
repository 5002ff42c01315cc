//! People with real cores at a real relay, and long conversations between them: what several parts begin with.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use beseda_core::{
    Core, NewProfile, Options,
    document::{Fact, With},
    domain::ChatNo,
    store::{Durability, Unlock, say},
};
use beseda_protocol::{ChatId, membership::ChatKind};

use crate::{relay::process::RelayProcess, words};

/// Messages in one transaction of [`say_at_once`].
const AT_ONCE: u64 = 1_000;

/// A new person, whose profile lies in `dir`.
///
/// # Errors
/// When the profile cannot be made.
pub async fn person(dir: &Path, name: &str, relay: &RelayProcess) -> Result<Core> {
    let new = NewProfile { name: name.to_owned(), relay: relay.url(), invite: None, unlock: Unlock::File };
    Ok(Core::create(dir, new, Options::default()).await?)
}

/// A new group of `host`, with `guest` in it.
///
/// # Errors
/// When a core or the relay fails.
pub async fn group_of_two(host: &Core, guest: &Core) -> Result<ChatId> {
    let chat = host.create_chat(ChatKind::Group, "Trip", "", "").await?;
    guest.join(&host.invite(chat.number).await?).await?;
    for core in [host, guest, host, guest, host] {
        core.sync().await?;
    }
    ensure!(host.members(chat.number).await?.len() == 2, "the guest was not let in");
    Ok(chat.id)
}

/// As in a conversation: the next one is written when the relay has the one before.
///
/// # Errors
/// When the core or the relay fails.
pub async fn say_live(core: &Core, chat: ChatNo, count: u64) -> Result<()> {
    let mut changed = core.listen();
    core.start_syncing().await?;
    for n in 0..count {
        core.send_message(chat, &words::message(n)).await?;
        while core.sync_status().await?.waiting > 0 {
            changed.recv().await.context("the core has stopped")?;
        }
    }
    Ok(())
}

/// Puts `count` messages into the outbox: what sending each would leave there, in fewer transactions. It does not wait for
/// the relay.
///
/// # Errors
/// When the store fails.
pub async fn say_at_once(core: &Core, chat: ChatNo, count: u64) -> Result<()> {
    let device = core.device();
    for first in (0..count).step_by(AT_ONCE as usize) {
        let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
        for n in first..count.min(first + AT_ONCE) {
            let sent_at = device.now();
            let fact = Fact::Message { text: words::message(n), sent_at, with: With::default() };
            say::say(&mut tx, &device.keys, device.me, &state, vec![fact], sent_at).await?;
        }
        tx.commit().await?;
        device.store.checkpoint().await?;
    }
    Ok(())
}
