//! What a notification says. Pure.

use beseda_contract::notices::{About, Notice};
use fluent_bundle::FluentArgs;

use crate::words::Words;

/// Its first line, and what stands below.
#[derive(Debug, PartialEq, Eq)]
pub struct Wording {
    pub summary: String,
    pub body: String,
}

pub fn wording(notice: &Notice, words: Words) -> Wording {
    let new = || words.say_count("notice-new", notice.count);
    if notice.about == About::Many {
        let mut arguments = FluentArgs::new();
        arguments.set("count", notice.count);
        arguments.set("number", notice.chats);
        let summary = words.say_with("notice-many", &arguments);
        return Wording { summary, body: for_me(notice, words).unwrap_or_default() };
    }
    // The settings show nothing of it, or the chat has no name yet.
    if notice.title.is_empty() {
        return Wording { summary: words.say("app-name"), body: new() };
    }
    let summary = if notice.count > 1 {
        let mut arguments = FluentArgs::new();
        arguments.set("title", notice.title.as_str());
        arguments.set("count", notice.count);
        words.say_with("notice-titled", &arguments)
    } else {
        notice.title.clone()
    };
    let mut lines: Vec<String> = Vec::new();
    for line in &notice.lines {
        let said = match (notice.dialog, line.text.is_empty()) {
            (true, true) => continue,
            (true, false) => line.text.clone(),
            (false, true) => line.author.clone(),
            (false, false) => format!("{}: {}", line.author, line.text),
        };
        // Whoever said several things is named once, where only names are shown.
        if !line.text.is_empty() || lines.last() != Some(&said) {
            lines.push(said);
        }
    }
    if lines.is_empty() {
        lines.push(new());
    }
    // Of one message it goes without saying.
    lines.extend(for_me(notice, words).filter(|_| notice.count > 1));
    Wording { summary, body: lines.join("\n") }
}

/// How many of them name or answer the person; in a dialog all do.
fn for_me(notice: &Notice, words: Words) -> Option<String> {
    (notice.for_me > 0 && !notice.dialog).then(|| words.say_count("notice-for-me", notice.for_me))
}

/// For servers that read the body as markup.
pub fn escaped(body: &str) -> String {
    body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use beseda_contract::notices::Line;

    use super::*;

    fn line(author: &str, text: &str) -> Line {
        let (author, text) = (author.to_owned(), text.to_owned());
        Line {
            place: beseda_contract::Place::FIRST,
            id: "00".repeat(16).parse().unwrap(),
            author,
            text,
            for_me: false,
        }
    }

    fn notice(lines: Vec<Line>, count: u32) -> Notice {
        Notice {
            about: About::Chat("11".repeat(16).parse().unwrap()),
            title: "Trip".into(),
            dialog: false,
            lines,
            count,
            for_me: 0,
            chats: 1,
            may_reply: true,
            fresh: true,
            sound: true,
        }
    }

    fn says(notice: &Notice) -> (String, String) {
        let Wording { summary, body } = wording(notice, Words::of("en"));
        (summary, body)
    }

    #[test]
    fn it_says_who_said_what_where() {
        let one = notice(vec![line("Boris", "Hello")], 1);
        assert_eq!(says(&one), ("Trip".into(), "Boris: Hello".into()));
        let dialog = Notice { dialog: true, title: "Boris".into(), ..one };
        assert_eq!(says(&dialog), ("Boris".into(), "Hello".into()));
        let mut several = notice(vec![line("Boris", "Hello"), line("Clara", "Hi")], 5);
        several.for_me = 1;
        assert_eq!(
            says(&several),
            ("Trip: 5 new messages".into(), "Boris: Hello\nClara: Hi\nOne is for you".into())
        );
    }

    #[test]
    fn it_says_no_more_than_it_has() {
        let names = notice(vec![line("Boris", ""), line("Boris", ""), line("Clara", "")], 3);
        assert_eq!(says(&names), ("Trip: 3 new messages".into(), "Boris\nClara".into()));
        let dialog = Notice { dialog: true, title: "Boris".into(), ..notice(vec![line("Boris", "")], 1) };
        assert_eq!(says(&dialog), ("Boris".into(), "New message".into()));
        let nothing = Notice { title: String::new(), ..notice(vec![line("", "")], 2) };
        assert_eq!(says(&nothing), ("Beseda".into(), "2 new messages".into()));
        let many = Notice { about: About::Many, count: 40, chats: 7, for_me: 2, ..nothing };
        assert_eq!(says(&many), ("40 new messages in 7 chats".into(), "2 are for you".into()));
    }

    #[test]
    fn what_looks_like_markup_is_text() {
        assert_eq!(escaped("<b>R&D</b>"), "&lt;b&gt;R&amp;D&lt;/b&gt;");
    }
}
