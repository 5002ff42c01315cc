//! Link another device to this person, name it, remove it.

use std::time::Instant;

use beseda_protocol::{
    DeviceId, EnvelopeId, codec,
    identity::{BadIdentity, What},
    limits,
    link::{DeviceCode, Letter, Offer, Step},
    sign::Purpose,
};
use zeroize::Zeroizing;

use super::{join::same_relay, line};
use crate::{
    crypto::{noise, random},
    device::Device,
    document::Own,
    error::{Error, Result},
    store::{
        Durability, Touched, Tx,
        linking::{self, Until},
        own, say,
    },
    sync::letters::Offered,
};

/// Offers the device that shows this code to become one of this person's. It answers within seconds, or not at all.
///
/// # Errors
/// [`Error::NotALink`], [`Error::NoRelay`], [`Error::OtherRelay`], [`Error::DeviceRemoved`]; [`Error::Devices`] when there are ten already;
/// [`Error::StillLinking`] where this device is so new that it has not heard from the one that has linked it.
pub async fn link_device(device: &Device, code: &str) -> Result<Touched> {
    let code = DeviceCode::parse(code)?;
    if !same_relay(&code.relay, &device.known_relay()?.url) {
        return Err(Error::OtherRelay(code.relay));
    }
    let mut tx = device.store.begin(Durability::Power).await?;
    still_one(&mut tx).await?;
    if own::notes(&mut tx).await?.is_none() {
        // There is nowhere to tell the others of the new device, and nothing that it could be let into.
        return Err(Error::StillLinking);
    }
    let offered = offer(device, &mut tx, code.device, Zeroizing::new(code.secret)).await?;
    let touched = tx.commit().await?;
    *device.linking.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(offered);
    Ok(touched)
}

/// Makes an offer to a new device, as this person's devices stand now.
///
/// # Errors
/// [`Error::Devices`] when there are ten already, or it is one of them.
pub(crate) async fn offer(
    device: &Device,
    tx: &mut Tx<'_>,
    to: DeviceId,
    secret: Zeroizing<[u8; 16]>,
) -> Result<Offered> {
    let chain = own::chain(tx).await?;
    let known = chain.devices()?;
    if known.iter().filter(|known| known.active).count() >= limits::DEVICES {
        return Err(BadIdentity::TooManyDevices.into());
    }
    if known.iter().any(|known| known.device == to) {
        return Err(BadIdentity::Known.into());
    }
    let this = device.keys.device();
    let statement = chain.next(What::Add(to), this.0, device.now());
    let signature = device.keys.sign(Purpose::Devices, &[&codec::encode(&statement)]);
    let offer = Offer { v: 1, device: this, statement: statement.clone() };
    let (opening, message) = noise::offer(&secret, &codec::encode(&offer))
        .map_err(|_| Error::Damaged("the offer to a new device"))?;
    let link = random();
    let letter = Letter { v: 1, link, step: Step::Offer(message) };
    linking::put_letter(tx, EnvelopeId(random()), to, &codec::encode(&letter), Until::Sent, false).await?;
    Ok(Offered { link, to, secret, opening, statement, signature, since: Instant::now() })
}

/// # Errors
/// [`Error::NoSuchDevice`], [`Error::BadText`].
pub async fn rename_device(device: &Device, which: DeviceId, name: &str) -> Result<Touched> {
    let name = line(name, limits::TITLE_CHARS, false)?;
    let mut tx = device.store.begin(Durability::Process).await?;
    still_one(&mut tx).await?;
    if !own::chain(&mut tx).await?.devices()?.iter().any(|known| known.active && known.device == which) {
        return Err(Error::NoSuchDevice);
    }
    let name = Own::Device { device: which, name };
    say::say_own(&mut tx, &device.keys, device.me, vec![name], device.now()).await?;
    tx.commit().await
}

/// Removes another device of this person, for good: it is put out of every chat with the next exchange.
///
/// # Errors
/// [`Error::NoSuchDevice`]; [`Error::DeviceRemoved`]; [`Error::ThisDevice`].
pub async fn remove_device(device: &Device, which: DeviceId) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Power).await?;
    still_one(&mut tx).await?;
    if which == device.keys.device() {
        return Err(Error::ThisDevice);
    }
    let chain = own::chain(&mut tx).await?;
    if !chain.devices()?.iter().any(|known| known.active && known.device == which) {
        return Err(Error::NoSuchDevice);
    }
    let chain = chain.signed(What::Remove(which), device.keys.signing(), None, device.now())?;
    linking::drop_link(&mut tx, which).await?;
    // Said before it takes effect here: by the rule by which the other devices hear of it.
    let said = Own::Chain { identity: codec::encode(&chain) };
    say::say_own(&mut tx, &device.keys, device.me, vec![said], device.now()).await?;
    tx.commit().await
}

/// # Errors
/// [`Error::DeviceRemoved`] when another device of this person has put this one out.
pub(crate) async fn still_one(tx: &mut Tx<'_>) -> Result<()> {
    if own::is_removed(tx).await? { Err(Error::DeviceRemoved) } else { Ok(()) }
}
