//! What a person does with menus, dialogs and lists, whatever is in them.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use thirtyfour::{Key, WebElement};

use super::window::Window;

/// The displayed element `one` of the test id `given.id` whose text holds `given.text`, or undefined.
const ONE_OF: &str = "[...document.querySelectorAll(`[data-testid=${given.id}]`)].find((one) =>
    one.getClientRects().length > 0 && (one.innerText ?? '').includes(given.text))";
const NO_MENU: &str = "!document.querySelector('.menu')";
const NO_DIALOG: &str = "!document.querySelector('[data-testid=dialog]')";

impl Window {
    /// Opens the menu behind the button of this test id and takes an entry.
    ///
    /// # Errors
    /// When there is no such button or entry, or the menu does not close.
    pub async fn take(&self, menu: &str, entry: &str) -> Result<()> {
        self.click(menu).await?;
        self.click(entry).await?;
        self.await_no_menu().await
    }

    /// A menu takes the pointer of the whole window until it is gone.
    ///
    /// # Errors
    /// When it stays.
    pub async fn await_no_menu(&self) -> Result<()> {
        self.until("the menu to be gone", NO_MENU, json!({})).await?;
        Ok(())
    }

    /// Closes the open menu with Escape.
    ///
    /// # Errors
    /// When it stays.
    pub async fn close_menu(&self) -> Result<()> {
        self.press_in_page(Key::Escape).await?;
        self.await_no_menu().await
    }

    /// Asks for the menu of the chat called `title` in the list, and takes an entry.
    ///
    /// # Errors
    /// When there is no such chat or entry.
    pub async fn take_of_row(&self, title: &str, entry: &str) -> Result<()> {
        self.ask_row(title).await?;
        self.click(entry).await?;
        self.await_no_menu().await
    }

