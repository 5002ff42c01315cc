//! Give a chat another title, description, category or picture, for everyone in it.

use beseda_protocol::membership::ChatKind;

use super::send_message::speaks_in;
use crate::{
    device::Device,
    document::Fact,
    domain::ChatNo,
    error::Result,
    store::{Durability, Touched, chat_pictures, chats, members, say},
};

/// What changes; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edited {
    pub title: Option<String>,
    pub description: Option<String>,
    pub category: Option<String>,
    /// A JPEG, PNG or WebP file of any size; empty: none.
    pub picture: Option<Vec<u8>>,
}

/// Where nothing changes nothing is said.
///
/// # Errors
/// [`crate::Error::NotMember`]; [`crate::Error::Forbidden`] for who may not change it; [`crate::Error::BadText`] for a text
/// over its limit, or a group or blog without a title; [`crate::Error::BadPicture`].
pub async fn edit_chat(device: &Device, chat: ChatNo, mut edited: Edited) -> Result<Touched> {
    edited.picture = super::small_picture(edited.picture).await?;
    let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
    speaks_in(&state)?;
    let admin = members::is_admin(&mut tx, chat, device.me.number).await?;
    if !state.rights.may_edit_info(state.kind, admin) {
        return Err(beseda_protocol::membership::Refusal::NotAdmin.into());
    }
    let (was_title, was_description, was_category) = chats::info(&mut tx, chat).await?;
    let title = match edited.title {
        Some(title) => super::title(&title, state.kind == ChatKind::Dialog)?,
        None => was_title.clone(),
    };
    let category = match edited.category {
        Some(category) => super::title(&category, true)?,
        None => was_category.clone(),
    };
    let description = match edited.description {
        Some(description) => super::description(&description)?,
        None => was_description.clone(),
    };
    let mut facts = Vec::new();
    if (&title, &description, &category) != (&was_title, &was_description, &was_category) {
        facts.push(Fact::Info { title, description, category });
    }
    if let Some(picture) = edited.picture
        && picture != chat_pictures::get(&mut tx, chat).await?
    {
        facts.push(Fact::Picture { picture });
    }
    if facts.is_empty() {
        tx.end().await?;
        return Ok(Touched::default());
    }
    say::say(&mut tx, &device.keys, device.me, &state, facts, device.now()).await?;
    tx.commit().await
}
