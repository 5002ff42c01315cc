//! What the parser found, as our tree.
//!
//! The parser is comrak, with CommonMark's rules and three habits of chats: a quote wants a blank after its `>` and
//! ends with its lines, a line of `---` under a text makes no heading of it, and emphasis works in Chinese and
//! Japanese. What has nothing to show (a lone `+`, `#` or `---`) is not markup but what its author wrote.

use std::{cell::Cell, sync::LazyLock};

use comrak::{
    Arena, Node, Options,
    nodes::{ListType, NodeCodeBlock, NodeLink, NodeValue, Sourcepos},
    try_parse_document,
};

use super::{
    Block, Inline, MAX_DEPTH, MAX_NODES, address, plain,
    source::{hide, lines_apart, reveal},
    words::{self, Names, Whole},
};

/// How often the parser may ask whether to go on; it asks every 256 steps.
const PARSER_ASKS: u32 = 2_048;
/// Longest name of a language, in bytes; what is longer behind a fence is code.
const LANGUAGE_BYTES: usize = 32;

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    // A single tilde means "about" in a chat. As a subscript it is told from a strike, and written back.
    options.extension.subscript = true;
    options.extension.spoiler = true;
    options.extension.greentext = true;
    options.extension.cjk_friendly_emphasis = true;
    options.parse.ignore_setext = true;
    options
});

/// A text without markup. `None` if it has too many lines or links.
pub(super) fn lines(text: &str, names: &Names<'_>) -> Option<Vec<Block>> {
    let mut out = Vec::new();
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push(Inline::Break);
        }
        words::push(&mut out, line, names, false);
        if out.len() > MAX_NODES {
            return None;
        }
    }
    Some(vec![Block::Paragraph(out)])
}

/// A text with markup. `None` if it must be shown as it was written.
pub(super) fn build(text: &str, names: &Names<'_>) -> Option<Vec<Block>> {
    let text = lines_apart(text);
    let mut whole = Vec::new();
    for (mut range, what) in words::wholes(&text, names) {
        if matches!(what, Whole::Link(_)) {
            // `**https://example.org/a_b_**`: what ends the address may be the markup around it.
            range.end = range.start + text[range.clone()].trim_end_matches(['*', '_', '~']).len();
        }
        whole.push(range);
    }
    let source = hide(&text, &whole)?;
    let asked = Cell::new(0);
    let too_long = || {
        asked.set(asked.get() + 1);
        asked.get() > PARSER_ASKS
    };
    let arena = Arena::new();
    let root = try_parse_document(&arena, &source, &OPTIONS, &too_long).ok()?;
    let mut builder = Builder { lines: source.split('\n').collect(), names, nodes: 0 };
    let blocks = builder.blocks(root, 0)?;
    (!blocks.is_empty()).then_some(blocks)
}

struct Builder<'s, 'n> {
    /// Of what the parser was given.
    lines: Vec<&'s str>,
    names: &'n Names<'n>,
    nodes: usize,
}

/// Inlines as they come; neighbouring texts are one, since a link may go over several of the parser's.
#[derive(Default)]
struct Run {
    out: Vec<Inline>,
    /// As the parser gave it.
    text: String,
}

impl Builder<'_, '_> {
    /// Counts one node at `depth`.
    fn enter(&mut self, depth: usize) -> Option<()> {
        self.nodes += 1;
        (depth <= MAX_DEPTH && self.nodes <= MAX_NODES).then_some(())
    }

