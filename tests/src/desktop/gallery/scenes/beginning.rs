//! Before there is an account, and its first minutes without a relay.

use super::{leading, leading_sized, settings::WRITTEN, sized, still, tidied};
use crate::desktop::gallery::{
    relay::Which,
    scene::{Scene, Step},
};

pub const SCENES: &[Scene] = &[
    sized("first-start", "The first start", &[Step::See("first-start")], &[]),
    still("first-start-missing", "Something is missing", &[Step::Click("create-account")]),
    tidied(
        "first-start-passphrase",
        "A passphrase is chosen",
        &[
            Step::Click("key-choice-passphrase"),
            Step::Fill("passphrase", "lock"),
            Step::Fill("passphrase-again", "wrong"),
            Step::Fill("name", "name"),
            Step::Click("create-account"),
        ],
        &[Step::Click("key-choice-file")],
    ),
    tidied(
        "link-this-device",
        "This computer becomes another device",
        &[Step::Click("link-this-device"), Step::See("link-this"), Step::Click("key-choice-file")],
        &[Step::Click("link-back")],
    ),
    tidied(
        "link-code",
        "The code that links it",
        &[
            Step::Click("link-this-device"),
            Step::Click("key-choice-file"),
            Step::Click("show-code"),
            Step::See("link-code"),
        ],
        &[Step::Click("link-back")],
    ),
    leading(
        "first-start-invited",
        "With an invitation link",
        &[Step::Fill("name", "name"), Step::FillLink("relay"), Step::Click("key-choice-file")],
        &[],
    ),
    tidied(
        "recover",
        "With the recovery words",
        &[Step::Click("have-words"), Step::Fill("recover-words", "recovery")],
        &[Step::Click("recover-back")],
    ),
    tidied(
        "restore",
        "From a backup file",
        &[Step::Click("have-file"), Step::See("restore-form")],
        &[Step::Click("restore-back")],
    ),
    leading(
        "alone",
        "Begun alone: no relay, no chats",
        &[Step::BeginAlone("name"), Step::See("empty-new-chat")],
        &[],
    ),
    sized(
        "alone-create",
        "The first chat is made",
        &[Step::Click("new-chat"), Step::Dialog("create-chat")],
        &[Step::CloseDialog],
    ),
    sized(
        "alone-dialog",
        "A dialog in which nobody else is yet",
        &[
            Step::Click("new-chat"),
            Step::Click("kind-dialog"),
            Step::Click("create-chat-submit"),
            Step::See("alone-invite"),
        ],
        &[],
    ),
    sized(
        "alone-notes",
        "Notes before the first",
        &[Step::Click("open-notes"), Step::See("composer"), Step::Gone("alone-invite")],
        &[],
    ),
    leading_sized(
        "alone-group",
        "A group in which nobody else is yet",
        &[
            Step::Click("new-chat"),
            Step::Click("kind-group"),
            Step::Fill("create-chat-title", "group"),
            Step::Click("create-chat-submit"),
            Step::See("alone-add"),
        ],
        &[],
    ),
    leading(
        "reminder",
        "There is something to lose: the recovery words",
        &[Step::Compose("later"), Step::Click("send"), Step::See("recovery-reminder")],
        &[],
    ),
    still("alone-carry", "Nothing to carry by a file", WRITTEN),
    still(
        "alone-connect",
        "Connecting to a relay later",
        &[Step::Click("sync-connect"), Step::Dialog("relay")],
    ),
    leading(
        "relay-connected",
        "Connected to one that wants an invitation",
        &[
            Step::Click("sync-connect"),
            Step::Dialog("relay"),
            Step::FillRelay("relay-new", Which::Closed),
            Step::Click("relay-submit"),
            Step::See("relay-moved"),
            Step::See("relay-token-form"),
        ],
        &[Step::Click("relay-close")],
    ),
    sized("relay-uninvited", "What it says from then on", &[Step::NoChat, Step::See("sync-invite")], &[]),
    sized(
        "relay-token",
        "The invitation is entered",
        &[Step::Click("sync-invite"), Step::Dialog("relay"), Step::Fill("relay-token", "invitation")],
        &[],
    ),
];

pub const TAKEN: &[Scene] = &[still("broken", "Open in another window already", &[Step::See("broken")])];
