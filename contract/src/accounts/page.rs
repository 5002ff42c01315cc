//! A page of the window: what it has opened ends with it, also where it had no time to close anything.
//!
//! Not here: what else a page is told. Events go to all pages alike; whoever hands them on knows which page is which.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{AccountId, Accounts};
use crate::{
    ApiError,
    api::{CloseTimeline, Command as _, OpenTimeline},
};

/// Asks the accounts for one page.
pub struct Page {
    accounts: Arc<Accounts>,
    /// Timelines it has open; `None`: it has ended.
    open: Mutex<Option<BTreeSet<(AccountId, u32)>>>,
}

impl Page {
    #[must_use]
    pub fn of(accounts: Arc<Accounts>) -> Self {
        Self { accounts, open: Mutex::new(Some(BTreeSet::new())) }
    }

    /// # Errors
    /// Those of [`Accounts::call`].
    pub async fn call(
        &self,
        account: Option<&AccountId>,
        name: &str,
        arguments: Value,
    ) -> Result<Value, ApiError> {
        let closes = (name == CloseTimeline::NAME).then(|| timeline(&arguments)).flatten();
        let result = self.accounts.call(account, name, arguments).await?;
        let Some(account) = account else { return Ok(result) };
        if let (Some(closed), Some(open)) = (closes, self.open.lock().await.as_mut()) {
            open.remove(&(account.clone(), closed));
        }
        if name == OpenTimeline::NAME
            && let Some(opened) = timeline(&result)
        {
            self.opened(account, opened).await;
        }
        Ok(result)
    }

    async fn opened(&self, account: &AccountId, timeline: u32) {
        if let Some(open) = self.open.lock().await.as_mut() {
            open.insert((account.clone(), timeline));
            return;
        }
        // The page has gone while it was opened.
        self.close(account, timeline).await;
    }

    /// Nobody sees it any more: its timelines are closed, and nobody looks at their chats in it.
    pub async fn end(&self) {
        let open = self.open.lock().await.take();
        for (account, timeline) in open.into_iter().flatten() {
            self.close(&account, timeline).await;
        }
    }

    async fn close(&self, account: &AccountId, timeline: u32) {
        // An account that has left the window has taken its timelines along.
        let close = json!({ "timeline": timeline });
        let _ = self.accounts.call(Some(account), CloseTimeline::NAME, close).await;
    }
}

fn timeline(of: &Value) -> Option<u32> {
    u32::try_from(of.get("timeline")?.as_u64()?).ok()
}
