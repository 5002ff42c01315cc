//! The projection of a chat, dropped and made anew from its changes and its membership log.

use beseda_protocol::{ActorId, DeviceId, Seq, membership::ChatKind};
use sqlx::SqliteConnection;

use super::{Projection, Said, VERSION, hide, member_event, queued_place, stand};
use crate::{
    document,
    domain::{ChatNo, Me, Millis, Place, UserNo},
    error::{Error, Result},
    store::{
        Tx, account, annotations, chat_pictures,
        chats::{self, Status},
        dialogs, handshakes, kept, members, messages, moves, own, profiles, readers, repeats, search,
        standings, statements,
    },
};

/// A rebuild writes so many messages together.
const REBUILT_AT_ONCE: usize = 512;

statements! {
    CLEAR_MESSAGES = "DELETE FROM messages WHERE place BETWEEN ? AND ?";
    CLEAR_EVENTS = "DELETE FROM events WHERE place BETWEEN ? AND ?";
    SET_VERSION = "UPDATE chats SET projected = ? WHERE chat_no = ?";
    OUTDATE = "UPDATE chats SET projected = 0";
    BEHIND = "SELECT chat_no FROM chats WHERE projected < ?";
    CLEAR_MEMBERSHIPS = "DELETE FROM memberships WHERE chat_no = ?";
    CLEAR_DEVICES = "UPDATE member_devices SET removed_seq = added_seq - 1
        WHERE chat_no = ? AND added_seq > 0 AND removed_seq <> added_seq";
    CLEAR_LINE = "UPDATE chats SET title = '', description = '', category = '', last_place = 0, last_author_no = 0,
        last_text = '', last_at = 0, last_flags = 0, members = 0, others_read_place = 0, others_delivered_place = 0, leaving = 0 WHERE chat_no = ?";
    CLEAR_ROLES = "UPDATE chats SET rights = 0, owner_no = 0, history = 'all' WHERE chat_no = ?";
    CREATED = "SELECT creator_no, created_at FROM chats WHERE chat_no = ?";
    ALL_CHANGES = "SELECT c.place, c.accepted_at, c.change_no, c.first_fact, a.actor_id, a.device_id, c.bytes, c.envelope_id <> x''
        FROM changes c JOIN actors a USING (actor_no) WHERE c.chat_no = ?
        ORDER BY c.place = 0, c.place, c.change_no";
}

