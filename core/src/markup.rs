//! Messages are Markdown; this is what that means, as a tree that screens draw element by element.
//!
//! Reading order: the types here; [`source`] (what of a text is markup at all, and what only looks so), [`tree`] (what
//! the parser found, as our tree), [`words`] (links and mentions in running text), [`address`] (what may be opened),
//! [`plain`] (a message without its markup).
//!
//! Deliberately absent: HTML. None is made and none is read, so there is nothing to escape and nothing to clean. Also
//! absent, because a message is not a page: images (their links stay), tables, headings beyond bold text, reference
//! definitions and entities. `docs/decisions/0015-messages-as-a-tree.md` says why.

use beseda_protocol::UserId;

use crate::document::Mention;

mod address;
mod plain;
mod source;
#[cfg(test)]
mod tests;
mod tree;
mod words;

pub use plain::{excerpt, links, plain};

/// Deepest nesting of blocks and inlines, counted together; a deeper text is shown as it was written.
pub const MAX_DEPTH: usize = 16;
/// Most nodes of one message; a text with more is shown as it was written.
pub const MAX_NODES: usize = 4_000;
/// Most links of one message that count for the chat's list of links.
pub const MAX_LINKS: usize = 32;
/// Most mentions of one message that are looked for in its text.
pub const MAX_MENTIONS: usize = 64;

/// A message as a screen draws it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markup {
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Paragraph(Vec<Inline>),
    Quote(Vec<Block>),
    List {
        /// Number of the first item; `None` for a list of bullets.
        ordered: Option<u32>,
        items: Vec<Vec<Block>>,
    },
    Code {
        /// As its author called it, or empty.
        language: String,
        /// Lines without the last line's end.
        text: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Blanks in it count. It has line ends only in a message that is shown as it was written.
    Text(String),
    Bold(Vec<Inline>),
    Italic(Vec<Inline>),
    Strike(Vec<Inline>),
    /// Hidden until asked for.
    Spoiler(Vec<Inline>),
    Code(String),
    Link {
        /// Begins with `http://`, `https://`, `mailto:` or `beseda:`, and has no blanks.
        url: String,
        children: Vec<Inline>,
    },
    Mention {
        /// As it stands in the text, without the `@`.
        name: String,
        /// `None`: everyone in the chat.
        user: Option<UserId>,
    },
    Break,
}

/// The tree of a message. Never fails: what is too deep or too large, or would take too long, is one paragraph with
/// the text as it was written. The work is bounded by the text's length alone, so every device draws the same.
#[must_use]
pub fn parse(text: &str, mentions: &[Mention]) -> Markup {
    let names = words::Names::new(mentions);
    let blocks = if source::is_plain(text) { tree::lines(text, &names) } else { tree::build(text, &names) };
    Markup { blocks: blocks.unwrap_or_else(|| vec![Block::Paragraph(vec![Inline::Text(text.to_owned())])]) }
}
