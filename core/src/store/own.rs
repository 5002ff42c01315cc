//! What is one person's own and common to their devices: the notes, the chain of devices, what the devices told each
//! other.

use beseda_protocol::{ChatId, DeviceId, MessageId, codec, identity::Identity, limits};
use sqlx::SqliteConnection;

use super::{
    Tx,
    chats::{self, ChatState, Status},
    messages, statements,
};
use crate::{
    document::{Fact, Own},
    domain::{ChatNo, Place},
    error::{Error, Result},
};

statements! {
    NOTES = "SELECT c.chat_no FROM account a JOIN chats c ON c.chat_id = a.notes WHERE a.id = 1";
    NOTES_ID = "SELECT notes FROM account WHERE id = 1";
    SET_NOTES = "UPDATE account SET notes = ? WHERE id = 1";
    CHAIN = "SELECT CASE chain WHEN x'' THEN identity ELSE chain END FROM account WHERE id = 1";
    THIS = "SELECT identity FROM account WHERE id = 1";
    SET_CHAIN = "UPDATE account SET chain = ? WHERE id = 1";
    PUT = "INSERT INTO own_state (key, said_place, fact) VALUES (?, ?, ?)
        ON CONFLICT (key, said_place) DO UPDATE SET fact = excluded.fact";
    TAKE = "DELETE FROM own_state WHERE key = ? AND said_place = ?";
    DROP_OLDER = "DELETE FROM own_state WHERE key = ?1 AND said_place < (SELECT max(said_place) FROM own_state
        WHERE key = ?1 AND said_place < ?2)";
    STANDS = "SELECT fact FROM own_state WHERE key = ? ORDER BY said_place DESC LIMIT 1";
    CLEAR = "DELETE FROM own_state";
    PUT_EARLY = "INSERT INTO own_early (message_id, what) VALUES (?, ?) ON CONFLICT (message_id, what) DO NOTHING";
    // `+`: what is kept is far less than a chat holds, whose rows are found by their ids.
    ABOUT = "SELECT m.message_id, 1 FROM saved s CROSS JOIN messages m ON m.message_id = s.message_id WHERE +m.place BETWEEN ?1 AND ?2
        UNION ALL SELECT m.message_id, 2 FROM hidden h CROSS JOIN messages m ON m.message_id = h.message_id WHERE +m.place BETWEEN ?1 AND ?2
        UNION ALL SELECT m.message_id, 3 FROM own_state o CROSS JOIN messages m ON m.message_id = substr(o.key, length(?3) + 1)
        WHERE o.key >= ?3 AND o.key < ?4 AND +m.place BETWEEN ?1 AND ?2
        UNION ALL SELECT r.message_id, 1 FROM saved s CROSS JOIN repeats r ON r.message_id = s.message_id WHERE r.here = 1 AND +r.chat_no = ?5
        UNION ALL SELECT r.message_id, 2 FROM hidden h CROSS JOIN repeats r ON r.message_id = h.message_id WHERE r.here = 1 AND +r.chat_no = ?5
        UNION ALL SELECT r.message_id, 3 FROM own_state o CROSS JOIN repeats r ON r.message_id = substr(o.key, length(?3) + 1)
        WHERE o.key >= ?3 AND o.key < ?4 AND r.here = 1 AND +r.chat_no = ?5";
    TAKE_EARLY = "DELETE FROM own_early WHERE message_id = ? RETURNING what";
    DROP_EARLY = "DELETE FROM own_early WHERE message_id = ? AND what = ?";
    ANY_EARLY = "SELECT EXISTS (SELECT 1 FROM own_early)";
    DRAFTS = "SELECT chat_id, draft, draft_reply FROM chats WHERE draft <> '' OR draft_reply <> x''";
    PUT_UNTOLD = "INSERT INTO untold_drafts (chat_no) VALUES (?) ON CONFLICT (chat_no) DO NOTHING";
    IS_UNTOLD = "SELECT EXISTS (SELECT 1 FROM untold_drafts WHERE chat_no = ?)";
    UNTOLD = "SELECT c.chat_no, c.chat_id, c.draft, c.draft_reply FROM untold_drafts u CROSS JOIN chats c ON c.chat_no = u.chat_no";
    DROP_UNTOLD = "DELETE FROM untold_drafts WHERE chat_no = ?";
}

/// What one's own fact wants of a message that is not here yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Early {
    Saved = 1,
    Hidden = 2,
    Read = 3,
}

impl Early {
    fn of(what: i64) -> Option<Self> {
        [Self::Saved, Self::Hidden, Self::Read].into_iter().find(|early| *early as i64 == what)
    }
}

