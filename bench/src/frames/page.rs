//! A page that is looked at while something happens in it: the app's, or a plain one in the same window.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{
    EVERY, Plan,
    driven::Driven,
    talk::{END, LONG, Talk, other},
};
use crate::timings::Timings;

const PAGE: &str = include_str!("page.js");
const PLAIN: &str = include_str!("plain.js");
/// Between two keys, of somebody who types fast.
const KEY_EVERY: Duration = Duration::from_millis(120);
/// Pixels a frame: ten screens a second.
const STEP: u32 = 120;
/// What was said last is shown by then.
const ARRIVED: Duration = Duration::from_millis(500);
/// What was drawn just now is done with by then.
const SETTLED: Duration = Duration::from_millis(700);

/// What was observed in a page.
#[derive(Debug, Default)]
pub struct Observed {
    /// Frames while messages arrived.
    pub arriving: Timings,
    pub keys: Timings,
    /// Frames while the wheel turned.
    pub scrolling: Timings,
    pub screens: f64,
    pub changes: Timings,
}

pub struct Page<'a> {
    window: &'a Driven,
    /// Who talks in the app's chat; nobody in the plain page.
    talk: Option<&'a Talk>,
}

impl<'a> Page<'a> {
    /// The app, with its long chat open at its end.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn app(window: &'a Driven, talk: &'a Talk) -> Result<Self> {
        let rows = format!("{ROWS}.some((row) => row.dataset.title === given)");
        window.until("the long chat in the list", &rows, json!(LONG)).await?;
        let open = format!("{ROWS}.find((row) => row.dataset.title === arguments[0]).click();");
        window.script(&open, vec![json!(LONG)]).await?;
        let end = format!("{LINES}.some((line) => line.textContent.includes(given))");
        window.until("the end of the long chat", &end, json!(format!("{END}{LONG}"))).await?;
        let page = Self { window, talk: Some(talk) };
        page.run(PAGE).await?;
        page.run("document.querySelector('[data-testid=composer]').focus();").await?;
        tokio::time::sleep(SETTLED).await;
        Ok(page)
    }

    /// A page without the app.
    ///
    /// # Errors
    /// When the window does not show it.
    pub async fn plain(window: &'a Driven) -> Result<Self> {
        window.script("location.href = 'about:blank';", vec![]).await?;
        tokio::time::sleep(SETTLED).await;
        window
            .until("an empty page", "location.href === 'about:blank' && !!document.body", json!({}))
            .await?;
        let page = Self { window, talk: None };
        page.run(PLAIN).await?;
        page.run(PAGE).await?;
        tokio::time::sleep(SETTLED).await;
        Ok(page)
    }

    /// # Errors
    /// When the page does not do what it should.
    pub async fn observe(&self, plan: Plan) -> Result<Observed> {
        let mut observed = Observed::default();
        self.run("bench.begin();").await?;
        self.messages_arrive(plan).await?;
        observed.arriving = self.end("frames").await?;

        self.run("bench.begin();").await?;
        let (typed, arrived) = tokio::join!(self.keys_are_pressed(plan), self.messages_arrive(plan));
        typed.and(arrived)?;
        observed.keys = self.end("keys").await?;
        ensure!(observed.keys.len() > 0, "no key came to the page");

        tokio::time::sleep(SETTLED).await;
        let list = if self.talk.is_some() { TIMELINE } else { "plain.list" };
        self.run(&format!("bench.begin(bench.wheel({list}, {STEP}));")).await?;
        tokio::time::sleep(plan.each).await;
        observed.scrolling = self.end("frames").await?;
        observed.screens =
            self.window.script("return bench.scrolled;", vec![]).await?.as_f64().unwrap_or(0.0);

        for n in 0..plan.changes {
            for title in [other(n % plan.chats), LONG.to_owned()] {
                observed.changes.add(self.change(&title).await?);
            }
        }
        Ok(observed)
    }

    async fn messages_arrive(&self, plan: Plan) -> Result<()> {
        match self.talk {
            Some(talk) => {
                talk.go_on((plan.each.as_millis() / EVERY.as_millis()) as u64, EVERY).await?;
                tokio::time::sleep(ARRIVED).await;
                Ok(())
            }
            None => {
                self.run(&format!("plain.arrive({});", EVERY.as_millis())).await?;
                tokio::time::sleep(plan.each).await;
                self.run("plain.rest();").await
            }
        }
    }

    async fn keys_are_pressed(&self, plan: Plan) -> Result<()> {
        let mut ticks = tokio::time::interval(KEY_EVERY);
        for n in 0..plan.each.as_millis() / KEY_EVERY.as_millis() {
            ticks.tick().await;
            let key = ["h", "e", "l", "l", "o", "space"][n as usize % 6];
            tokio::task::block_in_place(|| self.window.press(key))?;
        }
        Ok(())
    }

    /// Clicks on a chat of the list, and waits until its end is painted.
    async fn change(&self, title: &str) -> Result<Duration> {
        let change = if self.talk.is_some() {
            // In the long chat something else was said last since.
            format!(
                "const [title, end] = arguments;
                 const row = {ROWS}.find((row) => row.dataset.title === title);
                 const shown = (texts) => title === '{LONG}' ? texts.length > 0 && !texts.some((text) => text.includes(end)) :
                     texts.some((text) => text.includes(end + title));
                 bench.change(() => row.click(), () => {{
                     const list = {TIMELINE};
                     return list?.dataset.chat === row.dataset.chat && list.matches('.placed') &&
                         shown({LINES}.map((line) => line.textContent));
                 }});"
            )
        } else {
            "bench.change(() => plain.fill(50), () => true);".to_owned()
        };
        self.window.script(&change, vec![json!(title), json!(END)]).await?;
        tokio::time::sleep(SETTLED).await;
        let took = self.window.until(title, "bench.changed", json!({})).await?;
        millis(&took).context("the page tells no time")
    }

    async fn run(&self, body: &str) -> Result<()> {
        self.window.script(body, vec![]).await?;
        Ok(())
    }

    /// Ends an observation; of what it saw, the one that is asked for.
    async fn end(&self, what: &str) -> Result<Timings> {
        let seen = self.window.script("return bench.end();", vec![]).await?;
        let mut timings = Timings::default();
        seen[what]
            .as_array()
            .context("the page has seen nothing")?
            .iter()
            .filter_map(millis)
            .for_each(|took| timings.add(took));
        Ok(timings)
    }
}

const TIMELINE: &str = "document.querySelector('[data-testid=timeline]')";
const ROWS: &str = "[...document.querySelectorAll('[data-testid=chat-row]')]";
/// The text of what is drawn of the open chat.
const LINES: &str = "[...document.querySelectorAll('[data-testid=timeline] [data-testid=message-text]')]";

fn millis(value: &Value) -> Option<Duration> {
    value.as_f64().map(|millis| Duration::from_secs_f64(millis.max(0.0) / 1000.0))
}
