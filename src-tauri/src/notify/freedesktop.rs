//! Notifications on Linux: the desktop's server, over the session bus.
//! <https://specifications.freedesktop.org/notification-spec/latest/>, and the inline replies of KDE.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use beseda_contract::{
    ApiError, OpenAt,
    accounts::{AccountId, Accounts, Steps},
    notices::{About, Notice, Step},
};
use futures_util::{Stream, StreamExt as _, stream};
use serde_json::{Value as Json, json};
use tauri::{AppHandle, Manager as _};
use tokio::sync::{Notify, mpsc};
use zbus::zvariant::Value;

use super::wording::{escaped, wording};
use crate::{window, words::Words};

const OPEN: &str = "default";
const MARK_READ: &str = "mark-read";
const REPLY: &str = "inline-reply";

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[expect(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_replied(&self, id: u32, text: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// What the server says of a notification. Others' notifications are told of too.
enum Said {
    Pressed { id: u32, action: String },
    Replied { id: u32, text: String },
    Closed { id: u32 },
}

/// A notification on screen.
struct Posted {
    id: u32,
    notice: Notice,
}

struct Desktop {
    app: AppHandle,
    accounts: Arc<Accounts>,
    server: NotificationsProxy<'static>,
    posted: BTreeMap<(AccountId, About), Posted>,
    /// The server does not answer; said once.
    silent: bool,
}

/// Shows what comes until `stop`, and then only what has come by then.
pub async fn run(app: AppHandle, mut notices: mpsc::UnboundedReceiver<Steps>, stop: Arc<Notify>) {
    let connected = async {
        let server = NotificationsProxy::new(&zbus::Connection::session().await?).await?;
        let said = signals(&server).await?;
        Ok::<_, zbus::Error>((server, said))
    };
    let (server, mut said) = match connected.await {
        Ok(connected) => connected,
        Err(error) => {
            tracing::info!(%error, "there is no session bus: nothing is told outside the window");
            return;
        }
    };
    let accounts = app.state::<Arc<Accounts>>().inner().clone();
    let mut desktop = Desktop { app, accounts, server, posted: BTreeMap::new(), silent: false };
    loop {
        tokio::select! {
            // What a person pressed is not to be overtaken by the notification's end.
            biased;
            heard = said.next() => match heard {
                Some(heard) => desktop.heard(heard).await,
                None => break,
            },
            told = notices.recv() => match told {
                Some((account, steps)) => desktop.take(&account, steps).await,
                None => break,
            },
            () = stop.notified() => break,
        }
    }
    while let Ok((account, steps)) = notices.try_recv() {
        desktop.take(&account, steps).await;
    }
}

async fn signals(
    server: &NotificationsProxy<'static>,
) -> zbus::Result<impl Stream<Item = Said> + Send + Unpin + use<>> {
    let pressed = server.receive_action_invoked().await?.filter_map(async |signal| {
        let ActionInvokedArgs { id, action_key, .. } = signal.args().ok()?;
        Some(Said::Pressed { id, action: action_key })
    });
    let replied = server.receive_notification_replied().await?.filter_map(async |signal| {
        let NotificationRepliedArgs { id, text, .. } = signal.args().ok()?;
        Some(Said::Replied { id, text })
    });
    let closed = server
        .receive_notification_closed()
        .await?
        .filter_map(async |signal| Some(Said::Closed { id: signal.args().ok()?.id }));
    Ok(stream::select_all([pressed.boxed(), replied.boxed(), closed.boxed()]))
}

impl Desktop {
    async fn take(&mut self, account: &AccountId, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Show(notice) => {
                    let done = self.show(account, notice).await;
                    if let Err(error) = &done
                        && !self.silent
                    {
                        tracing::info!(%error, "the desktop takes no notifications");
                    }
                    self.silent = done.is_err();
                }
                Step::TakeAway(about) => {
                    if let Some(posted) = self.posted.remove(&(account.clone(), about)) {
                        self.close(posted.id).await;
                    }
                }
            }
        }
    }

    async fn show(&mut self, account: &AccountId, notice: Notice) -> zbus::Result<()> {
        let words = Words::of(&self.accounts.settings().borrow().language);
        // Asked each time: another server may have taken over.
        let can = self.server.get_capabilities().await?;
        let can = |capability: &str| can.iter().any(|one| one == capability);
        let said = wording(&notice, words);
        let body = if can("body-markup") { escaped(&said.body) } else { said.body };
        let (open, mark_read, reply) =
            (words.say("notice-open"), words.say("notice-mark-read"), words.say("notice-reply"));
        let mut actions = Vec::new();
        if can("actions") {
            actions.extend([OPEN, &open]);
            if matches!(notice.about, About::Chat(_)) {
                if notice.may_reply && can(REPLY) {
                    actions.extend([REPLY, &reply]);
                }
                actions.extend([MARK_READ, &mark_read]);
            }
        }
        let info = self.app.package_info();
        let mut hints = HashMap::from([
            ("category", Value::from("im.received")),
            ("desktop-entry", Value::from(info.name.as_str())),
            // What only changes makes no stir.
            ("urgency", Value::from(u8::from(notice.fresh))),
        ]);
        if notice.fresh && notice.sound {
            hints.insert("sound-name", Value::from("message-new-instant"));
        } else {
            hints.insert("suppress-sound", Value::from(true));
        }
        if actions.contains(&REPLY) {
            hints.insert("x-kde-reply-placeholder-text", Value::from(words.say("notice-reply-hint")));
            hints.insert("x-kde-reply-submit-button-text", Value::from(words.say("send")));
        }
        let key = (account.clone(), notice.about);
        let replaces = self.posted.get(&key).map_or(0, |posted| posted.id);
        let name = words.say("app-name");
        let icon = env!("CARGO_PKG_NAME");
        let id = self.server.notify(&name, replaces, icon, &said.summary, &body, &actions, hints, -1).await?;
        self.posted.insert(key, Posted { id, notice });
        Ok(())
    }

    async fn heard(&mut self, said: Said) {
        let (Said::Pressed { id, .. } | Said::Replied { id, .. } | Said::Closed { id }) = said;
        let Some(key) = self.posted.iter().find(|(_, posted)| posted.id == id).map(|(key, _)| key.clone())
        else {
            return;
        };
        let (account, about) = &key;
        let Some(posted) = self.posted.get(&key) else { return };
        let newest = posted.notice.lines.last().map(|line| line.id.to_string());
        match (said, about) {
            (Said::Pressed { action, .. }, _) if action == OPEN => {
                let at = match about {
                    About::Chat(chat) => {
                        let oldest = posted.notice.lines.first().map(|line| line.id.to_string());
                        Some(OpenAt { chat: chat.to_string(), message: oldest })
                    }
                    About::Many => None,
                };
                window::take_to(&self.app, account, at);
                self.put_away(&key).await;
                self.close(id).await;
            }
            (Said::Pressed { action, .. }, About::Chat(chat)) if action == MARK_READ => {
                self.mark_read(account, &chat.to_string(), newest.as_deref()).await;
            }
            (Said::Replied { text, .. }, About::Chat(chat)) => {
                let chat = chat.to_string();
                let message =
                    json!({ "chat": chat, "text": text, "reply_to": null, "mentions": [], "poll": null });
                if self.call(account, "send_message", message).await.is_ok() {
                    self.mark_read(account, &chat, newest.as_deref()).await;
                } else {
                    // The window has what is left to say: there the person can try again.
                    window::take_to(&self.app, account, Some(OpenAt { chat, message: None }));
                }
            }
            (Said::Closed { .. }, _) => self.put_away(&key).await,
            (Said::Pressed { .. } | Said::Replied { .. }, _) => {}
        }
    }

    /// Whoever answers has read what they answer.
    async fn mark_read(&self, account: &AccountId, chat: &str, message: Option<&str>) {
        if let Some(message) = message {
            let _ = self.call(account, "mark_read", json!({ "chat": chat, "message": message })).await;
        }
    }

    async fn call(&self, account: &AccountId, name: &str, arguments: Json) -> Result<Json, ApiError> {
        let done = self.accounts.call(Some(account), name, arguments).await;
        if let Err(error) = &done {
            tracing::warn!(command = name, code = ?error.code, "what was pressed in a notification is not done");
        }
        done
    }

    async fn put_away(&mut self, key: &(AccountId, About)) {
        self.posted.remove(key);
        self.accounts.dismissed(&key.0, key.1).await;
    }

    async fn close(&self, id: u32) {
        // One that is closed already is an error of some servers, and of no meaning.
        if let Err(error) = self.server.close_notification(id).await {
            tracing::debug!(%error, "a notification was not closed");
        }
    }
}
