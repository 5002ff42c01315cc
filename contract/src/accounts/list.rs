//! Which accounts are in the window, on disk: `accounts.json` in the window's own directory, with the ids in the order of
//! the switcher, and which one was on screen. Without that file there is one account, the profile of the directory itself.
//!
//! Names are not in it: who somebody is stays in the encrypted databases.

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    str::FromStr,
    time::UNIX_EPOCH,
};

use beseda_core::{Core, Profile, store};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use ts_rs::TS;

const FILE: &str = "accounts.json";
const FRESH_FILE: &str = "accounts.json.new";
/// Where the profiles of added accounts are, each in a directory called by its id.
const ADDED: &str = "accounts";
const HOME: &str = "home";

/// Names an account within one window's directory: `home`, or 16 hexadecimal digits. Nothing else, since it becomes a
/// path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[ts(type = "string")]
pub struct AccountId(String);

#[derive(Debug, thiserror::Error)]
#[error("an account is called `home`, or by 16 hexadecimal digits")]
pub struct NotAnAccount;

impl AccountId {
    /// The profile that the window was opened with.
    #[must_use]
    pub fn home() -> Self {
        Self(HOME.to_owned())
    }

    #[must_use]
    pub fn new(random: [u8; 8]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Directory of the profile, in that of the window.
    #[must_use]
    pub fn profile(&self, home: &Path) -> PathBuf {
        if self.0 == HOME { home.to_owned() } else { home.join(ADDED).join(&self.0) }
    }
}

impl FromStr for AccountId {
    type Err = NotAnAccount;

