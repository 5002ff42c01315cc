//! For the day on which all devices are lost: the recovery words, the backup file, and a profile made of either.

use std::path::Path;

use beseda_core::{ASKED_BACK, Core, Options, recovering::Recovering};
use serde_json::json;

use super::account;
use crate::{
    arguments::{KeyChoice, Recovery},
    failure::{Exit, Failure, Result},
    output::Output,
    profile,
};

const WORDS: &str = "BESEDA_WORDS";
const FILE_PASSPHRASE: &str = "BESEDA_BACKUP_PASSPHRASE";

/// # Errors
/// What the command meets.
pub async fn run(core: &Core, command: Recovery, out: &mut Output) -> Result<()> {
    match command {
        Recovery::Words => {
            let words = core.recovery_words().await?;
            out.remark("Write these down on paper, in this order, and keep them where nobody else looks. With them, and only")?;
            out.remark("with them, you get your account and all chats back when every device is lost. Then: beseda recovery keep")?;
            for (n, word) in (1..).zip(words.split(' ')) {
                out.result(&json!({ "place": n, "word": word }), &format!("{n:>2}  {word}"))?;
            }
            Ok(())
        }
        Recovery::Keep { words } => {
            let said = if words.is_empty() { ask_back()? } else { words };
            core.keep_words(&said).await?;
            out.result(
                &json!({ "kept": true }),
                "Right. From now on the words are on your paper only: no device shows them again.",
            )
        }
        Recovery::Status => {
            let kept = core.words_kept().await?;
            let text = if kept {
                "The recovery words are on your paper."
            } else {
                "The recovery words were not written down yet: beseda recovery words"
            };
            out.result(&json!({ "kept": kept }), text)
        }
    }
}

/// Three places, asked for at the terminal.
fn ask_back() -> Result<Vec<(usize, String)>> {
    // Any will do: whoever can choose them has the paper.
    let places = [4, 11, 20];
    debug_assert_eq!(places.len(), ASKED_BACK);
    places
        .into_iter()
        .map(|place| Ok((place, profile::secret(&format!("Word {place}: "))?.trim().to_owned())))
        .collect()
}

/// `4=harbour`.
///
/// # Errors
/// A sentence for the person.
pub fn placed(text: &str) -> std::result::Result<(usize, String), String> {
    let (place, word) = text.split_once('=').ok_or("write a word with its place, like 4=harbour")?;
    let place = place.trim().parse().map_err(|_| format!("{place} is no place from 1 to 24"))?;
    Ok((place, word.trim().to_owned()))
}

/// # Errors
/// Words that say nothing, a relay without a backup for them, what the choice of a key may meet.
pub async fn recover(
    directory: &Path,
    relay: &str,
    invite: Option<&str>,
    key: Option<KeyChoice>,
    out: &mut Output,
) -> Result<()> {
    if Core::profile(directory)? != beseda_core::Profile::Fresh {
        return Err(beseda_core::Error::AccountExists.into());
    }
    let words = profile::from_environment_or(WORDS, "The 24 recovery words: ")?;
    let recovering = Recovering::begin(&words, relay, invite)?;
    let unlock = profile::unlock(key)?;
    let options = Options::default();
    let recovered = recovering.fetch((options.clock)()).await?;
    let chats = recovered.chats();
    let core = Core::recover(directory, recovered, unlock, options).await?;
    out.remark(&format!("The words are right. Coming back into {chats} chats."))?;
    out.flush()?;
    let ended = core.sync().await;
    let told = account::whoami(&core, directory, out).await;
    core.close().await;
    ended?;
    out.flush().and(told)
}

/// # Errors
/// A file that exists already, a passphrase that is too short, a full disk.
pub async fn back_up(core: &Core, file: &Path, out: &mut Output) -> Result<()> {
    let passphrase = profile::from_environment_or(FILE_PASSPHRASE, "Passphrase for the backup: ")?;
    core.back_up(file, &passphrase).await?;
    let bytes = std::fs::metadata(file)?.len();
    let shown = file.display().to_string();
    out.result(
        &json!({ "file": shown, "bytes": bytes }),
        &format!("Everything this profile holds is in {shown}, under that passphrase."),
    )
}

/// # Errors
/// A file that is no backup, another passphrase, what the choice of a key may meet.
pub async fn restore(directory: &Path, file: &Path, key: Option<KeyChoice>, out: &mut Output) -> Result<()> {
    if !file.exists() {
        return Err(Failure::new(
            Exit::BadInput,
            "not_a_backup",
            format!("there is no file {}", file.display()),
        ));
    }
    let passphrase = profile::from_environment_or(FILE_PASSPHRASE, "Passphrase of the backup: ")?;
    let unlock = profile::unlock(key)?;
    let core = Core::restore(directory, file, &passphrase, unlock, Options::default()).await?;
    out.remark("All that was in the backup is here. It comes back into its chats with `beseda sync`.")?;
    let told = account::whoami(&core, directory, out).await;
    core.close().await;
    out.flush().and(told)
}
