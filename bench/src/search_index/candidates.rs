//! The indexes that are compared: what they are made of, what goes into them, and how each is asked.

use beseda_core::search::{self, Query};
use chrono::NaiveDate;

use super::texts::Message;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole words, with an index of their first two and three letters.
    Words,
    /// SQLite's own trigrams, with positions.
    Trigrams,
    Both,
    /// SQLite's own trigrams; what the index proposes is looked at.
    BareTrigrams,
    /// Tokens of the core, looked at; row ids are places.
    OursByPlace,
    /// Tokens of the core, looked at; row ids are numbers in the order of time.
    OursByTime,
}

#[derive(Debug)]
pub struct Candidate {
    pub name: &'static str,
    pub kind: Kind,
}

pub const ALL: &[Candidate] = &[
    Candidate { name: "words, prefixes", kind: Kind::Words },
    Candidate { name: "trigrams", kind: Kind::Trigrams },
    Candidate { name: "both", kind: Kind::Both },
    Candidate { name: "bare trigrams", kind: Kind::BareTrigrams },
    Candidate { name: "ours, by place", kind: Kind::OursByPlace },
    Candidate { name: "ours, by time", kind: Kind::OursByTime },
];

const WORDS: &str = "tokenize = \"unicode61 remove_diacritics 2\", prefix = '2 3'";
const TRIGRAMS: &str = "tokenize = \"trigram\"";

/// A question as an index understands it.
#[derive(Debug)]
pub struct Asked {
    pub table: &'static str,
    pub expression: String,
}

impl Candidate {
    /// The tables, each with what is in brackets after `fts5`.
    pub fn tables(&self) -> Vec<(&'static str, String)> {
        let bare = "tokens, content = '', detail = none, columnsize = 0, ";
        let words = ("search", format!("tokens, content = '', columnsize = 0, {WORDS}"));
        match self.kind {
            Kind::Words => vec![words],
            Kind::Trigrams => vec![("search", format!("tokens, content = '', columnsize = 0, {TRIGRAMS}"))],
            Kind::Both => {
                vec![words, ("pieces", format!("tokens, content = '', columnsize = 0, {TRIGRAMS}"))]
            }
            Kind::BareTrigrams => vec![("search", format!("{bare}{TRIGRAMS}"))],
            Kind::OursByPlace | Kind::OursByTime => vec![("search", format!("{bare}tokenize = \"ascii\""))],
        }
    }

    pub fn is_ours(&self) -> bool {
        matches!(self.kind, Kind::OursByPlace | Kind::OursByTime)
    }

    pub fn by_time(&self) -> bool {
        self.kind == Kind::OursByTime
    }

    pub fn row_id(&self, message: &Message) -> i64 {
        if self.by_time() { message.at >> 8 } else { message.place }
    }

    pub fn tokens(&self, message: &Message) -> String {
        match self.kind {
            Kind::OursByPlace => search::tokens(&message.text),
            Kind::OursByTime => {
                format!("{} chat{} user{}", search::tokens(&message.text), message.chat, message.author)
            }
            // Neither of SQLite's tokenizers knows that ё is е: the text is given to them so.
            _ => folded(&message.text),
        }
    }

    /// How to ask for what was typed, newest first; `None` where the index cannot. `chat` only narrows where row ids do
    /// not.
    pub fn ask(&self, input: &str, chat: Option<i64>) -> Option<Asked> {
        let asked = |table, expression| Some(Asked { table, expression });
        let bare: String = input.trim_matches('"').to_owned();
        let letters = bare.chars().count();
        let words = || {
            // As one types: the last word may go on.
            asked("search", format!("\"{}\"*", folded(&bare)))
        };
        match self.kind {
            Kind::Words => words(),
            Kind::Trigrams => (letters >= 3).then(|| asked("search", format!("\"{}\"", folded(&bare))))?,
            // Pieces are what words cannot find.
            Kind::Both if letters >= 3 => asked("pieces", format!("\"{}\"", folded(&bare))),
            Kind::Both => words(),
            Kind::BareTrigrams => {
                let letters: Vec<char> = folded(&bare).chars().collect();
                let every: Vec<String> = letters
                    .windows(3)
                    .map(|three| format!("\"{}\"", three.iter().collect::<String>()))
                    .collect();
                if every.is_empty() { None } else { asked("search", every.join(" AND ")) }
            }
            Kind::OursByPlace => asked("search", query(input).fts()?),
            Kind::OursByTime => {
                let chat = chat.map_or(String::new(), |chat| format!(" AND \"chat{chat}\""));
                asked("search", query(input).fts()? + &chat)
            }
        }
    }

    /// Whether a text that the index proposes is what was asked for.
    pub fn fits(&self, query: &Query, input: &str, text: &str) -> bool {
        match self.kind {
            Kind::OursByPlace | Kind::OursByTime => query.matches(text).is_some(),
            Kind::BareTrigrams => folded(text).contains(&folded(input.trim_matches('"'))),
            _ => true,
        }
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

pub fn query(input: &str) -> Query {
    Query::parse(input, NaiveDate::default())
}
