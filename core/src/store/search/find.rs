//! Asking the index, newest first, and looking at what it proposes.
//!
//! A call looks at so many messages and no more ([`MOST`]); then it answers what it has and where to go on. It holds no
//! lock, and dropping its future ends it.

use std::{collections::BTreeSet, ops::Range};

use beseda_protocol::{MessageId, UserId};
use chrono::{Days, NaiveDate};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{SPILL, author_token, chat_token, number_at};
use crate::{
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
    markup,
    search::{Name, Query, Score},
    store::{messages::flag, statements},
};

statements! {
    PROPOSED = "SELECT s.rowid, m.place, m.flags, m.author_no, m.at, m.text, m.sent_at, m.message_id, u.user_id, u.name
        FROM search s CROSS JOIN search_rows r ON r.number = s.rowid CROSS JOIN messages m ON m.place = r.place
        CROSS JOIN users u ON u.user_no = m.author_no
        WHERE s.search MATCH ? AND s.rowid >= ? AND s.rowid < ? ORDER BY s.rowid DESC LIMIT ?";
    ALL_OF_TIME = "SELECT r.number, m.place, m.flags, m.author_no, m.at, m.text, m.sent_at, m.message_id, u.user_id, u.name
        FROM search_rows r CROSS JOIN messages m ON m.place = r.place CROSS JOIN users u ON u.user_no = m.author_no
        WHERE r.number >= ? AND r.number < ? ORDER BY r.number DESC LIMIT ?";
    QUEUED = "SELECT m.place, m.place, m.flags, m.author_no, m.at, m.text, m.sent_at, m.message_id, u.user_id, u.name
        FROM messages m CROSS JOIN users u ON u.user_no = m.author_no
        WHERE m.place >= ? AND m.place < ? ORDER BY m.place DESC LIMIT ?";
    QUEUED_CHAT = "SELECT max(chat_no) FROM changes INDEXED BY outbox WHERE place = 0 AND chat_no <= ?";
    PINNED = "SELECT r.number, m.place, m.flags, m.author_no, m.at, m.text, m.sent_at, m.message_id, u.user_id, u.name
        FROM pins p CROSS JOIN search_rows r ON r.place = p.place CROSS JOIN messages m ON m.place = p.place
        CROSS JOIN users u ON u.user_no = m.author_no
        WHERE p.place >= ? AND p.place <= ? AND p.present = 1 LIMIT ?";
    ME = "SELECT u.user_no FROM account a CROSS JOIN users u ON u.user_id = a.user_id WHERE a.id = 1";
    USERS = "SELECT user_no, name FROM users";
    CHATS = "SELECT c.chat_no, CASE WHEN c.title <> '' OR c.kind <> 'dialog' THEN c.title ELSE coalesce((SELECT u.name
            FROM memberships m JOIN users u USING (user_no) WHERE m.chat_no = c.chat_no AND m.user_no <> ?
            ORDER BY m.user_no LIMIT 1), '') END FROM chats c";
}

/// Messages that one call looks at; few in tests, which must get there.
const MOST: usize = if cfg!(test) { 500 } else { 20_000 };
/// Of so many that match, the newest, the best are found.
const BEST_OF: usize = 1_000;
/// Messages read at once, at most.
const CHUNK: usize = 1_024;
/// Chats, or authors, that the index is asked for; among more of them only the messages' own columns tell.
const NAMED: usize = 64;
/// Pinned messages that are looked through.
const PINS: usize = 5_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Those not sent yet, then by the time at which the relay accepted them, whatever their chat.
    Newest,
    /// By how well they fit, then newest first: of the newest 1,000 that match. One page.
    Best,
}

