//! Errors as a screen sees them: a code to branch on, and a sentence that says what to do next.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A code exists where a screen does something different for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Another process has this profile open.
    ProfileInUse,
    /// The passphrase or key does not open the database.
    WrongKey,
    /// The file is not a Beseda database.
    NotADatabase,
    /// The database was written by a newer version.
    NewerSchema,
    /// The disk is full: nothing was changed.
    DiskFull,
    /// No keyring answers on this system.
    NoKeyring,
    /// The keyring is locked, or has lost the key of this profile.
    KeyringLocked,
    /// The command needs an account first.
    NoAccount,
    /// There is an account already.
    AccountExists,
    RelayAway,
    RelayVersion,
    /// The relay has lost what it held of a chat; nothing is lost here.
    RelayLost,
    /// The relay asks for an invitation token, or does not know the one given.
    InviteRequired,
    /// The URL is not one of a relay: `https://…`, or `http://` on this machine.
    BadRelayUrl,
    /// The profile has begun alone, and this needs a relay.
    NoRelay,
    NotALink,
    /// The link leads to another relay than this profile's.
    OtherRelay,
    /// This device was removed by another one of this person.
    DeviceRemoved,
    /// This device is not yet where this person's others are.
    StillLinking,
    /// There are ten, or this one is known already.
    TooManyDevices,
    BadWords,
    WrongWord,
    WordsKept,
    NoBackup,
    BackupExists,
    NotABackup,
    /// There is another file of that name.
    FileExists,
    NotABundle,
    /// The code was not taken in time.
    NotAnswered,
    NoSuchChat,
    /// It is not here, or was deleted.
    NoSuchMessage,
    /// Somebody else's message.
    NotYours,
    /// More than one chat fits what was typed.
    AmbiguousChat,
    NotAdmin,
    NotMember,
    /// Nobody is listed so at the relay.
    NoSuchPerson,
    /// The relay keeps no directory of people.
    NoDirectory,
    /// Empty, or over a length limit.
    BadText,
    /// No picture, or of another format, or too large.
    BadPicture,
    /// A safety code is of somebody else, or for somebody else.
    SafetyMismatch,
    /// Another program has these keys.
    KeysTaken,
    /// A command or its arguments are not of the contract.
    BadRequest,
    Internal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    pub code: Code,
    /// English; screens show their own sentence for the code and keep this for the details.
    pub message: String,
}

impl ApiError {
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
