//! The rows that screens read, made anew from the changes and compared one by one with those that are kept.
//!
//! They are made in a transaction of the writer that is dropped; meanwhile a reader still sees those that are kept. Both
//! are walked in the order of their keys, so that little is held however long the chat is.

use std::{collections::BTreeMap, fmt::Write as _};

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::Checked;
use crate::{
    core::Core,
    domain::{ChatNo, Place, UserNo},
    error::Result,
    store::{Durability, chats, projection},
};

const QUARANTINED: &str =
    "SELECT c.quarantined, (SELECT count(*) FROM quarantine q WHERE q.chat_no = c.chat_no)
    FROM chats c WHERE c.chat_no = ?";

/// By what a row's chat is told.
enum Of {
    Place,
    Chat,
}

struct Table {
    name: &'static str,
    of: Of,
    /// The primary key, in its order; `true`: a number.
    key: &'static [(&'static str, bool)],
    columns: &'static [&'static str],
}

const PLACE: (&str, bool) = ("place", true);

/// Everything that a rebuild makes.
const TABLES: &[Table] = &[
    Table {
        name: "messages",
        of: Of::Place,
        key: &[PLACE],
        columns: &[
            "message_id",
            "author_no",
            "text",
            "sent_at",
            "at",
            "failed",
            "flags",
            "reply_to",
            "extra",
        ],
    },
    Table {
        name: "message_versions",
        of: Of::Place,
        key: &[PLACE, ("edit_place", true)],
        columns: &["text", "extra", "at"],
    },
    Table {
        name: "reactions",
        of: Of::Place,
        key: &[PLACE, ("emoji", false), ("user_no", true)],
        columns: &["said_place", "at", "present"],
    },
    Table {
        name: "votes",
        of: Of::Place,
        key: &[PLACE, ("user_no", true)],
        columns: &["said_place", "options"],
    },
    Table { name: "pins", of: Of::Place, key: &[PLACE], columns: &["by_no", "said_place", "at", "present"] },
    Table { name: "links", of: Of::Place, key: &[PLACE, ("position", true)], columns: &["url"] },
    Table {
        name: "early_facts",
        of: Of::Chat,
        key: &[("message_id", false), ("said_place", true)],
        columns: &["author_no", "admin", "at", "fact"],
    },
    Table {
        name: "repeats",
        of: Of::Chat,
        key: &[("message_id", false), ("author_no", true)],
        columns: &["as_id", "here"],
    },
    Table { name: "chat_pictures", of: Of::Chat, key: &[("chat_no", true)], columns: &["picture"] },
    Table { name: "events", of: Of::Place, key: &[PLACE], columns: &["what", "by_no", "who_no", "at"] },
    Table {
        name: "memberships",
        of: Of::Chat,
        key: &[("user_no", true)],
        columns: &[
            "added_at",
            "added_by_no",
            "admin",
            "removed",
            "added_place",
            "delivered_place",
            "read_place",
            READ_AT,
        ],
    },
    Table {
        name: "profiles",
        of: Of::Chat,
        key: &[("user_no", true)],
        columns: &[
            "rev",
            "said_place",
            "name",
            "username",
            "first_name",
            "last_name",
            "email",
            "mobile",
            "description",
            "age",
            "created_at",
            "picture",
        ],
    },
    Table { name: "read_counts", of: Of::Chat, key: &[("level", true), ("span", true)], columns: &["n"] },
    Table {
        name: "chats",
        of: Of::Chat,
        key: &[("chat_no", true)],
        columns: &[
            "creator_no",
            "created_at",
            "title",
            "description",
            "category",
            "activity",
            "last_place",
            "last_author_no",
            "last_text",
            "last_at",
            "last_flags",
            "unread",
            "mentions",
            "members",
            "read_place",
            "others_read_place",
            "others_delivered_place",
            "projected",
        ],
    },
];

/// One's own is when this device said it, until a rebuild knows it from the relay: nobody is shown it.
const READ_AT: &str = "read_at";

impl Table {
    /// Key and row of each, as texts that sort like the key.
    fn sql(&self, chat: ChatNo, me: UserNo) -> String {
        let mut key = String::new();
        for (column, number) in self.key {
            let separator = if key.is_empty() { "" } else { " || ' ' || " };
            let text = if *number { format!("printf('%020d', {column})") } else { format!("hex({column})") };
            let _ = write!(key, "{separator}{text}");
        }
        let value = |column: &&str| match *column {
            READ_AT => format!("CASE user_no WHEN {} THEN 0 ELSE quote({READ_AT}) END", me.0),
            column => format!("quote({column})"),
        };
        let row = self.columns.iter().map(value).collect::<Vec<_>>().join(" || char(31) || ");
        let of = match self.of {
            Of::Place => {
                format!("place BETWEEN {} AND {}", Place::FIRST.row(chat), Place::END.row(chat))
            }
            Of::Chat => format!("chat_no = {}", chat.0),
        };
        // A span in which as many came in as have read says nothing, whether its row is there or not.
        let told = if self.name == "read_counts" { " AND n <> 0" } else { "" };
        let order = self.key.iter().map(|(column, _)| *column).collect::<Vec<_>>().join(", ");
        format!("SELECT {key}, {row} FROM {} WHERE {of}{told} ORDER BY {order}", self.name)
    }
}

