//! The rows behind what people see: all of them to compare with a rebuild, their meaning to compare between people, and
//! whatever holds a text.

use beseda_core::{Core, domain::Place, store::Durability};
use beseda_protocol::ChatId;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::Person;

/// What a rebuild makes: tables and columns. Not the numbers of search_rows, which say in which order things came.
const PROJECTION: &[(&str, &str)] = &[
    ("messages", "place, message_id, author_no, text, sent_at, at, failed, flags, reply_to, extra"),
    ("message_versions", "place, edit_place, text, extra, at"),
    ("reactions", "place, emoji, user_no, said_place, at, present"),
    ("votes", "place, user_no, said_place, options"),
    ("pins", "place, by_no, said_place, at, present"),
    ("links", "place, position, url"),
    ("early_facts", "chat_no, message_id, said_place, author_no, admin, at, fact"),
    ("events", "place, what, by_no, who_no, at"),
    (
        "memberships",
        "chat_no, user_no, added_at, added_by_no, admin, removed, added_place, delivered_place, read_place, read_at",
    ),
    (
        "profiles",
        "user_no, chat_no, rev, said_place, name, username, first_name, last_name, email, mobile, description, age, \
         created_at, picture",
    ),
    ("users", "user_no, name, own_name"),
    (
        "chats",
        "chat_no, creator_no, created_at, title, description, category, activity, last_place, last_author_no, \
         last_text, last_at, last_flags, unread, mentions, marked_unread, members, quarantined, read_place, \
         others_read_place, others_delivered_place, picture",
    ),
    ("member_devices", "chat_no, device_id, user_no, slot_id, slot_key, added_seq, removed_seq"),
    ("search_rows", "place"),
    ("chat_pictures", "chat_no, picture"),
    ("said_again", "message_id, author_no, chat_no, as_id"),
    ("repeats", "chat_no, message_id, author_no, as_id, here"),
    ("own_state", "key, said_place, fact"),
    ("own_early", "message_id, what"),
    ("saved", "message_id, saved_at"),
    ("hidden", "message_id"),
];

/// The whole projection, row by row.
pub async fn projection(core: &Core) -> Vec<String> {
    let mut reader = core.device().store.readers().acquire().await.unwrap();
    let mut rows = vec![];
    for (table, columns) in PROJECTION {
        let quoted: Vec<_> = columns.split(", ").map(|column| format!("quote({column})")).collect();
        let list = quoted.join(" || ', ' || ");
        let sql = format!("SELECT '{table} ({columns}): ' || {list} FROM {table} ORDER BY 1");
        rows.extend(column(&mut reader, sql).await);
    }
    // Where nothing counts there may be a row that says so, or none.
    let counts = "SELECT 'read_counts: ' || chat_no || ', ' || level || ', ' || span || ': ' || n FROM read_counts \
                  WHERE n <> 0 ORDER BY 1";
    rows.extend(column(&mut reader, counts.into()).await);
    rows
}

/// # Panics
/// When a person's rows are not what their changes say.
pub async fn rebuilt(person: &Person) {
    made_anew(person, |row| row).await;
}

/// As [`rebuilt`], but for when somebody's last mark was set: of two marks at one place, by two devices or in a bundle, the
/// one that was heard first counts.
///
/// # Panics
/// As that.
pub async fn rebuilt_but_marks(person: &Person) {
    made_anew(person, without_time_of_mark).await;
}

async fn made_anew(person: &Person, told: fn(String) -> String) {
    let rows = async || projection(person.core()).await.into_iter().map(told).collect::<Vec<_>>();
    let before = rows().await;
    person.core().rebuild(&beseda_core::unreported()).await.unwrap();
    let after = rows().await;
    for (old, new) in before.iter().zip(&after) {
        let chats = if old == new { vec![] } else { standing(person.core()).await };
        assert_eq!(old, new, "{}: as it was, as it is made anew; {chats:#?}", person.name);
    }
    assert_eq!(before.len(), after.len(), "{}", person.name);
}

/// A row, without when a member has read last: `read_at` stands last.
pub fn without_time_of_mark(row: String) -> String {
    match row.rsplit_once(", ") {
        Some((kept, _)) if row.starts_with("memberships") => kept.to_owned(),
        _ => row,
    }
}

/// How each chat stands here, for whoever looks at a test that failed.
pub async fn standing(core: &Core) -> Vec<String> {
    let mut reader = core.device().store.readers().acquire().await.unwrap();
    let sql = "SELECT lower(hex(c.chat_id)) || ' ' || c.kind || ' ' || c.title || ' ' || c.status || ', cursor ' || c.cursor || \
               ', last handshake ' || c.last_handshake || ', joined at ' || c.joined_at_seq || ', leaving ' || c.leaving || \
               ', waiting ' || (SELECT count(*) FROM changes n WHERE n.chat_no = c.chat_no AND n.place = 0) || \
               ', carried ' || (SELECT count(*) FROM carried n WHERE n.chat_no = c.chat_no) || \
               ', pending ' || (SELECT count(*) FROM pending_handshakes n WHERE n.chat_no = c.chat_no) || \
               ', asking in ' || (SELECT count(*) FROM join_requests n WHERE n.chat_no = c.chat_no) || \
               ', knocks ' || (SELECT count(*) FROM knocks n WHERE n.chat_no = c.chat_no) || \
               ', aside ' || c.quarantined || \
               coalesce((SELECT ': ' || q.reason FROM quarantine q WHERE q.chat_no = c.chat_no ORDER BY q.seq DESC LIMIT 1), '') || \
               ', returns ' || (SELECT count(*) FROM returns n WHERE n.chat_no = c.chat_no) FROM chats c ORDER BY 1";
    column(&mut reader, sql.into()).await
}

