//! Every screen and state that a reviewer looks at, in the order of the page.
//!
//! What every dialog and page of settings is shown in is checked below. Not here: how it is done (`stage`).

mod beginning;
mod chats;
mod moving;
mod settings;
mod trouble;

use super::scene::{Act, Scene, Sizes, Stand, Step};

pub const ACTS: &[Act] = &[
    Act { stand: Stand::Fresh, scenes: beginning::SCENES },
    Act { stand: Stand::Taken, scenes: beginning::TAKEN },
    Act { stand: Stand::Home, scenes: chats::LIST },
    Act { stand: Stand::Home, scenes: chats::IN_CHAT },
    Act { stand: Stand::Home, scenes: chats::AROUND },
    Act { stand: Stand::Home, scenes: settings::SCENES },
    Act { stand: Stand::Home, scenes: trouble::SCENES },
    Act { stand: Stand::Home, scenes: trouble::ACCOUNTS },
    Act { stand: Stand::Removed, scenes: trouble::REMOVED },
    // Whoever else is at home by then is asked to move as well.
    Act { stand: Stand::Laptop, scenes: moving::SCENES },
];

/// Titles of the parts of the page, one for each act.
pub const PARTS: &[&str] = &[
    "The first minutes",
    "A profile that does not open",
    "The list of chats",
    "In a chat",
    "Around a chat",
    "Settings",
    "Without the relay, and what goes wrong",
    "Several accounts, and the lock",
    "A device that was removed",
    "To another relay",
];

/// A scene at the usual size that changes nothing.
const fn still(name: &'static str, title: &'static str, steps: &'static [Step]) -> Scene {
    Scene { name, title, sizes: Sizes::Usual, leads: false, steps, leave: &[] }
}

/// One that has to be tidied up after.
const fn tidied(
    name: &'static str,
    title: &'static str,
    steps: &'static [Step],
    leave: &'static [Step],
) -> Scene {
    Scene { name, title, sizes: Sizes::Usual, leads: false, steps, leave }
}

/// One that is looked at in three sizes.
const fn sized(
    name: &'static str,
    title: &'static str,
    steps: &'static [Step],
    leave: &'static [Step],
) -> Scene {
    Scene { name, title, sizes: Sizes::All, leads: false, steps, leave }
}

/// One that the scenes after it build on.
const fn leading(
    name: &'static str,
    title: &'static str,
    steps: &'static [Step],
    leave: &'static [Step],
) -> Scene {
    Scene { name, title, sizes: Sizes::Usual, leads: true, steps, leave }
}

/// The same, looked at in three sizes.
const fn leading_sized(
    name: &'static str,
    title: &'static str,
    steps: &'static [Step],
    leave: &'static [Step],
) -> Scene {
    Scene { sizes: Sizes::All, ..leading(name, title, steps, leave) }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;
    use crate::desktop::{
        gallery::content::{Content, Language},
        root,
    };

    fn steps() -> impl Iterator<Item = &'static Step> {
        let scenes = ACTS.iter().flat_map(|act| act.scenes);
        scenes.flat_map(|scene| scene.steps.iter().chain(scene.leave))
    }

    #[test]
    fn each_scene_has_a_name_of_its_own() {
        assert_eq!(ACTS.len(), PARTS.len());
        let names: Vec<_> = ACTS.iter().flat_map(|act| act.scenes).map(|scene| scene.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        let plain =
            |name: &&str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit());
        assert!(names.iter().all(plain), "they are names of files");
    }

    #[test]
    fn every_dialog_of_the_window_is_shown() {
        let features = root().join("ui/src/features");
        let mut dialogs = BTreeSet::new();
        for feature in fs::read_dir(features).unwrap() {
            for file in fs::read_dir(feature.unwrap().path()).unwrap() {
                let text = fs::read_to_string(file.unwrap().path()).unwrap_or_default();
                let names = text.split("<Dialog name=\"").skip(1).filter_map(|rest| rest.split('"').next());
                dialogs.extend(names.map(str::to_owned));
            }
        }
        assert!(dialogs.len() > 20, "{dialogs:?}");
        let shown: BTreeSet<_> = steps()
            .filter_map(|step| match step {
                Step::Dialog(name) => Some((*name).to_owned()),
                Step::Settings(_) => Some("settings".to_owned()),
                _ => None,
            })
            .collect();
        let missing: Vec<_> = dialogs.difference(&shown).collect();
        assert!(missing.is_empty(), "without a scene: {missing:?}");
    }

    #[test]
    fn every_page_of_the_settings_is_shown() {
        let pages = fs::read_to_string(root().join("ui/src/actions/pages.ts")).unwrap();
        let pages: Vec<_> = pages.split("  ['").skip(1).filter_map(|rest| rest.split('\'').next()).collect();
        assert!(pages.len() > 10, "{pages:?}");
        for page in pages {
            assert!(steps().any(|step| matches!(step, Step::Settings(shown) if *shown == page)), "{page}");
        }
    }

    #[test]
    fn what_scenes_name_is_in_the_content() {
        for language in Language::ALL {
            let content = Content::of(language).unwrap();
            for step in steps() {
                let named = match step {
                    Step::Chat(key) | Step::Row(key) | Step::TakeOfRow(key, _) | Step::Spoil(key) => {
                        content.title(key).map(drop)
                    }
                    Step::Message(key) | Step::Take(key, _) | Step::Point(key) => {
                        content.shown(key).map(drop)
                    }
                    Step::Compose("") => Ok(()),
                    Step::Fill(_, word)
                    | Step::MovesElsewhere(_, word)
                    | Step::ClickWith(_, word)
                    | Step::Compose(word)
                    | Step::LetsMeIn(_, word)
                    | Step::BeginAlone(word) => content.word(word).map(|_| ()),
                    _ => Ok(()),
                };
                named.unwrap_or_else(|error| panic!("{step:?} in {language:?}: {error}"));
            }
        }
    }
}
