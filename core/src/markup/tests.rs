#![allow(clippy::unwrap_used, reason = "a test")]

//! What each piece of markup becomes; [`hostile`] has what must not happen whatever is written.

mod hostile;

use super::*;

/// A tree in one line, to compare: `b[…]` bold, `i` italic, `s` strike, `h` spoiler, `c` code, `<url>[…]` a link,
/// `@(name)` a mention, `/` a break; `p`, `q`, `l`, `n(first)`, `code(language)` blocks.
fn shown(markup: &Markup) -> String {
    fn inlines(list: &[Inline]) -> String {
        list.iter()
            .map(|inline| match inline {
                Inline::Text(text) => text.clone(),
                Inline::Bold(inner) => format!("b[{}]", inlines(inner)),
                Inline::Italic(inner) => format!("i[{}]", inlines(inner)),
                Inline::Strike(inner) => format!("s[{}]", inlines(inner)),
                Inline::Spoiler(inner) => format!("h[{}]", inlines(inner)),
                Inline::Code(text) => format!("c[{text}]"),
                Inline::Link { url, children } => format!("<{url}>[{}]", inlines(children)),
                Inline::Mention { name, user } => {
                    format!("@({name}{})", if user.is_some() { "" } else { "*" })
                }
                Inline::Break => "/".into(),
            })
            .collect()
    }
    fn blocks(list: &[Block]) -> String {
        let one = |block: &Block| match block {
            Block::Paragraph(inner) => format!("p[{}]", inlines(inner)),
            Block::Quote(inner) => format!("q[{}]", blocks(inner)),
            Block::List { ordered, items } => {
                let items: Vec<_> = items.iter().map(|item| blocks(item)).collect();
                let mark = ordered.map_or("l".to_owned(), |first| format!("n({first})"));
                format!("{mark}[{}]", items.join(" | "))
            }
            Block::Code { language, text } => format!("code({language})[{text}]"),
        };
        list.iter().map(one).collect::<Vec<_>>().join(" ")
    }
    blocks(&markup.blocks)
}

fn said(text: &str) -> String {
    shown(&parse(text, &[]))
}

/// Each line: what is written, what is shown.
fn all(cases: &[(&str, &str)]) {
    for (text, wanted) in cases {
        assert_eq!(said(text), *wanted, "{text:?}");
    }
}

#[test]
fn markup_of_words() {
    all(&[
        ("plain", "p[plain]"),
        ("**a** *b* _c_ __d__", "p[b[a] i[b] i[c] b[d]]"),
        ("~~a~~ ||b|| `c`", "p[s[a] h[b] c[c]]"),
        ("**a *b* ~~c~~**", "p[b[a i[b] s[c]]]"),
        ("||a **b**\nc||", "p[h[a b[b]/c]]"),
        ("**この文は重要です。**但这句话并不重要。", "p[b[この文は重要です。]但这句话并不重要。]"),
        ("**жирный**, _курсив_", "p[b[жирный], i[курсив]]"),
        ("``a`b``", "p[c[a`b]]"),
        (r"\*a\* \\", r"p[*a* \]"),
    ]);
}

#[test]
fn what_only_looks_like_markup_stays() {
    all(&[
        ("2 * 3 * 4", "p[2 * 3 * 4]"),
        ("snake_case_name", "p[snake_case_name]"),
        ("~5 минут, ~10~", "p[~5 минут, ~10~]"),
        ("H~2~O и **~3~**", "p[H~2~O и b[~3~]]"),
        ("a || b and |c| **d**", "p[a || b and |c| b[d]]"),
        ("**a** <b>c</b> &amp; &copy;", "p[b[a] <b>c</b> &amp; &copy;]"),
        ("<!-- **a**", "p[<!-- b[a]]"),
        ("<div>\n**a**", "p[<div>/b[a]]"),
        ("[a]: b.org **c**", "p[[a]: <https://b.org>[b.org] b[c]]"),
        ("a[i](x) **b**", "p[a[i](x) b[b]]"),
        ("[x](javascript:alert(1))", "p[[x](javascript:alert(1))]"),
        ("**a**\n---", "p[b[a]] p[---]"),
        ("Hello\n===\n**a**", "p[Hello/===/b[a]]"),
        (">:( **a**", "p[>:( b[a]]"),
        (">5 `a`", "p[>5 c[a]]"),
        ("#tag **a**", "p[#tag b[a]]"),
        ("    **a**", "p[**a**]"),
    ]);
}

#[test]
fn what_has_nothing_to_show_is_what_was_written() {
    for text in [
        "+", "-", "*", "> ", "#", "1.", "---", "***", "```", "``````", "- \n- ", "**", "||||", "~~~~", "[]()",
    ] {
        assert_eq!(plain(text).trim_end(), text.trim_end(), "{text:?}");
    }
    assert_eq!(said("**a**\n\n+"), "p[b[a]] p[+]");
}

