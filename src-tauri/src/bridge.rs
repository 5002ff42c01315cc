//! The two doors between a page and the app: calls in, events out. Each window has one page.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use beseda_contract::{
    ApiError, Batch,
    accounts::{AccountId, Accounts, Page},
};
use serde_json::Value;
use tauri::{
    AppHandle, Manager as _, State, WebviewWindow,
    async_runtime::{self, JoinHandle},
    ipc::Channel,
};

use crate::chat_windows::ChatWindows;

/// A page that has subscribed.
struct Door {
    page: Arc<Page>,
    channel: Channel<Batch>,
    /// Carries events to it.
    pump: JoinHandle<()>,
}

/// The pages, by the labels of their windows.
#[derive(Default)]
pub struct Pages(Mutex<HashMap<String, Door>>);

impl Pages {
    fn all<T>(&self, with: impl FnOnce(&mut HashMap<String, Door>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn of(&self, label: &str) -> Option<Arc<Page>> {
        self.all(|all| all.get(label).map(|door| Arc::clone(&door.page)))
    }

    /// Tells this page alone; whether there is one that listens.
    pub fn tell(&self, label: &str, batch: Batch) -> bool {
        let channel = self.all(|all| all.get(label).map(|door| door.channel.clone()));
        channel.is_some_and(|channel| channel.send(batch).is_ok())
    }

    /// The page of this window is gone.
    pub fn end(&self, label: &str) {
        if let Some(door) = self.all(|all| all.remove(label)) {
            end(door);
        }
    }
}

fn end(door: Door) {
    door.pump.abort();
    async_runtime::spawn(async move { door.page.end().await });
}

/// Runs one command of the contract, for an account or, without one, for the window.
///
/// # Errors
/// Those of [`Accounts::call`].
#[tauri::command]
pub async fn call(
    window: WebviewWindow,
    accounts: State<'_, Arc<Accounts>>,
    pages: State<'_, Pages>,
    account: Option<AccountId>,
    name: String,
    arguments: Value,
) -> Result<Value, ApiError> {
    let result = match pages.of(window.label()) {
        Some(page) => page.call(account.as_ref(), &name, arguments).await,
        // A page asks which accounts there are while it subscribes.
        None => accounts.call(account.as_ref(), &name, arguments).await,
    };
    if let Err(error) = &result {
        // The message may name a chat or quote a link: the code is enough here.
        tracing::info!(command = name, code = ?error.code, "a command failed");
    }
    result
}

/// Sends batches of events through `channel` from now on.
#[tauri::command]
pub async fn subscribe(
    app: AppHandle,
    window: WebviewWindow,
    accounts: State<'_, Arc<Accounts>>,
    pages: State<'_, Pages>,
    channel: Channel<Batch>,
) -> Result<(), ApiError> {
    let mut batches = accounts.subscribe();
    let (label, out) = (window.label().to_owned(), channel.clone());
    let pump = async_runtime::spawn(async move {
        while let Some(batch) = batches.recv().await {
            let Some(batch) = app.state::<ChatWindows>().for_page(&label, batch) else { continue };
            if let Err(error) = out.send(batch) {
                tracing::warn!(%error, "the page takes no events");
                return;
            }
        }
    });
    let page = Arc::new(Page::of(Arc::clone(&accounts)));
    // A page that was loaded anew subscribes again. Its old channel does not fail, it would be fed for ever; and what the page
    // had open before would be taken for looked at.
    if let Some(before) = pages.all(|all| all.insert(window.label().to_owned(), Door { page, channel, pump }))
    {
        end(before);
    }
    Ok(())
}
