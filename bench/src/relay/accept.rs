//! How many messages a relay takes a second when each is on disk before it is accepted, and how long one waits.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use beseda_protocol::{
    ChatId, LogId, Seq, Tag, limits,
    request::{Append, AppendAnswer},
};
use beseda_relay::{
    LogStore, Purpose, SqliteStore,
    store::{AppendRequest, Appended},
};
use ed25519_dalek::SigningKey;
use tokio::{sync::Barrier, task::JoinSet};

use super::{
    process::RelayProcess,
    wire::{self, Wire},
};
use crate::{
    floor::{Durable, Floor},
    report::{Figure, Goal, Report, Unit},
    timings::Timings,
};

const SENDERS: [usize; 3] = [1, 16, 256];
/// Keys of a chat.
const MEMBERS: usize = 10;
/// Envelopes that the relay commits together at most, about.
const GROUP: usize = 2048;

/// # Errors
/// When a relay does not start or breaks off.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let time = Duration::from_millis(if quick { 200 } else { 3_000 });
    let data = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(data.path())?;
    for senders in SENDERS {
        let load = Load { senders, batch: 1, time };
        let done = over_http(&relay, load).await?;
        let floor = floor(dir, senders, time)?;
        if senders == 1 {
            let figure = Figure::new("relay: one sender, accept p50", Unit::Milliseconds, done.took.median())
                .floor(floor.took.median())
                .goal(Goal::Value(1.5 * report.machine.fsync_p50_ms))
                .note(format!(
                    "HTTP on loopback; p99 {:.2} ms; floor: a row a commit, FULL; to reach: 1.5 fsyncs",
                    done.took.p99()
                ));
            report.add(figure);
        }
        let figure = Figure::new(
            &format!("relay: accepts, {senders} senders of one message"),
            Unit::PerSecond,
            done.rate,
        )
        .floor(floor.rate)
        .note(format!(
            "each waits for its accept, p99 {:.1} ms; senders share the machine; floor: {senders} rows a commit, FULL",
            done.took.p99()
        ));
        report.add(figure);
    }
    for senders in SENDERS {
        let batch = limits::APPEND_ENVELOPES;
        let done = over_http(&relay, Load { senders, batch, time }).await?;
        let group = (senders * batch).min(GROUP);
        let floor = floor(dir, group, time)?;
        let mut figure = Figure::new(
            &format!("relay: accepts, {senders} senders of {batch} messages at once"),
            Unit::PerSecond,
            done.rate,
        )
        .floor(floor.rate)
        .note(format!(
            "as an outbox sends what waited; p99 {:.0} ms a batch; floor: {group} rows a commit, FULL",
            done.took.p99()
        ));
        if senders == 16 {
            figure = figure.goal(Goal::Value(30_000.0));
        }
        report.add(figure);
    }
    for group in SENDERS {
        let rate = in_store(dir, group, time).await?;
        let floor = floor(dir, group, time)?;
        let figure = Figure::new(&format!("relay: store alone, groups of {group}"), Unit::PerSecond, rate)
            .floor(floor.rate)
            .note(format!("ordered, keys checked, one fsync; floor: {group} rows a commit, FULL"));
        report.add(figure);
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Load {
    senders: usize,
    /// Messages in one request.
    batch: usize,
    time: Duration,
}

struct Done {
    /// Messages accepted a second.
    rate: f64,
    /// Of each request.
    took: Timings,
}

async fn over_http(relay: &RelayProcess, load: Load) -> Result<Done> {
    let mut ready = Vec::with_capacity(load.senders);
    let mut keys: Vec<(ChatId, SigningKey)> = Vec::new();
    while ready.len() < load.senders {
        let mut wire = Wire::connect(&relay.address).await?;
        if keys.is_empty() {
            let (chat, new) = wire.create_chat(MEMBERS).await?;
            keys.extend(new.into_iter().map(|key| (chat, key)));
        }
        let (chat, key) = keys.pop().context("a chat without members")?;
        wire.open(chat, &key).await?;
        ready.push((wire, chat));
    }
    let start = Arc::new(Barrier::new(load.senders));
    let mut senders = JoinSet::new();
    for (wire, chat) in ready {
        let start = Arc::clone(&start);
        senders.spawn(async move {
            start.wait().await;
            send(wire, chat, load).await
        });
    }
    let started = Instant::now();
    let mut took = Timings::default();
    while let Some(done) = senders.join_next().await {
        took.extend(done??);
    }
    let rate = (took.len() * load.batch) as f64 / started.elapsed().as_secs_f64();
    Ok(Done { rate, took })
}

async fn send(mut wire: Wire, chat: ChatId, load: Load) -> Result<Timings> {
    let mut took = Timings::default();
    let started = Instant::now();
    while started.elapsed() < load.time {
        let envelopes = (0..load.batch).map(|_| wire::content()).collect::<Result<_>>()?;
        let request = wire.encode(&Append { chat, cas: Seq(1), envelopes });
        let asked = Instant::now();
        let answer = wire.exchange(&request).await?;
        took.add(asked.elapsed());
        let answer: AppendAnswer = beseda_protocol::codec::decode(&answer, usize::MAX)?;
        if !matches!(answer, AppendAnswer::Accepted { at, .. } if at.len() == load.batch) {
            bail!("the relay did not accept a message");
        }
    }
    Ok(took)
}

/// The relay's store without HTTP: groups as its one writer hands them over.
async fn in_store(dir: &Path, group: usize, time: Duration) -> Result<f64> {
    let data = tempfile::tempdir_in(dir)?;
    let store = SqliteStore::open(data.path(), Purpose::Serve).await?;
    let mut chats = Vec::new();
    for _ in 0..group.div_ceil(MEMBERS) {
        let keys = (0..MEMBERS).map(|_| wire::new_key()).collect::<Result<Vec<_>>>()?;
        let by = wire::slot_key(keys.first().context("a chat without members")?);
        let chat = ChatId(wire::random()?);
        let creation = AppendRequest {
            chat,
            by,
            cas: Seq::ZERO,
            envelopes: vec![wire::creation(&keys)?],
            new_log: LogId(wire::random()?),
            tag: Tag(wire::random()?),
        };
        store.append(vec![creation], 0).await?;
        chats.push((chat, by));
    }
    let (mut accepted, mut took) = (0, Duration::ZERO);
    while took < time {
        let requests = (0..group)
            .map(|n| {
                let (chat, by) = chats[n % chats.len()];
                let envelopes = vec![wire::content()?];
                Ok(AppendRequest {
                    chat,
                    by,
                    cas: Seq(1),
                    envelopes,
                    new_log: LogId([0; 16]),
                    tag: Tag(wire::random()?),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let started = Instant::now();
        let answers = store.append(requests, 0).await?;
        took += started.elapsed();
        accepted += answers.iter().filter(|answer| matches!(answer, Appended::Accepted { .. })).count();
    }
    store.close().await;
    Ok(accepted as f64 / took.as_secs_f64())
}

fn floor(dir: &Path, group: usize, time: Duration) -> Result<Done> {
    let data = tempfile::tempdir_in(dir)?;
    let mut floor = Floor::open(&data.path().join("floor.db"), None, Durable::Power)?;
    let mut took = Timings::default();
    let started = Instant::now();
    while started.elapsed() < time {
        took.time(|| floor.append(group, &[1; wire::BODY]))?;
    }
    Ok(Done { rate: (took.len() * group) as f64 * 1000.0 / took.total(), took })
}
