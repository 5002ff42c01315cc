//! What goes wrong around the people of a gallery: who is not let in, what is lost or spoilt, what no relay brings, and who
//! goes away.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use beseda_core::{
    Core, Options,
    actions::{create_chat::NewChat, invite::Limits},
    unreported,
};
use beseda_protocol::membership::{ChatKind, History};
use nix::sys::stat::Mode;

use super::{Company, LOST};
use crate::desktop::{
    gallery::content::{Content, ME},
    window::Window,
};

impl Company<'_> {
    /// Two chats that I am not let into: by a link that was taken back, and by one whose owner is never there.
    ///
    /// # Errors
    /// When a core or the relay fails.
    pub async fn knock(&self, nobody_answers: &str) -> Result<()> {
        let (me, refused) = (self.core(ME)?, &self.content.refused);
        let host = self.core(&refused.by)?;
        let made = host.create_chat(ChatKind::Group, &refused.title, "", "").await?;
        let invitation = host.make_invitation(made.number, Limits::default()).await?;
        host.sync().await?;
        host.revoke(invitation.id).await?;
        me.join(&host.invitation_link(&invitation)).await?;
        self.sync_all([ME, &refused.by, ME]).await?;
        me.join(nobody_answers).await?;
        self.sync(ME).await
    }

    /// What is lost: a device of mine, which I then remove.
    ///
    /// # Errors
    /// When a core or the relay fails.
    pub async fn lose(&self) -> Result<()> {
        let me = self.core(ME)?;
        let kept = me.devices().await?;
        self.another_device(ME, LOST).await?;
        for known in me.devices().await? {
            if kept.iter().all(|one| one.device != known.device) {
                me.remove_device(known.device).await?;
            }
        }
        self.sync(ME).await
    }

    /// What scenes take in from a file, in my home: what somebody says that no relay hears, something else altogether, and what
    /// gives nothing for as long as one waits.
    ///
    /// # Errors
    /// When a core fails, or a file cannot be written.
    pub async fn carry(&self) -> Result<()> {
        let carried = &self.content.carried;
        let core = self.core(&carried.by)?;
        core.sync().await?;
        for (chat, text) in &carried.said {
            core.send_message(self.number(&carried.by, self.id(chat)?).await?, text).await?;
        }
        let at = |word| in_home(self.content, self.world, self.content.name(ME)?, word);
        core.export_bundle(&at("bundle")?, false, &unreported()).await?;
        std::fs::write(at("no-bundle")?, "1 tent\n").context("a file in my home")?;
        nix::unistd::mkfifo(&at("slow-bundle")?, Mode::S_IRWXU).context("a pipe in my home")
    }
}

/// The file of this word, which begins with `~/`, in the home of a window.
///
/// # Errors
/// When there is no such word.
pub fn in_home(content: &Content, world: &Path, window: &str, word: &str) -> Result<PathBuf> {
    Ok(world.join(window).join(content.word(word)?.trim_start_matches("~/")))
}

/// The core of somebody who was there, with what they had then.
async fn opened(world: &Path, person: &str) -> Result<Core> {
    Ok(Core::open(&Window::profile(person, world), None, Options::default()).await?)
}

/// Somebody who was there goes to another relay, asks the others to come too, and writes what is there then into a file.
///
/// # Errors
/// When a core or a relay fails.
pub async fn move_away(world: &Path, person: &str, relay: &str, file: &Path) -> Result<()> {
    let core = opened(world, person).await?;
    core.sync().await?;
    core.move_relay(relay, None).await?;
    core.sync().await?;
    core.export_bundle(file, true, &unreported()).await?;
    core.close().await;
    Ok(())
}

/// Somebody who was there lets me into a new chat of this title, without what was there before.
///
/// # Errors
/// When they do not know me; when a core or the relay fails.
pub async fn let_me_in(world: &Path, person: &str, me: &str, title: &str) -> Result<()> {
    let core = opened(world, person).await?;
    let chats = core.chats().await?;
    let me = chats.into_iter().filter(|chat| chat.title.starts_with(me)).find_map(|chat| chat.peer);
    let me = me.with_context(|| format!("{person} has no dialog with me"))?;
    let (kind, history) = (ChatKind::Group, History::FromJoining);
    let made =
        core.create_chat_with(&NewChat { kind, title, description: "", category: "", history }).await?;
    core.add_member(made.number, me).await?;
    core.sync().await?;
    core.close().await;
    Ok(())
}

/// Somebody who was there is there again for a moment.
///
/// # Errors
/// When a core or the relay fails.
pub async fn look_in(world: &Path, person: &str) -> Result<()> {
    let core = opened(world, person).await?;
    core.sync().await?;
    core.close().await;
    Ok(())
}
