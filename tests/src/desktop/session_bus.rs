//! A session bus with what a desktop puts on it: a server of notifications that shows them to the test, and a tray. They are
//! the system's part, which no machine of a test has.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use zbus::{
    Connection, Proxy, connection, interface,
    object_server::SignalEmitter,
    zvariant::{OwnedValue, Structure, Value},
};

use super::{LOOK_EVERY, PATIENCE, process::Process};

const MISSING: &str = "`cargo xtask setup` installs it (package dbus)";
const NOTIFICATIONS: &str = "/org/freedesktop/Notifications";

/// A notification as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub id: u32,
    pub summary: String,
    pub body: String,
    /// Keys without their labels.
    pub actions: Vec<String>,
    /// How often it was shown, changes without a stir apart.
    pub times: u32,
    pub closed: bool,
}

type All = Arc<Mutex<Vec<Shown>>>;

struct Server(All);

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    fn get_capabilities(&self) -> Vec<&str> {
        vec!["actions", "body", "body-markup", "inline-reply", "sound"]
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("test", "Beseda", "1", "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &self,
        _app_name: &str,
        replaces_id: u32,
        _app_icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stirs = u32::from(hints.get("urgency").is_none_or(|urgency| u8::try_from(urgency) != Ok(0)));
        let actions = actions.into_iter().step_by(2).collect();
        if let Some(shown) = all.iter_mut().find(|shown| shown.id == replaces_id && !shown.closed) {
            (shown.summary, shown.body, shown.actions) = (summary, body, actions);
            shown.times += stirs;
            return replaces_id;
        }
        let id = u32::try_from(all.len()).unwrap_or(u32::MAX) + 1;
        all.push(Shown { id, summary, body, actions, times: stirs, closed: false });
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        let closed = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let open = all.iter_mut().find(|shown| shown.id == id && !shown.closed);
            open.map(|shown| shown.closed = true)
        };
        if closed.is_some() {
            Self::notification_closed(&emitter, id, 3).await?;
        }
        Ok(())
    }

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_replied(emitter: &SignalEmitter<'_>, id: u32, text: &str) -> zbus::Result<()>;
}

/// Names of the items in the tray.
struct Watcher(Arc<Mutex<Vec<String>>>);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(service);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// Ends when dropped.
pub struct SessionBus {
    pub address: String,
    shown: All,
    items: Arc<Mutex<Vec<String>>>,
    connection: Connection,
    _daemon: Process,
}

