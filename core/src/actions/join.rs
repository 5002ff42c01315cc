//! Ask to be let into a chat. The inviter's device answers when it is online.

use beseda_protocol::{
    ChatId, EnvelopeId, SlotId, codec,
    link::{Invitation, JoinRequest, SealedJoinRequest},
    membership::ChatKind,
};

use super::devices::still_one;
use crate::{
    crypto::{Secret, keys, mls, random, seal},
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched, Tx,
        chats::{self, NewChat, Status},
        invitations::{self, InvitationId},
        joining::{self, Knock},
        mls as rows, own_profile,
    },
    sync::{http::parse_relay_url, inbox},
};

/// With a link that was used before nothing new is made: who is still outside knocks again.
///
/// # Errors
/// [`Error::NotALink`]; [`Error::OtherRelay`] when the link leads elsewhere than this profile's relay.
pub async fn join(device: &Device, link: &str) -> Result<(ChatNo, Touched)> {
    let invitation = Invitation::parse(link)?;
    if !same_relay(&invitation.relay, &device.relay().url) {
        return Err(Error::OtherRelay(invitation.relay));
    }
    let mut tx = device.store.begin(Durability::Power).await?;
    still_one(&mut tx).await?;
    // Until the welcome tells the chat's own id, the invitation's stands for it.
    let asking_id = ChatId(invitation.id);
    if let Some(known) = chats::asked_with(&mut tx, invitation.id).await? {
        // Still outside: the inviter may have missed it.
        let secret = Secret::new(invitation.secret);
        joining::knock_again(&mut tx, known, EnvelopeId(random()), &secret).await?;
        chats::set_refused(&mut tx, known, None).await?;
        return Ok((known, tx.commit().await?));
    }
    if let Some(made) = invitations::one(&mut tx, &invitation.id).await? {
        // Our own link.
        return Ok((made.chat, Touched::default()));
    }
    let slot_secret = Secret::generate();
    let secret = Secret::new(invitation.secret);
    let (reference, body) = request(device, &mut tx, &invitation.id, &secret, &slot_secret).await?;
    let new = NewChat {
        id: asking_id,
        group_id: &[],
        kind: ChatKind::Group,
        status: Status::Asking,
        created_at: device.now(),
        // The inviter gives us a slot; ours is only the key.
        slot_id: SlotId(random()),
        slot_secret: &slot_secret,
        inviter: Some(invitation.device),
        key_package: &reference,
        own_join: false,
    };
    let chat = chats::insert(&mut tx, &new).await?;
    let knock = Knock { chat, id: EnvelopeId(random()), to: invitation.device, body, secret: Some(secret) };
    joining::put_knock(&mut tx, &knock).await?;
    Ok((chat, tx.commit().await?))
}

/// The reference of the key package that a welcome will name, and the sealed request.
async fn request(
    device: &Device,
    tx: &mut Tx<'_>,
    invitation: &InvitationId,
    secret: &Secret,
    slot_secret: &Secret,
) -> Result<(Vec<u8>, Vec<u8>)> {
    let (package, changes) = mls::new_key_package(&device.keys)?;
    rows::save(tx, rows::KEY_PACKAGES, &changes).await?;
    let slot_key = keys::slot_key(slot_secret);
    let request =
        JoinRequest { v: 1, key_package: package.bytes, slot_key, name: own_profile::name(tx).await? };
    let key = inbox::sealing_key(secret);
    let sealed = seal::seal(&key, seal::Part::JoinRequest, invitation, &codec::encode(&request), random());
    let sealed = SealedJoinRequest { v: 1, invitation: *invitation, sealed };
    Ok((package.reference, codec::encode(&sealed)))
}

/// Whether two addresses lead to the same relay.
pub(crate) fn same_relay(theirs: &str, ours: &str) -> bool {
    match (parse_relay_url(theirs), parse_relay_url(ours)) {
        (Ok(theirs), Ok(ours)) => theirs == ours,
        _ => theirs == ours,
    }
}
