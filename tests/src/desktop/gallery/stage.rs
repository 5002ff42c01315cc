//! A window in which scenes are played and photographed.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use beseda_protocol::ChatId;
use serde_json::json;
use thirtyfour::Key;

use super::{
    company::trouble,
    content::{Content, Language, ME},
    relay::Relays,
    scene::{APART, Size, Step, USUAL},
};
use crate::desktop::{display::APP, window::Window};

pub const THEMES: [&str; 2] = ["light", "dark"];

pub struct Stage<'a> {
    pub window: &'a Window,
    pub relays: &'a mut Relays,
    /// Below it lie the profiles.
    pub world: &'a Path,
    pub content: &'a Content,
    pub language: Language,
    /// An invitation of somebody who is not there.
    pub link: &'a str,
    /// Of the window that is looked at.
    size: Size,
    /// Where it is not the main one: what finds it by its title, and the size of the main one.
    apart: Option<(String, Size)>,
}

impl<'a> Stage<'a> {
    pub async fn set(
        window: &'a Window,
        relays: &'a mut Relays,
        world: &'a Path,
        content: &'a Content,
        language: Language,
        link: &'a str,
    ) -> Result<Self> {
        let stage = Self { window, relays, world, content, language, link, size: USUAL, apart: None };
        stage.prefer("language", language.code()).await?;
        stage.prefer("theme", THEMES[0]).await?;
        Ok(stage)
    }

    /// Changes how the window looks as another window of the same profile would: without a restart.
    async fn prefer(&self, key: &str, value: &str) -> Result<()> {
        let keep = "const [key, value] = arguments;
            if (value) localStorage.setItem(key, value); else localStorage.removeItem(key);
            dispatchEvent(new StorageEvent('storage', { key }));";
        self.window.script(keep, vec![json!(format!("beseda.{key}")), json!(value)]).await?;
        Ok(())
    }

