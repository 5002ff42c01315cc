//! What commands about one's own list of chats do, and what a chat is called.

use std::sync::Arc;

use beseda_core::actions::edit_chat::Edited;

use super::{Answer, chat};
use crate::{
    api::{ArchiveChat, Done, EditChat, Handle, MovePinned, MuteChat, PinChat},
    app::Inner,
};

impl Handle<EditChat> for Inner {
    async fn handle(self: &Arc<Self>, edit: EditChat) -> Answer<Done> {
        let (core, chat) = chat(self, &edit.chat).await?;
        let EditChat { title, description, category, .. } = edit;
        core.edit_chat(chat, Edited { title, description, category }).await?;
        Ok(Done {})
    }
}

impl Handle<PinChat> for Inner {
    async fn handle(self: &Arc<Self>, pin: PinChat) -> Answer<Done> {
        let (core, chat) = chat(self, &pin.chat).await?;
        core.pin_chat(chat, pin.on).await?;
        Ok(Done {})
    }
}

impl Handle<MovePinned> for Inner {
    async fn handle(self: &Arc<Self>, moved: MovePinned) -> Answer<Done> {
        let (core, chat) = chat(self, &moved.chat).await?;
        core.move_pinned(chat, moved.up).await?;
        Ok(Done {})
    }
}

impl Handle<ArchiveChat> for Inner {
    async fn handle(self: &Arc<Self>, archive: ArchiveChat) -> Answer<Done> {
        let (core, chat) = chat(self, &archive.chat).await?;
        core.archive_chat(chat, archive.on).await?;
        Ok(Done {})
    }
}

impl Handle<MuteChat> for Inner {
    async fn handle(self: &Arc<Self>, mute: MuteChat) -> Answer<Done> {
        let (core, chat) = chat(self, &mute.chat).await?;
        core.mute_chat(chat, mute.until).await?;
        Ok(Done {})
    }
}
