//! Chats in windows of their own: which there are, how each opens, comes to the front and closes. Their pages are pages of
//! this process like the main one, with the same accounts behind them.
//!
//! Not here: what such a page shows (`ui/`). They are not opened again at the next start; where each was is kept.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use beseda_contract::{ApiError, Batch, Code, Event, OpenAt, accounts::AccountId};
use tauri::{AppHandle, Manager as _, State, WebviewUrl, WebviewWindow};

use crate::{bridge::Pages, profile::Profile, window};

/// What their labels begin with; the capability of their pages names it.
const LABEL: &str = "chat-";
const SIZE: (f64, f64) = (560.0, 700.0);
const MIN_SIZE: (f64, f64) = (360.0, 420.0);
/// A page that hangs must not keep its window open.
const CLOSE_WITHIN: Duration = Duration::from_secs(3);
/// Longest name of a chat, in bytes.
const CHAT_BYTES: usize = 64;

/// A chat of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    account: AccountId,
    /// Its id, or what stands for one: letters and digits.
    chat: String,
}

/// Which window shows which chat, by the window's label. The main one is not among them.
#[derive(Default)]
pub struct ChatWindows(Mutex<BTreeMap<String, Shown>>);

impl ChatWindows {
    fn all<T>(&self, with: impl FnOnce(&mut BTreeMap<String, Shown>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The window that shows this chat alone.
    pub fn label_of(&self, account: &AccountId, chat: &str) -> Option<String> {
        let shows = |shown: &Shown| shown.account == *account && shown.chat == chat;
        self.all(|all| all.iter().find(|(_, shown)| shows(shown)).map(|(label, _)| label.clone()))
    }

    /// The label of a new window for a chat, or of the one that is there. `taken`: labels of windows that are closing.
    fn reserve(&self, shown: Shown, taken: impl Fn(&str) -> bool) -> Reserved {
        self.all(|all| {
            if let Some((label, _)) = all.iter().find(|(_, there)| **there == shown) {
                return Reserved::There(label.clone());
            }
            // Not the id itself: the label names the window in a file that is not encrypted.
            let hash = blake3::hash(format!("{}/{}", shown.account, shown.chat).as_bytes()).to_hex();
            let label = format!("{LABEL}{}", &hash[..16]);
            let numbered = (2..).map(|n| format!("{label}-{n}"));
            let free = |one: &String| !all.contains_key(one) && !taken(one);
            let label = std::iter::once(label.clone()).chain(numbered).find(free).unwrap_or(label);
            all.insert(label.clone(), shown);
            Reserved::New(label)
        })
    }

    /// It shows nothing any more.
    pub fn forget(&self, label: &str) {
        self.all(|all| all.remove(label));
    }

    /// What of a batch the page of this window is to hear: one of a chat hears of its account alone, and where a person
    /// wants to be taken hears only the page that takes them there.
    pub fn for_page(&self, label: &str, mut batch: Batch) -> Option<Batch> {
        let of = self.all(|all| all.get(label).map(|shown| shown.account.clone()));
        match of {
            // It is closing.
            None if !window::is_main(label) => return None,
            Some(account) if account != batch.account => return None,
            _ => {}
        }
        let account = batch.account.clone();
        batch.events.retain(|event| match event {
            Event::Open { at } => self.taker(&account, at.as_ref()) == label,
            _ => true,
        });
        (!batch.events.is_empty()).then_some(batch)
    }

    /// The window to which a person is taken who wants to be there.
    pub fn taker(&self, account: &AccountId, at: Option<&OpenAt>) -> String {
        at.and_then(|at| self.label_of(account, &at.chat)).unwrap_or_else(|| window::MAIN.to_owned())
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Reserved {
    There(String),
    New(String),
}

/// Opens a chat in a window of its own, or brings the one to the front that is there.
///
/// # Errors
/// [`Code::BadRequest`] where that is no chat's name; when the webview cannot be made.
#[tauri::command]
pub async fn open_chat_window(
    app: AppHandle,
    windows: State<'_, ChatWindows>,
    account: AccountId,
    chat: String,
) -> Result<(), ApiError> {
    // It becomes part of an address.
    if chat.is_empty() || chat.len() > CHAT_BYTES || !chat.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ApiError::new(Code::BadRequest, "that is no chat"));
    }
    let page = format!("index.html?account={account}&chat={chat}");
    let label =
        match windows.reserve(Shown { account, chat }, |label| app.get_webview_window(label).is_some()) {
            Reserved::There(label) => {
                window::bring_to_front(&app, &label);
                return Ok(());
            }
            Reserved::New(label) => label,
        };
    let profile = app.state::<Profile>();
    let built = window::page(&app, &profile, &label, WebviewUrl::App(page.into()))
        .title(&app.package_info().name)
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(MIN_SIZE.0, MIN_SIZE.1)
        // The page knows when the chat may be named: not while the app is locked.
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::warn!(%error, "the title of a window stays as it was");
            }
        })
        .build()
        .and_then(|window| window::attend(&window));
    built.map_err(|error| {
        windows.forget(&label);
        ApiError::new(Code::Internal, error.to_string())
    })
}

