//! What each command does.

mod arrange;
mod carry;
mod devices;
mod invitations;
mod messages;
mod people;
mod recovery;
mod storage;

use std::sync::Arc;

use beseda_core::{
    Core, NewProfile, Options,
    actions::create_chat::NewChat,
    domain::ChatNo,
    store::{KeyKind as CoreKeyKind, Unlock as CoreUnlock},
};

use beseda_protocol::UserId;

use super::{Inner, convert};
use crate::{
    ApiError, Code, Event,
    api::{
        ChatList, CloseTimeline, CreateAccount, CreateChat, Done, GetStart, GetSyncStatus, HandOver, Handle,
        KeepKey, LeaveChat, ListChats, ListMembers, Lock, MemberList, MoveRelay, MovedRelay, Reconnect,
        RemoveMember, SetAdmin, SetHistory, SetRights, Unlock, UseRelay,
    },
    view::{ChatRow, KeyChoice, Me, Start, SyncStatus},
};

pub(super) type Answer<T> = Result<T, ApiError>;

/// The core and the number of the chat a command names.
pub(super) async fn chat(app: &Inner, id: &str) -> Answer<(Arc<Core>, ChatNo)> {
    let core = app.core().await?;
    let chat = core.chat_by_id(id).await?;
    Ok((core, chat))
}

fn user(id: &str) -> Answer<UserId> {
    Ok(id.parse().map_err(|_| beseda_core::Error::NoSuchMember)?)
}

fn no_such_timeline() -> ApiError {
    ApiError::new(Code::BadRequest, "that timeline is closed")
}

/// Where the key of a new profile is kept.
fn unlock_with(key: KeyChoice) -> Answer<CoreUnlock> {
    Ok(match key {
        KeyChoice::Keyring => CoreUnlock::Keyring,
        KeyChoice::Passphrase { passphrase } if passphrase.is_empty() => {
            return Err(ApiError::new(Code::BadText, "a passphrase cannot be empty"));
        }
        KeyChoice::Passphrase { passphrase } => CoreUnlock::Passphrase(passphrase.into()),
        KeyChoice::File => CoreUnlock::File,
    })
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
        let unlock = unlock_with(new.key)?;
        let new = NewProfile { name: new.name, relay: new.relay, invite: new.invite, unlock };
        let core = Core::create(&self.config.profile, new, Options::default()).await?;
        let me = convert::me(&core).await?;
        self.run(core).await?;
        Ok(me)
    }
}

impl Handle<Unlock> for Inner {
    async fn handle(self: &Arc<Self>, unlock: Unlock) -> Answer<Me> {
        let _locking = self.locking.lock().await;
        let core = Core::open(&self.config.profile, Some(unlock.passphrase.into()), self.opening()).await?;
        let me = convert::me(&core).await?;
        self.run(core).await?;
        self.emit(vec![Event::Unlocked]);
        Ok(me)
    }
}

impl Handle<Lock> for Inner {
    async fn handle(self: &Arc<Self>, _: Lock) -> Answer<Done> {
        // Whatever else keeps the key would open it again at once.
        if self.core().await?.key_kind()? != CoreKeyKind::Passphrase {
            return Err(ApiError::new(Code::BadRequest, "set a passphrase before you lock the app"));
        }
        self.lock().await;
        Ok(Done {})
    }
}

impl Handle<KeepKey> for Inner {
    async fn handle(self: &Arc<Self>, keep: KeepKey) -> Answer<Done> {
        let unlock = unlock_with(keep.key)?;
        self.core().await?.keep_key(keep.passphrase.map(Into::into), unlock).await?;
        Ok(Done {})
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
        let history = convert::history(new.open_history);
        let (title, description, category) = (&new.title, &new.description, &new.category);
        let line = core.create_chat_with(&NewChat { kind, title, description, category, history }).await?;
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
        core.remove_member(chat, user(&remove.user)?).await?;
        Ok(Done {})
    }
}

impl Handle<SetAdmin> for Inner {
    async fn handle(self: &Arc<Self>, set: SetAdmin) -> Answer<Done> {
        let (core, chat) = chat(self, &set.chat).await?;
        core.set_admin(chat, user(&set.user)?, set.on).await?;
        Ok(Done {})
    }
}

impl Handle<HandOver> for Inner {
    async fn handle(self: &Arc<Self>, over: HandOver) -> Answer<Done> {
        let (core, chat) = chat(self, &over.chat).await?;
        core.hand_over(chat, user(&over.user)?).await?;
        Ok(Done {})
    }
}

impl Handle<SetRights> for Inner {
    async fn handle(self: &Arc<Self>, set: SetRights) -> Answer<Done> {
        let (core, number) = chat(self, &set.chat).await?;
        let kind = core.chat(number).await?.kind;
        core.set_rights(number, convert::rights(set.rights, kind)).await?;
        Ok(Done {})
    }
}

impl Handle<SetHistory> for Inner {
    async fn handle(self: &Arc<Self>, set: SetHistory) -> Answer<Done> {
        let (core, chat) = chat(self, &set.chat).await?;
        core.set_history(chat, convert::history(set.open)).await?;
        Ok(Done {})
    }
}

impl Handle<LeaveChat> for Inner {
    async fn handle(self: &Arc<Self>, leave: LeaveChat) -> Answer<Done> {
        let (core, chat) = chat(self, &leave.chat).await?;
        core.leave_chat(chat).await?;
        Ok(Done {})
    }
}

impl Handle<CloseTimeline> for Inner {
    async fn handle(self: &Arc<Self>, close: CloseTimeline) -> Answer<Done> {
        self.windows.lock().await.remove(&close.timeline);
        Ok(Done {})
    }
}

impl Handle<GetSyncStatus> for Inner {
    async fn handle(self: &Arc<Self>, _: GetSyncStatus) -> Answer<SyncStatus> {
        let core = self.core().await?;
        Ok(convert::sync_status(&core.sync_status().await?))
    }
}

impl Handle<UseRelay> for Inner {
    async fn handle(self: &Arc<Self>, UseRelay { relay, invite }: UseRelay) -> Answer<Done> {
        self.core().await?.use_relay(&relay, invite.as_deref()).await?;
        Ok(Done {})
    }
}

impl Handle<MoveRelay> for Inner {
    async fn handle(self: &Arc<Self>, MoveRelay { relay, invite }: MoveRelay) -> Answer<MovedRelay> {
        let told = Box::pin(self.core().await?.move_relay(&relay, invite.as_deref())).await?;
        Ok(MovedRelay { told })
    }
}

impl Handle<Reconnect> for Inner {
    async fn handle(self: &Arc<Self>, _: Reconnect) -> Answer<Done> {
        self.core().await?.reconnect();
        Ok(Done {})
    }
}
