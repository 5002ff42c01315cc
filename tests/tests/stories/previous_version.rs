//! A profile that the version before wrote opens in this one, with everything in it.
#![expect(clippy::unwrap_used, reason = "the steps of a test are the test")]

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _, path::Path};

use beseda_core::{Core, MessageList, Options, store::search::Order, unreported};
use beseda_tests::world::World;

/// Schema 1, with its key in a file: two chats, 23 messages of two people, three of them not sent.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/profile-0001");

/// A copy to open: the profile itself stays as that version left it.
fn copied(to: &Path) {
    for file in ["beseda.db", "key.json"] {
        fs::copy(Path::new(GOLDEN).join(file), to.join(file)).unwrap();
        // As Beseda makes them; a checkout lets others read.
        fs::set_permissions(to.join(file), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test]
async fn a_profile_of_the_previous_version_opens_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    copied(dir.path());
    let core = Core::open(dir.path(), None, Options::default()).await.unwrap();
    let chats = core.chats().await.unwrap();
    let titles: BTreeSet<&str> = chats.iter().map(|line| line.title.as_str()).collect();
    assert_eq!(titles, BTreeSet::from(["Notes from the road", "Поход"]));
    let trip = chats.iter().find(|line| line.title == "Поход").unwrap();
    assert_eq!((trip.unread, trip.mentions, trip.members), (8, 0, 2));

    let mut count = 0;
    let mut authors = BTreeSet::new();
    for line in &chats {
        for message in core.log(line.number, u32::MAX, None).await.unwrap() {
            assert!(!message.text.is_empty());
            assert_eq!(core.message(message.id).await.unwrap(), message);
            // Each is found by its own first word.
            let word: String = message.text.chars().take_while(|c| c.is_alphanumeric()).collect();
            if word.chars().count() > 1 {
                let found = core.search(&word, Some(line.number), Order::Newest, None, 100).await.unwrap();
                assert!(found.messages.iter().any(|found| found.hit.id == message.id), "{word}");
            }
            authors.insert(message.author_name.clone());
            count += 1;
        }
    }
    assert_eq!((count, authors.len()), (23, 2), "{authors:?}");
    let links = core.list(Some(trip.number), MessageList::Links, None, 100).await.unwrap();
    assert_eq!(links.len(), 4);
    assert_eq!(core.totals().await.unwrap().unread, 8);
    assert!(links.iter().all(|link| link.message.text.contains(link.url.as_deref().unwrap())), "{links:?}");

    // Whole in the eyes of this version, and written to.
    let checked = core.examine(&unreported()).await.unwrap();
    assert!(checked.iter().all(beseda_core::doctor::Checked::is_fine), "{checked:?}");
    core.send_message(trip.number, "said with the new version").await.unwrap();
    core.close().await;
    let core = Core::open(dir.path(), None, Options::default()).await.unwrap();
    assert_eq!(core.log(trip.number, 1, None).await.unwrap()[0].text, "said with the new version");
    core.close().await;
}

/// Opening compares what the profile has run with what this version would run: a released migration that was changed
/// would refuse every profile there is.
#[tokio::test]
async fn released_migrations_are_as_that_profile_has_run_them() {
    let dir = tempfile::tempdir().unwrap();
    copied(dir.path());
    let core = Core::open(dir.path(), None, Options::default()).await.unwrap();
    let sums = async |core: &Core| -> Vec<(i64, Vec<u8>)> {
        let mut reader = core.device().store.readers().acquire().await.unwrap();
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&mut *reader)
            .await
            .unwrap()
    };
    let run = sums(&core).await;
    let world = World::new().await;
    let fresh = world.person("Anna").await;
    assert_eq!(run, sums(fresh.core()).await);
    assert_eq!(
        run.iter().map(|(version, _)| *version).collect::<Vec<_>>(),
        [1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]
    );
    core.close().await;
}