/// The chat of this window has got another id.
///
/// # Errors
/// [`Code::BadRequest`] where the window shows no chat alone.
#[tauri::command]
pub fn chat_moved(
    window: WebviewWindow,
    windows: State<'_, ChatWindows>,
    chat: String,
) -> Result<(), ApiError> {
    windows.all(|all| match all.get_mut(window.label()) {
        Some(shown) => {
            shown.chat = chat;
            Ok(())
        }
        None => Err(no_chat_window()),
    })
}

/// Takes the person to a chat: in its own window, or in the main one.
#[tauri::command]
pub fn show_chat(app: AppHandle, account: AccountId, at: OpenAt) {
    window::take_to(&app, &account, Some(at));
}

/// Closes the window of the page that asks: it has stored what there was to store.
///
/// # Errors
/// [`Code::BadRequest`] where the window shows no chat alone.
#[tauri::command]
pub fn close_chat_window(window: WebviewWindow) -> Result<(), ApiError> {
    if window::is_main(window.label()) {
        return Err(no_chat_window());
    }
    window.destroy().map_err(|error| ApiError::new(Code::Internal, error.to_string()))
}

fn no_chat_window() -> ApiError {
    ApiError::new(Code::BadRequest, "this window shows more than one chat")
}

/// The person closes such a window: gone for them at once, and for good when its page has stored what it holds.
pub fn close(app: &AppHandle, label: &str) {
    let Some(window) = app.get_webview_window(label) else { return };
    let windows = app.state::<ChatWindows>();
    let account = windows.all(|all| all.remove(label)).map(|shown| shown.account);
    if let Err(error) = window.hide() {
        tracing::debug!(%error, "a window that closes stays on screen until it is closed");
    }
    let asked = account.is_some_and(|account| {
        app.state::<Pages>().tell(label, Batch { account, events: vec![Event::Close] })
    });
    tauri::async_runtime::spawn(async move {
        if asked {
            tokio::time::sleep(CLOSE_WITHIN).await;
        }
        // Usually its page has closed it by now.
        let _ = window.destroy();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(byte: u8) -> AccountId {
        AccountId::new([byte; 8])
    }

    fn shown(byte: u8, chat: &str) -> Shown {
        Shown { account: account(byte), chat: chat.to_owned() }
    }

    fn opened(windows: &ChatWindows, of: Shown) -> String {
        match windows.reserve(of, |_| false) {
            Reserved::New(label) => label,
            Reserved::There(label) => panic!("{label} is there already"),
        }
    }

    #[test]
    fn a_chat_has_one_window_and_its_label_tells_nothing() {
        let windows = ChatWindows::default();
        let label = opened(&windows, shown(1, "c0ffee"));
        assert!(label.starts_with(LABEL) && !label.contains("c0ffee"));
        assert_eq!(windows.reserve(shown(1, "c0ffee"), |_| false), Reserved::There(label.clone()));
        // The same chat seen by another account is another one.
        assert_ne!(opened(&windows, shown(2, "c0ffee")), label);
    }

    #[test]
    fn a_chat_that_is_opened_while_its_window_closes_gets_another_one() {
        let windows = ChatWindows::default();
        let first = opened(&windows, shown(1, "a"));
        windows.forget(&first);
        let closing = |label: &str| label == first;
        let Reserved::New(second) = windows.reserve(shown(1, "a"), closing) else { panic!() };
        assert_ne!(second, first);
    }

    #[test]
    fn each_page_hears_what_is_for_it() {
        let windows = ChatWindows::default();
        let trip = opened(&windows, shown(1, "trip"));
        let hears = |label: &str, of: u8, event: Event| {
            windows.for_page(label, Batch { account: account(of), events: vec![event] }).is_some()
        };
        assert!(hears(window::MAIN, 1, Event::Locked) && hears(&trip, 1, Event::Locked));
        // Another account's.
        assert!(hears(window::MAIN, 2, Event::Locked) && !hears(&trip, 2, Event::Locked));
        let open = |chat: &str| Event::Open { at: Some(OpenAt { chat: chat.to_owned(), message: None }) };
        assert!(!hears(window::MAIN, 1, open("trip")) && hears(&trip, 1, open("trip")));
        assert!(hears(window::MAIN, 1, open("team")) && !hears(&trip, 1, open("team")));
        assert!(
            hears(window::MAIN, 1, Event::Open { at: None }) && !hears(&trip, 1, Event::Open { at: None })
        );
        // One that is closing hears nothing.
        windows.forget(&trip);
        assert!(!hears(&trip, 1, Event::Locked));
    }
}
