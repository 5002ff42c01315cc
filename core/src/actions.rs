//! What a person does, one file each: checked, then one transaction through the one write door.
//!
//! Not here: the network. What an action says waits in the outbox for [`crate::sync`].

pub mod create_chat;
pub mod invite;
pub mod join;
pub mod mark_read;
pub mod remove_member;
pub mod send_message;

use beseda_protocol::limits;

use crate::error::{Error, Result};

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

pub(crate) fn title(text: &str, may_be_empty: bool) -> Result<String> {
    line(text, limits::TITLE_CHARS, may_be_empty)
}
