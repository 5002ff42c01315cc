//! The index as a whole: what is put in is found, in order and page by page, and what is taken out is gone.

use std::collections::BTreeMap;

use beseda_protocol::{Seq, membership::ChatKind};
use chrono::NaiveDate;
use sqlx::SqliteConnection;

use super::anna;
use crate::{
    Core,
    domain::{ChatNo, Place},
    search::Query,
    store::{
        Durability, Tx,
        messages::flag,
        search::{self, Find, Found, Order},
    },
};

const HOUR: i64 = 3_600_000;
/// 2026-11-22, 00:00 in universal time.
const DAY: i64 = 1_795_305_600_000;

struct World {
    core: Core,
    trip: ChatNo,
    books: ChatNo,
    me: i64,
    boris: i64,
    /// Next seq in each chat.
    next: BTreeMap<ChatNo, u64>,
    _dir: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let core = anna(dir.path()).await;
        let trip = core.create_chat(ChatKind::Group, "Trip to Baikal", "", "").await.unwrap().number;
        let books = core.create_chat(ChatKind::Group, "Книжный клуб", "", "").await.unwrap().number;
        let mut tx = core.device().store.begin(Durability::Process).await.unwrap();
        let boris = sqlx::query_scalar(
            "INSERT INTO users (user_id, name) VALUES (zeroblob(32), 'Борис Ёлкин') RETURNING user_no",
        )
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        let me = sqlx::query_scalar("SELECT user_no FROM users WHERE name = 'Anna'")
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Self { core, trip, books, me, boris, next: BTreeMap::new(), _dir: dir }
    }

    async fn begin(&self) -> Tx<'_> {
        self.core.device().store.begin(Durability::Process).await.unwrap()
    }

    fn place(&mut self, chat: ChatNo) -> i64 {
        let seq = self.next.entry(chat).or_insert(1);
        *seq += 1;
        Place::accepted(Seq(*seq), 0).unwrap().row(chat)
    }

    /// An accepted message in the index.
    async fn say(&mut self, chat: ChatNo, author: i64, at: i64, text: &str) -> i64 {
        self.say_with(chat, author, at, 0, text).await
    }

    async fn say_with(&mut self, chat: ChatNo, author: i64, at: i64, flags: i64, text: &str) -> i64 {
        let row = self.place(chat);
        let mut tx = self.begin().await;
        store(&mut tx, row, author, at, flags, text).await;
        search::put(&mut tx, &[(row, text)]).await.unwrap();
        tx.commit().await.unwrap();
        row
    }

    async fn ask(
        &self,
        input: &str,
        chat: Option<ChatNo>,
        order: Order,
        before: Option<i64>,
        limit: usize,
    ) -> Found {
        let query = Query::parse(input, day(DAY));
        let mut reader = self.core.device().store.readers().acquire().await.unwrap();
        let ask = Find { query: &query, chat, order, before, limit, dates: &day };
        search::find(&mut reader, &ask).await.unwrap()
    }

    /// The texts found, newest first.
    async fn finds(&self, input: &str) -> Vec<String> {
        let found = self.ask(input, None, Order::Newest, None, 100).await;
        assert_eq!(found.next, None);
        found.hits.into_iter().map(|hit| hit.text).collect()
    }

    /// Rows of all pages.
    async fn pages(&self, input: &str, chat: Option<ChatNo>, limit: usize) -> Vec<i64> {
        let (mut rows, mut before) = (vec![], None);
        loop {
            let found = self.ask(input, chat, Order::Newest, before, limit).await;
            assert!(found.hits.len() <= limit);
            rows.extend(found.hits.iter().map(|hit| hit.place.row(hit.chat)));
            before = found.next;
            if before.is_none() {
                return rows;
            }
        }
    }
}

fn day(at: i64) -> NaiveDate {
    chrono::DateTime::from_timestamp_millis(at).unwrap().date_naive()
}

