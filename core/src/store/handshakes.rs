//! The membership log as it took effect, and our own handshake that waits for the relay.

use beseda_protocol::{
    DeviceId, EnvelopeId, Seq, codec,
    envelope::{Envelope, LogEntry},
    limits,
    membership::SignedEvent,
};
use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::{
    domain::{ChatNo, Millis},
    error::{Error, Result},
};

statements! {
    INSERT = "INSERT INTO handshakes (chat_no, seq, accepted_at, event) VALUES (?, ?, ?, ?)
        ON CONFLICT (chat_no, seq) DO UPDATE SET accepted_at = excluded.accepted_at, event = excluded.event";
    KEEP = "UPDATE handshakes SET envelope_id = ?, body = ? WHERE chat_no = ? AND seq = ?";
    ID_AT = "SELECT envelope_id FROM handshakes WHERE chat_no = ? AND seq = ?";
    BODY = "SELECT body FROM handshakes WHERE chat_no = ? AND seq = ?";
    LIST = "SELECT seq, accepted_at, event FROM handshakes WHERE chat_no = ? ORDER BY seq";
    LAST = "SELECT seq, accepted_at, event FROM handshakes WHERE chat_no = ? ORDER BY seq DESC LIMIT 1";
    PUT_PENDING = "INSERT INTO pending_handshakes (chat_no, envelope_id, envelope) VALUES (?, ?, ?)
        ON CONFLICT (chat_no) DO UPDATE SET envelope_id = excluded.envelope_id, envelope = excluded.envelope, accepted = 0";
    PENDING = "SELECT envelope FROM pending_handshakes WHERE chat_no = ?";
    PENDING_ID = "SELECT envelope_id FROM pending_handshakes WHERE chat_no = ?";
    SEQ_OF = "SELECT seq FROM handshakes WHERE chat_no = ? AND envelope_id = ?";
    ACCEPTED = "SELECT accepted FROM pending_handshakes WHERE chat_no = ?";
    SET_ACCEPTED = "UPDATE pending_handshakes SET accepted = 1 WHERE chat_no = ?";
    FORGET_ACCEPTED = "UPDATE pending_handshakes SET accepted = 0";
    DROP_PENDING = "DELETE FROM pending_handshakes WHERE chat_no = ?";
}

/// A handshake of the membership log.
#[derive(Debug, Clone)]
pub struct Logged {
    pub seq: Seq,
    pub accepted_at: Millis,
    pub event: SignedEvent,
}

