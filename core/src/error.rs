//! What can go wrong, for three readers: the variant for code, [`crate::Error`]'s text for the person.

use beseda_protocol::{identity::BadIdentity, link::NotALink, membership::Refusal, request::RelayError};

use crate::{
    crypto::{mls::MlsError, recovery::BadWords},
    document::DocumentError,
};

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("another Beseda has this profile open: close it, or start with another profile")]
    ProfileInUse,
    #[error("the key does not open this profile's database: check the passphrase")]
    WrongKey,
    #[error("{0} is not a Beseda database: move it away, or choose another profile")]
    NotADatabase(std::path::PathBuf),
    #[error(
        "this profile was written by a newer Beseda (schema {0}): install that version; nothing was changed"
    )]
    NewerSchema(i64),
    #[error("the disk is full: free some space and try again; nothing was lost")]
    DiskFull,
    #[error("no keyring answers on this system: choose a passphrase or a key file")]
    NoKeyring,
    #[error(
        "the keyring is locked or does not hold this profile's key: unlock it and try again; nothing was changed"
    )]
    KeyringLocked,
    #[error("the key file {0} can be read by others: run `chmod 600` on it and try again")]
    KeyFileOpen(std::path::PathBuf),
    #[error("this profile needs its passphrase")]
    PassphraseNeeded,
    #[error("this profile has no account yet: make one first")]
    NoAccount,
    #[error("this profile has an account already")]
    AccountExists,
    #[error("the relay is away: {0}")]
    RelayAway(String),
    #[error("the relay speaks another version of the protocol: update Beseda or the relay; nothing was lost")]
    RelayVersion,
    #[error("the relay asks for an invitation token: get one from whoever hosts it")]
    InviteRequired,
    #[error("the relay refuses: {0}")]
    Relay(RelayError),
    #[error("a relay's address is https://…, or http:// on this machine: {0}")]
    BadRelayUrl(String),
    #[error("this profile has no relay yet: connect it to one, and try again")]
    NoRelay,
    #[error(transparent)]
    NotALink(#[from] NotALink),
    #[error("the invitation leads to the relay {0}, and this profile uses another one")]
    OtherRelay(String),
    #[error(
        "this device was removed by another device of yours: what is here can be read, and nothing more is sent"
    )]
    DeviceRemoved,
    #[error("this device is being linked itself: wait until your chats are here, then link the next one")]
    StillLinking,
    #[error("no such device: `beseda device list` shows them")]
    NoSuchDevice,
    #[error("a device is removed from another one: this is the one you are at")]
    ThisDevice,
    #[error("the new device did not answer in time: let it show a new code")]
    NotAnswered,
    #[error("{0}")]
    Devices(#[from] BadIdentity),
    #[error("{0}")]
    Words(#[from] BadWords),
    #[error("the relay keeps no backup for these words: is it the right relay?")]
    NoBackup,
    #[error("there is a file {0} already: choose another name")]
    BackupExists(std::path::PathBuf),
    #[error("that file is no backup of Beseda")]
    NotABackup,
    #[error("this file is not a bundle, or it ends too early: ask for it again")]
    NotABundle,
    #[error("the recovery words were written down, and are nowhere but on that paper")]
    WordsKept,
    #[error("word {0} is another one: look at what you have written down")]
    WrongWord(usize),
    #[error("no chat is called {0}")]
    NoSuchChat(String),
    #[error("more than one chat fits {0}: use its id")]
    AmbiguousChat(String),
    #[error("no such message in this chat")]
    NoSuchMessage,
    #[error("this message is somebody else's: only they, or an admin, may do that")]
    NotYours,
    #[error("no such invitation was made on this device")]
    NoSuchInvitation,
    #[error("you do not wait to be let into this chat: there is no request to take back")]
    NotAsking,
    #[error("no such member in this chat")]
    NoSuchMember,
    #[error("the chat's rules forbid it: {0}")]
    Forbidden(#[from] Refusal),
    #[error("you are not (or not yet) a member of this chat")]
    NotMember,
    #[error("somebody has put you into this chat: accept it first, or refuse it")]
    NotAccepted,
    #[error("nobody is listed under that username at your relay: ask them for it, or for an invitation")]
    NoSuchPerson,
    #[error("your relay keeps no directory of people: ask for an invitation")]
    NoDirectory,
    #[error("{0}")]
    BadText(&'static str),
    #[error(
        "the code is not of this person, or not for you: somebody may have come between you. Compare once more, face to face; until then trust nothing secret to this chat"
    )]
    SafetyMismatch,
    #[error("that is no picture that can be used: choose a JPEG, PNG or WebP file of at most 32 MiB")]
    BadPicture,
    #[error("the group state of a chat is damaged: {0}")]
    Mls(MlsError),
    #[error("a document of a chat is damaged: {0}")]
    Document(#[from] DocumentError),
    #[error("the database: {0}")]
    Sql(sqlx::Error),
    #[error("a file of the profile: {0}")]
    Io(#[from] std::io::Error),
    /// The store holds what the code never writes.
    #[error("the database is damaged: {0}")]
    Damaged(&'static str),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // SQLite's result codes: 13 SQLITE_FULL, 26 SQLITE_NOTADB.
        let code = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        match code.as_deref() {
            Some("13") => Self::DiskFull,
            Some("26") => Self::WrongKey,
            _ => Self::Sql(error),
        }
    }
}

impl From<MlsError> for Error {
    fn from(error: MlsError) -> Self {
        match error {
            MlsError::Refused(refusal) => Self::Forbidden(refusal),
            other => Self::Mls(other),
        }
    }
}
