//! Several windows of one process: the main one, and one that shows a chat alone. What a test does is done in one of them at a
//! time, and the keyboard goes to the one that the window manager has in front; the two need not be the same.

use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::{LOOK_EVERY, PATIENCE, Window, driver::PRESS_AGAIN};

impl Window {
    /// Waits until the process has so many windows.
    ///
    /// # Errors
    /// When it does not.
    pub async fn await_windows(&self, count: usize) -> Result<()> {
        let started = Instant::now();
        loop {
            let windows = self.driver().windows().await?.len();
            if windows == count {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("{}: there are {windows} windows, not {count}", self.name());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// From now on it is the window beside the main one in which things are done.
    ///
    /// # Errors
    /// When there is none, or it shows no screen.
    pub async fn enter_apart(&self) -> Result<()> {
        self.await_windows(2).await?;
        let main = self.main();
        let other = self.driver().windows().await?.into_iter().find(|handle| handle != main);
        self.driver().switch_to_window(other.context("there is one window only")?).await?;
        let ready = "document.documentElement.dataset.ready === 'true'";
        self.until("the screen of the other window", ready, serde_json::json!({})).await?;
        Ok(())
    }

    /// From now on it is the main window.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn enter_main(&self) -> Result<()> {
        Ok(self.driver().switch_to_window(self.main().clone()).await?)
    }

    /// Brings the window to the front whose title holds `title`, as a press on it in a list of windows does.
    ///
    /// # Errors
    /// When there is no such window.
    pub async fn bring_up(&self, title: &str) -> Result<()> {
        let started = Instant::now();
        // One that is loaded anew is called otherwise for a moment.
        while let Err(error) = self.display().activate(title) {
            if started.elapsed() > PATIENCE {
                return Err(error.context(format!("{}: {title:?}", self.name())));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.await_front(title).await
    }

    /// Waits until the keyboard goes to the window whose title holds `title`.
    ///
    /// # Errors
    /// With the window that has it instead.
    pub async fn await_front(&self, title: &str) -> Result<()> {
        let started = Instant::now();
        loop {
            let front = self.display().front().unwrap_or_default();
            if front.contains(title) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("{}: {front:?} is in front, not {title:?}", self.name());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Presses `keys` until the page shows `condition`. For a window that has just come back: the first key after that can be
    /// lost between the window manager and the page, and a person presses again.
    ///
    /// # Errors
    /// When it never shows.
    pub async fn press_until(&self, keys: &str, what: &str, condition: &str) -> Result<()> {
        let (started, shown) = (Instant::now(), format!("return !!({condition});"));
        while started.elapsed() < PATIENCE {
            self.press(keys)?;
            let pressed = Instant::now();
            while pressed.elapsed() < PRESS_AGAIN {
                if self.script(&shown, vec![]).await?.as_bool() == Some(true) {
                    return Ok(());
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        bail!("{}: {keys} does not lead to {what}", self.name())
    }

    /// Says `text` with the keyboard alone, in the window in front, until it has reached somebody: for a page that no driver
    /// drives any more.
    ///
    /// # Errors
    /// When it reaches nobody.
    pub async fn say_by_keys(&self, text: &str, reached: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            self.press("ctrl+a")?;
            self.display().type_text(text)?;
            self.press("Return")?;
            let pressed = Instant::now();
            // Keys that come before the page is there reach nobody: a person types again.
            while pressed.elapsed() < PRESS_AGAIN {
                if reached().await? {
                    return Ok(());
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        bail!("{}: {text:?} reaches nobody", self.name())
    }

    /// Kills the processes in which the pages of this window live; how many there were. No driver drives them afterwards.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn kill_pages(&self) -> Result<usize> {
        self.driven().kill_pages()
    }
}
