//! What is printed: the JSON of `--json`, whose field names never change, and the lines for people.

use beseda_core::{
    Core,
    domain::{Millis, Place},
    may_write,
    store::{
        KeyKind,
        chats::{ChatLine, Status},
        members::MemberLine,
        messages::Message,
    },
    sync::engine::State,
    timeline::FailReason,
    window::fail_reason,
};
use beseda_protocol::{ChatId, MessageId, UserId};
use chrono::{DateTime, Local};
use serde::Serialize;

use crate::output::{shown, shown_line};

/// Hexadecimal digits of a chat's or person's id that people get to see; with so many a clash is a curiosity.
const SHORT_ID: usize = 8;

#[derive(Serialize)]
pub struct Account {
    pub name: String,
    pub user: String,
    pub device: String,
    pub relay: String,
    pub key: &'static str,
    pub waiting: u32,
    pub last_sync: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chat {
    pub id: ChatId,
    pub kind: &'static str,
    pub title: String,
    pub description: String,
    pub category: String,
    pub status: &'static str,
    pub members: u32,
    pub unread: u32,
    pub quarantined: u32,
    pub admin: bool,
    pub may_write: bool,
    pub activity: Millis,
    pub last: Option<Last>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Last {
    pub author_name: String,
    pub mine: bool,
    /// Its beginning.
    pub text: String,
    pub at: Millis,
    pub state: &'static str,
}

#[derive(Serialize)]
pub struct Member {
    pub user: UserId,
    pub name: String,
    pub admin: bool,
    pub me: bool,
    pub added_at: Millis,
    pub added_by: String,
}

#[derive(Serialize)]
pub struct Said {
    pub id: MessageId,
    pub chat: ChatId,
    pub author: UserId,
    pub author_name: String,
    pub mine: bool,
    pub text: String,
    pub at: Millis,
    pub sent_at: Millis,
    pub state: &'static str,
    pub reason: Option<&'static str>,
}

/// How far other members have got in a chat, which decides the state of one's own messages.
#[derive(Clone, Copy)]
pub struct Marks {
    pub delivered: Place,
    pub read: Place,
}

impl Marks {
    pub fn of(line: &ChatLine) -> Self {
        Self { delivered: line.others_delivered, read: line.others_read }
    }

    fn state(self, place: Place, failed: i64, mine: bool) -> &'static str {
        if failed != 0 {
            "failed"
        } else if place.is_queued() {
            "queued"
        } else if mine && place <= self.read {
            "read"
        } else if mine && place <= self.delivered {
            "delivered"
        } else {
            "accepted"
        }
    }
}

impl Chat {
    pub fn of(core: &Core, line: &ChatLine) -> Self {
        Self {
            id: line.id,
            kind: line.kind.as_str(),
            title: line.title.clone(),
            description: line.description.clone(),
            category: line.category.clone(),
            status: status(line.status),
            members: line.members,
            unread: line.unread,
            quarantined: line.quarantined,
            admin: line.admin,
            may_write: may_write(line),
            activity: line.activity,
            last: line.last.as_ref().map(|last| {
                let mine = last.author == core.device().me;
                Last {
                    author_name: last.author_name.clone(),
                    mine,
                    text: last.text.clone(),
                    at: last.at,
                    state: Marks::of(line).state(last.place, last.failed, mine),
                }
            }),
        }
    }

    /// What a person calls it.
    pub fn called(&self) -> String {
        if self.title.is_empty() { short(&self.id) } else { shown_line(&self.title) }
    }

    pub fn text(&self) -> String {
        let unread = if self.unread == 0 { String::new() } else { self.unread.to_string() };
        let mut line = format!(
            "{:<8}  {:<6}  {:<7}  {:>6}  {:<16}  {}",
            short(&self.id),
            self.kind,
            self.status,
            unread,
            local(self.activity),
            self.called()
        );
        if let Some(last) = &self.last {
            let who = if last.mine { "me".to_owned() } else { shown_line(&last.author_name) };
            let first = last.text.lines().next().unwrap_or_default();
            line.push_str(&format!(" · {who}: {}", shown_line(first)));
        }
        line
    }
}

/// Stands above the lines of [`Chat::text`].
pub const CHAT_HEADER: &str = "ID        KIND    STATUS   UNREAD  ACTIVE            TITLE";

impl Said {
    pub fn of(core: &Core, line: &ChatLine, message: Message) -> Self {
        let mine = message.author == core.device().keys.user();
        Self {
            id: message.id,
            chat: line.id,
            author: message.author,
            author_name: message.author_name,
            mine,
            text: message.text,
            at: message.at,
            sent_at: message.sent_at,
            state: Marks::of(line).state(message.place, message.failed, mine),
            reason: fail_reason(message.failed).map(|reason| match reason {
                FailReason::NotMember => "not_member",
                FailReason::Refused => "refused",
            }),
        }
    }

    pub fn author(&self) -> String {
        let name = shown_line(&self.author_name);
        if name.is_empty() { short(&self.author) } else { name }
    }

    /// `width`: of the longest author around, in characters.
    pub fn line(&self, width: usize) -> String {
        let head = format!("{}  {:<width$}  ", local(self.at), self.author());
        let indent = format!("\n{}", " ".repeat(head.chars().count()));
        let state = match (self.state, self.reason) {
            ("queued", _) => "  (queued)",
            ("failed", Some("not_member")) => "  (not sent: no longer a member)",
            ("failed", _) => "  (not sent: the relay refuses it)",
            _ => "",
        };
        format!("{head}{}{state}", shown(&self.text).replace('\n', &indent))
    }
}

impl Member {
    pub fn of(core: &Core, line: MemberLine) -> Option<Self> {
        let user = UserId::from_slice(&line.user).ok()?;
        Some(Self {
            me: user == core.device().keys.user(),
            user,
            name: line.name,
            admin: line.admin,
            added_at: line.added_at,
            added_by: line.added_by,
        })
    }

    pub fn text(&self) -> String {
        let role = if self.admin { "admin" } else { "" };
        let me = if self.me { " (me)" } else { "" };
        format!(
            "{:<8}  {role:<5}  {:<16}  {}{me}",
            short(&self.user),
            local(self.added_at),
            shown_line(&self.name)
        )
    }
}

/// Stands above the lines of [`Member::text`].
pub const MEMBER_HEADER: &str = "ID        ROLE   ADDED             NAME";

pub fn short(id: &impl ToString) -> String {
    id.to_string().chars().take(SHORT_ID).collect()
}

/// Date and time where the person is.
pub fn local(at: Millis) -> String {
    DateTime::from_timestamp_millis(at)
        .map(|at| at.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

pub fn status(status: Status) -> &'static str {
    match status {
        Status::Asking => "asking",
        Status::Joining => "joining",
        Status::Active => "active",
        Status::Removed => "removed",
    }
}

pub fn key(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Keyring => "keyring",
        KeyKind::Passphrase => "passphrase",
        KeyKind::File => "file",
    }
}

pub fn sync_state(state: State) -> &'static str {
    match state {
        State::Offline => "offline",
        State::Connecting => "connecting",
        State::Behind => "behind",
        State::UpToDate => "up_to_date",
    }
}
