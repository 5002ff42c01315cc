//! What people tell of themselves: a card a person and chat, kept by the projection; and this person's own, told where
//! it is to be seen.
//!
//! Not here: what this person tells, before it is told (`own_profile`), and what others are called here (`users`).

use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{
    Tx,
    annotations::SaidAt,
    chats::{ChatState, PutIn},
    contacts, own, own_profile, say, statements,
};
use crate::{
    crypto::keys::DeviceKeys,
    document::{Card, Fact, Own},
    domain::{ChatNo, Me, Millis, Place, UserNo},
    error::Result,
    people::{Audience, profile::day, text},
};

statements! {
    PUT = "INSERT INTO profiles (user_no, chat_no, rev, said_place, name, username, first_name, last_name, email, mobile,
        description, age, created_at, picture) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        ON CONFLICT (user_no, chat_no) DO UPDATE SET rev = excluded.rev, said_place = excluded.said_place,
        name = excluded.name, username = excluded.username, first_name = excluded.first_name,
        last_name = excluded.last_name, email = excluded.email, mobile = excluded.mobile,
        description = excluded.description, age = excluded.age, created_at = excluded.created_at,
        picture = excluded.picture
        WHERE said_place = ?15 OR (excluded.rev, excluded.said_place) > (rev, said_place)";
    NAME = "SELECT name FROM profiles WHERE user_no = ? ORDER BY rev DESC, chat_no DESC LIMIT 1";
    IN_CHAT = "SELECT rev, name, username, first_name, last_name, email, mobile, description, age, created_at, picture
        FROM profiles WHERE user_no = ? AND chat_no = ?";
    NEWEST = "SELECT rev, name, username, first_name, last_name, email, mobile, description, age, created_at, picture
        FROM profiles WHERE user_no = ?1 AND rev = (SELECT max(rev) FROM profiles WHERE user_no = ?1)
        ORDER BY chat_no DESC";
    CLEAR = "DELETE FROM profiles WHERE chat_no = ?";
}

/// A person has told of themselves in a chat. What they told before of an older time, or later, stays.
pub async fn put(tx: &mut Tx<'_>, chat: ChatNo, said: SaidAt, card: &Card) -> Result<()> {
    let done = sqlx::query(PUT)
        .bind(said.by.0)
        .bind(chat.0)
        .bind(card.rev.cast_signed())
        .bind(said.place.0)
        .bind(text::clean(&card.name))
        .bind(&card.username)
        .bind(text::clean(&card.first_name))
        .bind(text::clean(&card.last_name))
        .bind(&card.email)
        .bind(&card.mobile)
        .bind(text::clean_text(&card.description))
        .bind(card.age.map_or(-1, i64::from))
        .bind(card.created_at.unwrap_or_default())
        .bind(&card.picture)
        .bind(said.replaces.unwrap_or(NOWHERE).0)
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() > 0 {
        tx.touched.people.insert(said.by);
        tx.touched.line(chat);
    }
    Ok(())
}

/// No fact stands there.
const NOWHERE: Place = Place(-1);

/// What a person calls themselves by now; `None` where they have told no name.
pub async fn name(tx: &mut Tx<'_>, user: UserNo) -> Result<Option<String>> {
    let name: Option<String> = sqlx::query_scalar(NAME).bind(user.0).fetch_optional(&mut **tx).await?;
    Ok(name.filter(|name| !name.is_empty()))
}

/// Everything that a person has told this one by now, in whichever chats; `None` where that is nothing.
pub async fn card(conn: &mut SqliteConnection, user: UserNo) -> Result<Option<Card>> {
    let rows = sqlx::query(NEWEST).bind(user.0).fetch_all(conn).await?;
    Ok(rows.iter().map(read).reduce(Card::united))
}

/// A rebuild begins.
pub async fn clear(tx: &mut Tx<'_>, chat: ChatNo) -> Result<()> {
    sqlx::query(CLEAR).bind(chat.0).execute(&mut **tx).await?;
    Ok(())
}

/// What this person tells in a chat as it is now, and whom.
async fn own_card(tx: &mut Tx<'_>, me: Me, state: &ChatState, now: Millis) -> Result<(Card, Audience)> {
    let own = own_profile::load(tx).await?;
    let to = contacts::audience(tx, state, me.number).await?;
    Ok((own.card(to, day(now)), to))
}

/// The same as a fact.
pub async fn own_fact(tx: &mut Tx<'_>, me: Me, state: &ChatState, now: Millis) -> Result<Fact> {
    Ok(Fact::Profile(Box::new(own_card(tx, me, state, now).await?.0)))
}

/// Tells the chat of this person what it may know and does not know yet. Answers whether there was anything to tell.
///
/// # Errors
/// When the store fails; the caller then drops the transaction.
pub async fn tell(
    tx: &mut Tx<'_>,
    keys: &DeviceKeys,
    me: Me,
    state: &ChatState,
    now: Millis,
) -> Result<bool> {
    if state.put_in != PutIn::No {
        // Who has put this person in learns who they are when they have accepted.
        return Ok(false);
    }
    // A new device of this person does not know yet what they tell of themselves.
    if own::stands(tx, &Own::profile_key()).await?.is_none() {
        return Ok(false);
    }
    let (card, to) = own_card(tx, me, state, now).await?;
    let told = sqlx::query(IN_CHAT).bind(me.number.0).bind(state.number.0).fetch_optional(&mut **tx).await?;
    // Contacts hear every number: a group may have heard it with less, and would be believed for being newer.
    let same = |told: Card| match to {
        Audience::Contact => told == card,
        Audience::Anyone => Card { rev: card.rev, ..told } == card,
    };
    if told.as_ref().map(read).is_some_and(same) {
        return Ok(false);
    }
    say::say(tx, keys, me, state, vec![Fact::Profile(Box::new(card))], now).await?;
    Ok(true)
}

fn read(row: &SqliteRow) -> Card {
    Card {
        rev: row.get::<i64, _>(0).cast_unsigned(),
        name: row.get(1),
        username: row.get(2),
        first_name: row.get(3),
        last_name: row.get(4),
        email: row.get(5),
        mobile: row.get(6),
        description: row.get(7),
        age: u16::try_from(row.get::<i64, _>(8)).ok(),
        created_at: Some(row.get(9)).filter(|at| *at != 0),
        picture: row.get(10),
    }
}
