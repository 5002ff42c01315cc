//! `cargo xtask gallery`: every screen and state as pictures, on one page. What happens in it is in `tests/`.
//!
//! The guides in `docs/guide` show some of them: `--guide` takes theirs over.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    checkout, setup,
    steps::{self, cargo, say},
};

/// Files that show pictures of the gallery, from the root.
const SHOWING: [&str; 3] = ["docs/guide/en.md", "docs/guide/ru.md", "README.md"];
/// Where those pictures lie, from the root.
const PICTURES: &str = "docs/guide/images";

#[derive(clap::Args)]
pub struct Options {
    /// Only this scene; may be given several times
    #[arg(long, value_name = "SCENE")]
    only: Vec<String>,
    /// Only in this language
    #[arg(long, value_parser = ["en", "ru"])]
    language: Option<String>,
    /// Afterwards take over the pictures that the guides and the README show
    #[arg(long)]
    guide: bool,
}

/// # Errors
/// When a build fails, or the gallery says that something is wrong: its page shows what.
pub fn run(options: &Options) -> Result<()> {
    setup::everything()?;
    say("Building the window and the gallery");
    steps::run(&mut cargo(&["build", "--workspace", "--bin", "beseda-desktop", "--bin", "beseda-gallery"]))?;
    say("Every screen");
    let program = checkout::built("beseda-gallery", false);
    let mut gallery = steps::program(&program.to_string_lossy(), &[]);
    gallery.env("TZ", afternoon(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()));
    gallery.args(options.language.iter().map(|language| format!("--language={language}")));
    let rendered = steps::run(gallery.args(&options.only));
    if options.guide {
        take_over()?;
    }
    rendered
}

/// A time zone in which it is the afternoon at this time (seconds since 1970): what was said an hour ago was said today then,
/// whenever the gallery is made.
fn afternoon(now: u64) -> String {
    let hour = i64::try_from(now / 3600 % 24).unwrap_or_default();
    // East is negative in these names, and ends at 14.
    let east = (16 - hour).min(14);
    format!("Etc/GMT{:+}", -east)
}

/// Brings the pictures that are shown up to date, and takes away those that are not shown any more.
fn take_over() -> Result<()> {
    let (from, to) = (checkout::target().join("gallery"), checkout::root().join(PICTURES));
    fs::create_dir_all(&to).with_context(|| format!("{} cannot be made", to.display()))?;
    let mut shown = BTreeSet::new();
    for file in SHOWING {
        shown.extend(
            pictures_in(&checkout::root().join(file))?
                .iter()
                .filter_map(|path| path.file_name())
                .map(ToOwned::to_owned),
        );
    }
    for entry in fs::read_dir(&to)? {
        let entry = entry?;
        if !shown.contains(&entry.file_name()) {
            fs::remove_file(entry.path())?;
        }
    }
    for name in &shown {
        // With `--only` the others stay as they are.
        if from.join(name).is_file() {
            small(&from.join(name), &to.join(name))?;
        }
    }
    say(format!("{} pictures in {PICTURES}", shown.len()));
    Ok(())
}

/// The same picture with at most 256 colours, which a third of the bytes hold: a window has few.
fn small(from: &Path, to: &Path) -> Result<()> {
    let mut convert = Command::new("convert");
    convert
        .arg(from)
        .args(["-strip", "+dither", "-colors", "256", "-define", "png:compression-level=9"])
        .arg(to);
    let status = convert.status().context("ImageMagick's `convert` cannot be started")?;
    ensure!(status.success(), "`convert` could not write {}: {status}", to.display());
    Ok(())
}

/// The pictures in the guides' directory of which a page speaks, as `![…](…/images/NAME.png)`.
fn pictures_in(page: &Path) -> Result<Vec<PathBuf>> {
    let text = fs::read_to_string(page).with_context(|| format!("{} cannot be read", page.display()))?;
    let dir = page.parent().unwrap_or(Path::new("."));
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let pictures = checkout::root().join(PICTURES);
    Ok(targets
        .filter(|target| target.ends_with(".png"))
        .map(|target| dir.join(target))
        .filter(|path| path.parent() == Some(&pictures))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_afternoon_whenever_the_gallery_is_made() {
        assert_eq!(afternoon(0), "Etc/GMT-14");
        assert_eq!(afternoon(5 * 3600), "Etc/GMT-11");
        assert_eq!(afternoon(16 * 3600), "Etc/GMT+0");
        assert_eq!(afternoon(24 * 3600 - 1), "Etc/GMT+7");
    }

    /// Bytes; a guide is read over slow lines too.
    const MOST: u64 = 150 * 1024;

    fn shown() -> BTreeSet<PathBuf> {
        SHOWING.iter().flat_map(|file| pictures_in(&checkout::root().join(file)).unwrap()).collect()
    }

    #[test]
    fn what_the_guides_show_is_there_and_small() {
        let shown = shown();
        assert!(shown.len() > 10, "{shown:?}");
        for picture in shown {
            let size = fs::metadata(&picture).unwrap_or_else(|_| panic!("no {}", picture.display())).len();
            assert!(size < MOST, "{} has {size} bytes", picture.display());
        }
    }

    #[test]
    fn no_picture_lies_there_that_nobody_shows() {
        let shown = shown();
        for entry in fs::read_dir(checkout::root().join(PICTURES)).unwrap() {
            let path = entry.unwrap().path();
            assert!(shown.contains(&path), "{}", path.display());
        }
    }

    /// The first line of each sentence of the window.
    fn sentences(language: &str) -> BTreeSet<String> {
        let words = fs::read_to_string(checkout::ui().join(format!("src/words/{language}.ftl"))).unwrap();
        let value =
            |line: &str| line.split_once(" = ").map(|(_, value)| value.trim_end_matches('…').to_lowercase());
        words.lines().filter_map(value).collect()
    }

    #[test]
    fn what_a_guide_quotes_from_the_window_stands_there() {
        for language in ["en", "ru"] {
            let guide =
                fs::read_to_string(checkout::root().join(format!("docs/guide/{language}.md"))).unwrap();
            // Without code, which has stars of its own.
            let text: String = guide.split('`').step_by(2).collect();
            let sentences = sentences(language);
            let quoted: Vec<_> = text.split("**").skip(1).step_by(2).collect();
            assert!(quoted.len() > 30, "{quoted:?}");
            for words in quoted {
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
                assert!(sentences.contains(&words), "{language}: {words:?} stands nowhere in the window");
            }
        }
    }

    #[test]
    fn both_guides_tell_the_same_things_in_the_same_order() {
        let outline = |language: &str| {
            let text =
                fs::read_to_string(checkout::root().join(format!("docs/guide/{language}.md"))).unwrap();
            let of = |line: &str| {
                let depth = line.len() - line.trim_start_matches('#').len();
                // Pictures by their scene and looks, whichever language they speak.
                let picture = line.split("](").nth(1).filter(|target| target.contains(".png"));
                let picture = picture.map(|target| target.replace(&format!("-{language}-"), "-"));
                (depth > 0 || picture.is_some())
                    .then(|| (depth, picture.map(|one| one.trim_end_matches(')').to_owned())))
            };
            text.lines().filter_map(of).collect::<Vec<_>>()
        };
        assert_eq!(outline("en"), outline("ru"));
    }
}
