//! What the person is told of outside the window: the shell is given what to show and what to take away.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
};

use beseda_core::{
    Core,
    domain::{ChatNo, Level},
    notices::{About, Settings, Shows, Step},
    store::Touched,
};

use super::{
    App, Inner,
    commands::{Answer, chat},
};
use crate::{
    api::{Attend, Done, GetNoticeSettings, Handle, SetLevel, SetNoticeSettings},
    view::{NoticeLevel, NoticeSettings, NoticeShows},
};

/// Takes steps, in order. Called while the app waits: it must not block.
pub type NoticeSink = Box<dyn Fn(Vec<Step>) + Send + Sync>;

impl App {
    /// A notification was put away by the person or the system.
    pub async fn dismissed(&self, about: About) {
        if let Some(notices) = self.inner.notices.lock().await.as_mut() {
            notices.dismiss(about);
        }
    }
}

impl Inner {
    /// Lets what tells the person hear of a commit.
    pub(super) async fn hear(&self, core: &Core, touched: &Touched) {
        let attended = self.attended_chats().await;
        let mut notices = self.notices.lock().await;
        let Some(notices) = notices.as_mut() else { return };
        match core.hear(notices, touched, &attended).await {
            Ok(steps) => self.tell(steps),
            Err(error) => tracing::error!(%error, "what is new is not told"),
        }
    }

    /// From now on nothing is told, and nothing stays on screen.
    pub(super) async fn end_notices(&self) {
        if let Some(notices) = self.notices.lock().await.take() {
            self.tell(notices.end());
        }
    }

    fn tell(&self, steps: Vec<Step>) {
        if !steps.is_empty() {
            (self.notice_sink)(steps);
        }
    }

    /// Chats that are open in a window that the person looks at.
    async fn attended_chats(&self) -> BTreeSet<ChatNo> {
        let windows = self.windows.lock().await;
        let mut attended = self.attended.lock().unwrap_or_else(PoisonError::into_inner);
        // What was closed is not looked at.
        attended.retain(|timeline| windows.contains_key(timeline));
        attended.iter().filter_map(|timeline| windows.get(timeline)).map(|window| window.chat()).collect()
    }
}

impl Handle<Attend> for Inner {
    async fn handle(self: &Arc<Self>, Attend { timeline, on }: Attend) -> Answer<Done> {
        let core = self.core().await?;
        let changed = {
            let mut attended = self.attended.lock().unwrap_or_else(PoisonError::into_inner);
            if on { attended.insert(timeline) } else { attended.remove(&timeline) }
        };
        let chat = self.windows.lock().await.get(&timeline).map(beseda_core::window::Window::chat);
        if let Some(chat) = chat.filter(|_| changed && on) {
            let mut touched = Touched::default();
            touched.line(chat);
            self.hear(&core, &touched).await;
        }
        Ok(Done {})
    }
}

impl Handle<SetLevel> for Inner {
    async fn handle(self: &Arc<Self>, set: SetLevel) -> Answer<Done> {
        let (core, chat) = chat(self, &set.chat).await?;
        let level = match set.level {
            NoticeLevel::All => Level::All,
            NoticeLevel::Mentions => Level::Mentions,
            NoticeLevel::Nothing => Level::Nothing,
        };
        core.set_level(chat, level).await?;
        Ok(Done {})
    }
}

impl Handle<GetNoticeSettings> for Inner {
    async fn handle(self: &Arc<Self>, _: GetNoticeSettings) -> Answer<NoticeSettings> {
        let Settings { enabled, shows, sound, quiet_from, quiet_to, quiet_until } =
            self.core().await?.notice_settings().await?;
        let shows = match shows {
            Shows::Text => NoticeShows::Text,
            Shows::Sender => NoticeShows::Sender,
            Shows::Nothing => NoticeShows::Nothing,
        };
        Ok(NoticeSettings { enabled, shows, sound, quiet_from, quiet_to, quiet_until })
    }
}

impl Handle<SetNoticeSettings> for Inner {
    async fn handle(self: &Arc<Self>, set: SetNoticeSettings) -> Answer<Done> {
        let core = self.core().await?;
        let NoticeSettings { enabled, shows, sound, quiet_from, quiet_to, quiet_until } = set.settings;
        let shows = match shows {
            NoticeShows::Text => Shows::Text,
            NoticeShows::Sender => Shows::Sender,
            NoticeShows::Nothing => Shows::Nothing,
        };
        let settings = Settings { enabled, shows, sound, quiet_from, quiet_to, quiet_until };
        core.set_notice_settings(settings).await?;
        // What is on screen shows no more than it may now.
        let mut touched = Touched::default();
        let shown = self.notices.lock().await.as_ref().map(beseda_core::notices::Notices::shown);
        shown.unwrap_or_default().into_iter().for_each(|chat| touched.line(chat));
        self.hear(&core, &touched).await;
        Ok(Done {})
    }
}
