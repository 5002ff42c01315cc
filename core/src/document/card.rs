//! What a person tells of themselves in a chat, as a `profile` fact carries it.

use beseda_protocol::limits;
use serde::{Deserialize, Serialize};

use crate::people::{picture, profile::OLDEST, text};

/// Numbers of profiles beyond this are nonsense: what reads JSON counts no further.
const REV_MAX: u64 = 1 << 53;

/// Empty and absent fields are not told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What others see first.
    pub name: String,
    /// The author's own count. Of the cards that a person says in different chats those with the highest one are of one
    /// time, and together say who they are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rev: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub first_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mobile: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// In years, when it was said; said again on birthdays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u16>,
    /// When the account was made, by its own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// JPEG, PNG or WebP; looked at before it is shown.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Vec::is_empty")]
    pub picture: Vec<u8>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Card {
    /// A person of whom only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Within every limit. By its bytes alone: whether the picture can be drawn is asked when it is shown.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let line = |text: &str| text.chars().count() <= limits::TITLE_CHARS;
        let or_empty = |text: &str, fits: fn(&str) -> bool| text.is_empty() || fits(text);
        self.rev <= REV_MAX
            && [&self.name, &self.first_name, &self.last_name].into_iter().all(|name| line(name))
            && or_empty(&self.username, text::is_username)
            && or_empty(&self.email, text::is_email)
            && or_empty(&self.mobile, text::is_mobile)
            && self.description.chars().count() <= limits::DESCRIPTION_CHARS
            && self.age.is_none_or(|age| age <= OLDEST)
            && self.picture.len() <= picture::BYTES
    }

    /// Takes from another card of the same time what this one does not tell.
    #[must_use]
    pub fn united(mut self, other: Self) -> Self {
        let texts = [
            (&mut self.name, other.name),
            (&mut self.username, other.username),
            (&mut self.first_name, other.first_name),
            (&mut self.last_name, other.last_name),
            (&mut self.email, other.email),
            (&mut self.mobile, other.mobile),
            (&mut self.description, other.description),
        ];
        for (to, from) in texts {
            if to.is_empty() {
                *to = from;
            }
        }
        self.age = self.age.or(other.age);
        self.created_at = self.created_at.or(other.created_at);
        if self.picture.is_empty() {
            self.picture = other.picture;
        }
        self
    }
}
