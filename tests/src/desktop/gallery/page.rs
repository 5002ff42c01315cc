//! The page on which a reviewer sees all of it: `index.html` beside the pictures.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};

use super::scene::{Scene, Size};

/// A picture that was taken.
#[derive(Debug)]
pub struct Picture {
    /// Name of its file.
    pub file: String,
    /// E.g. `en light narrow`.
    pub variant: String,
    pub size: Size,
}

/// A scene with its pictures, or why there are none.
#[derive(Debug)]
pub struct Shown {
    pub scene: &'static Scene,
    /// Title of the part of the page.
    pub part: &'static str,
    pub pictures: Vec<Picture>,
    /// What went wrong, and what axe found.
    pub troubles: Vec<String>,
}

const STYLE: &str = "
body { margin: 24px; font: 15px/1.4 system-ui, sans-serif; color: #1c1c1c; background: #ececec; }
nav a { margin-right: 12px; }
h2 { margin: 40px 0 8px; }
h3 { margin: 24px 0 6px; font-size: 15px; }
h3 code { color: #666; font-weight: normal; }
.row { display: flex; flex-wrap: wrap; gap: 8px; }
figure { margin: 0; }
figure img { display: block; height: auto; border-radius: 4px; box-shadow: 0 0 0 1px #bbb; }
figcaption { color: #666; font-size: 12px; }
.trouble { white-space: pre-wrap; padding: 8px; background: #fde2e2; border-radius: 4px; font-size: 13px; }
";
/// How wide a picture is shown, of the page's own width: pressed, it opens as it is.
const SHRINK: u32 = 3;

/// # Errors
/// When it cannot be written.
pub fn write(dir: &Path, all: &[Shown]) -> Result<()> {
    let path = dir.join("index.html");
    fs::write(&path, html(all)?).with_context(|| format!("{} cannot be written", path.display()))
}

fn html(all: &[Shown]) -> Result<String> {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Beseda: every screen</title>\n<style>{STYLE}</style>\n\
         <h1>Beseda: every screen</h1>\n<nav>"
    );
    let mut parts: Vec<&str> = all.iter().map(|shown| shown.part).collect();
    parts.dedup();
    for (number, part) in parts.iter().enumerate() {
        write!(page, "<a href=\"#part-{number}\">{}</a>", escaped(part))?;
    }
    page.push_str("</nav>\n");
    for (number, part) in parts.iter().enumerate() {
        writeln!(page, "<h2 id=\"part-{number}\">{}</h2>", escaped(part))?;
        for shown in all.iter().filter(|shown| shown.part == *part) {
            let Scene { name, title, .. } = shown.scene;
            writeln!(
                page,
                "<h3 id=\"{name}\">{} <code>{name}</code></h3>\n<div class=\"row\">",
                escaped(title)
            )?;
            for Picture { file, variant, size } in &shown.pictures {
                let (width, height) = (size.width / SHRINK, size.height / SHRINK);
                writeln!(
                    page,
                    "<figure><a href=\"{file}\"><img src=\"{file}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" \
                     alt=\"{}, {variant}\"></a><figcaption>{variant}</figcaption></figure>",
                    escaped(title)
                )?;
            }
            page.push_str("</div>\n");
            for trouble in &shown.troubles {
                writeln!(page, "<p class=\"trouble\">{}</p>", escaped(trouble))?;
            }
        }
    }
    page.push_str("</html>\n");
    Ok(page)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desktop::gallery::{
        scene::USUAL,
        scenes::{ACTS, PARTS},
    };

    #[test]
    fn the_page_has_each_part_once_and_shows_what_went_wrong() {
        let picture =
            |file: &str| Picture { file: file.to_owned(), variant: "en light".to_owned(), size: USUAL };
        let shown = |number: usize, troubles: &[&str]| Shown {
            scene: &ACTS[0].scenes[number],
            part: PARTS[0],
            pictures: vec![picture(&format!("{number}.png"))],
            troubles: troubles.iter().map(|&one| one.to_owned()).collect(),
        };
        let page = html(&[shown(0, &[]), shown(1, &["<img> without alt"])]).unwrap();
        assert_eq!(page.matches("<h2").count(), 1);
        assert_eq!(page.matches("<img src").count(), 2);
        assert!(page.contains("alt=\"The first start, en light\""), "{page}");
        assert!(page.contains("&lt;img&gt; without alt"), "{page}");
    }
}
