//! What people say to each other, in English and Russian: made up of sentences with gaps, with Markdown here and there.

use crate::words::Dice;

pub struct Talk {
    pub russian: bool,
}

struct Phrases {
    sentences: &'static [&'static str],
    answers: &'static [&'static str],
    things: &'static [&'static str],
    places: &'static [&'static str],
    days: &'static [&'static str],
    questions: &'static [(&'static str, &'static [&'static str])],
    formatted: &'static [&'static str],
}

const ENGLISH: Phrases = Phrases {
    sentences: &[
        "I'll bring {thing} on {day}.",
        "Has anybody seen {thing}? I left it {place}.",
        "Let's meet {place} on {day} at {time}.",
        "The train is late again, I'll be {place} at {time}.",
        "Thanks for {thing}, it was just what we needed!",
        "Could you send me {thing} before {day}?",
        "We moved the meeting to {day}, {time}.",
        "It rained all day {place}, but nobody minded.",
        "I think we should talk about {thing} first.",
        "Don't forget {thing} when you come on {day}.",
        "My sister took a picture of {thing} {place}.",
        "There is a problem with {thing}: it does not start any more.",
        "The build is green again after the change of {day}.",
        "Who is coming on {day}?",
        "I read about {thing} yesterday and could not sleep.",
        "Dinner is at {time}, {place}.",
        "The children want to see {thing} again.",
        "Sorry, I can't on {day}. What about {time} the day after?",
    ],
    answers: &[
        "Sounds good.",
        "I'm in!",
        "No, not on {day}.",
        "Thank you 🙏",
        "Let me ask at home first.",
        "Really? I thought it was {day}.",
        "Done.",
        "See you {place}.",
        "Ha, that's what I said last week.",
        "Can we make it {time}?",
    ],
    things: &[
        "the coffee machine",
        "the blue notebook",
        "the tent",
        "the budget",
        "the garden plan",
        "the photos",
        "the tickets",
        "the release notes",
        "the old map",
        "the piano",
        "the keys",
        "a bottle of elderberry juice",
        "the survey",
        "the spare bicycle",
    ],
    places: &[
        "at the station",
        "by the lake",
        "in the office",
        "at the café on the corner",
        "on the roof",
        "in the kitchen",
        "behind the school",
        "at Clara's",
    ],
    days: &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    questions: &[
        ("When shall we meet?", &["Friday evening", "Saturday morning", "Sunday"]),
        ("Tea or coffee for the meeting?", &["Tea", "Coffee", "Both", "Water is fine"]),
        ("Which name is better?", &["Lighthouse", "Harbour", "Compass"]),
    ],
    formatted: &[
        "**Reminder:** {thing} is due on *{day}*.",
        "To do:\n- {thing}\n- call the station\n- tickets for {day}",
        "> {thing}\n\nthat's what I meant",
        "It ends like this: ||the gardener did it||",
        "Try this:\n```rust\nfn main() {\n    println!(\"{time}\");\n}\n```",
        "Run `git pull` and it works again.",
        "See https://example.org/{number} for {thing}.",
        "Here is the map: https://maps.example.com/?q={number}",
        "I wrote it down: [notes of {day}](https://notes.example.org/{number})",
    ],
};

