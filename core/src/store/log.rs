//! The log of a chat as this device knows it: which envelope stood at which place, and what is needed to put it into a log
//! again; and the way back to an earlier place of it, where the relay's log has gone on in another way.
//!
//! Not here: what is done when (`sync::refill`), and how an envelope is sealed.

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, LogId, Seq, Tag, UserId, codec,
    envelope::{EnvelopeKind, LogEntry},
    limits,
    membership::SignedEvent,
    request::Mark,
};
use sqlx::SqliteConnection;

use super::{
    Tx,
    changes::{self, Sealed},
    statements,
};
use crate::{
    crypto::Secret,
    domain::{ActorNo, ChatNo, Millis, Place},
    error::{Error, Result},
};

statements! {
    CHANGES = "SELECT place, change_no, accepted_at, sealed FROM changes WHERE chat_no = ? AND place > ? ORDER BY place";
    HANDSHAKES = "SELECT seq, accepted_at, envelope_id FROM handshakes WHERE chat_no = ? AND seq > ? AND envelope_id <> x''
        ORDER BY seq";
    ASIDE = "SELECT entry FROM quarantine WHERE chat_no = ? AND seq > ? ORDER BY seq";
    PASSED = "SELECT seq, envelope_id FROM passed WHERE chat_no = ? AND seq > ? ORDER BY seq";
    PASS = "INSERT OR REPLACE INTO passed (chat_no, seq, envelope_id) VALUES (?, ?, ?)";
    DROP_PASSED = "DELETE FROM passed WHERE chat_no = ? AND seq > ?";
    CHANGE = "SELECT actor_no, bytes, sealed FROM changes WHERE change_no = ?";
    TAKE_BACK = "UPDATE changes SET place = 0, turn = ?, envelope_id = ? WHERE change_no = ?";
    PUT_IN_QUEUE = "UPDATE changes SET envelope_id = ?1, sealed = iif(sealed = x'', ?1, sealed) WHERE change_no = ?2";
    SAY_AGAIN = "UPDATE changes SET place = 0, envelope_id = x'' WHERE chat_no = ?1 AND place > ?2
        AND actor_no IN (SELECT actor_no FROM actors WHERE chat_no = ?1 AND device_id = ?3)";
    DROP_CHANGES = "DELETE FROM changes WHERE chat_no = ? AND place > ?";
    CARRY = "INSERT INTO carried (chat_no, turn, envelope_id, body, event, era_key)
        SELECT h.chat_no, h.seq * 4096 - 4611686018427387904, h.envelope_id, h.body, h.event, e.era_key
        FROM handshakes h JOIN eras e ON e.chat_no = h.chat_no AND e.handshake = h.seq WHERE h.chat_no = ? AND h.seq > ?";
    NOT_KEPT = "SELECT EXISTS (SELECT 1 FROM handshakes WHERE chat_no = ?1 AND seq > ?2 AND envelope_id = x'')
        OR EXISTS (SELECT 1 FROM standings WHERE chat_no = ?1 AND seq > ?2)";
    DROP_HANDSHAKES = "DELETE FROM handshakes WHERE chat_no = ? AND seq > ?";
    DROP_STANDINGS = "DELETE FROM standings WHERE chat_no = ? AND seq > ?";
    DROP_ERAS = "DELETE FROM eras WHERE chat_no = ? AND handshake > ?";
    DROP_ASIDE = "DELETE FROM quarantine WHERE chat_no = ? AND seq > ?";
    STOOD_BEFORE = "UPDATE chats SET read_place = min(read_place, ?), joined_at_seq = min(joined_at_seq, ?) WHERE chat_no = ?";
    STILL_IN = "UPDATE member_devices SET removed_seq = 0 WHERE chat_no = ?1 AND removed_seq > ?2";
    NOT_YET_IN = "UPDATE member_devices SET added_seq = ?2, removed_seq = ?2 WHERE chat_no = ?1 AND added_seq > ?2";
    STAND_AT = "UPDATE chats SET log_id = ?, cursor = ?, cursor_id = ?, cursor_tag = ?, last_handshake = ?, backed_up = 0, left_since = 0,
        quarantined = (SELECT count(*) FROM quarantine q WHERE q.chat_no = chats.chat_no) WHERE chat_no = ?";
    CHANGES_AT = "UPDATE changes SET accepted_at = ? WHERE chat_no = ? AND place BETWEEN ? AND ?";
    HANDSHAKE_AT = "UPDATE handshakes SET accepted_at = ? WHERE chat_no = ? AND seq = ?";
    STANDING_AT = "UPDATE standings SET accepted_at = ? WHERE chat_no = ? AND seq = ?";
    ASIDE_AT = "UPDATE quarantine SET entry = ? WHERE chat_no = ? AND seq = ?";
    BEGUN = "SELECT begun_log, begun_upto FROM chats WHERE chat_no = ?";
    SET_BEGUN = "UPDATE chats SET begun_log = ?, begun_upto = cursor WHERE chat_no = ?";
    LEAVE_TO_OTHERS = "UPDATE chats SET left_since = iif(left_since = 0, ?, left_since) WHERE chat_no = ? RETURNING left_since";
    SET_SEGMENT_FROM = "UPDATE chats SET segment_from = ? WHERE chat_no = ?";
    FIRST_CARRIED = "SELECT turn, envelope_id, body, event FROM carried WHERE chat_no = ? ORDER BY turn LIMIT 1";
    CARRIED = "SELECT body, era_key FROM carried WHERE chat_no = ?1 AND turn = (SELECT min(turn) FROM carried WHERE chat_no = ?1)
        AND envelope_id = ?2";
    CARRIED_EVENTS = "SELECT event FROM carried WHERE chat_no = ?";
    CARRIES = "SELECT EXISTS (SELECT 1 FROM carried WHERE chat_no = ?)";
    DROP_CARRIED = "DELETE FROM carried WHERE chat_no = ? AND envelope_id = ?";
    DROP_ALL_CARRIED = "DELETE FROM carried WHERE chat_no = ?";
    DROP_CARRIED_UPTO = "DELETE FROM carried WHERE chat_no = ? AND turn <= ?";
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub struct Known {
    pub seq: Seq,
    pub id: EnvelopeId,
    pub kind: EnvelopeKind,
    /// On the relay's clock.
    pub accepted_at: Millis,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    /// Numbers of the changes that it brought, in their order.
    Changes(Vec<i64>),
    /// It took effect.
    Handshake,
    /// It was set aside.
    Aside(Vec<u8>),
    /// It brought nothing that was not there before it.
    Nothing,
    /// It is not here: it was closed to this device, or came before this was kept.
    Unknown,
}

/// The log after `after`, up to and with `upto`, without a hole.
pub async fn known(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    id: ChatId,
    after: Seq,
    upto: Seq,
) -> Result<Vec<Known>> {
    let damaged = || Error::Damaged("the log of a chat");
    let seq_of = |seq: i64| Seq(seq.cast_unsigned());
    let first = after.0.cast_signed();
    let mut log: Vec<Known> = Vec::new();
    let last_place = Place::last(after).ok_or_else(damaged)?;
    let rows: Vec<(i64, i64, Millis, Vec<u8>)> =
        sqlx::query_as(CHANGES).bind(chat.0).bind(last_place.0).fetch_all(&mut *conn).await?;
    let mut rows = rows.into_iter().peekable();
    while let Some((place, number, accepted_at, sealed)) = rows.next() {
        let seq = Place(place).seq();
        let (mut numbers, mut sealed) = (vec![number], Sealed::decode(&sealed));
        while let Some((_, number, _, last)) = rows.next_if(|(place, ..)| Place(*place).seq() == seq) {
            numbers.push(number);
            sealed = Sealed::decode(&last).or(sealed);
        }
        let (id, what) = match sealed {
            Some(sealed) => (sealed.envelope, What::Changes(numbers)),
            None => (EnvelopeId::void(id, seq), What::Unknown),
        };
        log.push(Known { seq, id, kind: EnvelopeKind::Content, accepted_at, what });
    }
    let rows: Vec<(i64, Millis, Vec<u8>)> =
        sqlx::query_as(HANDSHAKES).bind(chat.0).bind(first).fetch_all(&mut *conn).await?;
    for (seq, accepted_at, id) in rows {
        let id = EnvelopeId::from_slice(&id).map_err(|_| damaged())?;
        let kind = EnvelopeKind::Handshake;
        log.push(Known { seq: seq_of(seq), id, kind, accepted_at, what: What::Handshake });
    }
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(ASIDE).bind(chat.0).bind(first).fetch_all(&mut *conn).await?;
    for entry in rows {
        let entry: LogEntry = codec::decode(&entry, limits::REQUEST_BYTES).map_err(|_| damaged())?;
        let LogEntry { seq, id, kind, accepted_at, body, .. } = entry;
        log.push(Known { seq, id, kind, accepted_at, what: What::Aside(body) });
    }
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as(PASSED).bind(chat.0).bind(first).fetch_all(&mut *conn).await?;
    for (seq, id) in rows {
        let id = EnvelopeId::from_slice(&id).map_err(|_| damaged())?;
        let (seq, kind) = (seq_of(seq), EnvelopeKind::Content);
        log.push(Known { seq, id, kind, accepted_at: 0, what: What::Nothing });
    }
    log.sort_by_key(|known| known.seq);
    Ok(filled(id, log, after, upto))
}

/// With something in every place. Pure.
fn filled(chat: ChatId, log: Vec<Known>, after: Seq, upto: Seq) -> Vec<Known> {
    let mut known = log.into_iter().peekable();
    let mut whole = Vec::new();
    let (mut seq, mut accepted_at) = (after, 0);
    while seq < upto {
        seq = seq.next();
        while known.next_if(|known| known.seq < seq).is_some() {}
        let here = known.next_if(|known| known.seq == seq).unwrap_or_else(|| Known {
            seq,
            id: EnvelopeId::void(chat, seq),
            // A log begins with a handshake.
            kind: if seq.0 == 1 { EnvelopeKind::Handshake } else { EnvelopeKind::Content },
            accepted_at,
            what: What::Unknown,
        });
        accepted_at = here.accepted_at.max(accepted_at);
        whole.push(here);
    }
    whole
}

/// An entry that brought nothing new is known by its id alone.
pub async fn pass(tx: &mut Tx<'_>, chat: ChatNo, entry: &LogEntry) -> Result<()> {
    sqlx::query(PASS)
        .bind(chat.0)
        .bind(entry.seq.0.cast_signed())
        .bind(entry.id.as_bytes())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A change of the log: whose, its bytes, and what made its envelope if it was the last one in it.
pub async fn change(conn: &mut SqliteConnection, number: i64) -> Result<(ActorNo, Vec<u8>, Option<Sealed>)> {
    let (actor, bytes, sealed): (i64, Vec<u8>, Vec<u8>) =
        sqlx::query_as(CHANGE).bind(number).fetch_one(conn).await?;
    Ok((ActorNo(actor), bytes, Sealed::decode(&sealed)))
}

/// The chat follows this log from here on.
pub async fn stand_at(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    log: LogId,
    cursor: Seq,
    mark: Option<&Mark>,
    last_handshake: Seq,
) -> Result<()> {
    sqlx::query(STAND_AT)
        .bind(log.as_bytes())
        .bind(cursor.0.cast_signed())
        .bind(mark.map_or(&[][..], |mark| mark.id.as_bytes()))
        .bind(mark.map_or(&[][..], |mark| mark.tag.as_bytes()))
        .bind(last_handshake.0.cast_signed())
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// An entry of the log was accepted at another time than is known here: it was put there again by who did not know when.
pub async fn set_time(tx: &mut Tx<'_>, chat: ChatNo, known: &Known, at: Millis) -> Result<()> {
    let damaged = || Error::Damaged("the log of a chat");
    let seq = known.seq.0.cast_signed();
    match &known.what {
        What::Changes(_) => {
            let first = Place::accepted(known.seq, 0).ok_or_else(damaged)?;
            let last = Place::last(known.seq).ok_or_else(damaged)?;
            let set = sqlx::query(CHANGES_AT).bind(at).bind(chat.0).bind(first.0).bind(last.0);
            set.execute(&mut **tx).await?;
        }
        What::Handshake => {
            for statement in [HANDSHAKE_AT, STANDING_AT] {
                sqlx::query(statement).bind(at).bind(chat.0).bind(seq).execute(&mut **tx).await?;
            }
        }
        What::Aside(body) => {
            let Known { seq: at_seq, id, kind, .. } = *known;
            let (tag, body) = (Tag::default(), body.clone());
            let entry = codec::encode(&LogEntry { seq: at_seq, id, kind, accepted_at: at, tag, body });
            sqlx::query(ASIDE_AT).bind(entry).bind(chat.0).bind(seq).execute(&mut **tx).await?;
        }
        What::Nothing | What::Unknown => {}
    }
    Ok(())
}

/// The log that this device has begun anew, if it has, and up to which handshake the relay knows the keys by that.
pub async fn begun(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Option<(LogId, Seq)>> {
    let (log, upto): (Vec<u8>, i64) = sqlx::query_as(BEGUN).bind(chat.0).fetch_one(conn).await?;
    Ok(LogId::from_slice(&log).ok().map(|log| (log, Seq(upto.cast_unsigned()))))
}

/// The relay's log of the chat is this one, which this device has begun with the keys of all who are in.
pub async fn set_begun(tx: &mut Tx<'_>, chat: ChatNo, log: LogId) -> Result<()> {
    sqlx::query(SET_BEGUN).bind(log.as_bytes()).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// This device leaves it to others to bring the log back. Answers since when.
pub async fn leave_to_others(tx: &mut Tx<'_>, chat: ChatNo, now: Millis) -> Result<Millis> {
    Ok(sqlx::query_scalar(LEAVE_TO_OTHERS).bind(now).bind(chat.0).fetch_one(&mut **tx).await?)
}

/// Whether all handshakes after `to` are here as the log has them, and none of them is where the log begins for this device.
pub async fn kept_after(tx: &mut Tx<'_>, chat: ChatNo, to: Seq) -> Result<bool> {
    let not_kept = sqlx::query_scalar::<_, i64>(NOT_KEPT).bind(chat.0).bind(to.0.cast_signed());
    Ok(not_kept.fetch_one(&mut **tx).await? == 0)
}

/// Goes back to `to`: what came after it waits to go into a log again, in its old order. The rows that screens read are to
/// be made anew.
pub async fn go_back(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    id: ChatId,
    this: DeviceId,
    (to, from): (Seq, Seq),
) -> Result<()> {
    let seq = to.0.cast_signed();
    for known in known(tx, chat, id, to, from).await? {
        let What::Changes(numbers) = known.what else { continue };
        for number in numbers {
            sqlx::query(TAKE_BACK)
                .bind(turn_of(known.seq))
                .bind(known.id.as_bytes())
                .bind(number)
                .execute(&mut **tx)
                .await?;
        }
    }
    // From before this was kept. What others said then nobody can prove any more; they have it.
    let last_place = Place::last(to).ok_or(Error::Damaged("the log of a chat"))?.0;
    sqlx::query(SAY_AGAIN).bind(chat.0).bind(last_place).bind(this.as_bytes()).execute(&mut **tx).await?;
    let dropped = sqlx::query(DROP_CHANGES).bind(chat.0).bind(last_place).execute(&mut **tx).await?;
    if dropped.rows_affected() > 0 {
        changes::drop_saved(tx).await?;
    }
    sqlx::query(STOOD_BEFORE).bind(last_place).bind(seq).bind(chat.0).execute(&mut **tx).await?;
    for statement in
        [CARRY, DROP_HANDSHAKES, DROP_STANDINGS, DROP_ERAS, DROP_ASIDE, DROP_PASSED, STILL_IN, NOT_YET_IN]
    {
        sqlx::query(statement).bind(chat.0).bind(seq).execute(&mut **tx).await?;
    }
    tx.memory().forget(chat);
    Ok(())
}

/// Keys of what was not read yet: they belong to another log.
pub async fn forget_eras(tx: &mut Tx<'_>, chat: ChatNo, after: Seq) -> Result<()> {
    sqlx::query(DROP_ERAS).bind(chat.0).bind(after.0.cast_signed()).execute(&mut **tx).await?;
    tx.memory().forget(chat);
    Ok(())
}

/// A change that came in a bundle waits with those of this device, in the envelope in which its author's device will send
/// it too.
pub async fn put_in_queue(tx: &mut Tx<'_>, number: i64, envelope: EnvelopeId) -> Result<()> {
    sqlx::query(PUT_IN_QUEUE).bind(envelope.as_bytes()).bind(number).execute(&mut **tx).await?;
    Ok(())
}

/// What was at `seq` goes out before what was at the next one, and all of it before what was never sent (0).
fn turn_of(seq: Seq) -> i64 {
    seq.0.cast_signed() * 4096 - (1 << 62)
}

/// Content of older segments does not count; see [`super::standings::set_segment_from`], which only raises it.
pub async fn reset_segment_from(tx: &mut Tx<'_>, chat: ChatNo, segment: u32) -> Result<()> {
    sqlx::query(SET_SEGMENT_FROM).bind(i64::from(segment)).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// A handshake that took effect in a log which has gone on without it.
#[derive(Debug, Clone)]
pub struct Carried {
    pub turn: i64,
    pub id: EnvelopeId,
    pub body: Vec<u8>,
    pub event: SignedEvent,
}

/// The next one to be put into the log.
pub async fn first_carried(conn: &mut SqliteConnection, chat: ChatNo) -> Result<Option<Carried>> {
    type Row = (i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let row: Option<Row> = sqlx::query_as(FIRST_CARRIED).bind(chat.0).fetch_optional(conn).await?;
    let damaged = || Error::Damaged("a handshake of another log");
    row.map(|(turn, id, body, event)| {
        Ok(Carried {
            turn,
            id: EnvelopeId::from_slice(&id).map_err(|_| damaged())?,
            body,
            event: codec::decode(&event, limits::CONTENT_BYTES).map_err(|_| damaged())?,
        })
    })
    .transpose()
}

/// Whether the group of this device is ahead of the log.
pub async fn carries(conn: &mut SqliteConnection, chat: ChatNo) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(CARRIES).bind(chat.0).fetch_one(conn).await? == 1)
}

/// Whether one of the handshakes that are to be put into the log lets in a device of this person.
pub async fn carries_in(conn: &mut SqliteConnection, chat: ChatNo, user: UserId) -> Result<bool> {
    let events: Vec<Vec<u8>> = sqlx::query_scalar(CARRIED_EVENTS).bind(chat.0).fetch_all(conn).await?;
    for event in events {
        let event: SignedEvent = codec::decode(&event, limits::CONTENT_BYTES)
            .map_err(|_| Error::Damaged("a handshake of another log"))?;
        if event.event.adds.iter().any(|added| added.identity.user_id() == user) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The key of the era that this entry of the log begins, if it is the one that was to come next.
pub async fn carried_key(tx: &mut Tx<'_>, chat: ChatNo, entry: &LogEntry) -> Result<Option<Secret>> {
    let row: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(CARRIED).bind(chat.0).bind(entry.id.as_bytes()).fetch_optional(&mut **tx).await?;
    // To the byte: under the same id there could be another commit.
    let Some((_, key)) = row.filter(|(body, _)| *body == entry.body) else { return Ok(None) };
    Ok(Some(Secret::from_slice(&key).ok_or(Error::Damaged("era key"))?))
}

/// The log holds it.
pub async fn drop_carried(tx: &mut Tx<'_>, chat: ChatNo, id: EnvelopeId) -> Result<()> {
    sqlx::query(DROP_CARRIED).bind(chat.0).bind(id.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// The log holds those up to the one that stood at `upto` before it was gone back.
pub async fn drop_carried_upto(tx: &mut Tx<'_>, chat: ChatNo, upto: Seq) -> Result<()> {
    sqlx::query(DROP_CARRIED_UPTO).bind(chat.0).bind(turn_of(upto)).execute(&mut **tx).await?;
    Ok(())
}

/// None of them can be put into the log any more.
pub async fn drop_all_carried(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(DROP_ALL_CARRIED).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_something_in_every_place() {
        let chat = ChatId([5; 16]);
        let known = |seq, id| Known {
            seq: Seq(seq),
            id: EnvelopeId([id; 16]),
            kind: EnvelopeKind::Content,
            accepted_at: i64::from(id),
            what: What::Changes(vec![]),
        };
        let log = filled(chat, vec![known(3, 3), known(5, 5)], Seq(0), Seq(6));
        let void = |seq| EnvelopeId::void(chat, Seq(seq));
        let ids: Vec<_> = log.iter().map(|known| known.id).collect();
        assert_eq!(ids, [void(1), void(2), EnvelopeId([3; 16]), void(4), EnvelopeId([5; 16]), void(6)]);
        assert_eq!(log.iter().map(|known| known.accepted_at).collect::<Vec<_>>(), [0, 0, 3, 3, 5, 5]);
        assert_eq!(log[0].kind, EnvelopeKind::Handshake);
        assert_eq!(filled(chat, vec![known(3, 3)], Seq(3), Seq(4)).len(), 1);
    }
}
