//! Who may do what in a chat, beside changing who is in it.
//!
//! Only what differs from the usual is written down, so that a chat of before there were rights keeps its bytes.

use serde::{Deserialize, Serialize};

use super::ChatKind;

/// Whom something is open to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Admins,
    Everyone,
}

/// `None`: as usual for the chat's kind ([`Rights::of`] answers what that is).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rights {
    /// Messages of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Who>,
    /// In a blog: answers to its posts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Who>,
    /// Letting other people in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add: Option<Who>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Who>,
    /// Title, description, category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<Who>,
}

impl Rights {
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// The rights of a chat of this kind, each said.
    #[must_use]
    pub fn of(self, kind: ChatKind) -> Self {
        let (write, comment, add, pin, info) = match kind {
            ChatKind::Dialog | ChatKind::Notes => {
                (Who::Everyone, Who::Everyone, Who::Admins, Who::Everyone, Who::Everyone)
            }
            ChatKind::Group => (Who::Everyone, Who::Everyone, Who::Admins, Who::Everyone, Who::Admins),
            ChatKind::Blog => (Who::Admins, Who::Admins, Who::Admins, Who::Admins, Who::Admins),
        };
        Self {
            write: Some(self.write.unwrap_or(write)),
            comment: Some(self.comment.unwrap_or(comment)),
            add: Some(self.add.unwrap_or(add)),
            pin: Some(self.pin.unwrap_or(pin)),
            info: Some(self.info.unwrap_or(info)),
        }
    }

    /// Whether a member may say a message of their own; `answers`: it answers another.
    #[must_use]
    pub fn may_write(&self, kind: ChatKind, admin: bool, answers: bool) -> bool {
        let rights = self.of(kind);
        let everyone = |who: Option<Who>| who == Some(Who::Everyone);
        admin || everyone(rights.write) || (kind == ChatKind::Blog && answers && everyone(rights.comment))
    }

    #[must_use]
    pub fn may_add(&self, kind: ChatKind, admin: bool) -> bool {
        admin || self.of(kind).add == Some(Who::Everyone)
    }

    #[must_use]
    pub fn may_pin(&self, kind: ChatKind, admin: bool) -> bool {
        admin || self.of(kind).pin == Some(Who::Everyone)
    }

    #[must_use]
    pub fn may_edit_info(&self, kind: ChatKind, admin: bool) -> bool {
        admin || self.of(kind).info == Some(Who::Everyone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;

    #[test]
    fn what_is_usual_is_not_written() {
        assert_eq!(codec::encode(&Rights::default()), [0xa0]);
        let all = Rights::default().of(ChatKind::Blog);
        assert_eq!(all, all.of(ChatKind::Group), "once said it does not depend on the kind");
    }

    #[test]
    fn who_may_do_what_usually() {
        let usual = Rights::default();
        for (kind, write, answer, add, pin, info) in [
            (ChatKind::Dialog, true, true, false, true, true),
            (ChatKind::Group, true, true, false, true, false),
            (ChatKind::Blog, false, false, false, false, false),
        ] {
            assert_eq!(usual.may_write(kind, false, false), write, "{kind:?}");
            assert_eq!(usual.may_write(kind, false, true), answer, "{kind:?}");
            assert_eq!(usual.may_add(kind, false), add, "{kind:?}");
            assert_eq!(usual.may_pin(kind, false), pin, "{kind:?}");
            assert_eq!(usual.may_edit_info(kind, false), info, "{kind:?}");
            assert!(
                usual.may_write(kind, true, false) && usual.may_add(kind, true) && usual.may_pin(kind, true)
            );
        }
        let comments = Rights { comment: Some(Who::Everyone), ..usual };
        assert!(comments.may_write(ChatKind::Blog, false, true));
        assert!(!comments.may_write(ChatKind::Blog, false, false), "an answer, not a post");
        let quiet = Rights { write: Some(Who::Admins), ..usual };
        assert!(!quiet.may_write(ChatKind::Group, false, true), "comments are a matter of blogs");
    }
}
