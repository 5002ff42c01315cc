//! Changes as they were signed, and the outbox: those the relay has not accepted.

use std::{collections::BTreeSet, sync::LazyLock};

use beseda_protocol::{ActorId, DeviceId, EnvelopeId, sign::Signature};
use sqlx::{QueryBuilder, Sqlite};

use super::{
    Tx, chats,
    memory::OpenSegment,
    messages::{self, Bound, NewMessage},
    statements,
};
use crate::{
    document::{ChangeHash, Segment},
    domain::{ActorNo, ChatNo, Millis, Place},
    error::{Error, Result},
};

statements! {
    NEXT_NUMBER = "SELECT coalesce(max(change_no), 0) + 1 FROM changes";
    INSERT = "INSERT INTO changes (change_no, chat_no, segment, actor_no, seq, hash, max_op, first_fact, next_fact,
        place, accepted_at, bytes, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    MAX_OP = "SELECT c.max_op FROM changes c WHERE c.chat_no = ? AND c.hash = ? AND c.segment = ?";
    BY_SEQ = "SELECT change_no, hash, place, first_fact, next_fact, bytes FROM changes WHERE actor_no = ? AND seq = ?";
    ACCEPT = "UPDATE changes SET place = ?, accepted_at = ?, sealed = ?, turn = 0 WHERE change_no = ?";
    FACTS_OF_SEGMENT = "SELECT coalesce(sum(next_fact - first_fact), 0) FROM changes WHERE chat_no = ? AND segment = ?";
    SINCE = "SELECT change_no, bytes FROM changes WHERE chat_no = ? AND segment = ? AND change_no > ?
        ORDER BY change_no";
    SAVED = "SELECT change_no, saved FROM segments WHERE chat_no = ? AND segment = ?";
    SAVE = "INSERT INTO segments (chat_no, segment, change_no, saved) VALUES (?, ?, ?, ?)
        ON CONFLICT (chat_no, segment) DO UPDATE SET change_no = excluded.change_no, saved = excluded.saved";
    DROP_SAVED = "DELETE FROM segments WHERE chat_no = ? AND segment = ?";
    DROP_ALL_SAVED = "DELETE FROM segments";
    OUTBOX = "SELECT change_no, actor_no, hash, envelope_id, bytes, turn, sealed FROM changes
        WHERE chat_no = ? AND place = 0 ORDER BY turn, change_no LIMIT ?";
    OUTBOX_CHATS = "SELECT c.chat_no FROM chats c WHERE c.status = 'active'
        AND EXISTS (SELECT 1 FROM changes WHERE changes.chat_no = c.chat_no AND changes.place = 0)";
    // `+`: by the outbox, which holds what waits, not by the index of segments, which holds all.
    QUEUED = "SELECT a.actor_id, c.first_fact, c.accepted_at, c.bytes, c.segment, c.turn, c.sealed <> x'', a.device_id FROM changes c JOIN actors a USING (actor_no)
        WHERE c.chat_no = ? AND c.place = 0 AND +c.segment < ? AND (+c.turn, +c.change_no) >= (?, ?) ORDER BY c.turn, c.change_no";
    OF_DEVICE = "SELECT a.actor_id, c.first_fact, c.accepted_at, c.bytes FROM actors a JOIN changes c ON c.actor_no = a.actor_no
        WHERE a.chat_no = ? AND a.device_id = ? ORDER BY a.segment, a.actor_no, c.seq";
    PLACED = "SELECT bytes FROM changes WHERE chat_no = ? AND segment = ? AND place > 0 ORDER BY change_no";
    SET_TURN_OF_LAST = "UPDATE changes SET turn = ? WHERE change_no = (SELECT max(change_no) FROM changes)";
    DROP_QUEUED = "DELETE FROM changes WHERE chat_no = ? AND place = 0 AND +segment < ? AND (+turn, +change_no) >= (?, ?)";
    WAITS = "SELECT EXISTS (SELECT 1 FROM changes WHERE chat_no = ? AND place = 0)";
    WAITS_OF_COPY = "SELECT EXISTS (SELECT 1 FROM changes c JOIN actors a USING (actor_no)
        WHERE c.chat_no = ? AND c.place = 0 AND c.turn = 0 AND c.sealed = x'' AND a.device_id <> ?)";
    PUT_IN_ENVELOPE = "UPDATE changes SET envelope_id = ? WHERE change_no BETWEEN ? AND ? AND chat_no = ? AND place = 0 AND envelope_id = x''";
    DROP_OTHERS = "DELETE FROM changes WHERE chat_no = ?1 AND place = 0 AND envelope_id = ?2
        AND actor_no NOT IN (SELECT actor_no FROM actors WHERE chat_no = ?1 AND device_id = ?3)";
    DROP_OUTSIDERS = "DELETE FROM changes WHERE chat_no = ?1 AND place = 0 AND actor_no IN (SELECT a.actor_no FROM actors a
        JOIN member_devices d ON d.chat_no = a.chat_no AND d.device_id = a.device_id
        WHERE a.chat_no = ?1 AND a.device_id <> ?2 AND d.lost) RETURNING turn, change_no";
    WAITS_BEFORE = "SELECT EXISTS (SELECT 1 FROM changes WHERE chat_no = ? AND place = 0 AND +segment < ?)";
    TAKE_OUT = "UPDATE changes SET envelope_id = x'' WHERE chat_no = ? AND place = 0 AND envelope_id = ?";
}

