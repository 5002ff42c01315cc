//! Names that look like others' (Unicode Technical Standard 39), so that nobody is taken for somebody else unwarned.

use std::collections::HashMap;

use unicode_security::{MixedScript as _, confusable_detection::skeleton};

/// Letters of several alphabets in one word, as in "Аnna" with a Cyrillic А. Two words in two alphabets are nothing odd.
#[must_use]
pub fn mixes_scripts(name: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric()).any(|word| !word.is_single_script())
}

/// What the eye makes of a name: as it stands, and with all letters small ("AIice" looks like "Alice", "ANNA" like
/// "anna").
fn looks(name: &str) -> [String; 2] {
    let plain: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    [skeleton(&plain).collect(), skeleton(&plain.to_lowercase()).collect()]
}

/// For each name the first other one that looks the same, by its number in the list. Empty names look like nobody's.
#[must_use]
pub fn look_alikes(names: &[&str]) -> Vec<Option<usize>> {
    let looks: Vec<[String; 2]> = names.iter().map(|name| looks(name)).collect();
    let mut seen: HashMap<(usize, &str), Vec<usize>> = HashMap::new();
    for (at, both) in looks.iter().enumerate().filter(|(at, _)| !names[*at].is_empty()) {
        for (form, look) in both.iter().enumerate() {
            let same = seen.entry((form, look)).or_default();
            // More are never asked for: the first other one is among the first two.
            if same.len() < 2 {
                same.push(at);
            }
        }
    }
    let first_other = |at: usize| {
        let of = |form: usize| seen.get(&(form, looks[at][form].as_str())).into_iter().flatten();
        of(0).chain(of(1)).copied().filter(|other| *other != at).min()
    };
    (0..names.len()).map(|at| if names[at].is_empty() { None } else { first_other(at) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alphabet_mixed_into_a_word_is_seen() {
        for odd in ["Аnna", "Борiс", "pаypal"] {
            assert!(mixes_scripts(odd), "{odd}");
        }
        for fine in ["Anna", "Анна", "Anna Иванова", "田中さん", "Anna-Мария", "R2D2", "", "👍 Anna"]
        {
            assert!(!mixes_scripts(fine), "{fine}");
        }
    }

    #[test]
    fn names_that_look_the_same_find_each_other() {
        // The second has a Cyrillic А and а, the fourth a capital I for an l.
        let names = ["Anna", "Аnnа", "Alice", "AIice", "Boris", "ANNA", "", ""];
        let found = [Some(1), Some(0), Some(3), Some(2), None, Some(0), None, None];
        assert_eq!(look_alikes(&names), found);
        assert_eq!(look_alikes(&["Anna K", "AnnaK"]), [Some(1), Some(0)]);
    }
}
