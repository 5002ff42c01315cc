//! The real relay program on a port of this machine.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Result, bail};

use super::{LOOK_EVERY, PATIENCE, process::Process, programs};

/// A relay whose process can die and come back with the same address and data.
pub struct RelayProcess {
    port: u16,
    data: PathBuf,
    process: Option<Process>,
}

impl RelayProcess {
    /// Starts one and waits until it answers.
    ///
    /// # Errors
    /// When the program is not built, or does not answer.
    pub async fn start(data: &Path) -> Result<Self> {
        // reqwest is built without a choice of cryptography. A second relay finds the choice made.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut relay = Self { port: programs::free_port()?, data: data.to_owned(), process: None };
        relay.restart().await?;
        Ok(relay)
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// SIGKILL: it has no time to say goodbye.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again on the same port and data.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn restart(&mut self) -> Result<()> {
        self.kill();
        let mut command = Command::new(programs::built("beseda-relay")?);
        command.args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--data"]).arg(&self.data);
        let mut process = Process::start(&mut command, "is it built for this machine?")?;
        let health = format!("{}/health", self.url());
        let client = reqwest::Client::new();
        let started = Instant::now();
        loop {
            if client.get(&health).send().await.is_ok_and(|answer| answer.status().is_success()) {
                self.process = Some(process);
                return Ok(());
            }
            if let Some(status) = process.ended() {
                bail!("the relay ended with {status}; what it said is above");
            }
            if started.elapsed() > PATIENCE {
                bail!("the relay does not answer at {health}");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
