//! What the program is started with; also what a second start of it hands to the first.

use std::path::PathBuf;

use clap::Parser;

/// In bytes. A link is an invitation with its secret, or ids: none of ours is longer.
const LONGEST_LINK: usize = 4096;
const SCHEME: &str = "beseda:";

#[derive(Parser)]
#[command(name = "beseda-desktop", version, about = "Beseda, a messenger")]
pub struct Arguments {
    /// Directory of the first account's profile; others that are added in the window lie in it [default: `beseda/default`
    /// among this person's data]
    #[arg(long, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Relay to propose on the first start
    #[arg(long, value_name = "URL")]
    pub relay: Option<String>,
    /// Open the window minimised, as when the session starts
    #[arg(long)]
    pub background: bool,
    /// A `beseda:` link to open
    #[arg(value_name = "LINK")]
    link: Option<String>,
}

impl Arguments {
    /// Those of another start of the program, with its name first. None where they are not ours.
    pub fn handed_over(all: Vec<String>) -> Option<Self> {
        Self::try_parse_from(all).ok()
    }

    /// The link to open. Anything else that was given in its place opens the window only: it came from outside, and the
    /// person waits for the app.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref().filter(|link| is_link(link))
    }
}

/// What it leads to is the core's to say.
pub fn is_link(text: &str) -> bool {
    text.starts_with(SCHEME) && text.len() <= LONGEST_LINK && text.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed(arguments: &[&str]) -> Option<Arguments> {
        let all = std::iter::once(&"/usr/bin/beseda-desktop").chain(arguments);
        Arguments::handed_over(all.map(ToString::to_string).collect())
    }

    #[test]
    fn a_link_comes_with_and_without_other_arguments() {
        let link = |arguments: &[&str]| handed(arguments).unwrap().link().map(str::to_owned);
        assert_eq!(link(&["beseda:join/AbC"]).unwrap(), "beseda:join/AbC");
        assert_eq!(link(&["--profile", "/tmp/x", "beseda:message/a/b"]).unwrap(), "beseda:message/a/b");
        assert_eq!(link(&["--background"]), None);
    }

    #[test]
    fn what_is_no_link_opens_the_window_only() {
        for other in ["https://example.org", "Beseda:", "beseda:join/\nx", "beseda:join/ж", ""] {
            assert_eq!(handed(&[other]).unwrap().link(), None, "{other}");
        }
        assert_eq!(handed(&[&format!("beseda:{}", "a".repeat(LONGEST_LINK))]).unwrap().link(), None);
    }

    #[test]
    fn arguments_that_are_not_ours_are_none() {
        assert!(handed(&["--inspect"]).is_none());
        assert!(handed(&["beseda:join/a", "beseda:join/b"]).is_none());
    }
}
