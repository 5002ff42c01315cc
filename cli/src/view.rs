//! What is printed: the JSON of `--json`, whose field names never change, and the lines for people.

mod said;

use beseda_core::{
    Core,
    domain::{Millis, Place},
    may_write,
    store::{
        KeyKind,
        chats::{ChatLine, FOREVER, Leaving, PutIn, Status},
        members::MemberLine,
    },
    sync::engine::State,
};
use beseda_protocol::{ChatId, UserId, link::Reason};
use chrono::{DateTime, Local};
use serde::Serialize;

use crate::output::shown_line;

pub use said::{Mentioned, Said, said};

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
    /// Why whoever was asked does not let this person in.
    pub refused: Option<&'static str>,
    pub members: u32,
    pub unread: u32,
    pub mentions: u32,
    pub marked_unread: bool,
    pub pinned: bool,
    pub archived: bool,
    pub muted: bool,
    /// `None` when it is not muted, or for ever.
    pub muted_until: Option<Millis>,
    pub notices: &'static str,
    pub quarantined: u32,
    pub admin: bool,
    pub may_write: bool,
    pub owner: bool,
    pub history: &'static str,
    pub leaving: &'static str,
    pub activity: Millis,
    pub last: Option<Last>,
    /// Who has put this person in and waits to be accepted.
    pub requested_by: Option<String>,
    /// Of a dialog: this person has made sure of the other one.
    pub verified: bool,
    /// Of a dialog: a device has come to the other one since.
    pub new_device: bool,
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
    pub own_name: String,
    pub admin: bool,
    pub owner: bool,
    pub me: bool,
    pub added_at: Millis,
    pub added_by: String,
    pub contact: bool,
    pub blocked: bool,
    pub verified: bool,
    pub new_device: bool,
    pub looks_like: Option<String>,
    pub mixed_scripts: bool,
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

    pub fn state(self, place: Place, failed: i64, mine: bool) -> &'static str {
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
        let muted = line.muted(core.device().now());
        Self {
            id: line.id,
            kind: line.kind.as_str(),
            title: line.title.clone(),
            description: line.description.clone(),
            category: line.category.clone(),
            status: status(line.status),
            refused: line.refused.map(Reason::as_str),
            members: line.members,
            unread: line.unread,
            mentions: line.mentions,
            marked_unread: line.marked_unread,
            pinned: line.pinned > 0,
            archived: line.archived,
            muted,
            muted_until: Some(line.muted_until).filter(|until| muted && *until != FOREVER),
            notices: line.level.as_str(),
            quarantined: line.quarantined,
            admin: line.admin,
            may_write: may_write(line),
            owner: line.owner,
            history: line.history.as_str(),
            leaving: match line.leaving {
                Leaving::No => "no",
                Leaving::Said => "said",
                Leaving::Left => "left",
            },
            activity: line.activity,
            requested_by: (line.put_in == PutIn::Asked).then(|| line.put_in_by.clone()),
            verified: line.verified,
            new_device: line.new_device,
            last: line.last.as_ref().map(|last| {
                let mine = last.author == core.device().me.number;
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
        match self.title.as_str() {
            "" if self.kind == "notes" => "Notes".to_owned(),
            "" => short(&self.id),
            title => shown_line(title),
        }
    }

    pub fn text(&self) -> String {
        let unread = match (self.unread, self.mentions, self.marked_unread) {
            (0, _, false) => String::new(),
            (0, _, true) => "•".to_owned(),
            (unread, 0, _) => unread.to_string(),
            (unread, mentions, _) => format!("{unread} @{mentions}"),
        };
        let mut line = format!(
            "{:<8}  {:<6}  {:<7}  {:>6}  {:<16}  {}",
            short(&self.id),
            self.kind,
            self.status,
            unread,
            local(self.activity),
            self.called()
        );
        if let Some(refused) = self.refused {
            line.push_str(&format!(" (not let in: {refused})"));
        }
        if let Some(by) = &self.requested_by {
            line.push_str(&format!(" (put in by {}: accept or refuse it)", shown_line(by)));
        }
        let marks = [(self.pinned, "pinned"), (self.archived, "archived"), (self.muted, "muted")];
        for (_, mark) in marks.iter().filter(|(set, _)| *set) {
            line.push_str(&format!(" [{mark}]"));
        }
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

impl Member {
    pub fn of(core: &Core, line: MemberLine) -> Option<Self> {
        let user = UserId::from_slice(&line.user).ok()?;
        Some(Self {
            me: user == core.device().keys.user(),
            user,
            name: line.name,
            own_name: line.own_name,
            admin: line.admin,
            owner: line.owner,
            added_at: line.added_at,
            added_by: line.added_by,
            contact: line.contact,
            blocked: line.blocked,
            verified: line.verified,
            new_device: line.new_device,
            looks_like: line.looks_like,
            mixed_scripts: line.mixed_scripts,
        })
    }

    pub fn text(&self) -> String {
        let role = if self.admin { "admin" } else { "" };
        let me = match (self.me, self.verified, self.new_device) {
            (true, ..) => " (me)",
            (_, true, false) => " (verified)",
            (_, true, true) => " (verified; has a new device since)",
            (_, false, true) => " (has a new device)",
            _ => "",
        };
        let odd = match &self.looks_like {
            Some(other) => format!("  (looks like another member, {})", shown_line(other)),
            None if self.blocked => "  (blocked)".to_owned(),
            None if self.mixed_scripts => "  (mixes alphabets)".to_owned(),
            None => String::new(),
        };
        format!(
            "{:<8}  {role:<5}  {:<16}  {}{me}{odd}",
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
