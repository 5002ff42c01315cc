//! The person's own chat, made with the account; and what is told to their other devices in it.

use beseda_protocol::membership::{ChatKind, History};

use super::create_chat::make;
use crate::{
    crypto::recovery::Recovery,
    device::{Device, machine_name},
    document::Own,
    error::Result,
    store::{Durability, Touched, account, backup, kept, own, projection, say, tell},
};

/// Makes the notes where there are none. What a profile held before it had notes is told in them.
///
/// # Errors
/// When the store fails.
pub async fn ensure(device: &Device) -> Result<()> {
    if backup::has_no_target(&mut *device.store.readers().acquire().await?).await? {
        let mut tx = device.store.begin(Durability::Power).await?;
        let target = Recovery::new(account::recovery(&mut tx).await?).target();
        backup::set_target(&mut tx, target).await?;
        tx.commit().await?;
    }
    if own::notes_id(&mut *device.store.readers().acquire().await?).await?.is_some() {
        return Ok(());
    }
    let now = device.now();
    let mut tx = device.store.begin(Durability::Power).await?;
    let (_, id) = make(&mut tx, device, ChatKind::Notes, History::All, now).await?;
    own::set_notes(&mut tx, id).await?;
    let mut owns = vec![Own::Device { device: device.keys.device(), name: machine_name() }];
    if !account::read_receipts(&mut tx).await? {
        owns.push(read_receipts(false));
    }
    for (of, at) in kept::saved(&mut tx, i64::MAX, u32::MAX).await? {
        owns.push(Own::Saved { of, on: true, at });
    }
    owns.extend(kept::hidden(&mut tx).await?.into_iter().map(|of| Own::Hidden { of }));
    owns.extend(own::drafts(&mut tx).await?);
    owns.extend(tell::everything(&mut tx).await?);
    say::say_own(&mut tx, &device.keys, device.me, owns, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The setting as a fact.
pub(super) fn read_receipts(on: bool) -> Own {
    Own::Setting {
        name: projection::READ_RECEIPTS.to_owned(),
        value: if on { "on" } else { "off" }.to_owned(),
    }
}

/// Tells the other devices what stands in composers and was not told yet. Whoever calls it waits until nobody types.
///
/// # Errors
/// When the store fails.
pub async fn tell_drafts(device: &Device) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let mut drafts = own::take_untold(&mut tx).await?;
    let mut told = Vec::new();
    for draft in drafts.drain(..) {
        // Typed and taken back: nobody has to hear of it.
        let before = own::stands(&mut tx, &draft.key()).await?;
        let empty = matches!(&draft, Own::Draft { text, reply_to: None, .. } if text.is_empty());
        if before.as_ref() != Some(&draft) && !(before.is_none() && empty) {
            told.push(draft);
        }
    }
    if !told.is_empty() {
        say::say_own(&mut tx, &device.keys, device.me, told, device.now()).await?;
    }
    tx.commit().await
}
