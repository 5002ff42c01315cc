//! Letters between a person's devices: how a new one is linked. The old device offers, the new one answers, the old one
//! grants; then the new one sends what it can be let into each chat with. All but the first two steps is on disk, so
//! that either may end at any moment. And letters once more, for a relay that may have lost what lay in inboxes: those, and
//! welcomes of this device's handshakes.
//!
//! Not here: what a device does that has no profile yet (`crate::linking`).

use std::time::{Duration, Instant};

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq, UserId, codec,
    envelope::{LogEntry, Welcome},
    identity::{BadIdentity, Statement},
    limits,
    link::{
        Answer, Grant, Letter, LinkedChat, LinkedEra, LinkedPackage, OwnPackage, PART_CHATS, PART_ERAS, Part,
        Step, WelcomeAgain,
    },
    request::InboxItem,
    sign::Signature,
};

use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use super::inbox::{self, Outcome};
use crate::{
    actions::devices,
    crypto::{Secret, keys, mls, noise, random, seal},
    device::Device,
    document::Own,
    domain::{ChatNo, UserNo},
    error::{Error, Result},
    people::text,
    store::{
        Tx, backup,
        chats::{self, Status},
        eras,
        handshakes::{self, Logged},
        joining::{self, Request},
        linking::{self, Until},
        members::{self, Inside},
        messages, mls as rows, own, own_profile, say, users,
    },
};

/// An offer that is not answered by then was not seen.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of key packages in one letter; well under [`limits::INBOX_ITEM_BYTES`].
const LETTER_BYTES: usize = 256 * 1024;
/// Longer welcomes are not kept for a relay that may lose them: each newcomer of a handshake has a copy, and in a chat of a
/// thousand devices those would be hundreds of megabytes. This is one of a chat of some hundred devices.
const KEPT_WELCOME_BYTES: usize = 64 * 1024;

/// What this device has offered to a new one.
pub struct Offered {
    pub link: [u8; 16],
    pub to: DeviceId,
    /// Of the code that it shows: for another offer.
    pub secret: Zeroizing<[u8; 16]>,
    pub opening: noise::Opening,
    pub statement: Statement,
    pub signature: Signature,
    pub since: Instant,
}

/// A letter, if the item of the inbox is one.
#[must_use]
pub fn read(item: &InboxItem) -> Option<Letter> {
    codec::decode::<Letter>(&item.body, limits::INBOX_ITEM_BYTES).ok().filter(|letter| letter.v == 1)
}

/// Whether a new device is expected to answer at any moment.
#[must_use]
pub fn awaits_answer(device: &Device) -> bool {
    let linking = device.linking.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    linking.as_ref().is_some_and(|offered| offered.since.elapsed() < PATIENCE)
}

/// Deals with a letter.
///
/// # Errors
/// When the store fails.
pub(super) async fn take_in(
    device: &Device,
    tx: &mut Tx<'_>,
    item: &InboxItem,
    letter: &Letter,
) -> Result<Outcome> {
    match &letter.step {
        Step::Answer(message) => answer(device, tx, letter.link, message).await,
        Step::Part(sealed) => {
            let Some((from, key)) = linking::link(tx, letter.link).await? else {
                return Ok(Err("a letter of a device that is not being linked".into()));
            };
            let bound = bound(letter.link, item.id);
            let part = seal::open(&key, seal::Part::Letter, &bound, sealed, limits::CONTENT_BYTES)
                .map_err(|error| error.to_string())
                .and_then(|plain| {
                    codec::decode(&plain, limits::CONTENT_BYTES).map_err(|error| error.to_string())
                });
            match part {
                Ok(Part::Chats(chats)) => {
                    take_chats(device, tx, (letter.link, from, &key), chats).await?;
                    Ok(Ok(()))
                }
                Ok(Part::Packages(packages)) => {
                    for LinkedPackage { chat, package } in packages {
                        if let Some(chat) = chats::find(tx, chat).await? {
                            let of = (device.keys.user(), from);
                            take_package(device, tx, of, chat, package, Seq::ZERO).await?;
                        }
                    }
                    Ok(Ok(()))
                }
                Ok(Part::Eras { chat, eras }) => {
                    for era in eras.iter().take(PART_ERAS) {
                        linking::put_era(tx, chat, era).await?;
                    }
                    Ok(Ok(()))
                }
                Err(why) => Ok(Err(why)),
            }
        }
        Step::Offer(_) | Step::Grant(_) => Ok(Err("an offer to a device that has a profile".into())),
    }
}

fn bound(link: [u8; 16], id: EnvelopeId) -> Vec<u8> {
    [&link[..], id.as_bytes()].concat()
}

