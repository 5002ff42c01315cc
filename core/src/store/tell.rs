//! What this person's other devices are told of what they do here: the profile, people, how the list is arranged; and
//! what becomes of it where they are told.
//!
//! Not here: which of two facts stands (`own`), and what they do to messages (`projection::own`).

use beseda_protocol::ChatId;

use super::{Tx, account, arrange, chats, contacts, own, own_profile, say, trust, users};
use crate::{
    crypto::keys::DeviceKeys,
    document::{Arranged, Own, OwnContact, OwnPerson, OwnProfileFact, OwnVerified},
    domain::{ChatNo, Me, Millis, UserNo},
    error::Result,
    people::{Field, OwnProfile, Shown, safety, text},
};

/// The profile as it is now.
///
/// # Errors
/// When the store fails, here and below.
pub async fn profile(tx: &mut Tx<'_>) -> Result<Own> {
    let own = own_profile::load(tx).await?;
    let shown = own.shown.iter().map(|(field, shown)| (field.as_str().to_owned(), shown.as_str().to_owned()));
    Ok(Own::Profile(Box::new(OwnProfileFact {
        rev: own.rev,
        username: own.username,
        first_name: own.first_name,
        last_name: own.last_name,
        email: own.email,
        mobile: own.mobile,
        birth_date: own.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        description: own.description,
        picture: own.picture,
        created_at: own.created_at,
        shown: shown.collect(),
    })))
}

/// What this person thinks of another, as it is now.
pub async fn person(tx: &mut Tx<'_>, user: UserNo) -> Result<Own> {
    let contact = contacts::contact(tx, user).await?;
    let verified = trust::verification(tx, user).await?;
    Ok(Own::Person(Box::new(OwnPerson {
        user: users::id(tx, user).await?,
        contact: contact.map(|(petname, added_at)| OwnContact { petname, added_at }),
        blocked_at: contacts::blocked_at(tx, user).await?,
        verified: verified.map(|(at, number)| OwnVerified { number, at }),
        seen: trust::seen(tx, user).await?,
    })))
}

/// Everything of the kind, for a profile that has told nobody.
pub async fn everything(tx: &mut Tx<'_>) -> Result<Vec<Own>> {
    let mut owns = vec![profile(tx).await?];
    for user in contacts::known(tx).await? {
        owns.push(person(tx, user).await?);
    }
    owns.extend(arrange::all(tx).await?.into_iter().map(Own::Arranged));
    Ok(owns)
}

/// Tells how the list is arranged, as far as these chats go.
pub async fn arranged(
    tx: &mut Tx<'_>,
    (keys, me): (&DeviceKeys, Me),
    chats: &[ChatNo],
    at: Millis,
) -> Result<()> {
    let mut owns = Vec::with_capacity(chats.len());
    for chat in chats {
        owns.push(Own::Arranged(arrange::of(tx, *chat).await?));
    }
    say::say_own(tx, keys, me, owns, at).await
}

/// The profile as it was written on whichever device. What chats were told of it may be another one: they are told.
pub(super) async fn take_profile(tx: &mut Tx<'_>, me: Me, said: &OwnProfileFact) -> Result<()> {
    let shown = |(field, shown): (&String, &String)| Some((Field::parse(field)?, Shown::parse(shown)?));
    let new = OwnProfile {
        rev: said.rev,
        username: said.username.clone(),
        first_name: said.first_name.clone(),
        last_name: said.last_name.clone(),
        email: said.email.clone(),
        mobile: said.mobile.clone(),
        birth_date: said.birth_date.parse().ok(),
        description: said.description.clone(),
        picture: said.picture.clone(),
        created_at: said.created_at,
        shown: said.shown.iter().filter_map(shown).collect(),
    };
    if own_profile::load(tx).await? == new {
        return Ok(());
    }
    account::set_created_at(tx, new.created_at).await?;
    own_profile::save(tx, &new).await?;
    users::set_name(tx, me.number, &new.name()).await?;
    tx.touched.people.insert(me.number);
    Ok(())
}

/// What this person thinks of another, wherever they said it.
pub(super) async fn take_person(tx: &mut Tx<'_>, me: Me, said: &OwnPerson) -> Result<()> {
    if said.user == me.id {
        return Ok(());
    }
    let user = users::number(tx, said.user, "").await?;
    match &said.contact {
        Some(contact) => {
            if contacts::contact(tx, user).await?.as_ref().map(|(petname, _)| petname)
                != Some(&contact.petname)
            {
                own_profile::set_telling(tx).await?;
            }
            contacts::put(tx, user, &text::clean(&contact.petname), contact.added_at).await?;
        }
        None => {
            if contacts::remove(tx, user).await? {
                own_profile::set_telling(tx).await?;
            }
        }
    }
    match said.blocked_at {
        Some(at) => contacts::block(tx, user, at).await?,
        None => contacts::unblock(tx, user).await?,
    }
    match &said.verified {
        // The number follows from the two: another one was compared with somebody else.
        Some(verified) if verified.number == safety::number(me.id, said.user) => {
            trust::set_verified(tx, user, &verified.number, verified.at).await?;
        }
        _ => trust::unverify(tx, user).await?,
    }
    trust::put_seen(tx, user, &said.seen).await?;
    for chat in contacts::dialogs_with(tx, user).await? {
        let read = chats::state(tx, chat).await?.unread_after();
        chats::count_unread(tx, chat, read, me.number).await?;
    }
    users::show_name(tx, user).await
}

/// Where a chat stands in the list, if it is here already.
pub(super) async fn take_arranged(tx: &mut Tx<'_>, said: &Arranged) -> Result<()> {
    match chats::find(tx, said.chat).await? {
        Some(chat) => arrange::set(tx, chat, said).await,
        None => Ok(()),
    }
}

/// What was told about a chat before it came here.
pub async fn of_chat(tx: &mut Tx<'_>, me: Me, chat: ChatId) -> Result<()> {
    for key in [Own::draft_key(chat), Own::arranged_key(chat)] {
        if let Some(own) = own::stands(tx, &key).await? {
            super::projection::apply(tx, me, &own).await?;
        }
    }
    Ok(())
}