    fn from_str(text: &str) -> Result<Self, NotAnAccount> {
        let digits = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits || text == HOME { Ok(Self(text.to_owned())) } else { Err(NotAnAccount) }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
struct File {
    v: u16,
    #[serde(flatten)]
    list: List,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    pub accounts: Vec<AccountId>,
    /// The one that was on screen last.
    pub shown: Option<AccountId>,
}

/// What the file says.
#[derive(Debug, PartialEq, Eq)]
enum Listed {
    /// There is none.
    Absent,
    These(List),
    /// It cannot be read, or is not a list.
    Damaged,
}

fn read(home: &Path) -> Listed {
    match fs::read(home.join(FILE)) {
        Ok(bytes) => match serde_json::from_slice::<File>(&bytes) {
            Ok(file) => Listed::These(file.list),
            Err(_) => Listed::Damaged,
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Listed::Absent,
        Err(_) => Listed::Damaged,
    }
}

/// What the window opens with: those of the list that are here. A list that cannot be read hides nobody. May be empty.
fn of_these(listed: Listed, here: &[AccountId]) -> List {
    let listed = match listed {
        Listed::Absent => List { accounts: vec![AccountId::home()], shown: None },
        Listed::These(listed) => listed,
        Listed::Damaged => List { accounts: here.to_vec(), shown: None },
    };
    let mut accounts = Vec::new();
    for id in listed.accounts {
        if here.contains(&id) && !accounts.contains(&id) {
            accounts.push(id);
        }
    }
    List { shown: listed.shown.filter(|shown| accounts.contains(shown)), accounts }
}

/// What the window opens with.
pub fn opening(home: &Path) -> List {
    let listed = read(home);
    if listed == Listed::Damaged {
        tracing::warn!("the list of accounts cannot be read: all that are here are shown");
    }
    of_these(listed, &here(home))
}

/// Accounts whose profiles lie in the directory, in the window or not; also those that cannot be opened.
pub fn here(home: &Path) -> Vec<AccountId> {
    let names = fs::read_dir(home.join(ADDED)).into_iter().flatten().flatten();
    let mut added: Vec<AccountId> =
        names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    added.retain(|id| *id != AccountId::home());
    added.sort();
    added.insert(0, AccountId::home());
    added.retain(|id| !matches!(Core::profile(&id.profile(home)), Ok(Profile::Fresh)));
    added
}

/// When the database of an account was last written, in milliseconds since 1970; 0: unknown.
pub fn used_at(home: &Path, id: &AccountId) -> i64 {
    let database = store::database(&id.profile(home));
    let mut log = database.clone().into_os_string();
    log.push("-wal");
    let written = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    let at = written(&database).max(written(Path::new(&log)));
    let since = at.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or_default()
}

/// Makes this the list. It is the old one or the new one, whenever the machine stops.
///
/// # Errors
/// When it cannot be written: the old one stands.
pub fn write(home: &Path, list: List) -> io::Result<()> {
    // Who has one account finds nothing new in the directory.
    if list.accounts == [AccountId::home()] && !home.join(FILE).exists() {
        return Ok(());
    }
    make_private(home)?;
    let bytes = serde_json::to_vec(&File { v: 1, list })?;
    let fresh = home.join(FRESH_FILE);
    let mut file = fs::File::create(&fresh)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&fresh, home.join(FILE))?;
    // Elsewhere a directory cannot be opened, and a rename needs no such help.
    #[cfg(unix)]
    fs::File::open(home)?.sync_all()?;
    Ok(())
}

/// Makes the directory of an account, for its owner only.
///
/// # Errors
/// When it cannot be made.
pub fn make_dir(home: &Path, id: &AccountId) -> io::Result<()> {
    make_private(&id.profile(home))
}

/// Takes away what an erased profile leaves of its directory, if that is all there is in it.
pub fn drop_dir(home: &Path, id: &AccountId) {
    // The window's own directory holds its list, and may be one that the person chose.
    if *id != AccountId::home()
        && let Err(error) = fs::remove_dir(id.profile(home))
    {
        tracing::info!(%error, "the directory of an erased account stays");
    }
}

pub(super) fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> AccountId {
        AccountId::new([n; 8])
    }

    #[test]
    fn an_account_is_never_a_path_out_of_the_directory() {
        for text in ["home", "0123456789abcdef"] {
            assert_eq!(text.parse::<AccountId>().unwrap().to_string(), text);
        }
        for text in
            ["", "..", "../../etc", "0123456789abcde", "0123456789ABCDEF", "0123456789abcdef/x", "/tmp"]
        {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
            assert!(serde_json::from_str::<AccountId>(&format!("{text:?}")).is_err(), "{text}");
        }
        assert_eq!(AccountId::home().profile(Path::new("/p")), Path::new("/p"));
        assert_eq!(id(7).profile(Path::new("/p")), Path::new("/p/accounts/0707070707070707"));
    }

    #[test]
    fn the_window_opens_with_what_is_listed_and_here() {
        let here = [AccountId::home(), id(1), id(2)];
        let these = |accounts: &[AccountId], shown: Option<AccountId>| {
            Listed::These(List { accounts: accounts.to_vec(), shown })
        };
        assert_eq!(of_these(Listed::Absent, &here).accounts, [AccountId::home()]);
        assert_eq!(of_these(Listed::Absent, &here[1..]), List::default());
        let listed = these(&[id(2), id(9), AccountId::home(), id(2)], Some(id(2)));
        let opened = List { accounts: vec![id(2), AccountId::home()], shown: Some(id(2)) };
        assert_eq!(of_these(listed, &here), opened);
        assert_eq!(of_these(these(&here, Some(id(9))), &here).shown, None);
        assert_eq!(of_these(these(&[], None), &here), List::default());
        assert_eq!(of_these(Listed::Damaged, &here).accounts, here, "nobody is lost with the list");
    }

    #[test]
    fn the_list_is_read_as_it_was_written_and_damage_is_noticed() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(read(home.path()), Listed::Absent);
        let list = |accounts: &[AccountId], shown| List { accounts: accounts.to_vec(), shown };
        write(home.path(), list(&[AccountId::home()], Some(AccountId::home()))).unwrap();
        assert_eq!(read(home.path()), Listed::Absent, "one account needs no list");
        let home_too = [id(2), AccountId::home()];
        for list in [list(&home_too, Some(id(2))), list(&home_too[1..], None), List::default()] {
            write(home.path(), list.clone()).unwrap();
            assert_eq!(read(home.path()), Listed::These(list));
        }
        fs::write(home.path().join(FILE), r#"{"v":1,"accounts":["home"],"of_later":1}"#).unwrap();
        assert_eq!(read(home.path()), Listed::These(list(&home_too[1..], None)));
        for damage in ["", "{", r#"{"v":1,"accounts":["../x"]}"#, r#"{"v":1,"accounts":"home"}"#] {
            fs::write(home.path().join(FILE), damage).unwrap();
            assert_eq!(read(home.path()), Listed::Damaged, "{damage}");
        }
    }

    #[test]
    fn a_list_that_cannot_be_written_leaves_the_old_one() {
        let home = tempfile::tempdir().unwrap();
        let list = |id| List { accounts: vec![id], shown: None };
        write(home.path(), list(id(1))).unwrap();
        // In the way of the new file.
        fs::create_dir(home.path().join(FRESH_FILE)).unwrap();
        assert!(write(home.path(), list(id(2))).is_err());
        assert_eq!(read(home.path()), Listed::These(list(id(1))));
    }
}
