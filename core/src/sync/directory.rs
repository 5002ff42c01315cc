//! The relay's directory of people, where its operator keeps one: who wants to be found by their username is told to it, and
//! somebody else's devices are found in it. That it names the person who is meant only a safety number shows.

use std::sync::atomic::Ordering;

use beseda_protocol::{
    UserId, codec,
    identity::Identity,
    limits,
    request::{ErrorCode, FindInDirectory, PutInDirectory},
};

use super::{engine::SyncError, session::Session, transport::TransportError};
use crate::{
    device::Device,
    error::Error,
    people::text,
    store::{
        Durability, dialogs,
        listing::{self, Listing},
        own, users,
    },
};

/// Whoever has the username that this person wants may give it up: how often that is looked for, in milliseconds.
const ASK_AGAIN: i64 = 24 * 60 * 60 * 1000;

/// Tells the directory what it does not know yet of this person.
///
/// # Errors
/// Why the exchange ends.
pub async fn tell(device: &Device, session: &Session<'_>) -> std::result::Result<(), SyncError> {
    let mut reader = device.store.readers().acquire().await.map_err(Error::from)?;
    let wanted = listing::wanted(&mut reader).await?;
    let listed = wanted.listed && !wanted.username.is_empty();
    if !listed && wanted.told.is_empty() {
        return Ok(());
    }
    let identity = codec::encode(&own::chain(&mut reader).await?);
    drop(reader);
    let username = if listed { wanted.username } else { String::new() };
    let told = *blake3::hash(&codec::encode(&(&username, serde_bytes::Bytes::new(&identity)))).as_bytes();
    if listed && wanted.told == told && !may_be_free(device, wanted.listing) {
        return Ok(());
    }
    let listing = match session.call(&PutInDirectory { username, identity }).await {
        Ok(_) if listed => Listing::Listed,
        Ok(_) => Listing::No,
        Err(TransportError::Relay(error)) => match error.code {
            ErrorCode::Taken => Listing::Taken,
            ErrorCode::NoDirectory => Listing::NoDirectory,
            // A relay of before there were directories, or a device that its person has removed.
            ErrorCode::Invalid | ErrorCode::Denied => Listing::NoDirectory,
            _ => return Err(TransportError::Relay(error).into()),
        },
        Err(error) => return Err(error.into()),
    };
    let taken_at = if listing == Listing::Taken { device.now() } else { 0 };
    device.name_taken_at.store(taken_at, Ordering::Relaxed);
    let mut tx = device.store.begin(Durability::Process).await?;
    listing::set_told(&mut tx, if listed { &told } else { &[] }, listing).await?;
    tx.commit().await?;
    Ok(())
}

/// At each start, and once a day.
fn may_be_free(device: &Device, known: Listing) -> bool {
    let since = device.now().saturating_sub(device.name_taken_at.load(Ordering::Relaxed));
    known == Listing::Taken && !(0..ASK_AGAIN).contains(&since)
}

/// Finds who is listed under a username, and keeps what is needed to write to them.
///
/// # Errors
/// [`Error::NoSuchPerson`]; [`Error::NoDirectory`]; [`Error::BadText`]; that the relay is away.
pub async fn find(
    device: &Device,
    session: &Session<'_>,
    username: &str,
) -> std::result::Result<UserId, SyncError> {
    let username = text::username(username)?;
    if username.is_empty() {
        return Err(Error::NoSuchPerson.into());
    }
    let found = session.call(&FindInDirectory { username: username.clone() }).await;
    let bytes = match found {
        Ok(found) => found.identity.ok_or(Error::NoSuchPerson)?,
        Err(TransportError::Relay(error))
            if matches!(error.code, ErrorCode::NoDirectory | ErrorCode::Invalid) =>
        {
            return Err(Error::NoDirectory.into());
        }
        Err(error) => return Err(error.into()),
    };
    let identity: Identity =
        codec::decode(&bytes, limits::IDENTITY_BYTES).map_err(|_| Error::NoSuchPerson)?;
    // Whatever the relay says: every device in it is signed for.
    identity.devices().map_err(Error::from)?;
    let user = identity.user_id();
    if user == device.me.id {
        return Ok(user);
    }
    let mut tx = device.store.begin(Durability::Process).await?;
    let number = users::number(&mut tx, user, "").await?;
    users::call(&mut tx, number, &username).await?;
    dialogs::put_found(&mut tx, number, &identity, &username, device.now()).await?;
    tx.commit().await?;
    Ok(user)
}
