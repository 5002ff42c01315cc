//! A window without a screen: what the page of the desktop app asks its accounts, and what it is told.

use std::{path::Path, sync::Arc};

use beseda_contract::{
    ApiError, Batch, Event,
    accounts::{AccountId, Accounts, Config},
    api::{
        Command, CreateAccount, GetStart,
        window::{AddAccount, ListAccounts, RemoveAccount},
    },
    view::{KeyChoice, Me, Start},
};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use super::ENDLESS;

pub struct Desk {
    pub accounts: Arc<Accounts>,
    batches: UnboundedReceiver<Batch>,
    /// Everything that was told, in order.
    pub told: Vec<(AccountId, Event)>,
}

impl Desk {
    /// Opens the window whose directory is `home`; its accounts are not started.
    #[must_use]
    pub fn open(home: &Path) -> Self {
        let config = Config { home: home.to_owned(), version: "test".to_owned(), relay: None };
        let accounts = Accounts::new(config);
        let batches = accounts.subscribe();
        Self { accounts, batches, told: vec![] }
    }

    /// # Errors
    /// Those of the command.
    pub async fn ask<C: Command>(&self, account: &AccountId, command: C) -> Result<C::Result, ApiError> {
        let answer = self.accounts.call(Some(account), C::NAME, arguments(&command)).await?;
        Ok(serde_json::from_value(answer).unwrap())
    }

    /// # Errors
    /// Those of the command.
    pub async fn ask_window<C: Command>(&self, command: C) -> Result<C::Result, ApiError> {
        let answer = self.accounts.call(None, C::NAME, arguments(&command)).await?;
        Ok(serde_json::from_value(answer).unwrap())
    }

    pub async fn list(&self) -> Vec<AccountId> {
        self.ask_window(ListAccounts {}).await.unwrap().accounts
    }

    pub async fn add(&self) -> AccountId {
        self.ask_window(AddAccount { kept: None }).await.unwrap().account
    }

    /// # Errors
    /// Those of the command.
    pub async fn remove(&self, account: &AccountId, erase: bool) -> Result<Vec<AccountId>, ApiError> {
        let remove = RemoveAccount { account: account.clone(), erase };
        Ok(self.ask_window(remove).await?.accounts)
    }

    pub async fn start(&self, account: &AccountId) -> Start {
        self.ask(account, GetStart {}).await.unwrap()
    }

    /// Makes the person of a fresh account.
    pub async fn make(&self, account: &AccountId, name: &str, relay: &str, key: KeyChoice) -> Me {
        let (name, relay) = (name.to_owned(), relay.to_owned());
        self.ask(account, CreateAccount { name, relay, invite: None, key }).await.unwrap()
    }

    /// Listens until somebody has said what fits.
    pub async fn hears(&mut self, what: &str, fits: impl Fn(&AccountId, &Event) -> bool) {
        let mut heard = 0;
        loop {
            while let Some((account, event)) = self.told.get(heard) {
                if fits(account, event) {
                    return;
                }
                heard += 1;
            }
            let batch = tokio::time::timeout(ENDLESS, self.batches.recv()).await;
            let batch = batch.unwrap_or_else(|_| panic!("nobody says {what}")).expect("the window is open");
            self.told.extend(batch.events.into_iter().map(|event| (batch.account.clone(), event)));
        }
    }

    pub async fn close(self) {
        self.accounts.close().await;
    }
}

fn arguments<C: Command>(command: &C) -> Value {
    serde_json::to_value(command).unwrap()
}
