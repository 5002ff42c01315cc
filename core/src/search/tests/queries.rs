use chrono::NaiveDate;
use proptest::prelude::*;

use super::{
    super::{Query, Score},
    finds, parse, today,
};

fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

#[test]
fn a_phrase_is_its_words_side_by_side() {
    let text = "We will meet, at the station tomorrow";
    for input in
        ["\"meet at the\"", "\"meet at the sta\"", "\"the station\"", "«will meet»", "“at the", "\"station\""]
    {
        assert!(finds(input, text), "{input}");
    }
    for input in ["\"meet the\"", "\"eet at\"", "\"tation\"", "\"at meet\"", "\"tomorrow we\""] {
        assert!(!finds(input, text), "{input}");
    }
    assert!(
        finds("\"北京大学\"", "去北京大学")
            && finds("\"去 北京\"", "去北京")
            && !finds("\"北京 去\"", "去北京")
    );
}

#[test]
fn what_is_excluded_is_not_there() {
    assert!(finds("cat -dog", "a cat and its training") && !finds("cat -dog", "cat, Dogs"));
    assert!(finds("cat -rain", "cat training"), "a piece of a word does not exclude it");
    assert!(!finds("cat -\"white cat\"", "a white cat") && finds("cat -\"white cat\"", "white, and a cat"));
    assert!(finds("-dog", "cat") && !finds("-dog", "dog"));
    assert!(finds("a - b", "a b"), "a minus alone is nothing");
}

#[test]
fn filters_are_read_wherever_they_stand() {
    let query = parse("hello from:anna IN:\"Book club\" -from:@boris has:link -is:pinned has:FILE world");
    assert_eq!(query.from.len(), 2);
    assert!(query.from[0].fits("Anna Karenina") && !query.from[0].fits("Joanna") && !query.from[0].excluded);
    assert!(query.from[1].fits("Boris") && query.from[1].excluded);
    assert!(query.chats[0].fits("The Book Club") && !query.chats[0].fits("Club book"));
    assert_eq!((query.link, query.file, query.pinned), (Some(true), Some(true), Some(false)));
    assert!(query.matches("hello, world").is_some() && query.matches("hello from anna").is_none());
    assert!(
        parse("from:me").from[0].is_me && parse("from:Я").from[0].is_me && !parse("from:mel").from[0].is_me
    );
    assert!(parse("from:«Анна К»").from[0].fits("анна каренина"));
}

#[test]
fn what_is_no_filter_is_words() {
    for (input, text) in [
        ("with:milk", "tea with milk"),
        ("from:", "from here"),
        ("before:noon", "before noon"),
        ("after:2026-13", "after 2026 13"),
        ("-after:2026", "tea"),
        ("has:cheese", "has cheese"),
        ("12:30", "at 12:30"),
        ("https://a.example", "https://a.example/b"),
        (":)", "anything at all"),
    ] {
        assert!(finds(input, text), "{input}");
        let query = parse(input);
        assert!(query.from.is_empty() && query.chats.is_empty(), "{input}");
        assert_eq!((query.after, query.before, query.link), (None, None, None), "{input}");
    }
}

#[test]
fn days_months_and_years_begin_where_they_begin() {
    for (input, after, before) in [
        ("after:2026-11-05", date(2026, 11, 5), None),
        ("before:2026-02", None, date(2026, 2, 1)),
        ("after:2024 before:2025", date(2024, 1, 1), date(2025, 1, 1)),
        ("after:today", date(2026, 11, 22), None),
        ("before:Вчера", None, date(2026, 11, 21)),
        ("after:2020 after:2021 before:2023 before:2022", date(2021, 1, 1), date(2022, 1, 1)),
    ] {
        let query = parse(input);
        assert_eq!((query.after, query.before), (after, before), "{input}");
    }
    let query = parse("after:2026-11-05 before:2026-11-07");
    let wanted: Vec<u32> = (1..=30).filter(|day| query.wants(date(2026, 11, *day).unwrap())).collect();
    assert_eq!(wanted, [5, 6]);
}

#[test]
fn better_fits_come_first() {
    let texts = ["кошками", "кошками и другими", "закошками", "рыжая кошка"];
    let scores: Vec<Score> = texts.iter().map(|text| parse("кошками").matches(text).unwrap()).collect();
    assert_eq!(scores[0], scores[1]);
    assert!(scores[1] > scores[2] && scores[2] > scores[3], "{scores:?}");
    let near = |text: &str| parse("red car").matches(text).unwrap();
    assert!(
        near("a red car") > near("red or blue car")
            && near("red or blue car") > near("red is the colour of a car")
    );
    assert_eq!(near("car red"), near("red car"));
    assert!(near("red carpet") < near("red is the colour of a car"), "whole words before near ones");
}

#[test]
fn nothing_typed_asks_for_nothing() {
    for input in ["", " ", "\"", "\"\"", "-", "--", "…", "?!", "-\"\"", "\u{301}"] {
        assert!(parse(input).is_empty(), "{input:?}");
        assert_eq!(parse(input).fts(), None);
    }
    assert!(!parse("has:link").is_empty() && parse("has:link").fts().is_none());
    assert!(!parse("-cat").has_terms() && !parse("-cat").is_empty());
}

#[test]
fn huge_and_hostile_input_is_cut_and_quoted() {
    for input in [
        "\" OR \"*".repeat(500),
        "a\"b NEAR(x) ^c {d}: *".to_owned(),
        "(((".repeat(1000),
        "слово ".repeat(1000),
        "ы".repeat(1_000_000),
        "from:".repeat(10_000),
        "-".repeat(100_000),
        "\u{fdfa}".repeat(1_000),
        "е\u{308}\u{301}\u{302}".repeat(10_000),
    ] {
        let query = parse(&input);
        if let Some(fts) = query.fts() {
            let tokens: Vec<&str> = fts.split(" AND ").collect();
            assert!(tokens.len() <= 24);
            for token in tokens {
                let inner = token.strip_prefix('"').and_then(|token| token.strip_suffix('"')).unwrap();
                assert!((1..=3).contains(&inner.chars().count()) && !inner.contains(['"', ' ']), "{token}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_input_is_a_question(input in ".{0,200}", text in ".{0,60}") {
        let query = Query::parse(&input, today());
        let _ = (query.fts(), query.matches(&text), query.highlights(&text));
    }

    #[test]
    fn input_of_signs_is_a_question_too(input in "[-:\"«»a-c фром#@ from:in:beforeafter2026]{0,80}") {
        let query = Query::parse(&input, today());
        let _ = (query.fts(), query.matches("from a b c"), query.highlights("in a фром before"));
    }
}
