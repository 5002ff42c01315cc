//! Make invitation links to a chat, and take them back. This device admits whoever comes with one, when it is online.

use beseda_protocol::{
    link::{Invitation, Reason},
    membership::{ChatKind, Refusal},
};

use super::send_message::speaks_in;
use crate::{
    crypto::{Secret, mls, random},
    device::Device,
    domain::{ChatNo, Millis},
    error::{Error, Result},
    store::{
        Durability, Touched, chats, handshakes,
        invitations::{self, InvitationId, Made},
        joining, members,
    },
    sync::inbox,
};

/// Most devices that an invitation with a limit may be for.
pub const MOST_USES: u32 = 1_000_000;

/// What an invitation is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// How many devices it lets in; 0: any number.
    pub uses: u32,
    /// By this device's clock; 0: never.
    pub expires_at: Millis,
    /// Seen by this person only.
    pub label: String,
}

/// Without limits and label the same chat gets the same link again, until that is taken back.
///
/// # Errors
/// [`Error::NotMember`]; [`Error::Forbidden`] for who may not let others in; [`Error::BadText`] for a label that is too long
/// or limits that let nobody in; [`Error::NoRelay`], since a link says where to knock.
pub async fn invite(device: &Device, chat: ChatNo, limits: Limits) -> Result<Made> {
    device.known_relay()?;
    let label = super::title(&limits.label, true)?;
    let now = device.now();
    if limits.uses > MOST_USES {
        return Err(Error::BadText("an invitation is for at most 1,000,000 devices: leave the number away"));
    }
    if limits.expires_at != 0 && limits.expires_at <= now {
        return Err(Error::BadText(
            "an invitation cannot end before it begins: give a time that is still to come",
        ));
    }
    let mut tx = device.store.begin(Durability::Process).await?;
    let state = chats::state(&mut tx, chat).await?;
    speaks_in(&state)?;
    if state.kind == ChatKind::Notes {
        return Err(Refusal::OnesOwn.into());
    }
    let admin = members::is_admin(&mut tx, chat, device.me.number).await?;
    if !state.rights.may_add(state.kind, admin) {
        return Err(Refusal::NotAdmin.into());
    }
    if limits.uses == 0
        && limits.expires_at == 0
        && label.is_empty()
        && let Some(known) = invitations::unlimited(&mut tx, chat).await?
    {
        tx.end().await?;
        return Ok(known);
    }
    let made = Made {
        id: random(),
        chat,
        secret: Secret::generate(),
        created_at: now,
        label,
        max_uses: limits.uses,
        expires_at: limits.expires_at,
        revoked_at: 0,
        uses: 0,
    };
    invitations::put(&mut tx, &made).await?;
    tx.commit().await?;
    Ok(made)
}

/// What is handed to whom it is for.
#[must_use]
pub fn link(device: &Device, made: &Made) -> Invitation {
    Invitation {
        v: 1,
        relay: device.relay().url,
        device: device.keys.device(),
        id: made.id,
        secret: *made.secret.expose(),
    }
}

/// Takes an invitation back: whoever comes with it from now on, and whoever waits to be let in, is told so. Who is in,
/// or is being let in at this moment, stays.
///
/// # Errors
/// [`Error::NoSuchInvitation`].
pub async fn revoke(device: &Device, id: InvitationId) -> Result<Touched> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let made = invitations::one(&mut tx, &id).await?.ok_or(Error::NoSuchInvitation)?;
    invitations::revoke(&mut tx, id, device.now()).await?;
    // What may be on its way to the relay is not called back; if the relay does not take it, who asked is told then.
    let sent = handshakes::pending(&mut tx, made.chat).await?;
    let sent: Vec<_> = sent.iter().flat_map(|envelope| &envelope.welcomes).map(|to| to.device).collect();
    for request in joining::requests(&mut tx, made.chat).await? {
        if request.invitation != Some(id) {
            continue;
        }
        let Ok((owner, _)) = mls::key_package_owner(&request.key_package) else { continue };
        let inside = members::presence(&mut tx, made.chat, owner.device).await?;
        if !sent.contains(&owner.device) && !inside.is_some_and(|(_, inside)| inside) {
            inbox::turn_away(&mut tx, &request, Reason::Revoked).await?;
        }
    }
    // More than a handful may wait: they are told when they are looked at.
    tx.touched.outbox = true;
    tx.commit().await
}
