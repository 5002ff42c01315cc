//! What lies in this device's inbox: requests to let somebody in, and welcomes that let us in.

use beseda_protocol::{
    ChatId, Seq, codec, limits,
    link::{JoinRequest, SealedJoinRequest},
    request::{InboxItem, InboxKind},
};

use crate::{
    crypto::{Secret, mls, seal},
    device::Device,
    error::Result,
    store::{
        Durability, Tx, account,
        chats::{self, Status},
        eras,
        joining::{self, Request},
        memory::Era,
        messages, mls as rows, projection, users,
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
            InboxKind::Request => request(&mut tx, item).await?,
            InboxKind::Welcome { chat, seq } => welcome(device, &mut tx, item, chat, seq).await?,
        };
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

type Outcome = std::result::Result<(), String>;

/// Opens a request with its invitation's secret.
#[must_use]
pub fn sealing_key(secret: &Secret) -> Secret {
    seal::derive(secret, "beseda/1 join request")
}

async fn request(tx: &mut Tx<'_>, item: &InboxItem) -> Result<Outcome> {
    let sealed: SealedJoinRequest = match codec::decode(&item.body, limits::INBOX_ITEM_BYTES) {
        Ok(sealed) => sealed,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let Some((chat, secret)) = joining::invitation(tx, sealed.invitation).await? else {
        return Ok(Err("a request for an invitation that was not made here".into()));
    };
    let key = sealing_key(&secret);
    let opened = seal::open(
        &key,
        seal::Part::JoinRequest,
        &sealed.invitation,
        &sealed.sealed,
        limits::INBOX_ITEM_BYTES,
    );
    let opened: std::result::Result<JoinRequest, String> = opened
        .map_err(|error| error.to_string())
        .and_then(|plain| codec::decode(&plain, limits::INBOX_ITEM_BYTES).map_err(|error| error.to_string()));
    let request = match opened {
        Ok(request) if request.v == 1 => request,
        Ok(_) => return Ok(Err("a request of a version that this app does not know".into())),
        Err(why) => return Ok(Err(why)),
    };
    let (owner, _) = match mls::key_package_owner(&request.key_package) {
        Ok(owner) => owner,
        Err(error) => return Ok(Err(error.to_string())),
    };
    // Shown until the newcomer's own profile comes.
    users::number(tx, owner.user, &projection::clean_name(&request.name).unwrap_or_default()).await?;
    let request = Request {
        id: item.id,
        key_package: request.key_package,
        slot_key: request.slot_key,
        name: request.name,
        alone: false,
    };
    joining::put_request(tx, chat, &request).await?;
    Ok(Ok(()))
}

async fn welcome(
    device: &Device,
    tx: &mut Tx<'_>,
    item: &InboxItem,
    chat_id: ChatId,
    seq: Seq,
) -> Result<Outcome> {
    let references = match mls::welcome_references(&item.body) {
        Ok(references) => references,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut asking = None;
    for reference in references {
        if let Some(chat) = chats::asking_with(tx, &reference).await? {
            asking = Some(chat);
        }
    }
    let Some(asking) = asking else {
        return Ok(Err("a welcome that was not asked for".into()));
    };
    let group = match mls::Group::join(rows::load(tx, rows::KEY_PACKAGES).await?, &item.body) {
        Ok(group) => group,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let roles = group.roles().clone();
    if roles.chat != chat_id {
        return Ok(Err("a welcome to another chat than the relay says".into()));
    }
    if !group.members().iter().any(|member| member.member.device == device.keys.device()) {
        return Ok(Err("a group that this device is not in".into()));
    }
    joining::drop_knock(tx, asking).await?;
    let asked = chats::state(tx, asking).await?;
    tx.touched.renamed.insert(asked.id);
    let chat = match chats::find(tx, chat_id).await? {
        // Let in again: what is here of the chat stays.
        Some(known) if chats::state(tx, known).await?.status == Status::Removed => {
            chats::take_over(tx, known, asking).await?;
            // What was said before and not sent is sent now: the column has no holes.
            messages::fail_queued(tx, known, 0).await?;
            known
        }
        Some(_) => return Ok(Err("a welcome to a chat that this device is in".into())),
        None => asking,
    };
    chats::set_joined(tx, chat, chat_id, group.id(), roles.kind, seq).await?;
    rows::save_joined(tx, chat, &group.changes()?).await?;
    eras::insert(tx, chat, &Era { era: group.era(), handshake: seq, key: group.era_key()? }).await?;
    for member in group.members() {
        users::number(tx, member.member.user, "").await?;
    }
    Ok(Ok(()))
}
