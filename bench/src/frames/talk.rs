//! Who says what: Boris, a core in this process, has filled a long chat and goes on talking in it; Anna, whose window is
//! shown, is in it and in a few others.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use beseda_core::{Core, domain::ChatNo};
use beseda_protocol::membership::ChatKind;

use crate::{
    relay::process::RelayProcess,
    scene::{group_of_two, person, say_at_once},
    words,
};

/// Title of the long chat.
pub const LONG: &str = "Trip";
/// The last message of each begins so, and no other; its title follows.
pub const END: &str = "The end of ";
/// Messages in each of the others: more than a page.
const OTHERS: u64 = 100;

pub struct Talk {
    boris: Core,
    chat: ChatNo,
}

impl Talk {
    /// Makes both, a long chat of so many messages and so many others, and closes Anna's `profile` for her window.
    ///
    /// # Errors
    /// When a core or the relay fails.
    pub async fn prepare(
        world: &Path,
        profile: &Path,
        relay: &RelayProcess,
        messages: u64,
        chats: usize,
    ) -> Result<Self> {
        println!("Preparing {messages} messages to look at");
        let anna = person(profile, "Anna", relay).await?;
        let boris = person(&world.join("Boris"), "Boris", relay).await?;
        let id = group_of_two(&boris, &anna).await?.to_string();
        let chat = boris.chat_by_id(&id).await?;
        say_at_once(&boris, chat, messages - 1).await?;
        boris.send_message(chat, &format!("{END}{LONG}")).await?;
        boris.sync().await?;
        for n in 0..chats {
            let title = other(n);
            let made = anna.create_chat(ChatKind::Group, &title, "", "").await?.number;
            say_at_once(&anna, made, OTHERS).await?;
            anna.send_message(made, &format!("{END}{title}")).await?;
        }
        anna.sync().await?;
        let hers = anna.chat_by_id(&id).await?;
        let last = anna.log(hers, 1, None).await?;
        anna.mark_read(hers, last.last().context("an empty chat")?.id).await?;
        anna.sync().await?;
        anna.close().await;
        boris.start_syncing().await?;
        Ok(Self { boris, chat })
    }

    /// Says something `count` times, and is silent for `every` after each.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn go_on(&self, count: u64, every: Duration) -> Result<()> {
        let mut ticks = tokio::time::interval(every);
        ticks.tick().await;
        for n in 0..count {
            self.boris.send_message(self.chat, &words::message(n)).await?;
            ticks.tick().await;
        }
        Ok(())
    }

    /// Whether the other person has read all that was said.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_read(&self) -> Result<bool> {
        let newest = self.boris.log(self.chat, 1, None).await?;
        let newest = newest.last().context("an empty chat")?;
        Ok(self.boris.readers(newest.id).await?.count == 1)
    }

    pub async fn close(self) {
        self.boris.close().await;
    }
}

/// Title of another chat.
#[must_use]
pub fn other(n: usize) -> String {
    format!("Chat {n}")
}