/// The person's own chat; `None` before it is made.
pub async fn notes(conn: &mut SqliteConnection) -> Result<Option<ChatState>> {
    let number: Option<i64> = sqlx::query_scalar(NOTES).fetch_optional(&mut *conn).await?;
    match number {
        Some(number) => Ok(Some(chats::state(conn, ChatNo(number)).await?)),
        None => Ok(None),
    }
}

/// Which chat the notes are, here already or not.
pub async fn notes_id(conn: &mut SqliteConnection) -> Result<Option<ChatId>> {
    let id: Vec<u8> = sqlx::query_scalar(NOTES_ID).fetch_one(conn).await?;
    Ok(ChatId::from_slice(&id).ok())
}

/// Whether another device of this person has put this one out.
pub async fn is_removed(conn: &mut SqliteConnection) -> Result<bool> {
    Ok(notes(conn).await?.is_some_and(|notes| notes.status == Status::Removed))
}

pub async fn set_notes(tx: &mut Tx<'_>, notes: ChatId) -> Result<()> {
    sqlx::query(SET_NOTES).bind(notes.as_bytes()).execute(&mut **tx).await?;
    Ok(())
}

/// Everything that was said about this person's devices, as far as it is known here.
pub async fn chain(conn: &mut SqliteConnection) -> Result<Identity> {
    let bytes: Vec<u8> = sqlx::query_scalar(CHAIN).fetch_one(conn).await?;
    codec::decode(&bytes, limits::IDENTITY_BYTES).map_err(|_| Error::Damaged("the chain of devices"))
}

pub async fn set_chain(tx: &mut Tx<'_>, chain: &Identity) -> Result<()> {
    sqlx::query(SET_CHAIN).bind(codec::encode(chain)).execute(&mut **tx).await?;
    Ok(())
}

/// The device of this profile.
pub async fn this_device(conn: &mut SqliteConnection) -> Result<DeviceId> {
    let bytes: Vec<u8> = sqlx::query_scalar(THIS).fetch_one(conn).await?;
    let identity: Option<Identity> = codec::decode(&bytes, limits::IDENTITY_BYTES).ok();
    let member = identity.and_then(|identity| identity.verify().ok());
    Ok(member.ok_or(Error::Damaged("identity"))?.device)
}

/// This person's active devices other than `this`.
pub async fn other_devices(conn: &mut SqliteConnection, this: DeviceId) -> Result<Vec<DeviceId>> {
    let chain = chain(conn).await?;
    // Nothing was ever said of others, which is so at most people's: no signature is to be checked.
    if chain.chain.is_empty() && chain.genesis.first_device == this {
        return Ok(vec![]);
    }
    let devices = chain.devices().map_err(|_| Error::Damaged("the chain of devices"))?;
    let others = devices.into_iter().filter(|known| known.active && known.device != this);
    Ok(others.map(|known| known.device).collect())
}

/// Puts a fact where it was said, and out of where it was queued. Answers what stands then, if that is another than
/// before.
pub async fn put(tx: &mut Tx<'_>, own: &Own, place: Place, replaces: Option<Place>) -> Result<Option<Own>> {
    let key = own.key();
    let before = stands(tx, &key).await?;
    if let Some(queued) = replaces {
        sqlx::query(TAKE).bind(&key).bind(queued.0).execute(&mut **tx).await?;
    }
    sqlx::query(PUT)
        .bind(&key)
        .bind(place.0)
        .bind(Fact::Own(own.clone()).encode())
        .execute(&mut **tx)
        .await?;
    sqlx::query(DROP_OLDER).bind(&key).bind(Place::queued(0).0).execute(&mut **tx).await?;
    let after = stands(tx, &key).await?;
    Ok(if after == before { None } else { after })
}

/// The newest that was said about a thing.
pub async fn stands(conn: &mut SqliteConnection, key: &[u8]) -> Result<Option<Own>> {
    let fact: Option<Vec<u8>> = sqlx::query_scalar(STANDS).bind(key).fetch_optional(conn).await?;
    Ok(fact.and_then(|fact| match Fact::decode(&fact) {
        Fact::Own(own) => Some(own),
        _ => None,
    }))
}

pub async fn clear(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(CLEAR).execute(&mut **tx).await?;
    Ok(())
}

pub async fn put_early(tx: &mut Tx<'_>, id: MessageId, what: Early) -> Result<()> {
    sqlx::query(PUT_EARLY).bind(id.as_bytes()).bind(what as i64).execute(&mut **tx).await?;
    tx.memory().own_early = Some(true);
    Ok(())
}

