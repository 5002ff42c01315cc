//! The one write door: all of it or nothing.

use beseda_protocol::membership::ChatKind;

use super::{anna, dump};
use crate::{
    document::{Fact, With},
    domain::Place,
    store::{Durability, chats, messages, say},
};

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let core = anna(dir.path()).await;
    let chat = core.create_chat(ChatKind::Group, "Trip", "", "").await.unwrap().number;
    core.send_message(chat, "before").await.unwrap();
    let device = core.device();
    let mut heard = core.listen();
    let before = dump(&mut device.store.readers().acquire().await.unwrap()).await;

    for durability in [Durability::Process, Durability::Power] {
        let mut tx = device.store.begin(durability).await.unwrap();
        let state = chats::state(&mut tx, chat).await.unwrap();
        let fact = Fact::Message { text: "never said".into(), sent_at: 0, with: With::default() };
        say::say(&mut tx, &device.keys, device.me, &state, vec![fact], 0).await.unwrap();
        chats::set_info(&mut tx, chat, "Another", "", "").await.unwrap();
        assert_eq!(messages::before(&mut tx, chat, Place::END, 9).await.unwrap().len(), 2);
        drop(tx);
        assert_eq!(dump(&mut device.store.readers().acquire().await.unwrap()).await, before);
    }
    // What was kept in memory is forgotten too: the next change follows the last one that is on disk.
    core.send_message(chat, "after").await.unwrap();
    let said: Vec<_> =
        core.log(chat, 9, None).await.unwrap().into_iter().map(|message| message.text).collect();
    assert_eq!(said, ["before", "after"]);
    assert_eq!(heard.try_recv().unwrap().chats.len(), 1, "listeners hear of the one that was committed");
    assert!(heard.try_recv().is_err(), "and of nothing else");

    core.close().await;
    let core = crate::Core::open(dir.path(), None, crate::Options::default()).await.unwrap();
    core.rebuild(&crate::unreported()).await.unwrap();
    assert_eq!(core.log(chat, 9, None).await.unwrap().len(), 2);
    core.close().await;
}
