//! A screen that looks at a part of a chat.

use std::sync::Arc;

use beseda_core::{
    domain::Place,
    store::Touched,
    timeline::{Item, ItemKey, MessageItem, SendState, apply},
    window::{OpenAt, Window},
};
use beseda_protocol::{ChatId, MessageId};
use tokio::sync::mpsc::UnboundedReceiver;

use super::Person;

/// It knows a window only by its steps.
pub struct Screen<'a> {
    of: &'a Person,
    pub window: Window,
    pub shown: Vec<Item>,
    told: UnboundedReceiver<Arc<Touched>>,
}

impl<'a> Screen<'a> {
    /// Opens a chat, and says which item was asked for.
    pub async fn open(of: &'a Person, chat: ChatId, at: OpenAt) -> (Self, Option<ItemKey>) {
        let told = of.core().listen();
        let (window, target) = of.core().open_window(of.number(chat).await, at).await.unwrap();
        let shown = window.items().to_vec();
        (Self { of, window, shown, told }, target)
    }

    pub async fn told(&mut self, touched: &Touched) {
        if let Some(from) = touched.chats.get(&self.window.chat()) {
            let chat = self.window.chat();
            let single = touched.messages.range((chat, Place::FIRST)..=(chat, Place::END));
            let single = single.map(|(_, place)| *place).collect();
            let ops = self.of.core().refresh(&mut self.window, *from, &single).await.unwrap();
            apply(&mut self.shown, &ops);
            assert_eq!(self.shown, self.window.items(), "the steps lead to what the window holds");
        }
    }

    /// Hears of everything that was committed since it was opened.
    pub async fn catches_up(&mut self) {
        while let Ok(touched) = self.told.try_recv() {
            self.told(&touched).await;
        }
    }

    pub async fn scrolls_up(&mut self) {
        let ops = self.of.core().load_older(&mut self.window).await.unwrap();
        apply(&mut self.shown, &ops);
        assert_eq!(self.shown, self.window.items());
    }

    pub async fn scrolls_down(&mut self) {
        let ops = self.of.core().load_newer(&mut self.window).await.unwrap();
        apply(&mut self.shown, &ops);
        assert_eq!(self.shown, self.window.items());
    }

    pub fn messages(&self) -> impl Iterator<Item = &MessageItem> {
        self.shown.iter().filter_map(|item| match item {
            Item::Message(message) => Some(message),
            _ => None,
        })
    }

    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.messages().map(|message| message.text.clone()).collect()
    }

    /// # Panics
    /// When it does not show this message.
    #[must_use]
    pub fn message(&self, id: MessageId) -> &MessageItem {
        self.messages().find(|message| message.id == id).expect("the message is on the screen")
    }

    /// Texts of one's own messages and how far they have come.
    #[must_use]
    pub fn own(&self) -> (Vec<String>, Vec<SendState>) {
        self.messages().filter_map(|message| Some((message.text.clone(), message.state?))).unzip()
    }
}
