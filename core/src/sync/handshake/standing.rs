//! Handshakes of chats whose history is closed to newcomers, before them or after: instead of the key of the era before,
//! each carries how the chat stands, under the era that it begins.

use beseda_protocol::{
    codec,
    content::Standing,
    envelope::{HandshakeBody, LogEntry},
    flaws::{self, Flaw},
    limits,
    membership::{Event, History, SignedEvent},
};
use sqlx::SqliteConnection;

use crate::{
    crypto::{Secret, seal},
    error::Result,
    store::{
        chat_pictures,
        chats::{self, ChatState},
        standings,
    },
};

/// What a handshake does to the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// The way back ends at it.
    pub closes: bool,
    /// Somebody will read from it on: what is written then must build on nothing older.
    pub parts: bool,
}

impl Closing {
    #[must_use]
    pub fn of(before: History, event: &Event) -> Self {
        // A device that comes back needs the way to what it read before, and learns nothing new by it.
        if event.comes_back() || flaws::has(Flaw::TellNewcomers) {
            return Self { closes: false, parts: false };
        }
        let after = event.roles.history;
        let closes = before == History::FromJoining || after == History::FromJoining;
        Self { closes, parts: closes && (before != after || !event.adds.is_empty()) }
    }
}

/// How the chat stands before `event`.
///
/// # Errors
/// When the store fails.
pub async fn standing(
    conn: &mut SqliteConnection,
    state: &ChatState,
    event: SignedEvent,
    closing: Closing,
) -> Result<Standing> {
    let segment = if closing.parts {
        standings::next_segment(conn, state.number).await?.max(state.segment_from)
    } else {
        state.segment_from
    };
    let (title, description, category) = chats::info(conn, state.number).await?;
    let devices = standings::devices(conn, state.number).await?;
    let picture = chat_pictures::get(conn, state.number).await?;
    Ok(Standing { v: 1, event, segment, title, description, category, picture, devices })
}

/// Opens it; what it says is its author's word.
///
/// # Errors
/// A sentence for the quarantine.
pub fn open(
    state: &ChatState,
    entry: &LogEntry,
    body: &HandshakeBody,
    begins: &Secret,
) -> std::result::Result<Standing, &'static str> {
    let sealed = body.standing.as_ref().ok_or("a handshake that does not say how the chat stands")?;
    let bound = seal::bound_to(state.id, entry.id);
    let plain = seal::open(begins, seal::Part::Standing, &bound, sealed, limits::CONTENT_BYTES)
        .map_err(|_| "a handshake whose word on how the chat stands does not open")?;
    let standing: Standing = codec::decode(&plain, limits::CONTENT_BYTES)
        .map_err(|_| "a word on how the chat stands that cannot be read")?;
    if standing.v != 1 {
        return Err("a word on how the chat stands of a version that this app does not know: update Beseda");
    }
    super::verify_event(&standing.event, state)?;
    Ok(standing)
}

/// Whether what a handshake tells newcomers is how everybody knows it.
///
/// # Errors
/// The outer error is the store's; the inner one a sentence for the quarantine.
pub async fn holds(
    conn: &mut SqliteConnection,
    state: &ChatState,
    standing: &Standing,
    event: &SignedEvent,
    closing: Closing,
) -> Result<std::result::Result<(), &'static str>> {
    if standing.event != *event {
        return Ok(Err("a word on how the chat stands that goes with another event"));
    }
    let known = standings::devices(conn, state.number).await?;
    let same = known.len() == standing.devices.len()
        && known.iter().zip(&standing.devices).all(|(known, said)| {
            (known.device, known.user, known.slot, known.key) == (said.device, said.user, said.slot, said.key)
        });
    if !same {
        return Ok(Err("a word on how the chat stands that names other members"));
    }
    let next = standings::next_segment(conn, state.number).await?;
    let fits = if closing.parts {
        // Beyond every segment in use, and not far: numbers are not to be used up.
        standing.segment >= next && standing.segment <= next.max(state.segment_from)
    } else {
        standing.segment == state.segment_from
    };
    Ok(if fits { Ok(()) } else { Err("a segment that newcomers could not read") })
}
