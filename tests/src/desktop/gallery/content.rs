//! Who is in the gallery and what they say: `content/LANGUAGE.json`, one file a language, of one shape.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::desktop::timeline::on_screen;

/// Whose window is shown.
pub const ME: &str = "anna";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Russian,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::Russian];

    /// As in `ui/src/words`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    pub people: BTreeMap<String, Portrayed>,
    pub chats: BTreeMap<String, Chat>,
    /// Somebody from a common chat writes without having been asked.
    pub request: Request,
    /// The link was taken back.
    pub refused: Closed,
    /// Written in the chat `removed` when that had happened already.
    pub unsent: String,
    /// Has come by no relay, and lies in a file.
    pub carried: Carried,
    /// To be sent later, in the chat `lake`.
    pub scheduled: Vec<String>,
    /// Names of my devices, this one first.
    pub devices: Vec<String>,
    /// What scenes type, and rows they look for.
    pub words: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portrayed {
    pub name: String,
    pub last_name: String,
    pub username: String,
    pub description: String,
    pub email: String,
    /// As 1990-05-31; empty: not told.
    pub born: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chat {
    /// `dialog`, `group` or `blog`.
    pub kind: String,
    pub title: String,
    pub category: String,
    pub description: String,
    /// Who makes it, and who comes into it by a link.
    pub by: String,
    pub with: Vec<String>,
    #[serde(default)]
    pub picture: bool,
    #[serde(default)]
    pub pinned: bool,
    #[serde(default)]
    pub muted: bool,
    #[serde(default)]
    pub archived: bool,
    /// How many of the last ones I have not read.
    #[serde(default)]
    pub unread: usize,
    pub said: Vec<Said>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub by: String,
    /// Minutes before now.
    pub ago: i64,
    /// By which other messages and scenes name it.
    #[serde(default)]
    pub key: String,
    /// Markdown; `@Name` mentions a person.
    pub text: String,
    /// What it says since its author has changed it.
    #[serde(default)]
    pub edited: String,
    /// The key of the message that this one answers.
    #[serde(default)]
    pub answers: String,
    #[serde(default)]
    pub poll: Vec<String>,
    /// Who has chosen which answer.
    #[serde(default)]
    pub votes: BTreeMap<String, u8>,
    #[serde(default)]
    pub reacted: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub pinned: bool,
    /// By me, for myself.
    #[serde(default)]
    pub saved: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub by: String,
    pub said: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    pub by: String,
    /// By keys of chats.
    pub said: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    pub title: String,
    pub by: String,
}

impl Content {
    /// # Errors
    /// When the file is not of its shape.
    pub fn of(language: Language) -> Result<Self> {
        let text = match language {
            Language::English => include_str!("content/en.json"),
            Language::Russian => include_str!("content/ru.json"),
        };
        serde_json::from_str(text).with_context(|| format!("content/{}.json", language.code()))
    }

    /// What the chat of this key is called in my list.
    ///
    /// # Errors
    /// When there is none.
    pub fn title(&self, key: &str) -> Result<String> {
        if key == "request" {
            return self.shown_name(&self.request.by);
        }
        let chat = self.chats.get(key).with_context(|| format!("no chat `{key}`"))?;
        if chat.kind != "dialog" {
            return Ok(chat.title.clone());
        }
        let both = [&chat.by].into_iter().chain(&chat.with);
        let other = both.into_iter().find(|person| *person != ME).context("a dialog with oneself")?;
        self.shown_name(other)
    }

    /// With the last name, as others see it.
    fn shown_name(&self, person: &str) -> Result<String> {
        let Portrayed { name, last_name, .. } =
            self.people.get(person).with_context(|| format!("no person `{person}`"))?;
        Ok(format!("{name} {last_name}").trim().to_owned())
    }

    /// # Errors
    /// When there is no such person.
    pub fn name(&self, person: &str) -> Result<&str> {
        Ok(&self.people.get(person).with_context(|| format!("no person `{person}`"))?.name)
    }

    /// # Errors
    /// When there is no such word.
    pub fn word(&self, key: &str) -> Result<&str> {
        Ok(self.words.get(key).with_context(|| format!("no word `{key}`"))?)
    }

    /// What the message of this key shows now.
    ///
    /// # Errors
    /// When there is none.
    pub fn shown(&self, key: &str) -> Result<String> {
        let mut all = self.chats.values().flat_map(|chat| &chat.said);
        let said = all.find(|said| said.key == key).with_context(|| format!("no message `{key}`"))?;
        Ok(on_screen(if said.edited.is_empty() { &said.text } else { &said.edited }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_tell_the_same() {
        let [english, russian] = Language::ALL.map(|language| Content::of(language).unwrap());
        let shape = |content: &Content| {
            let said = |chat: &Chat| {
                let of = |said: &Said| (said.by.clone(), said.ago, said.key.clone(), said.poll.len());
                chat.said.iter().map(of).collect::<Vec<_>>()
            };
            let chats = content.chats.iter().map(|(key, chat)| (key.clone(), said(chat)));
            (
                content.people.keys().cloned().collect::<Vec<_>>(),
                chats.collect::<Vec<_>>(),
                content.words.keys().cloned().collect::<Vec<_>>(),
            )
        };
        assert_eq!(shape(&english), shape(&russian));
    }

    #[test]
    fn whoever_speaks_is_there_and_answers_what_was_said() {
        for language in Language::ALL {
            let content = Content::of(language).unwrap();
            for (key, chat) in &content.chats {
                let members: Vec<&String> = [&chat.by].into_iter().chain(&chat.with).collect();
                for member in &members {
                    content.name(member).unwrap();
                }
                for said in &chat.said {
                    let others = said.reacted.values().flatten().chain(said.votes.keys());
                    for person in [&said.by].into_iter().chain(others) {
                        assert!(members.contains(&person), "{person} in {key}");
                    }
                    let before = |one: &Said| one.key == said.answers && one.ago > said.ago;
                    assert!(said.answers.is_empty() || chat.said.iter().any(before), "{}", said.text);
                }
            }
        }
    }
}
