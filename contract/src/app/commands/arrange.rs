//! What commands about one's own list of chats do, and what a chat is called.

use std::sync::Arc;

use beseda_core::{Error, actions::edit_chat::Edited};
use data_encoding::BASE64;

use super::{Answer, chat, people::data_url};
use crate::{
    api::{
        ArchiveChat, ChatCreation, ChatPicture, Done, EditChat, GetChatCreation, GetChatPicture, Handle,
        MovePinned, MuteChat, PinChat,
    },
    app::Inner,
};

impl Handle<EditChat> for Inner {
    async fn handle(self: &Arc<Self>, edit: EditChat) -> Answer<Done> {
        let (core, chat) = chat(self, &edit.chat).await?;
        let EditChat { title, description, category, picture, .. } = edit;
        let picture = picture.map(|text| BASE64.decode(text.as_bytes())).transpose();
        let picture = picture.map_err(|_| Error::BadPicture)?;
        core.edit_chat(chat, Edited { title, description, category, picture }).await?;
        Ok(Done {})
    }
}

impl Handle<GetChatCreation> for Inner {
    async fn handle(self: &Arc<Self>, get: GetChatCreation) -> Answer<ChatCreation> {
        let (core, chat) = chat(self, &get.chat).await?;
        let made = core.creation(chat).await?;
        let (by, by_name) =
            made.by.map_or((None, String::new()), |(user, name)| (Some(user.to_string()), name));
        Ok(ChatCreation { at: made.at, by, by_name })
    }
}

impl Handle<GetChatPicture> for Inner {
    async fn handle(self: &Arc<Self>, get: GetChatPicture) -> Answer<ChatPicture> {
        let (core, chat) = chat(self, &get.chat).await?;
        let picture = core.chat_picture(chat).await?;
        Ok(ChatPicture { picture: picture.map(|(kind, bytes)| data_url(kind, &bytes)) })
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
