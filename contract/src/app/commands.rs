//! What each command does.

use std::sync::Arc;

use beseda_core::{Core, NewProfile, Options, domain::ChatNo, store::Unlock as CoreUnlock};

use super::{Inner, convert};
use crate::{
    ApiError, Code, Event,
    api::{
        ChatList, CloseTimeline, CreateAccount, CreateChat, CreateInvitation, Done, GetStart, GetSyncStatus,
        Handle, InvitationLink, Join, ListChats, ListMembers, LoadOlder, MarkRead, MemberList, OlderLoaded,
        OpenTimeline, Reconnect, RemoveMember, SaveDraft, SendMessage, SentMessage, Unlock,
    },
    view::{ChatRow, KeyChoice, Me, Start, SyncStatus, TimelineSnapshot},
};

type Answer<T> = Result<T, ApiError>;

/// The core and the number of the chat a command names.
async fn chat(app: &Inner, id: &str) -> Answer<(Arc<Core>, ChatNo)> {
    let core = app.core().await?;
    let chat = core.chat_by_id(id).await?;
    Ok((core, chat))
}

fn no_such_timeline() -> ApiError {
    ApiError::new(Code::BadRequest, "that timeline is closed")
}

impl Handle<GetStart> for Inner {
    async fn handle(self: &Arc<Self>, _: GetStart) -> Answer<Start> {
        self.start().await
    }
}

impl Handle<CreateAccount> for Inner {
    async fn handle(self: &Arc<Self>, new: CreateAccount) -> Answer<Me> {
        if self.core().await.is_ok() {
            return Err(beseda_core::Error::AccountExists.into());
        }
        let unlock = match new.key {
            KeyChoice::Keyring => CoreUnlock::Keyring,
            KeyChoice::Passphrase { passphrase } if passphrase.is_empty() => {
                return Err(ApiError::new(Code::BadText, "a passphrase cannot be empty"));
            }
            KeyChoice::Passphrase { passphrase } => CoreUnlock::Passphrase(passphrase.into()),
            KeyChoice::File => CoreUnlock::File,
        };
        let new = NewProfile { name: new.name, relay: new.relay, invite: new.invite, unlock };
        let core = Core::create(&self.config.profile, new, Options::default()).await?;
        let me = convert::me(&core);
        self.run(core).await?;
        Ok(me)
    }
}

impl Handle<Unlock> for Inner {
    async fn handle(self: &Arc<Self>, unlock: Unlock) -> Answer<Me> {
        let core =
            Core::open(&self.config.profile, Some(unlock.passphrase.into()), Options::default()).await?;
        let me = convert::me(&core);
        self.run(core).await?;
        Ok(me)
    }
}

impl Handle<ListChats> for Inner {
    async fn handle(self: &Arc<Self>, _: ListChats) -> Answer<ChatList> {
        let core = self.core().await?;
        let lines = core.chats().await?;
        Ok(ChatList { chats: lines.into_iter().map(|line| convert::chat_row(&core, line)).collect() })
    }
}

impl Handle<CreateChat> for Inner {
    async fn handle(self: &Arc<Self>, new: CreateChat) -> Answer<ChatRow> {
        let core = self.core().await?;
        let kind = convert::kind(new.kind);
        let line = core.create_chat(kind, &new.title, &new.description, &new.category).await?;
        Ok(convert::chat_row(&core, line))
    }
}

impl Handle<CreateInvitation> for Inner {
    async fn handle(self: &Arc<Self>, invitation: CreateInvitation) -> Answer<InvitationLink> {
        let (core, chat) = chat(self, &invitation.chat).await?;
        Ok(InvitationLink { link: core.invite(chat).await? })
    }
}

impl Handle<Join> for Inner {
    async fn handle(self: &Arc<Self>, join: Join) -> Answer<ChatRow> {
        let core = self.core().await?;
        let line = core.join(&join.link).await?;
        Ok(convert::chat_row(&core, line))
    }
}

impl Handle<ListMembers> for Inner {
    async fn handle(self: &Arc<Self>, list: ListMembers) -> Answer<MemberList> {
        let (core, chat) = chat(self, &list.chat).await?;
        let members = core.members(chat).await?;
        Ok(MemberList {
            members: members.into_iter().map(|member| convert::member_row(&core, member)).collect(),
        })
    }
}

impl Handle<RemoveMember> for Inner {
    async fn handle(self: &Arc<Self>, remove: RemoveMember) -> Answer<Done> {
        let (core, chat) = chat(self, &remove.chat).await?;
        let user = remove.user.parse().map_err(|_| beseda_core::Error::NoSuchMember)?;
        core.remove_member(chat, user).await?;
        Ok(Done {})
    }
}

impl Handle<OpenTimeline> for Inner {
    async fn handle(self: &Arc<Self>, open: OpenTimeline) -> Answer<TimelineSnapshot> {
        let (core, chat) = chat(self, &open.chat).await?;
        // Held while the page is read: what changes meanwhile comes as a diff after it.
        let mut windows = self.windows.lock().await;
        let window = core.open_window(chat).await?;
        let timeline = self.window_number();
        let snapshot = TimelineSnapshot {
            timeline,
            items: window.items().iter().map(convert::item).collect(),
            more_before: window.more_before(),
        };
        windows.insert(timeline, window);
        Ok(snapshot)
    }
}

impl Handle<LoadOlder> for Inner {
    async fn handle(self: &Arc<Self>, load: LoadOlder) -> Answer<OlderLoaded> {
        let core = self.core().await?;
        let mut windows = self.windows.lock().await;
        let window = windows.get_mut(&load.timeline).ok_or_else(no_such_timeline)?;
        let ops = core.load_older(window).await?;
        self.emit(vec![Event::Timeline { timeline: load.timeline, ops: convert::ops(&ops) }]);
        Ok(OlderLoaded { more_before: window.more_before() })
    }
}

impl Handle<CloseTimeline> for Inner {
    async fn handle(self: &Arc<Self>, close: CloseTimeline) -> Answer<Done> {
        self.windows.lock().await.remove(&close.timeline);
        Ok(Done {})
    }
}

impl Handle<SendMessage> for Inner {
    async fn handle(self: &Arc<Self>, message: SendMessage) -> Answer<SentMessage> {
        let (core, chat) = chat(self, &message.chat).await?;
        Ok(SentMessage { id: core.send_message(chat, &message.text).await?.to_string() })
    }
}

impl Handle<MarkRead> for Inner {
    async fn handle(self: &Arc<Self>, mark: MarkRead) -> Answer<Done> {
        let (core, chat) = chat(self, &mark.chat).await?;
        let message = mark.message.parse().map_err(|_| beseda_core::Error::NoSuchMessage)?;
        core.mark_read(chat, message).await?;
        Ok(Done {})
    }
}

impl Handle<SaveDraft> for Inner {
    async fn handle(self: &Arc<Self>, draft: SaveDraft) -> Answer<Done> {
        let (core, chat) = chat(self, &draft.chat).await?;
        core.save_draft(chat, &draft.text).await?;
        Ok(Done {})
    }
}

impl Handle<GetSyncStatus> for Inner {
    async fn handle(self: &Arc<Self>, _: GetSyncStatus) -> Answer<SyncStatus> {
        let core = self.core().await?;
        Ok(convert::sync_status(&core.sync_status().await?))
    }
}

impl Handle<Reconnect> for Inner {
    async fn handle(self: &Arc<Self>, _: Reconnect) -> Answer<Done> {
        self.core().await?.reconnect();
        Ok(Done {})
    }
}
