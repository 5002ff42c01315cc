//! Who is in a chat and who may change it: roles, the signed membership log, and the one rule every client applies.
//!
//! [`authorise`] is pure: no clock, no randomness, no storage. All clients answer alike, so a commit that one
//! refuses, all refuse.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    identity::{Identity, Member},
    ids::{ChatId, DeviceId, Seq, SlotId, SlotKey, UserId},
    sign::Signature,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Exactly two people.
    Dialog,
    Group,
    /// Admins post, everyone reads.
    Blog,
}

impl ChatKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dialog => "dialog",
            Self::Group => "group",
            Self::Blog => "blog",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Dialog, Self::Group, Self::Blog].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What newcomers may read of what was said before they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// The previous era's key travels with each handshake; old messages lose forward secrecy.
    All,
    FromJoining,
}

/// The chat's constitution: the group-context extension [`ROLES_EXTENSION`] of its MLS group, as CBOR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    pub v: u16,
    pub chat: ChatId,
    pub kind: ChatKind,
    pub creator: UserId,
    pub admins: BTreeSet<UserId>,
    pub history: History,
}

/// MLS extension type of [`Roles`], from the private-use range (RFC 9420 section 17.3).
pub const ROLES_EXTENSION: u16 = 0xF00A;
/// MLS credential type of [`Identity`], from the private-use range.
pub const IDENTITY_CREDENTIAL: u16 = 0xF00B;

/// What a commit would do, read off the staged commit itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects {
    pub adds: Vec<Member>,
    pub removes: Vec<Member>,
    pub roles: Option<Roles>,
    /// Proposals of a kind that Beseda does not use, by-reference proposals, external or anonymous senders.
    pub foreign: bool,
    /// The committer's new leaf claims another user or device.
    pub leaf_changed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("only an admin may do this")]
    NotAdmin,
    #[error("a dialog is for two people")]
    DialogIsFull,
    #[error("the creator can only leave, not be removed")]
    CreatorStays,
    #[error("the chat's id, kind and creator never change")]
    ConstitutionChanged,
    #[error("a proposal of a kind that is not used here")]
    Foreign,
    #[error("a leaf that changes its owner")]
    LeafChanged,
    #[error("this device is in the chat already")]
    AlreadyIn,
}

/// Decides, before every merge, whether `sender`'s commit may take effect in a chat of `roles` and `members`.
///
/// # Errors
/// The reason why every client ignores the commit.
pub fn authorise(
    roles: &Roles,
    members: &[Member],
    sender: Member,
    effects: &Effects,
) -> Result<(), Refusal> {
    if effects.foreign {
        return Err(Refusal::Foreign);
    }
    if effects.leaf_changed {
        return Err(Refusal::LeafChanged);
    }
    let admin = roles.admins.contains(&sender.user);
    for add in &effects.adds {
        if members.iter().any(|member| member.device == add.device) {
            return Err(Refusal::AlreadyIn);
        }
        if !admin && add.user != sender.user {
            return Err(Refusal::NotAdmin);
        }
    }
    for remove in &effects.removes {
        if remove.user == sender.user {
            continue;
        }
        if !admin {
            return Err(Refusal::NotAdmin);
        }
        if remove.user == roles.creator {
            return Err(Refusal::CreatorStays);
        }
    }
    if let Some(new) = &effects.roles {
        if !admin {
            return Err(Refusal::NotAdmin);
        }
        if (new.chat, new.kind, new.creator) != (roles.chat, roles.kind, roles.creator)
            || new.admins.is_empty()
        {
            return Err(Refusal::ConstitutionChanged);
        }
    }
    if roles.kind == ChatKind::Dialog {
        let mut users: BTreeSet<UserId> = members.iter().map(|member| member.user).collect();
        users.extend(effects.adds.iter().map(|member| member.user));
        if users.len() > 2 {
            return Err(Refusal::DialogIsFull);
        }
    }
    Ok(())
}

/// One entry of the membership log, signed by the device that committed it. It repeats what the MLS commit does,
/// in a form that a newcomer, who cannot process old commits, can check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub v: u16,
    pub chat: ChatId,
    /// The era this handshake begins; 0 for the one that creates the chat.
    pub era: u64,
    /// Seq of the handshake that began the era before; 0 for the first. Handshakes that everyone refused are so
    /// left out of the chain.
    pub parent: Seq,
    pub by: DeviceId,
    /// For the first: the creator's own device.
    pub adds: Vec<Added>,
    pub removes: Vec<DeviceId>,
    pub roles: Roles,
    /// Milliseconds since 1970 on the committer's clock; shown, never trusted for order.
    pub at: i64,
}

/// A device that a handshake lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub identity: Identity,
    /// What the relay knows it by, so that any admin can put it out again.
    pub slot: SlotId,
    pub key: SlotKey,
}

/// An [`Event`] with its author's signature ([`crate::sign::Purpose::Membership`] over the event's CBOR).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedEvent {
    pub event: Event,
    pub signature: Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(n: u8) -> Member {
        Member { user: UserId([n; 32]), device: DeviceId([n; 32]) }
    }

    fn roles(kind: ChatKind) -> Roles {
        Roles {
            v: 1,
            chat: ChatId([7; 16]),
            kind,
            creator: member(1).user,
            admins: [member(1).user, member(2).user].into(),
            history: History::All,
        }
    }

    #[test]
    fn who_may_do_what() {
        let group = roles(ChatKind::Group);
        let all = [member(1), member(2), member(3)];
        let add = |n| Effects { adds: vec![member(n)], ..Effects::default() };
        let remove = |n| Effects { removes: vec![member(n)], ..Effects::default() };

        assert_eq!(authorise(&group, &all, member(1), &add(4)), Ok(()));
        assert_eq!(authorise(&group, &all, member(3), &add(4)), Err(Refusal::NotAdmin));
        assert_eq!(authorise(&group, &all, member(1), &add(3)), Err(Refusal::AlreadyIn));
        assert_eq!(authorise(&group, &all, member(2), &remove(3)), Ok(()));
        assert_eq!(authorise(&group, &all, member(3), &remove(2)), Err(Refusal::NotAdmin));
        assert_eq!(authorise(&group, &all, member(2), &remove(1)), Err(Refusal::CreatorStays));
        assert_eq!(authorise(&group, &all, member(3), &Effects::default()), Ok(()), "a self-update");

        let mut usurped = group.clone();
        usurped.creator = member(3).user;
        let change = |roles: Roles| Effects { roles: Some(roles), ..Effects::default() };
        assert_eq!(authorise(&group, &all, member(1), &change(usurped)), Err(Refusal::ConstitutionChanged));
        assert_eq!(authorise(&group, &all, member(3), &change(group.clone())), Err(Refusal::NotAdmin));

        let dialog = roles(ChatKind::Dialog);
        assert_eq!(authorise(&dialog, &all[..1], member(1), &add(2)), Ok(()));
        assert_eq!(authorise(&dialog, &all[..2], member(1), &add(3)), Err(Refusal::DialogIsFull));
    }
}
