//! What a scene is: a name, the steps that lead there, and the steps that lead away. Data only; [`super::stage`] performs
//! it.

use super::relay::Which;

/// A window in which scenes are looked at, in their order.
#[derive(Debug)]
pub struct Act {
    pub stand: Stand,
    pub scenes: &'static [Scene],
}

/// What the window of an act begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Nobody's account yet.
    Fresh,
    /// A profile that another window has open.
    Taken,
    /// A person in the middle of their life.
    Home,
    /// Another device of theirs.
    Laptop,
    /// One more, which they have removed.
    Removed,
}

#[derive(Debug)]
pub struct Scene {
    /// Of its files, and for `--only`.
    pub name: &'static str,
    /// For whoever looks at the page.
    pub title: &'static str,
    pub sizes: Sizes,
    /// The scenes after it need what its steps have done: they are taken also when nobody looks.
    pub leads: bool,
    pub steps: &'static [Step],
    /// Whatever lies over the chats afterwards is closed without them.
    pub leave: &'static [Step],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizes {
    /// As a window opens.
    Usual,
    /// Also narrow and wide.
    All,
    /// Only with room for things side by side.
    Wide,
    /// As a window of one chat opens, and as small as it can be.
    Apart,
}

/// CSS pixels of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Ends the names of files; empty for the usual size.
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
}

pub const USUAL: Size = Size { name: "", width: 1100, height: 760 };
/// As narrow as a window can be.
const NARROW: Size = Size { name: "-narrow", width: 420, height: 760 };
pub const WIDE: Size = Size { name: "-wide", width: 1640, height: 900 };
pub const APART: Size = Size { name: "", width: 560, height: 700 };
const LEAST: Size = Size { name: "-least", width: 360, height: 420 };

impl Sizes {
    #[must_use]
    pub fn all(self) -> &'static [Size] {
        match self {
            Self::Usual => &[USUAL],
            Self::All => &[USUAL, NARROW, WIDE],
            Self::Wide => &[WIDE],
            Self::Apart => &[APART, LEAST],
        }
    }
}

/// Ids are test ids of the page; chats, messages and words are keys of [`super::content`].
#[derive(Debug)]
pub enum Step {
    /// Opens a chat from the list.
    Chat(&'static str),
    /// Leaves the open chat.
    NoChat,
    Click(&'static str),
    /// Clicks the one whose text holds this word.
    ClickWith(&'static str, &'static str),
    /// Waits until it is on screen.
    See(&'static str),
    Gone(&'static str),
    /// Waits until the expression is true in the page.
    Until(&'static str),
    /// Types a word into a field.
    Fill(&'static str, &'static str),
    /// Types the link into the chat `asking` that the gallery keeps.
    FillLink(&'static str),
    /// Types the address of a relay.
    FillRelay(&'static str, Which),
    /// Puts a word into the composer; the empty key empties it.
    Compose(&'static str),
    /// Selects all in the composer, as the keys for it do.
    SelectAll,
    /// Waits for a dialog.
    Dialog(&'static str),
    CloseDialog,
    /// Asks for the menu of a message.
    Message(&'static str),
    /// The same, and takes an entry.
    Take(&'static str, &'static str),
    /// Brings the pointer over a message.
    Point(&'static str),
    /// Asks for the menu of a chat in the list.
    Row(&'static str),
    /// The same, and takes an entry.
    TakeOfRow(&'static str, &'static str),
    /// Opens the menu behind a button and takes an entry.
    TakeFrom(&'static str, &'static str),
    CloseMenu,
    Folder(&'static str),
    /// Opens the settings at a page.
    Settings(&'static str),
    /// Opens the dialog of the relay, from the settings.
    OpenRelay,
    /// Scrolls until it is in sight.
    Reveal(&'static str),
    /// Keys of the keyboard.
    Keys(&'static str),
    /// A choice of the window's looks, as `ui-state/preferences` keeps it; empty: the usual.
    Prefer(&'static str, &'static str),
    /// The window becomes wide, and narrows again when the scene is over.
    Widen,
    /// From now on it is the window beside the main one that is looked at; at the end of the scene it is the main one again.
    EnterApart,
    /// Closes that window with its keys.
    CloseApart,
    /// Puts into the log of a chat in the list what nobody can open; it is read with the next connection.
    Spoil(&'static str),
    RelayStops,
    RelayResumes,
    /// A copy is made of what the relay has.
    RelayIsCopied,
    /// The relay is put back to that copy.
    RelayIsPutBack,
    /// A person lets me into a new chat whose title is this word.
    LetsMeIn(&'static str, &'static str),
    /// A person is there for a moment.
    LooksIn(&'static str),
    /// A person takes everybody along to the relay elsewhere, and keeps in the file of this word what is there.
    MovesElsewhere(&'static str, &'static str),
    /// The relay elsewhere takes no log further than so many changes of its members.
    HoldElsewhere(u64),
    /// Waits until it keeps somebody waiting.
    ElsewhereHolds,
    /// It takes everything again.
    ElsewhereGoesOn,
    /// Waits for a state of the connection, with so many messages waiting.
    Sync(&'static str, u32),
    /// Begins the account of this name without a relay.
    BeginAlone(&'static str),
}
