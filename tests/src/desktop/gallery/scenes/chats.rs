//! The list, the chat, and what is opened over and beside them.

use super::{sized, still, tidied};
use crate::desktop::gallery::scene::{Scene, Sizes, Step};

pub const LIST: &[Scene] = &[
    sized("list", "Chats, and none of them open", &[Step::NoChat], &[]),
    tidied("list-unread", "Only what is unread", &[Step::Folder("unread")], &[Step::Folder("all")]),
    tidied("list-groups", "Only groups", &[Step::Folder("groups")], &[Step::Folder("all")]),
    tidied(
        "archive",
        "The archive",
        &[Step::Click("open-archive"), Step::See("archive-back")],
        &[Step::Click("archive-back")],
    ),
    tidied("row-menu", "Menu of a chat in the list", &[Step::Row("lake")], &[Step::CloseMenu]),
    tidied(
        "account-menu",
        "Menu of the account",
        &[Step::Click("account-menu"), Step::See("menu-account-add")],
        &[Step::CloseMenu],
    ),
    sized("search", "What is found as one types", &[Step::Fill("search", "search"), Step::See("found")], &[]),
    still(
        "search-idle",
        "The search before the first letter",
        &[Step::Keys("ctrl+shift+f"), Step::See("search-results")],
    ),
    still(
        "search-nothing",
        "Nothing is found",
        &[Step::Fill("search", "nothing"), Step::See("search-nothing")],
    ),
    sized(
        "palette",
        "Anywhere by a few letters",
        &[Step::Keys("ctrl+k"), Step::Fill("palette-input", "palette"), Step::See("palette-item")],
        &[],
    ),
    still("palette-empty", "Before the first letter", &[Step::Keys("ctrl+k"), Step::See("palette")]),
    sized("shortcuts", "Every key", &[Step::Keys("ctrl+slash"), Step::Dialog("shortcuts")], &[]),
    tidied(
        "create-group",
        "A new group",
        &[
            Step::Click("new-chat"),
            Step::Dialog("create-chat"),
            Step::Click("kind-group"),
            Step::Fill("create-chat-title", "group"),
            Step::Fill("create-chat-description", "about"),
            Step::Fill("create-chat-category", "category"),
        ],
        &[],
    ),
    still(
        "join",
        "Joining by a link",
        &[Step::Click("join-chat"), Step::Dialog("join"), Step::FillLink("join-link")],
    ),
    still("contacts", "Contacts", &[Step::Click("open-contacts"), Step::Dialog("contacts")]),
    still("saved", "Saved messages", &[Step::Click("open-saved"), Step::Dialog("saved"), Step::See("found")]),
];

