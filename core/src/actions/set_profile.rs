//! Change what one tells of oneself. It is told to each chat where something else is to be seen than before, with or
//! without a network.

use crate::{
    device::Device,
    document::Own,
    error::{Error, Result},
    people::{
        ProfileChange,
        profile::{self, day},
    },
    store::{
        Durability, Touched,
        chats::{self, Status},
        own_profile, profiles, projection, say, tell, users,
    },
};

/// A picture may come in any size.
///
/// # Errors
/// [`Error::BadText`], [`Error::BadPicture`]: nothing is changed then.
pub async fn set_profile(device: &Device, mut change: ProfileChange) -> Result<Touched> {
    change.picture = super::small_picture(change.picture).await?;
    let mut tx = device.store.begin(Durability::Process).await?;
    let before = own_profile::load(&mut tx).await?;
    let new = before.apply(&change, day(device.now()))?;
    if new == before {
        tx.end().await?;
        return Ok(Touched::default());
    }
    own_profile::save(&mut tx, &new).await?;
    users::set_name(&mut tx, device.me.number, &new.name()).await?;
    tx.touched.people.insert(device.me.number);
    let told = tell::profile(&mut tx).await?;
    say::say_own(&mut tx, &device.keys, device.me, vec![told], device.now()).await?;
    tx.commit().await?;
    tell_everyone(device).await
}

/// Whether others find this person by their username in the relay's directory, where it keeps one. The relay then knows that
/// name, and whose devices it is.
///
/// # Errors
/// [`Error::BadText`] for who has no username.
pub async fn set_listed(device: &Device, on: bool) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Process).await?;
    if on && own_profile::load(&mut tx).await?.username.is_empty() {
        return Err(Error::BadText("choose a username first: others find you by it"));
    }
    let setting = Own::Setting {
        name: projection::DIRECTORY.to_owned(),
        value: if on { "on" } else { "off" }.to_owned(),
    };
    say::say_own(&mut tx, &device.keys, device.me, vec![setting], device.now()).await?;
    tx.touched.outbox = true;
    tx.commit().await
}

/// Tells every chat what it may know and does not know yet, in a transaction each. Who is interrupted goes on when the
/// profile is opened.
///
/// # Errors
/// When the store fails; some chats may have been told then.
pub async fn tell_everyone(device: &Device) -> Result<Touched> {
    let mut told = Touched::default();
    let chats = chats::synced(&mut *device.store.readers().acquire().await?).await?;
    for chat in chats {
        let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
        let now = device.now();
        if state.status == Status::Active
            && profiles::tell(&mut tx, &device.keys, device.me, &state, now).await?
        {
            told.outbox |= tx.commit().await?.outbox;
        } else {
            tx.end().await?;
        }
    }
    let mut tx = device.store.begin(Durability::Process).await?;
    let born = own_profile::told(&mut tx).await?.birth_date;
    own_profile::set_told(&mut tx, profile::age(born, day(device.now()))).await?;
    tx.commit().await?;
    Ok(told)
}

/// Goes on where telling was interrupted, and tells an age that has become another.
///
/// # Errors
/// When the store fails.
pub async fn go_on(device: &Device) -> Result<()> {
    let mut reader = device.store.readers().acquire().await?;
    let told = own_profile::told(&mut reader).await?;
    drop(reader);
    if !told.all || profile::age(told.birth_date, day(device.now())) != told.age {
        tell_everyone(device).await?;
    }
    Ok(())
}
