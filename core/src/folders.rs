//! The folders of the chat list: every category in use is one. Pure.

use std::collections::BTreeMap;

use crate::{domain::Millis, store::chats::ChatLine};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    pub category: String,
    pub chats: u32,
    /// Unread messages, and chats that bear the unread mark; of muted chats only what names this person.
    pub unread: u32,
    pub mentions: u32,
}

/// In the order of their names, whatever the case of the letters; one that is written in two cases is one folder.
#[must_use]
pub fn folders(lines: &[ChatLine], now: Millis) -> Vec<Folder> {
    let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.category.is_empty()) {
        let folder = folders
            .entry(line.category.to_lowercase())
            .or_insert_with(|| Folder { category: line.category.clone(), ..Folder::default() });
        folder.chats += 1;
        folder.mentions += line.mentions;
        folder.unread += match line.muted(now) {
            true => line.mentions,
            false if line.unread == 0 => u32::from(line.marked_unread),
            false => line.unread,
        };
    }
    folders.into_values().collect()
}