pub const IN_CHAT: &[Scene] = &[
    sized("chat", "A group: answers, reactions, a poll, a pinned message", &[Step::Chat("lake")], &[]),
    still(
        "chat-dialog",
        "A dialog; a verified person has a new device",
        &[Step::Chat("clara"), Step::See("new-device-line")],
    ),
    still(
        "chat-unread",
        "Where one has read to; code, a quotation, one's name",
        &[Step::Chat("work"), Step::See("unread-line")],
    ),
    still("chat-blog", "A blog with a comment", &[Step::Chat("blog"), Step::See("composer-closed")]),
    sized("chat-empty", "Nothing said yet", &[Step::Chat("empty")], &[]),
    sized(
        "chat-request",
        "Somebody writes without having been asked",
        &[Step::Chat("request"), Step::See("request")],
        &[],
    ),
    still(
        "chat-asking",
        "Waiting to be let in",
        &[Step::ClickWith("chat-row", "asking-row"), Step::See("asking")],
    ),
    still(
        "chat-refused",
        "Not let in",
        &[
            Step::ClickWith("chat-row", "refused-row"),
            Step::Until("!!document.querySelector('[data-testid=asking][data-refused]')"),
        ],
    ),
    still(
        "chat-removed",
        "Put out of a chat, with a message that was too late",
        &[Step::Chat("removed"), Step::See("composer-closed")],
    ),
    tidied(
        "notes",
        "Notes to oneself",
        &[
            Step::Click("open-notes"),
            Step::Until("!!document.querySelector('[data-testid=timeline]')"),
            Step::Compose("notes"),
        ],
        &[Step::Compose("")],
    ),
    tidied(
        "message-menu",
        "Menu of a message",
        &[Step::Chat("lake"), Step::Message("list")],
        &[Step::CloseMenu],
    ),
    still(
        "message-tools",
        "The bar at a message",
        &[Step::Chat("lake"), Step::Point("rowing"), Step::See("hover-bar")],
    ),
    tidied(
        "react",
        "Any emoji as a reaction",
        &[Step::Chat("lake"), Step::Message("keys"), Step::Click("menu-react-other"), Step::See("emoji")],
        &[Step::Keys("Escape"), Step::Gone("react-popover")],
    ),
    tidied(
        "picked",
        "Several messages are chosen",
        &[Step::Chat("lake"), Step::Take("list", "act-select"), Step::See("picked-bar")],
        &[Step::Click("picked-cancel")],
    ),
    tidied(
        "reply",
        "An answer is written",
        &[Step::Chat("lake"), Step::Take("bucket", "act-reply"), Step::Compose("reply")],
        &[Step::Click("banner-cancel"), Step::Compose("")],
    ),
    tidied(
        "edit",
        "A message is changed",
        &[Step::Chat("lake"), Step::Take("keys", "act-edit"), Step::See("composer-banner")],
        &[Step::Click("banner-cancel")],
    ),
    tidied(
        "format",
        "The bar of formats",
        &[Step::Chat("lake"), Step::Compose("format"), Step::SelectAll, Step::See("format-bar")],
        &[Step::Compose("")],
    ),
    tidied(
        "mention",
        "A person is mentioned",
        &[Step::Chat("lake"), Step::Fill("composer", "mention"), Step::See("completion-option")],
        &[Step::Compose("")],
    ),
    tidied(
        "emoji",
        "Emoji",
        &[Step::Chat("lake"), Step::Click("emoji-button"), Step::See("emoji")],
        &[Step::Keys("Escape"), Step::Gone("emoji-popover")],
    ),
    tidied(
        "composer-more",
        "What else can be sent",
        &[Step::Chat("lake"), Step::Click("composer-more"), Step::See("new-poll")],
        &[Step::CloseMenu],
    ),
    // Nobody misses it where the time to take it back is over before.
    still(
        "undo",
        "Deleted, and not yet gone",
        &[Step::Chat("neighbours"), Step::Take("cat", "act-delete-me"), Step::See("undo-bar")],
    ),
    still(
        "forward",
        "Forwarding",
        &[Step::Chat("lake"), Step::Take("list", "act-forward"), Step::Dialog("forward")],
    ),
    still(
        "readers",
        "Who has read a message",
        &[Step::Chat("lake"), Step::Take("list", "act-readers"), Step::Dialog("readers")],
    ),
    still(
        "reactions",
        "Who reacted",
        &[Step::Chat("lake"), Step::Take("list", "act-people"), Step::Dialog("reactions")],
    ),
    still(
        "versions",
        "What a message said before",
        &[
            Step::Chat("lake"),
            Step::Take("full", "act-versions"),
            Step::Dialog("versions"),
            Step::See("version"),
        ],
    ),
    sized(
        "poll",
        "A poll is made",
        &[
            Step::Chat("lake"),
            Step::TakeFrom("composer-more", "new-poll"),
            Step::Dialog("poll"),
            Step::Fill("poll-question", "question"),
        ],
        &[],
    ),
    tidied(
        "schedule",
        "A message is to be sent later",
        &[
            Step::Chat("lake"),
            Step::Compose("later"),
            Step::TakeFrom("composer-more", "send-later"),
            Step::Dialog("schedule"),
        ],
        &[Step::CloseDialog, Step::Compose("")],
    ),
    still(
        "scheduled",
        "What is to be sent later",
        &[
            Step::Chat("lake"),
            Step::Click("scheduled"),
            Step::Dialog("scheduled"),
            Step::See("scheduled-row"),
        ],
    ),
    still(
        "find-in-chat",
        "Finding in one chat",
        &[
            Step::Chat("lake"),
            Step::Click("search-in-chat"),
            Step::Fill("search", "search"),
            Step::See("found"),
        ],
    ),
];

