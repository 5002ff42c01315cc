//! The open chat as a person reads and writes it.

use std::borrow::Cow;

use anyhow::{Context as _, Result, bail};
use beseda_core::markup;
use serde_json::{Value, json};
use thirtyfour::Key;

use super::window::Window;

/// A message on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bubble {
    pub id: String,
    pub mine: bool,
    pub state: String,
    pub text: String,
}

/// In the order of the page, which is the order of the screen.
const BUBBLES: &str =
    "[...document.querySelectorAll('[data-testid=timeline] [data-testid=message]')].map((one) => ({
    id: one.dataset.id, mine: one.dataset.mine === 'true', state: one.dataset.state ?? '',
    text: one.querySelector('[data-testid=message-text]')?.innerText ?? '' }))";

/// The element of the message that says `arguments[0].text`, or undefined.
const ONE: &str =
    "const one = [...document.querySelectorAll('[data-testid=timeline] [data-testid=message]')].findLast((one) =>
        (one.querySelector('[data-testid=message-text]')?.innerText ?? '').trim() === arguments[0].text);";

/// What the screen shows of a message: its Markdown is drawn, and the marks of a list are not text.
#[must_use]
pub fn on_screen(text: &str) -> String {
    let plain = match markup::plain(text) {
        Cow::Borrowed(plain) => return plain.trim().to_owned(),
        Cow::Owned(plain) => plain,
    };
    let unmarked = |line: &str| {
        let number = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let numbered = number.strip_prefix(". ").filter(|_| number.len() < line.len());
        line.strip_prefix("• ").or(numbered).unwrap_or(line).to_owned()
    };
    plain.trim().lines().map(unmarked).collect::<Vec<_>>().join("\n")
}

impl Window {
    /// Writes `text` with the keyboard and sends it with Enter; a line break is Shift+Enter.
    ///
    /// # Errors
    /// When the composer does not take it.
    pub async fn say(&self, text: &str) -> Result<()> {
        let mut lines = text.split('\n');
        let first = lines.next().unwrap_or_default();
        // Another chat may just be opening, with a composer of its own.
        let begin = async || {
            let composer = self.find("composer").await?;
            composer.click().await?;
            Ok(composer.send_keys(first).await?)
        };
        self.insist("typing into composer", begin).await?;
        let composer = self.find("composer").await?;
        for line in lines {
            composer.send_keys(Key::Shift + Key::Enter).await?;
            composer.send_keys(line).await?;
        }
        composer.send_keys(Key::Enter).await?;
        self.await_sent(text).await
    }

