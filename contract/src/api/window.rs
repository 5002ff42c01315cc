//! Commands of the window itself: which accounts are in it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Command, Done, run};
use crate::{
    ApiError, Code,
    accounts::{AccountId, Accounts},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountList {
    /// In the order in which the window shows them; never empty.
    pub accounts: Vec<AccountId>,
    /// The one of them that was on screen last.
    pub shown: Option<AccountId>,
}

/// An account of this directory that is not in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeptAccount {
    pub account: AccountId,
    /// When its database was last written; 0: unknown.
    #[ts(type = "number")]
    pub used_at: i64,
}

/// The one used last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeptAccounts {
    pub kept: Vec<KeptAccount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AddedAccount {
    pub account: AccountId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WindowSettings {
    pub close_to_tray: bool,
    /// There is a tray now: without one, closing ends the app.
    pub tray: bool,
}

commands! { Accounts:
    "accounts" ListAccounts {} -> AccountList;
    /// The account is on screen, and will be when the window opens next.
    "show_account" ShowAccount { account: AccountId } -> Done;
    /// Accounts that were taken off the window and are still here.
    "kept_accounts" ListKeptAccounts {} -> KeptAccounts;
    /// A new one, which is fresh until somebody makes it, or one that was kept.
    "add_account" AddAccount { kept: Option<AccountId> } -> AddedAccount;
    /// Off this window. Its data stays where it is, or is deleted for good. After the last one comes a fresh one.
    "remove_account" RemoveAccount { account: AccountId, erase: bool } -> AccountList;
    "window_settings" GetWindowSettings {} -> WindowSettings;
    "set_close_to_tray" SetCloseToTray { on: bool } -> Done;
    /// The language of the page, for what the shell says itself: a tag like `ru`, at most 35 characters.
    "set_language" SetLanguage { language: String } -> Done;
}