    fn blocks(&mut self, parent: Node<'_>, depth: usize) -> Option<Vec<Block>> {
        let mut out = Vec::new();
        for node in parent.children() {
            self.enter(depth)?;
            let data = node.data();
            match &data.value {
                NodeValue::BlockQuote => {
                    let blocks = self.blocks(node, depth + 1)?;
                    out.push(if blocks.is_empty() {
                        self.as_written(data.sourcepos)
                    } else {
                        Block::Quote(blocks)
                    });
                }
                NodeValue::List(list) => {
                    let ordered = list.list_type == ListType::Ordered;
                    self.list(node, ordered, depth, &mut out)?;
                }
                NodeValue::CodeBlock(code) if code.fenced => out.push(match code_of(code) {
                    Some(code) => code,
                    None => self.as_written(data.sourcepos),
                }),
                // Four blanks before a line are blanks in a chat, not code.
                NodeValue::CodeBlock(code) => out.push(self.text(code.literal.trim_end_matches('\n'))),
                NodeValue::HtmlBlock(html) => out.push(self.text(html.literal.trim_end_matches('\n'))),
                NodeValue::Heading(_) => {
                    let inlines = self.inlines(node, depth + 1, false)?;
                    out.push(if inlines.is_empty() {
                        self.as_written(data.sourcepos)
                    } else {
                        Block::Paragraph(vec![Inline::Bold(inlines)])
                    });
                }
                NodeValue::Paragraph => out.push(Block::Paragraph(self.inlines(node, depth + 1, false)?)),
                _ => out.push(self.as_written(data.sourcepos)),
            }
        }
        Some(out)
    }

    /// A list; several where its author's numbers do not follow each other, which would else be shown as if they did.
    fn list(&mut self, list: Node<'_>, ordered: bool, depth: usize, out: &mut Vec<Block>) -> Option<()> {
        let mut items = Vec::new();
        for node in list.children() {
            self.enter(depth)?;
            let number = match &node.data().value {
                NodeValue::Item(item) if ordered => u32::try_from(item.start).ok(),
                _ => None,
            };
            items.push((number, self.blocks(node, depth + 1)?));
        }
        if items.iter().all(|(_, blocks)| blocks.is_empty()) {
            out.push(self.as_written(list.data().sourcepos));
            return Some(());
        }
        // `1.` before each item leaves the counting to us.
        let counted = items.len() > 1 && items.iter().all(|(number, _)| *number == items[0].0);
        let mut next = None;
        for (number, blocks) in items {
            match out.last_mut() {
                Some(Block::List { items, .. })
                    if next.is_some() && (counted || !ordered || number == next) =>
                {
                    items.push(blocks);
                }
                _ => out.push(Block::List { ordered: number, items: vec![blocks] }),
            }
            next = Some(number.map_or(0, |number| number.saturating_add(1)));
        }
        Some(())
    }

    fn inlines(&mut self, parent: Node<'_>, depth: usize, linked: bool) -> Option<Vec<Inline>> {
        let mut run = Run::default();
        self.collect(parent, depth, linked, &mut run)?;
        self.flush(&mut run, linked)?;
        Some(run.out)
    }

    fn flush(&mut self, run: &mut Run, linked: bool) -> Option<()> {
        let before = run.out.len();
        words::push(&mut run.out, &reveal(&run.text), self.names, linked);
        run.text.clear();
        self.nodes += run.out.len() - before;
        (self.nodes <= MAX_NODES).then_some(())
    }

    fn collect(&mut self, parent: Node<'_>, depth: usize, linked: bool, run: &mut Run) -> Option<()> {
        for node in parent.children() {
            let data = node.data();
            if let NodeValue::Text(text) = &data.value {
                run.text.push_str(text);
                continue;
            }
            self.enter(depth)?;
            let wrap: fn(Vec<Inline>) -> Inline = match &data.value {
                NodeValue::Emph => Inline::Italic,
                NodeValue::Strong => Inline::Bold,
                NodeValue::Strikethrough => Inline::Strike,
                NodeValue::SpoileredText => Inline::Spoiler,
                other => {
                    match other {
                        NodeValue::SoftBreak | NodeValue::LineBreak => {
                            self.flush(run, linked)?;
                            run.out.push(Inline::Break);
                        }
                        NodeValue::Code(code) => {
                            self.flush(run, linked)?;
                            run.out.push(Inline::Code(reveal(&code.literal).into_owned()));
                        }
                        NodeValue::Link(link) => self.link(node, link, "[", depth, linked, run)?,
                        NodeValue::Image(link) => self.link(node, link, "![", depth, linked, run)?,
                        NodeValue::Subscript => self.between("~", node, depth, linked, run)?,
                        NodeValue::EscapedTag(mark) => self.between(mark, node, depth, linked, run)?,
                        NodeValue::HtmlInline(text) => run.text.push_str(text),
                        _ => self.collect(node, depth + 1, linked, run)?,
                    }
                    continue;
                }
            };
            self.flush(run, linked)?;
            let children = self.inlines(node, depth + 1, linked)?;
            run.out.push(wrap(children));
        }
        Some(())
    }

