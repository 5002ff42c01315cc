//! Tell the members of chats that their relay is to be another one. Not here: going there, which each decides for their own
//! devices.

use beseda_protocol::membership::ChatKind;

use crate::{
    device::Device,
    document::Fact,
    error::{Error, Result},
    store::{
        Durability, Touched,
        chats::{self, Status},
        members, say,
    },
};

/// Says so in every chat in which this person may: as an admin, in dialogs, and to their own devices.
///
/// # Errors
/// [`Error::BadText`] for an address that is too long.
pub async fn tell_move(device: &Device, relay: &str) -> Result<Touched> {
    let fact = Fact::Move { relay: relay.to_owned() };
    if !fact.is_readable() {
        return Err(Error::BadText("the address of a relay is at most 256 bytes long"));
    }
    let mut tx = device.store.begin(Durability::Process).await?;
    for chat in chats::synced(&mut tx).await? {
        let state = chats::state(&mut tx, chat).await?;
        if state.status == Status::Active
            && !state.leaving
            && (ChatKind::is_of_equals(state.kind)
                || members::is_admin(&mut tx, chat, device.me.number).await?)
        {
            say::say(&mut tx, &device.keys, device.me, &state, vec![fact.clone()], device.now()).await?;
        }
    }
    tx.commit().await
}
