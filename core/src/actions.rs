//! What a person does, one file each: checked, then one transaction through the one write door.
//!
//! Not here: the network. What an action says waits in the outbox for [`crate::sync`].

pub mod annotate;
pub mod arrange;
pub mod change_roles;
pub mod contacts;
pub mod create_chat;
pub mod delete_message;
pub mod devices;
pub mod dialogs;
pub mod edit_chat;
pub mod edit_message;
pub mod forward_messages;
pub mod invite;
pub mod join;
pub mod leave_chat;
pub mod mark_read;
pub mod move_relay;
pub mod notes;
pub mod remove_member;
pub mod schedule_message;
pub mod send_message;
pub mod set_profile;
pub mod verify;
pub mod withdraw;

use beseda_protocol::limits;

use crate::{
    error::{Error, Result},
    people::picture,
};

/// A picture of any size as it is said; an empty one takes the picture away.
///
/// # Errors
/// [`Error::BadPicture`].
async fn small_picture(source: Option<Vec<u8>>) -> Result<Option<Vec<u8>>> {
    match source {
        Some(source) if !source.is_empty() => {
            let small = tokio::task::spawn_blocking(move || picture::make(&source)).await;
            Ok(Some(small.map_err(|_| Error::BadPicture)??))
        }
        none => Ok(none),
    }
}

/// One line of text that a person gave as a title or name.
///
/// # Errors
/// [`Error::BadText`] when it is too long, or empty where it must not be.
pub(crate) fn line(text: &str, limit: usize, may_be_empty: bool) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().any(char::is_control) {
        return Err(Error::BadText("a name or title has no control characters"));
    }
    if line.is_empty() && !may_be_empty {
        return Err(Error::BadText("a name or title cannot be empty"));
    }
    if line.chars().count() > limit {
        return Err(Error::BadText("that is too long: a name or title has at most 128 characters"));
    }
    Ok(line)
}

/// # Errors
/// [`Error::BadText`] when it is too long.
pub(crate) fn description(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > limits::DESCRIPTION_CHARS {
        return Err(Error::BadText("a description has at most 2,048 characters"));
    }
    Ok(text.to_owned())
}

pub(crate) fn title(text: &str, may_be_empty: bool) -> Result<String> {
    line(text, limits::TITLE_CHARS, may_be_empty)
}
