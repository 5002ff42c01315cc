//! What people write, in English and Russian: made up, but of the lengths and letters of real chats. The same for the
//! same number, so that every run and the floor store the same text.

const ENGLISH: &[&str] = &[
    "the",
    "a",
    "I",
    "you",
    "we",
    "they",
    "will",
    "is",
    "was",
    "at",
    "on",
    "for",
    "with",
    "and",
    "but",
    "so",
    "not",
    "meeting",
    "tomorrow",
    "train",
    "coffee",
    "release",
    "budget",
    "garden",
    "photos",
    "ticket",
    "weekend",
    "house",
    "review",
    "answer",
    "question",
    "early",
    "late",
    "thanks",
    "maybe",
    "really",
    "think",
    "bring",
    "send",
    "call",
    "station",
    "window",
    "report",
    "dinner",
    "children",
    "letter",
    "mountain",
    "because",
    "something",
    "everybody",
];
const RUSSIAN: &[&str] = &[
    "и",
    "в",
    "на",
    "не",
    "что",
    "это",
    "я",
    "ты",
    "мы",
    "они",
    "завтра",
    "сегодня",
    "поезд",
    "кофе",
    "встреча",
    "отчёт",
    "вопрос",
    "ответ",
    "дача",
    "фотографии",
    "билет",
    "выходные",
    "дом",
    "рано",
    "поздно",
    "спасибо",
    "может",
    "быть",
    "думаю",
    "принеси",
    "отправлю",
    "позвоню",
    "вокзал",
    "окно",
    "ужин",
    "дети",
    "письмо",
    "гора",
    "потому",
    "что-нибудь",
    "всегда",
    "посмотри",
    "договорились",
    "обсудим",
    "беседа",
];

/// A small generator (splitmix64): text needs no more.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % most.max(1) as u64) as usize
    }
}

/// The text of message `number`: mostly a line of two to fifteen words, one in thirty a paragraph.
#[must_use]
pub fn message(number: u64) -> String {
    let mut dice = Dice::new(number);
    let words = if dice.below(2) == 0 { ENGLISH } else { RUSSIAN };
    let count = if dice.below(30) == 0 { 40 + dice.below(60) } else { 2 + dice.below(14) };
    let mut text = String::new();
    for n in 0..count {
        if n > 0 {
            text.push(' ');
        }
        text.push_str(words[dice.below(words.len())]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_says_the_same_and_another_something_else() {
        assert_eq!(message(7), message(7));
        assert_ne!(message(7), message(8));
        let lengths: Vec<usize> = (0..1000).map(|n| message(n).len()).collect();
        assert!(lengths.iter().all(|length| *length > 2));
        assert!(lengths.iter().any(|length| *length > 300));
    }
}
