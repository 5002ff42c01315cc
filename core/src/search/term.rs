//! One thing that was typed (a word, a compound as `что-нибудь`, a phrase) and where it is in a text.
//!
//! A word of one or two letters is the beginning of a word; a longer one is a piece of any word. A phrase, and what was
//! typed without a space, is these words next to each other, the last one perhaps not yet whole; of a compound, the first
//! may be the end of a word. A word of five letters or more is also found in another form (кошками: кошка).

use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};

use super::{
    fold::{Folded, fold},
    tokens::{self, PIECE},
};

/// Fewest letters of a word that is also looked for in its other forms.
const INFLECTED: usize = 5;
/// Most words of a phrase; what is longer is looked for by its first words.
const WORDS: usize = 64;
/// Places of a term in a text that count for how near the terms are.
const PLACES: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    folded: Folded,
    quoted: bool,
    forms: Option<Forms>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Forms {
    language: Language,
    stem: String,
    /// Letters that the word and its stem begin with; so does every other form that is found.
    root: Vec<char>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Russian,
}

/// How well a term fits, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Form,
    Piece,
    Beginning,
    Whole,
}

/// How well a text fits a query: whole words above beginnings, pieces and other forms; then how near the terms are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Score(pub u32);

/// Where a term is: from a letter of the first word to one of the last word.
struct Found {
    fit: Fit,
    words: Range<usize>,
    first: usize,
    end: usize,
}

impl Term {
    /// `None` where nothing of it can be looked for.
    pub(super) fn new(text: &str, quoted: bool) -> Option<Self> {
        let mut folded = fold(text);
        folded.words.truncate(WORDS);
        let [first, ..] = folded.words[..] else { return None };
        let lone = folded.words.len() == 1 && !quoted && !first.single && first.sign == '\0';
        let forms = if lone { Forms::of(folded.word(&first)) } else { None };
        Some(Self { folded, quoted, forms })
    }

    /// Tokens that every text has in which the term is.
    pub(super) fn tokens(&self, found: &mut Vec<String>) {
        if let Some(forms) = &self.forms {
            return tokens::of_piece(&forms.root, found);
        }
        for (at, word) in self.folded.words.iter().enumerate() {
            if word.single {
                tokens::of_single(&self.folded, at, found);
            } else {
                tokens::of_beginning(self.folded.word(word), found);
            }
        }
    }

    /// The best fit in a text.
    pub(super) fn fit(&self, text: &Folded) -> Option<Fit> {
        let mut best = None;
        for at in 0..text.words.len() {
            best = best.max(self.at(text, at).map(|found| found.fit));
            if best == Some(Fit::Whole) {
                break;
            }
        }
        best
    }

    /// Where it is, as bytes of the text, in the text's order.
    pub(super) fn ranges(&self, text: &Folded, ranges: &mut Vec<Range<usize>>) {
        for found in (0..text.words.len()).filter_map(|at| self.at(text, at)) {
            let (first, last) = (&text.words[found.words.start], &text.words[found.words.end - 1]);
            let start = text.bytes(first, found.first..found.first + 1).start;
            ranges.push(start..text.bytes(last, found.end - 1..found.end).end);
        }
    }

    /// Whether it begins at word `at` of the text.
    fn at(&self, text: &Folded, at: usize) -> Option<Found> {
        let (wanted, words) = (&self.folded.words, text.words.get(at..)?);
        let words = words.get(..wanted.len())?;
        let [first, .., last] = wanted[..] else { return self.lone(text, at) };
        if first.sign != '\0' && first.sign != words[0].sign {
            return None;
        }
        let found = |n: usize| (self.folded.word(&wanted[n]), text.word(&words[n]));
        // From the end: most texts part there or at the first word, and both are cheap.
        let (part, word) = found(0);
        let whole_first = part == word;
        let inside = !self.quoted && first.sign == '\0' && !first.single && part.len() >= PIECE;
        if !(whole_first || (inside && !words[0].single && word.ends_with(part))) {
            return None;
        }
        let start = word.len() - part.len();
        for n in 1..wanted.len() {
            let (part, word) = found(n);
            let is_last = n + 1 == wanted.len();
            let fits = part == word || (is_last && !last.single && word.starts_with(part));
            let close = !(wanted[n].glued && wanted[n].single && wanted[n - 1].single) || words[n].glued;
            if !fits || !close {
                return None;
            }
        }
        let (part, word) = found(wanted.len() - 1);
        let fit = match (whole_first, part.len() == word.len()) {
            (true, true) => Fit::Whole,
            (true, false) => Fit::Beginning,
            (false, _) => Fit::Piece,
        };
        Some(Found { fit, words: at..at + wanted.len(), first: start, end: part.len() })
    }