/// Puts a part into an envelope of its own.
async fn send(
    tx: &mut Tx<'_>,
    (link, to, key): ([u8; 16], DeviceId, &Secret),
    part: &Part,
    until: Until,
) -> Result<()> {
    let id = EnvelopeId(random());
    let sealed = seal::seal(key, seal::Part::Letter, &bound(link, id), &codec::encode(part), random());
    let letter = Letter { v: 1, link, step: Step::Part(sealed) };
    linking::put_letter(tx, id, to, &codec::encode(&letter), until, false).await
}

/// Where the history is closed to newcomers, an own device is none: it gets every key there is here, ahead of the
/// `handshake` that lets it in. Only from a device that it was linked with.
///
/// # Errors
/// When the store fails.
pub async fn hand_over(
    tx: &mut Tx<'_>,
    (chat, id): (ChatNo, ChatId),
    to: DeviceId,
    handshake: EnvelopeId,
) -> Result<()> {
    let Some((link, key)) = linking::link_with(tx, to).await? else { return Ok(()) };
    let eras = eras::all(tx, chat).await?;
    for part in eras.chunks(PART_ERAS) {
        let part = Part::Eras { chat: id, eras: part.iter().map(LinkedEra::from).collect() };
        send(tx, (link, to, &key), &part, Until::Heard(chat, handshake)).await?;
    }
    Ok(())
}

