//! What a person does, and the windows they look through.

use std::collections::BTreeSet;

use beseda_protocol::{
    MessageId, UserId,
    link::Invitation,
    membership::{ChatKind, History, Rights},
};

use super::Core;
use crate::{
    actions::{
        self, annotate, arrange,
        create_chat::NewChat,
        delete_message,
        edit_chat::Edited,
        edit_message, forward_messages,
        invite::{self, Limits},
        mark_read, schedule_message,
        send_message::{self, Outgoing},
    },
    document::Mention,
    domain::{ChatNo, Level, Millis, Place},
    error::Result,
    store::{
        chats::ChatLine,
        invitations::{InvitationId, Made},
        roles::RoleChange,
    },
    timeline::{ItemKey, Op},
    window::{OpenAt, Window},
};

impl Core {
    /// Opens a window onto a chat, and says which item is the one that was asked for.
    ///
    /// # Errors
    /// [`crate::Error::NoSuchMessage`]; when the store fails.
    pub async fn open_window(&self, chat: ChatNo, at: OpenAt) -> Result<(Window, Option<ItemKey>)> {
        Window::open(&self.device, &self.dates, chat, at).await
    }

    /// # Errors
    /// When the store fails.
    pub async fn load_older(&self, window: &mut Window) -> Result<Vec<Op>> {
        window.load_older(&self.device, &self.dates).await
    }

    /// # Errors
    /// When the store fails.
    pub async fn load_newer(&self, window: &mut Window) -> Result<Vec<Op>> {
        window.load_newer(&self.device, &self.dates).await
    }

    /// # Errors
    /// When the store fails.
    pub async fn refresh(
        &self,
        window: &mut Window,
        from: Place,
        single: &BTreeSet<Place>,
    ) -> Result<Vec<Op>> {
        window.refresh(&self.device, &self.dates, from, single).await
    }

    /// # Errors
    /// See [`actions::create_chat::create_chat`].
    pub async fn create_chat(
        &self,
        kind: ChatKind,
        title: &str,
        description: &str,
        category: &str,
    ) -> Result<ChatLine> {
        let new = NewChat { kind, title, description, category, history: History::All };
        self.create_chat_with(&new).await
    }

    /// # Errors
    /// See [`actions::create_chat::create_chat`].
    pub async fn create_chat_with(&self, new: &NewChat<'_>) -> Result<ChatLine> {
        let (chat, touched) = actions::create_chat::create_chat(&self.device, new).await?;
        self.told(&touched);
        self.chat(chat).await
    }

    /// # Errors
    /// See [`actions::dialogs::start_dialog`].
    pub async fn start_dialog(&self, user: UserId) -> Result<ChatLine> {
        let (chat, touched) = actions::dialogs::start_dialog(&self.device, user).await?;
        self.told(&touched);
        self.chat(chat).await
    }

    /// # Errors
    /// See [`actions::dialogs::add_member`].
    pub async fn add_member(&self, chat: ChatNo, user: UserId) -> Result<()> {
        let touched = actions::dialogs::add_member(&self.device, chat, user).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`actions::dialogs::accept`].
    pub async fn accept(&self, chat: ChatNo) -> Result<()> {
        let touched = actions::dialogs::accept(&self.device, chat).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`actions::dialogs::refuse`].
    pub async fn refuse(&self, chat: ChatNo, block: bool) -> Result<()> {
        let touched = actions::dialogs::refuse(&self.device, chat, block).await?;
        self.told(&touched);
        Ok(())
    }

    /// Makes a member an admin, or none any more.
    ///
    /// # Errors
    /// See [`actions::change_roles::change_roles`].
    pub async fn set_admin(&self, chat: ChatNo, user: UserId, on: bool) -> Result<()> {
        self.change_roles(chat, RoleChange::Admin { user, on }).await
    }

    /// Another member has the chat from then on; this person stays an admin.
    ///
    /// # Errors
    /// See [`actions::change_roles::change_roles`].
    pub async fn hand_over(&self, chat: ChatNo, user: UserId) -> Result<()> {
        self.change_roles(chat, RoleChange::Owner { user }).await
    }