pub struct Find<'a> {
    pub query: &'a Query,
    /// Only in this chat.
    pub chat: Option<ChatNo>,
    pub order: Order,
    /// [`Found::next`] of the page before.
    pub before: Option<i64>,
    pub limit: usize,
    /// From a time to the day on which it falls where the person is.
    pub dates: &'a (dyn Fn(Millis) -> NaiveDate + Send + Sync),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// Where the next page begins; `None`: that was all. There may be more also after a page that is not full, even an
    /// empty one: the rest is not looked at yet.
    pub next: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub chat: ChatNo,
    pub place: Place,
    pub id: MessageId,
    pub author_no: UserNo,
    pub author: UserId,
    pub author_name: String,
    /// Markdown.
    pub text: String,
    pub sent_at: Millis,
    pub at: Millis,
    pub flags: i64,
    pub score: Score,
    /// The text without markup.
    pub plain: String,
    /// Bytes of `plain` to be highlighted.
    pub ranges: Vec<Range<usize>>,
}

/// Finds messages. An empty query finds nothing.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(conn: &mut SqliteConnection, ask: &Find<'_>) -> Result<Found> {
    if ask.query.is_empty() || ask.limit == 0 {
        return Ok(Found::default());
    }
    let Some(scope) = Scope::of(conn, ask).await? else { return Ok(Found::default()) };
    let limit = if ask.order == Order::Best { BEST_OF } else { ask.limit };
    let mut search = Search { ask, scope, limit, looked: 0, found: Found::default() };
    let numbers = match ask.before {
        // Below zero: among those that are queued.
        None => search.queued(conn, i64::MAX).await?.then_some(i64::MAX),
        Some(row) if row < 0 => search.queued(conn, -row).await?.then_some(i64::MAX),
        Some(number) => Some(number),
    };
    if let Some(before) = numbers {
        if ask.query.pinned == Some(true) {
            search.pinned(conn, before).await?;
        } else {
            search.accepted(conn, before).await?;
        }
    }
    Ok(search.finish())
}

/// Whose messages in which chats.
#[derive(Default)]
struct Scope {
    /// `None`: in all.
    chats: Option<BTreeSet<i64>>,
    not_in: BTreeSet<i64>,
    /// `None`: of all.
    authors: Option<BTreeSet<i64>>,
    not_from: BTreeSet<i64>,
}

impl Scope {
    /// `None` where nothing can be found: nobody, or no chat, is called so.
    async fn of(conn: &mut SqliteConnection, ask: &Find<'_>) -> Result<Option<Self>> {
        let mut scope = Self { chats: ask.chat.map(|chat| BTreeSet::from([chat.0])), ..Self::default() };
        let query = ask.query;
        if query.from.is_empty() && query.chats.is_empty() {
            return Ok(Some(scope));
        }
        let me: i64 = sqlx::query_scalar(ME).fetch_optional(&mut *conn).await?.unwrap_or_default();
        if !query.from.is_empty() {
            let users: Vec<(i64, String)> = sqlx::query_as(USERS).fetch_all(&mut *conn).await?;
            (scope.authors, scope.not_from) = named(&query.from, &users, Some(me));
        }
        if !query.chats.is_empty() {
            let chats: Vec<(i64, String)> = sqlx::query_as(CHATS).bind(me).fetch_all(&mut *conn).await?;
            let (named, not_in) = named(&query.chats, &chats, None);
            scope.not_in = not_in;
            scope.chats = match (named, scope.chats) {
                (Some(named), Some(chat)) => Some(named.intersection(&chat).copied().collect()),
                (named, chat) => named.or(chat),
            };
        }
        let none = |set: &Option<BTreeSet<i64>>| set.as_ref().is_some_and(BTreeSet::is_empty);
        Ok((!none(&scope.chats) && !none(&scope.authors)).then_some(scope))
    }

    fn has(&self, chat: i64, author: i64) -> bool {
        self.chats.as_ref().is_none_or(|chats| chats.contains(&chat))
            && self.authors.as_ref().is_none_or(|authors| authors.contains(&author))
            && !self.not_in.contains(&chat)
            && !self.not_from.contains(&author)
    }

