//! The pages of the settings, and what is opened from them.

use super::{leading, sized, still, tidied};
use crate::desktop::gallery::scene::{Scene, Step};

const CARRY_WRONG: Step =
    Step::Until("!!document.querySelector('[data-testid=carry-file][aria-invalid=true]')");
/// Messages go into a file.
pub const WRITTEN: &[Step] = &[
    Step::Settings("network"),
    Step::Click("carry-out"),
    Step::Click("carry-submit"),
    Step::See("carried-out"),
    Step::Reveal("carry-in"),
];
/// And out of one, which the chats have seen already or not.
const TAKEN_IN: &[Step] = &[
    Step::Settings("network"),
    Step::Click("carry-in"),
    Step::Fill("carry-file", "bundle"),
    Step::Click("carry-submit"),
    Step::See("carried-in"),
    Step::Reveal("carry-in"),
];

pub const SCENES: &[Scene] = &[
    sized("settings-profile", "Profile", &[Step::Settings("profile"), Step::See("profile-form")], &[]),
    sized(
        "settings-profile-changed",
        "What was changed is to be saved",
        &[
            Step::Settings("profile"),
            Step::Fill("profile-first_name", "second-name"),
            Step::Until("!document.querySelector('[data-testid=profile-save]').disabled"),
        ],
        &[],
    ),
    still(
        "settings-birth-date",
        "A birth date that is none",
        &[
            Step::Settings("profile"),
            Step::Fill("profile-birth_date-year", "year"),
            Step::Click("profile-save"),
            Step::Until(
                "!!document.querySelector('[data-testid=profile-birth_date-year][aria-invalid=true]')",
            ),
        ],
    ),
    still("settings-devices", "Devices", &[Step::Settings("devices"), Step::See("device")]),
    still(
        "settings-link",
        "Linking a device",
        &[
            Step::Settings("devices"),
            Step::Click("link-device"),
            Step::See("device-form"),
            Step::Reveal("device-submit"),
        ],
    ),
    still(
        "settings-device-remove",
        "Removing a device",
        &[
            Step::Settings("devices"),
            Step::Click("device-remove"),
            Step::See("device-form"),
            Step::Reveal("device-submit"),
        ],
    ),
    still("settings-privacy", "Privacy and lock", &[Step::Settings("privacy"), Step::See("app-lock")]),
    still(
        "settings-lock",
        "A passphrase for the lock",
        &[
            Step::Settings("privacy"),
            Step::Click("set-passphrase"),
            Step::See("passphrase-form"),
            Step::Reveal("passphrase-submit"),
        ],
    ),
    still("settings-notifications", "Notifications", &[Step::Settings("notifications")]),
    tidied(
        "settings-quiet",
        "Hours in which nothing is told",
        &[
            Step::Settings("notifications"),
            Step::Click("quiet-hours"),
            Step::See("quiet-times"),
            Step::Reveal("quiet-times"),
        ],
        &[Step::Click("quiet-hours"), Step::Gone("quiet-times")],
    ),
    still(
        "settings-recovery",
        "Recovery and backup",
        &[Step::Settings("recovery"), Step::See("recovery-standing")],
    ),
    still(
        "settings-backup",
        "Backing up to a file",
        &[
            Step::Settings("recovery"),
            Step::Click("back-up"),
            Step::See("back-up-form"),
            Step::Reveal("backup-submit"),
        ],
    ),
    sized("settings-appearance", "Appearance", &[Step::Settings("appearance"), Step::See("zoom-in")], &[]),
    still("settings-language", "Language", &[Step::Settings("language")]),
    still("settings-system", "The app in its system", &[Step::Settings("system")]),
    still("settings-network", "Network and relay", &[Step::Settings("network"), Step::See("network-state")]),
    still(
        "carry",
        "Messages carried by a file",
        &[Step::Settings("network"), Step::See("carry-in"), Step::Reveal("carry-in")],
    ),
    still(
        "carry-out",
        "They are to be written",
        &[Step::Settings("network"), Step::Click("carry-out"), Step::Reveal("carry-submit")],
    ),
    still(
        "carry-exists",
        "Another file has that name",
        &[
            Step::Settings("network"),
            Step::Click("carry-out"),
            Step::Fill("carry-file", "no-bundle"),
            Step::Click("carry-submit"),
            CARRY_WRONG,
        ],
    ),
    still("carry-written", "They are written", WRITTEN),
    still(
        "carry-in",
        "They are to be taken in",
        &[Step::Settings("network"), Step::Click("carry-in"), Step::Reveal("carry-submit")],
    ),
    still(
        "carry-wrong",
        "A file that holds no messages",
        &[
            Step::Settings("network"),
            Step::Click("carry-in"),
            Step::Fill("carry-file", "no-bundle"),
            Step::Click("carry-submit"),
            CARRY_WRONG,
        ],
    ),
    still(
        "carry-missing",
        "A file that is not there",
        &[
            Step::Settings("network"),
            Step::Click("carry-in"),
            Step::Fill("carry-file", "no-file"),
            Step::Click("carry-submit"),
            CARRY_WRONG,
        ],
    ),
    tidied(
        "carry-reading",
        "They are taken in from a slow disk",
        &[
            Step::Settings("network"),
            Step::Click("carry-in"),
            Step::Fill("carry-file", "slow-bundle"),
            Step::Click("carry-submit"),
            Step::See("carry-progress"),
            Step::Reveal("carry-stop"),
        ],
        &[Step::Click("carry-stop"), Step::See("carry-submit"), Step::CloseDialog],
    ),
    leading("carry-read", "They were taken in", TAKEN_IN, &[]),
    still("carry-known", "They were here already", TAKEN_IN),
    still("settings-storage", "What takes room", &[Step::Settings("storage"), Step::See("storage-part")]),
    still(
        "settings-advanced",
        "Whether everything is whole",
        &[Step::Settings("advanced"), Step::Click("doctor-examine"), Step::See("doctor-verdict")],
    ),
    still(
        "settings-diagnostics",
        "Figures for a report",
        &[Step::Settings("advanced"), Step::See("diagnostics-text"), Step::Reveal("diagnostics-copy")],
    ),
    still("settings-about", "About the app", &[Step::Settings("about"), Step::See("version")]),
    sized("relay", "The relay, and moving to another", &[Step::OpenRelay], &[]),
    still(
        "recovery-words",
        "The recovery words",
        &[
            Step::Settings("recovery"),
            Step::Click("show-words"),
            Step::Dialog("recovery-words"),
            Step::See("words"),
        ],
    ),
    still(
        "recovery-asked",
        "The recovery words are asked for",
        &[
            Step::Settings("recovery"),
            Step::Click("show-words"),
            Step::Dialog("recovery-words"),
            Step::Click("words-written"),
            Step::See("words-form"),
        ],
    ),
    tidied(
        "looks-compact",
        "Compact, small, violet",
        &[
            Step::Prefer("density", "compact"),
            Step::Prefer("accent", "violet"),
            Step::Prefer("text", "small"),
            Step::Chat("lake"),
        ],
        &[Step::Prefer("density", ""), Step::Prefer("accent", ""), Step::Prefer("text", "")],
    ),
    tidied(
        "looks-largest",
        "The largest text",
        &[Step::Prefer("text", "largest"), Step::Chat("lake")],
        &[Step::Prefer("text", "")],
    ),
    tidied(
        "zoom-200",
        "Everything twice as large",
        &[Step::Chat("lake"), Step::Prefer("zoom", "200"), Step::Until("innerWidth < 700")],
        &[Step::Prefer("zoom", ""), Step::Until("innerWidth > 700")],
    ),
];
