//! Text as search sees it: small letters without accents, cut into words, each letter with the way back to the text.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A folded text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// The letters of all words, one after the other.
    pub letters: Vec<char>,
    /// For each letter, the bytes of the text that it came from. Several letters may come from the same bytes (ß), and
    /// bytes of no meaning (a skin tone) belong to the letter before them.
    from: Vec<(u32, u32)>,
    pub words: Vec<Word>,
}

/// A run of letters and digits; or one character of a script that writes no spaces; or one symbol, as emoji are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    start: u32,
    end: u32,
    /// Nothing stands between it and the word before it.
    pub glued: bool,
    /// One character that is a word by itself.
    pub single: bool,
    /// The word follows this sign: `#` or `@`, or neither (`\0`).
    pub sign: char,
}

impl Folded {
    #[must_use]
    pub fn word(&self, word: &Word) -> &[char] {
        &self.letters[word.start as usize..word.end as usize]
    }

    /// The bytes of the text that letters of a word came from. `letters` counts within the word, and is not empty.
    #[must_use]
    pub fn bytes(&self, word: &Word, letters: Range<usize>) -> Range<usize> {
        let first = self.from[word.start as usize + letters.start].0;
        let last = self.from[word.start as usize + letters.end - 1].1;
        first as usize..last as usize
    }
}

/// Folds a text: small letters; compatible forms as one (ﬁ as fi, Ｆ as f); ё as е and no stress marks in Cyrillic, but й
/// stays й; no accents in Latin and Greek; no variation selectors, joiners and skin tones.
///
/// Takes texts of less than 4 GiB; of a longer one, only what fits.
#[must_use]
pub fn fold(text: &str) -> Folded {
    let mut end = text.len().min(u32::MAX as usize);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let mut builder = Builder {
        folded: Folded {
            letters: Vec::with_capacity(text.len().min(1024)),
            from: Vec::with_capacity(text.len().min(1024)),
            words: Vec::with_capacity(text.len().min(1024) / 4),
        },
        state: State::Apart('\0'),
    };
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let marked = rest.peek().is_some_and(|(_, next)| !next.is_ascii() && joins(*next));
        if !marked && let Some(plain) = simple(c) {
            builder.push(plain, at, at + c.len_utf8());
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some((at, mark)) = rest.next_if(|(_, next)| joins(*next)) {
            end = at + mark.len_utf8();
        }
        builder.cluster(&text[at..end], at, end);
    }
    builder.folded
}

/// Whether it makes one letter with what stands before it.
fn joins(c: char) -> bool {
    // Beside the marks: the voicing marks of narrow kana, and the parts of a Hangul syllable.
    matches!(c, '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}') || is_combining_mark(c)
}

/// What most letters fold to; the others need the tables.
fn simple(c: char) -> Option<char> {
    match c {
        '\0'..='\x7f' => Some(c.to_ascii_lowercase()),
        'а'..='я' => Some(c),
        'А'..='Я' => char::from_u32(c as u32 + 32),
        'ё' | 'Ё' => Some('е'),
        // Han, kana without the voicing marks' own forms, and Hangul are as they are.
        '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => Some(c),
        _ => None,
    }
}

/// What the last character was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between words; the sign that stood last, or `\0`.
    Apart(char),
    InWord,
    /// After a word of one character.
    AfterSingle,
}

struct Builder {
    folded: Folded,
    state: State,
}

impl Builder {
    fn cluster(&mut self, cluster: &str, at: usize, end: usize) {
        let mut base = '\0';
        let bare = cluster.nfkd().filter(|c| {
            if !is_combining_mark(*c) {
                base = *c;
                return true;
            }
            keeps(base, *c)
        });
        // Small letters come after composing; some compose no further (İ is i and a dot), so once more without marks.
        for c in bare.nfc().flat_map(char::to_lowercase) {
            let c = match c {
                'ё' => 'е',
                'ς' => 'σ',
                'ß' => {
                    self.push('s', at, end);
                    's'
                }
                '\u{307}' => continue,
                other => other,
            };
            self.push(c, at, end);
        }
    }

    fn push(&mut self, c: char, at: usize, end: usize) {
        let (from, to) = (at as u32, end as u32);
        match kind(c) {
            Kind::Nothing => {
                if let (false, Some(last)) =
                    (matches!(self.state, State::Apart(_)), self.folded.from.last_mut())
                {
                    last.1 = to;
                }
            }
            Kind::Space => self.state = State::Apart(if matches!(c, '#' | '@') { c } else { '\0' }),
            Kind::Mark if self.state != State::InWord => {}
            Kind::Letter | Kind::Mark => {
                if self.state != State::InWord {
                    self.begin(false);
                    self.state = State::InWord;
                }
                self.letter(c, from, to);
            }
            Kind::Single => {
                self.begin(true);
                self.state = State::AfterSingle;
                self.letter(c, from, to);
            }
        }
    }

    fn begin(&mut self, single: bool) {
        let start = self.folded.letters.len() as u32;
        let (glued, sign) = match self.state {
            State::Apart(sign) => (false, sign),
            State::InWord | State::AfterSingle => (true, '\0'),
        };
        self.folded.words.push(Word { start, end: start, glued, single, sign });
    }

    fn letter(&mut self, c: char, from: u32, to: u32) {
        self.folded.letters.push(c);
        self.folded.from.push((from, to));
        if let Some(word) = self.folded.words.last_mut() {
            word.end += 1;
        }
    }
}

/// Whether a mark belongs to its letter, as that of й does, or is only an accent.
fn keeps(base: char, mark: char) -> bool {
    match base {
        _ if !('\u{300}'..='\u{36f}').contains(&mark) => true,
        // й and ў have a breve, ї a diaeresis; е with one is ё.
        '\u{400}'..='\u{52f}' => mark == '\u{306}' || (mark == '\u{308}' && !matches!(base, 'е' | 'Е')),
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' => false,
        _ => true,
    }
}

enum Kind {
    Letter,
    /// Part of a word, never its beginning.
    Mark,
    Single,
    Space,
    /// Not there at all.
    Nothing,
}

fn kind(c: char) -> Kind {
    match c {
        '0'..='9' | 'a'..='z' | 'а'..='я' => Kind::Letter,
        '\0'..='\x7f' => Kind::Space,
        // Soft hyphen, joiners, marks of direction, variation selectors, skin tones, tags.
        '\u{ad}'
        | '\u{200c}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e01ef}' => Kind::Nothing,
        // Han and its iteration marks, kana, Bopomofo, Hangul, Yi.
        '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}'
        | '\u{3100}'..='\u{318f}'
        | '\u{31a0}'..='\u{31bf}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Single,
        // Currencies, arrows, signs, pictographs.
        '\u{20a0}'..='\u{20cf}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' => Kind::Single,
        c if is_combining_mark(c) => Kind::Mark,
        c if c.is_alphanumeric() => Kind::Letter,
        _ => Kind::Space,
    }
}
