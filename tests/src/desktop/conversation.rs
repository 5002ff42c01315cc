//! The conversation of the demo: a text file with a message a line, `Anna: …` or `Boris: …`, `\n` for a line break, and
//! one line `# apart` where the relay dies.

use std::fs;

use anyhow::{Context as _, Result, bail};

use super::root;

pub const FILE: &str = "docs/demo/conversation.txt";

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub author: String,
    pub text: String,
}

#[derive(Debug)]
pub struct Conversation {
    pub lines: Vec<Line>,
    /// How many are said before the relay dies.
    pub together: usize,
}

/// Reads [`FILE`].
///
/// # Errors
/// When it is missing, a line has no author, or nothing says where the relay dies.
pub fn read() -> Result<Conversation> {
    let text = fs::read_to_string(root().join(FILE)).with_context(|| format!("{FILE} cannot be read"))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Conversation> {
    let mut lines = Vec::new();
    let mut together = None;
    for (index, line) in text.lines().enumerate() {
        if line == "# apart" {
            together = Some(lines.len());
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((author @ ("Anna" | "Boris"), text)) = line.split_once(": ") else {
            bail!("{FILE}:{}: a message begins with `Anna: ` or `Boris: `", index + 1);
        };
        lines.push(Line { author: author.to_owned(), text: text.replace("\\n", "\n") });
    }
    let together =
        together.with_context(|| format!("{FILE}: no line `# apart` says where the relay dies"))?;
    Ok(Conversation { lines, together })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conversation_holds_what_is_hard_to_show() {
        let Conversation { lines, together } = read().unwrap();
        assert!(together.abs_diff(lines.len() / 2) < 30, "about half of it apart");
        assert!(lines.len() >= 300, "{} messages", lines.len());
        let some = |holds: fn(&str) -> bool| lines.iter().any(|line| holds(&line.text));
        assert!(some(|text| text.contains('\n')), "line breaks");
        assert!(some(|text| text.contains('\u{200d}')), "joined emoji");
        assert!(some(|text| text.contains("https://")), "links");
        assert!(some(|text| text.chars().any(|c| ('\u{590}'..'\u{600}').contains(&c))), "Hebrew");
        assert!(some(|text| text.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c))), "Arabic");
        assert!(some(|text| text.chars().any(|c| ('а'..='я').contains(&c))), "Russian");
        assert!(some(|text| text.chars().count() > 400), "long lines");
    }

    #[test]
    fn a_line_without_an_author_is_named() {
        assert!(parse("Anna: hi\nEve: hi\n").unwrap_err().to_string().contains(":2:"));
    }
}
