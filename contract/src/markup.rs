//! A message's text as a tree, drawn element by element. Kept small on the wire: most messages are one paragraph with
//! one text.

use beseda_core::markup::{Block, Inline, Markup};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MarkupBlock {
    Paragraph {
        inlines: Vec<MarkupInline>,
    },
    Quote {
        blocks: Vec<MarkupBlock>,
    },
    List {
        /// Number of the first item; null for a list of bullets.
        start: Option<u32>,
        items: Vec<Vec<MarkupBlock>>,
    },
    Code {
        /// As its author called it, or empty.
        language: String,
        text: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MarkupInline {
    /// Blanks and line ends in it count.
    Text {
        text: String,
    },
    Bold {
        inlines: Vec<MarkupInline>,
    },
    Italic {
        inlines: Vec<MarkupInline>,
    },
    Strike {
        inlines: Vec<MarkupInline>,
    },
    /// Hidden until asked for.
    Spoiler {
        inlines: Vec<MarkupInline>,
    },
    Code {
        text: String,
    },
    Link {
        /// `http://`, `https://`, `mailto:` or `beseda:`.
        url: String,
        inlines: Vec<MarkupInline>,
    },
    Mention {
        /// As it stands in the text, without the `@`.
        name: String,
        /// Null: everyone in the chat.
        user: Option<String>,
    },
    Break,
}

/// The tree of a message for the screen.
#[must_use]
pub fn blocks(markup: Markup) -> Vec<MarkupBlock> {
    markup.blocks.into_iter().map(MarkupBlock::from).collect()
}

impl From<Block> for MarkupBlock {
    fn from(block: Block) -> Self {
        match block {
            Block::Paragraph(children) => Self::Paragraph { inlines: inlines(children) },
            Block::Quote(blocks) => Self::Quote { blocks: blocks.into_iter().map(Self::from).collect() },
            Block::List { ordered, items } => Self::List {
                start: ordered,
                items: items.into_iter().map(|item| item.into_iter().map(Self::from).collect()).collect(),
            },
            Block::Code { language, text } => Self::Code { language, text },
        }
    }
}

impl From<Inline> for MarkupInline {
    fn from(inline: Inline) -> Self {
        match inline {
            Inline::Text(text) => Self::Text { text },
            Inline::Bold(children) => Self::Bold { inlines: inlines(children) },
            Inline::Italic(children) => Self::Italic { inlines: inlines(children) },
            Inline::Strike(children) => Self::Strike { inlines: inlines(children) },
            Inline::Spoiler(children) => Self::Spoiler { inlines: inlines(children) },
            Inline::Code(text) => Self::Code { text },
            Inline::Link { url, children } => Self::Link { url, inlines: inlines(children) },
            Inline::Mention { name, user } => Self::Mention { name, user: user.map(|user| user.to_string()) },
            Inline::Break => Self::Break,
        }
    }
}

fn inlines(list: Vec<Inline>) -> Vec<MarkupInline> {
    list.into_iter().map(MarkupInline::from).collect()
}

#[cfg(test)]
mod tests {
    use beseda_core::markup::parse;

    use super::*;

    fn json(text: &str) -> String {
        serde_json::to_string(&blocks(parse(text, &[]))).unwrap()
    }

    #[test]
    fn a_plain_message_is_small() {
        assert_eq!(json("hi"), r#"[{"type":"paragraph","inlines":[{"type":"text","text":"hi"}]}]"#);
    }

    #[test]
    fn every_part_has_its_form() {
        assert_eq!(
            json("**a** ||_b_||\n> ~~c~~ `d`\n\n1. e.org\n\n```rs\nf\n```"),
            concat!(
                r#"[{"type":"paragraph","inlines":[{"type":"bold","inlines":[{"type":"text","text":"a"}]},"#,
                r#"{"type":"text","text":" "},"#,
                r#"{"type":"spoiler","inlines":[{"type":"italic","inlines":[{"type":"text","text":"b"}]}]}]},"#,
                r#"{"type":"quote","blocks":[{"type":"paragraph","inlines":["#,
                r#"{"type":"strike","inlines":[{"type":"text","text":"c"}]},{"type":"text","text":" "},"#,
                r#"{"type":"code","text":"d"}]}]},"#,
                r#"{"type":"list","start":1,"items":[[{"type":"paragraph","inlines":["#,
                r#"{"type":"link","url":"https://e.org","inlines":[{"type":"text","text":"e.org"}]}]}]]},"#,
                r#"{"type":"code","language":"rs","text":"f"}]"#,
            )
        );
    }
}
