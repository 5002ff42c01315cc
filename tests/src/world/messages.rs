//! What people do with messages.

use beseda_core::{
    actions::send_message::Outgoing,
    document::Mention,
    store::{messages::Message, search::Order},
    timeline::MessageItem,
    window::OpenAt,
};
use beseda_protocol::{ChatId, MessageId, UserId};

use super::{Person, Screen};

impl Person {
    #[must_use]
    pub fn user(&self) -> UserId {
        self.core().device().keys.user()
    }

    /// This person as a mention names them.
    #[must_use]
    pub fn mention(&self) -> Mention {
        Mention { name: self.name.clone(), user: Some(self.user()) }
    }

    pub async fn sends(&self, chat: ChatId, outgoing: impl Into<Outgoing> + Send) -> MessageId {
        self.core().send_message(self.number(chat).await, outgoing).await.unwrap()
    }

    pub async fn edits(&self, chat: ChatId, message: MessageId, text: &str) {
        self.core().edit_message(self.number(chat).await, message, text, vec![]).await.unwrap();
    }

    pub async fn deletes(&self, chat: ChatId, message: MessageId) {
        self.core().delete_for_everyone(self.number(chat).await, message).await.unwrap();
    }

    /// Deletes for oneself.
    pub async fn hides(&self, chat: ChatId, message: MessageId) {
        self.core().delete_for_me(self.number(chat).await, message).await.unwrap();
    }

    pub async fn reacts(&self, chat: ChatId, message: MessageId, emoji: &str, on: bool) {
        self.core().react(self.number(chat).await, message, emoji, on).await.unwrap();
    }

    pub async fn pins(&self, chat: ChatId, message: MessageId, on: bool) {
        self.core().pin_message(self.number(chat).await, message, on).await.unwrap();
    }

    pub async fn votes(&self, chat: ChatId, message: MessageId, options: &[u8]) {
        self.core().vote(self.number(chat).await, message, options).await.unwrap();
    }

    pub async fn reads_upto(&self, chat: ChatId, message: MessageId) {
        self.core().mark_read(self.number(chat).await, message).await.unwrap();
    }

    /// A message as a screen shows it that is opened at it.
    pub async fn shown(&self, chat: ChatId, message: MessageId) -> MessageItem {
        Screen::open(self, chat, OpenAt::Message(message)).await.0.message(message).clone()
    }

    /// The message of this text.
    pub async fn message(&self, chat: ChatId, text: &str) -> Message {
        let found = self.reads(chat).await.into_iter().find(|message| message.text == text);
        found.unwrap_or_else(|| panic!("{} has a message {text:?}", self.name))
    }

    /// What a message said, the first text first.
    pub async fn versions(&self, message: MessageId) -> Vec<String> {
        self.core().versions(message).await.unwrap().into_iter().map(|version| version.text).collect()
    }

    /// Texts of what a search in all chats finds.
    pub async fn finds(&self, query: &str) -> Vec<String> {
        let page = self.core().search(query, None, Order::Newest, None, 100).await.unwrap();
        page.messages.into_iter().map(|found| found.hit.text).collect()
    }

    /// Unread messages of a chat and those among them that name this person: as counted, and counted anew.
    pub async fn unread(&self, chat: ChatId) -> [(u32, u32); 2] {
        let line = self.line(chat).await;
        let state = {
            let mut reader = self.core().device().store.readers().acquire().await.unwrap();
            beseda_core::store::chats::state(&mut reader, line.number).await.unwrap()
        };
        let mut counted = (0, 0);
        for message in self.reads(chat).await {
            let names_me = message.extra.names(self.user());
            let gone = message.is(beseda_core::store::messages::flag::DELETED);
            if message.author != self.user() && !gone && message.place > state.unread_after() {
                counted.0 += 1;
                counted.1 += u32::from(names_me);
            }
        }
        [(line.unread, line.mentions), counted]
    }

    /// # Panics
    /// When the counters of the chat are not what its messages say.
    pub async fn has_unread(&self, chat: ChatId, unread: u32, mentions: u32) {
        let [kept, counted] = self.unread(chat).await;
        assert_eq!(kept, counted, "{}: as the messages say", self.name);
        assert_eq!(kept, (unread, mentions), "{}", self.name);
    }
}