impl SessionBus {
    /// Starts one, with a server of notifications and a tray on it.
    ///
    /// # Errors
    /// When dbus-daemon is missing or does not start.
    pub async fn start() -> Result<Self> {
        let mut daemon = Process::start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .stdout(Stdio::piped()),
            MISSING,
        )?;
        let stdout = daemon.child().stdout.take().context("dbus-daemon has no output")?;
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address).context("dbus-daemon does not tell its address")?;
        let address = address.trim().to_owned();
        let (shown, items) = (All::default(), Arc::default());
        let connection = connection::Builder::address(address.as_str())?
            .serve_at(NOTIFICATIONS, Server(Arc::clone(&shown)))?
            .serve_at("/StatusNotifierWatcher", Watcher(Arc::clone(&items)))?
            .name("org.freedesktop.Notifications")?
            .name("org.kde.StatusNotifierWatcher")?
            .build()
            .await?;
        Ok(Self { address, shown, items, connection, _daemon: daemon })
    }

    /// All that were shown, in their order, closed or not.
    #[must_use]
    pub fn notifications(&self) -> Vec<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a notification that is open and fits.
    ///
    /// # Errors
    /// When none comes: with those that came.
    pub async fn await_notification(&self, what: &str, fits: impl Fn(&Shown) -> bool) -> Result<Shown> {
        let find = || self.notifications().into_iter().find(|shown| !shown.closed && fits(shown));
        self.wait(what, find).await
    }

    /// Waits until a notification is closed.
    ///
    /// # Errors
    /// When it stays.
    pub async fn await_closed(&self, id: u32) -> Result<()> {
        let find = || self.notifications().into_iter().find(|shown| shown.id == id && shown.closed);
        self.wait("a notification to be closed", find).await?;
        Ok(())
    }

    async fn wait<T>(&self, what: &str, find: impl Fn() -> Option<T>) -> Result<T> {
        let started = Instant::now();
        loop {
            if let Some(found) = find() {
                return Ok(found);
            }
            if started.elapsed() > PATIENCE {
                bail!("waited {} s for {what}; shown were {:#?}", PATIENCE.as_secs(), self.notifications());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn emitter(&self) -> Result<zbus::object_server::InterfaceRef<Server>> {
        Ok(self.connection.object_server().interface(NOTIFICATIONS).await?)
    }

    /// Presses a notification, or a button of it. As desktops do, it is closed then.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn press(&self, id: u32, action: &str) -> Result<()> {
        let server = self.emitter().await?;
        Server::action_invoked(server.signal_emitter(), id, action).await?;
        self.close(id, 2).await
    }

    /// Answers in a notification.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn reply(&self, id: u32, text: &str) -> Result<()> {
        let server = self.emitter().await?;
        Server::notification_replied(server.signal_emitter(), id, text).await?;
        self.close(id, 2).await
    }

    async fn close(&self, id: u32, reason: u32) -> Result<()> {
        let server = self.emitter().await?;
        let mut all = self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for shown in &mut all {
            shown.closed |= shown.id == id;
        }
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(Server::notification_closed(server.signal_emitter(), id, reason).await?)
    }

    /// The one item in the tray.
    async fn item(&self) -> Result<String> {
        let find = || self.items.lock().unwrap_or_else(PoisonError::into_inner).last().cloned();
        self.wait("an item in the tray", find).await
    }

    /// What the item in the tray says when one points at it.
    ///
    /// # Errors
    /// When there is none.
    pub async fn tray_tip(&self) -> Result<String> {
        let item = Proxy::new(
            &self.connection,
            self.item().await?,
            "/StatusNotifierItem",
            "org.kde.StatusNotifierItem",
        )
        .await?;
        let tip: OwnedValue = item.get_property("ToolTip").await?;
        let tip = Structure::try_from(tip)?;
        let description = tip.fields().get(3).context("a tip without its text")?;
        Ok(description.try_clone()?.try_into()?)
    }

    /// Presses the item itself.
    ///
    /// # Errors
    /// When there is none.
    pub async fn press_tray(&self) -> Result<()> {
        let item = Proxy::new(
            &self.connection,
            self.item().await?,
            "/StatusNotifierItem",
            "org.kde.StatusNotifierItem",
        )
        .await?;
        Ok(item.call("Activate", &(0_i32, 0_i32)).await?)
    }

    /// Chooses the entry of this label in the menu of the item in the tray.
    ///
    /// # Errors
    /// When there is no such entry.
    pub async fn choose_in_tray(&self, label: &str) -> Result<()> {
        let menu =
            Proxy::new(&self.connection, self.item().await?, "/MenuBar", "com.canonical.dbusmenu").await?;
        type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));
        let (_, (_, _, entries)): Layout =
            menu.call("GetLayout", &(0_i32, -1_i32, Vec::<&str>::new())).await?;
        let mut labels = Vec::new();
        for entry in entries {
            let entry = Structure::try_from(entry)?;
            let id: i32 = entry.fields().first().context("no number")?.try_clone()?.try_into()?;
            let looks: HashMap<String, Value<'_>> =
                entry.fields().get(1).context("no looks")?.try_clone()?.try_into()?;
            let Some(Value::Str(said)) = looks.get("label") else { continue };
            if said.as_str() == label {
                let event = (id, "clicked", Value::from(0_i32), 0_u32);
                return Ok(menu.call("Event", &event).await?);
            }
            labels.push(said.to_string());
        }
        bail!("the tray's menu has {labels:?}, not {label:?}")
    }
}
