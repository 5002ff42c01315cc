//! The line of a chat that the list shows.

use beseda_protocol::{
    ChatId, MessageId, UserId,
    link::Reason,
    membership::{self, ChatKind, History},
};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{PutIn, Status};
use crate::{
    domain::{ChatNo, Level, Millis, Place, UserNo},
    error::{Error, Result},
    store::{dialogs, messages::flag, roles, statements, users},
};

statements! {
    LIST = "SELECT c.chat_no, c.chat_id, c.kind, c.status, c.title, c.description, c.category, c.activity, c.last_place,
        c.last_author_no, coalesce(a.name, ''), c.last_text, c.last_at, c.unread, c.members, c.quarantined, c.draft,
        iif((SELECT read_receipts FROM account WHERE id = 1), c.others_read_place, 0), c.others_delivered_place, c.read_place, coalesce(m.admin, 0), c.mentions, c.marked_unread, c.draft_reply, c.last_flags,
        EXISTS (SELECT 1 FROM blocked b WHERE b.user_no = c.last_author_no),
        c.rights, c.owner_no, c.history, c.leaving, c.refused, c.pinned, c.archived, c.muted_until, c.request, c.goes_on_in, c.picture, c.notices
        FROM chats c INDEXED BY chats_in_order LEFT JOIN users a ON a.user_no = c.last_author_no
        LEFT JOIN memberships m ON m.chat_no = c.chat_no AND m.user_no = ? AND m.removed = 0
        ORDER BY c.pinned DESC, c.activity DESC";
    ONE = "SELECT c.chat_no, c.chat_id, c.kind, c.status, c.title, c.description, c.category, c.activity, c.last_place,
        c.last_author_no, coalesce(a.name, ''), c.last_text, c.last_at, c.unread, c.members, c.quarantined, c.draft,
        iif((SELECT read_receipts FROM account WHERE id = 1), c.others_read_place, 0), c.others_delivered_place, c.read_place, coalesce(m.admin, 0), c.mentions, c.marked_unread, c.draft_reply, c.last_flags,
        EXISTS (SELECT 1 FROM blocked b WHERE b.user_no = c.last_author_no),
        c.rights, c.owner_no, c.history, c.leaving, c.refused, c.pinned, c.archived, c.muted_until, c.request, c.goes_on_in, c.picture, c.notices
        FROM chats c LEFT JOIN users a ON a.user_no = c.last_author_no
        LEFT JOIN memberships m ON m.chat_no = c.chat_no AND m.user_no = ? AND m.removed = 0 WHERE c.chat_no = ?";
    OTHER = "SELECT u.user_id, u.name, u.new_device, EXISTS (SELECT 1 FROM verified v WHERE v.user_no = u.user_no) FROM memberships m JOIN users u USING (user_no)
        WHERE m.chat_no = ? AND m.user_no <> ? ORDER BY m.user_no LIMIT 1";
    PERSON = "SELECT u.user_id, u.name, u.new_device, EXISTS (SELECT 1 FROM verified v WHERE v.user_no = u.user_no) FROM users u
        WHERE u.user_no = ?";
    LAST_FAILED = "SELECT failed FROM messages WHERE place = ?";
}

/// A chat as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatLine {
    pub number: ChatNo,
    pub id: ChatId,
    pub kind: ChatKind,
    pub status: Status,
    /// For a dialog without a title: the other person's name.
    pub title: String,
    pub description: String,
    pub category: String,
    pub activity: Millis,
    pub last: Option<LastLine>,
    pub unread: u32,
    /// Of the unread ones, those that name this person or everyone.
    pub mentions: u32,
    /// The person put the unread mark back.
    pub marked_unread: bool,
    pub members: u32,
    pub quarantined: u32,
    pub draft: String,
    pub draft_reply: Option<MessageId>,
    pub others_read: Place,
    pub others_delivered: Place,
    pub read: Place,
    /// This person is an admin of it.
    pub admin: bool,
    /// In a dialog: the other person, once there is one.
    pub peer: Option<UserId>,
    /// This person has made sure who that is.
    pub verified: bool,
    /// A device has come to them since this person last looked.
    pub new_device: bool,
    /// This person has it: they can hand it over, and not leave before.
    pub owner: bool,
    pub rights: membership::Rights,
    pub history: History,
    pub leaving: Leaving,
    /// Why who was asked does not let this person in.
    pub refused: Option<Reason>,
    /// The rank among those pinned, the highest stands first; 0: not pinned.
    pub pinned: i64,
    pub archived: bool,
    /// 0: not muted; [`FOREVER`].
    pub muted_until: Millis,
    pub level: Level,
    /// Names the picture there is; 0: none.
    pub picture: i64,
    pub put_in: PutIn,
    /// Where it was asked and not answered yet: who has put this person in, as they are called here.
    pub put_in_by: String,
    /// Everything in it has been said again in this dialog with the same person.
    pub gone_on: Option<ChatId>,
}

/// Whether this person leaves, or has left, by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    No,
    /// Said, and the relay has not taken it yet.
    Said,
    Left,
}

/// A chat that is muted until then is muted for ever.
pub const FOREVER: Millis = 9_007_199_254_740_991;

impl ChatLine {
    #[must_use]
    pub fn muted(&self, now: Millis) -> bool {
        self.muted_until > now
    }
}

