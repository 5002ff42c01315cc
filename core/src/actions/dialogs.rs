//! Write to somebody, put somebody into a chat, and answer who has put this person into one.

use beseda_protocol::{
    UserId,
    membership::{ChatKind, History, Refusal},
};

use super::{
    contacts::{other, set_blocked},
    create_chat::{self, NewChat},
    mark_read::mark_delivered,
    send_message::speaks_in,
};
use crate::{
    device::Device,
    document::Fact,
    domain::{ChatNo, UserNo},
    error::{Error, Result},
    store::{
        Durability, Touched, Tx,
        chats::{self, PutIn, Status},
        contacts, dialogs, linking, members, profiles, say, tell,
    },
    sync::{inbox, twins},
};

/// The dialog with somebody: the one that there is, or a new one, which can be written into at once. They come into it when
/// the relay has a key package of theirs, and see it as a request until they accept it.
///
/// # Errors
/// [`Error::NoSuchMember`] for who was never met; [`Error::BadText`] for oneself, and for who is blocked.
pub async fn start_dialog(device: &Device, user: UserId) -> Result<(ChatNo, Touched)> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let number = other(&mut tx, device, user).await?;
    if contacts::is_blocked(&mut tx, number).await? {
        return Err(Error::BadText("you have blocked them: take that back before you write to them"));
    }
    if let Some((chat, _)) = dialogs::with(&mut tx, number).await?.first().copied() {
        tx.end().await?;
        // Who writes back accepts.
        return Ok((chat, accept(device, chat).await?));
    }
    tx.end().await?;
    let new = NewChat {
        kind: ChatKind::Dialog,
        title: "",
        description: "",
        category: "",
        // What was written before they came is for them.
        history: History::All,
    };
    create_chat::create(device, &new, Some(number)).await
}

/// Puts somebody into a group or blog without a link. They see it as a request, unless this person is a contact of theirs.
///
/// # Errors
/// [`Error::NotMember`]; [`Error::Forbidden`] for who may add nobody; [`Error::NoSuchMember`] for who was never met;
/// [`Error::BadText`] for who is in it already, and in a dialog.
pub async fn add_member(device: &Device, chat: ChatNo, user: UserId) -> Result<Touched> {
    let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
    speaks_in(&state)?;
    if state.kind.is_of_equals() {
        return Err(Error::BadText("nobody else comes into a dialog: make a group"));
    }
    let admin = members::is_admin(&mut tx, chat, device.me.number).await?;
    if !state.rights.may_add(state.kind, admin) {
        return Err(Refusal::NotAdmin.into());
    }
    let number = other(&mut tx, device, user).await?;
    if members::is_in(&mut tx, chat, number).await? {
        return Err(Error::BadText("they are in this chat already"));
    }
    add_devices(&mut tx, chat, number).await?;
    tx.touched.line(chat);
    tx.commit().await
}

/// All devices of a person shall come into the chat.
///
/// # Errors
/// [`Error::NoSuchMember`] when none is known.
pub(super) async fn add_devices(tx: &mut Tx<'_>, chat: ChatNo, user: UserNo) -> Result<()> {
    let devices = dialogs::devices_of(tx, user).await?;
    if devices.is_empty() {
        return Err(Error::NoSuchMember);
    }
    for device in devices {
        linking::put_addition(tx, chat, device, user).await?;
    }
    Ok(())
}

/// This person wants to be in the chat that somebody has put them into. From now on its members learn what has come and what
/// this person tells of themselves. Where nothing was asked nothing happens.
///
/// # Errors
/// When the store fails.
pub async fn accept(device: &Device, chat: ChatNo) -> Result<Touched> {
    let (mut tx, state) = device.store.begin_in(Durability::Power, chat).await?;
    if state.put_in != PutIn::Asked {
        tx.end().await?;
        return Ok(Touched::default());
    }
    chats::set_put_in(&mut tx, chat, PutIn::No).await?;
    tell::arranged(&mut tx, (&device.keys, device.me), &[chat], device.now()).await?;
    if state.status == Status::Active {
        inbox::fulfil(device, &mut tx, chat).await?;
        let state = chats::state(&mut tx, chat).await?;
        linking::add_own_devices(&mut tx, chat, device.keys.device(), device.me.number).await?;
        profiles::tell(&mut tx, &device.keys, device.me, &state, device.now()).await?;
        twins::fold(device, &mut tx, chat).await?;
    }
    let touched = tx.commit().await?;
    if state.status == Status::Active {
        mark_delivered(device, chat).await?;
    }
    Ok(touched)
}

/// This person does not want to be in the chat that somebody has put them into: they leave it, and it is shown no more.
/// `block`: who has done so is blocked too.
///
/// # Errors
/// [`Error::BadText`] where nothing was asked.
pub async fn refuse(device: &Device, chat: ChatNo, block: bool) -> Result<Touched> {
    let (mut tx, state) = device.store.begin_in(Durability::Power, chat).await?;
    if state.put_in != PutIn::Asked {
        return Err(Error::BadText(
            "nobody has put you into this chat: leave it, if you want to be in it no longer",
        ));
    }
    let by = dialogs::added_by(&mut tx, chat, device.me.number).await?;
    chats::set_put_in(&mut tx, chat, PutIn::Refused).await?;
    tell::arranged(&mut tx, (&device.keys, device.me), &[chat], device.now()).await?;
    if state.status == Status::Active && !state.leaving {
        say::say(&mut tx, &device.keys, device.me, &state, vec![Fact::Leave], device.now()).await?;
    }
    // Of what it says nothing is to be read.
    chats::set_read(&mut tx, chat, state.read, (i64::MAX, i64::MAX)).await?;
    let by = match by.filter(|_| block) {
        Some(by) => Some(crate::store::users::id(&mut tx, by).await?),
        None => None,
    };
    let touched = tx.commit().await?;
    if let Some(by) = by.filter(|by| *by != device.me.id) {
        set_blocked(device, by, true).await?;
    }
    Ok(touched)
}
