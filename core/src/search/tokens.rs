//! What the index holds of a text.
//!
//! Of each word its first letter, its first two letters, and every three letters that stand together: `кошка` gives
//! `к`, `ко`, `кош`, `ошк`, `шка`. So the beginning of a word is one token, a piece of three letters or more is a few of
//! them together, and a token's length says which it is. Of scripts without spaces, and of symbols, each character and
//! every two that stand together.
//!
//! A token has one to three characters, none of which is a space or an ASCII sign. Longer tokens are free for whoever
//! keeps the index.

use super::fold::{Folded, Word, fold};

/// Letters of a piece.
pub(super) const PIECE: usize = 3;

/// The tokens of a plain text, each once, apart by spaces. The same text always gives the same: an index without a copy
/// of the text can forget it only so.
#[must_use]
pub fn tokens(text: &str) -> String {
    let folded = fold(text);
    let mut found: Vec<u64> = Vec::with_capacity(folded.letters.len() + folded.words.len() * 2);
    let mut before: Option<&Word> = None;
    for word in &folded.words {
        let letters = folded.word(word);
        found.push(pack(&letters[..1]));
        if word.single {
            if let Some(before) = before.filter(|before| word.glued && before.single) {
                found.push(pack(&[folded.word(before)[0], letters[0]]));
            }
        } else {
            if letters.len() > 1 {
                found.push(pack(&letters[..2]));
            }
            found.extend(letters.windows(PIECE).map(pack));
        }
        before = Some(word);
    }
    found.sort_unstable();
    found.dedup();
    let mut text = String::with_capacity(found.len() * 8);
    for token in found {
        if !text.is_empty() {
            text.push(' ');
        }
        unpack(token, &mut text);
    }
    text
}

const BITS: u32 = 21;

/// A character has 21 bits, so three fit; none is 0.
fn pack(letters: &[char]) -> u64 {
    letters.iter().fold(0, |packed, c| packed << BITS | u64::from(u32::from(*c)))
}

fn unpack(packed: u64, to: &mut String) {
    for shift in [2 * BITS, BITS, 0] {
        to.extend(char::from_u32((packed >> shift) as u32 & ((1 << BITS) - 1)).filter(|c| *c != '\0'));
    }
}

/// Tokens that every text has in which `letters` are a piece of one word: every third of its pieces and the last
/// one, which together have all its letters.
pub(super) fn of_piece(letters: &[char], found: &mut Vec<String>) {
    let last = letters.len() - PIECE;
    for at in (0..last).step_by(PIECE).chain([last]) {
        found.push(letters[at..at + PIECE].iter().collect());
    }
}

/// Tokens that every text has with a word that begins so.
pub(super) fn of_beginning(letters: &[char], found: &mut Vec<String>) {
    if letters.len() < PIECE {
        found.push(letters.iter().collect());
    } else {
        of_piece(letters, found);
    }
}

/// The pairs of single characters of a text's words from `from` on, as tokens; a lone one stands for itself.
pub(super) fn of_single(folded: &Folded, at: usize, found: &mut Vec<String>) {
    let words = &folded.words;
    let c = folded.word(&words[at])[0];
    let pairs = |at: usize| at < words.len() && words[at].glued && words[at].single && words[at - 1].single;
    if at > 0 && pairs(at) {
        found.push([folded.word(&words[at - 1])[0], c].iter().collect());
    } else if !pairs(at + 1) {
        found.push(c.to_string());
    }
}
