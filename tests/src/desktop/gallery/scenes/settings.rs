//! The pages of the settings, and what is opened from them.

use super::{sized, still, tidied};
use crate::desktop::gallery::scene::{Scene, Step};

pub const SCENES: &[Scene] = &[
    sized("settings-profile", "Profile", &[Step::Settings("profile"), Step::See("profile-form")], &[]),
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
    sized(
        "relay",
        "The relay, and moving to another",
        &[Step::Settings("network"), Step::Click("network-relay"), Step::Dialog("relay")],
        &[],
    ),
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
