//! A window's process: started by WebKitWebDriver on a display and session bus of its own.

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use thirtyfour::{Capabilities, WebDriver, WindowHandle};

use super::{LOOK_EVERY, PATIENCE, display::Display, process::Process, programs};

const MISSING: &str = "`cargo xtask setup` installs it (packages dbus, webkit2gtk-driver)";

/// After so long a person presses a key again that did nothing.
pub const PRESS_AGAIN: std::time::Duration = std::time::Duration::from_secs(3);

/// Where one person's programs keep what is not the profile.
pub struct Desk {
    pub profile: PathBuf,
    pub home: PathBuf,
    /// What the window's process says.
    pub log: PathBuf,
    /// Address of the session bus; `None`: one of its own with nothing on it.
    pub bus: Option<String>,
}

/// The program behind a driven window.
pub struct Driven {
    pub driver: WebDriver,
    /// The main window's.
    pub main: WindowHandle,
    pub display: Display,
    program: PathBuf,
    profile: PathBuf,
    _webdriver: Process,
}

impl Driven {
    /// Opens a window of the desk's profile that proposes `relay`.
    ///
    /// # Errors
    /// When a program is missing or the window does not open.
    pub async fn open(desk: &Desk, relay: &str) -> Result<Self> {
        let program = programs::built("beseda-desktop")?;
        let display = Display::start()?;
        let port = programs::free_port()?;
        let mut webdriver = start_webdriver(desk, &display, port)?;
        let server = format!("http://127.0.0.1:{port}");
        wait_until_ready(&server, &mut webdriver).await?;

        let mut capabilities = Capabilities::new();
        let arguments = ["--profile", &desk.profile.to_string_lossy(), "--relay", relay].map(str::to_owned);
        capabilities
            .set("webkitgtk:browserOptions", json!({ "binary": program, "args": arguments }))
            .context("capabilities")?;
        let driver = WebDriver::new(&server, capabilities).await.context("the window does not open")?;
        let main = driver.window().await?;
        Ok(Self { driver, main, display, program, profile: desk.profile.clone(), _webdriver: webdriver })
    }