    fn between(
        &mut self,
        mark: &str,
        node: Node<'_>,
        depth: usize,
        linked: bool,
        run: &mut Run,
    ) -> Option<()> {
        run.text.push_str(mark);
        self.collect(node, depth + 1, linked, run)?;
        run.text.push_str(mark);
        Some(())
    }

    /// A written link, or its source where it may not be opened, or where its words are another's address.
    fn link(
        &mut self,
        node: Node<'_>,
        link: &NodeLink,
        open: &str,
        depth: usize,
        linked: bool,
        run: &mut Run,
    ) -> Option<()> {
        let target = reveal(&link.url);
        if let Some(url) = address::accept(&target).filter(|_| !linked) {
            let mut children = self.inlines(node, depth + 1, true)?;
            let mut words = String::new();
            plain::write_inlines(&children, plain::Form::Line, &mut words);
            if words.trim().is_empty() {
                children = vec![Inline::Text(target.clone().into_owned())];
            }
            let owner = address::owner(&url);
            if address::find(&words).iter().all(|found| address::owner(&found.url) == owner) {
                self.flush(run, linked)?;
                run.out.push(Inline::Link { url, children });
                if !link.title.is_empty() {
                    run.text.extend([" “", &link.title, "”"]);
                }
                return Some(());
            }
        }
        run.text.push_str(open);
        self.collect(node, depth + 1, linked, run)?;
        run.text.push_str("](");
        run.text.push_str(&link.url);
        if !link.title.is_empty() {
            run.text.extend([" \"", &link.title, "\""]);
        }
        run.text.push(')');
        Some(())
    }

    /// A paragraph of lines in which nothing but links and mentions counts.
    fn text(&mut self, text: &str) -> Block {
        let mut out = Vec::new();
        for (i, line) in reveal(text).split('\n').enumerate() {
            if i > 0 {
                out.push(Inline::Break);
            }
            words::push(&mut out, line, self.names, false);
        }
        self.nodes += out.len();
        Block::Paragraph(out)
    }

    fn as_written(&mut self, at: Sourcepos) -> Block {
        let first = at.start.line.saturating_sub(1).min(self.lines.len());
        let lines = &self.lines[first..at.end.line.clamp(first, self.lines.len())];
        let mut text = lines.join("\n");
        // Without what its container put before it.
        if let Some(own) = text.get(at.start.column.saturating_sub(1)..) {
            text = own.to_owned();
        }
        self.text(text.trim_end())
    }
}

/// `None` where there is nothing in it.
fn code_of(code: &NodeCodeBlock) -> Option<Block> {
    let info = reveal(code.info.trim()).into_owned();
    let mut text = reveal(code.literal.strip_suffix('\n').unwrap_or(&code.literal)).into_owned();
    let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'#' | b'.' | b'-' | b'_');
    let language = if info.len() <= LANGUAGE_BYTES && info.bytes().all(named) {
        info
    } else {
        // Code that begins right behind its fence.
        text = format!("{info}\n{text}");
        String::new()
    };
    (!text.trim().is_empty()).then_some(Block::Code { language, text })
}
