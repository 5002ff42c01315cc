//! Opening and making a profile: where its key comes from. The choice is the person's, never made silently.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use beseda_core::{
    Core, Error, NewProfile, Options, Profile,
    store::{KeyKind, Unlock},
};
use zeroize::Zeroizing;

use crate::{
    arguments::KeyChoice,
    failure::{Exit, Failure, Result},
    progress::Bar,
};

const PASSPHRASE: &str = "BESEDA_PASSPHRASE";
const NEW_PASSPHRASE: &str = "BESEDA_NEW_PASSPHRASE";

/// # Errors
/// When no profile was named.
pub fn directory(given: Option<PathBuf>) -> Result<PathBuf> {
    given.ok_or_else(|| {
        let message = "which profile? Give --profile DIR, or set BESEDA_PROFILE";
        Failure::new(Exit::Usage, "usage", message)
    })
}

/// # Errors
/// What [`Core::open`] may meet; no passphrase where one is needed.
pub async fn open(profile: &Path) -> Result<Core> {
    open_with(profile, passphrase(profile)?).await
}

/// The passphrase of a profile that has one.
///
/// # Errors
/// When there is none to be had.
pub fn passphrase(profile: &Path) -> Result<Option<Zeroizing<String>>> {
    Ok(match Core::profile(profile)? {
        Profile::Kept(KeyKind::Passphrase) => Some(match from_environment()? {
            Some(passphrase) => passphrase,
            None if can_ask() => ask("Passphrase: ")?,
            None => return Err(Error::PassphraseNeeded.into()),
        }),
        Profile::Kept(KeyKind::Keyring | KeyKind::File) | Profile::Fresh => None,
    })
}

/// # Errors
/// See [`open`].
pub async fn open_with(profile: &Path, passphrase: Option<Zeroizing<String>>) -> Result<Core> {
    // A newer version may have to make the rows of each chat anew.
    let bar = Bar::new("Preparing the profile for this version");
    let opened =
        Core::open(profile, passphrase, Options { progress: bar.report(), ..Options::default() }).await;
    bar.clear();
    Ok(opened?)
}

/// # Errors
/// What [`Core::create`] may meet; no key chosen and nobody to ask.
pub async fn create(
    profile: &Path,
    name: String,
    relay: String,
    invite: Option<String>,
    key: Option<KeyChoice>,
) -> Result<Core> {
    let new = NewProfile { name, relay, invite, unlock: unlock(key)? };
    Ok(Core::create(profile, new, Options::default()).await?)
}

/// How an existing profile's key is kept from now on.
///
/// # Errors
/// Without a new passphrase where one was chosen.
pub fn unlock_anew(key: KeyChoice) -> Result<Unlock> {
    Ok(match key {
        KeyChoice::Keyring => Unlock::Keyring,
        KeyChoice::File => Unlock::File,
        KeyChoice::Passphrase => Unlock::Passphrase(match variable(NEW_PASSPHRASE)? {
            Some(passphrase) => passphrase,
            None if can_ask() => ask_twice()?,
            None => {
                let message = format!("set {NEW_PASSPHRASE}, or run in a terminal to be asked");
                return Err(Failure::new(Exit::Usage, "usage", message));
            }
        }),
    })
}

pub fn unlock(key: Option<KeyChoice>) -> Result<Unlock> {
    match key {
        Some(KeyChoice::Keyring) => Ok(Unlock::Keyring),
        Some(KeyChoice::File) => Ok(Unlock::File),
        Some(KeyChoice::Passphrase) | None => {
            if let Some(passphrase) = from_environment()? {
                return Ok(Unlock::Passphrase(passphrase));
            }
            if can_ask() {
                return ask_twice().map(Unlock::Passphrase);
            }
            if key.is_some() {
                return Err(Error::PassphraseNeeded.into());
            }
            let message = "choose where the key of the local database is kept: set BESEDA_PASSPHRASE (or run in a \
                terminal to be asked for a passphrase), or give --key keyring or --key file";
            Err(Failure::new(Exit::Usage, "key_not_chosen", message))
        }
    }
}

fn from_environment() -> Result<Option<Zeroizing<String>>> {
    variable(PASSPHRASE)
}

/// From a variable, or asked for at the terminal without showing it.
///
/// # Errors
/// When there is neither.
pub fn from_environment_or(name: &'static str, prompt: &str) -> Result<Zeroizing<String>> {
    match variable(name)? {
        Some(secret) => Ok(secret),
        None if can_ask() => ask(prompt),
        None => {
            Err(Failure::new(Exit::Usage, "usage", format!("set {name}, or run in a terminal to be asked")))
        }
    }
}

/// Asked for at the terminal.
///
/// # Errors
/// When there is none.
pub fn secret(prompt: &str) -> Result<Zeroizing<String>> {
    if can_ask() {
        return ask(prompt);
    }
    Err(Failure::new(
        Exit::Usage,
        "usage",
        "give the words with their places, or run in a terminal to be asked",
    ))
}

/// An empty variable counts as none: a passphrase protects nothing when it is empty.
fn variable(name: &'static str) -> Result<Option<Zeroizing<String>>> {
    match std::env::var(name) {
        Ok(passphrase) => Ok(Some(Zeroizing::new(passphrase)).filter(|passphrase| !passphrase.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::new(Exit::BadInput, "bad_text", format!("{name} is not UTF-8")))
        }
    }
}

/// The prompt is on the terminal itself: messages may come in over stdin, and results go out over stdout.
fn can_ask() -> bool {
    std::io::stdin().is_terminal() || std::io::stderr().is_terminal()
}

fn ask(prompt: &str) -> Result<Zeroizing<String>> {
    Ok(Zeroizing::new(rpassword::prompt_password(prompt)?))
}

fn ask_twice() -> Result<Zeroizing<String>> {
    let first = ask("Passphrase for this profile (without it the chats here cannot be read): ")?;
    if first.is_empty() {
        return Err(Failure::new(Exit::BadInput, "bad_text", "a passphrase cannot be empty"));
    }
    if *ask("The same again: ")? != *first {
        return Err(Failure::new(Exit::BadInput, "bad_text", "the two passphrases differ: start again"));
    }
    Ok(first)
}
