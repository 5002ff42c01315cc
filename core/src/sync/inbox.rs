//! What lies in this device's inbox: requests to let somebody in, answers to ours, and welcomes that let us in (`welcome`).

mod welcome;

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq, SlotId,
    backup::{ReturnEras, SealedReturn},
    codec, limits,
    link::{self, JoinAnswer, JoinRequest, SealedJoinAnswer, SealedJoinRequest, WelcomeAgain},
    membership::ChatKind,
    request::{InboxItem, InboxKind},
};
use serde::de::DeserializeOwned;

use self::welcome::Via;
pub use self::welcome::{fulfil, is_in, take_early};
use super::{handshake::returning, letters};
use crate::{
    crypto::{Secret, mls, random, seal},
    device::Device,
    domain::ChatNo,
    error::Result,
    people::text,
    store::{
        Durability, Tx, account,
        chats::{self, NewChat, Status},
        contacts,
        invitations::{self, InvitationId},
        joining::{self, Answer, Request},
        members, users,
    },
};

/// Deals with items in their order; each is one transaction with its number. What is not valid is passed over with a
/// word in the log: nobody else is kept waiting for it.
///
/// # Errors
/// When the store fails.
pub async fn take_in(device: &Device, items: &[InboxItem]) -> Result<()> {
    for item in items {
        let mut tx = device.store.begin(Durability::Power).await?;
        let outcome = match item.kind {
            InboxKind::Request => match letters::read(item) {
                Some(letter) => Box::pin(letters::take_in(device, &mut tx, item, &letter)).await?,
                None => request(device, &mut tx, item).await?,
            },
            InboxKind::Welcome { chat, seq } => {
                Box::pin(welcome::take_in(device, &mut tx, &item.body, (chat, seq), Via::Handshake)).await?
            }
        };
        tracing::debug!(number = item.number, id = %item.id, taken = outcome.is_ok(), "an item of the inbox");
        match outcome {
            Ok(()) => {
                account::set_inbox_number(&mut tx, item.number).await?;
                tx.commit().await?;
            }
            Err(why) => {
                tracing::warn!(why, "an item of the inbox was passed over");
                drop(tx);
                let mut tx = device.store.begin(Durability::Process).await?;
                account::set_inbox_number(&mut tx, item.number).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(())
}

pub(super) type Outcome = std::result::Result<(), String>;

/// Opens a request with its invitation's secret.
#[must_use]
pub fn sealing_key(secret: &Secret) -> Secret {
    seal::derive(secret, "beseda/1 join request")
}

/// Opens an answer to a request with its invitation's secret.
#[must_use]
pub fn answering_key(secret: &Secret) -> Secret {
    seal::derive(secret, "beseda/1 join answer")
}

fn open<T: DeserializeOwned>(
    key: &Secret,
    part: seal::Part,
    invitation: InvitationId,
    sealed: &[u8],
) -> std::result::Result<T, String> {
    let plain = seal::open(key, part, &invitation, sealed, limits::INBOX_ITEM_BYTES);
    codec::decode(&plain.map_err(|error| error.to_string())?, limits::INBOX_ITEM_BYTES)
        .map_err(|error| error.to_string())
}

async fn request(device: &Device, tx: &mut Tx<'_>, item: &InboxItem) -> Result<Outcome> {
    if let Ok(sealed) = codec::decode::<ReturnEras>(&item.body, limits::INBOX_ITEM_BYTES) {
        return returning::take_eras(tx, &sealed).await;
    }
    if let Ok(sealed) = codec::decode::<SealedReturn>(&item.body, limits::INBOX_ITEM_BYTES) {
        return returning::asked(tx, item, &sealed).await;
    }
    if let Ok(sealed) = codec::decode::<SealedJoinAnswer>(&item.body, limits::INBOX_ITEM_BYTES) {
        return answer(tx, &sealed).await;
    }
    if let Ok(again) = codec::decode::<WelcomeAgain>(&item.body, limits::INBOX_ITEM_BYTES) {
        if again.v != 1 {
            return Ok(Err("a welcome of a version that this app does not know".into()));
        }
        let at = (again.chat, again.seq);
        return Box::pin(welcome::take_in(device, tx, &again.welcome, at, Via::Letter)).await;
    }
    let sealed: SealedJoinRequest = match codec::decode(&item.body, limits::INBOX_ITEM_BYTES) {
        Ok(sealed) => sealed,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let Some(invitation) = invitations::one(tx, &sealed.invitation).await? else {
        return Ok(Err("a request for an invitation that was not made here".into()));
    };
    let key = sealing_key(&invitation.secret);
    let request: JoinRequest = match open(&key, seal::Part::JoinRequest, sealed.invitation, &sealed.sealed) {
        Ok(request) => request,
        Err(why) => return Ok(Err(why)),
    };
    if request.v != 1 {
        return Ok(Err("a request of a version that this app does not know".into()));
    }
    let (owner, _) = match mls::key_package_owner(&request.key_package) {
        Ok(owner) => owner,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if let Some(known) = users::find(tx, owner.user).await?
        && contacts::is_blocked(tx, known).await?
    {
        // Without a word: they learn no more than if nobody had read it.
        return Ok(Ok(()));
    }
    let request = Request {
        id: item.id,
        key_package: request.key_package,
        slot_key: request.slot_key,
        name: request.name,
        invitation: Some(invitation.id),
        revoked: false,
        alone: false,
        again_after: Seq::ZERO,
    };
    let before = members::presence(tx, invitation.chat, owner.device).await?;
    if before.is_some_and(|(key, _)| key == request.slot_key) {
        return Ok(Err("a request that has let its device in".into()));
    }
    let inside = before.is_some_and(|(_, inside)| inside);
    let used = invitations::used_by(tx, invitation.id, owner.device).await?;
    let now = device.now();
    // Where this device is coming back itself, who asks waits for that.
    let admitted = if chats::state(tx, invitation.chat).await?.status == Status::Removed {
        Err(link::Reason::Closed)
    } else if inside {
        Err(link::Reason::AlreadyIn)
    } else {
        invitation.admits(now, used, before.is_some())
    };
    if let Err(reason) = admitted {
        tell(tx, &request, reason).await?;
        return Ok(Ok(()));
    }
    invitations::put_use(tx, invitation.id, owner.device, now).await?;
    // Shown until the newcomer's own profile comes.
    users::number(tx, owner.user, &text::clean(&request.name)).await?;
    joining::put_request(tx, invitation.chat, &request).await?;
    Ok(Ok(()))
}

/// Drops a request, and tells who sent it why.
///
/// # Errors
/// When the store fails.
pub async fn turn_away(tx: &mut Tx<'_>, request: &Request, reason: link::Reason) -> Result<()> {
    joining::drop_request(tx, request.id).await?;
    tell(tx, request, reason).await
}

/// The answer goes to the device that signed the key package, whoever carried the request.
async fn tell(tx: &mut Tx<'_>, request: &Request, reason: link::Reason) -> Result<()> {
    let (Some(id), Ok((owner, _))) = (request.invitation, mls::key_package_owner(&request.key_package))
    else {
        return Ok(());
    };
    let Some(invitation) = invitations::one(tx, &id).await? else { return Ok(()) };
    put_answer(tx, invitation.id, &invitation.secret, owner.device, request.id, reason).await
}

/// Seals an answer with the secret of the invitation, and puts it among those to be delivered.
///
/// # Errors
/// When the store fails.
pub async fn put_answer(
    tx: &mut Tx<'_>,
    invitation: InvitationId,
    secret: &Secret,
    to: DeviceId,
    request: EnvelopeId,
    reason: link::Reason,
) -> Result<()> {
    let plain = codec::encode(&JoinAnswer { v: 1, request, reason });
    let key = answering_key(secret);
    let answer = seal::seal(&key, seal::Part::JoinAnswer, &invitation, &plain, random());
    let body = codec::encode(&SealedJoinAnswer { v: 1, invitation, answer });
    joining::put_answer(tx, &Answer { request, id: EnvelopeId(random()), to, body }).await
}

/// Believed only if it opens under the secret of the invitation that is meant, and names the request.
async fn answer(tx: &mut Tx<'_>, sealed: &SealedJoinAnswer) -> Result<Outcome> {
    let opened = |secret: &Secret| -> std::result::Result<JoinAnswer, String> {
        let key = answering_key(secret);
        let answer: JoinAnswer = open(&key, seal::Part::JoinAnswer, sealed.invitation, &sealed.answer)?;
        if answer.v == 1 {
            Ok(answer)
        } else {
            Err("an answer of a version that this app does not know".into())
        }
    };
    if let Some(invitation) = invitations::one(tx, &sealed.invitation).await? {
        return Ok(match opened(&invitation.secret) {
            Ok(JoinAnswer { request, reason: link::Reason::Withdrawn, .. }) => {
                joining::taken_back(tx, request, invitation.id).await?;
                Ok(())
            }
            Ok(_) => Err("an answer to an invitation that was made here".into()),
            Err(why) => Err(why),
        });
    }
    let unasked = || Ok(Err("an answer to a request that was not sent".into()));
    let Some(chat) = chats::asked_with(tx, sealed.invitation).await? else { return unasked() };
    if chats::state(tx, chat).await?.status != Status::Asking {
        return unasked();
    }
    let Some(knock) = joining::knock(tx, chat).await? else { return unasked() };
    let Some(secret) = knock.secret else { return unasked() };
    Ok(match opened(&secret) {
        Ok(JoinAnswer { request, .. }) if request != knock.id => return unasked(),
        Ok(JoinAnswer { reason: link::Reason::Withdrawn, .. }) => {
            Err("a request that somebody else takes back".into())
        }
        Ok(JoinAnswer { reason, .. }) => {
            chats::set_refused(tx, chat, Some(reason)).await?;
            Ok(())
        }
        Err(why) => Err(why),
    })
}

/// A chat that this device is to come into: one of this person's, or one that somebody puts them into.
pub(super) async fn given_chat(
    device: &Device,
    tx: &mut Tx<'_>,
    id: ChatId,
    by: (DeviceId, bool),
    slot: &Secret,
    reference: &[u8],
) -> Result<ChatNo> {
    let (by, own_join) = by;
    let new = NewChat {
        id,
        group_id: &[],
        kind: ChatKind::Group,
        status: Status::Asking,
        created_at: device.now(),
        slot_id: SlotId(random()),
        slot_secret: slot,
        inviter: Some(by),
        key_package: reference,
        own_join,
    };
    chats::insert(tx, &new).await
}
