//! The one rule of who may change a chat. Pure: no clock, no randomness, no storage. All clients answer alike, so a
//! commit that one refuses, all refuse.

use std::collections::BTreeSet;

use super::{ChatKind, Roles};
use crate::{
    flaws::{self, Flaw},
    identity::Member,
    ids::UserId,
};

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
    #[error("only the owner of the chat may do this")]
    NotOwner,
    #[error("notes are one's own: nobody else comes in")]
    OnesOwn,
    #[error("a dialog is for two people")]
    DialogIsFull,
    #[error("the owner can only leave, and hands the chat over before: nobody puts them out")]
    OwnerStays,
    #[error("the chat's id, kind and creator never change")]
    ConstitutionChanged,
    #[error("admins are members, and the owner is one of them")]
    AdminIsNoMember,
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
    if flaws::has(Flaw::SkipAuthorise) {
        return Ok(());
    }
    if effects.foreign {
        return Err(Refusal::Foreign);
    }
    if effects.leaf_changed {
        return Err(Refusal::LeafChanged);
    }
    if !members.is_empty() && !members.contains(&sender) {
        return comes_back(members, sender, effects);
    }
    let admin = roles.is_admin(sender.user);
    for add in &effects.adds {
        // A device whose group is lost goes and comes again at once, as what it was.
        let again = effects.removes.contains(add);
        if !again && members.iter().any(|member| member.device == add.device) {
            return Err(Refusal::AlreadyIn);
        }
        if roles.kind == ChatKind::Notes && add.user != roles.creator {
            return Err(Refusal::OnesOwn);
        }
        // Another device of who is in: its identity says whose it is.
        let known = add.user == sender.user || members.iter().any(|member| member.user == add.user);
        if !known && !roles.rights.may_add(roles.kind, admin) {
            return Err(Refusal::NotAdmin);
        }
    }
    for remove in &effects.removes {
        if remove.user == sender.user || effects.adds.contains(remove) {
            continue;
        }
        if !admin {
            return Err(Refusal::NotAdmin);
        }
        if remove.user == roles.owner() {
            return Err(Refusal::OwnerStays);
        }
    }
    let stay = members.iter().filter(|member| !effects.removes.contains(member)).chain(&effects.adds);
    let users: BTreeSet<UserId> = stay.map(|member| member.user).collect();
    let after = effects.roles.as_ref().unwrap_or(roles);
    if after != roles {
        if !admin {
            return Err(Refusal::NotAdmin);
        }
        if (after.v, after.chat, after.kind, after.creator)
            != (roles.v, roles.chat, roles.kind, roles.creator)
        {
            return Err(Refusal::ConstitutionChanged);
        }
        if after.owner() != roles.owner() && sender.user != roles.owner() {
            return Err(Refusal::NotOwner);
        }
    }
    // Who is put out is no admin either, so that nobody is one again by being let in. A newcomer, who cannot know who was
    // in, leaves this to those who were.
    let was_in: BTreeSet<UserId> = members.iter().map(|member| member.user).collect();
    let known = |user: &UserId| members.is_empty() || users.contains(user);
    let gone = |user: &UserId| was_in.contains(user) && !users.contains(user);
    if after.admins.iter().any(gone)
        || !after.is_admin(after.owner())
        || (after != roles && !after.admins.iter().all(known))
    {
        return Err(Refusal::AdminIsNoMember);
    }
    if roles.kind == ChatKind::Dialog && (users.len() > 2 || was_in.union(&users).count() > 2) {
        return Err(Refusal::DialogIsFull);
    }
    Ok(())
}

