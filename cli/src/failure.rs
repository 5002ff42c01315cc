//! What went wrong, for a person (a sentence), for a script (a code) and for a shell (an exit code).

use std::{io::Write as _, process::ExitCode};

use beseda_core::{
    Error,
    sync::{engine::SyncError, transport::TransportError},
};
use beseda_protocol::{
    membership::Refusal,
    request::{ErrorCode, RelayError},
};
use serde_json::json;

pub type Result<T> = std::result::Result<T, Failure>;

/// Documented in `beseda --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Other = 1,
    Usage = 2,
    RelayAway = 3,
    NotFound = 4,
    NotAllowed = 5,
    Profile = 6,
    BadInput = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub code: &'static str,
    pub message: String,
}

impl Failure {
    pub fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self { exit, code, message: message.into() }
    }

    /// Somebody did not wait for the end; `left` says how things are now.
    pub fn stopped(left: &str) -> Self {
        Self::new(Exit::Other, "stopped", format!("stopped: {left}"))
    }

    pub fn json(&self) -> serde_json::Value {
        json!({ "code": self.code, "message": self.message })
    }

    /// Tells it on stderr.
    pub fn report(&self, json: bool) {
        // Whoever read our output has gone, and needs no sentence about it.
        if self.code == "output_closed" {
            return;
        }
        let mut stderr = std::io::stderr().lock();
        // Nothing can be told when stderr is gone.
        let _ = if json {
            writeln!(stderr, "{}", json!({ "error": self.json() }))
        } else {
            writeln!(stderr, "beseda: {}", self.message)
        };
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => {
                Self::new(Exit::Other, "output_closed", "nobody reads the output")
            }
            _ => Self::new(Exit::Other, "io", error.to_string()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (exit, code) = match &error {
            Error::ProfileInUse => (Exit::Profile, "profile_in_use"),
            Error::WrongKey => (Exit::Profile, "wrong_key"),
            Error::NotADatabase(_) => (Exit::Profile, "not_a_database"),
            Error::NewerSchema(_) => (Exit::Profile, "newer_schema"),
            Error::NoKeyring => (Exit::Profile, "no_keyring"),
            Error::KeyringLocked => (Exit::Profile, "keyring_locked"),
            Error::KeyFileOpen(_) => (Exit::Profile, "key_file_open"),
            Error::PassphraseNeeded => (Exit::Profile, "passphrase_needed"),
            Error::NoAccount => (Exit::Profile, "no_account"),
            Error::AccountExists => (Exit::Profile, "account_exists"),
            Error::Damaged(_) | Error::Mls(_) | Error::Document(_) => (Exit::Profile, "damaged"),
            Error::DiskFull => (Exit::Other, "disk_full"),
            Error::RelayAway(_) => (Exit::RelayAway, "relay_away"),
            Error::RelayVersion => (Exit::Other, "relay_version"),
            Error::InviteRequired => (Exit::Other, "invite_required"),
            Error::Relay(_) => (Exit::Other, "relay_refused"),
            Error::BadRelayUrl(_) => (Exit::BadInput, "bad_relay_url"),
            Error::NoRelay => (Exit::BadInput, "no_relay"),
            Error::NotALink(_) => (Exit::BadInput, "not_a_link"),
            Error::OtherRelay(_) => (Exit::BadInput, "other_relay"),
            Error::BadText(_) => (Exit::BadInput, "bad_text"),
            Error::SafetyMismatch => (Exit::NotAllowed, "safety_mismatch"),
            Error::BadPicture => (Exit::BadInput, "bad_picture"),
            Error::NoSuchChat(_) => (Exit::NotFound, "no_such_chat"),
            Error::AmbiguousChat(_) => (Exit::NotFound, "ambiguous_chat"),
            Error::NoSuchMessage => (Exit::NotFound, "no_such_message"),
            Error::NoSuchInvitation => (Exit::NotFound, "no_such_invitation"),
            Error::NotAsking => (Exit::NotAllowed, "not_asking"),
            Error::NoSuchMember => (Exit::NotFound, "no_such_member"),
            Error::NoSuchDevice => (Exit::NotFound, "no_such_device"),
            Error::DeviceRemoved => (Exit::NotAllowed, "device_removed"),
            Error::StillLinking => (Exit::NotAllowed, "still_linking"),
            Error::ThisDevice => (Exit::NotAllowed, "this_device"),
            Error::Devices(_) => (Exit::NotAllowed, "devices"),
            Error::NotAnswered => (Exit::Other, "not_answered"),
            Error::Words(_) => (Exit::BadInput, "bad_words"),
            Error::WrongWord(_) => (Exit::BadInput, "wrong_word"),
            Error::WordsKept => (Exit::NotAllowed, "words_kept"),
            Error::NoBackup => (Exit::NotFound, "no_backup"),
            Error::BackupExists(_) => (Exit::BadInput, "backup_exists"),
            Error::NotABackup => (Exit::BadInput, "not_a_backup"),
            Error::NotABundle => (Exit::BadInput, "not_a_bundle"),
            Error::Forbidden(Refusal::NotAdmin) => (Exit::NotAllowed, "not_admin"),
            Error::NotYours => (Exit::NotAllowed, "not_yours"),
            Error::Forbidden(_) => (Exit::NotAllowed, "forbidden"),
            Error::NotMember => (Exit::NotAllowed, "not_member"),
            Error::NotAccepted => (Exit::NotAllowed, "not_accepted"),
            Error::NoSuchPerson => (Exit::NotFound, "no_such_person"),
            Error::NoDirectory => (Exit::NotAllowed, "no_directory"),
            Error::Sql(_) => (Exit::Other, "database"),
            Error::Io(_) => (Exit::Other, "io"),
        };
        let next = match &error {
            Error::NoAccount => ": beseda init --name NAME --relay URL",
            Error::PassphraseNeeded => ": set BESEDA_PASSPHRASE, or run in a terminal to be asked for it",
            _ => "",
        };
        Self::new(exit, code, format!("{error}{next}"))
    }
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Transport(error) => (&error).into(),
            SyncError::Log(error) => Self::new(
                Exit::Other,
                "relay_broken",
                format!("the relay broke the protocol: {error}. Tell whoever hosts it; nothing was lost"),
            ),
            SyncError::Store(error) => error.into(),
        }
    }
}