    /// What to ask the index for, as far as it helps.
    fn tokens(&self) -> impl Iterator<Item = String> {
        let any = |set: &Option<BTreeSet<i64>>, token: fn(i64) -> String| {
            let set = set.as_ref().filter(|set| set.len() <= NAMED)?;
            let tokens: Vec<String> = set.iter().map(|number| format!("\"{}\"", token(*number))).collect();
            Some(format!("({})", tokens.join(" OR ")))
        };
        let chats = any(&self.chats, |number| chat_token(ChatNo(number)));
        chats.into_iter().chain(any(&self.authors, author_token))
    }
}

/// The numbers that the names mean, and those that they exclude.
fn named(
    names: &[Name],
    called: &[(i64, String)],
    me: Option<i64>,
) -> (Option<BTreeSet<i64>>, BTreeSet<i64>) {
    let fitting = |name: &Name| -> BTreeSet<i64> {
        let fits = |number: &i64, called: &str| (name.is_me && me == Some(*number)) || name.fits(called);
        called.iter().filter(|(number, called)| fits(number, called)).map(|(number, _)| *number).collect()
    };
    let (out, wanted): (Vec<&Name>, Vec<&Name>) = names.iter().partition(|name| name.excluded);
    let all = |names: Vec<&Name>| names.into_iter().flat_map(fitting).collect();
    ((!wanted.is_empty()).then(|| all(wanted)), all(out))
}

struct Search<'a> {
    ask: &'a Find<'a>,
    scope: Scope,
    limit: usize,
    looked: usize,
    found: Found,
}

