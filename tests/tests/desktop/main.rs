//! Stories at real windows: the built programs, driven through WebDriver as a person would. Windows and people are shared
//! by the stories of a scene; each story is told under its own name.

mod accounts;
mod alone;
mod devices;
mod keeping;
mod messages;
mod people;
mod relays;
mod saying;
mod windows;

use anyhow::Result;
use beseda_tests::desktop::{RelayProcess, Window, fresh_output};
use tempfile::TempDir;

const TITLE: &str = "Trip to the lake";

/// Two people at two windows, in a group that Anna made and let Boris into.
struct Pair {
    relay: RelayProcess,
    anna: Window,
    boris: Window,
    // Dropped last: the others lie in it.
    world: TempDir,
}

impl Pair {
    /// Screenshots of what goes wrong lie in `target/screenshots-SCENE`.
    async fn meet(scene: &str) -> Result<Self> {
        let shots = fresh_output(&format!("screenshots-{scene}"))?;
        let world = tempfile::tempdir()?;
        let relay = RelayProcess::start(&world.path().join("relay")).await?;
        let url = relay.url();
        let [anna, boris] = ["Anna", "Boris"].map(|name| Window::open(name, world.path(), &url, &shots));
        // Both at once: a window spends most of its opening waiting.
        let (anna, boris) = tokio::try_join!(anna, boris)?;
        anna.create_account(&url).await?;
        boris.create_account(&url).await?;
        anna.create_group(TITLE).await?;
        let link = anna.invitation().await?;
        boris.join(&link, TITLE).await?;
        Ok(Self { relay, anna, boris, world })
    }

    async fn part(self) -> Result<()> {
        self.boris.close().await?;
        self.anna.close().await
    }
}

async fn read(person: &Window) -> Result<Vec<String>> {
    Ok(person.read_all().await?.into_iter().map(|bubble| bubble.text).collect())
}
