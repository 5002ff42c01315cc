//! A relay that answers, and does nothing of what it is there for: nothing is lost, nobody is told that all is well, and with an
//! honest relay everything goes on.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::sync::Arc;

use beseda_core::store::chats::Status;
use beseda_protocol::{
    LogId, Seq, codec, limits,
    membership::ChatKind,
    request::{
        Append, AppendAnswer, ChatState, Deliver, ErrorCode, HandshakesAnswer, Head, InboxAnswer,
        ListHandshakes, OpenChats, OpenChatsAnswer, OpenSession, RelayError, Request, TakeInbox,
    },
};
use beseda_tests::world::{Denial, Denying, Person, World, admit, exchange, tables::rebuilt};

/// To this request it always says the same.
fn to<R: Request>(answer: impl Fn(R) -> R::Answer + Send + Sync + 'static) -> Denial {
    Arc::new(move |name, body| {
        let request = || codec::decode(body, limits::REQUEST_BYTES).unwrap();
        (name == R::NAME).then(|| Ok(codec::encode(&answer(request()))))
    })
}

/// It refuses every such request.
fn refuses<R: Request>(code: ErrorCode) -> Denial {
    Arc::new(move |name, _| (name == R::NAME).then(|| Err(RelayError::new(code, "no").into())))
}

/// It says the same of every chat.
fn all_chats(state: ChatState) -> Denial {
    to::<OpenChats>(move |asked| OpenChatsAnswer { chats: vec![state; asked.proofs.len()] })
}

/// What it is called, whether it lets people speak, and how it denies the rest.
fn denials() -> Vec<(&'static str, bool, Denial)> {
    let nowhere = Head { log: LogId([7; 16]), seq: Seq(0), last_handshake: Seq(0) };
    let nothing = |_: ListHandshakes| HandshakesAnswer { entries: vec![], more: false };
    vec![
        ("somebody is always quicker", false, to::<Append>(move |_| AppendAnswer::Conflict(nowhere))),
        ("nobody may write", false, refuses::<Append>(ErrorCode::Denied)),
        ("nothing is valid", false, refuses::<Append>(ErrorCode::Invalid)),
        ("it is busy", false, refuses::<Append>(ErrorCode::Busy)),
        ("nobody is in any chat", false, all_chats(ChatState::Denied)),
        ("there are no chats", false, all_chats(ChatState::Unknown)),
        ("chats are other ones", false, all_chats(ChatState::Open(nowhere))),
        ("accounts are unknown", false, refuses::<OpenSession>(ErrorCode::InviteRequired)),
        ("there are no handshakes", true, to::<ListHandshakes>(nothing)),
        ("inboxes are empty", true, to::<TakeInbox>(|_| InboxAnswer { items: vec![], more: false })),
        ("inboxes are full", true, refuses::<Deliver>(ErrorCode::Undeliverable)),
    ]
}

/// A device exchanges with it as often as it would in some hours.
///
/// Answers whether it says at last that all is well.
async fn tries(person: &Person, world: &World, denial: &Denial) -> bool {
    let mut well = false;
    for _ in 0..3 {
        let denying = Denying { wire: world.wire(), denial: denial.clone() };
        let done = person.core().sync_over(&denying).await;
        let status = person.core().sync_status().await.unwrap();
        well = done.is_ok() && status.progress.error.is_none();
        world.advance(3600);
    }
    well
}

#[tokio::test]
async fn a_relay_that_denies_everything_for_a_while_makes_nobody_lose_anything() {
    for (what, speaks, denial) in denials() {
        let world = World::new().await;
        let (anna, boris) = (world.person("Anna").await, world.person("Boris").await);
        let (clara, dora) = (world.person("Clara").await, world.person("Dora").await);
        let chat = anna.creates(ChatKind::Group, "Trip").await;
        for guest in [&boris, &clara] {
            admit(&anna, guest, chat).await;
        }
        boris.says(chat, "before").await;
        exchange(&[&boris, &anna, &clara]).await;
        let notes = anna.core().notes().await.unwrap().unwrap().id;

        // Said, and decided, and somebody waits to be let in.
        anna.says(chat, "from Anna").await;
        anna.says(notes, "for herself").await;
        anna.removes(chat, &clara).await;
        boris.says(chat, "from Boris").await;
        dora.core().join(&anna.invites(chat).await).await.unwrap();
        let well = [
            tries(&anna, &world, &denial).await,
            tries(&boris, &world, &denial).await,
            tries(&dora, &world, &denial).await,
        ];
        if !speaks {
            for (person, text, well) in [(&anna, "from Anna", well[0]), (&boris, "from Boris", well[1])] {
                assert!(person.message(chat, text).await.place.is_queued(), "{what}: {}", person.name);
                let is_out = person.status(chat).await == Some(Status::Removed);
                assert!(!well || is_out, "{what}: {} takes all for well", person.name);
            }
        }

        let people = [&anna, &boris, &dora];
        for _ in 0..3 {
            exchange(&people).await;
        }
        if dora.status(chat).await.is_none() {
            // Whoever is in no chat has told her that it is closed: she asks again.
            assert!(dora.core().chats().await.unwrap()[0].refused.is_some(), "{what}");
            dora.core().join(&anna.invites(chat).await).await.unwrap();
            exchange(&people).await;
        }
        dora.says(chat, "from Dora").await;
        exchange(&people).await;
        clara.sync().await;
        assert_eq!(clara.status(chat).await, Some(Status::Removed), "{what}");
        let mut seen = anna.sees(chat).await;
        assert_eq!(seen.pop().as_deref(), Some("Dora: from Dora"), "{what}");
        seen.sort();
        assert_eq!(seen, ["Anna: from Anna", "Boris: before", "Boris: from Boris"], "{what}");
        assert_eq!(anna.sees(notes).await, ["Anna: for herself"], "{what}");
        for person in people {
            assert_eq!(person.sees(chat).await, anna.sees(chat).await, "{what}: {}", person.name);
            assert_eq!(person.line(chat).await.quarantined, 0, "{what}: {}", person.name);
            assert!(!person.core().is_removed().await.unwrap(), "{what}: {}", person.name);
            let status = person.core().sync_status().await.unwrap();
            assert_eq!((status.waiting, status.progress.error), (0, None), "{what}: {}", person.name);
            rebuilt(person).await;
        }
    }
}
