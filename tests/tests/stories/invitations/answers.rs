//! Answers are believed only from who knows the secret and the request.

use beseda_core::{
    crypto::{Secret, random, seal},
    store::{chats::Status, joining},
    sync::{inbox, session::Session},
};
use beseda_protocol::{
    DeviceId, EnvelopeId, codec,
    link::{Invitation, JoinAnswer, Reason, SealedJoinAnswer},
    request::Deliver,
};
use beseda_tests::world::{Person, World};
use serde::Serialize;

use super::{Limits, anna_with_chat, asked, knocks, makes, members, take_in, waits};

/// The id of the request with which a person asks.
async fn request(person: &Person) -> EnvelopeId {
    let line = person.core().chats().await.unwrap().remove(0);
    let mut tx = person.core().device().store.begin(beseda_core::store::Durability::Process).await.unwrap();
    let knock = joining::knock(&mut tx, line.number).await.unwrap().unwrap();
    tx.end().await.unwrap();
    knock.id
}

/// Mallory puts something sealed into somebody's inbox.
async fn delivers(
    mallory: &Person,
    to: DeviceId,
    invitation: [u8; 16],
    secret: [u8; 32],
    part: seal::Part,
    plain: &impl Serialize,
) {
    let key = inbox::answering_key(&Secret::new(secret));
    let answer = seal::seal(&key, part, &invitation, &codec::encode(plain), random());
    let body = codec::encode(&SealedJoinAnswer { v: 1, invitation, answer });
    let session = Session::open(&mallory.wire, mallory.core().device().keys.signing(), None).await.unwrap();
    session.call(&Deliver { to, id: EnvelopeId(random()), body }).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_forged_changes_nothing() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let (boris, mallory) = (world.person("Boris").await, world.person("Mallory").await);
    let (made, link) = makes(&anna, chat, Limits::default()).await;
    let secret = Invitation::parse(&link).unwrap().secret;
    boris.core().join(&link).await.unwrap();
    boris.sync().await;
    let (to, id) = (boris.core().device().keys.device(), request(&boris).await);
    let no = |v, request, reason| JoinAnswer { v, request, reason };
    let answer = seal::Part::JoinAnswer;
    let other = EnvelopeId([7; 16]);
    delivers(&mallory, to, made.id, [1; 32], answer, &no(1, id, Reason::Revoked)).await;
    delivers(&mallory, to, made.id, secret, answer, &no(1, other, Reason::Revoked)).await;
    delivers(&mallory, to, made.id, secret, answer, &no(2, id, Reason::Revoked)).await;
    delivers(&mallory, to, made.id, secret, answer, &no(1, id, Reason::Withdrawn)).await;
    delivers(&mallory, to, made.id, secret, seal::Part::JoinRequest, &no(1, id, Reason::Revoked)).await;
    delivers(&mallory, to, [7; 16], secret, answer, &no(1, id, Reason::Revoked)).await;
    delivers(&mallory, to, made.id, secret, answer, &"nothing").await;
    boris.sync().await;
    assert_eq!(asked(&boris).await, (Status::Asking, None));

    // One that holds does, and whoever asks again waits again.
    delivers(&mallory, to, made.id, secret, answer, &no(1, id, Reason::Failed)).await;
    boris.sync().await;
    assert_eq!(asked(&boris).await, (Status::Asking, Some(Reason::Failed)));
    boris.core().join(&link).await.unwrap();
    assert_eq!(asked(&boris).await, (Status::Asking, None));
    delivers(&mallory, to, made.id, secret, answer, &no(1, id, Reason::Failed)).await;
    boris.sync().await;
    assert_eq!(asked(&boris).await, (Status::Asking, None), "that was of the request before");

    // A welcome is stronger than any answer, and after it none counts.
    let id = request(&boris).await;
    delivers(&mallory, to, made.id, secret, answer, &no(1, id, Reason::Failed)).await;
    boris.sync().await;
    anna.sync().await;
    boris.sync().await;
    assert_eq!(asked(&boris).await, (Status::Active, None));
    delivers(&mallory, to, made.id, secret, answer, &no(1, id, Reason::Failed)).await;
    boris.sync().await;
    assert_eq!(asked(&boris).await, (Status::Active, None));
}

#[tokio::test]
async fn a_reason_that_is_not_known_yet_is_still_a_no() {
    #[derive(Serialize)]
    struct Later {
        v: u16,
        request: EnvelopeId,
        reason: &'static str,
        more: u8,
    }
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let boris = world.person("Boris").await;
    let (made, link) = makes(&anna, chat, Limits::default()).await;
    let secret = Invitation::parse(&link).unwrap().secret;
    boris.core().join(&link).await.unwrap();
    let to = boris.core().device().keys.device();
    boris.sync().await;
    let later = Later { v: 1, request: request(&boris).await, reason: "full_moon", more: 1 };
    delivers(&anna, to, made.id, secret, seal::Part::JoinAnswer, &later).await;
    boris.sync().await;
    assert_eq!(asked(&boris).await, (Status::Asking, Some(Reason::Unknown)));
}

#[tokio::test]
async fn nobody_takes_back_a_request_without_knowing_it() {
    let world = World::new().await;
    let (anna, chat) = anna_with_chat(&world).await;
    let (boris, mallory) = (world.person("Boris").await, world.person("Mallory").await);
    let (made, link) = makes(&anna, chat, Limits::default()).await;
    let secret = Invitation::parse(&link).unwrap().secret;
    waits(&boris, &anna, &link).await;
    let (to, id) = (anna.core().device().keys.device(), request(&boris).await);
    let part = seal::Part::JoinAnswer;
    let back = |request, reason| JoinAnswer { v: 1, request, reason };
    delivers(&mallory, to, made.id, secret, part, &back(EnvelopeId([7; 16]), Reason::Withdrawn)).await;
    delivers(&mallory, to, made.id, [1; 32], part, &back(id, Reason::Withdrawn)).await;
    delivers(&mallory, to, made.id, secret, part, &back(id, Reason::Revoked)).await;
    take_in(&anna).await;
    for person in [&anna, &boris, &anna] {
        person.sync().await;
    }
    assert_eq!(members(&anna, chat).await, ["Anna", "Boris"]);
    // Once inside, it is too late.
    delivers(&mallory, to, made.id, secret, part, &back(id, Reason::Withdrawn)).await;
    anna.sync().await;
    assert_eq!(members(&anna, chat).await, ["Anna", "Boris"]);
}

#[tokio::test]
async fn who_cannot_be_let_in_is_told() {
    let world = World::new().await;
    let (anna, boris, clara) =
        (world.person("Anna").await, world.person("Boris").await, world.person("Clara").await);
    let dialog = anna.creates(beseda_protocol::membership::ChatKind::Dialog, "").await;
    anna.sync().await;
    let link = anna.invites(dialog).await;
    knocks(&boris, &anna, &link).await;
    knocks(&clara, &anna, &link).await;
    assert_eq!(asked(&boris).await, (Status::Active, None));
    assert_eq!(asked(&clara).await, (Status::Asking, Some(Reason::Failed)));
}
