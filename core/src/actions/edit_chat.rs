//! Give a chat another title, description or category, for everyone in it.

use beseda_protocol::membership::ChatKind;

use crate::{
    device::Device,
    document::Fact,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Touched,
        chats::{self, Status},
        members, say,
    },
};

/// What changes; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edited {
    pub title: Option<String>,
    pub description: Option<String>,
    pub category: Option<String>,
}

/// Where nothing changes nothing is said.
///
/// # Errors
/// [`Error::NotMember`]; [`Error::Forbidden`] for who may not change it; [`Error::BadText`] for a text over its limit, or
/// a group or blog without a title.
pub async fn edit_chat(device: &Device, chat: ChatNo, edited: Edited) -> Result<Touched> {
    let (mut tx, state) = device.store.begin_in(Durability::Process, chat).await?;
    if state.status != Status::Active || state.leaving {
        return Err(Error::NotMember);
    }
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
    if (&title, &description, &category) == (&was_title, &was_description, &was_category) {
        tx.end().await?;
        return Ok(Touched::default());
    }
    let fact = Fact::Info { title, description, category };
    say::say(&mut tx, &device.keys, device.me, &state, vec![fact], device.now()).await?;
    tx.commit().await
}