/// A segment's save is made anew when this many changes came after it.
const SAVE_AFTER: usize = 500;

/// A change as a row.
#[derive(Debug, Clone)]
pub struct NewChange {
    pub chat: ChatNo,
    pub segment: u32,
    pub actor: ActorNo,
    pub seq: u64,
    pub hash: ChangeHash,
    pub max_op: u64,
    pub first_fact: u32,
    pub next_fact: u32,
    /// `None`: not accepted yet.
    pub place: Option<Place>,
    pub accepted_at: Millis,
    pub bytes: Vec<u8>,
    /// Of the last change of an envelope of the log.
    pub sealed: Option<Sealed>,
}

/// What makes an envelope of changes that are known: any member can so put it into a log again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    pub envelope: EnvelopeId,
    /// By the author's device, over the envelope's last change.
    pub signature: Signature,
}

impl Sealed {
    fn encode(sealed: Option<&Self>) -> Vec<u8> {
        sealed.map_or_else(Vec::new, |sealed| [&sealed.envelope.0[..], &sealed.signature.0[..]].concat())
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (envelope, signature) = bytes.split_at_checked(16)?;
        Some(Self {
            envelope: EnvelopeId::from_slice(envelope).ok()?,
            signature: Signature(signature.try_into().ok()?),
        })
    }
}

/// A stored change of a column.
#[derive(Debug, Clone)]
pub struct Stored {
    pub number: i64,
    pub hash: ChangeHash,
    pub queued: bool,
    pub first_fact: u32,
    pub next_fact: u32,
    pub bytes: Vec<u8>,
}

/// A change that waits to be sent.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub number: i64,
    pub actor: ActorNo,
    pub hash: ChangeHash,
    /// `None`: never sealed.
    pub envelope: Option<EnvelopeId>,
    pub bytes: Vec<u8>,
    /// Below 0: it was in a log that has gone on without it.
    pub turn: i64,
    /// As somebody has sealed it before.
    pub sealed: Option<Sealed>,
}

/// Reserves `count` numbers and gives the first.
pub async fn reserve(tx: &mut Tx<'_>, count: i64) -> Result<i64> {
    let next = match tx.memory().next_change {
        Some(next) => next,
        None => sqlx::query_scalar(NEXT_NUMBER).fetch_one(&mut **tx).await?,
    };
    tx.memory().next_change = Some(next + count);
    Ok(next)
}

fn bound<'q>(insert: Bound<'q>, number: i64, change: &NewChange) -> Bound<'q> {
    insert
        .bind(number)
        .bind(change.chat.0)
        .bind(i64::from(change.segment))
        .bind(change.actor.0)
        .bind(change.seq.cast_signed())
        .bind(change.hash.0.to_vec())
        .bind(change.max_op.cast_signed())
        .bind(i64::from(change.first_fact))
        .bind(i64::from(change.next_fact))
        .bind(change.place.map_or(0, |place| place.0))
        .bind(change.accepted_at)
        .bind(change.bytes.clone())
        .bind(Sealed::encode(change.sealed.as_ref()))
}