    /// Puts `text` into the composer as a paste does.
    ///
    /// # Errors
    /// As [`Self::say`].
    pub async fn paste(&self, text: &str) -> Result<()> {
        let paste = "const field = document.querySelector('[data-testid=composer]');
            Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value').set.call(field, arguments[0]);
            field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));";
        self.find("composer").await?;
        self.script(paste, vec![json!(text)]).await?;
        Ok(())
    }

    /// The same, and presses the button: quick, and takes any script.
    ///
    /// # Errors
    /// When the message does not appear in the timeline.
    pub async fn paste_and_send(&self, text: &str) -> Result<()> {
        self.paste(text).await?;
        self.click("send").await?;
        self.await_sent(text).await
    }

    async fn await_sent(&self, text: &str) -> Result<()> {
        let sent = "document.querySelector('[data-testid=composer]').value === ''";
        self.until(format!("the composer to empty after {text:?}"), sent, json!({})).await?;
        self.await_last(text).await
    }

    /// Waits until the last message on screen says `text`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn await_last(&self, text: &str) -> Result<()> {
        let last = format!("{BUBBLES}.at(-1)?.text.trim() === given.text.trim()");
        self.until(format!("{text:?} at the end of the timeline"), &last, json!({ "text": on_screen(text) }))
            .await?;
        Ok(())
    }

    /// Asks for the menu of the message that says `text`, and chooses the entry of this test id.
    ///
    /// # Errors
    /// When there is no such message or entry.
    pub async fn choose(&self, text: &str, entry: &str) -> Result<()> {
        self.ask_message(text).await?;
        self.click(entry).await?;
        self.await_no_menu().await
    }

    /// Asks for the menu of the message that says `text`.
    ///
    /// # Errors
    /// When there is no such message.
    pub async fn ask_message(&self, text: &str) -> Result<()> {
        self.await_message(text, "true").await?;
        let ask = format!(
            "{ONE} const box = one.querySelector('.bubble').getBoundingClientRect();
            one.dispatchEvent(new MouseEvent('contextmenu', {{ bubbles: true, cancelable: true,
                clientX: box.left + 20, clientY: box.top + box.height / 2 }}));"
        );
        self.script(&ask, vec![json!({ "text": text })]).await?;
        Ok(())
    }

    /// The pointer goes over the message that says `text`.
    ///
    /// # Errors
    /// When there is no such message.
    pub async fn point_at(&self, text: &str) -> Result<()> {
        self.await_message(text, "true").await?;
        let over = format!("{ONE} one.dispatchEvent(new PointerEvent('pointerenter'));");
        self.script(&over, vec![json!({ "text": text })]).await?;
        Ok(())
    }

    /// Waits until the message that says `text` is on screen, and `holds` is true of its element `one`.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn await_message(&self, text: &str, holds: &str) -> Result<()> {
        let expression = format!("((arguments) => {{ {ONE} return !!one && ({holds}); }})([given])");
        self.until(format!("{holds} of {text:?}"), &expression, json!({ "text": text })).await?;
        Ok(())
    }

    /// Waits until no message on screen is in the state `queued`.
    ///
    /// # Errors
    /// When one stays so.
    pub async fn await_nothing_queued(&self) -> Result<()> {
        let none = format!("!{BUBBLES}.some((one) => one.state === 'queued')");
        self.until("all messages on screen to be accepted", &none, json!({})).await?;
        Ok(())
    }

    /// The messages that are on screen now.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn bubbles(&self) -> Result<Vec<Bubble>> {
        let shown = self.script(&format!("return {BUBBLES};"), vec![]).await?;
        parse(&shown)
    }

    /// Reads the open chat from its end to its beginning by scrolling; in order, oldest first.
    ///
    /// # Errors
    /// When the beginning does not appear, or what a scroll shows does not meet what was read before.
    pub async fn read_all(&self) -> Result<Vec<Bubble>> {
        self.scroll("list.scrollTop = list.scrollHeight").await?;
        let mut read = self.bubbles().await?;
        loop {
            // Half a screen, so that what was read and what comes overlap.
            let at_top = self.scroll("list.scrollTop -= list.clientHeight / 2").await?;
            read = join(self.bubbles().await?, read)?;
            if at_top {
                // The chat begins with the event of its creation; before that shows, older ones are on their way.
                let first = read.first().map(|one| one.id.clone()).unwrap_or_default();
                let grew = format!(
                    "document.querySelector('[data-testid=timeline] [data-testid=event][data-value=created]') ? 'begin' :
                     {BUBBLES}[0]?.id !== given.first && 'more'"
                );
                let what = format!("what comes before the {} messages that were read", read.len());
                if self.until(what, &grew, json!({ "first": first })).await? == "begin" {
                    return join(self.bubbles().await?, read);
                }
            }
        }
    }

    /// Moves the timeline and waits until the list has drawn what is there; whether that is its upper end.
    async fn scroll(&self, how: &str) -> Result<bool> {
        let body = format!(
            "const done = arguments[arguments.length - 1];
             const list = document.querySelector('[data-testid=timeline]');
             {how};
             requestAnimationFrame(() => requestAnimationFrame(() => done(list.scrollTop <= 0)));"
        );
        let at_top = self.driver().execute_async(body, Vec::new()).await.context("scrolling")?;
        Ok(at_top.convert()?)
    }
}

fn parse(shown: &Value) -> Result<Vec<Bubble>> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let all = shown.as_array().context("the page lists no messages")?;
    Ok(all
        .iter()
        .map(|one| Bubble {
            id: text(one, "id"),
            mine: one["mine"] == true,
            state: text(one, "state"),
            text: text(one, "text"),
        })
        .collect())
}

/// What is on screen before what was read: the part of `shown` that is new, then `read`.
fn join(shown: Vec<Bubble>, read: Vec<Bubble>) -> Result<Vec<Bubble>> {
    let Some(first) = read.first() else { return Ok(shown) };
    let Some(place) = shown.iter().position(|one| one.id == first.id) else {
        if shown.iter().all(|one| read.iter().any(|old| old.id == one.id)) {
            return Ok(read);
        }
        bail!("the screen jumped: what it shows does not meet what was read before");
    };
    Ok(shown.into_iter().take(place).chain(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bubbles(ids: &str) -> Vec<Bubble> {
        ids.chars()
            .map(|id| Bubble { id: id.to_string(), mine: true, state: String::new(), text: String::new() })
            .collect()
    }

    #[test]
    fn what_was_read_grows_upwards() {
        assert_eq!(join(bubbles("cde"), bubbles("efg")).unwrap(), bubbles("cdefg"));
        assert_eq!(join(bubbles("fg"), bubbles("efg")).unwrap(), bubbles("efg"));
        assert!(join(bubbles("ab"), bubbles("efg")).is_err());
    }
}