    /// Closes the window as a person does, with the key of the window manager, and waits until the process has ended.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn close(self) -> Result<()> {
        self.display.press("alt+F4")?;
        let asked = Instant::now();
        let mut pressed = asked;
        while is_running(&self.program, &self.profile)? {
            if asked.elapsed() > PATIENCE {
                bail!("the window of {} does not close", self.profile.display());
            }
            // A key pressed while the window manager is busy with another window reaches nobody: a person presses again.
            if pressed.elapsed() > PRESS_AGAIN {
                self.display.press("alt+F4")?;
                pressed = Instant::now();
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        // The session ended with the window: asking the driver to end it would only fail.
        let _ = self.driver.leak();
        Ok(())
    }

    /// Waits until the process has ended by itself.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn await_end(self) -> Result<()> {
        let started = Instant::now();
        while is_running(&self.program, &self.profile)? {
            if started.elapsed() > PATIENCE {
                bail!("the process of {} does not end", self.profile.display());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let _ = self.driver.leak();
        Ok(())
    }

    /// Starts the program once more in the same session, as a menu or a browser does, and waits until that has ended.
    ///
    /// # Errors
    /// When it does not end, or not well.
    pub async fn start_again(&self, arguments: &[&str]) -> Result<()> {
        let first = process_of(&self.program, &self.profile)?.context("the window is gone")?;
        let mut again = Command::new(&self.program);
        again.arg("--profile").arg(&self.profile).args(arguments).env_clear().envs(variables(&first)?);
        let mut again = Process::start(&mut again, "it is built")?;
        let started = Instant::now();
        loop {
            match again.ended() {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("a second start ended with {status}"),
                None if started.elapsed() > PATIENCE => bail!("a second start stays"),
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// SIGKILL to the processes in which its pages live; how many there were.
    ///
    /// # Errors
    /// When the process of the window is gone.
    pub fn kill_pages(&self) -> Result<usize> {
        let window = process_of(&self.program, &self.profile)?.context("the window is gone")?;
        let window = window.file_name().context("a process without a number")?;
        let mut killed = 0;
        for entry in fs::read_dir("/proc").context("/proc cannot be read")? {
            let process = entry?.path();
            let page = fs::read_link(process.join("exe")).is_ok_and(|exe| exe.ends_with("WebKitWebProcess"));
            if page && parent_of(&process).as_deref() == window.to_str() {
                let pid =
                    process.file_name().and_then(OsStr::to_str).context("a process without a number")?;
                kill(Pid::from_raw(pid.parse()?), Signal::SIGKILL)?;
                killed += 1;
            }
        }
        Ok(killed)
    }

    /// SIGKILL to the window's process and all that belongs to it.
    pub fn kill(self) {
        let _ = self.driver.leak();
    }
}

fn start_webdriver(desk: &Desk, display: &Display, port: u16) -> Result<Process> {
    let mut command = match &desk.bus {
        Some(address) => {
            let mut command = Command::new("WebKitWebDriver");
            command.env("DBUS_SESSION_BUS_ADDRESS", address);
            command
        }
        None => {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "WebKitWebDriver"]);
            command
        }
    };
    command.arg(format!("--port={port}"));
    for (name, dir) in [("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")]
    {
        let dir = desk.home.join(dir);
        fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        command.env(name, dir);
    }
    // What starts with the session is in there.
    command.env("HOME", &desk.home);
    // WebDriver's screenshots hang without the DMABUF renderer: whatever the person set stays out.
    command.env_remove("WEBKIT_DISABLE_DMABUF_RENDERER").env_remove("WAYLAND_DISPLAY");
    command
        .env("DISPLAY", &display.name)
        .env("GDK_BACKEND", "x11")
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .stdout(Stdio::null());
    let log =
        fs::File::create(&desk.log).with_context(|| format!("{} cannot be written", desk.log.display()))?;
    Process::start(command.stderr(log), MISSING)
}

async fn wait_until_ready(server: &str, webdriver: &mut Process) -> Result<()> {
    // reqwest is built without a choice of cryptography; who comes second finds it made.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let started = Instant::now();
    while client.get(format!("{server}/status")).send().await.is_err() {
        if let Some(status) = webdriver.ended() {
            bail!("WebKitWebDriver ended with {status}: {MISSING}");
        }
        if started.elapsed() > PATIENCE {
            bail!("WebKitWebDriver does not answer at {server}");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

fn is_running(program: &Path, profile: &Path) -> Result<bool> {
    Ok(process_of(program, profile)?.is_some())
}

/// The live process (its directory in `/proc`) that runs `program` with `profile` among its arguments.
fn process_of(program: &Path, profile: &Path) -> Result<Option<PathBuf>> {
    let profile = profile.as_os_str().as_encoded_bytes();
    for entry in fs::read_dir("/proc").context("/proc cannot be read")? {
        let process = entry?.path();
        // A process that ended in between, or one that waits to be reaped, has no such link.
        if fs::read_link(process.join("exe")).is_ok_and(|exe| exe == program)
            && let Ok(arguments) = fs::read(process.join("cmdline"))
            && arguments.split(|byte| *byte == 0).any(|argument| argument == profile)
        {
            return Ok(Some(process));
        }
    }
    Ok(None)
}

/// The number of the process that has started this one.
fn parent_of(process: &Path) -> Option<String> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    status.lines().find_map(|line| Some(line.strip_prefix("PPid:")?.trim().to_owned()))
}

/// What `/proc/…/environ` holds.
fn variables(process: &Path) -> Result<Vec<(OsString, OsString)>> {
    let all = fs::read(process.join("environ")).context("the window's environment cannot be read")?;
    let pairs = all.split(|byte| *byte == 0).filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b'=')?;
        let text = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
        Some((text(&line[..at]), text(&line[at + 1..])))
    });
    Ok(pairs.collect())
}