/// A change and the message it says, in one exchange with the database's thread.
pub async fn insert_with_message(
    tx: &mut Tx<'_>,
    number: i64,
    change: &NewChange,
    message: &NewMessage,
) -> Result<()> {
    static BOTH: LazyLock<String> = LazyLock::new(|| format!("{INSERT}; {}", messages::insert_statement()));
    let both = bound(sqlx::query(BOTH.as_str()), number, change);
    messages::bound(both, message).execute(&mut **tx).await?;
    remember(tx, number, change);
    Ok(())
}

/// The same as the last thing of a transaction: with the chat's line, and the commit.
pub(super) async fn insert_with_message_and_commit(
    tx: &mut Tx<'_>,
    number: i64,
    change: &NewChange,
    message: &NewMessage,
) -> Result<()> {
    static ALL: LazyLock<String> = LazyLock::new(|| {
        let (message, line) = (messages::insert_statement(), chats::refresh_line_statement());
        format!("{INSERT}; {message}; {line}; COMMIT")
    });
    let all = bound(sqlx::query(ALL.as_str()), number, change);
    messages::bound(all, message).bind(message.chat.0).execute(&mut **tx).await?;
    remember(tx, number, change);
    Ok(())
}

/// Inserts in the order given, in few statements.
pub async fn insert(tx: &mut Tx<'_>, first_number: i64, changes: &[NewChange]) -> Result<()> {
    if let [change] = changes {
        bound(sqlx::query(INSERT), first_number, change).execute(&mut **tx).await?;
    } else {
        let mut number = first_number;
        for chunk in changes.chunks(128) {
            let mut insert = QueryBuilder::<Sqlite>::new(
                "INSERT INTO changes (change_no, chat_no, segment, actor_no, seq, hash, max_op, first_fact, \
                 next_fact, place, accepted_at, bytes, sealed) ",
            );
            insert.push_values(chunk, |mut row, change| {
                row.push_bind(number)
                    .push_bind(change.chat.0)
                    .push_bind(i64::from(change.segment))
                    .push_bind(change.actor.0)
                    .push_bind(change.seq.cast_signed())
                    .push_bind(&change.hash.0[..])
                    .push_bind(change.max_op.cast_signed())
                    .push_bind(i64::from(change.first_fact))
                    .push_bind(i64::from(change.next_fact))
                    .push_bind(change.place.map_or(0, |place| place.0))
                    .push_bind(change.accepted_at)
                    .push_bind(&change.bytes)
                    .push_bind(Sealed::encode(change.sealed.as_ref()));
                number += 1;
            });
            insert.build().execute(&mut **tx).await?;
        }
    }
    for (number, change) in (first_number..).zip(changes) {
        remember(tx, number, change);
    }
    Ok(())
}

fn remember(tx: &mut Tx<'_>, number: i64, change: &NewChange) {
    let memory = tx.memory().chat(change.chat);
    memory.newest.insert(change.segment, number);
    memory.max_ops.put((change.segment, change.hash), change.max_op);
    if let Some(facts) = memory.facts.get_mut(&change.segment) {
        *facts += u64::from(change.next_fact - change.first_fact);
    }
}

/// Brings the highest operations of `hashes` into memory, where they are stored.
pub async fn recall(tx: &mut Tx<'_>, chat: ChatNo, segment: u32, hashes: &[ChangeHash]) -> Result<()> {
    for hash in hashes {
        let max_op: Option<i64> = sqlx::query_scalar(MAX_OP)
            .bind(chat.0)
            .bind(&hash.0[..])
            .bind(i64::from(segment))
            .fetch_optional(&mut **tx)
            .await?;
        if let Some(max_op) = max_op {
            tx.memory().chat(chat).max_ops.put((segment, *hash), max_op.cast_unsigned());
        }
    }
    Ok(())
}

pub async fn by_seq(tx: &mut Tx<'_>, actor: ActorNo, seq: u64) -> Result<Option<Stored>> {
    type Row = (i64, Vec<u8>, i64, i64, i64, Vec<u8>);
    let row: Option<Row> =
        sqlx::query_as(BY_SEQ).bind(actor.0).bind(seq.cast_signed()).fetch_optional(&mut **tx).await?;
    row.map(|(number, hash, place, first, next, bytes)| {
        let fact = |n| u32::try_from(n).map_err(|_| Error::Damaged("a change's facts"));
        Ok(Stored {
            number,
            hash: ChangeHash::from_slice(&hash).ok_or(Error::Damaged("a change's hash"))?,
            queued: place == 0,
            first_fact: fact(first)?,
            next_fact: fact(next)?,
            bytes,
        })
    })
    .transpose()
}