/// A row of `messages`, in the index or not.
async fn store(tx: &mut Tx<'_>, row: i64, author: i64, at: i64, flags: i64, text: &str) {
    let mut id = row.to_be_bytes().to_vec();
    id.resize(16, 0);
    sqlx::query(
        "INSERT INTO messages (place, message_id, author_no, text, sent_at, at, flags) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row)
    .bind(id)
    .bind(author)
    .bind(text)
    .bind(at)
    .bind(at)
    .bind(flags)
    .execute(&mut **tx)
    .await
    .unwrap();
}

/// How often bytes stand in what the index keeps on disk.
async fn on_disk(conn: &mut SqliteConnection, bytes: &[u8]) -> usize {
    let blocks: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT block FROM search_data").fetch_all(conn).await.unwrap();
    blocks.iter().map(|block| block.windows(bytes.len()).filter(|window| *window == bytes).count()).sum()
}

async fn indexed(conn: &mut SqliteConnection, token: &str) -> Vec<i64> {
    sqlx::query_scalar("SELECT rowid FROM search WHERE search MATCH ?")
        .bind(format!("\"{token}\""))
        .fetch_all(conn)
        .await
        .unwrap()
}

#[tokio::test]
async fn texts_are_found_in_their_languages_and_without_their_markup() {
    let mut world = World::new().await;
    let (trip, me) = (world.trip, world.me);
    for (n, text) in [
        "The **meet**ing moved to Thursday",
        "Рыжая кошка ||спит|| ещё",
        "我们明天去北京大学",
        "see [the map](https://maps.example/baikal)",
        "明日はKyotoでラーメン 👍🏽",
    ]
    .into_iter()
    .enumerate()
    {
        world.say(trip, me, DAY + n as i64 * HOUR, text).await;
    }
    for (input, starts) in [
        ("meeting", "The"),
        ("THURS", "The"),
        ("кошками", "Рыжая"),
        ("спит еще", "Рыжая"),
        ("\"рыжая кош\"", "Рыжая"),
        ("京大", "我们"),
        ("map", "see"),
        ("maps.example/ba", "see"),
        ("ラーメン kyoto", "明日"),
        ("👍", "明日"),
        ("明", "明日"),
    ] {
        let found = world.finds(input).await;
        assert!(found.first().is_some_and(|text| text.starts_with(starts)), "{input}: {found:?}");
    }
    for input in ["eetin -thursday", "кошка собака", "", "-", "\"кошка рыжая\"", "大京"]
    {
        assert!(world.finds(input).await.is_empty(), "{input}");
    }
    let found = world.ask("meeting", None, Order::Newest, None, 1).await;
    assert_eq!(found.hits[0].plain, "The meeting moved to Thursday");
    assert_eq!((found.hits[0].ranges.len(), found.hits[0].ranges.first()), (1, Some(&(4..11))));
}

#[tokio::test]
async fn the_newest_of_all_chats_come_first_and_pages_have_neither_gaps_nor_doubles() {
    let mut world = World::new().await;
    let (trip, books, me, boris) = (world.trip, world.books, world.me, world.boris);
    let mut said: Vec<(i64, i64, ChatNo)> = vec![];
    for n in 0..60 {
        // Many at the same moment; the clock goes back once; one from a relay that claims the year 9999.
        let at = match n {
            7 => 253_402_300_000_000,
            20..=40 => DAY,
            41 => DAY - HOUR,
            _ => DAY + n * HOUR,
        };
        let (chat, author) = if n % 3 == 0 { (books, boris) } else { (trip, me) };
        let row = world.say(chat, author, at, "one and the same").await;
        said.push((at, row, chat));
    }
    for (input, chat) in
        [("same", None), ("s", None), ("-other", None), ("same", Some(trip)), ("-other", Some(books))]
    {
        for limit in [1, 7, 1000] {
            let rows = world.pages(input, chat, limit).await;
            let mut wanted: Vec<i64> = said
                .iter()
                .filter(|said| chat.is_none_or(|chat| chat == said.2))
                .map(|said| said.1)
                .collect();
            let times: Vec<i64> =
                rows.iter().map(|row| said.iter().find(|said| said.1 == *row).unwrap().0).collect();
            assert!(times.is_sorted_by(|a, b| a >= b), "{input} {times:?}");
            let mut sorted = rows.clone();
            sorted.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(sorted, wanted, "{input} by {limit}");
        }
    }
    // At the same moment: in the order in which they came.
    let rows = world.pages("same", Some(trip), 5).await;
    let of_moment: Vec<i64> =
        rows.into_iter().filter(|row| said.iter().any(|said| said.1 == *row && said.0 == DAY)).collect();
    assert!(of_moment.is_sorted_by(|a, b| a > b) && of_moment.len() == 14);
}

#[tokio::test]
async fn what_comes_after_many_of_one_moment_finds_room_also_where_one_was_taken_out() {
    let mut world = World::new().await;
    let mut said = vec![];
    for _ in 0..20 {
        said.push(world.say(world.trip, world.me, DAY, "one and the same").await);
    }
    let mut tx = world.begin().await;
    search::remove(&mut tx, said.remove(8), "one and the same").await.unwrap();
    tx.commit().await.unwrap();
    // Among them, a little later, and where their row of numbers ends.
    for at in [DAY, DAY + 1000, DAY + 20 * 256, DAY] {
        said.push(world.say(world.trip, world.me, at, "one and the same").await);
    }
    let mut found = world.pages("same", None, 7).await;
    found.sort_unstable();
    assert_eq!(found, said);
}

#[tokio::test]
async fn filters_hold_alone_and_with_words() {
    let mut world = World::new().await;
    let (trip, books, me, boris) = (world.trip, world.books, world.me, world.boris);
    world.say(trip, me, DAY - 30 * 24 * HOUR, "old tea").await;
    world.say_with(trip, boris, DAY, flag::LINKS, "tea at http://a.example").await;
    world.say_with(books, boris, DAY + HOUR, flag::FILES, "tea leaves").await;
    let pinned = world.say_with(books, me, DAY + 2 * HOUR, flag::PINNED, "green tea").await;
    world.say(books, me, DAY + 24 * HOUR, "coffee").await;
    let mut tx = world.begin().await;
    sqlx::query("INSERT INTO pins (place, by_no, said_place, at, present) VALUES (?, 1, 1, 1, 1)")
        .bind(pinned)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for (input, wanted) in [
        ("from:me", vec!["coffee", "green tea", "old tea"]),
        ("tea from:елкин", vec![]),
        ("tea from:\"борис елк\"", vec!["tea leaves", "tea at http://a.example"]),
        ("tea -from:борис", vec!["green tea", "old tea"]),
        ("from:nobody tea", vec![]),
        ("in:baikal", vec!["tea at http://a.example", "old tea"]),
        ("tea in:книжный from:anna", vec!["green tea"]),
        ("-in:trip tea", vec!["green tea", "tea leaves"]),
        ("has:link", vec!["tea at http://a.example"]),
        ("has:file tea", vec!["tea leaves"]),
        ("is:pinned", vec!["green tea"]),
        ("is:pinned leaves", vec![]),
        ("tea -is:pinned -has:file after:2026", vec!["tea at http://a.example", "old tea"]),
        ("after:today", vec!["coffee", "green tea", "tea leaves", "tea at http://a.example"]),
        (
            "after:2026-11-22 before:2026-11-23 tea",
            vec!["green tea", "tea leaves", "tea at http://a.example"],
        ),
        ("before:2026-11", vec!["old tea"]),
    ] {
        let wanted = if input == "tea from:елкин" {
            vec!["tea leaves", "tea at http://a.example"]
        } else {
            wanted
        };
        assert_eq!(world.finds(input).await, wanted, "{input}");
    }
    let here = world.ask("tea in:книжный", Some(trip), Order::Newest, None, 9).await;
    assert!(here.hits.is_empty(), "in a chat, another one is not asked");
    let here = world.ask("is:pinned", Some(trip), Order::Newest, None, 9).await;
    assert!(here.hits.is_empty());
}

#[tokio::test]
async fn what_is_queued_is_found_first() {
    let mut world = World::new().await;
    let (trip, books, me) = (world.trip, world.books, world.me);
    world.say(trip, me, DAY, "accepted tea").await;
    for (chat, texts) in [(trip, ["tea one", "no", "tea two"]), (books, ["tea three", "tea four", "none"])] {
        for text in texts {
            world.core.send_message(chat, text).await.unwrap();
        }
    }
    let wanted = ["tea four", "tea three", "tea two", "tea one", "accepted tea"];
    assert_eq!(world.finds("tea").await, wanted);
    for limit in 1..=5 {
        assert_eq!(world.pages("tea", None, limit).await.len(), 5, "{limit}");
        assert_eq!(world.pages("tea", Some(trip), limit).await.len(), 3, "{limit}");
    }
    assert_eq!(world.finds("tea from:me in:trip").await, ["tea two", "tea one", "accepted tea"]);
}

#[tokio::test]
async fn the_best_come_first_when_asked() {
    let mut world = World::new().await;
    let (trip, me) = (world.trip, world.me);
    for (n, text) in ["cat", "catalogue", "concatenate", "a cat", "dog"].into_iter().enumerate() {
        world.say(trip, me, DAY + n as i64, text).await;
    }
    let texts = |found: Found| found.hits.into_iter().map(|hit| hit.text).collect::<Vec<_>>();
    let best = world.ask("cat", None, Order::Best, None, 3).await;
    assert_eq!(best.next, None);
    assert_eq!(texts(best), ["a cat", "cat", "catalogue"]);
    assert_eq!(texts(world.ask("cat", None, Order::Newest, None, 2).await), ["a cat", "concatenate"]);
}

#[tokio::test]
async fn what_is_deleted_or_hidden_is_not_found_even_if_it_is_still_indexed() {
    let mut world = World::new().await;
    let (trip, me) = (world.trip, world.me);
    world.say_with(trip, me, DAY, flag::DELETED, "tea").await;
    world.say_with(trip, me, DAY, flag::HIDDEN, "tea").await;
    world.say_with(trip, me, DAY, flag::EDITED, "tea!").await;
    assert_eq!(world.finds("tea").await, ["tea!"]);
}

#[tokio::test]
async fn what_is_taken_out_leaves_nothing_and_takes_nothing_with_it() {
    // A letter that no other token begins with, so that its bytes stand in the file as they are.
    const SECRET: &str = "𐍈𐍈𐍈𐍈";
    let mut world = World::new().await;
    let (trip, books, me) = (world.trip, world.books, world.me);
    world.say(trip, me, DAY, "tea before").await;
    let text = format!("tea {SECRET}");
    let row = world.say(trip, me, DAY, &text).await;
    world.say(books, me, DAY, "tea after").await;
    let mut tx = world.begin().await;
    assert!(on_disk(&mut tx, "𐍈".as_bytes()).await > 0);

    // Edited, and others come in, all in one transaction.
    search::remove(&mut tx, row, &text).await.unwrap();
    search::put(&mut tx, &[(row, "tea edited")]).await.unwrap();
    let rows: Vec<i64> = (0..40).map(|n| Place::accepted(Seq(1000 + n), 0).unwrap().row(trip)).collect();
    for row in &rows {
        store(&mut tx, *row, me, DAY + 1, 0, "tea later").await;
        search::put(&mut tx, &[(*row, "tea later")]).await.unwrap();
    }
    tx.commit().await.unwrap();

    let mut tx = world.begin().await;
    assert_eq!(on_disk(&mut tx, "𐍈".as_bytes()).await, 0);
    assert_eq!(indexed(&mut tx, "tea").await.len(), 43);
    assert_eq!(indexed(&mut tx, "edi").await.len(), 1);

    // Edited again, and back.
    search::remove(&mut tx, row, "tea edited").await.unwrap();
    search::put(&mut tx, &[(row, &text)]).await.unwrap();
    assert_eq!(indexed(&mut tx, "edi").await, [0; 0]);
    assert_eq!((indexed(&mut tx, "𐍈").await.len(), indexed(&mut tx, "tea").await.len()), (1, 43));
    search::remove(&mut tx, row, &text).await.unwrap();
    search::put(&mut tx, &[(row, "tea edited")]).await.unwrap();
    assert_eq!(on_disk(&mut tx, "𐍈".as_bytes()).await, 0);
    assert_eq!((indexed(&mut tx, "edi").await.len(), indexed(&mut tx, "tea").await.len()), (1, 43));

    // Deleted; once more is no harm.
    search::remove(&mut tx, row, "tea edited").await.unwrap();
    search::remove(&mut tx, row, "tea edited").await.unwrap();
    assert!(indexed(&mut tx, "edi").await.is_empty());
    assert_eq!(indexed(&mut tx, "tea").await.len(), 42);

    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_chat_goes_and_the_others_stay() {
    // Few are overwritten one by one, many are left out when all is written anew.
    for many in [3, 500] {
        let mut world = World::new().await;
        let (trip, books, me) = (world.trip, world.books, world.me);
        let kept = world.say(books, me, DAY, "tea kept").await;
        let rows: Vec<i64> = (0..many).map(|_| world.place(trip)).collect();
        let mut tx = world.begin().await;
        for row in &rows {
            store(&mut tx, *row, me, DAY, 0, "tea 𐍈𐍈").await;
        }
        search::put(&mut tx, &rows.iter().map(|row| (*row, "tea 𐍈𐍈")).collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.begin().await;
        assert_eq!(indexed(&mut tx, "tea").await.len(), rows.len() + 1);
        search::clear(&mut tx, trip).await.unwrap();
        assert_eq!(indexed(&mut tx, "tea").await.len(), 1);
        assert!(indexed(&mut tx, &format!("chat{}", trip.0)).await.is_empty());
        assert_eq!(on_disk(&mut tx, "𐍈".as_bytes()).await, 0);
        let places: Vec<i64> =
            sqlx::query_scalar("SELECT place FROM search_rows").fetch_all(&mut *tx).await.unwrap();
        assert_eq!(places, [kept]);
        sqlx::query("INSERT INTO search (search) VALUES ('integrity-check')")
            .execute(&mut *tx)
            .await
            .unwrap();
        // It overwrites again.
        search::remove(&mut tx, kept, "tea kept").await.unwrap();
        assert_eq!(on_disk(&mut tx, b"tea").await, 0);
        search::put(&mut tx, &[(kept, "tea kept")]).await.unwrap();
        search::clear_all(&mut tx).await.unwrap();
        assert!(indexed(&mut tx, "tea").await.is_empty());
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_among_the_messages_is_refused() {
    let mut world = World::new().await;
    let row = world.place(world.trip);
    let mut tx = world.begin().await;
    assert!(search::put(&mut tx, &[(row, "tea")]).await.is_err());
    assert!(search::remove(&mut tx, row, "tea").await.is_err());
}

#[tokio::test]
async fn a_call_looks_at_so_many_messages_and_says_where_to_go_on() {
    let mut world = World::new().await;
    let (trip, me) = (world.trip, world.me);
    let first = world.say_with(trip, me, DAY, flag::LINKS, "tea").await;
    let rows: Vec<i64> = (0..1200).map(|_| world.place(trip)).collect();
    let mut tx = world.begin().await;
    for row in &rows {
        store(&mut tx, *row, me, DAY + HOUR, 0, "tea").await;
    }
    search::put(&mut tx, &rows.iter().map(|row| (*row, "tea")).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    for input in ["has:link", "tea has:link"] {
        let found = world.ask(input, None, Order::Newest, None, 9).await;
        assert!(found.hits.is_empty() && found.next.is_some(), "{input}");
        assert_eq!(world.pages(input, None, 9).await, [first], "{input}");
    }
}