/// What the rows of a chat say, without the numbers that people and chats have on this device only, and without what
/// is this person's own. What is queued here is left out.
///
/// Each row with the place of its message in the log; -1 for what belongs to none.
pub async fn meaning(person: &Person, chat: ChatId) -> Vec<(i64, String)> {
    let number = person.number(chat).await;
    let (first, last) = (Place::FIRST.row(number), Place::queued(0).row(number));
    let of = format!("p.place >= {first} AND p.place < {last}");
    let user = "(SELECT user_id FROM users u WHERE u.user_no =";
    let here = format!("p.place - {first}");
    // 4 names me, 128 saved, 512 hidden: one's own matter, and so is 32, which says that something was there once.
    let mut reader = person.core().device().store.readers().acquire().await.unwrap();
    let mut rows = vec![];
    for (table, columns) in [
        (
            "messages",
            format!(
                "{here}, p.message_id, {user} p.author_no), p.text, p.sent_at, p.at, p.failed, p.flags & ~676, p.reply_to, p.extra"
            ),
        ),
        ("message_versions", format!("{here}, p.edit_place, p.text, p.extra, p.at")),
        ("reactions", format!("{here}, p.emoji, {user} p.user_no), p.said_place, p.at, p.present")),
        ("votes", format!("{here}, {user} p.user_no), p.said_place, p.options")),
        ("pins", format!("{here}, {user} p.by_no), p.said_place, p.at, p.present")),
        ("links", format!("{here}, p.position, p.url")),
        ("events", format!("{here}, p.what, {user} p.by_no), {user} p.who_no), p.at")),
        ("search_rows", here.clone()),
    ] {
        let quoted = quoted(&columns);
        let sql = format!("SELECT {here}, '{table}: ' || {quoted} FROM {table} p WHERE {of} ORDER BY 2");
        rows.extend(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.unwrap());
    }
    let members = "p.added_at, p.admin, p.removed, p.added_place, p.delivered_place, p.read_place, p.read_at";
    let members = quoted(&format!("{user} p.user_no), {user} p.added_by_no), {members}"));
    let sql = format!(
        "SELECT -1, 'memberships: ' || {members} FROM memberships p WHERE chat_no = {} ORDER BY 2",
        number.0
    );
    rows.extend(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.unwrap());
    // What is queued here nobody else has.
    let told = "p.rev, p.said_place, p.name, p.username, p.first_name, p.last_name, p.email, p.mobile, p.description, \
                p.age, p.created_at, p.picture";
    let told = quoted(&format!("{user} p.user_no), {told}"));
    let sql = format!(
        "SELECT -1, 'profiles: ' || {told} FROM profiles p WHERE chat_no = {} AND p.said_place < {} ORDER BY 2",
        number.0,
        Place::queued(0).0
    );
    rows.extend(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.unwrap());
    let early = quoted(&format!("p.message_id, p.said_place, {user} p.author_no), p.admin, p.at, p.fact"));
    let sql = format!(
        "SELECT -1, 'early_facts: ' || {early} FROM early_facts p WHERE chat_no = {} ORDER BY 2",
        number.0
    );
    rows.extend(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.unwrap());
    rows
}

/// `a, b` as SQL that makes a text of both; commas inside brackets do not part.
fn quoted(columns: &str) -> String {
    columns.split(", ").map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ', ' || ")
}

async fn column(reader: &mut SqliteConnection, sql: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(reader).await.unwrap()
}

/// Columns of any table that hold `text`, and terms of the search index that hold its pieces of three letters.
pub async fn holding(core: &Core, text: &str) -> Vec<String> {
    let mut tx = core.device().store.begin(Durability::Process).await.unwrap();
    let tables = "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
                  WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY 1";
    let mut found = vec![];
    for name in column(&mut tx, tables.into()).await {
        let (table, of) = name.split_once('.').unwrap();
        let sql = format!("SELECT count(*) FROM {table} WHERE instr(CAST({of} AS BLOB), CAST(? AS BLOB))");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).bind(text).fetch_one(&mut *tx).await.unwrap();
        if count > 0 {
            found.push(name);
        }
    }
    sqlx::query("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, search, row)")
        .execute(&mut *tx)
        .await
        .unwrap();
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    for piece in letters.windows(3).map(String::from_iter) {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM temp.terms WHERE term = ?")
            .bind(&piece)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        if count > 0 {
            found.push(format!("search: {piece}"));
        }
    }
    sqlx::query("DROP TABLE temp.terms").execute(&mut *tx).await.unwrap();
    tx.end().await.unwrap();
    found
}
