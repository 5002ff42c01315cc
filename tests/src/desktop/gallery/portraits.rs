//! Pictures of people and chats: drawn, so that nobody's face lies in the repository.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

const MISSING: &str = "ImageMagick's `convert` cannot be started: `cargo xtask setup` installs it";

/// Background, skin, hair, clothes.
const LOOKS: [[&str; 4]; 7] = [
    ["#f4d9b8", "#f1c7a3", "#6b3e26", "#2f6f62"],
    ["#cfe3f1", "#e8b990", "#3a2a20", "#c2543d"],
    ["#e6dcf3", "#f5d0b5", "#c98a3c", "#6a4c93"],
    ["#d8ecd4", "#a9714b", "#1f1a17", "#e0a526"],
    ["#fbe0e4", "#d9a066", "#2b1d14", "#365d9a"],
    ["#dfe7e8", "#f3cdb0", "#8d8d8d", "#7c9a3f"],
    ["#f2e7c9", "#c68642", "#4a2c1a", "#444f6b"],
];

/// Of the person of this number; a PNG.
///
/// # Errors
/// When ImageMagick is missing or fails.
pub fn person(number: usize) -> Result<Vec<u8>> {
    let [ground, skin, hair, clothes] = LOOKS[number % LOOKS.len()];
    // Long hair for every other one.
    let behind =
        if number.is_multiple_of(2) { "roundrectangle 74,70 182,190 50,50" } else { "circle 128,98 128,46" };
    draw(&[
        &format!("xc:{ground}"),
        "-fill",
        hair,
        "-draw",
        behind,
        "-fill",
        clothes,
        "-draw",
        "ellipse 128,262 92,86 0,360",
        "-fill",
        skin,
        "-draw",
        "roundrectangle 108,140 148,196 18,18",
        "-draw",
        "ellipse 128,112 42,50 0,360",
        "-fill",
        hair,
        "-draw",
        "path 'M 84,106 Q 92,56 128,56 Q 164,56 172,106 Q 150,84 120,82 Q 100,82 84,106 Z'",
    ])
}

/// A lake between hills; a PNG.
///
/// # Errors
/// As [`person`].
pub fn landscape(evening: bool) -> Result<Vec<u8>> {
    let [sky, sun, far, near, water] = if evening {
        ["#f7c59f", "#fff1d0", "#7a6c8f", "#4b3f5c", "#c98b8b"]
    } else {
        ["#bfe0ee", "#fff6d5", "#7fb08a", "#3f7d5a", "#5fa8c8"]
    };
    draw(&[
        &format!("xc:{sky}"),
        "-fill",
        sun,
        "-draw",
        "circle 182,70 182,44",
        "-fill",
        far,
        "-draw",
        "path 'M 0,150 L 70,84 L 128,140 L 196,70 L 256,140 L 256,180 L 0,180 Z'",
        "-fill",
        near,
        "-draw",
        "path 'M 0,168 Q 64,128 140,166 T 256,160 L 256,190 L 0,190 Z'",
        "-fill",
        water,
        "-draw",
        "rectangle 0,180 256,256",
        "-fill",
        sun,
        "-draw",
        "roundrectangle 150,200 214,206 3,3",
        "-draw",
        "roundrectangle 168,218 200,223 3,3",
    ])
}

fn draw(what: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("convert")
        .args(["-size", "256x256"])
        .args(what)
        .arg("png:-")
        .output()
        .context(MISSING)?;
    if !output.status.success() {
        bail!("`convert`: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}
