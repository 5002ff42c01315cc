//! The first message at a time is found by halves, and is the one that looking at all of them finds.

use beseda_protocol::{MessageId, Seq, membership::ChatKind};

use super::anna;
use crate::{
    domain::{ChatNo, Place},
    store::{
        Durability,
        messages::{self, Extra, NewMessage},
    },
};

#[tokio::test]
async fn the_first_message_at_a_time_is_the_one_that_looking_at_all_finds() {
    let dir = tempfile::tempdir().unwrap();
    let core = anna(dir.path()).await;
    let (store, me) = (&core.device().store, core.device().me.number);
    let mut chats: Vec<ChatNo> = vec![];
    for title in ["Before", "This", "After"] {
        chats.push(core.create_chat(ChatKind::Group, title, "", "").await.unwrap().number);
    }
    // Uneven places, several at the same time; the neighbours' times would all fit better.
    let places: Vec<(Place, i64)> = (0..200_u64)
        .map(|n| (Place::accepted(Seq(5 + n * n), (n % 3) as u32).unwrap(), 1_000 + (n as i64 / 4) * 10))
        .collect();
    let mut tx = store.begin(Durability::Process).await.unwrap();
    for (n, chat) in chats.iter().enumerate() {
        let of = if n == 1 { &places[..] } else { &places[..3] };
        for (k, (place, at)) in of.iter().enumerate() {
            let at = if n == 1 { *at } else { 5_000 };
            let message = NewMessage {
                chat: *chat,
                place: *place,
                id: MessageId([[n as u8; 8], (k as u64).to_be_bytes()].concat().try_into().unwrap()),
                author: me,
                text: "x".into(),
                sent_at: at,
                at,
                flags: 0,
                reply_to: None,
                extra: Extra::default(),
                links: vec![],
            };
            messages::insert(&mut tx, &[message]).await.unwrap();
        }
    }
    for at in (990..1_510).step_by(3).chain([i64::MIN, i64::MAX]) {
        let expected = places.iter().find(|(_, then)| *then >= at).map(|(place, _)| *place);
        assert_eq!(messages::first_at(&mut tx, chats[1], at).await.unwrap(), expected, "{at}");
    }
    let empty = ChatNo(chats[2].0 + 1);
    assert_eq!(messages::first_at(&mut tx, empty, 0).await.unwrap(), None);
    tx.end().await.unwrap();
    core.close().await;
}