pub const AROUND: &[Scene] = &[
    Scene {
        name: "split",
        title: "Two chats side by side, and what is known of one",
        sizes: Sizes::Wide,
        leads: false,
        steps: &[
            Step::Chat("lake"),
            Step::Widen,
            Step::TakeOfRow("clara", "row-beside"),
            Step::See("close-pane"),
            Step::Click("open-info"),
            Step::See("info-panel"),
        ],
        leave: &[Step::Click("info-close"), Step::Click("close-pane"), Step::Gone("close-pane")],
    },
    Scene {
        name: "info-panel",
        title: "A chat and its members",
        sizes: Sizes::Wide,
        leads: false,
        steps: &[
            Step::Chat("lake"),
            Step::Widen,
            Step::Click("open-info"),
            Step::See("info-panel"),
            Step::See("member"),
        ],
        leave: &[Step::Click("info-close"), Step::Gone("info-panel")],
    },
    sized(
        "info-members",
        "Members",
        &[Step::Chat("lake"), Step::Click("open-info"), Step::Dialog("info"), Step::See("member")],
        &[],
    ),
    tidied(
        "member-menu",
        "What can be done with a member",
        &[
            Step::Chat("lake"),
            Step::Click("open-info"),
            Step::Dialog("info"),
            Step::Click("member-menu"),
            Step::See("member-remove"),
        ],
        &[Step::CloseMenu, Step::CloseDialog],
    ),
    still(
        "member-remove",
        "Putting a member out",
        &[
            Step::Chat("lake"),
            Step::Click("open-info"),
            Step::Dialog("info"),
            Step::TakeFrom("member-menu", "member-remove"),
            Step::See("member-confirm"),
        ],
    ),
    still(
        "info-rights",
        "Who may do what",
        &[
            Step::Chat("lake"),
            Step::Click("open-info"),
            Step::Dialog("info"),
            Step::Click("tab-rights"),
            Step::See("rights"),
        ],
    ),
    still(
        "info-links",
        "Links of a chat",
        &[
            Step::Chat("lake"),
            Step::TakeFrom("chat-menu", "menu-shared"),
            Step::Dialog("info"),
            Step::See("open-url"),
        ],
    ),
    still(
        "info-edit",
        "A chat is given another name",
        &[
            Step::Chat("lake"),
            Step::Click("open-info"),
            Step::Dialog("info"),
            Step::Click("edit-chat"),
            Step::See("edit-submit"),
        ],
    ),
    tidied(
        "chat-menu",
        "Menu of a chat",
        &[Step::Chat("lake"), Step::Click("chat-menu"), Step::See("menu-leave")],
        &[Step::CloseMenu],
    ),
    still(
        "person",
        "A person",
        &[
            Step::Chat("clara"),
            Step::Click("open-info"),
            Step::Dialog("info"),
            Step::ClickWith("member-card", "friend"),
            Step::Dialog("person"),
            Step::See("person-name"),
        ],
    ),
    still(
        "verify",
        "The safety number",
        &[
            Step::Chat("boris"),
            Step::Click("open-info"),
            Step::Dialog("info"),
            Step::ClickWith("member-card", "other-friend"),
            Step::Dialog("person"),
            Step::Click("open-verify"),
            Step::Dialog("verify"),
            Step::See("digits"),
        ],
    ),
    still(
        "add-member",
        "Adding people without a link",
        &[
            Step::Chat("empty"),
            Step::Click("open-info"),
            Step::Dialog("info"),
            Step::Click("open-add-member"),
            Step::Dialog("add-member"),
        ],
    ),
    sized(
        "invite",
        "The invitation link",
        &[Step::Chat("lake"), Step::Click("invite-button"), Step::Dialog("invite"), Step::See("invite-link")],
        &[],
    ),
    still(
        "invite-qr",
        "The link as a QR code",
        &[
            Step::Chat("lake"),
            Step::Click("invite-button"),
            Step::Dialog("invite"),
            Step::Click("show-qr"),
            Step::See("qr-code"),
        ],
    ),
    still(
        "invite-new",
        "A link with limits",
        &[
            Step::Chat("lake"),
            Step::Click("invite-button"),
            Step::Dialog("invite"),
            Step::Click("new-link"),
            Step::Fill("link-label", "label"),
        ],
    ),
    still(
        "date",
        "Going to a date",
        &[Step::Chat("lake"), Step::TakeFrom("chat-menu", "menu-date"), Step::Dialog("date")],
    ),
    still(
        "chat-notices",
        "What a chat tells of",
        &[Step::Chat("lake"), Step::TakeFrom("chat-menu", "menu-notices"), Step::Dialog("chat-notices")],
    ),
    still(
        "leave",
        "Leaving a chat",
        &[Step::Chat("work"), Step::TakeFrom("chat-menu", "menu-leave"), Step::Dialog("leave")],
    ),
    still(
        "leave-owner",
        "Leaving a chat of one's own",
        &[Step::Chat("lake"), Step::TakeFrom("chat-menu", "menu-leave"), Step::Dialog("leave")],
    ),
    still(
        "open-link",
        "Before a link is opened",
        &[
            Step::Chat("work"),
            Step::Until(
                "(() => { const link = [...document.querySelectorAll('[data-testid=message-text] a')].at(-1); link?.click(); return !!link; })()",
            ),
            Step::Dialog("open-link"),
        ],
    ),
];