/// The relay's log has it at `place`; `sealed` if it is the last one of its envelope.
pub async fn accept(
    tx: &mut Tx<'_>,
    change: i64,
    place: Place,
    accepted_at: Millis,
    sealed: Option<&Sealed>,
) -> Result<()> {
    sqlx::query(ACCEPT)
        .bind(place.0)
        .bind(accepted_at)
        .bind(Sealed::encode(sealed))
        .bind(change)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// How many facts a segment holds.
pub async fn facts_of(tx: &mut Tx<'_>, chat: ChatNo, segment: u32) -> Result<u64> {
    if let Some(facts) = tx.memory().chat(chat).facts.get(&segment) {
        return Ok(*facts);
    }
    let facts: i64 = sqlx::query_scalar(FACTS_OF_SEGMENT)
        .bind(chat.0)
        .bind(i64::from(segment))
        .fetch_one(&mut **tx)
        .await?;
    tx.memory().chat(chat).facts.insert(segment, facts.cast_unsigned());
    Ok(facts.cast_unsigned())
}

/// Opens a segment's document, or brings the open one up to date. It is taken out of memory: give it back with
/// [`give_back`] once what was written with it is stored.
pub async fn open_segment(tx: &mut Tx<'_>, chat: ChatNo, segment: u32) -> Result<OpenSegment> {
    let open = tx.memory().chat(chat).open.take().filter(|open| open.number == segment);
    let mut open = match open {
        Some(open) => open,
        None => load_saved(tx, chat, segment).await?,
    };
    if tx.memory().chat(chat).newest.get(&segment) == Some(&open.upto) {
        return Ok(open);
    }
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(SINCE)
        .bind(chat.0)
        .bind(i64::from(segment))
        .bind(open.upto)
        .fetch_all(&mut **tx)
        .await?;
    let Some(newest) = rows.last().map(|(number, _)| *number) else { return Ok(open) };
    if open.document.apply(rows.iter().map(|(_, bytes)| bytes.as_slice())).is_err() {
        // In doubt: the changes are the truth.
        let all: Vec<(i64, Vec<u8>)> =
            sqlx::query_as(SINCE).bind(chat.0).bind(i64::from(segment)).bind(0).fetch_all(&mut **tx).await?;
        *open.document = Segment::rebuild(all.iter().map(|(_, bytes)| bytes.as_slice()))?;
    }
    open.upto = newest;
    if rows.len() >= SAVE_AFTER {
        let saved = open.document.save()?;
        sqlx::query(SAVE)
            .bind(chat.0)
            .bind(i64::from(segment))
            .bind(newest)
            .bind(saved)
            .execute(&mut **tx)
            .await?;
    }
    Ok(open)
}

/// Lets what is written next build on what the log holds of a segment, and on nothing that waits: it can go out before that.
/// Until [`close_segment`].
pub async fn open_placed(tx: &mut Tx<'_>, chat: ChatNo, segment: u32) -> Result<()> {
    let upto = reserve(tx, 0).await? - 1;
    let rows: Vec<Vec<u8>> =
        sqlx::query_scalar(PLACED).bind(chat.0).bind(i64::from(segment)).fetch_all(&mut **tx).await?;
    let document = Box::new(Segment::rebuild(rows.iter().map(Vec::as_slice))?);
    give_back(tx, chat, OpenSegment { number: segment, document, upto });
    Ok(())
}

/// The next time it is made of all that is here.
pub fn close_segment(tx: &mut Tx<'_>, chat: ChatNo) {
    tx.memory().chat(chat).open = None;
}

async fn load_saved(tx: &mut Tx<'_>, chat: ChatNo, segment: u32) -> Result<OpenSegment> {
    let saved: Option<(i64, Vec<u8>)> =
        sqlx::query_as(SAVED).bind(chat.0).bind(i64::from(segment)).fetch_optional(&mut **tx).await?;
    if let Some((upto, bytes)) = saved {
        match Segment::load(&bytes) {
            Ok(document) => return Ok(OpenSegment { number: segment, document: Box::new(document), upto }),
            Err(error) => {
                tracing::warn!(%error, "a saved segment does not load; making it anew from its changes");
                sqlx::query(DROP_SAVED).bind(chat.0).bind(i64::from(segment)).execute(&mut **tx).await?;
            }
        }
    }
    Ok(OpenSegment { number: segment, document: Box::default(), upto: 0 })
}

/// Saved segments are made anew from the changes when they are next needed.
pub async fn drop_saved(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(DROP_ALL_SAVED).execute(&mut **tx).await?;
    Ok(())
}

pub fn give_back(tx: &mut Tx<'_>, chat: ChatNo, open: OpenSegment) {
    tx.memory().keep_open(chat, open);
}

/// The oldest changes of a chat that wait, in the order they were written; before them what was in a log already.
pub async fn waiting(tx: &mut Tx<'_>, chat: ChatNo, limit: u32) -> Result<Vec<Waiting>> {
    type Row = (i64, i64, Vec<u8>, Vec<u8>, Vec<u8>, i64, Vec<u8>);
    let rows: Vec<Row> =
        sqlx::query_as(OUTBOX).bind(chat.0).bind(i64::from(limit)).fetch_all(&mut **tx).await?;
    rows.into_iter()
        .map(|(number, actor, hash, envelope, bytes, turn, sealed)| {
            Ok(Waiting {
                number,
                actor: ActorNo(actor),
                hash: ChangeHash::from_slice(&hash).ok_or(Error::Damaged("a change's hash"))?,
                envelope: EnvelopeId::from_slice(&envelope).ok(),
                bytes,
                turn,
                sealed: Sealed::decode(&sealed),
            })
        })
        .collect()
}

/// Chats in which something waits.
pub async fn outbox_chats(conn: &mut sqlx::SqliteConnection) -> Result<Vec<ChatNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(OUTBOX_CHATS).fetch_all(conn).await?;
    Ok(rows.into_iter().map(ChatNo).collect())
}

