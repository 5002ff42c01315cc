//! The two doors between the page and the app: calls in, events out.

use std::sync::{Arc, Mutex, PoisonError};

use beseda_contract::{
    ApiError, Batch,
    accounts::{AccountId, Accounts},
};
use serde_json::Value;
use tauri::{State, async_runtime::JoinHandle, ipc::Channel};

/// The task that carries events to the page that subscribed last.
#[derive(Default)]
pub struct Pump(Mutex<Option<JoinHandle<()>>>);

/// Runs one command of the contract, for an account or, without one, for the window.
///
/// # Errors
/// Those of [`Accounts::call`].
#[tauri::command]
pub async fn call(
    accounts: State<'_, Arc<Accounts>>,
    account: Option<AccountId>,
    name: String,
    arguments: Value,
) -> Result<Value, ApiError> {
    let result = accounts.call(account.as_ref(), &name, arguments).await;
    if let Err(error) = &result {
        // The message may name a chat or quote a link: the code is enough here.
        tracing::info!(command = name, code = ?error.code, "a command failed");
    }
    result
}

/// Sends batches of events through `channel` from now on.
#[tauri::command]
pub async fn subscribe(
    accounts: State<'_, Arc<Accounts>>,
    pump: State<'_, Pump>,
    channel: Channel<Batch>,
) -> Result<(), ApiError> {
    let mut batches = accounts.subscribe();
    let task = tauri::async_runtime::spawn(async move {
        while let Some(batch) = batches.recv().await {
            if let Err(error) = channel.send(batch) {
                tracing::warn!(%error, "the page takes no events");
                return;
            }
        }
    });
    // A page that was loaded anew subscribes again; its old channel does not fail, it would be fed for ever.
    let before = pump.0.lock().unwrap_or_else(PoisonError::into_inner).replace(task);
    if let Some(before) = before {
        before.abort();
    }
    Ok(())
}