pub async fn insert(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    seq: Seq,
    accepted_at: Millis,
    event: &SignedEvent,
) -> Result<()> {
    sqlx::query(INSERT)
        .bind(chat.0)
        .bind(seq.0.cast_signed())
        .bind(accepted_at)
        .bind(codec::encode(event))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps an entry that has taken effect as the relay has it, so that it can be put into a log again.
pub async fn keep(tx: &mut Tx<'_>, chat: ChatNo, entry: &LogEntry) -> Result<()> {
    sqlx::query(KEEP)
        .bind(entry.id.as_bytes())
        .bind(&entry.body)
        .bind(chat.0)
        .bind(entry.seq.0.cast_signed())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The envelope of the handshake at `seq`; `None` where that was not kept.
pub async fn id_at(tx: &mut Tx<'_>, chat: ChatNo, seq: Seq) -> Result<Option<EnvelopeId>> {
    let id: Option<Vec<u8>> =
        sqlx::query_scalar(ID_AT).bind(chat.0).bind(seq.0.cast_signed()).fetch_optional(&mut **tx).await?;
    Ok(id.and_then(|id| EnvelopeId::from_slice(&id).ok()))
}

/// Where it stands in the log; `None` where it does not.
pub async fn seq_of(tx: &mut Tx<'_>, chat: ChatNo, id: EnvelopeId) -> Result<Option<Seq>> {
    let seq = sqlx::query_scalar::<_, i64>(SEQ_OF).bind(chat.0).bind(id.as_bytes());
    Ok(seq.fetch_optional(&mut **tx).await?.map(|seq| Seq(seq.cast_unsigned())))
}

/// Whether this relay has taken our handshake itself, and so has released its welcomes.
pub async fn is_accepted(tx: &mut Tx<'_>, chat: ChatNo) -> Result<bool> {
    let accepted = sqlx::query_scalar::<_, i64>(ACCEPTED).bind(chat.0).fetch_optional(&mut **tx).await?;
    Ok(accepted == Some(1))
}

pub async fn set_accepted(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(SET_ACCEPTED).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// The relay may have lost what it has taken.
pub async fn forget_accepted(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(FORGET_ACCEPTED).execute(&mut **tx).await?;
    Ok(())
}

/// What [`keep`] kept; empty where it did not.
pub async fn body(tx: &mut Tx<'_>, chat: ChatNo, seq: Seq) -> Result<Vec<u8>> {
    let body: Option<Vec<u8>> =
        sqlx::query_scalar(BODY).bind(chat.0).bind(seq.0.cast_signed()).fetch_optional(&mut **tx).await?;
    Ok(body.unwrap_or_default())
}

pub async fn list(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Vec<Logged>> {
    let rows: Vec<Row> = sqlx::query_as(LIST).bind(chat.0).fetch_all(conn).await?;
    rows.into_iter().map(logged).collect()
}

/// What came of a device after a handshake of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// No later one has let it in.
    Same,
    /// One at this place has, once, where it was not in; and the device has made none itself after that.
    LetIn(Seq),
    /// It has gone and come again, was let in more than once, or has made handshakes.
    Moved,
}

/// What the handshakes after `after` have done with this device.
pub async fn since(conn: &mut SqliteConnection, chat: ChatNo, device: DeviceId, after: Seq) -> Result<Since> {
    Ok(came_since(&list(conn, chat).await?, device, after))
}

fn came_since(log: &[Logged], device: DeviceId, after: Seq) -> Since {
    let mut since = Since::Same;
    for Logged { seq, event, .. } in log.iter().filter(|logged| logged.seq > after) {
        let event = &event.event;
        let mut added = event.adds.iter().filter_map(|added| added.identity.verify().ok());
        let adds = added.any(|member| member.device == device);
        since = match since {
            Since::Same if adds && event.by != device && !event.removes.contains(&device) => {
                Since::LetIn(*seq)
            }
            Since::LetIn(_) if event.by == device => Since::Moved,
            _ if adds => Since::Moved,
            since => since,
        };
    }
    since
}

/// The newest one.
pub async fn last(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Option<Logged>> {
    let row: Option<Row> = sqlx::query_as(LAST).bind(chat.0).fetch_optional(conn).await?;
    row.map(logged).transpose()
}

type Row = (i64, Millis, Vec<u8>);

fn logged((seq, accepted_at, event): Row) -> Result<Logged> {
    let event =
        codec::decode(&event, limits::CONTENT_BYTES).map_err(|_| Error::Damaged("the membership log"))?;
    Ok(Logged { seq: Seq(seq.cast_unsigned()), accepted_at, event })
}

pub async fn put_pending(tx: &mut Tx<'_>, chat: ChatNo, envelope: &Envelope) -> Result<()> {
    sqlx::query(PUT_PENDING)
        .bind(chat.0)
        .bind(envelope.id.as_bytes())
        .bind(codec::encode(envelope))
        .execute(&mut **tx)
        .await?;
    tx.touched.outbox = true;
    Ok(())
}

pub async fn pending(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Option<Envelope>> {
    let row: Option<Vec<u8>> = sqlx::query_scalar(PENDING).bind(chat.0).fetch_optional(conn).await?;
    row.map(|bytes| {
        codec::decode(&bytes, limits::CONTENT_BYTES).map_err(|_| Error::Damaged("a waiting handshake"))
    })
    .transpose()
}

pub async fn pending_id(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Option<EnvelopeId>> {
    let row: Option<Vec<u8>> = sqlx::query_scalar(PENDING_ID).bind(chat.0).fetch_optional(&mut **tx).await?;
    Ok(row.and_then(|id| EnvelopeId::from_slice(&id).ok()))
}

pub async fn drop_pending(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(DROP_PENDING).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use beseda_protocol::{
        ChatId, SlotId, SlotKey,
        membership::{Added, ChatKind, Event, History, Roles},
        sign::Signature,
    };

    use super::*;
    use crate::crypto::{Secret, keys::DeviceKeys};

    #[test]
    fn a_device_is_let_in_once_as_long_as_it_has_done_nothing_itself() {
        let keys = || DeviceKeys::create(&Secret::generate(), &Secret::generate());
        let (host, guest) = (keys(), keys());
        let handshake = |seq: u64, by: &DeviceKeys, adds: bool, removes: bool| Logged {
            seq: Seq(seq),
            accepted_at: 0,
            event: SignedEvent {
                event: Event {
                    v: 1,
                    chat: ChatId([1; 16]),
                    era: seq,
                    parent: Seq::ZERO,
                    follows: None,
                    by: by.device(),
                    adds: Vec::from_iter(adds.then(|| Added {
                        identity: guest.identity().clone(),
                        slot: SlotId([2; 16]),
                        key: SlotKey([3; 32]),
                    })),
                    removes: Vec::from_iter(removes.then(|| guest.device())),
                    roles: Roles::new(ChatId([1; 16]), ChatKind::Group, host.user(), History::All),
                    at: 0,
                },
                signature: Signature([0; 64]),
            },
        };
        let since = |log: &[Logged], after| came_since(log, guest.device(), Seq(after));
        let mut log = vec![handshake(3, &host, false, false), handshake(5, &host, true, false)];
        assert_eq!((since(&log, 3), since(&log, 5)), (Since::LetIn(Seq(5)), Since::Same));
        log.push(handshake(6, &host, false, false));
        assert_eq!(since(&log, 3), Since::LetIn(Seq(5)));
        for moved in [
            handshake(7, &guest, false, false),
            handshake(7, &host, true, true),
            handshake(7, &host, true, false),
        ] {
            log.push(moved);
            assert_eq!(since(&log, 3), Since::Moved);
            log.pop();
        }
        // By what it did itself, or in place of what it was.
        assert_eq!(since(&[handshake(5, &guest, true, false)], 3), Since::Moved);
        assert_eq!(since(&[handshake(5, &host, true, true)], 3), Since::Moved);
    }
}