impl Search<'_> {
    /// What is not accepted yet: chats from the last to the first, in each the newest first, below row `before`. Whether
    /// all of it was looked at.
    async fn queued(&mut self, conn: &mut SqliteConnection, before: i64) -> Result<bool> {
        let mut upto = self.ask.chat.map_or(i64::MAX, |chat| chat.0).min(Place::from_row(before).0.0);
        loop {
            let chat: Option<i64> = sqlx::query_scalar(QUEUED_CHAT).bind(upto).fetch_one(&mut *conn).await?;
            let Some(chat) = chat.filter(|chat| self.ask.chat.is_none_or(|asked| asked.0 == *chat)) else {
                return Ok(true);
            };
            let (first, last) = (Place::queued(0).row(ChatNo(chat)), Place::END.row(ChatNo(chat)));
            let mut before = before.min(last);
            loop {
                let rows = sqlx::query(QUEUED)
                    .bind(first)
                    .bind(before)
                    .bind(CHUNK as i64)
                    .fetch_all(&mut *conn)
                    .await?;
                if !self.look(&rows, |row| -row)? {
                    return Ok(false);
                }
                match rows.last() {
                    Some(row) if rows.len() == CHUNK => before = row.get(0),
                    _ => break,
                }
            }
            upto = chat - 1;
        }
    }

    async fn accepted(&mut self, conn: &mut SqliteConnection, before: i64) -> Result<()> {
        let asked: Vec<String> = self.ask.query.fts().into_iter().chain(self.scope.tokens()).collect();
        let asked = asked.join(" AND ");
        let numbers = self.numbers();
        let mut before = before.min(numbers.end);
        // A little more than is wanted: what the index proposes mostly fits.
        let mut chunk = (self.limit + self.limit / 8 + 8).min(CHUNK);
        loop {
            let sql = if asked.is_empty() { ALL_OF_TIME } else { PROPOSED };
            let mut rows = sqlx::query(sql);
            if !asked.is_empty() {
                rows = rows.bind(&asked);
            }
            let rows = rows.bind(numbers.start).bind(before).bind(chunk as i64).fetch_all(&mut *conn).await?;
            if !self.look(&rows, |number| number)? {
                return Ok(());
            }
            match rows.last() {
                Some(row) if rows.len() == chunk => before = row.get(0),
                _ => return Ok(()),
            }
            chunk = (chunk * 4).min(CHUNK);
        }
    }

    /// Pinned messages are few and all over the history.
    async fn pinned(&mut self, conn: &mut SqliteConnection, before: i64) -> Result<()> {
        let (from, to) =
            self.ask.chat.map_or((0, i64::MAX), |chat| (Place::FIRST.row(chat), Place::queued(0).row(chat)));
        let mut rows = sqlx::query(PINNED).bind(from).bind(to).bind(PINS as i64).fetch_all(conn).await?;
        let number = |row: &SqliteRow| row.get::<i64, _>(0);
        rows.retain(|row| number(row) < before);
        rows.sort_by_key(|row| std::cmp::Reverse(number(row)));
        self.look(&rows, |number| number)?;
        Ok(())
    }

    /// The numbers that the days which are asked for can have.
    fn numbers(&self) -> Range<i64> {
        // Days are those where the person is, so a day more on either side.
        let time =
            |day: Option<NaiveDate>| day?.and_hms_opt(0, 0, 0).map(|time| time.and_utc().timestamp_millis());
        let query = self.ask.query;
        let from = query.after.and_then(|day| time(day.checked_sub_days(Days::new(1))));
        let to = query.before.and_then(|day| time(day.checked_add_days(Days::new(1))));
        from.map_or(0, number_at)..to.map_or(i64::MAX, |to| number_at(to) + SPILL)
    }

    /// Takes of `rows` what fits; whether there is room and leave for more. If not, the next page begins at the key that
    /// `cursor` makes of the last row's first column.
    fn look(&mut self, rows: &[SqliteRow], cursor: impl Fn(i64) -> i64) -> Result<bool> {
        for row in rows {
            self.looked += 1;
            if let Some(hit) = self.hit(row)? {
                self.found.hits.push(hit);
            }
            if self.found.hits.len() >= self.limit || self.looked >= MOST {
                self.found.next = Some(cursor(row.get(0)));
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn hit(&self, row: &SqliteRow) -> Result<Option<Hit>> {
        let query = self.ask.query;
        let flags: i64 = row.get(2);
        let is = |flag: i64, wanted: Option<bool>| wanted.is_none_or(|wanted| (flags & flag != 0) == wanted);
        let (chat, place) = Place::from_row(row.get(1));
        let (author, at): (i64, Millis) = (row.get(3), row.get(4));
        let dated = query.after.is_some() || query.before.is_some();
        if flags & flag::GONE != 0
            || !is(flag::LINKS, query.link)
            || !is(flag::FILES, query.file)
            || !is(flag::PINNED, query.pinned)
            || !self.scope.has(chat.0, author)
            || (dated && !query.wants((self.ask.dates)(at)))
        {
            return Ok(None);
        }
        let text: &str = row.get(5);
        let Some(score) = query.matches(&markup::plain(text)) else { return Ok(None) };
        let damaged = |_| Error::Damaged("a message's ids");
        Ok(Some(Hit {
            chat,
            place,
            id: MessageId::from_slice(row.get(7)).map_err(damaged)?,
            author_no: UserNo(author),
            author: UserId::from_slice(row.get(8)).map_err(damaged)?,
            author_name: row.get(9),
            text: text.to_owned(),
            sent_at: row.get(6),
            at,
            flags,
            score,
            plain: String::new(),
            ranges: vec![],
        }))
    }

    fn finish(mut self) -> Found {
        if self.ask.order == Order::Best {
            // What is as good stays newest first.
            self.found.hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
            self.found.hits.truncate(self.ask.limit);
            self.found.next = None;
        }
        for hit in &mut self.found.hits {
            hit.plain = markup::plain(&hit.text).into_owned();
            hit.ranges = self.ask.query.highlights(&hit.plain);
        }
        self.found
    }
}
