//! What the accounts say, to whoever listens: batches under the account's id, what the person is to be told outside the
//! window, and what is unread in all of them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::{mpsc, watch};

use super::AccountId;
use crate::{Batch, Event, api::Totals, notices::Step};

/// What an account has to show and to take away outside the window.
pub type Steps = (AccountId, Vec<Step>);

#[derive(Default)]
pub struct Told {
    subscribers: Mutex<Vec<mpsc::UnboundedSender<Batch>>>,
    notified: Mutex<Vec<mpsc::UnboundedSender<Steps>>>,
    unread: Mutex<BTreeMap<AccountId, Totals>>,
    all: watch::Sender<Totals>,
}

impl Told {
    pub fn subscribe(&self) -> mpsc::UnboundedReceiver<Batch> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    pub fn totals(&self) -> watch::Receiver<Totals> {
        self.all.subscribe()
    }

    pub fn notices(&self) -> mpsc::UnboundedReceiver<Steps> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.notified.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    pub fn notify(&self, account: &AccountId, steps: &[Step]) {
        self.notified
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|listener| listener.send((account.clone(), steps.to_vec())).is_ok());
    }

    pub fn take(&self, account: &AccountId, events: Vec<Event>) {
        let totals = events.iter().rev().find_map(|event| match event {
            Event::Totals { totals } => Some(*totals),
            _ => None,
        });
        if let Some(totals) = totals {
            self.count(|unread| unread.insert(account.clone(), totals));
        }
        let batch = Batch { account: account.clone(), events };
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|subscriber| subscriber.send(batch.clone()).is_ok());
    }

    /// It is no longer open, or no longer in the window.
    pub fn forget(&self, account: &AccountId) {
        self.count(|unread| unread.remove(account));
    }

    fn count(&self, change: impl FnOnce(&mut BTreeMap<AccountId, Totals>) -> Option<Totals>) {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut unread);
        let all = unread.values().fold(Totals::default(), |all, one| Totals {
            unread: all.unread.saturating_add(one.unread),
            mentions: all.mentions.saturating_add(one.mentions),
        });
        self.all.send_if_modified(|told| std::mem::replace(told, all) != all);
    }
}
