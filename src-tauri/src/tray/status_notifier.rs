//! The tray on Linux: a StatusNotifierItem, over the session bus. No library of a desktop is needed for it, and it is told
//! when the tray comes and goes.

use std::sync::Arc;

use beseda_contract::{accounts::Accounts, api::Totals};
use ksni::{Icon, MenuItem, OfflineReason, ToolTip, Tray, TrayMethods as _, menu::StandardItem};
use tauri::{AppHandle, Manager as _};

use super::badge::with_count;
use crate::{window, words::Words};

const AN_HOUR: i64 = 3_600_000;

struct Item {
    app: AppHandle,
    accounts: Arc<Accounts>,
    words: Words,
    totals: Totals,
    /// Since the person pressed so here; in milliseconds since 1970.
    quiet_until: i64,
}

impl Item {
    fn be_quiet(&mut self, until: i64) {
        self.quiet_until = until;
        let accounts = Arc::clone(&self.accounts);
        tauri::async_runtime::spawn(async move { accounts.be_quiet(until).await });
    }

    fn entry(label: String, press: impl Fn(&mut Self) + Send + 'static) -> MenuItem<Self> {
        StandardItem { label, activate: Box::new(press), ..StandardItem::default() }.into()
    }
}

impl Tray for Item {
    fn id(&self) -> String {
        self.app.config().identifier.clone()
    }

    fn category(&self) -> ksni::Category {
        ksni::Category::Communications
    }

    fn title(&self) -> String {
        self.words.say("app-name")
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        let Some(image) = self.app.default_window_icon() else { return vec![] };
        let (width, height) = (image.width(), image.height());
        let data = with_count(image.rgba(), width as usize, height as usize, self.totals.unread);
        let side = |n: u32| i32::try_from(n).unwrap_or_default();
        vec![Icon { width: side(width), height: side(height), data }]
    }

    fn tool_tip(&self) -> ToolTip {
        let description = match self.totals.unread {
            0 => String::new(),
            unread => self.words.say_count("unread", unread),
        };
        ToolTip { title: self.title(), description, ..ToolTip::default() }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let words = self.words;
        let mut entries = vec![
            Self::entry(words.say("tray-show"), |item| window::bring_to_front(&item.app, window::MAIN)),
            MenuItem::Separator,
            Self::entry(words.say("tray-quiet"), |item| item.be_quiet(now() + AN_HOUR)),
        ];
        if self.quiet_until > now() {
            entries.push(Self::entry(words.say("tray-loud"), |item| item.be_quiet(0)));
        }
        entries.push(MenuItem::Separator);
        entries.push(Self::entry(words.say("tray-quit"), |item| window::quit(&item.app)));
        entries
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        window::bring_to_front(&self.app, window::MAIN);
    }

    fn watcher_online(&self) {
        self.accounts.set_tray(true);
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        tracing::info!(?reason, "there is no tray now");
        self.accounts.set_tray(false);
        // Nobody would find it again.
        window::show_if_hidden(&self.app);
        true
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or_default()
}

pub async fn run(app: AppHandle) {
    let accounts = app.state::<Arc<Accounts>>().inner().clone();
    let (mut totals, mut settings) = (accounts.totals(), accounts.settings());
    let words = Words::of(&settings.borrow_and_update().language);
    let unread = *totals.borrow_and_update();
    accounts.set_tray(true);
    let item = Item { app, accounts: Arc::clone(&accounts), words, totals: unread, quiet_until: 0 };
    // It waits for a tray where there is none yet.
    let handle = match item.assume_sni_available(true).spawn().await {
        Ok(handle) => handle,
        Err(error) => {
            tracing::info!(%error, "there is no tray");
            accounts.set_tray(false);
            return;
        }
    };
    loop {
        let changed = tokio::select! {
            changed = totals.changed() => changed,
            changed = settings.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
        let unread = *totals.borrow_and_update();
        let words = Words::of(&settings.borrow_and_update().language);
        let update = handle.update(|item| (item.totals, item.words) = (unread, words));
        if update.await.is_none() {
            return;
        }
    }
}
