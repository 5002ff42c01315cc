//! Put a person out of a chat: it takes effect with a handshake, as soon as the relay takes one.

use beseda_protocol::{UserId, membership::Refusal};

use crate::{
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched,
        chats::{self, Status},
        joining, members, roles, users,
    },
};

/// # Errors
/// [`Error::NoSuchMember`], [`Error::NotMember`], [`Error::Forbidden`].
pub async fn remove_member(device: &Device, chat: ChatNo, user: UserId) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    if chats::state(&mut tx, chat).await?.status != Status::Active {
        return Err(Error::NotMember);
    }
    if !members::is_admin(&mut tx, chat, device.me.number).await? {
        return Err(Refusal::NotAdmin.into());
    }
    if users::number(&mut tx, user, "").await? == roles::known(&mut tx, chat).await?.owner {
        return Err(Refusal::OwnerStays.into());
    }
    if user == device.keys.user() {
        return Err(Error::BadText("nobody puts out themselves: leave the chat"));
    }
    let devices = members::devices_of(&mut tx, chat, user).await?;
    if devices.is_empty() {
        return Err(Error::NoSuchMember);
    }
    for gone in devices {
        joining::put_removal(&mut tx, chat, gone).await?;
    }
    tx.commit().await
}
