//! Leave a chat. It stays here to be read; nothing is sent to it or fetched for it once the relay has the word.

use beseda_protocol::membership::{ChatKind, Refusal};

use crate::{
    device::Device,
    document::Fact,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched,
        chats::{self, Status},
        joining, members, roles, say,
    },
};

/// The owner of a chat hands it over first; who is alone in it just closes it.
///
/// # Errors
/// [`Error::NotMember`]; [`Error::Forbidden`] for the owner of a chat that has other members.
pub async fn leave_chat(device: &Device, chat: ChatNo) -> Result<Touched> {
    let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
    if state.status != Status::Active || state.leaving {
        return Err(Error::NotMember);
    }
    let me = device.me.number;
    let owner = state.kind != ChatKind::Dialog && roles::known(&mut tx, chat).await?.owner == me;
    if owner {
        if members::list(&mut tx, chat).await?.len() > 1 {
            return Err(Refusal::OwnerStays.into());
        }
        if members::inside(&mut tx, chat).await?.len() <= 1 {
            chats::set_leaving(&mut tx, chat, 2).await?;
            joining::is_out(&mut tx, chat).await?;
            return tx.commit().await;
        }
        // The person's other devices are told: one of them may have let somebody in, and then the owner stays.
    }
    say::say(&mut tx, &device.keys, device.me, &state, vec![Fact::Leave], device.now()).await?;
    tx.commit().await
}