/// A device lets itself in (an external commit): only one of somebody who is in, and nothing else.
fn comes_back(members: &[Member], sender: Member, effects: &Effects) -> Result<(), Refusal> {
    let alone = Effects { adds: vec![sender], ..Effects::default() };
    if *effects != alone || members.iter().all(|member| member.user != sender.user) {
        return Err(Refusal::Foreign);
    }
    if members.iter().any(|member| member.device == sender.device) {
        return Err(Refusal::AlreadyIn);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{ChatId, DeviceId},
        membership::{History, Rights, Who},
    };

    fn member(n: u8) -> Member {
        device(n, n)
    }

    fn device(user: u8, n: u8) -> Member {
        Member { user: UserId([user; 32]), device: DeviceId([n; 32]) }
    }

    /// 1 made it and has it, 2 is an admin too.
    fn roles(kind: ChatKind) -> Roles {
        let mut roles = Roles::new(ChatId([7; 16]), kind, member(1).user, History::All);
        if kind != ChatKind::Dialog {
            roles.admins.insert(member(2).user);
        }
        roles
    }

    fn add(n: u8) -> Effects {
        Effects { adds: vec![member(n)], ..Effects::default() }
    }

    fn remove(n: u8) -> Effects {
        Effects { removes: vec![member(n)], ..Effects::default() }
    }

    fn change(roles: Roles) -> Effects {
        Effects { roles: Some(roles), ..Effects::default() }
    }

    #[test]
    fn who_may_let_in_and_put_out() {
        let group = roles(ChatKind::Group);
        let all = [member(1), member(2), member(3), member(4)];
        for (sender, effects, answer) in [
            (1, add(5), Ok(())),
            (2, add(5), Ok(())),
            (3, add(5), Err(Refusal::NotAdmin)),
            (1, add(3), Err(Refusal::AlreadyIn)),
            (2, remove(3), Ok(())),
            (3, remove(4), Err(Refusal::NotAdmin)),
            (2, remove(1), Err(Refusal::OwnerStays)),
            (3, Effects::default(), Ok(())),
        ] {
            assert_eq!(authorise(&group, &all, member(sender), &effects), answer, "{sender} {effects:?}");
        }
        // The owner's too, and by anybody: it is in afterwards as it was.
        for who in [1, 2, 3] {
            let again = Effects { removes: vec![member(who)], ..add(who) };
            assert_eq!(authorise(&group, &all, member(4), &again), Ok(()), "{who} goes and comes again");
            let other =
                Effects { removes: vec![member(who)], adds: vec![device(4, who)], ..Effects::default() };
            assert!(authorise(&group, &all, member(4), &other).is_err(), "{who} goes, and another one comes");
        }
        let own = Effects { adds: vec![device(3, 30)], ..Effects::default() };
        assert_eq!(authorise(&group, &all, member(3), &own), Ok(()), "a device of one's own");
        assert_eq!(authorise(&group, &all, member(4), &own), Ok(()), "and of whoever is in");

        let mut open = group.clone();
        open.rights = Rights { add: Some(Who::Everyone), ..Rights::default() };
        assert_eq!(authorise(&open, &all, member(3), &add(5)), Ok(()));
        assert_eq!(authorise(&open, &all, member(3), &remove(4)), Err(Refusal::NotAdmin));
    }

    #[test]
    fn an_admin_who_goes_is_none_any_more() {
        let group = roles(ChatKind::Group);
        let all = [member(1), member(2), device(2, 20), member(3)];
        let out = Effects { removes: vec![member(2), device(2, 20)], ..Effects::default() };
        assert_eq!(authorise(&group, &all, member(1), &out), Err(Refusal::AdminIsNoMember));
        let mut without = group.clone();
        without.admins.remove(&member(2).user);
        let both = Effects { roles: Some(without.clone()), ..out };
        assert_eq!(authorise(&group, &all, member(1), &both), Ok(()));
        let one = Effects { removes: vec![device(2, 20)], ..Effects::default() };
        assert_eq!(authorise(&group, &all, member(1), &one), Ok(()), "one of an admin's devices");
        assert_eq!(authorise(&group, &all, member(2), &one), Ok(()), "one's own");
    }

    #[test]
    fn who_may_change_the_roles() {
        let group = roles(ChatKind::Group);
        let all = [member(1), member(2), member(3)];
        let with = |edit: fn(&mut Roles)| {
            let mut roles = group.clone();
            edit(&mut roles);
            roles
        };
        let promoted = with(|roles| _ = roles.admins.insert(UserId([3; 32])));
        let demoted = with(|roles| _ = roles.admins.remove(&UserId([2; 32])));
        let stranger = with(|roles| _ = roles.admins.insert(UserId([9; 32])));
        let headless = with(|roles| _ = roles.admins.remove(&UserId([1; 32])));
        let handed_over = with(|roles| roles.owner = Some(UserId([2; 32])));
        let to_a_member = with(|roles| roles.owner = Some(UserId([3; 32])));
        let quiet = with(|roles| roles.rights.write = Some(Who::Admins));
        let closed = with(|roles| roles.history = History::FromJoining);
        let usurped = with(|roles| roles.creator = UserId([2; 32]));
        let blog = with(|roles| roles.kind = ChatKind::Blog);
        for (sender, roles, answer) in [
            (1, &promoted, Ok(())),
            (2, &promoted, Ok(())),
            (3, &promoted, Err(Refusal::NotAdmin)),
            (1, &demoted, Ok(())),
            (2, &demoted, Ok(())),
            (1, &stranger, Err(Refusal::AdminIsNoMember)),
            (1, &headless, Err(Refusal::AdminIsNoMember)),
            (2, &headless, Err(Refusal::AdminIsNoMember)),
            (1, &handed_over, Ok(())),
            (2, &handed_over, Err(Refusal::NotOwner)),
            (1, &to_a_member, Err(Refusal::AdminIsNoMember)),
            (2, &quiet, Ok(())),
            (3, &quiet, Err(Refusal::NotAdmin)),
            (2, &closed, Ok(())),
            (1, &usurped, Err(Refusal::ConstitutionChanged)),
            (1, &blog, Err(Refusal::ConstitutionChanged)),
        ] {
            let effects = change(roles.clone());
            assert_eq!(authorise(&group, &all, member(sender), &effects), answer, "{sender} {roles:?}");
        }
        assert_eq!(authorise(&group, &all, member(3), &change(group.clone())), Ok(()), "nothing changes");
        // Who got the chat can then do without the one who had it.
        let mut without = handed_over.clone();
        without.admins.remove(&member(1).user);
        let out = Effects { removes: vec![member(1)], roles: Some(without), ..Effects::default() };
        assert_eq!(authorise(&handed_over, &all, member(2), &out), Ok(()));
    }

    #[test]
    fn a_dialog_is_for_two() {
        let dialog = roles(ChatKind::Dialog);
        let both = [member(1), member(2)];
        assert_eq!(authorise(&dialog, &both[..1], member(1), &add(2)), Ok(()));
        assert_eq!(authorise(&dialog, &both, member(1), &add(3)), Err(Refusal::DialogIsFull));
        let swapped = Effects { adds: vec![member(3)], removes: vec![member(2)], ..Effects::default() };
        assert_eq!(authorise(&dialog, &both, member(1), &swapped), Err(Refusal::DialogIsFull));
    }

    #[test]
    fn who_may_let_in_devices() {
        let group = roles(ChatKind::Group);
        let all = [member(1), member(2), member(3), device(3, 30)];
        let own = |effects: Effects| authorise(&group, &all, member(3), &effects);
        let adds = |member| Effects { adds: vec![member], ..Effects::default() };
        assert_eq!(own(adds(device(3, 31))), Ok(()), "a device of one's own");
        assert_eq!(own(Effects { removes: vec![device(3, 30)], ..Effects::default() }), Ok(()));
        assert_eq!(own(adds(device(3, 30))), Err(Refusal::AlreadyIn));

        // By itself, without a member's help.
        let returning = |of: Member, effects: &Effects| authorise(&group, &all, of, effects);
        assert_eq!(returning(device(3, 31), &adds(device(3, 31))), Ok(()));
        assert_eq!(returning(device(9, 31), &adds(device(9, 31))), Err(Refusal::Foreign), "a stranger");
        assert_eq!(returning(device(3, 31), &adds(device(3, 32))), Err(Refusal::Foreign), "for another");
        assert_eq!(returning(device(3, 31), &Effects::default()), Err(Refusal::Foreign));
        let more = Effects { removes: vec![member(1)], ..adds(device(3, 31)) };
        assert_eq!(returning(device(3, 31), &more), Err(Refusal::Foreign));

        let notes = Roles::new(ChatId([7; 16]), ChatKind::Notes, member(1).user, History::All);
        let mine = [member(1)];
        assert_eq!(authorise(&notes, &mine, member(1), &adds(device(1, 10))), Ok(()));
        assert_eq!(authorise(&notes, &mine, member(1), &add(2)), Err(Refusal::OnesOwn));
    }
}
