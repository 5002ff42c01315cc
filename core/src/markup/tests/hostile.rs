//! Whatever is written: nothing panics, nothing grows without bound, no letter is lost, nothing else can be opened.

use beseda_protocol::limits::MESSAGE_TEXT_BYTES;
use proptest::prelude::*;

use super::*;

/// Counts nodes and finds the deepest.
fn size(markup: &Markup) -> (usize, usize) {
    fn inlines(list: &[Inline], depth: usize, total: &mut (usize, usize)) {
        total.1 = total.1.max(depth);
        for inline in list {
            total.0 += 1;
            match inline {
                Inline::Bold(inner)
                | Inline::Italic(inner)
                | Inline::Strike(inner)
                | Inline::Spoiler(inner) => {
                    inlines(inner, depth + 1, total);
                }
                Inline::Link { children, .. } => inlines(children, depth + 1, total),
                _ => {}
            }
        }
    }
    fn blocks(list: &[Block], depth: usize, total: &mut (usize, usize)) {
        total.1 = total.1.max(depth);
        for block in list {
            total.0 += 1;
            match block {
                Block::Paragraph(inner) => inlines(inner, depth + 1, total),
                Block::Quote(inner) => blocks(inner, depth + 1, total),
                Block::List { items, .. } => items.iter().for_each(|item| blocks(item, depth + 1, total)),
                Block::Code { .. } => {}
            }
        }
    }
    let mut total = (0, 0);
    blocks(&markup.blocks, 0, &mut total);
    total
}

fn is_bounded(text: &str) {
    let markup = parse(text, &mentions());
    let (nodes, depth) = size(&markup);
    // A link and the text in it are two.
    assert!(nodes <= 2 * MAX_NODES + 2, "{nodes} nodes");
    assert!(depth <= MAX_DEPTH + 2, "{depth} deep");
    assert!(plain(text).len() <= 4 * text.len() + 64);
    let _ = excerpt(text, 100);
}

#[test]
fn the_largest_messages_of_one_piece_are_bounded() {
    let pieces = [
        "> ",
        ">",
        "- ",
        "1. ",
        "*",
        "**",
        "_",
        "*a_",
        "~~",
        "~",
        "||",
        "|",
        "`",
        "``` ",
        "```\n",
        "[",
        "![",
        "[a](",
        "[](",
        "]",
        "](",
        "[a](b)",
        "<",
        "<a",
        "<!--",
        "&",
        "&amp;",
        "\\",
        "\\*",
        "@",
        "@Anna",
        "@Anna ",
        "a@a.org ",
        "://",
        "a://",
        "a.",
        "a.a@",
        "www.",
        "https://",
        "https://a.org/",
        "https://a.org/( ",
        "a.org ",
        "beseda:",
        "beseda:join/",
        "#",
        "# ",
        "# a\n",
        "\n",
        "a\n",
        "\n\n",
        "> a\n",
        "- a\n",
        "  - a\n",
        "* * ",
        "*a **a ",
        "a**b",
        "**a ",
        "_a __a ",
        "\u{FDD0}",
        "\u{FDEF}*",
        "\0",
        "\r",
        "\r\n",
        "\t",
        "    a\n",
        "я",
        "漢",
        "\u{200d}",
        "(",
        "[[a]]",
        "[a]: b\n",
        "***\n",
        "~~a~~ ",
        "||a|| ",
        "`a` ",
        "`` ` ",
        "**a** ",
        "<https://a.org>",
        "[a](https://b.org)",
        "[a.org](https://b.org)",
        "x_",
        "_x",
        "*a*b",
        "> - 1. ",
        "|| **a** ",
        "\"https://",
        "'a.b",
        "-a.",
        ":",
        ".",
    ];
    for piece in pieces {
        is_bounded(&piece.repeat(8_192 / piece.len()));
        let some = piece.repeat(4_096 / piece.len());
        is_bounded(&format!("{some}\n\n{some}"));
        is_bounded(&format!("**a** {some}"));
    }
    // Of the whole length a message may have: those that took the parser longest.
    for piece in ["> ", "- a\n", "*a_", "*a*b", "[a](", "[](", "[a](b)", "[", "\\", "@", "||a|| ", "https://"]
    {
        is_bounded(&piece.repeat(MESSAGE_TEXT_BYTES / piece.len()));
    }
    // Opened, never closed, and closed, never opened.
    for (open, close) in
        [("[", "]"), ("(", ")"), ("*", "_"), ("**a", "b**"), ("> ", "\n"), ("`", "``"), ("||", "~~")]
    {
        let n = 16_384 / open.len().max(close.len());
        is_bounded(&(open.repeat(n) + &close.repeat(n)));
    }
    // Each line closes and opens all containers of the one before.
    let deep: String =
        (0..128).map(|i| format!("{}a\n", if i % 2 == 0 { "> " } else { "- " }.repeat(250))).collect();
    is_bounded(&deep);
    // Runs of backticks of every length.
    let ticks: String = (1..360).map(|n| format!("{} ", "`".repeat(n))).collect();
    is_bounded(&ticks);
}

