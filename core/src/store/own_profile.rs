//! What this person tells of themselves, and whom; told to chats by `profiles`.

use chrono::NaiveDate;
use sqlx::{Row as _, SqliteConnection};

use super::{Tx, statements};
use crate::{
    error::{Error, Result},
    people::{Field, OwnProfile, Shown},
};

statements! {
    INSERT = "INSERT INTO own_profile (id, rev, username, first_name, last_name, email, mobile, birth_date, description,
        picture) VALUES (1, 0, '', ?, '', '', '', '', '', x'')";
    LOAD = "SELECT p.rev, p.username, p.first_name, p.last_name, p.email, p.mobile, p.birth_date, p.description,
        p.picture, a.created_at FROM own_profile p JOIN account a ON a.id = p.id WHERE p.id = 1";
    SAVE = "UPDATE own_profile SET rev = ?, username = ?, first_name = ?, last_name = ?, email = ?, mobile = ?,
        birth_date = ?, description = ?, picture = ? WHERE id = 1";
    NAME = "SELECT name FROM account WHERE id = 1";
    SET_NAME = "UPDATE account SET name = ? WHERE id = 1";
    SHOWN = "SELECT field, shown FROM profile_shown";
    SET_SHOWN = "INSERT INTO profile_shown (field, shown) VALUES (?, ?)
        ON CONFLICT (field) DO UPDATE SET shown = excluded.shown";
    TELLING = "UPDATE own_profile SET told = 0 WHERE id = 1";
    TOLD = "UPDATE own_profile SET told = 1, told_age = ? WHERE id = 1";
    STANDING = "SELECT told, told_age, birth_date FROM own_profile WHERE id = 1";
}

/// A new account: only what it is called.
pub async fn insert(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    sqlx::query(INSERT).bind(name).execute(&mut **tx).await?;
    Ok(())
}

pub async fn load(conn: &mut SqliteConnection) -> Result<OwnProfile> {
    let row = sqlx::query(LOAD).fetch_one(&mut *conn).await?;
    let shown: Vec<(String, String)> = sqlx::query_as(SHOWN).fetch_all(conn).await?;
    let birth_date = date(row.get(6))?;
    Ok(OwnProfile {
        rev: row.get::<i64, _>(0).cast_unsigned(),
        username: row.get(1),
        first_name: row.get(2),
        last_name: row.get(3),
        email: row.get(4),
        mobile: row.get(5),
        birth_date,
        description: row.get(7),
        picture: row.get(8),
        created_at: row.get(9),
        // A field that a newer version knew is nothing to this one.
        shown: shown
            .into_iter()
            .filter_map(|(field, shown)| Some((Field::parse(&field)?, Shown::parse(&shown)?)))
            .collect(),
    })
}

/// From now on until [`set_told`] some chats may not have heard of it.
pub async fn save(tx: &mut Tx<'_>, profile: &OwnProfile) -> Result<()> {
    sqlx::query(SAVE)
        .bind(profile.rev.cast_signed())
        .bind(&profile.username)
        .bind(&profile.first_name)
        .bind(&profile.last_name)
        .bind(&profile.email)
        .bind(&profile.mobile)
        .bind(profile.birth_date.map(|date| date.to_string()).unwrap_or_default())
        .bind(&profile.description)
        .bind(&profile.picture)
        .execute(&mut **tx)
        .await?;
    for (field, shown) in &profile.shown {
        sqlx::query(SET_SHOWN).bind(field.as_str()).bind(shown.as_str()).execute(&mut **tx).await?;
    }
    sqlx::query(SET_NAME).bind(profile.name()).execute(&mut **tx).await?;
    set_telling(tx).await
}

/// What others see first.
pub async fn name(conn: &mut SqliteConnection) -> Result<String> {
    Ok(sqlx::query_scalar(NAME).fetch_one(conn).await?)
}

/// Some chats may not have heard of everything.
pub async fn set_telling(tx: &mut Tx<'_>) -> Result<()> {
    sqlx::query(TELLING).execute(&mut **tx).await?;
    Ok(())
}

/// Every chat has heard of everything, and of this age.
pub async fn set_told(tx: &mut Tx<'_>, age: Option<u16>) -> Result<()> {
    sqlx::query(TOLD).bind(age.map_or(-1, i64::from)).execute(&mut **tx).await?;
    Ok(())
}

/// What the chats have heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Everything but, perhaps, the age of now.
    pub all: bool,
    pub age: Option<u16>,
    pub birth_date: Option<NaiveDate>,
}

/// Asked at every quiet moment of an exchange, so without the picture.
pub async fn told(conn: &mut SqliteConnection) -> Result<Told> {
    let (all, age, born): (i64, i64, String) = sqlx::query_as(STANDING).fetch_one(conn).await?;
    Ok(Told { all: all == 1, age: u16::try_from(age).ok(), birth_date: date(&born)? })
}

/// Empty: none.
fn date(text: &str) -> Result<Option<NaiveDate>> {
    match text {
        "" => Ok(None),
        date => Ok(Some(date.parse().map_err(|_| Error::Damaged("a birth date"))?)),
    }
}