pub(super) async fn examine(core: &Core, chat: ChatNo, checked: &mut Checked) -> Result<()> {
    let device = core.device();
    let mut reader = device.store.readers().acquire().await?;
    let (counted, there): (i64, i64) =
        sqlx::query_as(QUARANTINED).bind(chat.0).fetch_one(&mut *reader).await?;
    if counted != there {
        checked.found(Some(chat), format!("{there} envelopes are set aside, and {counted} are counted"));
    }
    let mut tx = device.store.begin(Durability::Process).await?;
    tx.memory().index_left_alone = true;
    projection::rebuild(&mut tx, chat, device.me).await?;
    chats::refresh_line(&mut tx, chat).await?;
    for table in TABLES {
        let sql = table.sql(chat, device.me.number);
        let differences = compare(&mut reader, &mut tx, &sql, table, &mut checked.looked_at).await?;
        for what in differences.told(table) {
            checked.found(Some(chat), what);
        }
    }
    Ok(())
}

/// How many rows differ, and where the first of them is.
#[derive(Default)]
struct Differences {
    missing: (u64, String),
    extra: (u64, String),
    /// By the columns that differ.
    changed: BTreeMap<String, (u64, String)>,
}

fn count(to: &mut (u64, String), key: &str) {
    if to.0 == 0 {
        key.clone_into(&mut to.1);
    }
    to.0 += 1;
}

impl Differences {
    fn told(self, table: &Table) -> Vec<String> {
        let at = |key: &str| match (&table.of, key.split(' ').next().and_then(|row| row.parse::<i64>().ok()))
        {
            (Of::Place, Some(row)) => match Place::from_row(row).1 {
                place if place.is_queued() => ", the first not sent yet".to_owned(),
                place => format!(", the first of envelope {}", place.seq()),
            },
            _ => String::new(),
        };
        let mut told = Vec::new();
        let mut tell = |(n, first): &(u64, String), what: &str| {
            if *n > 0 {
                told.push(format!("{}: {n} {what}{}", table.name, at(first)));
            }
        };
        tell(&self.missing, "rows that the changes make are not there");
        tell(&self.extra, "rows are there that no change makes");
        for (columns, differ) in &self.changed {
            tell(differ, &format!("rows differ from what the changes make of them ({columns})"));
        }
        told
    }
}

async fn compare(
    kept: &mut SqliteConnection,
    made: &mut SqliteConnection,
    sql: &str,
    table: &Table,
    looked_at: &mut u64,
) -> Result<Differences> {
    type Row = (String, String);
    let query = || sqlx::query_as::<_, Row>(AssertSqlSafe(sql.to_owned())).persistent(false);
    let (mut kept, mut made) = (query().fetch(kept), query().fetch(made));
    let (mut here, mut there) = (kept.try_next().await?, made.try_next().await?);
    let mut differences = Differences::default();
    loop {
        let order = match (&here, &there) {
            (None, None) => return Ok(differences),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((here, _)), Some((there, _))) => here.cmp(there),
        };
        if let (std::cmp::Ordering::Equal, Some((key, one)), Some((_, other))) = (order, &here, &there)
            && one != other
        {
            let columns = differing(table, one, other);
            count(differences.changed.entry(columns).or_default(), key);
        }
        if order.is_le() {
            *looked_at += 1;
            let gone = here.take();
            if let (true, Some((key, _))) = (order.is_lt(), gone) {
                count(&mut differences.extra, &key);
            }
            here = kept.try_next().await?;
        }
        if order.is_ge() {
            let gone = there.take();
            if let (true, Some((key, _))) = (order.is_gt(), gone) {
                count(&mut differences.missing, &key);
            }
            there = made.try_next().await?;
        }
    }
}

/// Names of the columns in which two rows differ.
fn differing(table: &Table, one: &str, other: &str) -> String {
    let pairs = one.split('\u{1f}').zip(other.split('\u{1f}')).zip(table.columns);
    let names = pairs.filter(|((one, other), _)| one != other).map(|(_, name)| *name);
    names.collect::<Vec<_>>().join(", ")
}