#[test]
fn blocks() {
    all(&[
        ("# Title **x**", "p[b[Title b[x]]]"),
        ("> a\n> b\nreply", "q[p[a/b]] p[reply]"),
        ("> a\n>\n> b", "q[p[a] p[b]]"),
        ("> > a\n> b", "q[q[p[a]] p[b]]"),
        ("- a\n- b\nafter", "l[p[a] | p[b]] p[after]"),
        ("- a\n  - b\n- c", "l[p[a] l[p[b]] | p[c]]"),
        ("text\n- a", "p[text] l[p[a]]"),
        ("3. a\n4. b", "n(3)[p[a] | p[b]]"),
        ("1. a\n1. b\n1. c", "n(1)[p[a] | p[b] | p[c]]"),
        ("1. a\n3. b\n4. c", "n(1)[p[a]] n(3)[p[b] | p[c]]"),
        ("```rust\nlet a = **1**;\n\n<b>&amp;\n```", "code(rust)[let a = **1**;\n\n<b>&amp;]"),
        ("```let a = 1;\nlet b;``` ", "code()[let a = 1;\nlet b;]"),
        ("```\nunclosed", "code()[unclosed]"),
        ("~~~c++\nx\n~~~\n**a**", "code(c++)[x] p[b[a]]"),
        ("a **b**\nc\n\nd", "p[a b[b]/c] p[d]"),
    ]);
}

#[test]
fn blanks_and_lines_of_a_text_without_markup_are_kept() {
    all(&[("  two  blanks\n\n\n    here ", "p[  two  blanks///    here ]"), ("", "p[]"), ("a\n", "p[a/]")]);
}

#[test]
fn addresses() {
    all(&[
        (
            "see https://example.org/a?b=c#d.",
            "p[see <https://example.org/a?b=c#d>[https://example.org/a?b=c#d].]",
        ),
        ("(http://example.org)", "p[(<http://example.org>[http://example.org])]"),
        ("example.org is enough", "p[<https://example.org>[example.org] is enough]"),
        ("write to anna@example.org!", "p[write to <mailto:anna@example.org>[anna@example.org]!]"),
        ("mailto:anna@example.org", "p[<mailto:anna@example.org>[mailto:anna@example.org]]"),
        ("https://пример.рф/путь", "p[<https://пример.рф/путь>[https://пример.рф/путь]]"),
        ("见https://example.org/a，谢谢", "p[见<https://example.org/a>[https://example.org/a]，谢谢]"),
        ("main.rs, readme.md, v1.2, 10.0.0.1", "p[main.rs, readme.md, v1.2, 10.0.0.1]"),
        ("<https://example.org/_a_>", "p[<https://example.org/_a_>[https://example.org/_a_]]"),
        (
            "`x` https://example.org/_a_*b*_",
            "p[c[x] <https://example.org/_a_*b*_>[https://example.org/_a_*b*_]]",
        ),
        ("**https://example.org/a_b_**", "p[b[<https://example.org/a_b_>[https://example.org/a_b_]]]"),
        ("||https://example.org||", "p[h[<https://example.org>[https://example.org]]]"),
        ("~~https://example.org/a~~", "p[s[<https://example.org/a>[https://example.org/a]]]"),
        (
            "example.org:8080/a пример.рф, x@y.z@b.org",
            "p[<https://example.org:8080/a>[example.org:8080/a] <https://пример.рф>[пример.рф], x@y.z@b.org]",
        ),
        (
            "https://a.org/b_(c) (https://a.org/b)",
            "p[<https://a.org/b_(c)>[https://a.org/b_(c)] (<https://a.org/b>[https://a.org/b])]",
        ),
        (
            "https://bank.com@evil.org/ and https://a.org/\u{202E}gpj",
            "p[https://bank.com@evil.org/ and <https://a.org/>[https://a.org/]\u{202E}gpj]",
        ),
        ("a://b javascript://example.org/%0aalert(1)", "p[a://b javascript://example.org/%0aalert(1)]"),
        (
            "ftp://example.org file:///etc/passwd //example.org",
            "p[ftp://example.org file:///etc/passwd //example.org]",
        ),
        ("tauri://localhost data:text/html,<b>x</b>", "p[tauri://localhost data:text/html,<b>x</b>]"),
        (
            "come: beseda:join/AbC_-0123456789xyz, quick",
            "p[come: <beseda:join/AbC_-0123456789xyz>[beseda:join/AbC_-0123456789xyz], quick]",
        ),
        (
            "beseda:join/short xbeseda:join/AbC_-0123456789xyz",
            "p[beseda:join/short xbeseda:join/AbC_-0123456789xyz]",
        ),
    ]);
}