/// Drops the projection of a chat and makes it anew from its changes and its membership log.
///
/// # Errors
/// When the store holds what the code never writes; then nothing changed, if the caller does not commit.
pub async fn rebuild(tx: &mut Tx<'_>, chat: ChatNo, me: Me) -> Result<()> {
    let state = chats::state(tx, chat).await?;
    if state.status != Status::Active && state.cursor == Seq::ZERO {
        // Nothing of it is here but what the invitation or the backup says.
        sqlx::query(SET_VERSION).bind(VERSION).bind(chat.0).execute(&mut **tx).await?;
        return Ok(());
    }
    search::clear(tx, chat).await?;
    let (first, last) = (Place::FIRST.row(chat), Place::END.row(chat));
    let about = own::about(tx, chat).await?;
    for clear in [CLEAR_MESSAGES, CLEAR_EVENTS] {
        sqlx::query(clear).bind(first).bind(last).execute(&mut **tx).await?;
    }
    annotations::drop_all(tx, first, last).await?;
    annotations::clear_early(tx, chat).await?;
    readers::clear(tx, chat).await?;
    moves::clear(tx, chat).await?;
    dialogs::clear_again(tx, chat).await?;
    repeats::clear(tx, chat).await?;
    chat_pictures::set(tx, chat, &[]).await?;
    profiles::clear(tx, chat).await?;
    if state.kind == ChatKind::Notes {
        own::clear(tx).await?;
    }
    sqlx::query(CLEAR_MEMBERSHIPS).bind(chat.0).execute(&mut **tx).await?;
    sqlx::query(CLEAR_LINE).bind(chat.0).execute(&mut **tx).await?;
    tx.memory().forget(chat);
    sqlx::query(SET_VERSION).bind(VERSION).bind(chat.0).execute(&mut **tx).await?;

    let this = account::load(tx).await?.ok_or(Error::NoAccount)?.keys.device();
    let state = chats::state(tx, chat).await?;
    let mut log = handshakes::list(tx, chat).await?.into_iter().peekable();
    let mut stood = standings::list(tx, chat).await?.into_iter().peekable();
    if log.peek().is_none() && state.status == Status::Active {
        // Made here, and not at the relay yet.
        let (creator, created_at): (i64, Millis) =
            sqlx::query_as(CREATED).bind(chat.0).fetch_one(&mut **tx).await?;
        members::put(tx, chat, UserNo(creator), created_at, UserNo(creator), true, Place::FIRST).await?;
    } else {
        // Who was in when somebody went is not who is in now; who came with the first entry was in from the beginning. Whose a
        // device is stays known also where the log that let it in is lost.
        sqlx::query(CLEAR_DEVICES).bind(chat.0).execute(&mut **tx).await?;
        sqlx::query(CLEAR_ROLES).bind(chat.0).execute(&mut **tx).await?;
    }
    type Row = (i64, i64, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>, i64);
    let rows: Vec<Row> = sqlx::query_as(ALL_CHANGES).bind(chat.0).fetch_all(&mut **tx).await?;
    let mut projection = Projection::new(&state, me, Place::END);
    for (place, accepted_at, number, first_fact, actor, device, bytes, sent) in rows {
        let damaged = |_| Error::Damaged("an actor's ids");
        let actor = ActorId::from_slice(&actor).map_err(damaged)?;
        let device = DeviceId::from_slice(&device).map_err(damaged)?;
        let queued = place == 0;
        while let Some(logged) = log.next_if(|logged| queued || logged.seq < Place(place).seq()) {
            projection.flush(tx).await?;
            if let Some((seq, at, standing)) = stood.next_if(|(seq, ..)| *seq <= logged.seq) {
                stand(tx, chat, seq, at, &standing).await?;
            }
            member_event(tx, chat, logged.seq, logged.accepted_at, &logged.event).await?;
            projection.take_rights(tx).await?;
        }
        let author = match members::device(tx, chat, device).await? {
            // What they said after they had left.
            Some(member) if member.left => continue,
            Some(member) => member.user,
            None => me.number,
        };
        if projection.messages.len() >= REBUILT_AT_ONCE {
            projection.flush(tx).await?;
        }
        let facts = document::facts_of(&bytes).ok_or(Error::Damaged("a stored change"))?;
        for (index, fact) in facts.into_iter().enumerate() {
            let index = i64::try_from(index).unwrap_or_default();
            let number_of_fact = u32::try_from(first_fact + index).unwrap_or(u32::MAX);
            projection
                .say(
                    tx,
                    Said {
                        author,
                        actor,
                        number: number_of_fact,
                        fact,
                        place: if queued { queued_place(number, index) } else { Place(place + index) },
                        at: accepted_at,
                        replaces: None,
                        // Said here: what somebody else said with this device's key never was in the queue.
                        refused: (device == this && (queued || sent == 1))
                            .then(|| queued_place(number, index)),
                    },
                )
                .await?;
        }
    }
    projection.flush(tx).await?;
    for logged in log {
        if let Some((seq, at, standing)) = stood.next_if(|(seq, ..)| *seq <= logged.seq) {
            stand(tx, chat, seq, at, &standing).await?;
        }
        member_event(tx, chat, logged.seq, logged.accepted_at, &logged.event).await?;
    }
    // Having left once may not be the last thing that happened.
    chats::set_status(tx, chat, state.status).await?;
    if state.status == Status::Removed {
        messages::fail_queued(tx, chat, messages::FAILED_NOT_MEMBER).await?;
    }
    own::await_gone(tx, about).await?;
    apply_kept(tx, chat, me).await?;
    chats::count_unread(tx, chat, state.read, me.number).await?;
    tx.touched.chat(chat, Place::FIRST);
    Ok(())
}

/// What is this person's own matter, told to rows that are new: saved, and hidden.
///
/// # Errors
/// When the store fails.
pub async fn apply_kept(tx: &mut Tx<'_>, chat: ChatNo, me: Me) -> Result<()> {
    let mut hidden = Vec::new();
    for place in kept::apply(tx, chat).await? {
        hidden.extend(messages::between(tx, chat, place, place, 1).await?);
    }
    for message in hidden {
        hide(tx, chat, me, Place::END, message.id).await?;
    }
    Ok(())
}

/// From now on every chat is behind: who is interrupted while making them anew goes on at the next start.
///
/// # Errors
/// When the disk does not take it.
pub async fn outdate(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(OUTDATE).execute(&mut **tx).await?;
    Ok(())
}

/// Chats whose rows were made by older rules.
pub async fn behind(conn: &mut SqliteConnection) -> Result<Vec<ChatNo>> {
    let rows: Vec<i64> = sqlx::query_scalar(BEHIND).bind(VERSION).fetch_all(conn).await?;
    Ok(rows.into_iter().map(ChatNo).collect())
}
