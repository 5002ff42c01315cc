//! Make sure of somebody: compare a safety number, or a code that says the same.

use beseda_protocol::{UserId, link::SafetyCode};

use super::contacts::{other, tell_own_devices};
use crate::{
    device::Device,
    error::{Error, Result},
    people::safety,
    store::{Durability, Touched, trust},
};

/// What the other one is shown or sent, to compare it with what they see.
#[must_use]
pub fn code(device: &Device, user: UserId) -> SafetyCode {
    SafetyCode { v: 1, user: device.me.id, peer: user }
}

/// The code that somebody showed: if it is theirs, and made for this person, they are verified.
///
/// # Errors
/// [`Error::NotALink`]; [`Error::SafetyMismatch`] when one of the two is not who they seem; nothing is changed then.
pub async fn compare(device: &Device, user: UserId, shown: &str) -> Result<Touched> {
    let shown = SafetyCode::parse(shown)?;
    if shown.user != user || shown.peer != device.me.id {
        return Err(Error::SafetyMismatch);
    }
    set_verified(device, user, true).await
}

/// This person has compared the digits, or is no longer sure.
///
/// # Errors
/// [`Error::NoSuchMember`] for who was never met, [`Error::BadText`] for oneself.
pub async fn set_verified(device: &Device, user: UserId, on: bool) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let number = other(&mut tx, device, user).await?;
    if on {
        let digits = safety::number(device.me.id, user);
        trust::verify(&mut tx, number, &digits, device.now()).await?;
    } else {
        trust::unverify(&mut tx, number).await?;
    }
    tell_own_devices(&mut tx, device, number).await?;
    tx.commit().await
}

/// This person has seen that somebody has new devices.
///
/// # Errors
/// [`Error::NoSuchMember`] for who was never met.
pub async fn acknowledge_devices(device: &Device, user: UserId) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    let number = other(&mut tx, device, user).await?;
    trust::look(&mut tx, number).await?;
    trust::forget(&mut tx, number).await?;
    tell_own_devices(&mut tx, device, number).await?;
    tx.commit().await
}
