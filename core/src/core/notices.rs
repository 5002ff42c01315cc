//! What this person is told of outside the window. Whoever shows notifications keeps a [`Notices`] and lets it hear of
//! every commit.

use std::collections::BTreeSet;

use beseda_protocol::Seq;

use super::{Core, may_write};
use crate::{
    domain::{ChatNo, Level, Place},
    error::Result,
    notices::{Heard, LINES, MINUTES_A_DAY, Moment, Notices, Settings, Step},
    store::{
        Durability, Touched,
        chats::{self, PutIn, Status},
        notices::{self as store, News},
    },
    sync::engine::State,
};

impl Core {
    /// Begins: what is here now is no news any more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notices(&self) -> Result<Notices> {
        Ok(Notices::new(store::here(&mut *self.reader().await?).await?))
    }

    /// What is to be shown and taken away after a commit. `attended`: chats that are open in a window that the person looks
    /// at.
    ///
    /// # Errors
    /// When the store fails: the next commit tells what this one did not.
    pub async fn hear(
        &self,
        notices: &mut Notices,
        touched: &Touched,
        attended: &BTreeSet<ChatNo>,
    ) -> Result<Vec<Step>> {
        let now = self.device.now();
        let settled = self.progress.borrow().state != State::Behind;
        let mut concerned: BTreeSet<ChatNo> = touched.chats.keys().copied().collect();
        if settled {
            concerned.extend(notices.waiting());
        }
        if !touched.people.is_empty() {
            // Somebody may be blocked now, or called otherwise.
            concerned.extend(notices.shown());
        }
        if concerned.is_empty() {
            return Ok(vec![]);
        }
        let settings = self.notice_settings().await?;
        let mut heard = Vec::with_capacity(concerned.len());
        for chat in concerned {
            heard.extend(self.heard(notices, chat, attended.contains(&chat)).await?);
        }
        Ok(notices.hear(heard, &settings, Moment { now, minute: (self.hours)(now), settled }))
    }

    /// `None`: it has no log yet, or what comes is still its history.
    async fn heard(&self, notices: &Notices, chat: ChatNo, attended: bool) -> Result<Option<Heard>> {
        let line = self.chat(chat).await?;
        if matches!(line.status, Status::Asking | Status::Joining) {
            return Ok(None);
        }
        let mut reader = self.reader().await?;
        let state = chats::state(&mut reader, chat).await?;
        // What another device of this person had unread is no news here.
        let joined = if state.own_join { state.joined_at } else { Seq::ZERO };
        let floor = state.unread_after().max(Place::accepted(joined, 0).unwrap_or_default());
        let (after, me) = (floor.max(notices.since(chat)), self.device.me.number);
        let only_for_me = line.level == Level::Mentions;
        // So it is nearly always, and then there is nothing to look for.
        let news = match line.unread {
            0 => News::none(after),
            _ => store::after(&mut reader, chat, after, me, only_for_me, LINES).await?,
        };
        Ok(Some(Heard {
            chat,
            id: line.id,
            kind: line.kind,
            may_reply: may_write(&line),
            title: line.title,
            // Whoever puts a person into a chat without being asked does not get to ring.
            level: if line.put_in == PutIn::No { line.level } else { Level::Nothing },
            muted_until: line.muted_until,
            attended,
            floor,
            newest: news.newest,
            lines: news.lines,
            count: news.count,
            for_me: news.for_me,
        }))
    }

    /// How this device tells of what is new.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notice_settings(&self) -> Result<Settings> {
        store::settings(&mut *self.reader().await?).await
    }

    /// Holds on this device only. Minutes beyond a day are taken as its last one.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn set_notice_settings(&self, settings: Settings) -> Result<()> {
        let last = MINUTES_A_DAY - 1;
        let settings = Settings {
            quiet_from: settings.quiet_from.min(last),
            quiet_to: settings.quiet_to.min(last),
            quiet_until: settings.quiet_until.clamp(0, chats::FOREVER),
            ..settings
        };
        let mut tx = self.device.store.begin(Durability::Process).await?;
        store::set_settings(&mut tx, &settings).await?;
        tx.commit().await?;
        Ok(())
    }
}
