//! What a person sees and does in a window.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::{
    By, Key, WebDriver, WebElement, WindowHandle,
    error::{WebDriverError, WebDriverErrorInner},
};

use super::{
    LOOK_EVERY, PATIENCE, SessionBus,
    display::{APP, Display},
    driver::{Desk, Driven},
};

/// How long a new size may take before it is asked for again.
const ASK_AGAIN: Duration = Duration::from_secs(3);
/// Pictures that are taken until two of them are the same.
const SAME_WITHIN: u32 = 8;

/// A window of one person, open.
pub struct Window {
    person: String,
    shots: PathBuf,
    driven: Driven,
}

impl Window {
    /// Opens the window of `person`, whose data lies in `world/person`, and waits for its first screen. Screenshots go
    /// to `shots`.
    ///
    /// # Errors
    /// When a program is missing or no screen appears.
    pub async fn open(person: &str, world: &Path, relay: &str, shots: &Path) -> Result<Self> {
        Self::open_at(None, person, world, relay, shots).await
    }

    /// The same on a desktop with this bus.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_on(
        bus: &SessionBus,
        person: &str,
        world: &Path,
        relay: &str,
        shots: &Path,
    ) -> Result<Self> {
        Self::open_at(Some(bus.address.clone()), person, world, relay, shots).await
    }

    async fn open_at(
        bus: Option<String>,
        person: &str,
        world: &Path,
        relay: &str,
        shots: &Path,
    ) -> Result<Self> {
        let desk = Desk {
            bus,
            profile: Self::profile(person, world),
            home: world.join(person),
            // Beside the screenshots: both are read when something went wrong.
            log: shots.join(format!("{}-window.log", person.to_lowercase())),
        };
        std::fs::create_dir_all(&desk.home)?;
        let driven = Driven::open(&desk, relay).await.with_context(|| format!("{person}'s window"))?;
        let window = Self { person: person.to_owned(), shots: shots.to_owned(), driven };
        window
            .until("the first screen", "document.documentElement.dataset.ready === 'true'", json!({}))
            .await?;
        Ok(window)
    }

    /// The profile directory of `person`.
    #[must_use]
    pub fn profile(person: &str, world: &Path) -> PathBuf {
        world.join(person).join("profile")
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.person
    }

    pub(super) fn driver(&self) -> &WebDriver {
        &self.driven.driver
    }

    pub(super) fn driven(&self) -> &Driven {
        &self.driven
    }

    pub(super) fn display(&self) -> &Display {
        &self.driven.display
    }

    /// The main window's.
    pub(super) fn main(&self) -> &WindowHandle {
        &self.driven.main
    }

    /// Closes the window as a person does and waits until its process has ended.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn close(self) -> Result<()> {
        self.driven.close().await.with_context(|| format!("{}'s window", self.person))
    }

    /// Waits until its process has ended, as somebody asked it to.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn await_end(self) -> Result<()> {
        self.driven.await_end().await.with_context(|| format!("{}'s window", self.person))
    }

    /// Waits until no window of the app is on the display.
    ///
    /// # Errors
    /// When it stays there.
    pub async fn await_hidden(&self) -> Result<()> {
        let started = Instant::now();
        while self.driven.display.title().is_ok() {
            if started.elapsed() > PATIENCE {
                bail!("{}: the window stays on the display", self.person);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Kills the process of the window.
    pub fn kill(self) {
        self.driven.kill();
    }

    /// Starts the program once more, e.g. with a link, and waits until it has handed that over.
    ///
    /// # Errors
    /// When it stays, or ends badly.
    pub async fn start_again(&self, arguments: &[&str]) -> Result<()> {
        self.driven.start_again(arguments).await.with_context(|| format!("{}'s window", self.person))
    }

    /// Makes an account through the first-start form; the key of the database goes into a file.
    ///
    /// # Errors
    /// When the form does not lead to the chat list.
    pub async fn create_account(&self, relay: &str) -> Result<()> {
        self.fill("name", &self.person).await?;
        let proposed = self.value("relay").await?;
        if proposed != relay {
            bail!("{}: the form proposes the relay {proposed:?}, not {relay:?}", self.person);
        }
        self.click("key-choice-file").await?;
        self.click("create-account").await?;
        self.find("chat-list").await?;
        Ok(())
    }

    /// Adds an account of this name at `relay` to the window; it is on screen afterwards.
    ///
    /// # Errors
    /// When there is no way to add one, or the form does not lead to an empty chat list.
    pub async fn add_account(&self, name: &str, relay: &str) -> Result<()> {
        self.click("account-menu").await?;
        self.click("menu-account-add").await?;
        self.fill("name", name).await?;
        self.fill("relay", relay).await?;
        self.click("key-choice-file").await?;
        self.click("create-account").await?;
        self.await_account(name).await
    }

    /// Waits until the account of this name is on screen.
    ///
    /// # Errors
    /// When it does not come there.
    pub async fn await_account(&self, name: &str) -> Result<()> {
        let shown = "document.querySelector('[data-testid=my-name]')?.textContent === given.name";
        self.until(&format!("the account of {name}"), shown, json!({ "name": name })).await?;
        Ok(())
    }

    /// Creates a group and opens it.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn create_group(&self, title: &str) -> Result<()> {
        self.click("new-chat").await?;
        self.fill("create-chat-title", title).await?;
        self.click("create-chat-submit").await?;
        // The chat that was open before has a composer too.
        self.find_with("chat-title", title).await?;
        self.find("composer").await?;
        Ok(())
    }

    /// Makes an invitation to the open chat, presses the button that copies it, and returns the link.
    ///
    /// # Errors
    /// When none appears.
    pub async fn invitation(&self) -> Result<String> {
        self.click("invite-button").await?;
        let has_link = "(() => { const link = document.querySelector('[data-testid=invite-link]');
            return link && (link.value || link.textContent).trim(); })()";
        let link = self.until("an invitation link", has_link, json!({})).await?;
        self.click("copy-invite").await?;
        self.shoot("invitation").await?;
        self.press_in_page(Key::Escape).await?;
        self.until("the dialog to close", "!document.querySelector('[data-testid=dialog]')", json!({}))
            .await?;
        Ok(link.as_str().unwrap_or_default().to_owned())
    }

    /// Joins by `link`, waits until the chat called `title` takes messages, and opens it.
    ///
    /// # Errors
    /// When nobody lets this person in.
    pub async fn join(&self, link: &str, title: &str) -> Result<()> {
        self.click("join-chat").await?;
        self.fill("join-link", link).await?;
        self.click("join-submit").await?;
        self.open_chat(title).await?;
        let writable = "(() => { const composer = document.querySelector('[data-testid=composer]');
            return composer && !composer.disabled; })()";
        self.until("to be let in", writable, json!({})).await?;
        Ok(())
    }

    /// Opens the chat called `title` from the list.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn open_chat(&self, title: &str) -> Result<()> {
        let found = "[...document.querySelectorAll('[data-testid=chat-row]')].find((row) => row.dataset.title === given.title)";
        self.until(&format!("the chat {title:?}"), &format!("!!{found}"), json!({ "title": title })).await?;
        let script = format!("const given = arguments[0]; return {found};");
        // The list may be drawn anew, or be on its way to this row.
        let press = async || {
            let row = self.driver().execute(script.clone(), vec![json!({ "title": title })]).await?;
            Ok(row.element()?.click().await?)
        };
        self.insist(&format!("a click on the chat {title:?}"), press).await?;
        // The chat that was open before has a timeline too.
        self.find_with("chat-title", title).await?;
        self.find("timeline").await?;
        Ok(())
    }

    /// State of the connection and the number of waiting messages, as shown.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn await_sync(&self, state: &str, waiting: u32) -> Result<()> {
        let shown = "(() => { const line = document.querySelector('[data-testid=sync-status]');
            return line && line.dataset.state === given.state && Number(line.dataset.waiting) === given.waiting; })()";
        let what = format!("sync status {state} with {waiting} waiting");
        self.until(&what, shown, json!({ "state": state, "waiting": waiting })).await?;
        Ok(())
    }

    /// The element of this test id, once it is displayed.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn find(&self, id: &str) -> Result<WebElement> {
        let visible = "(() => { const one = document.querySelector(given.selector);
            return !!one && one.getClientRects().length > 0; })()";
        let selector = format!("[data-testid={id}]");
        self.until(&format!("`{id}`"), visible, json!({ "selector": selector })).await?;
        self.driver().find(By::Css(selector)).await.with_context(|| format!("{}: {id}", self.person))
    }

    /// # Errors
    /// When it does not appear or cannot be clicked.
    pub async fn click(&self, id: &str) -> Result<()> {
        let enabled =
            "(() => { const one = document.querySelector(given.selector); return one && !one.disabled; })()";
        let given = json!({ "selector": format!("[data-testid={id}]") });
        self.until(&format!("`{id}` to be enabled"), enabled, given).await?;
        self.insist(&format!("a click on {id}"), async || Ok(self.find(id).await?.click().await?)).await
    }

    /// Types `text` with the keys of a keyboard.
    ///
    /// # Errors
    /// When the field does not appear or takes no keys.
    pub async fn fill(&self, id: &str, text: &str) -> Result<()> {
        let what = format!("typing into {id}");
        self.insist(&what, async || Ok(self.find(id).await?.clear().await?)).await?;
        self.find(id).await?.send_keys(text).await.with_context(|| format!("{}: {what}", self.person))
    }

    /// Tries again while what it is done to is on its way to its place, lies under something that goes, or was drawn anew
    /// in between: a person presses again.
    pub(super) async fn insist(&self, what: &str, attempt: impl AsyncFn() -> Result<()>) -> Result<()> {
        let started = Instant::now();
        loop {
            let Err(error) = attempt().await else { return Ok(()) };
            let passes = error.downcast_ref::<WebDriverError>().is_some_and(|error| {
                matches!(
                    error.as_inner(),
                    WebDriverErrorInner::ElementClickIntercepted(_)
                        | WebDriverErrorInner::ElementNotInteractable(_)
                        | WebDriverErrorInner::StaleElementReference(_)
                )
            });
            if !passes || started.elapsed() > PATIENCE {
                return Err(error.context(format!("{}: {what}", self.person)));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn value(&self, id: &str) -> Result<String> {
        Ok(self.find(id).await?.prop("value").await?.unwrap_or_default())
    }

    /// Presses a key where the focus is.
    ///
    /// # Errors
    /// When the page takes no keys.
    pub async fn press_in_page(&self, key: Key) -> Result<()> {
        self.driver().active_element().await?.send_keys(key).await?;
        Ok(())
    }

    /// Presses keys of the keyboard, e.g. `ctrl+1`, wherever the focus of the display is.
    ///
    /// # Errors
    /// When they cannot be pressed.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.driven.display.press(keys)
    }

    /// Waits until the window manager shows the window with this title: it may still be on its way out of the tray.
    ///
    /// # Errors
    /// With the one it shows instead.
    pub async fn await_title(&self, title: &str) -> Result<()> {
        let started = Instant::now();
        loop {
            let shown = self.driven.display.title().unwrap_or_else(|missing| missing.to_string());
            if shown == title {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("{}: the window is called {shown:?}, not {title:?}", self.person);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Runs `body` in the page; `arguments` are its arguments.
    ///
    /// # Errors
    /// When it throws.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let result = self.driver().execute(body, arguments).await;
        Ok(result.with_context(|| format!("{}: a script in the page", self.person))?.json().clone())
    }

    /// Waits until the expression, in which `given` names the given values, is truthy; its value.
    ///
    /// # Errors
    /// When it does not become so: with what is on screen instead, and a screenshot of it.
    pub async fn until(&self, what: impl fmt::Display, expression: &str, given: Value) -> Result<Value> {
        let body = format!("const given = arguments[0]; return {expression};");
        let started = Instant::now();
        loop {
            let value = self.script(&body, vec![given.clone()]).await?;
            let falsy = match &value {
                Value::Null | Value::Bool(false) => true,
                Value::String(text) => text.is_empty(),
                _ => false,
            };
            if !falsy {
                return Ok(value);
            }
            if started.elapsed() > PATIENCE {
                let shown = self.script("return document.body.innerText;", vec![]).await?;
                let shot = self.shoot("failed").await?;
                bail!(
                    "{} waited {} s for {what}. Screenshot: {}. On screen:\n{}",
                    self.person,
                    PATIENCE.as_secs(),
                    shot.display(),
                    shown.as_str().unwrap_or_default()
                );
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// No error is shown.
    ///
    /// # Errors
    /// With the words of it.
    pub async fn assert_no_complaint(&self) -> Result<()> {
        let words = "return [...document.querySelectorAll('[data-testid=toast][role=alert]')].map((one) => one.innerText + one.title)";
        let shown = self.script(words, vec![]).await?;
        if shown.as_array().is_none_or(|words| !words.is_empty()) {
            bail!("{}: the window complains: {shown}", self.person);
        }
        Ok(())
    }

    /// The pointer goes where nothing answers to it, in the window whose title holds `title`.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn rest_pointer(&self, title: &str) -> Result<()> {
        self.driven.display.rest_pointer(title)
    }

    /// Waits until nothing on screen moves any more. What was just put on screen begins with the next frame; what never
    /// ends, as a spinner, or counts seconds, is not waited for.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn stand_still(&self) -> Result<()> {
        let still = "const done = arguments[arguments.length - 1];
            const frame = () => new Promise(requestAnimationFrame);
            const ends = (one) => one.effect.getComputedTiming().endTime < 2000;
            frame().then(frame)
                .then(() => Promise.allSettled(document.getAnimations().filter(ends).map((one) => one.finished)))
                .then(frame).then(frame).then(() => done());";
        self.driver().execute_async(still, Vec::new()).await.context("everything to stand still")?;
        Ok(())
    }

    /// What is on screen, as PNG: the same twice, since what the page has drawn may still be on its way there. What never
    /// stands still is taken as it is then.
    ///
    /// # Errors
    /// When it cannot be taken.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        let mut seen = self.take_picture().await?;
        for _ in 0..SAME_WITHIN {
            tokio::time::sleep(LOOK_EVERY).await;
            let again = self.take_picture().await?;
            if again == seen {
                break;
            }
            seen = again;
        }
        Ok(seen)
    }

    async fn take_picture(&self) -> Result<Vec<u8>> {
        let taken = self.driver().screenshot_as_png().await;
        taken.with_context(|| format!("a picture of {}'s window", self.person))
    }

    /// Makes the page of the main window so many CSS pixels wide and high.
    ///
    /// # Errors
    /// When the window manager does not.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.resize_titled(APP, width, height).await
    }

    /// The same of the window whose title holds `title`, in which things are done.
    ///
    /// # Errors
    /// When the window manager does not.
    pub async fn resize_titled(&self, title: &str, width: u32, height: u32) -> Result<()> {
        let started = Instant::now();
        let mut asked: Option<Instant> = None;
        loop {
            // A window manager that is busy with another size may forget this one: a person pulls again.
            if asked.is_none_or(|asked| asked.elapsed() > ASK_AGAIN) {
                self.driven.display.resize(title, width, height)?;
                asked = Some(Instant::now());
            }
            let script = "return Math.abs(innerWidth - arguments[0]) < 40;";
            if self.script(script, vec![json!(width)]).await? == Value::Bool(true) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("{}: the window does not become {width} wide", self.person);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Saves what is on screen as `PERSON-name.png`; where.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn shoot(&self, name: &str) -> Result<PathBuf> {
        let path = self.shots.join(format!("{}-{name}.png", self.person.to_lowercase()));
        std::fs::write(&path, self.picture().await?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(path)
    }
}