    fn lone(&self, text: &Folded, at: usize) -> Option<Found> {
        let (wanted, found) = (self.folded.words.first()?, text.words.get(at)?);
        let (part, word) = (self.folded.word(wanted), text.word(found));
        if wanted.sign != '\0' && wanted.sign != found.sign {
            return None;
        }
        let here = |fit, first, end| Some(Found { fit, words: at..at + 1, first, end });
        if part == word {
            return here(Fit::Whole, 0, word.len());
        }
        if wanted.single || found.single {
            return None;
        }
        if word.starts_with(part) {
            return here(Fit::Beginning, 0, part.len());
        }
        if self.quoted || wanted.sign != '\0' {
            return None;
        }
        if part.len() >= PIECE
            && let Some(first) = word.windows(part.len()).position(|piece| piece == part)
        {
            return here(Fit::Piece, first, first + part.len());
        }
        let forms = self.forms.as_ref()?;
        if forms.include(word) { here(Fit::Form, 0, word.len()) } else { None }
    }
}

impl Forms {
    fn of(word: &[char]) -> Option<Self> {
        if word.len() < INFLECTED {
            return None;
        }
        let language = if word.iter().all(|c| ('а'..='я').contains(c)) {
            Language::Russian
        } else if word.iter().all(char::is_ascii_lowercase) {
            Language::English
        } else {
            return None;
        };
        let stem = language.stem(word);
        let same = word.iter().zip(stem.chars()).take_while(|(a, b)| **a == *b).count();
        // The stem of city and cities is citi.
        let turned = language == Language::English && same == stem.len() && stem.ends_with('i');
        let root = word[..same - usize::from(turned)].to_vec();
        (root.len() >= PIECE).then_some(Self { language, stem, root })
    }

    fn include(&self, word: &[char]) -> bool {
        word.starts_with(&self.root) && self.language.stem(word) == self.stem
    }
}

impl Language {
    fn stem(self, word: &[char]) -> String {
        let algorithm = match self {
            Self::English => Algorithm::English,
            Self::Russian => Algorithm::Russian,
        };
        let word: String = word.iter().collect();
        Stemmer::create(algorithm).stem(&word).into_owned()
    }
}

/// How well a text fits all the terms; `None` where one of them is not in it.
pub(super) fn score(terms: &[Term], text: &Folded) -> Option<Score> {
    let mut fits = 0;
    for term in terms {
        fits += term.fit(text)? as u32;
    }
    let count = terms.len().max(1) as u32;
    let near = if terms.len() > 1 { nearness(terms, text) } else { 0 };
    Some(Score(fits * 100 / count * 100 + near))
}

/// 99 where the terms stand in the text side by side, less the further apart they are.
fn nearness(terms: &[Term], text: &Folded) -> u32 {
    let mut places: Vec<(usize, usize)> = vec![];
    for (n, term) in terms.iter().enumerate() {
        let here =
            (0..text.words.len()).filter_map(|at| term.at(text, at)).map(|found| (found.words.start, n));
        places.extend(here.take(PLACES));
    }
    places.sort_unstable();
    // The shortest stretch that has every term: each is extended until it has all, then shortened.
    let (mut seen, mut have, mut start, mut shortest) = (vec![0_u32; terms.len()], 0, 0, usize::MAX);
    for &(at, term) in &places {
        seen[term] += 1;
        have += usize::from(seen[term] == 1);
        while have == terms.len() {
            shortest = shortest.min(at - places[start].0 + 1);
            let dropped = places[start].1;
            seen[dropped] -= 1;
            have -= usize::from(seen[dropped] == 0);
            start += 1;
        }
    }
    (99 * terms.len() / shortest.max(terms.len())) as u32
}
