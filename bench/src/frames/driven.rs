//! A window that does what it is told: the app's, started by WebKitWebDriver on a screen of its own.

use std::{
    net::TcpListener,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::screen::{Ended, Screen};

/// Anything on the page may take so long to happen.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub struct Driven {
    client: Client,
    /// URL of the session.
    session: String,
    // Dropped in this order.
    _driver: Ended,
    screen: Screen,
}

impl Driven {
    /// Opens the window of `profile`, and waits for its first screen. What else it keeps goes into `home`.
    ///
    /// # Errors
    /// When a program is missing, or the window does not open.
    pub async fn open(program: &Path, profile: &Path, home: &Path) -> Result<Self> {
        let screen = Screen::start(home)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = Command::new("WebKitWebDriver");
        screen.shows(command.arg(format!("--port={port}")), home);
        let driver = command.env("TAURI_WEBVIEW_AUTOMATION", "true").spawn();
        let driver = Ended(driver.context("WebKitWebDriver is missing: `cargo xtask setup` installs it")?);
        let (client, server) = (Client::new(), format!("http://127.0.0.1:{port}"));
        let started = Instant::now();
        while client.get(format!("{server}/status")).send().await.is_err() {
            ensure!(started.elapsed() < PATIENCE, "WebKitWebDriver does not answer");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let browser = json!({ "binary": program, "args": ["--profile", profile] });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": browser } } });
        let made = ask(&client, Method::POST, &format!("{server}/session"), &wanted).await?;
        let id = made["sessionId"].as_str().context("a session without an id")?;
        let driven = Self { session: format!("{server}/session/{id}"), client, _driver: driver, screen };
        let ready = "document.documentElement.dataset.ready === 'true'";
        driven.until("the first screen", ready, Value::Null).await?;
        Ok(driven)
    }

    /// Runs `body` in the page.
    ///
    /// # Errors
    /// When it throws, or the window is gone.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let script = json!({ "script": body, "args": arguments });
        ask(&self.client, Method::POST, &format!("{}/execute/sync", self.session), &script).await
    }

    /// Waits until the expression, in which `given` is what is given, is truthy; its value.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn until(&self, what: &str, expression: &str, given: Value) -> Result<Value> {
        let body = format!("const given = arguments[0]; return {expression};");
        let started = Instant::now();
        loop {
            let value = self.script(&body, vec![given.clone()]).await?;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return Ok(value);
            }
            ensure!(started.elapsed() < PATIENCE, "the window never shows {what}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Presses a key of the keyboard.
    ///
    /// # Errors
    /// When xdotool is missing or fails.
    pub fn press(&self, key: &str) -> Result<()> {
        self.screen.press(key)
    }

    /// # Errors
    /// When the window does not end.
    pub async fn close(self) -> Result<()> {
        ask(&self.client, Method::DELETE, &self.session, &json!({})).await?;
        Ok(())
    }
}

/// One command of the WebDriver protocol; its value.
async fn ask(client: &Client, method: Method, url: &str, body: &Value) -> Result<Value> {
    let request = client.request(method, url).body(serde_json::to_vec(body)?);
    let answer = request.send().await.context("WebKitWebDriver is gone")?;
    let mut answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
    let value = answer["value"].take();
    if let Some(error) = value["error"].as_str() {
        bail!("{error}: {}", value["message"].as_str().unwrap_or_default());
    }
    Ok(value)
}
