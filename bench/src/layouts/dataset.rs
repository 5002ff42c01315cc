//! The same people, chats and messages for every layout, made from numbers alone.
//!
//! Six of ten chats are dialogs, a third groups of 3 to 20, the rest blogs of 50 to 200 readers; the first chat is a
//! group of 50 with a tenth of all messages. People write in turns: one to fifteen messages in one chat, then in
//! another.

use beseda_core::domain::{ChatNo, Place};
use beseda_protocol::{MessageId, Seq};

use crate::words::{self, Dice};

pub const USERS: i64 = 200;
/// Whose database it is.
pub const ME: i64 = 1;
/// In one message of a thousand, and in one of fifty thousand; and what stands in every twelfth or so.
pub const MIDDLING: &str = "сияние";
pub const RARE: &str = "zephyr";
pub const COMMON: &str = "встреча";
/// Times begin on 2026-01-01; a message every ten seconds.
const FROM: i64 = 1_767_225_600_000;
const EVERY: i64 = 10_000;
const LONGEST_TURN: usize = 15;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Dialog,
    Group,
    Blog,
}

impl Kind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dialog => "dialog",
            Self::Group => "group",
            Self::Blog => "blog",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Member {
    pub user: i64,
    pub admin: bool,
    /// How many of the chat's messages they have read, from the first on.
    pub read: usize,
}

#[derive(Debug, Clone)]
pub struct Chat {
    pub number: i64,
    pub kind: Kind,
    pub members: Vec<Member>,
    /// Its messages in their order, by number.
    pub messages: Vec<u32>,
}

/// Message `number` of all, in the order they came.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    pub number: usize,
    /// Index in `chats`.
    pub chat: usize,
    /// Where it stands in its chat, from 1.
    pub seq: usize,
    pub author: i64,
}

impl Message {
    #[must_use]
    pub fn at(&self) -> i64 {
        time_of(self.number)
    }

    /// Said a moment before the relay had it.
    #[must_use]
    pub fn sent_at(&self) -> i64 {
        self.at() - (self.number % 1_000) as i64
    }

    #[must_use]
    pub fn id(&self) -> Vec<u8> {
        id_of(self.number)
    }

    #[must_use]
    pub fn text(&self) -> String {
        let mut text = words::message(self.number as u64);
        for (every, word) in [(1_000, MIDDLING), (50_000, RARE)] {
            if self.number % every == 23 {
                text.push(' ');
                text.push_str(word);
            }
        }
        text
    }

    #[must_use]
    pub fn place(&self) -> i64 {
        place_of(self.seq).row(ChatNo(self.chat as i64 + 1))
    }
}

/// When message `number` came, in milliseconds since 1970.
#[must_use]
pub fn time_of(number: usize) -> i64 {
    FROM + number as i64 * EVERY
}

/// Sixteen bytes that look random, as ids are.
#[must_use]
pub fn id_of(number: usize) -> Vec<u8> {
    let mut dice = Dice::new(number as u64 ^ 0x1D_1D1D);
    let bytes: [u8; 16] = std::array::from_fn(|_| dice.below(256) as u8);
    debug_assert_eq!(bytes.len(), std::mem::size_of::<MessageId>());
    bytes.to_vec()
}

/// The place of the `seq`th message of a chat, each in an envelope of its own; the first place for 0.
#[must_use]
pub fn place_of(seq: usize) -> Place {
    Place::accepted(Seq(seq as u64), 0).unwrap_or(Place::END)
}

#[derive(Debug)]
pub struct Dataset {
    pub chats: Vec<Chat>,
    pub messages: Vec<Message>,
}

impl Dataset {
    #[must_use]
    pub fn new(messages: usize, chats: usize) -> Self {
        let mut dice = Dice::new(20_260_101);
        let mut chats: Vec<Chat> = (0..chats).map(|n| chat(n, &mut dice)).collect();
        let messages = write(&mut chats, messages, &mut dice);
        for chat in &mut chats {
            let count = chat.messages.len();
            for member in &mut chat.members {
                let behind = match dice.below(10) {
                    0 => dice.below(count / 2 + 1),
                    1 | 2 => dice.below(20),
                    _ => 0,
                };
                // What I have not read is a screen or two.
                let behind = if member.user == ME { behind.min(60) } else { behind };
                member.read = count.saturating_sub(behind);
            }
        }
        Self { chats, messages }
    }

    #[must_use]
    pub fn chat_of(&self, message: &Message) -> &Chat {
        &self.chats[message.chat]
    }