    /// What is on screen in both themes at this size, as (theme, PNG). What axe finds is told in `found`.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn look(
        &mut self,
        name: &str,
        size: Size,
        found: &mut Vec<String>,
    ) -> Result<Vec<(&'static str, Vec<u8>)>> {
        self.resize(size).await?;
        self.window.rest_pointer(self.title())?;
        let mut pictures = Vec::new();
        for theme in THEMES {
            self.prefer("theme", theme).await?;
            self.window.stand_still().await?;
            pictures.push((theme, self.window.picture().await?));
            if let Err(error) = self.window.assert_accessible(&format!("{name}{} {theme}", size.name)).await {
                found.push(format!("{error:#}"));
            }
        }
        self.prefer("theme", THEMES[0]).await?;
        Ok(pictures)
    }

    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// # Errors
    /// When the window manager does not.
    pub async fn resize(&mut self, size: Size) -> Result<()> {
        if size != self.size {
            self.window.resize_titled(self.title(), size.width, size.height).await?;
            // What goes by the width hears of it with the next frame.
            self.window.stand_still().await?;
            self.size = size;
        }
        Ok(())
    }

    /// What finds the window that is looked at by its title.
    fn title(&self) -> &str {
        self.apart.as_ref().map_or(APP, |(title, _)| title)
    }

    async fn enter_apart(&mut self) -> Result<()> {
        self.window.enter_apart().await?;
        let title = self.window.script("return document.title;", vec![]).await?;
        let title = title.as_str().context("the window has no title")?;
        // The window manager hears of its title later than the page.
        self.window.bring_up(title).await?;
        // Not the main one, whose title begins in the same way while the app is locked.
        self.apart = Some((format!("^{title}$"), self.size));
        self.size = APART;
        Ok(())
    }

    async fn enter_main(&mut self) -> Result<()> {
        if let Some((_, size)) = self.apart.take() {
            self.size = size;
        }
        self.window.enter_main().await
    }

    /// The window as the next scene expects it, but for the chat that is open.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn clear(&mut self) -> Result<()> {
        self.enter_main().await?;
        self.resize(USUAL).await?;
        let leave = "document.querySelector('[data-testid=hover-bar]')?.closest('[data-testid=message]')
            ?.dispatchEvent(new PointerEvent('pointerleave'));
            document.querySelectorAll('[data-testid=toast] button').forEach((close) => close.click());";
        self.window.script(leave, vec![]).await?;
        self.window.leave_everything().await
    }

    /// # Errors
    /// When a step cannot be done.
    pub async fn play(&mut self, steps: &[Step]) -> Result<()> {
        for step in steps {
            self.step(step).await.with_context(|| format!("{step:?}"))?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<()> {
        let (window, content) = (self.window, self.content);
        match step {
            Step::Chat(key) => window.open_chat(&content.title(key)?).await,
            Step::NoChat => self.no_chat().await,
            Step::Click(id) => window.click(id).await,
            Step::ClickWith(id, word) => window.click_with(id, content.word(word)?).await,
            Step::See(id) => window.find(id).await.map(drop),
            Step::Gone(id) => window.await_gone(id).await,
            Step::Until(expression) => {
                window.until("what the scene waits for", expression, json!({})).await.map(drop)
            }
            Step::Fill(id, word) => window.fill(id, content.word(word)?).await,
            Step::FillLink(id) => window.fill(id, self.link).await,
            Step::FillRelay(id, which) => window.fill(id, &self.relays.of(*which).url()).await,
            Step::Compose(word) => window.paste(if word.is_empty() { "" } else { content.word(word)? }).await,
            Step::SelectAll => {
                window.click("composer").await?;
                window.control("a").await
            }
            Step::Dialog(name) => window.await_dialog(name).await,
            Step::CloseDialog => window.close_dialog().await,
            Step::Message(key) => window.ask_message(&content.shown(key)?).await,
            Step::Take(key, entry) => window.choose(&content.shown(key)?, entry).await,
            Step::Point(key) => window.point_at(&content.shown(key)?).await,
            Step::Row(key) => window.ask_row(&content.title(key)?).await,
            Step::TakeOfRow(key, entry) => window.take_of_row(&content.title(key)?, entry).await,
            Step::TakeFrom(menu, entry) => window.take(menu, entry).await,
            Step::CloseMenu => window.close_menu().await,
            Step::Folder(key) => window.open_folder(key).await,
            Step::Settings(page) => window.open_settings(page).await,
            Step::OpenRelay => {
                window.open_settings("network").await?;
                window.click("network-relay").await?;
                window.await_dialog("relay").await
            }
            Step::Reveal(id) => {
                window.find(id).await?;
                let reveal = "document.querySelector(`[data-testid=${arguments[0]}]`).scrollIntoView({ block: 'center' });";
                window.script(reveal, vec![json!(id)]).await.map(drop)
            }
            Step::Keys(keys) => window.press(keys),
            Step::Prefer(key, value) => self.prefer(key, value).await,
            Step::Widen => self.resize(super::scene::WIDE).await,
            Step::EnterApart => self.enter_apart().await,
            Step::CloseApart => {
                window.press("ctrl+w")?;
                self.enter_main().await?;
                window.await_windows(1).await?;
                // Keys that scenes press go to the window in front.
                window.bring_up(APP).await
            }
            Step::Spoil(key) => self.spoil(&content.title(key)?).await,
            Step::RelayStops => self.relays.home.stop().await,
            Step::RelayResumes => self.relays.home.resume().await,
            Step::RelayIsCopied => self.relays.home.copy().await,
            Step::RelayIsPutBack => self.relays.home.put_back().await,
            Step::LetsMeIn(person, title) => {
                trouble::let_me_in(self.world, person, content.name(ME)?, content.word(title)?).await
            }
            Step::LooksIn(person) => trouble::look_in(self.world, person).await,
            Step::MovesElsewhere(person, file) => {
                let file = trouble::in_home(self.content, self.world, window.name(), file)?;
                trouble::move_away(self.world, person, &self.relays.elsewhere.url(), &file).await
            }
            Step::HoldElsewhere(changes) => {
                self.relays.elsewhere.hold(*changes);
                Ok(())
            }
            Step::ElsewhereHolds => self.relays.elsewhere.holds().await,
            Step::ElsewhereGoesOn => {
                self.relays.elsewhere.hold_nothing();
                Ok(())
            }
            Step::Sync(state, waiting) => window.await_sync(state, *waiting).await,
            Step::BeginAlone(name) => {
                window.fill("name", content.word(name)?).await?;
                // An emptied field would not be heard of.
                window.fill("relay", " ").await?;
                window.click("key-choice-file").await?;
                window.click("create-account").await?;
                window.await_account(content.word(name)?).await
            }
        }
    }

    async fn spoil(&self, title: &str) -> Result<()> {
        self.window.await_chat(title).await?;
        let chat = "return [...document.querySelectorAll('[data-testid=chat-row]')]
                .find((one) => one.dataset.title === arguments[0]).dataset.chat;";
        let chat = self.window.script(chat, vec![json!(title)]).await?;
        let chat: ChatId = chat.as_str().context("a chat without an id")?.parse()?;
        self.relays.home.spoil(chat).await
    }

    async fn no_chat(&self) -> Result<()> {
        for _ in 0..5 {
            if !self.window.is_shown("chat-title").await? {
                return Ok(());
            }
            self.window.press_in_page(Key::Escape).await?;
            self.window.stand_still().await?;
        }
        bail!("the chat stays open")
    }

    /// # Errors
    /// When it cannot be taken or written.
    pub async fn keep_failure(&self, path: &Path) -> Result<()> {
        std::fs::write(path, self.window.picture().await?).with_context(|| format!("{}", path.display()))
    }
}