impl From<&TransportError> for Failure {
    fn from(error: &TransportError) -> Self {
        match error {
            TransportError::Away(why) => Self::new(
                Exit::RelayAway,
                "relay_away",
                format!("the relay is away ({why}): what you write is kept and sent when it answers again"),
            ),
            TransportError::Relay(error) => refused(error),
            TransportError::Protocol(why) => Self::new(
                Exit::Other,
                "relay_broken",
                format!("what answers is not a Beseda relay of this version ({why}): check its address"),
            ),
            TransportError::Lost(_) => Self::new(Exit::Other, "relay_lost", error.to_string()),
        }
    }
}

fn refused(error: &RelayError) -> Failure {
    let (exit, code, next) = match error.code {
        ErrorCode::Version => (Exit::Other, "relay_version", "update Beseda or the relay; nothing was lost"),
        ErrorCode::InviteRequired => (
            Exit::Other,
            "invite_required",
            "get an invitation token from whoever hosts the relay, and make the profile with --invite TOKEN",
        ),
        ErrorCode::InviteUnknown => (
            Exit::Other,
            "invite_unknown",
            "the token given with --invite is used up or unknown: get another from whoever hosts the relay",
        ),
        // Also how a relay says goodbye when it stops.
        ErrorCode::Busy => (Exit::RelayAway, "relay_busy", "try again later; nothing was lost"),
        ErrorCode::Internal => {
            (Exit::RelayAway, "relay_failed", "try again later, or tell whoever hosts it; nothing was lost")
        }
        ErrorCode::SessionUnknown => (Exit::RelayAway, "relay_restarted", "try again; nothing was lost"),
        ErrorCode::BadProof
        | ErrorCode::Denied
        | ErrorCode::Invalid
        | ErrorCode::TooLarge
        | ErrorCode::Taken
        | ErrorCode::NoDirectory
        | ErrorCode::Undeliverable => (Exit::Other, "relay_refused", "tell whoever hosts the relay"),
    };
    Failure::new(exit, code, format!("the relay refuses ({error}): {next}"))
}