#[test]
fn too_deep_and_too_much_are_shown_as_written() {
    let as_written = |text: &str| Markup { blocks: vec![Block::Paragraph(vec![Inline::Text(text.into())])] };
    for text in ["> ".repeat(40) + "a", "- ".repeat(40) + "a", "**a** ".repeat(5_000), "a\n".repeat(5_000)] {
        assert_eq!(parse(&text, &[]), as_written(&text));
        assert_eq!(plain(&text), text);
    }
    // A long text is not "too much".
    let long = format!("**{}**", "слово ".repeat(5_000).trim_end());
    assert!(
        matches!(&parse(&long, &[]).blocks[..], [Block::Paragraph(inlines)] if matches!(inlines[..], [Inline::Bold(_)]))
    );
}

#[test]
fn noncharacters_are_text() {
    let text = "**a** \u{FDD0}\u{FDEF}";
    assert_eq!(parse(text, &[]).blocks, [Block::Paragraph(vec![Inline::Text(text.into())])]);
}

/// Pieces of markup and words, in any order.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zа-я]{1,6}",
        3 => Just(" ".to_owned()),
        2 => Just("\n".to_owned()),
        1 => "\n {0,6}",
        8 => proptest::sample::select(vec![
            "*", "**", "_", "__", "~", "~~", "|", "||", "|||", "`", "```", "~~~", "> ", ">", "- ", "+ ", "* ", "1. ", "7) ",
            "# ", "## ", "[", "]", "](", ")", "!", "![", "<", ">", "&", "&amp;", "&#65;", "\\", "---", "***", "===", "|-|",
            "https://", "a.org", "/", "@", "@Anna", "mailto:", "beseda:join/", ":", "]:", "\t", "\r\n", "<b>", "<!--", "-->",
            "(\"", "\")", "\u{FDD5}", "\0", "$", "%%", "^", "==", "++", "é", "。",
        ]).prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Where letters of a message may go: what is shown, and what a shown thing carries.
fn everything(markup: &Markup) -> String {
    fn inlines(list: &[Inline], out: &mut String) {
        for inline in list {
            match inline {
                Inline::Text(text) | Inline::Code(text) => out.push_str(text),
                Inline::Bold(inner)
                | Inline::Italic(inner)
                | Inline::Strike(inner)
                | Inline::Spoiler(inner) => {
                    inlines(inner, out);
                }
                Inline::Link { url, children } => {
                    let start = out.len();
                    inlines(children, out);
                    if !url.ends_with(&out[start..].to_owned()) || out.len() == start {
                        out.push_str(url);
                    }
                }
                Inline::Mention { name, .. } => out.push_str(&format!("@{name}")),
                Inline::Break => out.push('\n'),
            }
        }
    }
    fn blocks(list: &[Block], out: &mut String) {
        for block in list {
            match block {
                Block::Paragraph(inner) => inlines(inner, out),
                Block::Quote(inner) => blocks(inner, out),
                Block::List { items, .. } => items.iter().for_each(|item| blocks(item, out)),
                Block::Code { language, text } => {
                    out.push_str(language);
                    out.push_str(text);
                }
            }
        }
    }
    let mut out = String::new();
    blocks(&markup.blocks, &mut out);
    out
}

fn languages(blocks: &[Block]) -> String {
    let of = |block: &Block| match block {
        Block::Paragraph(_) => String::new(),
        Block::Quote(blocks) => languages(blocks),
        Block::List { items, .. } => items.iter().map(|item| languages(item)).collect(),
        Block::Code { language, .. } => format!("{language} "),
    };
    blocks.iter().map(of).collect()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).collect()
}

fn urls(markup: &Markup) -> Vec<String> {
    let text = format!("{markup:?}");
    text.split("url: \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_letter_is_lost(text in soup()) {
        let markup = parse(&text, &mentions());
        prop_assert_eq!(letters(&everything(&markup)), letters(&text));
        // What is searched has all of them but names of languages.
        let found = letters(&plain(&text));
        let languages = languages(&markup.blocks);
        for word in text.split(|c: char| !c.is_alphabetic()) {
            prop_assert!(found.contains(word) || languages.contains(word), "{word} of {text:?}");
        }
    }

    #[test]
    fn a_text_without_markup_is_the_text(text in "[a-zA-Zа-яё0-9 ,.;:!?'\"%@$^{}()\n/-]{0,80}") {
        // Marks at the start of a line may begin a list.
        if source::is_plain(&text) {
            prop_assert_eq!(plain(&text), text.as_str());
            prop_assert_eq!(parse(&text, &[]).plain(), text);
        }
    }

    #[test]
    fn the_quick_way_says_what_the_parser_would(text in soup()) {
        if source::is_plain(&text) {
            let names = words::Names::new(&[]);
            if let Some(blocks) = tree::build(&text, &names) {
                let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                let parsed = Markup { blocks };
                prop_assert!(parsed.blocks.iter().all(|block| matches!(block, Block::Paragraph(_))), "{:?}", parsed);
                let text = parse(&text, &[]).plain();
                prop_assert_eq!(words(&parsed.plain()), words(&text));
            }
        }
    }

    #[test]
    fn nothing_opens_but_what_is_allowed(text in soup()) {
        for url in urls(&parse(&text, &mentions())) {
            let lower = url.to_ascii_lowercase();
            let allowed = ["http://", "https://", "mailto:", "beseda:"];
            prop_assert!(allowed.iter().any(|start| lower.starts_with(start)), "{}", url);
            prop_assert!(!url.contains(char::is_whitespace));
        }
    }

    #[test]
    fn any_text_is_shown(text in any::<String>()) {
        is_bounded(&text);
    }
}
