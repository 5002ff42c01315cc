//! Make an invitation link to a chat. This device admits whoever comes with it, when it is online.

use beseda_protocol::link::Invitation;

use crate::{
    crypto::{Secret, random},
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability,
        chats::{self, Status},
        joining, members,
    },
};

/// The same chat gets the same link again.
///
/// # Errors
/// [`Error::NotMember`]; [`Error::Forbidden`] for who is not an admin.
pub async fn invite(device: &Device, chat: ChatNo) -> Result<Invitation> {
    let mut tx = device.store.begin(Durability::Process).await?;
    if chats::state(&mut tx, chat).await?.status != Status::Active {
        return Err(Error::NotMember);
    }
    if !members::is_admin(&mut tx, chat, device.me).await? {
        return Err(beseda_protocol::membership::Refusal::NotAdmin.into());
    }
    let (id, secret) = match joining::invitation_of(&mut tx, chat).await? {
        Some(known) => known,
        None => {
            let (id, secret) = (random(), Secret::generate());
            joining::put_invitation(&mut tx, id, chat, &secret, device.now()).await?;
            (id, secret)
        }
    };
    tx.commit().await?;
    Ok(Invitation {
        v: 1,
        relay: device.relay.clone(),
        device: device.keys.device(),
        id,
        secret: *secret.expose(),
    })
}
