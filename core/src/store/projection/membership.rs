//! What a membership event does to the rows: who is in, who may what, and the lines that say so.

use beseda_protocol::{
    DeviceId, Seq, UserId,
    identity::Identity,
    membership::{Roles, SignedEvent},
};

use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
    store::{
        Tx, chats,
        events::{self, EventKind, NewEvent},
        handshakes, members,
        roles::{self, Known},
        users,
    },
};

/// Writes the lines of one event, each in the next place.
struct Lines {
    chat: ChatNo,
    seq: Seq,
    at: Millis,
    written: u32,
}

impl Lines {
    fn place(&self, n: u32) -> Result<Place> {
        Place::accepted(self.seq, n).ok_or(Error::Damaged("a handshake's place"))
    }

    async fn put(
        &mut self,
        tx: &mut Tx<'_>,
        what: EventKind,
        by: UserNo,
        who: UserNo,
        text: &str,
    ) -> Result<Place> {
        let place = self.place(self.written)?;
        self.written += 1;
        let event = NewEvent { place, what, by, who, at: self.at, text };
        events::put(tx, self.chat, &event).await?;
        Ok(place)
    }
}

/// Lets a verified membership event take effect.
pub async fn member_event(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    seq: Seq,
    accepted_at: Millis,
    signed: &SignedEvent,
) -> Result<()> {
    let event = &signed.event;
    handshakes::insert(tx, chat, seq, accepted_at, signed).await?;
    let mut lines = Lines { chat, seq, at: accepted_at, written: 0 };
    tx.touched.chat(chat, lines.place(0)?);
    let creates = event.era == 0;
    let mut by = members::device(tx, chat, event.by).await?.map(|device| device.user);
    for added in &event.adds {
        let (user, device) = owner(&added.identity)?;
        let user_no = users::number(tx, user, "").await?;
        // All devices of a person have one slot: whoever names another one would have somebody else's taken away with it.
        let slot = members::slot_of(tx, chat, user_no).await?.unwrap_or(added.slot);
        members::put_device(tx, chat, device, user_no, (slot, added.key), seq).await?;
        let by = *by.get_or_insert(user_no);
        if members::is_in(tx, chat, user_no).await? && !creates {
            // Another device of somebody who is here.
            continue;
        }
        let what = if creates { EventKind::Created } else { EventKind::Added };
        let place = lines.put(tx, what, by, user_no, "").await?;
        members::put(tx, chat, user_no, accepted_at, by, event.roles.is_admin(user), place).await?;
        chats::back(tx, chat, user_no).await?;
        if creates {
            // Until now the creator's own clock stood for it, on the creator's device.
            members::set_added(tx, chat, user_no, accepted_at, place).await?;
            chats::set_created(tx, chat, user_no, accepted_at).await?;
        }
    }
    let again = event.comes_again();
    for device in event.removes.iter().filter(|device| !again.contains(device)) {
        let Some(removed) = members::device(tx, chat, *device).await? else { continue };
        if members::remove_device(tx, chat, *device, removed.user, seq).await?
            && members::is_in(tx, chat, removed.user).await?
        {
            members::remove(tx, chat, removed.user).await?;
            lines.put(tx, EventKind::Removed, by.unwrap_or(removed.user), removed.user, "").await?;
        }
    }
    let by = match by {
        Some(by) => by,
        None => users::number(tx, event.roles.owner(), "").await?,
    };
    take_roles(tx, &event.roles, by, creates, &mut lines).await
}

/// The roles from this event on, with a line for each thing that is not as it was.
async fn take_roles(
    tx: &mut Tx<'_>,
    roles: &Roles,
    by: UserNo,
    creates: bool,
    lines: &mut Lines,
) -> Result<()> {
    let chat = lines.chat;
    let before = roles::known(tx, chat).await?;
    let mut admins = Vec::with_capacity(roles.admins.len());
    for user in &roles.admins {
        let user = users::number(tx, *user, "").await?;
        admins.push(user);
        if members::is_in(tx, chat, user).await? && !members::is_admin(tx, chat, user).await? {
            roles::set_admin(tx, chat, user, true).await?;
            lines.put(tx, EventKind::Promoted, by, user, "").await?;
        }
    }
    for user in roles::admins(tx, chat).await? {
        if !admins.contains(&user) {
            roles::set_admin(tx, chat, user, false).await?;
            lines.put(tx, EventKind::Demoted, by, user, "").await?;
        }
    }
    let owner = users::number(tx, roles.owner(), "").await?;
    let now = Known { rights: roles.rights, owner, history: roles.history };
    roles::set(tx, chat, now).await?;
    // Nothing was before it, or nothing that is known here.
    if creates || before.owner == UserNo(0) {
        return Ok(());
    }
    if before.owner != owner {
        lines.put(tx, EventKind::Owner, by, owner, "").await?;
    }
    if before.rights != now.rights {
        lines.put(tx, EventKind::Rights, by, by, "").await?;
    }
    if before.history != now.history {
        lines.put(tx, EventKind::History, by, by, now.history.as_str()).await?;
    }
    Ok(())
}

fn owner(identity: &Identity) -> Result<(UserId, DeviceId)> {
    let member = identity.verify().map_err(|_| Error::Damaged("an identity in the membership log"))?;
    Ok((member.user, member.device))
}