    /// Who has read a message, without its author.
    pub fn readers(&self, message: &Message) -> impl Iterator<Item = i64> {
        let (seq, author) = (message.seq, message.author);
        let members = self.chat_of(message).members.iter();
        members.filter(move |member| member.read >= seq && member.user != author).map(|member| member.user)
    }

    #[must_use]
    pub fn is_readed(&self, message: &Message) -> bool {
        message.author == ME || self.readers(message).any(|user| user == ME)
    }

    /// How many messages of a chat I have not read.
    #[must_use]
    pub fn unread(&self, chat: &Chat) -> i64 {
        let of = |number: &&u32| !self.is_readed(&self.messages[**number as usize]);
        // Marks are near the end: nothing before the last 60 is unread.
        chat.messages.iter().rev().take(60).filter(of).count() as i64
    }

    /// The date of the last message that a member has read; 0: none.
    #[must_use]
    pub fn read_at(&self, chat: &Chat, member: &Member) -> i64 {
        let last = member.read.checked_sub(1).and_then(|n| chat.messages.get(n));
        last.map_or(0, |number| time_of(*number as usize))
    }
}

fn chat(n: usize, dice: &mut Dice) -> Chat {
    let (kind, others) = match (n, n % 20) {
        (0, _) => (Kind::Group, 49),
        (_, 0..=11) => (Kind::Dialog, 1),
        (_, 12..=18) => (Kind::Group, 2 + dice.below(18)),
        _ => (Kind::Blog, 49 + dice.below(150)),
    };
    let mut users = vec![ME];
    while users.len() <= others {
        let user = 2 + dice.below(USERS as usize - 1) as i64;
        if !users.contains(&user) {
            users.push(user);
        }
    }
    users.sort_unstable();
    let member = |(n, user)| Member { user, admin: kind == Kind::Dialog || n < 2, read: 0 };
    let members = users.into_iter().enumerate().map(member).collect();
    Chat { number: n as i64 + 1, kind, members, messages: Vec::new() }
}

/// Deals `count` messages out to the chats.
fn write(chats: &mut [Chat], count: usize, dice: &mut Dice) -> Vec<Message> {
    let first = count / 10;
    let others = chats.len() - 1;
    // What cannot be shared evenly goes to the last.
    let mut left: Vec<usize> = (0..chats.len())
        .map(|n| match n {
            0 => first,
            n if n == others => (count - first) - (count - first) / others * (others - 1),
            _ => (count - first) / others,
        })
        .collect();
    let mut open: Vec<usize> = (1..chats.len()).collect();
    let mut messages = Vec::with_capacity(count);
    while messages.len() < count {
        let of_others = if open.is_empty() { None } else { Some(dice.below(open.len())) };
        let at = match of_others {
            Some(at) if left[0] == 0 || dice.below(10) > 0 => open[at],
            _ => 0,
        };
        let chat = &mut chats[at];
        // Two people write a blog, and I am not one of them.
        let (from, writers) = match chat.kind {
            Kind::Blog => (1, 2),
            _ => (0, chat.members.len()),
        };
        for _ in 0..(1 + dice.below(LONGEST_TURN)).min(left[at]) {
            let number = messages.len();
            chat.messages.push(number as u32);
            left[at] -= 1;
            let author = chat.members[from + dice.below(writers)].user;
            messages.push(Message { number, chat: at, seq: chat.messages.len(), author });
        }
        if left[at] == 0 {
            open.retain(|chat| *chat != at);
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_messages_are_dealt_out_the_first_chat_has_a_tenth() {
        let data = Dataset::new(5_007, 40);
        assert_eq!(data.messages.len(), 5_007);
        assert_eq!(data.chats[0].messages.len(), 500);
        assert_eq!(data.chats.iter().map(|chat| chat.messages.len()).sum::<usize>(), 5_007);
        assert!(data.chats.iter().all(|chat| !chat.messages.is_empty()));
        for kind in [Kind::Dialog, Kind::Group, Kind::Blog] {
            assert!(data.chats.iter().any(|chat| chat.kind == kind));
        }
    }

    #[test]
    fn what_is_counted_by_hand_is_the_same() {
        let data = Dataset::new(5_007, 40);
        for chat in &data.chats {
            let all = chat.messages.iter().map(|number| &data.messages[*number as usize]);
            assert_eq!(data.unread(chat), all.filter(|message| !data.is_readed(message)).count() as i64);
        }
        let again = Dataset::new(5_007, 40);
        assert_eq!(format!("{:?}", data.messages), format!("{:?}", again.messages));
    }
}