    /// # Errors
    /// See [`actions::change_roles::change_roles`].
    pub async fn set_rights(&self, chat: ChatNo, rights: Rights) -> Result<()> {
        self.change_roles(chat, RoleChange::Rights { rights }).await
    }

    /// What newcomers may read from now on.
    ///
    /// # Errors
    /// See [`actions::change_roles::change_roles`].
    pub async fn set_history(&self, chat: ChatNo, history: History) -> Result<()> {
        self.change_roles(chat, RoleChange::History { history }).await
    }

    async fn change_roles(&self, chat: ChatNo, change: RoleChange) -> Result<()> {
        let touched = actions::change_roles::change_roles(&self.device, chat, change).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`actions::leave_chat::leave_chat`].
    pub async fn leave_chat(&self, chat: ChatNo) -> Result<()> {
        let touched = actions::leave_chat::leave_chat(&self.device, chat).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`actions::edit_chat::edit_chat`].
    pub async fn edit_chat(&self, chat: ChatNo, edited: Edited) -> Result<ChatLine> {
        let touched = actions::edit_chat::edit_chat(&self.device, chat, edited).await?;
        self.told(&touched);
        self.chat(chat).await
    }

    /// # Errors
    /// See [`arrange::pin`].
    pub async fn pin_chat(&self, chat: ChatNo, on: bool) -> Result<()> {
        let touched = arrange::pin(&self.device, chat, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`arrange::move_pin`].
    pub async fn move_pinned(&self, chat: ChatNo, up: bool) -> Result<()> {
        let touched = arrange::move_pin(&self.device, chat, up).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`arrange::archive`].
    pub async fn archive_chat(&self, chat: ChatNo, on: bool) -> Result<()> {
        let touched = arrange::archive(&self.device, chat, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`arrange::mute`].
    pub async fn mute_chat(&self, chat: ChatNo, until: Millis) -> Result<()> {
        let touched = arrange::mute(&self.device, chat, until).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`arrange::set_level`].
    pub async fn set_level(&self, chat: ChatNo, level: Level) -> Result<()> {
        let touched = arrange::set_level(&self.device, chat, level).await?;
        self.told(&touched);
        Ok(())
    }

    /// The chat's one link without limits.
    ///
    /// # Errors
    /// See [`invite::invite`].
    pub async fn invite(&self, chat: ChatNo) -> Result<String> {
        let made = invite::invite(&self.device, chat, Limits::default()).await?;
        Ok(invite::link(&self.device, &made).to_link())
    }

    /// # Errors
    /// See [`invite::invite`].
    pub async fn make_invitation(&self, chat: ChatNo, limits: Limits) -> Result<Made> {
        invite::invite(&self.device, chat, limits).await
    }

    /// # Errors
    /// See [`invite::revoke`].
    pub async fn revoke(&self, invitation: InvitationId) -> Result<()> {
        let touched = invite::revoke(&self.device, invitation).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`actions::withdraw::withdraw`].
    pub async fn withdraw(&self, chat: ChatNo) -> Result<()> {
        let touched = actions::withdraw::withdraw(&self.device, chat).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`actions::join::join`].
    pub async fn join(&self, link: &str) -> Result<ChatLine> {
        if self.device.relay().url.is_empty() {
            // Who has begun alone comes to where the first link leads.
            self.use_relay(&Invitation::parse(link)?.relay, None).await?;
        }
        let (chat, touched) = actions::join::join(&self.device, link).await?;
        self.told(&touched);
        self.chat(chat).await
    }

    /// # Errors
    /// See [`send_message::send_message`].
    pub async fn send_message(
        &self,
        chat: ChatNo,
        outgoing: impl Into<Outgoing> + Send,
    ) -> Result<MessageId> {
        let (id, touched) = send_message::send_message(&self.device, chat, outgoing.into()).await?;
        self.told(&touched);
        Ok(id)
    }

    /// # Errors
    /// See [`edit_message::edit_message`].
    pub async fn edit_message(
        &self,
        chat: ChatNo,
        message: MessageId,
        text: &str,
        mentions: Vec<Mention>,
    ) -> Result<()> {
        let touched = edit_message::edit_message(&self.device, chat, message, text, mentions).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`delete_message::delete_for_everyone`].
    pub async fn delete_for_everyone(&self, chat: ChatNo, message: MessageId) -> Result<()> {
        let touched = delete_message::delete_for_everyone(&self.device, chat, message).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`delete_message::delete_for_me`].
    pub async fn delete_for_me(&self, chat: ChatNo, message: MessageId) -> Result<()> {
        let touched = delete_message::delete_for_me(&self.device, chat, message).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`forward_messages::forward_messages`].
    pub async fn forward_messages(&self, from: &[MessageId], to: ChatNo) -> Result<()> {
        let touched = forward_messages::forward_messages(&self.device, from, to).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`annotate::react`].
    pub async fn react(&self, chat: ChatNo, message: MessageId, emoji: &str, on: bool) -> Result<()> {
        let touched = annotate::react(&self.device, chat, message, emoji, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`annotate::pin`].
    pub async fn pin_message(&self, chat: ChatNo, message: MessageId, on: bool) -> Result<()> {
        let touched = annotate::pin(&self.device, chat, message, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`annotate::vote`].
    pub async fn vote(&self, chat: ChatNo, message: MessageId, options: &[u8]) -> Result<()> {
        let touched = annotate::vote(&self.device, chat, message, options).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`annotate::save`].
    pub async fn save_message(&self, message: MessageId, on: bool) -> Result<()> {
        let touched = annotate::save(&self.device, message, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`mark_read::mark_read`].
    pub async fn mark_read(&self, chat: ChatNo, message: MessageId) -> Result<()> {
        let touched = mark_read::mark_read(&self.device, chat, message).await?;
        self.told(&touched);
        Ok(())
    }

    /// # Errors
    /// See [`mark_read::mark_unread`].
    pub async fn mark_unread(&self, chat: ChatNo) -> Result<()> {
        mark_read::mark_unread(&self.device, chat).await?;
        Ok(())
    }

    /// # Errors
    /// See [`mark_read::set_read_receipts`].
    pub async fn set_read_receipts(&self, on: bool) -> Result<()> {
        let touched = mark_read::set_read_receipts(&self.device, on).await?;
        self.told(&touched);
        Ok(())
    }

    /// Answers the number under which it can be called back.
    ///
    /// # Errors
    /// See [`schedule_message::schedule_message`].
    pub async fn schedule_message(
        &self,
        chat: ChatNo,
        outgoing: impl Into<Outgoing> + Send,
        send_at: Millis,
    ) -> Result<i64> {
        let (number, _) =
            schedule_message::schedule_message(&self.device, chat, outgoing.into(), send_at).await?;
        self.due.notify_one();
        Ok(number)
    }

    /// # Errors
    /// See [`schedule_message::unschedule`].
    pub async fn unschedule(&self, number: i64) -> Result<()> {
        schedule_message::unschedule(&self.device, number).await?;
        Ok(())
    }

    /// # Errors
    /// See [`schedule_message::send_scheduled`].
    pub async fn send_scheduled(&self, number: i64) -> Result<()> {
        let touched = schedule_message::send_scheduled(&self.device, number).await?;
        self.told(&touched);
        Ok(())
    }

    /// Sends what was to be sent by now; answers when the next one is due.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn send_due(&self) -> Result<Option<Millis>> {
        schedule_message::send_due(&self.device).await
    }

    /// # Errors
    /// See [`actions::remove_member::remove_member`].
    pub async fn remove_member(&self, chat: ChatNo, user: UserId) -> Result<()> {
        let touched = actions::remove_member::remove_member(&self.device, chat, user).await?;
        self.told(&touched);
        Ok(())
    }
}
