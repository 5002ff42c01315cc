//! Much that was begun without a relay meets it at once.

use beseda_protocol::membership::ChatKind;
use beseda_tests::world::World;

/// More than fit on their way to a relay that waits for its own words to be heard.
const CHATS: usize = 60;

#[tokio::test]
async fn sixty_chats_made_without_a_relay_all_reach_it() {
    let world = World::new().await;
    let mut anna = world.person("Anna").await;
    for n in 0..CHATS {
        let chat = anna.creates(ChatKind::Group, &format!("Chat {n}")).await;
        anna.says(chat, "Is anybody here?").await;
    }
    anna.sync().await;
    assert_eq!(anna.core().sync_status().await.unwrap().waiting, 0);

    anna.restart().await;
    anna.sync().await;
    let lines = anna.core().chats().await.unwrap();
    assert_eq!(lines.len(), CHATS);
    assert!(lines.iter().all(|line| line.last.as_ref().is_some_and(|last| !last.place.is_queued())));
}
