//! The chats go to another relay, some of them before others.

use super::{leading, leading_sized, sized, still};
use crate::desktop::gallery::{
    relay::Which,
    scene::{Scene, Step},
};

const IN_DIALOG: Step =
    Step::Until("!!document.querySelector('[data-testid=dialog] [data-testid=relay-proposal]')");

pub const SCENES: &[Scene] = &[
    leading_sized(
        "relay-proposed",
        "Somebody wants the chats to be at another relay",
        &[Step::NoChat, Step::MovesElsewhere("boris", "elsewhere-bundle"), Step::See("relay-proposal")],
        &[],
    ),
    sized("relay-proposed-dialog", "The same where one looks for it", &[Step::OpenRelay, IN_DIALOG], &[]),
    sized(
        "carry-gap",
        "A file does not go on from what is here",
        &[
            Step::Settings("network"),
            Step::Click("carry-in"),
            Step::Fill("carry-file", "elsewhere-bundle"),
            Step::Click("carry-submit"),
            Step::See("carried-gap"),
            Step::Reveal("carry-in"),
        ],
        &[],
    ),
    leading_sized(
        "relay-refilling",
        "The relay is given what it lacks",
        &[Step::HoldElsewhere(5), Step::Click("relay-go"), Step::ElsewhereHolds, Step::See("refilling")],
        &[],
    ),
    still(
        "relay-refilling-dialog",
        "The same where one looks for it",
        &[Step::OpenRelay, Step::See("refilling")],
    ),
    leading(
        "relay-followed",
        "It has all that this device may bring",
        &[Step::ElsewhereGoesOn, Step::Sync("up_to_date", 0)],
        &[],
    ),
    leading(
        "relay-left",
        "To another relay without the others",
        &[
            Step::OpenRelay,
            Step::FillRelay("relay-new", Which::Home),
            Step::Click("relay-alone"),
            Step::Click("relay-submit"),
            Step::See("relay-moved"),
        ],
        &[Step::Click("relay-close"), Step::Sync("up_to_date", 0)],
    ),
    leading(
        "relay-told",
        "To another relay with the others",
        &[
            Step::OpenRelay,
            Step::FillRelay("relay-new", Which::Elsewhere),
            Step::Click("relay-submit"),
            Step::See("relay-moved"),
        ],
        &[Step::Click("relay-close")],
    ),
];
