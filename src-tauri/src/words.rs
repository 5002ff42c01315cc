//! The sentences that the shell says itself (notifications, tray), from the same files as those of the page.

use std::{env, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle("en", include_str!("../../ui/src/words/en.ftl")));
static RUSSIAN: LazyLock<Bundle> = LazyLock::new(|| bundle("ru", include_str!("../../ui/src/words/ru.ftl")));

fn bundle(language: &str, text: &str) -> Bundle {
    let mut bundle = Bundle::new_concurrent(language.parse().into_iter().collect());
    // As in the page: marks around arguments would stand in titles as boxes.
    bundle.set_use_isolating(false);
    // What cannot be read is left out, and shows its key: a test of the page sees to it that there is no such thing.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The sentences of one language.
#[derive(Clone, Copy)]
pub struct Words(&'static Bundle);

impl Words {
    /// Of the language with this tag; of the system's, where it is empty; else English.
    pub fn of(tag: &str) -> Self {
        let tag = if tag.is_empty() { system() } else { tag.to_owned() };
        Self(if tag.to_lowercase().starts_with("ru") { &RUSSIAN } else { &ENGLISH })
    }

    pub fn say(self, key: &str) -> String {
        self.say_with(key, &FluentArgs::new())
    }

    /// With `$count`.
    pub fn say_count(self, key: &str, count: u32) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("count", count);
        self.say_with(key, &arguments)
    }

    pub fn say_with(self, key: &str, arguments: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.0.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        // An argument that is missing shows its name.
        self.0.format_pattern(pattern, Some(arguments), &mut vec![]).into_owned()
    }
}

/// As POSIX says which language messages are in.
fn system() -> String {
    let set = |name: &&str| env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_count_as_they_should() {
        let [en, ru] = ["en", "ru-RU"].map(Words::of);
        assert_eq!(en.say_count("notice-new", 1), "New message");
        assert_eq!(en.say_count("notice-new", 3), "3 new messages");
        assert_eq!(
            [1, 3, 11, 21].map(|count| ru.say_count("notice-new", count)),
            ["Новое сообщение", "3 новых сообщения", "11 новых сообщений", "21 новое сообщение",]
        );
        assert_eq!(en.say("no-such-sentence"), "no-such-sentence");
    }
}
