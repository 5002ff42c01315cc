//! Add people as contacts, under a name of one's own, and block people.

use beseda_protocol::UserId;

use super::set_profile::tell_everyone;
use crate::{
    crypto::mls,
    device::Device,
    domain::UserNo,
    error::{Error, Result},
    people::text,
    store::{Durability, Touched, Tx, chats, contacts, joining, own_profile, say, tell, trust, users},
};

/// Somebody else whom this device has met.
pub(super) async fn other(tx: &mut Tx<'_>, device: &Device, user: UserId) -> Result<UserNo> {
    if user == device.me.id {
        return Err(Error::BadText("that is you"));
    }
    users::find(tx, user).await?.ok_or(Error::NoSuchMember)
}

/// What this person thinks of somebody is the same on all their devices.
pub(super) async fn tell_own_devices(tx: &mut Tx<'_>, device: &Device, user: UserNo) -> Result<()> {
    let person = tell::person(tx, user).await?;
    say::say_own(tx, &device.keys, device.me, vec![person], device.now()).await
}

/// Adds somebody, or calls a contact otherwise; an empty name stands for what they call themselves. They are told what
/// contacts may see.
///
/// # Errors
/// [`Error::NoSuchMember`] for who was never met, [`Error::BadText`] for a name that cannot be one, or for oneself.
pub async fn add_contact(device: &Device, user: UserId, petname: &str) -> Result<Touched> {
    let petname = text::line(petname)?;
    let mut tx = device.store.begin(Durability::Process).await?;
    let number = other(&mut tx, device, user).await?;
    if contacts::petname(&mut tx, number).await?.is_none() {
        trust::look(&mut tx, number).await?;
    }
    contacts::put(&mut tx, number, &petname, device.now()).await?;
    users::show_name(&mut tx, number).await?;
    own_profile::set_telling(&mut tx).await?;
    tell_own_devices(&mut tx, device, number).await?;
    tx.commit().await?;
    tell_everyone(device).await
}

/// They are told nothing any more that only contacts may see.
///
/// # Errors
/// [`Error::NoSuchMember`] for who is no contact.
pub async fn remove_contact(device: &Device, user: UserId) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let number = other(&mut tx, device, user).await?;
    if !contacts::remove(&mut tx, number).await? {
        return Err(Error::NoSuchMember);
    }
    trust::forget(&mut tx, number).await?;
    users::show_name(&mut tx, number).await?;
    own_profile::set_telling(&mut tx).await?;
    tell_own_devices(&mut tx, device, number).await?;
    tx.commit().await?;
    tell_everyone(device).await
}

/// Blocks somebody, or no longer: they are not let in, what they say is folded, and in dialogs it does not count as unread.
/// They do not learn of it.
///
/// # Errors
/// [`Error::NoSuchMember`] for who was never met, [`Error::BadText`] for oneself.
pub async fn set_blocked(device: &Device, user: UserId, on: bool) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let number = other(&mut tx, device, user).await?;
    if on {
        contacts::block(&mut tx, number, device.now()).await?;
        for (request, package) in joining::all_requests(&mut tx).await? {
            if mls::key_package_owner(&package).is_ok_and(|(owner, _)| owner.user == user) {
                joining::drop_request(&mut tx, request).await?;
            }
        }
    } else {
        contacts::unblock(&mut tx, number).await?;
    }
    for chat in contacts::dialogs_with(&mut tx, number).await? {
        let read = chats::state(&mut tx, chat).await?.unread_after();
        chats::count_unread(&mut tx, chat, read, device.me.number).await?;
    }
    users::touch(&mut tx, number).await?;
    tell_own_devices(&mut tx, device, number).await?;
    tx.commit().await
}
