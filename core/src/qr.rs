//! A text as a QR code, for another screen to photograph: as data that a window draws and a terminal prints.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around a code, as readers want them.
const QUIET: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// With the light border.
    side: usize,
    /// Row by row.
    dark: Vec<bool>,
}

impl Qr {
    /// `None` for a text that fits into no code: more than 2,953 bytes.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        // The more it corrects, the less it holds.
        let code = [EcLevel::M, EcLevel::L]
            .into_iter()
            .find_map(|level| QrCode::with_error_correction_level(text, level).ok())?;
        let (inner, side) = (code.width(), code.width() + 2 * QUIET);
        let mut dark = vec![false; side * side];
        for (row, modules) in code.to_colors().chunks(inner).enumerate() {
            for (column, module) in modules.iter().enumerate() {
                dark[(row + QUIET) * side + column + QUIET] = *module == Color::Dark;
            }
        }
        Some(Self { side, dark })
    }

    /// Modules in a row and in a column, with the light border.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    fn is_dark(&self, row: usize, column: usize) -> bool {
        self.dark.get(row * self.side + column).copied().unwrap_or(false)
    }

    /// The dark modules as the data of an SVG path, in units of a module.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for (row, modules) in self.dark.chunks(self.side).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|a, b| a == b) {
                if run[0] {
                    let _ = write!(path, "M{column} {row}h{0}v1h-{0}z", run.len());
                }
                column += run.len();
            }
        }
        path
    }

    /// Lines for a terminal, two rows of modules in each: what is drawn is dark.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let line = |row| {
            (0..self.side).map(move |column| {
                match (self.is_dark(row, column), self.is_dark(row + 1, column)) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                }
            })
        };
        (0..self.side).step_by(2).map(|row| line(row).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a camera that sees these dark modules, 4 points each, reads.
    fn read(side: usize, dark: impl Fn(usize, usize) -> bool) -> Option<String> {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * 4, side * 4, |x, y| {
            if dark(y / 4, x / 4) { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        grids.first().and_then(|grid| grid.decode().ok()).map(|(_, text)| text)
    }

    #[test]
    fn a_camera_reads_the_same_link_from_a_window_and_a_terminal() {
        let link = format!("beseda:join/{}", "pWF2AWVyZWxheXVodHRwOi8vMTI3".repeat(9));
        let qr = Qr::of(&link).unwrap();
        assert_eq!(read(qr.side(), |row, column| qr.is_dark(row, column)), Some(link.clone()));

        let mut drawn = vec![false; qr.side() * qr.side()];
        for run in qr.path().split('M').skip(1) {
            let numbers: Vec<usize> =
                run.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            let [column, row, length, 1, back] = numbers[..] else { panic!("{run}") };
            assert_eq!(length, back);
            drawn[row * qr.side() + column..][..length].fill(true);
        }
        assert_eq!(drawn, qr.dark);

        let lines: Vec<Vec<char>> = qr.lines().iter().map(|line| line.chars().collect()).collect();
        let printed = |row: usize, column: usize| match lines[row / 2][column] {
            '█' => true,
            '▀' => row.is_multiple_of(2),
            '▄' => !row.is_multiple_of(2),
            _ => false,
        };
        assert_eq!(read(qr.side(), printed), Some(link));
    }

    #[test]
    fn what_is_too_long_for_a_code_is_not_drawn() {
        assert!(Qr::of(&"x".repeat(2_953)).is_some());
        assert_eq!(Qr::of(&"x".repeat(2_954)), None);
    }
}
