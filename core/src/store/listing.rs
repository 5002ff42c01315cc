//! Whether this person is to be found in their relay's directory, and what became of it.

use sqlx::SqliteConnection;

use super::{Tx, statements};
use crate::error::{Error, Result};

statements! {
    LISTING = "SELECT p.listed, p.username, p.told_directory, p.listing FROM own_profile p WHERE p.id = 1";
    SET_LISTED = "UPDATE own_profile SET listed = ? WHERE id = 1";
    SET_TOLD = "UPDATE own_profile SET told_directory = ?, listing = ? WHERE id = 1";
}

/// What the relay's directory says of this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listing {
    /// Nothing, or it has not been asked yet.
    #[default]
    No,
    Listed,
    /// Somebody else has the username.
    Taken,
    /// The relay keeps no directory.
    NoDirectory,
}

impl Listing {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "",
            Self::Listed => "listed",
            Self::Taken => "taken",
            Self::NoDirectory => "no_directory",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [Self::No, Self::Listed, Self::Taken, Self::NoDirectory]
            .into_iter()
            .find(|listing| listing.as_str() == text)
            .ok_or(Error::Damaged("a directory's word"))
    }
}

/// What this person wants, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub listed: bool,
    pub username: String,
    /// A hash of what the directory was last told; empty: nothing.
    pub told: Vec<u8>,
    pub listing: Listing,
}

pub async fn wanted(conn: &mut SqliteConnection) -> Result<Wanted> {
    let (listed, username, told, listing): (i64, String, Vec<u8>, String) =
        sqlx::query_as(LISTING).fetch_one(conn).await?;
    Ok(Wanted { listed: listed == 1, username, told, listing: Listing::parse(&listing)? })
}

pub async fn set_listed(tx: &mut Tx<'_>, listed: bool) -> Result<()> {
    sqlx::query(SET_LISTED).bind(i64::from(listed)).execute(&mut **tx).await?;
    tx.touched.outbox = true;
    Ok(())
}

/// The directory was told, and this is what it said; an empty hash: it is to be told anew.
pub async fn set_told(tx: &mut Tx<'_>, told: &[u8], listing: Listing) -> Result<()> {
    sqlx::query(SET_TOLD).bind(told).bind(listing.as_str()).execute(&mut **tx).await?;
    Ok(())
}
