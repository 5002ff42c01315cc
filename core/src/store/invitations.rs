//! Invitations that were made on this device, and the devices that used each.

use beseda_protocol::{DeviceId, link::Reason};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Tx, statements};
use crate::{
    crypto::Secret,
    domain::{ChatNo, Millis},
    error::{Error, Result},
};

statements! {
    PUT = "INSERT INTO invitations (invitation_id, chat_no, secret, created_at, label, max_uses, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    ONE = "SELECT invitation_id, chat_no, secret, created_at, label, max_uses, expires_at, revoked_at,
        (SELECT count(*) FROM invitation_uses u WHERE u.invitation_id = i.invitation_id)
        FROM invitations i WHERE invitation_id = ?";
    UNLIMITED = "SELECT invitation_id, chat_no, secret, created_at, label, max_uses, expires_at, revoked_at,
        (SELECT count(*) FROM invitation_uses u WHERE u.invitation_id = i.invitation_id)
        FROM invitations i WHERE chat_no = ? AND max_uses = 0 AND expires_at = 0 AND revoked_at = 0 AND label = '' LIMIT 1";
    OF_CHAT = "SELECT invitation_id, chat_no, secret, created_at, label, max_uses, expires_at, revoked_at,
        (SELECT count(*) FROM invitation_uses u WHERE u.invitation_id = i.invitation_id)
        FROM invitations i WHERE chat_no = ? ORDER BY created_at DESC LIMIT 1000";
    REVOKE = "UPDATE invitations SET revoked_at = ? WHERE invitation_id = ? AND revoked_at = 0";
    USED_BY = "SELECT EXISTS (SELECT 1 FROM invitation_uses WHERE invitation_id = ? AND device_id = ?)";
    USE = "INSERT OR IGNORE INTO invitation_uses (invitation_id, device_id, used_at) VALUES (?, ?, ?)";
}

/// What names an invitation.
pub type InvitationId = [u8; 16];

/// An invitation of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub id: InvitationId,
    pub chat: ChatNo,
    pub secret: Secret,
    pub created_at: Millis,
    /// What it is for, in this person's own words; nobody else sees it.
    pub label: String,
    /// How many devices it lets in; 0: any number.
    pub max_uses: u32,
    /// 0: never.
    pub expires_at: Millis,
    /// 0: it was not.
    pub revoked_at: Millis,
    /// Devices that used it.
    pub uses: u32,
}

/// Whether an invitation still lets in, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Open,
    UsedUp,
    Expired,
    Revoked,
}

impl Made {
    #[must_use]
    pub fn standing(&self, now: Millis) -> Standing {
        if self.revoked_at != 0 {
            Standing::Revoked
        } else if self.expires_at != 0 && now >= self.expires_at {
            Standing::Expired
        } else if self.max_uses != 0 && self.uses >= self.max_uses {
            Standing::UsedUp
        } else {
            Standing::Open
        }
    }

    /// Whether it lets a device ask. `used`: the device has used it before; `was_in`: the device was in the chat since,
    /// or without it, and was put out: then it comes anew.
    ///
    /// # Errors
    /// Why not.
    pub fn admits(&self, now: Millis, used: bool, was_in: bool) -> std::result::Result<(), Reason> {
        match self.standing(now) {
            Standing::Revoked => Err(Reason::Revoked),
            // The same request again, or another of who was not let in yet: it was counted.
            _ if used && !was_in => Ok(()),
            Standing::Expired => Err(Reason::Expired),
            Standing::UsedUp => Err(Reason::UsedUp),
            // Who was put out does not come back by what was meant for once.
            Standing::Open if used && self.max_uses != 0 => Err(Reason::UsedUp),
            Standing::Open => Ok(()),
        }
    }
}

pub async fn put(tx: &mut Tx<'_>, made: &Made) -> Result<()> {
    sqlx::query(PUT)
        .bind(&made.id[..])
        .bind(made.chat.0)
        .bind(&made.secret.expose()[..])
        .bind(made.created_at)
        .bind(&made.label)
        .bind(made.max_uses)
        .bind(made.expires_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn one(conn: &mut SqliteConnection, id: &[u8]) -> Result<Option<Made>> {
    sqlx::query(ONE).bind(id).fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// The chat's one link without limits, if it was made and not revoked.
pub async fn unlimited(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Option<Made>> {
    sqlx::query(UNLIMITED).bind(chat.0).fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// The newest 1,000 of a chat, newest first.
pub async fn of_chat(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<Made>> {
    sqlx::query(OF_CHAT).bind(chat.0).fetch_all(conn).await?.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<Made> {
    let damaged = || Error::Damaged("an invitation");
    let count = |index| u32::try_from(row.get::<i64, _>(index)).unwrap_or(u32::MAX);
    Ok(Made {
        id: row.get::<Vec<u8>, _>(0).try_into().map_err(|_| damaged())?,
        chat: ChatNo(row.get(1)),
        secret: Secret::from_slice(row.get(2)).ok_or_else(damaged)?,
        created_at: row.get(3),
        label: row.get(4),
        max_uses: count(5),
        expires_at: row.get(6),
        revoked_at: row.get(7),
        uses: count(8),
    })
}

pub async fn revoke(tx: &mut Tx<'_>, id: InvitationId, at: Millis) -> Result<()> {
    sqlx::query(REVOKE).bind(at).bind(&id[..]).execute(&mut **tx).await?;
    Ok(())
}

/// Whether a device has used it before.
pub async fn used_by(tx: &mut Tx<'_>, id: InvitationId, device: DeviceId) -> Result<bool> {
    let used: i64 =
        sqlx::query_scalar(USED_BY).bind(&id[..]).bind(device.as_bytes()).fetch_one(&mut **tx).await?;
    Ok(used == 1)
}

/// A device uses it: again costs nothing.
pub async fn put_use(tx: &mut Tx<'_>, id: InvitationId, device: DeviceId, at: Millis) -> Result<()> {
    sqlx::query(USE).bind(&id[..]).bind(device.as_bytes()).bind(at).execute(&mut **tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_an_invitation_lets_in() {
        let plain = Made {
            id: [1; 16],
            chat: ChatNo(1),
            secret: Secret::new([2; 32]),
            created_at: 1,
            label: String::new(),
            max_uses: 0,
            expires_at: 0,
            revoked_at: 0,
            uses: 7,
        };
        let open = Made { max_uses: 8, expires_at: 100, ..plain.clone() };
        let used_up = Made { uses: 8, ..open.clone() };
        let revoked = Made { revoked_at: 50, ..used_up.clone() };
        // now, the device has used it, and was in since.
        let cases = [
            (&plain, i64::MAX, false, false, Ok(())),
            (&plain, i64::MAX, true, true, Ok(())),
            (&open, 99, false, false, Ok(())),
            (&open, 99, true, false, Ok(())),
            (&open, 99, false, true, Ok(())),
            (&open, 99, true, true, Err(Reason::UsedUp)),
            (&open, 100, false, false, Err(Reason::Expired)),
            (&open, 100, true, false, Ok(())),
            (&open, 100, true, true, Err(Reason::Expired)),
            (&used_up, 99, false, false, Err(Reason::UsedUp)),
            (&used_up, 99, true, false, Ok(())),
            (&used_up, 100, false, false, Err(Reason::Expired)),
            (&revoked, 99, true, false, Err(Reason::Revoked)),
            (&revoked, 100, false, false, Err(Reason::Revoked)),
        ];
        for (number, (made, now, used, was_in, wanted)) in cases.into_iter().enumerate() {
            assert_eq!(made.admits(now, used, was_in), wanted, "case {number}");
        }
    }
}