/// Whether anything waits in a chat.
pub async fn waits(conn: &mut sqlx::SqliteConnection, chat: ChatNo) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(WAITS).bind(chat.0).fetch_one(conn).await? == 1)
}

/// Whether something waits that another device has written, of which `this` one is a copy, and has not sent.
pub async fn waits_of_copy(tx: &mut Tx<'_>, chat: ChatNo, this: DeviceId) -> Result<bool> {
    let waits = sqlx::query_scalar::<_, i64>(WAITS_OF_COPY).bind(chat.0).bind(this.as_bytes());
    Ok(waits.fetch_one(&mut **tx).await? == 1)
}

/// A change with what makes the ids of the messages in it.
#[derive(Debug, Clone)]
pub struct Taken {
    pub actor: ActorId,
    pub first_fact: u32,
    pub at: Millis,
    pub bytes: Vec<u8>,
    /// As in [`Waiting`].
    pub turn: i64,
}

/// Where a change stands among those that wait: they go out in this order, and none builds on a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// As in [`Waiting`].
    turn: i64,
    number: i64,
}

/// A part of what waits in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    All,
    /// Of the segments before this one.
    Before(u32),
    /// From here on.
    From(Turn),
}

impl Queued {
    fn bounds(self) -> (i64, Turn) {
        let first = Turn { turn: i64::MIN, number: 0 };
        match self {
            Self::All => (i64::MAX, first),
            Self::Before(segment) => (i64::from(segment), first),
            Self::From(turn) => (i64::MAX, turn),
        }
    }
}

/// Takes what is queued out of a chat, in the order it was written. The columns it was in must
/// not be gone on with: somebody may have what was taken. What others than `this` device said and only waits here with it
/// goes too: their devices say it again.
pub async fn take_queued(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    this: DeviceId,
    queued: Queued,
) -> Result<Vec<Taken>> {
    type Row = (Vec<u8>, i64, i64, Vec<u8>, i64, i64, i64, Vec<u8>);
    let (before, from) = queued.bounds();
    let rows: Vec<Row> = sqlx::query_as(QUEUED)
        .bind(chat.0)
        .bind(before)
        .bind(from.turn)
        .bind(from.number)
        .fetch_all(&mut **tx)
        .await?;
    for segment in rows.iter().map(|row| row.4).collect::<BTreeSet<_>>() {
        sqlx::query(DROP_SAVED).bind(chat.0).bind(segment).execute(&mut **tx).await?;
    }
    sqlx::query(DROP_QUEUED)
        .bind(chat.0)
        .bind(before)
        .bind(from.turn)
        .bind(from.number)
        .execute(&mut **tx)
        .await?;
    tx.memory().forget(chat);
    rows.into_iter()
        .filter(|(.., turn, sealed, device)| (*turn == 0 && *sealed == 0) || *device == this.0)
        .map(|(actor, first_fact, at, bytes, _, turn, ..)| {
            Ok(Taken { turn, ..read_taken((actor, first_fact, at, bytes))? })
        })
        .collect()
}