impl ChatLine {
    /// Whether the list shows it: the notes only once there is something in them, and nothing that was refused, or that
    /// goes on elsewhere.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        !self.is_gone() && (self.kind != ChatKind::Notes || self.last.is_some() || !self.draft.is_empty())
    }

    /// It was in the list and is so no more, whatever comes in it.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.put_in == PutIn::Refused || self.gone_on.is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastLine {
    pub place: Place,
    pub author: UserNo,
    pub author_name: String,
    /// The beginning of its Markdown.
    pub text: String,
    pub at: Millis,
    pub failed: i64,
    pub deleted: bool,
    /// Its author is blocked.
    pub blocked: bool,
}

/// The whole list: pinned ones first, then the newest, of those equally new the oldest chat first.
pub async fn list(conn: &mut SqliteConnection, me: UserNo) -> Result<Vec<ChatLine>> {
    let rows = sqlx::query(LIST).bind(me.0).fetch_all(&mut *conn).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        lines.push(line(conn, &row, me).await?);
    }
    Ok(lines)
}

pub async fn one(conn: &mut SqliteConnection, chat: ChatNo, me: UserNo) -> Result<ChatLine> {
    let row = sqlx::query(ONE).bind(me.0).bind(chat.0).fetch_one(&mut *conn).await?;
    line(conn, &row, me).await
}

/// The same, if the chat is there.
pub(in crate::store) async fn find_line(
    conn: &mut SqliteConnection,
    chat: ChatNo,
    me: UserNo,
) -> Result<Option<ChatLine>> {
    let row = sqlx::query(ONE).bind(me.0).bind(chat.0).fetch_optional(&mut *conn).await?;
    match row {
        Some(row) => Ok(Some(line(conn, &row, me).await?)),
        None => Ok(None),
    }
}

async fn line(conn: &mut SqliteConnection, row: &SqliteRow, me: UserNo) -> Result<ChatLine> {
    let number = ChatNo(row.get(0));
    let kind = ChatKind::parse(row.get(2)).ok_or(Error::Damaged("a chat's kind"))?;
    let last_place = Place(row.get(8));
    let mut title: String = row.get(4);
    let (mut peer, mut verified, mut new_device) = (None, false, false);
    if kind == ChatKind::Dialog {
        let mut other: Option<(Vec<u8>, String, i64, i64)> =
            sqlx::query_as(OTHER).bind(number.0).bind(me.0).fetch_optional(&mut *conn).await?;
        if other.is_none()
            && let Some(added) = dialogs::added_peer(conn, number, me).await?
        {
            other = sqlx::query_as(PERSON).bind(added.0).fetch_optional(&mut *conn).await?;
        }
        if let Some((user, name, device, sure)) = other {
            (new_device, verified) = (device == 1, sure == 1);
            peer = Some(UserId::from_slice(&user).map_err(|_| Error::Damaged("a person's id"))?);
            if title.is_empty() {
                title = name;
            }
        }
    }
    let last = if last_place == Place::FIRST {
        None
    } else {
        let failed = if last_place.is_queued() {
            sqlx::query_scalar(LAST_FAILED)
                .bind(last_place.row(number))
                .fetch_optional(&mut *conn)
                .await?
                .unwrap_or_default()
        } else {
            0
        };
        Some(LastLine {
            place: last_place,
            author: UserNo(row.get(9)),
            author_name: row.get(10),
            text: row.get(11),
            at: row.get(12),
            failed,
            deleted: row.get::<i64, _>(24) & flag::DELETED != 0,
            blocked: row.get::<i64, _>(25) == 1,
        })
    };
    let put_in = PutIn::from_bits(row.get(34));
    let mut put_in_by = String::new();
    if put_in == PutIn::Asked
        && let Some(by) = dialogs::added_by(conn, number, me).await?
    {
        put_in_by = users::names(conn, by).await?.0;
    }
    let gone_on = match row.get::<i64, _>(35) {
        0 => None,
        _ if dialogs::left_over(conn, number).await? => None,
        on => Some(super::state(conn, ChatNo(on)).await?.id),
    };
    let count = |index| u32::try_from(row.get::<i64, _>(index)).unwrap_or_default();
    Ok(ChatLine {
        number,
        id: ChatId::from_slice(row.get(1)).map_err(|_| Error::Damaged("a chat's id"))?,
        kind,
        status: Status::parse(row.get(3))?,
        title,
        description: row.get(5),
        category: row.get(6),
        activity: row.get(7),
        last,
        unread: count(13),
        members: count(14),
        quarantined: count(15),
        draft: row.get(16),
        others_read: Place(row.get(17)),
        others_delivered: Place(row.get(18)),
        read: Place(row.get(19)),
        admin: row.get::<i64, _>(20) == 1,
        mentions: count(21),
        marked_unread: row.get::<i64, _>(22) == 1,
        draft_reply: MessageId::from_slice(row.get(23)).ok(),
        rights: roles::from_bits(row.get(26)),
        owner: row.get::<i64, _>(27) == me.0,
        history: roles::history_named(row.get(28)),
        leaving: match row.get(29) {
            0_i64 => Leaving::No,
            1 => Leaving::Said,
            _ => Leaving::Left,
        },
        refused: Reason::parse(row.get(30)),
        pinned: row.get(31),
        archived: row.get::<i64, _>(32) == 1,
        muted_until: row.get(33),
        level: Level::parse(row.get(37)).ok_or(Error::Damaged("what a chat tells of"))?,
        picture: row.get(36),
        put_in,
        put_in_by,
        gone_on,
        peer,
        verified,
        new_device,
    })
}