/// The new device has signed: it becomes one of this person's.
async fn answer(device: &Device, tx: &mut Tx<'_>, link: [u8; 16], message: &[u8]) -> Result<Outcome> {
    let offered = {
        let mut linking = device.linking.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        linking.take_if(|offered| offered.link == link)
    };
    let Some(Offered { to, secret, opening, statement, signature, .. }) = offered else {
        return Ok(Err("an answer to an offer that does not stand".into()));
    };
    let (mut channel, payload) = match opening.take_answer(message) {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let answer: Answer = match codec::decode(&payload, limits::INBOX_ITEM_BYTES) {
        Ok(answer) => answer,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let chain = own::chain(tx).await?;
    let identity = match chain.append(statement, signature, Some(answer.by_added)) {
        Ok(identity) => identity,
        Err(BadIdentity::Order) => {
            // Another device of this person has added or removed one since: it answers once more, to what stands now.
            let offered = match devices::offer(device, tx, to, secret).await {
                Ok(offered) => offered,
                Err(Error::Devices(error)) => return Ok(Err(error.to_string())),
                Err(error) => return Err(error),
            };
            *device.linking.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(offered);
            return Ok(Ok(()));
        }
        Err(error) => return Ok(Err(error.to_string())),
    };
    own::set_chain(tx, &identity).await?;
    let notes = own::notes(tx).await?;
    let Some(notes) = notes else { return Ok(Err("a person without notes".into())) };
    let mut listed = vec![LinkedChat { chat: notes.id, title: String::new() }];
    let name = text::clean(&answer.name);
    let mut owns = vec![Own::Chain { identity: codec::encode(&identity) }, Own::Device { device: to, name }];
    for line in chats::list(tx, device.me.number).await? {
        if line.status != Status::Active || line.number == notes.number {
            continue;
        }
        listed.push(LinkedChat { chat: line.id, title: line.title });
        let read = messages::newest_of_others_until(tx, line.number, device.me.number, line.read).await?;
        owns.extend(read.map(|(_, of)| Own::Read { of }));
    }
    say::say_own(tx, &device.keys, device.me, owns, device.now()).await?;
    let key = Secret::generate();
    let target = backup::target(tx).await?;
    let grant = Grant {
        v: 1,
        identity,
        recovery: backup::recovery(tx).await?.map(|recovery| *recovery.seed().expose()),
        backup: target.backup,
        backup_recipient: target.recipient,
        name: own_profile::name(tx).await?,
        notes: notes.id,
        key: *key.expose(),
        chats: u32::try_from(listed.len()).unwrap_or(u32::MAX),
    };
    let grant = match channel.seal(&codec::encode(&grant)) {
        Ok(grant) => Letter { v: 1, link, step: Step::Grant(grant) },
        Err(error) => return Ok(Err(error.to_string())),
    };
    linking::put_link(tx, link, to, &key, listed.len()).await?;
    linking::put_letter(tx, EnvelopeId(random()), to, &codec::encode(&grant), Until::Sent, false).await?;
    for part in listed.chunks(PART_CHATS) {
        send(tx, (link, to, &key), &Part::Chats(part.to_vec()), Until::Linked).await?;
    }
    Ok(Ok(()))
}

/// The new device's side: it makes what it can be let in with.
async fn take_chats(
    device: &Device,
    tx: &mut Tx<'_>,
    (link, from, key): ([u8; 16], DeviceId, &Secret),
    listed: Vec<LinkedChat>,
) -> Result<()> {
    let mut packages = Vec::new();
    let mut bytes = 0;
    for LinkedChat { chat, title } in listed.into_iter().take(PART_CHATS) {
        if chats::find(tx, chat).await?.is_some() {
            continue;
        }
        let (package, changes) = mls::new_key_package(&device.keys)?;
        rows::save(tx, rows::KEY_PACKAGES, &changes).await?;
        let slot = Secret::generate();
        let number = inbox::given_chat(device, tx, chat, (from, true), &slot, &package.reference).await?;
        chats::set_info(tx, number, &text::clean(&title), "", "").await?;
        let package = OwnPackage { v: 1, key_package: package.bytes, slot_key: keys::slot_key(&slot) };
        bytes += package.key_package.len();
        packages.push(LinkedPackage { chat, package });
        if bytes > LETTER_BYTES {
            let part = Part::Packages(std::mem::take(&mut packages));
            send(tx, (link, from, key), &part, Until::Linked).await?;
            bytes = 0;
        }
    }
    if !packages.is_empty() {
        send(tx, (link, from, key), &Part::Packages(packages), Until::Linked).await?;
    }
    Ok(())
}

/// A device can be let into a chat: it queues like everybody who asks. A device is one person's for good, so who gives out
/// a key package cannot have somebody else come in. `again_after`: see [`Request::again_after`].
///
/// # Errors
/// When the store fails. What does not hold is passed over.
pub async fn take_package(
    device: &Device,
    tx: &mut Tx<'_>,
    (user, of): (UserId, DeviceId),
    chat: ChatNo,
    package: OwnPackage,
    again_after: Seq,
) -> Result<()> {
    let owner = mls::key_package_owner(&package.key_package).map(|(member, _)| member);
    if !owner.is_ok_and(|owner| owner.device == of && owner.user == user) {
        tracing::warn!("a key package of somebody else was passed over");
        return Ok(());
    }
    let own = user == device.keys.user();
    if own && !own::other_devices(tx, device.keys.device()).await?.contains(&of) {
        return Ok(());
    }
    // Where this device is coming back itself, who asks waits for that.
    if chats::state(tx, chat).await?.status == Status::Removed {
        return Ok(());
    }
    // What they are called is known where they are.
    let name = if own { own_profile::name(tx).await? } else { String::new() };
    let mut id = [0; 16];
    id.copy_from_slice(&blake3::hash(&package.key_package).as_bytes()[..16]);
    let request = Request {
        id: EnvelopeId(id),
        key_package: package.key_package,
        slot_key: package.slot_key,
        name,
        invitation: None,
        revoked: false,
        alone: false,
        again_after,
    };
    joining::put_request(tx, chat, &request).await
}

/// Keeps the welcomes of a handshake of ours, which the log holds now at `seq`, up to [`KEPT_WELCOME_BYTES`] each. `released`:
/// the relay has them.
///
/// # Errors
/// When the store fails.
pub async fn keep_welcomes(
    tx: &mut Tx<'_>,
    (chat, id): (ChatNo, ChatId),
    (handshake, seq): (EnvelopeId, Seq),
    welcomes: Vec<Welcome>,
    released: bool,
) -> Result<()> {
    for Welcome { device, body: welcome } in welcomes {
        // One that the relay has lost with the handshake must go out by a letter: there is no other way left.
        if released && welcome.len() > KEPT_WELCOME_BYTES {
            continue;
        }
        let body = codec::encode(&WelcomeAgain { v: 1, chat: id, seq, welcome });
        let until = Until::Heard(chat, handshake);
        linking::put_letter(tx, EnvelopeId(random()), device, &body, until, released).await?;
    }
    Ok(())
}

/// A handshake of this device stands in another log now.
///
/// # Errors
/// When the store fails.
pub async fn send_welcomes_again(tx: &mut Tx<'_>, chat: ChatNo, entry: &LogEntry) -> Result<()> {
    for kept in linking::kept_of(tx, chat, entry.id).await? {
        linking::send_again(tx, kept.number, &at_place(kept.body, entry.seq)).await?;
    }
    Ok(())
}

/// The letter, where it is a welcome, with the place that its handshake has now.
fn at_place(body: Vec<u8>, seq: Seq) -> Vec<u8> {
    match codec::decode::<WelcomeAgain>(&body, limits::INBOX_ITEM_BYTES) {
        Ok(again) => codec::encode(&WelcomeAgain { seq, ..again }),
        Err(_) => body,
    }
}

/// The relay may have lost what lay in inboxes: what has not shown an effect goes out again, as it was. Welcomes only when it
/// is known what became of their handshakes: [`welcomes_again`].
///
/// # Errors
/// When the store fails.
pub async fn lost(device: &Device, tx: &mut Tx<'_>) -> Result<()> {
    handshakes::forget_accepted(tx).await?;
    ask_again(device, tx).await
}

/// This device is not yet in where it has asked to be let in, or is being let in: requests, and letters to and from other
/// own devices, go out again.
///
/// # Errors
/// When the store fails.
pub async fn ask_again(device: &Device, tx: &mut Tx<'_>) -> Result<()> {
    joining::knock_again_all(tx).await?;
    let own = own::other_devices(tx, device.keys.device()).await?;
    let asking = linking::asking(tx).await? > 0;
    for kept in linking::kept(tx).await? {
        if matches!(kept.until, Until::Heard(..)) {
            continue;
        }
        let needed = own.contains(&kept.to) && (asking || linking::is_outside(tx, kept.to).await?);
        if needed {
            linking::send_again(tx, kept.number, &kept.body).await?;
        } else {
            linking::drop_letter(tx, kept.number).await?;
        }
    }
    Ok(())
}

/// Welcomes of this device's handshakes, and what goes with them, where their devices have not spoken since. One whose
/// handshake is not in the relay's log would lead its reader astray: so not in chats that are not `follows`.
///
/// # Errors
/// When the store fails.
pub async fn welcomes_again(tx: &mut Tx<'_>, follows: &[ChatNo]) -> Result<()> {
    for kept in linking::kept(tx).await? {
        let Until::Heard(chat, handshake) = kept.until else { continue };
        if !follows.contains(&chat) {
            continue;
        }
        // Not in the log, or no longer: it may come.
        let Some(seq) = handshakes::seq_of(tx, chat, handshake).await? else { continue };
        if chats::state(tx, chat).await?.status != Status::Active {
            continue;
        }
        let inside = members::presence(tx, chat, kept.to).await?.is_some_and(|(_, inside)| inside);
        if !inside || linking::has_spoken(tx, chat, kept.to, seq).await? {
            linking::drop_letter(tx, kept.number).await?;
            continue;
        }
        linking::send_again(tx, kept.number, &at_place(kept.body, seq)).await?;
    }
    Ok(())
}

/// Devices that are in a chat, whose welcome nobody has who would send it again: what let each in, at the place that comes with
/// it, was made by a device which is out since. Not those that have made a handshake since, as only who has the group can. Pure.
fn forsaken(log: &[Logged], inside: &[Inside]) -> Vec<(Inside, Seq)> {
    let is_in = |device: DeviceId| inside.iter().any(|one| one.device == device);
    let let_in = |one: &Inside| {
        let adds = |logged: &&Logged| logged.event.event.adds.iter().any(|added| added.key == one.key);
        let logged = log.iter().rev().find(adds)?;
        let made = |later: &Logged| later.seq > logged.seq && later.event.event.by == one.device;
        (!is_in(logged.event.event.by) && !log.iter().any(made)).then_some((*one, logged.seq))
    };
    inside.iter().filter_map(let_in).collect()
}

/// Of [`forsaken`] those that have not spoken since, and whose people have not left.
async fn unheard(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<(DeviceId, UserNo, Seq)>> {
    let inside = members::inside(conn, chat).await?;
    let mut unheard = Vec::new();
    for (one, since) in forsaken(&handshakes::list(conn, chat).await?, &inside) {
        let Some(user) = users::find(conn, one.user).await? else { continue };
        if members::is_in(conn, chat, user).await?
            && !linking::has_spoken(conn, chat, one.device, since).await?
        {
            unheard.push((one.device, user, since));
        }
    }
    Ok(unheard)
}

/// Since when nobody has heard a device, though it is in the chat, and nobody has its welcome. `None`: it is not so.
///
/// # Errors
/// When the store fails.
pub async fn unheard_since(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    device: DeviceId,
) -> Result<Option<Seq>> {
    let unheard = unheard(conn, chat).await?;
    Ok(unheard.into_iter().find(|(one, ..)| *one == device).map(|(.., since)| since))
}

/// The relay may have lost welcomes whose authors are out of the chats since: this device lets in anew, with key packages of the
/// directory, whom it may and of whom nobody has heard.
///
/// # Errors
/// When the store fails.
pub async fn let_in_unheard(device: &Device, tx: &mut Tx<'_>, follows: &[ChatNo]) -> Result<()> {
    for chat in follows {
        let state = chats::state(tx, *chat).await?;
        if state.status != Status::Active {
            continue;
        }
        let admin = members::is_admin(tx, *chat, device.me.number).await?;
        let may_add = state.rights.may_add(state.kind, admin);
        for (one, user, _) in unheard(tx, *chat).await? {
            if one != device.keys.device() && (may_add || user == device.me.number) {
                linking::put_addition(tx, *chat, one, user).await?;
            }
        }
    }
    Ok(())
}
