//! A relay that lies: it is noticed, and nothing here is lost. One that has lost something is in `relay_loss`.

mod denying;

use std::sync::Arc;

use beseda_core::sync::{
    engine::SyncError,
    ingest::LogError,
    transport::{Answer, Live, Transport},
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