/// What this person's own facts want of the messages of a chat, also of those that are shown as others.
pub async fn about(tx: &mut Tx<'_>, chat: ChatNo) -> Result<Vec<(MessageId, Early)>> {
    let (marks, first, last) = (Own::read_keys(), Place::FIRST.row(chat), Place::END.row(chat));
    let about = sqlx::query_as(ABOUT).bind(first).bind(last).bind(&marks.start).bind(&marks.end).bind(chat.0);
    let rows: Vec<(Vec<u8>, i64)> = about.fetch_all(&mut **tx).await?;
    rows.into_iter()
        .map(|(id, what)| {
            let id = MessageId::from_slice(&id).map_err(|_| Error::Damaged("a message's id"))?;
            Ok((id, Early::of(what).ok_or(Error::Damaged("what waits for a message"))?))
        })
        .collect()
}

/// Of messages that were here those that have gone from their chat are waited for: their authors may say them again in
/// another place. So are those that were read, and wait to go into a log again.
pub async fn await_gone(tx: &mut Tx<'_>, about: Vec<(MessageId, Early)>) -> Result<()> {
    for (id, what) in about {
        let waits = match messages::find(tx, id).await? {
            Some((_, place)) => what == Early::Read && place.is_queued(),
            None => true,
        };
        if waits {
            put_early(tx, id, what).await?;
        }
    }
    Ok(())
}

/// It waits no longer.
pub async fn drop_early(tx: &mut Tx<'_>, id: MessageId, what: Early) -> Result<()> {
    sqlx::query(DROP_EARLY).bind(id.as_bytes()).bind(what as i64).execute(&mut **tx).await?;
    Ok(())
}

/// Whether anything waits for a message.
pub async fn any_early(tx: &mut Tx<'_>) -> Result<bool> {
    let any = match tx.memory().own_early {
        Some(any) => any,
        None => sqlx::query_scalar::<_, i64>(ANY_EARLY).fetch_one(&mut **tx).await? == 1,
    };
    tx.memory().own_early = Some(any);
    Ok(any)
}

/// What waits for a message that has come.
pub async fn take_early(tx: &mut Tx<'_>, id: MessageId) -> Result<Vec<Early>> {
    if !any_early(tx).await? {
        return Ok(vec![]);
    }
    let waits: Vec<i64> = sqlx::query_scalar(TAKE_EARLY).bind(id.as_bytes()).fetch_all(&mut **tx).await?;
    if !waits.is_empty() {
        // That was perhaps the last one.
        tx.memory().own_early = None;
    }
    Ok(waits.into_iter().filter_map(Early::of).collect())
}

/// All drafts there are, for a profile that has told nobody.
pub async fn drafts(tx: &mut Tx<'_>) -> Result<Vec<Own>> {
    let rows: Vec<(Vec<u8>, String, Vec<u8>)> = sqlx::query_as(DRAFTS).fetch_all(&mut **tx).await?;
    let draft = |(chat, text, reply_to): (Vec<u8>, String, Vec<u8>)| {
        let chat = ChatId::from_slice(&chat).map_err(|_| Error::Damaged("a chat's id"))?;
        Ok(Own::Draft { chat, text, reply_to: MessageId::from_slice(&reply_to).ok() })
    };
    rows.into_iter().map(draft).collect()
}

/// A draft that the other devices have not heard of.
pub async fn put_untold(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(PUT_UNTOLD).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

pub async fn is_untold(tx: &mut Tx<'_>, chat: ChatNo) -> Result<bool> {
    Ok(sqlx::query_scalar::<_, i64>(IS_UNTOLD).bind(chat.0).fetch_one(&mut **tx).await? == 1)
}

/// Takes the drafts that the other devices have not heard of.
pub async fn take_untold(tx: &mut Tx<'_>) -> Result<Vec<Own>> {
    let rows: Vec<(i64, Vec<u8>, String, Vec<u8>)> = sqlx::query_as(UNTOLD).fetch_all(&mut **tx).await?;
    let mut drafts = Vec::new();
    for (number, chat, text, reply_to) in rows {
        sqlx::query(DROP_UNTOLD).bind(number).execute(&mut **tx).await?;
        let chat = ChatId::from_slice(&chat).map_err(|_| Error::Damaged("a chat's id"))?;
        drafts.push(Own::Draft { chat, text, reply_to: MessageId::from_slice(&reply_to).ok() });
    }
    Ok(drafts)
}
