//! The list of chats that is kept in memory is the one that the database has.

use beseda_protocol::{UserId, membership::ChatKind};

use super::anna;
use crate::{
    Core,
    domain::{Place, UserNo},
    store::{Durability, chats, members, messages, projection, users},
};

/// What is kept, after it was compared with what is read.
async fn list(core: &Core, after: &str) -> Vec<chats::ChatLine> {
    let device = core.device();
    let kept = core.chats().await.unwrap();
    let read = chats::list(&mut device.store.readers().acquire().await.unwrap(), device.me.number).await;
    let mut read = read.unwrap();
    read.retain(chats::ChatLine::is_listed);
    assert_eq!(kept, read, "{after}");
    kept
}

#[tokio::test]
async fn it_follows_everything_that_a_line_shows() {
    let dir = tempfile::tempdir().unwrap();
    let core = anna(dir.path()).await;
    let device = core.device();
    let (me, store) = (device.me, &device.store);
    let mut numbers = vec![];
    for n in 0..4 {
        let kind = if n == 3 { ChatKind::Dialog } else { ChatKind::Group };
        let title = if n == 3 { String::new() } else { format!("Chat {n}") };
        numbers.push(core.create_chat(kind, &title, "", "").await.unwrap().number);
        list(&core, "a new chat").await;
    }
    let [first, second, _, dialog] = numbers[..] else { panic!() };

    core.send_message(first, "hello").await.unwrap();
    assert_eq!(list(&core, "a message").await[0].last.as_ref().unwrap().text, "hello");
    core.save_draft(second, "so far", None).await.unwrap();
    list(&core, "a draft").await;
    core.mark_unread(second).await.unwrap();
    list(&core, "the unread mark").await;

    core.pin_chat(second, true).await.unwrap();
    assert_eq!(list(&core, "pinned").await[0].number, second);
    core.send_message(first, "newer").await.unwrap();
    core.pin_chat(first, true).await.unwrap();
    core.move_pinned(first, false).await.unwrap();
    assert_eq!(list(&core, "moved").await[1].number, first);
    for chat in [first, second] {
        core.pin_chat(chat, false).await.unwrap();
        list(&core, "no longer pinned").await;
    }
    core.archive_chat(dialog, true).await.unwrap();
    core.mute_chat(dialog, chats::FOREVER).await.unwrap();
    list(&core, "archived and muted").await;

    let mut tx = store.begin(Durability::Process).await.unwrap();
    let boris = users::number(&mut tx, UserId([7; 32]), "Boris").await.unwrap();
    members::put(&mut tx, dialog, boris, 1, me.number, false, Place::FIRST).await.unwrap();
    tx.commit().await.unwrap();
    let title = |lines: Vec<chats::ChatLine>| {
        lines.into_iter().find(|line| line.number == dialog).map(|line| line.title).unwrap()
    };
    assert_eq!(title(list(&core, "somebody came in").await), "Boris");
    let mut tx = store.begin(Durability::Process).await.unwrap();
    users::set_name(&mut tx, boris, "Борис").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(title(list(&core, "another name").await), "Борис");

    let mut tx = store.begin(Durability::Process).await.unwrap();
    messages::fail_queued(&mut tx, first, messages::FAILED_NOT_MEMBER).await.unwrap();
    chats::set_status(&mut tx, first, chats::Status::Removed).await.unwrap();
    tx.commit().await.unwrap();
    let failed = list(&core, "put out").await.into_iter().find(|line| line.number == first).unwrap();
    assert_ne!(failed.last.unwrap().failed, 0);

    for (after, ended) in [("ended", true), ("dropped", false)] {
        let mut tx = store.begin(Durability::Process).await.unwrap();
        chats::set_info(&mut tx, second, "never", "", "").await.unwrap();
        // Whoever asks meanwhile sees what is committed.
        list(&core, "in a transaction").await;
        if ended {
            tx.end().await.unwrap();
        } else {
            drop(tx);
        }
        list(&core, after).await;
        core.save_draft(second, after, None).await.unwrap();
        list(&core, after).await;
    }
    let mut tx = store.begin(Durability::Process).await.unwrap();
    projection::rebuild(&mut tx, second, me).await.unwrap();
    tx.commit().await.unwrap();
    list(&core, "made anew").await;

    // More chats at once than are looked at one by one.
    for n in 0..20 {
        core.create_chat(ChatKind::Group, &format!("More {n}"), "", "").await.unwrap();
    }
    assert_eq!(list(&core, "many").await.len(), 24);
    assert_ne!(me.number, UserNo(0));
    core.close().await;
}