const RUSSIAN: Phrases = Phrases {
    sentences: &[
        "Принесу {thing} в {day}.",
        "Никто не видел {thing}? Кажется, всё осталось {place}.",
        "Давайте встретимся {place} в {day}, в {time}.",
        "Поезд опять опаздывает, буду {place} в {time}.",
        "Спасибо за {thing}, очень выручили!",
        "Пришлёшь {thing} до вечера?",
        "Встречу перенесли на {day}, {time}.",
        "Весь день лил дождь, но {place} было хорошо.",
        "Думаю, сначала обсудим {thing}.",
        "Не забудьте {thing}, когда поедете в {day}.",
        "Сестра сфотографировала {thing} {place}.",
        "Что-то случилось: {thing} больше не включается, посмотрите, пожалуйста.",
        "Кто придёт в {day}?",
        "Вчера читал про {thing} и не мог уснуть.",
        "Ужин в {time}, {place}.",
        "Дети снова просят показать {thing}.",
        "Ёжик опять приходил ночью, {place} всё съедено.",
        "Извините, в {day} не могу. Может, позже, в {time}?",
    ],
    answers: &[
        "Договорились.",
        "Я за!",
        "Нет, в {day} не получится.",
        "Спасибо 🙏",
        "Сначала спрошу дома.",
        "Правда? Я думала, это в {day}.",
        "Готово.",
        "Увидимся {place}.",
        "Ха, я то же самое говорил на прошлой неделе.",
        "А можно в {time}?",
    ],
    things: &[
        "кофеварку",
        "синюю тетрадь",
        "палатку",
        "смету",
        "план огорода",
        "фотографии",
        "билеты",
        "отчёт",
        "старую карту",
        "пианино",
        "ключи",
        "бутылку смородинового сока",
        "опрос",
        "запасной велосипед",
    ],
    places: &[
        "на вокзале",
        "у озера",
        "в офисе",
        "в кафе на углу",
        "на крыше",
        "на кухне",
        "за школой",
        "у Елены",
    ],
    days: &["понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье"],
    questions: &[
        ("Когда встречаемся?", &["В пятницу вечером", "В субботу утром", "В воскресенье"]),
        ("Чай или кофе?", &["Чай", "Кофе", "И то и другое", "Хватит воды"]),
        ("Какое название лучше?", &["Маяк", "Гавань", "Компас"]),
    ],
    formatted: &[
        "**Напоминаю:** {thing} нужно сдать в *{day}*.",
        "Список:\n- {thing}\n- позвонить на вокзал\n- билеты на {day}",
        "> {thing}\n\nвот что я имела в виду",
        "Чем всё кончилось: ||виноват садовник||",
        "Попробуйте так:\n```python\nprint(\"{time}\")\n```",
        "Выполните `git pull`, и всё заработает.",
        "Подробности: https://example.org/{number}",
        "Вот карта: https://maps.example.com/?q={number}",
        "Записала: [заметки за {day}](https://notes.example.org/{number})",
    ],
};

impl Talk {
    pub fn new(russian: bool) -> Self {
        Self { russian }
    }

    /// Most chats have a few lines in the other language.
    fn phrases(&self, dice: &mut Dice) -> &'static Phrases {
        if self.russian == (dice.below(12) > 0) { &RUSSIAN } else { &ENGLISH }
    }

    pub fn message(&mut self, dice: &mut Dice) -> String {
        let phrases = self.phrases(dice);
        if dice.below(12) == 0 {
            return filled(phrases.formatted[dice.below(phrases.formatted.len())], phrases, dice);
        }
        let sentences = match dice.below(40) {
            0 => 6 + dice.below(8),
            1..10 => 2,
            _ => 1,
        };
        let mut text = String::new();
        for n in 0..sentences {
            if n > 0 {
                text.push(' ');
            }
            text.push_str(&filled(phrases.sentences[dice.below(phrases.sentences.len())], phrases, dice));
        }
        text
    }

    pub fn answer(&mut self, dice: &mut Dice) -> String {
        let phrases = self.phrases(dice);
        filled(phrases.answers[dice.below(phrases.answers.len())], phrases, dice)
    }

    pub fn poll(&mut self, dice: &mut Dice) -> (String, Vec<String>) {
        let phrases = self.phrases(dice);
        let (question, options) = phrases.questions[dice.below(phrases.questions.len())];
        (question.to_owned(), options.iter().map(|option| (*option).to_owned()).collect())
    }
}

fn filled(sentence: &str, phrases: &Phrases, dice: &mut Dice) -> String {
    let mut one = |of: &[&'static str]| of[dice.below(of.len())];
    let (thing, place, day) = (one(phrases.things), one(phrases.places), one(phrases.days));
    let time = format!("{}:{:02}", 8 + dice.below(13), 5 * dice.below(12));
    let mut text = sentence.replace("{thing}", thing).replace("{place}", place).replace("{day}", day);
    text = text.replace("{time}", &time).replace("{number}", &dice.below(90_000).to_string());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gap_is_filled_and_both_languages_are_spoken() {
        let mut dice = Dice::new(1);
        let mut talk = Talk::new(true);
        let said: Vec<String> = (0..2000).map(|_| talk.message(&mut dice)).collect();
        for gap in ["{thing}", "{place}", "{day}", "{time}", "{number}"] {
            assert!(said.iter().all(|text| !text.contains(gap)), "{gap}");
        }
        let russian = said.iter().filter(|text| text.contains(['а', 'о', 'е'])).count();
        assert!((1600..1990).contains(&russian), "{russian}");
        assert!(
            said.iter().any(|text| text.contains("https://")) && said.iter().any(|text| text.contains("```"))
        );
    }
}
