//! Make a chat. It can be written to at once; the relay hears of it when it is there.

use beseda_protocol::{
    ChatId, Seq, SlotId, limits,
    membership::{ChatKind, History, Roles},
};

use crate::{
    crypto::{Secret, mls, random},
    device::Device,
    document::Fact,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched,
        chats::{self, NewChat, Status},
        eras, handshakes, members,
        memory::Era,
        mls as rows, say,
    },
    sync::handshake,
};

/// # Errors
/// [`Error::BadText`] for a title or description over its limit, or a group or blog without a title.
pub async fn create_chat(
    device: &Device,
    kind: ChatKind,
    title: &str,
    description: &str,
    category: &str,
) -> Result<(ChatNo, Touched)> {
    let title = super::title(title, kind == ChatKind::Dialog)?;
    let category = super::title(category, true)?;
    let description = description.trim();
    if description.chars().count() > limits::DESCRIPTION_CHARS {
        return Err(Error::BadText("a description has at most 2,048 characters"));
    }
    let roles = Roles {
        v: 1,
        chat: ChatId(random()),
        kind,
        creator: device.keys.user(),
        admins: [device.keys.user()].into(),
        history: History::All,
    };
    let group_id: [u8; 16] = random();
    let slot_secret = Secret::generate();
    let group = mls::Group::create(&device.keys, &group_id, &roles)?;
    let now = device.now();

    let mut tx = device.store.begin(Durability::Power).await?;
    let new = NewChat {
        id: roles.chat,
        group_id: &group_id,
        kind,
        status: Status::Active,
        created_at: now,
        slot_id: SlotId(random()),
        slot_secret: &slot_secret,
        inviter: None,
        key_package: &[],
    };
    let chat = chats::insert(&mut tx, &new).await?;
    rows::save(&mut tx, chat, &group.changes()?).await?;
    let key = group.era_key()?;
    eras::insert(&mut tx, chat, &Era { era: 0, handshake: Seq::ZERO, key: key.clone() }).await?;
    // Known already, before the relay gives the creation its place.
    members::put(&mut tx, chat, device.me, now, device.me, true).await?;
    chats::set_created(&mut tx, chat, device.me, now).await?;
    let state = chats::state(&mut tx, chat).await?;
    let creation = handshake::creation(&device.keys, &state, &roles, &key, now);
    handshakes::put_pending(&mut tx, chat, &creation).await?;
    let facts = vec![
        Fact::Profile { name: device.name.clone() },
        Fact::Info { title, description: description.to_owned(), category },
    ];
    say::say(&mut tx, &device.keys, device.me, &state, facts, now).await?;
    Ok((chat, tx.commit().await?))
}
