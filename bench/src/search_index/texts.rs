//! What is written: the same for every candidate, made from numbers alone.
//!
//! Half English, half Russian, one in twenty Chinese. Words are as common as in real languages (the nth word has a share
//! of about 1/n), most of them made of syllables, so that there are thousands and that they share pieces. One message in
//! ten has a common word, one in two hundred a middling one, one in fifty thousand a rare one.

use std::collections::BTreeSet;

use beseda_core::domain::{ChatNo, Place};
use beseda_protocol::Seq;

use crate::words::Dice;

pub const COMMON: &str = "встреча";
pub const MIDDLING: &str = "сияние";
pub const RARE: &str = "zephyr";
/// The beginning of the middling word; of a few others too.
pub const BEGINNING: &str = "си";
/// Inside the middling word.
pub const PIECE: &str = "ияни";
/// Two characters side by side, in the middle of what is written without spaces.
pub const CHINESE: &str = "京大";

const ENGLISH: &[&str] = &[
    "the",
    "to",
    "and",
    "a",
    "of",
    "in",
    "is",
    "it",
    "you",
    "that",
    "we",
    "for",
    "on",
    "with",
    "not",
    "at",
    "will",
    "have",
    "this",
    "meeting",
    "tomorrow",
    "train",
    "coffee",
    "really",
    "think",
    "because",
    "something",
];
const RUSSIAN: &[&str] = &[
    "и",
    "в",
    "не",
    "на",
    "я",
    "что",
    "с",
    "это",
    "а",
    "как",
    "мы",
    "по",
    "но",
    "у",
    "ты",
    "за",
    "будет",
    "завтра",
    "ещё",
    "может",
    "спасибо",
    "поезд",
    "кофе",
    "потому",
    "договорились",
    "посмотри",
    "что-нибудь",
];
const HAN: &[&str] = &[
    "我们", "明天", "今天", "去", "看看", "北京", "上海", "大学", "朋友", "吃饭", "电影", "时间", "什么",
    "怎么", "可以", "谢谢", "工作", "学习", "孩子", "家里", "火车", "咖啡", "天气", "很好", "不错", "京都",
    "大家", "一起", "晚上", "回来",
];
const ENGLISH_PARTS: &[&str] = &[
    "al", "ber", "con", "der", "en", "for", "ge", "hal", "in", "ker", "lo", "men", "nor", "ou", "per", "qui",
    "ra", "ster", "ti", "un", "ver", "wa", "ex", "yo", "zi", "ment", "tion", "able", "ing", "ness",
];
const RUSSIAN_PARTS: &[&str] = &[
    "ба", "во", "гра", "до", "ем", "жа", "за", "ин", "ко", "ло", "ми", "на", "об", "про", "ре", "сто", "ти",
    "ут", "фо", "хо", "це", "че", "ши", "ща", "ны", "эт", "юр", "яв", "ость", "ение",
];
/// Words of each language.
const WORDS: usize = 20_000;
/// Times begin on 2026-01-01; a message every ten seconds.
const FROM: i64 = 1_767_225_600_000;
const EVERY: i64 = 10_000;
pub const AUTHORS: i64 = 200;

#[derive(Debug, Clone, Default)]
pub struct Message {
    /// Its row in `messages`.
    pub place: i64,
    pub chat: i64,
    pub author: i64,
    pub at: i64,
    pub text: String,
}

pub struct Texts {
    english: Vec<String>,
    russian: Vec<String>,
    /// Of each message, in the order of time: its chat and which one of the chat it is.
    stands: Vec<(u32, u32)>,
}

impl Texts {
    pub fn new(messages: usize, chats: usize) -> Self {
        let mut dice = Dice::new(7);
        let mut count = vec![0; chats];
        let mut stands = Vec::with_capacity(messages);
        while stands.len() < messages {
            // People write in turns; the nth chat has a share of about 1/n, the first a tenth.
            let chat = if dice.below(10) == 0 { 0 } else { nth(&mut dice, chats) };
            for _ in 0..=dice.below(12) {
                count[chat] += 1;
                stands.push((chat as u32, count[chat]));
            }
        }
        stands.truncate(messages);
        Self {
            english: language(ENGLISH, ENGLISH_PARTS, 1),
            russian: language(RUSSIAN, RUSSIAN_PARTS, 2),
            stands,
        }
    }

    pub fn len(&self) -> usize {
        self.stands.len()
    }

    /// Message `number` in the order of time. Beyond the last one: more of the first chat.
    pub fn message(&self, number: usize) -> Message {
        let (chat, nth) = self.stands.get(number).copied().unwrap_or((0, 1_000_000 + number as u32));
        let chat = i64::from(chat) + 1;
        let place = Place::accepted(Seq(u64::from(nth)), 0).unwrap_or_default().row(ChatNo(chat));
        let mut dice = Dice::new(number as u64);
        let text = self.text(&mut dice, number);
        let at = FROM + EVERY * number as i64;
        Message { place, chat, author: 1 + dice.below(AUTHORS as usize) as i64, at, text }
    }

    fn text(&self, dice: &mut Dice, number: usize) -> String {
        if dice.below(20) == 0 {
            return (0..3 + dice.below(8)).map(|_| HAN[dice.below(HAN.len())]).collect();
        }
        let words = if dice.below(2) == 0 { &self.english } else { &self.russian };
        let count = if dice.below(30) == 0 { 40 + dice.below(60) } else { 2 + dice.below(14) };
        let mut text: Vec<&str> = (0..count).map(|_| words[nth(dice, words.len())].as_str()).collect();
        if dice.below(10) == 0 {
            text.insert(dice.below(text.len()), COMMON);
        }
        if dice.below(200) == 0 {
            text.insert(dice.below(text.len()), MIDDLING);
        }
        if number % 50_000 == 12_345 {
            text.push(RARE);
        }
        text.join(" ")
    }
}

/// A number below `most`, small ones more often: the share of n is about 1/n.
fn nth(dice: &mut Dice, most: usize) -> usize {
    let share = dice.below(1 << 30) as f64 / f64::from(1 << 30);
    ((most as f64 + 1.0).powf(share) - 1.0) as usize % most.max(1)
}

fn language(common: &[&str], parts: &[&str], seed: u64) -> Vec<String> {
    let mut dice = Dice::new(seed);
    let mut words: Vec<String> = common.iter().map(|word| (*word).to_owned()).collect();
    let mut seen: BTreeSet<String> = words.iter().cloned().collect();
    while words.len() < WORDS {
        let word: String = (0..2 + dice.below(3)).map(|_| parts[dice.below(parts.len())]).collect();
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_common_as_they_say() {
        let texts = Texts::new(60_000, 100);
        let with = |word: &str| (0..texts.len()).filter(|n| texts.message(*n).text.contains(word)).count();
        assert!((4_500..7_500).contains(&with(COMMON)), "{}", with(COMMON));
        assert!((150..450).contains(&with(MIDDLING)), "{}", with(MIDDLING));
        assert_eq!(with(RARE), 1);
        assert!(with(CHINESE) > 5);
        assert_eq!(texts.message(7).text, texts.message(7).text);
    }
}
