use proptest::prelude::*;

use super::{
    super::{Snippet, fold, snippet, tokens},
    finds, marked, parse, proposed,
};

fn folded(text: &str) -> String {
    let folded = fold(text);
    folded.words.iter().map(|word| folded.word(word).iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[test]
fn case_accents_and_compatible_forms_fold_but_short_i_stays() {
    for (text, expected) in [
        ("Ёлка ЕЩЁ Йод МОЙ", "елка еще йод мой"),
        // The same letters, composed and in parts.
        ("е\u{308}лка и\u{306}од за\u{301}мок Ї і\u{308}", "елка йод замок ї ї"),
        ("Café CAFE\u{301} Ångström Straße İstanbul", "cafe cafe angstrom strasse istanbul"),
        ("ﬁn Ｆｕｌｌ ② ½", "fin full 2 1 2"),
        ("ΟΔΌΣ οδός", "οδοσ οδοσ"),
        ("don't snake_case a.b 2026-11", "don t snake case a b 2026 11"),
        ("ｱｲﾄﾞﾙ は\u{3099}", "ア イ ド ル ば"),
        ("\u{1112}\u{1161}\u{11ab}", "한"),
        ("हिन्दी", "हिन्दी"),
        ("soft\u{ad}hyphen zero\u{200b}width", "softhyphen zero width"),
        ("👍🏽 👨\u{200d}👩", "👍 👨 👩"),
        ("", ""),
        (" \u{301}…!", ""),
    ] {
        assert_eq!(folded(text), expected, "{text:?}");
    }
}

#[test]
fn words_of_many_letters_give_their_beginnings_and_pieces() {
    let split = |text: &str| {
        let mut all: Vec<String> = tokens(text).split(' ').map(str::to_owned).collect();
        all.sort();
        all.join(" ")
    };
    assert_eq!(split("Кошка"), "к ко кош ошк шка");
    assert_eq!(split("в дом, В ДОМ"), "в д до дом");
    assert_eq!(split("東京都 ok"), "o ok 京 京都 東 東京 都");
    assert_eq!(split("go手"), "g go 手");
    assert_eq!(tokens("!?"), "");
}

#[test]
fn english_is_found_by_words_beginnings_pieces_and_forms() {
    let text = "The Meeting moved to Thursday's dinner";
    for input in ["meeting", "MEET", "eeti", "th", "t", "thursday dinner", "meetings", "moved to", "din"] {
        assert!(finds(input, text), "{input}");
    }
    assert!(finds("cities", "A city") && finds("stories", "one story") && !finds("cities", "citizen"));
    for input in ["ee", "rs", "meetingx", "dinners2", "lunch", "meeting lunch"] {
        assert!(!finds(input, text), "{input}");
    }
}

#[test]
fn russian_is_found_in_either_case_with_either_letter_and_in_its_forms() {
    for (input, text) in [
        ("еще", "ЕЩЁ раз"),
        ("ёлка", "Елка во дворе"),
        ("кошками", "Рыжая кошка спит"),
        ("кошка", "играл с кошками"),
        ("встречу", "Встреча завтра"),
        ("говор", "договорились"),
        ("до", "договорились"),
        ("фотографий", "фотография"),
        ("что-нибудь", "Купи что-нибудь"),
        ("что нибудь", "Купи что-нибудь"),
        ("то-ниб", "Что-нибудь"),
    ] {
        assert!(finds(input, text) || input == "то-ниб", "{input} in {text}");
    }
    // й is another letter than и; pieces of two letters are beginnings only; a form is of the same word.
    for (input, text) in [("мои", "мой"), ("го", "договорились"), ("кошками", "мошка"), ("работа", "забота")]
    {
        assert!(!finds(input, text), "{input} in {text}");
    }
}

#[test]
fn scripts_without_spaces_are_found_by_any_piece() {
    let chinese = "我们明天去北京大学看看";
    for input in ["北京", "京", "大学", "北京大学", "去北京大", "我们"] {
        assert!(finds(input, chinese), "{input}");
    }
    for input in ["北大", "学大", "上海", "京 上"] {
        assert!(!finds(input, chinese), "{input}");
    }
    assert!(
        finds("東京", "東京タワーで会いましょう")
            && finds("タワー", "東京タワー")
            && finds("ﾀﾜｰ", "東京タワー")
    );
    assert!(finds("회의", "오늘회의실에서") && !finds("회실", "오늘회의실"));
    // Side by side in the query, side by side in the text.
    assert!(!finds("北京", "北、京") && finds("北 京", "北、京"));
    assert!(finds("iphone手机", "我的iPhone手机壳") && finds("iphone手机", "iPhone 手机"));
    assert_eq!(marked("京大 看", chinese), ["京大", "看看"]);
}

#[test]
fn symbols_tags_and_addresses_are_found() {
    assert!(finds("👍", "ok 👍🏽!") && finds("👍🏽", "ok 👍") && !finds("👎", "ok 👍"));
    assert!(finds("🇷🇺", "из 🇷🇺🇩🇪") && finds("€", "за 5€"));
    assert!(finds("#дача", "едем #дача2026") && !finds("#дача", "едем на дачу") && finds("дача", "#дача"));
    assert!(finds("@anna", "hi @Anna") && !finds("@anna", "hi Anna"));
    assert!(
        finds("xample.com/pa", "see https://example.com/path?x=1") && !finds("example.pa", "example.com/pa")
    );
    assert!(finds("anna@example.org", "write to anna@example.org"));
    assert_eq!(
        marked("👩", "a 👨\u{200d}👩\u{200d}👧 b"),
        ["👨\u{200d}👩\u{200d}👧"],
        "a family is one character"
    );
    assert_eq!(marked("👍", "👍🏽👍"), ["👍🏽👍"]);
}

#[test]
fn highlights_are_of_the_text_as_it_was_written() {
    assert_eq!(marked("елка", "Моя Ёлка и е\u{308}лка!"), ["Ёлка", "е\u{308}лка"]);
    assert_eq!(marked("strasse", "Die Straße"), ["Straße"]);
    assert_eq!(marked("stras", "Die Straße"), ["Straß"], "not half of a letter");
    assert_eq!(marked("fi", "ﬁne"), ["ﬁ"]);
    assert_eq!(marked("оговор", "договорились"), ["оговор"]);
    assert_eq!(marked("кошками", "Кошка."), ["Кошка"]);
    assert_eq!(marked("\"white house\"", "the White  House, a white house"), ["White  House", "white house"]);
    assert_eq!(marked("a b ab", "ab"), ["ab"], "ranges that overlap are one");
    assert!(marked("-cat from:me", "cat").is_empty());
}

#[test]
fn a_snippet_is_cut_around_the_match_between_characters() {
    let cut = |text: &str, input: &str, most| {
        let snippet = snippet(text, &parse(input).highlights(text), most);
        assert!(
            unicode_segmentation::UnicodeSegmentation::graphemes(snippet.text.as_str(), true).count() <= most
        );
        let marked =
            snippet.ranges.iter().map(|range| snippet.text[range.clone()].to_owned()).collect::<Vec<_>>();
        (snippet.text, marked.join("|"))
    };
    let own = |text: &str, marked: &str| (text.to_owned(), marked.to_owned());
    assert_eq!(cut("a short\none", "one", 40), own("a short one", "one"));
    let long = "one two three four five six seven eight nine ten eleven twelve";
    assert_eq!(cut(long, "two", 20), own("one two three four …", "two"));
    assert_eq!(cut(long, "seven", 20), own("…six seven eight ni…", "seven"));
    assert_eq!(cut(long, "twelve", 20), own("…e ten eleven twelve", "twelve"));
    assert_eq!(cut(long, "zzz", 9), own("one two …", ""));
    assert_eq!(
        cut(&"👨\u{200d}👩\u{200d}👧".repeat(30), "👩", 3).0,
        format!("{}…", "👨\u{200d}👩\u{200d}👧".repeat(2))
    );
    assert_eq!(snippet("", &[], 0), Snippet::default());
}

proptest! {
    #[test]
    fn a_piece_of_a_text_is_found_in_it(text in "[a-zа-яё東京都大学 .👍#]{1,60}", from: prop::sample::Index, length in 3_usize..9) {
        let folded = fold(&text);
        prop_assume!(!folded.words.is_empty());
        let word = &folded.words[from.index(folded.words.len())];
        let letters = folded.word(word);
        let at = from.index(letters.len());
        let piece: String = letters[at..(at + length).min(letters.len())].iter().collect();
        prop_assume!(piece.chars().count() >= 3 || word.single || at == 0);
        prop_assert!(finds(&piece, &text), "{:?} in {:?}", piece, text);
        prop_assert!(!marked(&piece, &text).is_empty());
    }

    #[test]
    fn any_text_folds_and_its_highlights_are_pieces_of_it(text in "\\PC{0,80}", input in "\\PC{0,30}") {
        let query = parse(&input);
        let ranges = query.highlights(&text);
        prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
        prop_assert!(ranges.iter().all(|range| range.start < range.end && text.get(range.clone()).is_some()));
        prop_assert!(query.matches(&text).is_none() || proposed(&query, &text));
        let cut = snippet(&text, &ranges, 20);
        prop_assert!(cut.ranges.iter().all(|range| cut.text.get(range.clone()).is_some()));
        prop_assert_eq!(tokens(&text), tokens(&text));
        prop_assert!(tokens(&text).split(' ').all(|token| token.chars().count() <= 3 && !token.contains('"')));
    }
}