#[test]
fn written_links() {
    all(&[
        ("[a **b**](https://example.org/x_y_z)", "p[<https://example.org/x_y_z>[a b[b]]]"),
        ("[a](example.org/x)", "p[<https://example.org/x>[a]]"),
        ("[a](mailto:b@c.org) [d](HTTPS://e.org)", "p[<mailto:b@c.org>[a] <HTTPS://e.org>[d]]"),
        ("[join](beseda:join/AbC_-0123456789xyz)", "p[<beseda:join/AbC_-0123456789xyz>[join]]"),
        ("![cat](https://example.org/cat.png)", "p[<https://example.org/cat.png>[cat]]"),
        ("[](https://example.org)", "p[<https://example.org>[https://example.org]]"),
        ("[a](https://example.org \"b\")", "p[<https://example.org>[a] “b”]"),
        ("[www.Example.org/a](https://example.org/b)", "p[<https://example.org/b>[www.Example.org/a]]"),
        ("[x](https:e.org)", "p[[x](https:<https://e.org>[e.org])]"),
        ("[x](https://a.org/\u{202E}b)", "p[[x](<https://a.org/>[https://a.org/]\u{202E}b)]"),
        // Words that are another's address: both are shown.
        (
            "[bank.com](https://evil.org)",
            "p[[<https://bank.com>[bank.com]](<https://evil.org>[https://evil.org])]",
        ),
    ]);
    for target in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//e.org",
        "vbscript:x",
        "https://bank.com@evil.org",
        "tauri://localhost",
        "http://",
        "/etc",
        "beseda:x",
        "&#106;avascript:alert(1)",
    ] {
        let text = format!("[x]({target})");
        assert_eq!(said(&text), format!("p[{text}]"), "{target}");
    }
}

fn mentions() -> Vec<Mention> {
    let one = |name: &str, user: u8| Mention { name: name.into(), user: Some(UserId([user; 32])) };
    vec![
        one("Anna", 1),
        one("Anna Karenina", 2),
        one("star*man*", 3),
        one("_x_", 4),
        Mention { name: "все".into(), user: None },
    ]
}

#[test]
fn names_that_are_meant() {
    let said = |text: &str| shown(&parse(text, &mentions()));
    for (text, wanted) in [
        ("@Anna, hi", "p[@(Anna), hi]"),
        ("@Anna Karenina and @Annabel", "p[@(Anna Karenina) and @Annabel]"),
        ("**@Anna** (@Anna)", "p[b[@(Anna)] (@(Anna))]"),
        ("`@Anna` @все", "p[c[@Anna] @(все*)]"),
        ("```\n@Anna\n```", "code()[@Anna]"),
        ("*@star*man** и @_x_ _да_", "p[i[@(star*man*)] и @(_x_) i[да]]"),
        (
            "me@Anna https://example.org/@Anna",
            "p[me@Anna <https://example.org/@Anna>[https://example.org/@Anna]]",
        ),
        ("@anna", "p[@anna]"),
        ("> @Anna Karenina", "q[p[@(Anna Karenina)]]"),
    ] {
        assert_eq!(said(text), wanted, "{text:?}");
    }
    let user = |markup: Markup| match &markup.blocks[..] {
        [Block::Paragraph(inlines)] => match &inlines[..] {
            [Inline::Mention { user, .. }] => *user,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(user(parse("@Anna Karenina", &mentions())), Some(UserId([2; 32])));
}

#[test]
fn a_message_without_its_markup() {
    for (text, wanted) in [
        ("**a** ||b|| `c` ~~d~~", "a b c d"),
        ("[a](https://example.org) https://b.org c.org", "a (https://example.org) https://b.org c.org"),
        ("- a\n- b\n\n2. c", "• a\n• b\n2. c"),
        ("> a\n\n**b**\n\nc", "a\nb\n\nc"),
        ("```rust\nlet a;\n```", "let a;"),
    ] {
        assert_eq!(plain(text), wanted, "{text:?}");
    }
    assert!(matches!(plain("a\n 2 * 3 <3 & c_d"), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn an_excerpt_is_one_line_and_keeps_secrets() {
    for (text, max, wanted) in [
        ("a  b\n\n c ", 9, "a b c"),
        ("**a** ||secret|| [b](https://example.org)", 40, "a ▒▒▒ b"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abcd efgh", 6, "abcd…"),
        ("👩‍👩‍👧‍👦👍🏽é", 2, "👩‍👩‍👧‍👦…"),
        ("abc", 0, ""),
        ("a", 1, "a"),
        ("ab", 1, "…"),
        ("й и\u{306} é", 5, "й и\u{306} é"),
        ("й и\u{306}и́ш", 4, "й и\u{306}…"),
        ("", 5, ""),
    ] {
        assert_eq!(excerpt(text, max), wanted, "{text:?}");
    }
}

#[test]
fn links_of_a_message_are_web_addresses_once_each() {
    let text = "https://a.org **b.org** [x](https://a.org) c@d.org beseda:join/AbC_-0123456789xyz\n> - ||http://e.org||";
    assert_eq!(links(&parse(text, &[])), ["https://a.org", "https://b.org", "http://e.org"]);
    let many: String = (0..100).map(|i| format!("https://a.org/{i} ")).collect();
    assert_eq!(links(&parse(&many, &[])).len(), MAX_LINKS);
    assert_eq!(links(&parse("`https://a.org`", &[])), [""; 0]);
}
