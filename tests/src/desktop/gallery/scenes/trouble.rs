//! The relay is away, a device was removed, several accounts share the window, the app is locked.

use super::{leading, leading_sized, sized, still, tidied};
use crate::desktop::gallery::scene::{Scene, Sizes, Step};

const SET_ASIDE: Step = Step::Until("!!document.querySelector('[data-testid=quarantined]')");

const CONNECTED: Step = Step::Until(
    "(document.querySelector('[data-testid=reconnect]')?.click(), document.querySelector('[data-testid=sync-status]')?.dataset.state === 'up_to_date')",
);
const TROUBLE: Step = Step::Until(
    "(document.querySelector('[data-testid=reconnect]')?.click(), !!document.querySelector('[data-testid=sync-status].away[data-state=up_to_date]'))",
);

pub const SCENES: &[Scene] = &[
    leading(
        "offline",
        "Without the relay: a message waits",
        &[
            Step::Click("open-archive"),
            // It is seen when the relay is there again.
            Step::Spoil("book"),
            Step::Click("archive-back"),
            Step::Chat("lake"),
            Step::RelayStops,
            Step::Sync("offline", 0),
            Step::Compose("offline"),
            Step::Click("send"),
            Step::Sync("offline", 1),
        ],
        &[],
    ),
    still(
        "offline-network",
        "What waits, and why",
        &[Step::Settings("network"), Step::See("network-try-now")],
    ),
    still("offline-relay", "The relay does not answer", &[Step::OpenRelay, Step::See("relay-try-now")]),
    leading(
        "online",
        "The relay is there again",
        &[Step::RelayResumes, CONNECTED, Step::Sync("up_to_date", 0)],
        &[],
    ),
    sized(
        "chat-aside",
        "Something that nobody can open was set aside",
        &[Step::NoChat, Step::Click("open-archive"), Step::Chat("book"), SET_ASIDE],
        // Narrow, the chat lies over the list.
        &[Step::Click("archive-back")],
    ),
    leading_sized(
        "relay-lost",
        "The relay has lost a chat that I was let into",
        &[
            Step::RelayIsCopied,
            CONNECTED,
            Step::LetsMeIn("boris", "let-in"),
            Step::ClickWith("chat-row", "let-in"),
            Step::See("chat-title"),
            Step::RelayIsPutBack,
            TROUBLE,
            Step::Compose("offline"),
            Step::Click("send"),
            Step::Sync("up_to_date", 1),
        ],
        &[],
    ),
    still(
        "relay-lost-network",
        "What waits, and why",
        &[Step::Settings("network"), Step::See("network-error")],
    ),
    still(
        "relay-lost-dialog",
        "The same where one looks for it",
        &[Step::OpenRelay, Step::See("relay-error")],
    ),
    leading(
        "relay-found",
        "Somebody who has all of it has brought it back",
        &[Step::LooksIn("boris"), Step::Sync("up_to_date", 0)],
        &[],
    ),
];

pub const ACCOUNTS: &[Scene] = &[
    leading(
        "account-add",
        "Another account in the window",
        &[
            Step::NoChat,
            Step::Click("account-menu"),
            Step::Click("menu-account-add"),
            Step::See("first-start"),
        ],
        &[],
    ),
    leading_sized(
        "accounts",
        "Two accounts",
        &[Step::BeginAlone("second-name"), Step::Keys("ctrl+1"), Step::See("chat-row"), Step::Chat("lake")],
        &[],
    ),
    tidied(
        "account-remove",
        "Taking an account off",
        &[
            Step::NoChat,
            Step::Keys("ctrl+2"),
            Step::See("empty-new-chat"),
            Step::TakeFrom("account-menu", "menu-account-remove"),
            Step::Dialog("remove-account"),
        ],
        &[Step::CloseDialog, Step::Keys("ctrl+1"), Step::See("chat-row")],
    ),
    tidied(
        "account-kept",
        "One that was taken off can come back",
        &[
            Step::NoChat,
            Step::Keys("ctrl+2"),
            Step::See("empty-new-chat"),
            Step::TakeFrom("account-menu", "menu-account-remove"),
            Step::Dialog("remove-account"),
            Step::Click("remove-submit"),
            Step::See("chat-row"),
            Step::Click("account-menu"),
            Step::Click("menu-account-add"),
            Step::See("kept-accounts"),
            Step::Reveal("kept-accounts"),
        ],
        &[Step::Click("account-back"), Step::See("chat-row")],
    ),
    leading(
        "locked",
        "The app is locked",
        &[
            Step::Chat("lake"),
            Step::TakeFrom("chat-menu", "menu-apart"),
            Step::Gone("composer"),
            Step::Settings("privacy"),
            Step::Click("set-passphrase"),
            Step::Fill("new-passphrase", "lock"),
            Step::Fill("new-passphrase-again", "lock"),
            Step::Click("passphrase-submit"),
            Step::Click("lock-now"),
            Step::See("unlock"),
        ],
        &[],
    ),
    still(
        "locked-wrong",
        "A passphrase that does not open it",
        &[
            Step::Fill("passphrase", "wrong"),
            Step::Click("unlock-submit"),
            Step::Until("!!document.querySelector('[data-testid=passphrase][aria-invalid=true]')"),
        ],
    ),
    Scene {
        name: "locked-apart",
        title: "With it the window of a chat",
        sizes: Sizes::Apart,
        leads: false,
        steps: &[Step::EnterApart, Step::See("unlock")],
        leave: &[],
    },
];

const TOLD: &str = "!!document.querySelector('[data-testid=sync-status].away p')";

/// On a device that another one of the same person has removed.
pub const REMOVED: &[Scene] = &[
    sized("removed", "This device was removed", &[Step::Until(TOLD)], &[]),
    sized(
        "removed-chat",
        "What is here can be read",
        &[Step::Chat("lake"), Step::See("composer-closed")],
        &[],
    ),
    still(
        "removed-devices",
        "Its page of devices",
        &[Step::Settings("devices"), Step::Until("!!document.querySelector('[data-testid=devices]')")],
    ),
    still(
        "removed-network",
        "How it stands with the relay",
        &[Step::Settings("network"), Step::See("network-error")],
    ),
    still("removed-relay", "The relay is only looked at", &[Step::OpenRelay, Step::See("relay-error")]),
];
