//! A relay in a process of its own: this program once more, in another role, serving the relay's own code.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use beseda_relay::{Config, Purpose, Relay, SqliteStore};
use tokio::io::AsyncReadExt as _;

/// Serves until stdin ends, on `port` or, for 0, on a free one; says its address in one line first.
///
/// # Errors
/// When the data directory or the socket cannot be used.
pub async fn serve(data: &Path, port: u16) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let name = listener.local_addr()?.to_string();
    let store = Arc::new(SqliteStore::open(data, Purpose::Serve).await?);
    let mut config = Config::new(vec![name.clone()]);
    // One address asks for everybody here.
    config.rates = None;
    println!("{name}");
    let relay = Relay::open(config, store);
    let parent_is_gone = async {
        let mut rest = Vec::new();
        let _ = tokio::io::stdin().read_to_end(&mut rest).await;
    };
    beseda_relay::serve(listener, relay, None, parent_is_gone).await?;
    Ok(())
}

pub struct RelayProcess {
    child: Child,
    /// `host:port`.
    pub address: String,
}

impl RelayProcess {
    /// # Errors
    /// When it does not start.
    pub fn start(data: &Path) -> Result<Self> {
        Self::start_at(data, "0")
    }

    /// It loses its disk; an empty one stands at the same address.
    ///
    /// # Errors
    /// When the data cannot be removed, or it does not start again.
    pub fn emptied(self, data: &Path) -> Result<Self> {
        let address = self.address.clone();
        let (_, port) = address.rsplit_once(':').context("an address without a port")?;
        drop(self);
        std::fs::remove_dir_all(data).with_context(|| format!("{} cannot be removed", data.display()))?;
        Self::start_at(data, port)
    }

    fn start_at(data: &Path, port: &str) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("relay")
            .arg(data)
            .arg(port)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the relay cannot be started")?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("the relay has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("the relay ended at once");
        }
        Ok(Self { child, address: line.trim().to_owned() })
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        // The end of its stdin asks it to stop in order.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