/// Everything that a device has said in a chat, queued or accepted, in the order it was written.
pub async fn of_device(
    conn: &mut sqlx::SqliteConnection,
    chat: ChatNo,
    device: DeviceId,
) -> Result<Vec<Taken>> {
    let rows: Vec<TakenRow> =
        sqlx::query_as(OF_DEVICE).bind(chat.0).bind(device.as_bytes()).fetch_all(conn).await?;
    rows.into_iter().map(read_taken).collect()
}

type TakenRow = (Vec<u8>, i64, i64, Vec<u8>);

fn read_taken((actor, first_fact, at, bytes): TakenRow) -> Result<Taken> {
    Ok(Taken {
        actor: ActorId::from_slice(&actor).map_err(|_| Error::Damaged("an actor's ids"))?,
        first_fact: u32::try_from(first_fact).map_err(|_| Error::Damaged("a change's facts"))?,
        at,
        bytes,
        turn: 0,
    })
}

/// What was written last goes out at this turn.
pub async fn set_turn_of_last(tx: &mut Tx<'_>, turn: i64) -> Result<()> {
    sqlx::query(SET_TURN_OF_LAST).bind(turn).execute(&mut **tx).await?;
    Ok(())
}

/// Binds waiting changes to the envelope they will be sent in, also after a restart.
pub async fn put_in_envelope(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    first: i64,
    last: i64,
    envelope: EnvelopeId,
) -> Result<()> {
    sqlx::query(PUT_IN_ENVELOPE)
        .bind(envelope.as_bytes())
        .bind(first)
        .bind(last)
        .bind(chat.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Forgets what others than `this` device said and waits here in this envelope; answers whether anything did.
pub async fn drop_others(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    envelope: EnvelopeId,
    this: DeviceId,
) -> Result<bool> {
    let dropped = sqlx::query(DROP_OTHERS)
        .bind(chat.0)
        .bind(envelope.as_bytes())
        .bind(this.as_bytes())
        .execute(&mut **tx)
        .await?;
    if dropped.rows_affected() > 0 {
        drop_saved(tx).await?;
        tx.memory().forget(chat);
    }
    Ok(dropped.rows_affected() > 0)
}

/// Forgets what waits here of devices other than `this` that no log has let in: they say it again when one does. Answers
/// where the first of it stood, if anything did.
pub async fn drop_outsiders(tx: &mut Tx<'_>, chat: ChatNo, this: DeviceId) -> Result<Option<Turn>> {
    let dropped: Vec<(i64, i64)> =
        sqlx::query_as(DROP_OUTSIDERS).bind(chat.0).bind(this.as_bytes()).fetch_all(&mut **tx).await?;
    if !dropped.is_empty() {
        drop_saved(tx).await?;
        tx.memory().forget(chat);
    }
    Ok(dropped.into_iter().map(|(turn, number)| Turn { turn, number }).min())
}

/// Whether something waits that was written in a segment before `segment`.
pub async fn waits_before(tx: &mut Tx<'_>, chat: ChatNo, segment: u32) -> Result<bool> {
    let waits = sqlx::query_scalar::<_, i64>(WAITS_BEFORE).bind(chat.0).bind(i64::from(segment));
    Ok(waits.fetch_one(&mut **tx).await? == 1)
}

/// The envelope is in the log and is not ours: its changes go into another one. Answers whether there are any.
pub async fn take_out_of_envelope(tx: &mut Tx<'_>, chat: ChatNo, envelope: EnvelopeId) -> Result<bool> {
    let taken = sqlx::query(TAKE_OUT).bind(chat.0).bind(envelope.as_bytes()).execute(&mut **tx).await?;
    Ok(taken.rows_affected() > 0)
}
