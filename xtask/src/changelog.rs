//! The form of CHANGELOG.md (Keep a Changelog), and whether what is built has an entry in it.
//!
//! Not here: whether an entry says what has changed.

use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::checkout;

const KINDS: &[&str] = &["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/// A version that was released.
#[derive(Debug, PartialEq, Eq)]
pub struct Release {
    pub version: [u32; 3],
    /// `YYYY-MM-DD`.
    pub date: String,
}

impl Release {
    pub fn number(&self) -> String {
        self.version.map(|part| part.to_string()).join(".")
    }
}

/// The releases of the changelog of this checkout, the newest first.
///
/// # Errors
/// When it is missing or not in form: with its line.
pub fn releases() -> Result<Vec<Release>> {
    let text = fs::read_to_string(checkout::root().join("CHANGELOG.md")).context("CHANGELOG.md")?;
    parse(&text)
}

fn parse(text: &str) -> Result<Vec<Release>> {
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    ensure!(lines.next().is_some_and(|(_, line)| line == "# Changelog"), "it begins with `# Changelog`");
    let mut releases: Vec<Release> = Vec::new();
    let (mut unreleased, mut kind, mut said) = (false, None, true);
    for (at, line) in lines {
        if let Some(title) = line.strip_prefix("## ") {
            ensure!(said, "line {at}: nothing is said before it");
            kind = None;
            if title == "[Unreleased]" {
                ensure!(
                    !unreleased && releases.is_empty(),
                    "line {at}: what is not released comes first, once"
                );
                unreleased = true;
                continue;
            }
            let release = release(title).with_context(|| format!("line {at}: {title}"))?;
            if let Some(before) = releases.last() {
                ensure!(release.version < before.version, "line {at}: the newest version comes first");
                ensure!(release.date <= before.date, "line {at}: it is dated after a newer one");
            }
            releases.push(release);
            said = false;
        } else if let Some(title) = line.strip_prefix("### ") {
            ensure!(unreleased || !releases.is_empty(), "line {at}: it belongs to no version");
            ensure!(said || kind.is_none(), "line {at}: nothing is said before it");
            ensure!(KINDS.contains(&title), "line {at}: {title} is none of {}", KINDS.join(", "));
            kind = Some(title);
            said = false;
        } else if line.starts_with("- ") {
            ensure!(kind.is_some(), "line {at}: it does not say of what kind it is");
            said = true;
        } else if line.starts_with('#') {
            bail!("line {at}: a heading of another kind");
        }
    }
    ensure!(said, "nothing is said of the last one");
    ensure!(!releases.is_empty(), "no version is in it");
    Ok(releases)
}

fn release(title: &str) -> Result<Release> {
    let (version, date) = title
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] - "))
        .context("a version is written `[1.2.3] - 2026-12-31`")?;
    let parts: Vec<u32> =
        version.split('.').map(str::parse).collect::<Result<_, _>>().context("a version has numbers only")?;
    let version = parts.try_into().ok().context("a version has three numbers")?;
    let form = |at: usize, byte: u8| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    ensure!(date.len() == 10 && date.bytes().enumerate().all(|(at, byte)| form(at, byte)), "the date");
    Ok(Release { version, date: date.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# Changelog\n\nWords.\n\n## [Unreleased]\n\n## [0.10.0] - 2026-12-01\n\n### Added\n\n- More,\n  in two lines.\n\n## [0.9.0] - 2026-11-29\n\n### Fixed\n\n- Less.\n";

    #[test]
    fn what_is_built_has_an_entry() {
        assert_eq!(releases().unwrap()[0].number(), env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn software_centres_are_told_of_the_same_releases() {
        let path = checkout::root().join("src-tauri/package/chat.beseda.app.metainfo.xml");
        let told = fs::read_to_string(path).unwrap();
        let newest = &releases().unwrap()[0];
        let line = format!("<release version=\"{}\" date=\"{}\"/>", newest.number(), newest.date);
        assert!(told.contains(&line), "{line}");
    }

    #[test]
    fn the_front_end_has_the_same_version() {
        let package = fs::read_to_string(checkout::ui().join("package.json")).unwrap();
        assert!(package.contains(concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"")));
    }

    #[test]
    fn versions_compare_as_numbers() {
        let found = parse(GOOD).unwrap();
        assert_eq!(found[0], Release { version: [0, 10, 0], date: "2026-12-01".to_owned() });
        assert_eq!(found[1].number(), "0.9.0");
    }

    #[test]
    fn what_is_not_in_form_is_named_with_its_line() {
        for (from, to, why) in [
            ("# Changelog\n", "# Changes\n", "begins with"),
            ("0.9.0", "0.11.0", "line 14: the newest"),
            ("2026-11-29", "2026-12-02", "line 14: it is dated"),
            ("2026-11-29", "soon", "line 14"),
            ("0.9.0", "0.9", "line 14"),
            ("### Fixed", "### Mended", "line 16"),
            ("### Fixed\n\n", "", "line 16"),
            ("- Less.\n", "", "nothing is said"),
            ("- More,", "More,", "nothing is said"),
            (
                "## [Unreleased]\n\n## [0.10.0] - 2026-12-01",
                "## [0.10.0] - 2026-12-01\n\n## [Unreleased]",
                "line 7",
            ),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let error = format!("{:#}", parse(&GOOD.replace(from, to)).unwrap_err());
            assert!(error.contains(why), "{from} -> {to}: {error}");
        }
    }
}