    /// Asks for the menu of the chat called `title` in the list.
    ///
    /// # Errors
    /// When there is no such chat.
    pub async fn ask_row(&self, title: &str) -> Result<()> {
        self.await_chat(title).await?;
        let ask = "const row = [...document.querySelectorAll('[data-testid=chat-row]')]
                .find((one) => one.dataset.title === arguments[0]);
            const box = row.getBoundingClientRect();
            row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true,
                clientX: box.left + 40, clientY: box.top + box.height / 2 }));";
        self.script(ask, vec![json!(title)]).await?;
        Ok(())
    }

    /// Waits until the list has a chat called `title`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn await_chat(&self, title: &str) -> Result<()> {
        let row =
            "!!document.querySelector(`[data-testid=chat-row][data-title=${JSON.stringify(given.title)}]`)";
        self.until(format!("the chat {title:?} in the list"), row, json!({ "title": title })).await?;
        Ok(())
    }

    /// Waits until the expression is true of the list's `row` of the chat called `title`.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn await_row(&self, title: &str, holds: &str) -> Result<()> {
        let expression = format!(
            "((row) => !!row && ({holds}))
             (document.querySelector(`[data-testid=chat-row][data-title=${{JSON.stringify(given.title)}}]`))"
        );
        self.until(format!("{holds} of the chat {title:?}"), &expression, json!({ "title": title })).await?;
        Ok(())
    }

    /// The element of this test id whose text holds `text`, where there are several.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn find_with(&self, id: &str, text: &str) -> Result<WebElement> {
        let given = json!({ "id": id, "text": text });
        self.until(format!("`{id}` with {text:?}"), &format!("!!{ONE_OF}"), given.clone()).await?;
        let (what, found) = (format!("`{id}` with {text:?}"), Mutex::new(None));
        let script = format!("const given = arguments[0]; return {ONE_OF};");
        let look = async || {
            let one = self.driver().execute(script.clone(), vec![given.clone()]).await?.element()?;
            *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(one);
            Ok(())
        };
        // It may be drawn anew while it is told of.
        self.insist(&what, look).await?;
        let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.with_context(|| format!("{}: {what}", self.name()))
    }

    /// # Errors
    /// When it does not appear or cannot be clicked.
    pub async fn click_with(&self, id: &str, text: &str) -> Result<()> {
        let what = format!("a click on `{id}` with {text:?}");
        self.insist(&what, async || Ok(self.find_with(id, text).await?.click().await?)).await
    }

    /// Waits until nothing of this test id is on screen.
    ///
    /// # Errors
    /// When it stays.
    pub async fn await_gone(&self, id: &str) -> Result<()> {
        let gone = "!document.querySelector(`[data-testid=${given.id}]`)";
        self.until(format!("`{id}` to be gone"), gone, json!({ "id": id })).await?;
        Ok(())
    }

    /// Waits until so many of this test id are on screen.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn await_count(&self, id: &str, count: usize) -> Result<()> {
        let shown = "document.querySelectorAll(`[data-testid=${given.id}]`).length === given.count";
        self.until(format!("{count} `{id}`"), shown, json!({ "id": id, "count": count })).await?;
        Ok(())
    }

    /// Waits until the field of this test id holds `text`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn await_value(&self, id: &str, text: &str) -> Result<()> {
        let holds = "document.querySelector(`[data-testid=${given.id}]`)?.value === given.text";
        self.until(format!("{text:?} in `{id}`"), holds, json!({ "id": id, "text": text })).await?;
        Ok(())
    }

    /// The text of the element of this test id, once it has any.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn text(&self, id: &str) -> Result<String> {
        let text = "document.querySelector(`[data-testid=${given.id}]`)?.innerText.trim()";
        let text = self.until(format!("a text in `{id}`"), text, json!({ "id": id })).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits for the dialog of this name.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn await_dialog(&self, name: &str) -> Result<()> {
        let open = "!!document.querySelector(`[data-testid=dialog][data-dialog=${given.name}]`)";
        self.until(format!("the dialog {name}"), open, json!({ "name": name })).await?;
        Ok(())
    }

    /// Closes the dialog with Escape.
    ///
    /// # Errors
    /// When it stays open.
    pub async fn close_dialog(&self) -> Result<()> {
        self.press_in_page(Key::Escape).await?;
        self.await_no_dialog().await
    }

    /// # Errors
    /// When one stays open.
    pub async fn await_no_dialog(&self) -> Result<()> {
        self.until("the dialog to close", NO_DIALOG, json!({})).await?;
        Ok(())
    }

    /// Narrows the list of chats to a folder: `all`, a filter, or a category in small letters after `=`.
    ///
    /// # Errors
    /// When there is no such folder.
    pub async fn open_folder(&self, key: &str) -> Result<()> {
        let folder = "document.querySelector(`[data-testid=folder][data-folder=${JSON.stringify(given)}]`)";
        self.until(format!("the folder {key}"), &format!("!!{folder}"), json!(key)).await?;
        self.script(&format!("const given = arguments[0]; {folder}.click();"), vec![json!(key)]).await?;
        self.until(
            format!("the folder {key} to be open"),
            &format!("{folder}.ariaPressed === 'true'"),
            json!(key),
        )
        .await?;
        Ok(())
    }

    /// Opens the settings at this page.
    ///
    /// # Errors
    /// When there is no such page.
    pub async fn open_settings(&self, page: &str) -> Result<()> {
        self.click("open-settings").await?;
        self.turn_settings_to(page).await
    }

    /// Goes to this page of the open settings.
    ///
    /// # Errors
    /// When there is no such page.
    pub async fn turn_settings_to(&self, page: &str) -> Result<()> {
        self.click(&format!("settings-{page}")).await?;
        self.find(&format!("settings-panel-{page}")).await?;
        Ok(())
    }

    /// Types where the focus is.
    ///
    /// # Errors
    /// When the page takes no keys.
    pub async fn type_in_page(&self, text: &str) -> Result<()> {
        self.driver().active_element().await?.send_keys(text).await?;
        Ok(())
    }

    /// Presses a key together with Control, where the focus is.
    ///
    /// # Errors
    /// When the page takes no keys.
    pub async fn control(&self, key: &str) -> Result<()> {
        self.driver().active_element().await?.send_keys(Key::Control + key).await?;
        Ok(())
    }

    /// Escape until nothing lies over the chats of the main window, as one does who has lost the way. The open chat stays.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn leave_everything(&self) -> Result<()> {
        self.enter_main().await?;
        let covered = "return !!document.querySelector('.menu, .popover, .palette, [data-testid=dialog], [data-testid=picked-bar]')";
        for _ in 0..4 {
            if self.script(covered, vec![]).await? != Value::Bool(true) {
                break;
            }
            self.press_in_page(Key::Escape).await?;
        }
        if self.is_shown("search-close").await? {
            self.click("search-close").await?;
        }
        Ok(())
    }

    /// Whether the element of this test id is on screen now.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn is_shown(&self, id: &str) -> Result<bool> {
        let shown = "const one = document.querySelector(`[data-testid=${arguments[0]}]`);
            return !!one && one.getClientRects().length > 0;";
        Ok(self.script(shown, vec![json!(id)]).await? == Value::Bool(true))
    }
}
