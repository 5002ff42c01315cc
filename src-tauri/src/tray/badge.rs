//! A number in the corner of an icon. Pure.

/// The digits, 3 by 5 pixels each, a row in three bits.
const DIGITS: [[u8; 5]; 10] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 1, 2, 2],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
];
const GLYPH: (usize, usize) = (3, 5);
/// As the badges of the page.
const GROUND: [u8; 3] = [0xd1, 0x2d, 0x4e];
const INK: [u8; 3] = [0xff, 0xff, 0xff];
/// More are not told apart at this size.
const MOST: u32 = 99;

/// An icon of RGBA pixels as ARGB, with `count` in its lower right corner if there is anything to count.
pub fn with_count(rgba: &[u8], width: usize, height: usize, count: u32) -> Vec<u8> {
    let mut argb: Vec<u8> =
        rgba.chunks_exact(4).flat_map(|pixel| [pixel[3], pixel[0], pixel[1], pixel[2]]).collect();
    if count == 0 || argb.len() != width * height * 4 {
        return argb;
    }
    let digits: Vec<usize> =
        count.min(MOST).to_string().bytes().map(|digit| usize::from(digit - b'0')).collect();
    // A pixel of a digit is so many of the icon's; two digits and their edges take three fifths of its width.
    let scale = (width * 3 / 5 / (2 * GLYPH.0 + 1 + 2)).max(1);
    let inner = digits.len() * (GLYPH.0 + 1) - 1;
    let (box_width, box_height) = ((inner + 2) * scale, (GLYPH.1 + 2) * scale);
    if box_width > width || box_height > height {
        return argb;
    }
    let (left, top) = (width - box_width, height - box_height);
    let mut put = |x: usize, y: usize, [r, g, b]: [u8; 3]| {
        let at = (y * width + x) * 4;
        argb[at..at + 4].copy_from_slice(&[0xff, r, g, b]);
    };
    for y in 0..box_height {
        for x in 0..box_width {
            let corner = (x < scale || x >= box_width - scale) && (y < scale || y >= box_height - scale);
            if corner {
                continue;
            }
            let ink = digit_at(&digits, (x / scale).wrapping_sub(1), (y / scale).wrapping_sub(1));
            put(left + x, top + y, if ink { INK } else { GROUND });
        }
    }
    argb
}

/// Whether a digit has ink there.
fn digit_at(digits: &[usize], x: usize, y: usize) -> bool {
    let (which, column) = (x / (GLYPH.0 + 1), x % (GLYPH.0 + 1));
    let row = digits.get(which).and_then(|digit| DIGITS[*digit].get(y));
    column < GLYPH.0 && row.is_some_and(|row| row & 1 << (GLYPH.0 - 1 - column) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The icon's lower right corner, a character a pixel.
    fn drawn(count: u32) -> Vec<String> {
        let argb = with_count(&[0; 16 * 16 * 4], 16, 16, count);
        let pixel = |pixel: &[u8]| match [pixel[0], pixel[1], pixel[2], pixel[3]] {
            [0, ..] => ' ',
            [_, 0xff, 0xff, 0xff] => '#',
            _ => '.',
        };
        let line = |line: &[u8]| line.chunks_exact(4).map(pixel).collect::<String>();
        argb.chunks_exact(16 * 4)
            .map(line)
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    }

    #[test]
    fn a_count_is_read_in_the_corner() {
        assert!(drawn(0).is_empty());
        assert_eq!(drawn(7), ["...", ".###.", "...#.", "...#.", "..#..", "..#..", "..."].map(str::to_owned));
        assert_eq!(drawn(1234), drawn(99));
        assert_eq!(drawn(42)[3], ".###.###.");
    }

    #[test]
    fn colours_change_their_order_and_nothing_else() {
        assert_eq!(with_count(&[1, 2, 3, 4], 1, 1, 0), [4, 1, 2, 3]);
        assert_eq!(with_count(&[1, 2, 3, 4], 1, 1, 5), [4, 1, 2, 3], "there is no room");
    }
}
