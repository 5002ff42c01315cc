//! A relay that forgets, goes back in time or lies: it is noticed, and nothing here is lost.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::{fs, path::Path, sync::Arc};

use beseda_core::sync::{
    engine::SyncError,
    ingest::LogError,
    transport::{Answer, Live, Transport, TransportError},
};
use beseda_protocol::{ChatId, LogId, live::RelayFrame, membership::ChatKind};
use beseda_tests::world::{Line, Person, World, admit};
use tokio::sync::mpsc;

async fn anna_and_boris(world: &World) -> (Person, Person, ChatId) {
    let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
    let chat = anna.creates(ChatKind::Group, "Trip").await;
    admit(&anna, &boris, chat).await;
    (anna, boris, chat)
}

async fn exchange(people: [&Person; 2]) {
    for person in [people[0], people[1], people[0], people[1]] {
        person.sync().await;
    }
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// With the relay of now, everybody keeps what they have and can write; nothing leaves.
async fn is_noticed(people: [&Person; 2], chat: ChatId) {
    for person in people {
        let before = person.sees(chat).await;
        let waiting = person.core().sync_status().await.unwrap().waiting;
        person.says(chat, "is anybody there?").await;
        // It may end in order or with an error, but must not pretend.
        let ended = person.try_sync().await;
        let status = person.core().sync_status().await.unwrap();
        assert_eq!(status.waiting, waiting + 1, "{}: {ended:?}", person.name);
        assert!(
            ended.is_err() || matches!(status.progress.error, Some(TransportError::Lost(_))),
            "{}: {ended:?} {status:?}",
            person.name
        );
        let after = person.sees(chat).await;
        assert_eq!(after[..before.len()], before);
        assert_eq!(after.len(), before.len() + 1);
    }
}

#[tokio::test]
async fn a_relay_that_lost_its_disk_is_noticed_and_goes_on_when_it_is_found() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    anna.counts(chat, 0, 5).await;
    exchange([&anna, &boris]).await;

    world.stop_relay().await;
    let aside = world.relay_dir().with_extension("aside");
    fs::rename(world.relay_dir(), &aside).unwrap();
    world.start_relay().await;
    is_noticed([&anna, &boris], chat).await;

    world.stop_relay().await;
    fs::remove_dir_all(world.relay_dir()).unwrap();
    fs::rename(&aside, world.relay_dir()).unwrap();
    world.start_relay().await;
    exchange([&anna, &boris]).await;
    assert_eq!(anna.sees(chat).await, boris.sees(chat).await);
    assert_eq!(anna.sees(chat).await.len(), 7);
}

#[tokio::test]
async fn a_relay_that_went_back_in_time_is_noticed() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let (old, new) = (world.relay_dir().with_extension("old"), world.relay_dir().with_extension("new"));
    world.stop_relay().await;
    copy(&world.relay_dir(), &old);
    world.start_relay().await;
    anna.counts(chat, 0, 5).await;
    exchange([&anna, &boris]).await;

    world.stop_relay().await;
    copy(&world.relay_dir(), &new);
    copy(&old, &world.relay_dir());
    world.start_relay().await;
    is_noticed([&anna, &boris], chat).await;

    world.stop_relay().await;
    copy(&new, &world.relay_dir());
    world.start_relay().await;
    exchange([&anna, &boris]).await;
    assert_eq!(anna.sees(chat).await, boris.sees(chat).await);
    assert_eq!(anna.sees(chat).await.len(), 7);
}

type Lie = Arc<dyn Fn(RelayFrame) -> RelayFrame + Send + Sync>;

/// A relay that says something else than it has.
struct Liar {
    wire: Line,
    lie: Lie,
}

impl Transport for Liar {
    fn server(&self) -> &str {
        self.wire.server()
    }

    fn call<'a>(
        &'a self,
        session: Option<[u8; 32]>,
        name: &'static str,
        body: Vec<u8>,
    ) -> Answer<'a, Vec<u8>> {
        self.wire.call(session, name, body)
    }

    fn live(&self, session: [u8; 32]) -> Answer<'_, Live> {
        Box::pin(async move {
            let Live { send, receive: mut honest } = self.wire.live(session).await?;
            let (told, receive) = mpsc::channel(1);
            let lie = self.lie.clone();
            tokio::spawn(async move {
                while let Some(frame) = honest.recv().await {
                    if told.send(lie(frame)).await.is_err() {
                        break;
                    }
                }
            });
            Ok(Live { send, receive })
        })
    }
}

#[tokio::test]
async fn a_relay_that_leaves_out_or_repeats_what_was_said_is_caught() {
    let world = World::new().await;
    let (anna, boris, chat) = anna_and_boris(&world).await;
    let left_out: Lie = Arc::new(|mut frame| {
        if let RelayFrame::Batch { entries, .. } = &mut frame {
            entries.remove(0);
        }
        frame
    });
    let reversed: Lie = Arc::new(|mut frame| {
        if let RelayFrame::Batch { entries, .. } = &mut frame {
            entries.reverse();
        }
        frame
    });
    let another_log: Lie = Arc::new(|mut frame| {
        if let RelayFrame::Batch { log, .. } = &mut frame {
            *log = LogId([7; 16]);
        }
        frame
    });
    for (n, lie) in [left_out, reversed, another_log].into_iter().enumerate() {
        for _ in 0..2 {
            anna.says(chat, &format!("{n}")).await;
            anna.sync().await;
        }
        let before = boris.sees(chat).await;
        let error = boris.core().sync_over(&Liar { wire: world.wire(), lie }).await.unwrap_err();
        let caught = match n {
            2 => matches!(error, SyncError::Log(LogError::OtherLog)),
            _ => matches!(error, SyncError::Log(LogError::Gap { .. })),
        };
        assert!(caught, "{n}: {error:?}");
        assert_eq!(boris.sees(chat).await, before, "nothing of it was believed");
    }

    let repeated: Lie = Arc::new(|mut frame| {
        if let RelayFrame::Batch { entries, .. } = &mut frame {
            let twice = entries.iter().flat_map(|entry| [entry.clone(), entry.clone()]).collect();
            *entries = twice;
        }
        frame
    });
    boris.core().sync_over(&Liar { wire: world.wire(), lie: repeated }).await.unwrap();
    exchange([&anna, &boris]).await;
    assert_eq!(boris.sees(chat).await, anna.sees(chat).await);
    assert_eq!(boris.sees(chat).await.len(), 6);
    assert_eq!(boris.line(chat).await.quarantined, 0);
}
