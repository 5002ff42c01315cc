//! How accounts come into the window and leave it, and what is left of them.

use std::{fs, path::Path};

use beseda_contract::{
    Code,
    accounts::AccountId,
    api::{
        BackUp, Restore, Unlock,
        window::{AddAccount, KeptAccount, ListAccounts, ListKeptAccounts, ShowAccount},
    },
    view::{KeyChoice, Start},
};
use beseda_core::{Core, Options};
use beseda_tests::world::Desk;

use super::{AWAY, create_group, only, titles, two};

async fn kept(desk: &Desk) -> Vec<AccountId> {
    let kept = desk.ask_window(ListKeptAccounts {}).await.unwrap().kept;
    kept.into_iter().map(|KeptAccount { account, .. }| account).collect()
}

async fn bring_back(desk: &Desk, account: &AccountId) -> Result<AccountId, Code> {
    let add = AddAccount { kept: Some(account.clone()) };
    desk.ask_window(add).await.map(|added| added.account).map_err(|error| error.code)
}

fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn who_is_in_the_window_is_known_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, work) = two(&desk).await;
    // A form that nobody has filled in: one is enough, and the next window does not have it.
    let fresh = desk.add().await;
    assert_eq!(desk.add().await, fresh);
    assert_eq!(desk.list().await, [home.clone(), work.clone(), fresh.clone()]);
    desk.close().await;

    let desk = Desk::open(dir.path());
    assert_eq!(desk.list().await, [home.clone(), work.clone()]);
    for (account, name) in [(&home, "Anna"), (&work, "Anna Karenina")] {
        let Start::Ready { me, .. } = desk.start(account).await else { panic!("{name} does not open") };
        assert_eq!(me.name, name);
    }
    desk.close().await;

    // A list that was damaged hides nobody.
    fs::write(dir.path().join("accounts.json"), "{").unwrap();
    let desk = Desk::open(dir.path());
    assert_eq!(desk.list().await, [home, work]);
    desk.close().await;
}

#[tokio::test]
async fn an_account_from_a_backup_is_there_after_a_restart_too() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, work) = two(&desk).await;
    let file = dir.path().join("work.beseda-backup").to_string_lossy().into_owned();
    let passphrase = "a long enough passphrase".to_owned();
    desk.ask(&work, BackUp { file: file.clone(), passphrase: passphrase.clone() }).await.unwrap();
    let fresh = desk.add().await;
    // A form that was sent and did not succeed is still the one to fill in.
    let restore = |passphrase: &str| Restore {
        file: file.clone(),
        passphrase: passphrase.to_owned(),
        key: KeyChoice::File,
    };
    assert!(desk.ask(&fresh, restore("another passphrase")).await.is_err());
    assert_eq!(desk.add().await, fresh);
    assert_eq!(desk.ask(&fresh, restore(&passphrase)).await.unwrap().name, "Anna Karenina");
    desk.close().await;

    let desk = Desk::open(dir.path());
    assert_eq!(desk.list().await, [home, work, fresh.clone()]);
    let Start::Ready { me, .. } = desk.start(&fresh).await else { panic!("it does not open") };
    assert_eq!(me.name, "Anna Karenina");
    assert_ne!(desk.add().await, fresh);
    desk.close().await;
}

#[tokio::test]
async fn the_window_comes_back_with_the_account_that_was_on_screen() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, work) = two(&desk).await;
    let show = async |desk: &Desk, account: &AccountId| {
        desk.ask_window(ShowAccount { account: account.clone() }).await.unwrap();
    };
    let shown = async |desk: &Desk| desk.ask_window(ListAccounts {}).await.unwrap().shown;
    show(&desk, &work).await;
    desk.close().await;

    let desk = Desk::open(dir.path());
    assert_eq!(shown(&desk).await, Some(work.clone()));
    show(&desk, &home).await;
    // One that is not made yet is not there to come back to.
    let fresh = desk.add().await;
    show(&desk, &fresh).await;
    desk.close().await;
    let desk = Desk::open(dir.path());
    assert_eq!(shown(&desk).await, Some(home));
    show(&desk, &work).await;
    desk.remove(&work, false).await.unwrap();
    assert_eq!(shown(&desk).await, None);
    desk.close().await;
}

#[tokio::test]
async fn one_account_leaves_no_list_behind() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    desk.make(&AccountId::home(), "Anna", AWAY, KeyChoice::File).await;
    desk.ask_window(ShowAccount { account: AccountId::home() }).await.unwrap();
    desk.close().await;
    assert_eq!(files(dir.path()), ["beseda.db", "key.json", "profile.lock"]);
}

