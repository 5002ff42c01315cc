//! Make a chat. It can be written to at once; the relay hears of it when it is there.

use beseda_protocol::{
    ChatId, Seq, SlotId,
    membership::{ChatKind, History, Roles},
};

use super::{devices::still_one, dialogs};
use crate::{
    crypto::{Secret, mls, random},
    device::Device,
    document::Fact,
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
    store::{
        self, Durability, Touched, Tx,
        chats::{self, ChatState, Status},
        eras, handshakes, linking, members,
        memory::Era,
        mls as rows, profiles,
        roles::Known,
        say,
    },
    sync::handshake,
};

/// What a chat is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewChat<'a> {
    pub kind: ChatKind,
    pub title: &'a str,
    pub description: &'a str,
    /// A label that also serves as a folder.
    pub category: &'a str,
    /// What newcomers may read of what was said before them.
    pub history: History,
}

/// The person's other devices come into it by themselves.
///
/// # Errors
/// [`Error::BadText`] for a title or description over its limit, or a group or blog without a title;
/// [`Error::DeviceRemoved`].
pub async fn create_chat(device: &Device, new: &NewChat<'_>) -> Result<(ChatNo, Touched)> {
    create(device, new, None).await
}

/// The same with somebody who shall come into it.
pub(super) async fn create(
    device: &Device,
    new: &NewChat<'_>,
    with: Option<UserNo>,
) -> Result<(ChatNo, Touched)> {
    let NewChat { kind, title, description, category, history } = *new;
    if kind == ChatKind::Notes {
        return Err(Error::BadText("there is one chat for notes, made with the account"));
    }
    let title = super::title(title, kind == ChatKind::Dialog)?;
    let category = super::title(category, true)?;
    let description = super::description(description)?;
    let now = device.now();
    let mut tx = device.store.begin(Durability::Power).await?;
    still_one(&mut tx).await?;
    let (state, _) = make(&mut tx, device, kind, history, now).await?;
    let facts = vec![
        profiles::own_fact(&mut tx, device.me, &state, now).await?,
        Fact::Info { title, description, category },
    ];
    say::say(&mut tx, &device.keys, device.me, &state, facts, now).await?;
    linking::add_own_devices(&mut tx, state.number, device.keys.device(), device.me.number).await?;
    if let Some(with) = with {
        dialogs::add_devices(&mut tx, state.number, with).await?;
    }
    Ok((state.number, tx.commit().await?))
}

/// Makes a chat of this device alone, in which nothing is said yet.
pub(super) async fn make(
    tx: &mut Tx<'_>,
    device: &Device,
    kind: ChatKind,
    history: History,
    now: Millis,
) -> Result<(ChatState, ChatId)> {
    let roles = Roles::new(ChatId(random()), kind, device.keys.user(), history);
    let group_id: [u8; 16] = random();
    let slot_secret = Secret::generate();
    let group = mls::Group::create(&device.keys, &group_id, &roles)?;
    let row = chats::NewChat {
        id: roles.chat,
        group_id: &group_id,
        kind,
        status: Status::Active,
        created_at: now,
        slot_id: SlotId(random()),
        slot_secret: &slot_secret,
        inviter: None,
        key_package: &[],
        own_join: false,
    };
    let chat = chats::insert(tx, &row).await?;
    rows::save(tx, chat, &group.changes()?).await?;
    let key = group.era_key()?;
    eras::insert(tx, chat, &Era { era: 0, handshake: Seq::ZERO, key: key.clone() }).await?;
    // Known already, before the relay gives the creation its place.
    let me = device.me.number;
    members::put(tx, chat, me, now, me, true, Place::FIRST).await?;
    chats::set_created(tx, chat, me, now).await?;
    store::roles::set(tx, chat, Known { rights: roles.rights, owner: me, history }).await?;
    let state = chats::state(tx, chat).await?;
    let creation = handshake::creation(&device.keys, &state, &roles, &key, now);
    handshakes::put_pending(tx, chat, &creation).await?;
    Ok((state, roles.chat))
}