#[tokio::test]
async fn taken_off_an_account_is_kept_and_can_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, work) = two(&desk).await;
    create_group(&desk, &work, "Team").await;
    assert_eq!(kept(&desk).await, []);
    assert_eq!(desk.remove(&work, false).await.unwrap(), only(&home));
    assert_eq!(desk.ask(&work, beseda_contract::api::ListChats {}).await.unwrap_err().code, Code::BadRequest);
    assert_eq!(kept(&desk).await, only(&work));
    // Nobody has it open: another program can.
    Core::open(&work.profile(dir.path()), None, Options::default()).await.unwrap().close().await;
    desk.close().await;

    let desk = Desk::open(dir.path());
    assert_eq!(desk.list().await, only(&home));
    assert_eq!(bring_back(&desk, &home).await, Err(Code::BadRequest), "it is in the window");
    assert_eq!(
        bring_back(&desk, &AccountId::new([9; 8])).await,
        Err(Code::BadRequest),
        "there is no such one"
    );
    assert_eq!(bring_back(&desk, &work).await, Ok(work.clone()));
    assert!(matches!(desk.start(&work).await, Start::Ready { .. }));
    assert_eq!(titles(&desk, &work).await, ["Team"]);
    desk.close().await;
    assert_eq!(Desk::open(dir.path()).list().await, [home, work]);
}

#[tokio::test]
async fn erased_an_account_is_gone_and_the_others_stay() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, work) = two(&desk).await;
    create_group(&desk, &work, "Team").await;
    // Somebody's own file in the directory they chose is not ours to delete.
    fs::write(dir.path().join("notes.txt"), "mine").unwrap();

    assert_eq!(desk.remove(&home, true).await.unwrap(), only(&work));
    assert_eq!(files(dir.path()), ["accounts", "accounts.json", "notes.txt"]);
    assert_eq!(kept(&desk).await, []);
    assert_eq!(titles(&desk, &work).await, ["Team"]);

    // After the last comes a fresh one.
    let fresh = desk.remove(&work, true).await.unwrap();
    assert_eq!(fresh, [AccountId::home()]);
    assert!(!work.profile(dir.path()).exists());
    assert!(matches!(desk.start(&fresh[0]).await, Start::Fresh { .. }));
    desk.make(&fresh[0], "Anna", AWAY, KeyChoice::File).await;
    desk.close().await;
    assert_eq!(Desk::open(dir.path()).list().await, [AccountId::home()]);
}

#[tokio::test]
async fn the_last_account_may_be_kept_too() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let home = AccountId::home();
    desk.make(&home, "Anna", AWAY, KeyChoice::File).await;
    let fresh = desk.remove(&home, false).await.unwrap();
    assert_eq!(fresh.len(), 1);
    assert_ne!(fresh[0], home, "its place is taken");
    desk.close().await;

    let desk = Desk::open(dir.path());
    let fresh = desk.list().await;
    assert_ne!(fresh, only(&home));
    assert_eq!(kept(&desk).await, only(&home));
    assert_eq!(bring_back(&desk, &home).await, Ok(home.clone()));
    assert_eq!(desk.remove(&fresh[0], false).await.unwrap(), only(&home));
    assert!(matches!(desk.start(&home).await, Start::Ready { .. }));
    desk.close().await;
}

#[tokio::test]
async fn what_another_program_has_open_is_not_erased() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, work) = two(&desk).await;
    desk.close().await;
    let elsewhere = Core::open(&work.profile(dir.path()), None, Options::default()).await.unwrap();

    let desk = Desk::open(dir.path());
    let Start::Broken { error, .. } = desk.start(&work).await else { panic!("it opens twice") };
    assert_eq!(error.code, Code::ProfileInUse);
    assert_eq!(desk.remove(&work, true).await.unwrap_err().code, Code::ProfileInUse);
    assert_eq!(desk.list().await, [home, work.clone()]);
    elsewhere.close().await;
    assert!(matches!(desk.start(&work).await, Start::Ready { .. }), "it stays, and opens when it can");
    desk.close().await;
}

#[tokio::test]
async fn an_account_that_is_being_asked_is_taken_off_when_it_has_answered() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, _) = two(&desk).await;
    let locked = desk.add().await;
    let passphrase = "correct horse".to_owned();
    desk.make(&locked, "Anna the third", AWAY, KeyChoice::Passphrase { passphrase: passphrase.clone() })
        .await;
    desk.close().await;

    let desk = Desk::open(dir.path());
    desk.start(&home).await;
    // Stretching a passphrase takes its time; the profile is in use meanwhile.
    let unlocking = desk.ask(&locked, Unlock { passphrase });
    let removing = desk.remove(&locked, true);
    let (unlocked, removed) = tokio::join!(biased; unlocking, removing);
    assert_eq!(unlocked.unwrap().name, "Anna the third");
    assert!(!removed.unwrap().contains(&locked));
    assert!(!locked.profile(dir.path()).exists());
    assert_eq!(titles(&desk, &home).await, [""; 0]);
    desk.close().await;
}

#[tokio::test]
async fn a_profile_that_was_half_erased_can_be_erased_again() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let (home, work) = two(&desk).await;
    desk.close().await;
    // The machine stopped when the key was gone, and the list not yet written.
    fs::remove_file(work.profile(dir.path()).join("key.json")).unwrap();

    let desk = Desk::open(dir.path());
    assert_eq!(desk.list().await, [home.clone(), work.clone()]);
    assert!(matches!(desk.start(&work).await, Start::Broken { .. }));
    assert_eq!(desk.remove(&work, true).await.unwrap(), [home]);
    assert!(!work.profile(dir.path()).exists());
    desk.close().await;
}
