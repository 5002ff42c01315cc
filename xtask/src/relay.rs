//! The relay on this machine: found when it already answers, else started.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    checkout,
    children::{Running, interrupted},
    steps::{program, say},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A relay that answers; ours when this process started it.
pub struct Relay {
    pub url: String,
    ours: Option<Running>,
}

impl Relay {
    /// # Errors
    /// When no relay answers at `address` and none can be started there.
    pub fn find_or_start(address: SocketAddr, release: bool) -> Result<Self> {
        let url = format!("http://{address}");
        if healthy(address) {
            say(format!(
                "A relay answers at {url}: this window joins it, and it ends with whoever started it"
            ));
            return Ok(Self { url, ours: None });
        }
        let data = checkout::run_dir().join("relay");
        fs::create_dir_all(&data).with_context(|| format!("{} cannot be made", data.display()))?;
        say(format!("Starting the relay at {url}, data in {}", data.display()));
        let mut command = program(&checkout::built("beseda-relay", release).to_string_lossy(), &["serve"]);
        command.arg("--listen").arg(address.to_string()).arg("--data").arg(&data);
        let mut running = Running::start("the relay", &mut command)?;
        let started = Instant::now();
        while !healthy(address) {
            if let Some(status) = running.ended() {
                // Another `run` may have started one in the same moment: then that one answers.
                if healthy(address) {
                    return Ok(Self { url, ours: None });
                }
                bail!("the relay ended with {status}; is something else using {address}?");
            }
            if started.elapsed() > PATIENCE {
                bail!("the relay does not answer at {url}/health after {} s", PATIENCE.as_secs());
            }
            if interrupted() {
                bail!("stopped");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { url, ours: Some(running) })
    }

    pub fn ours(&self) -> bool {
        self.ours.is_some()
    }

    /// The relay of this process is gone; said once.
    pub fn lost(&mut self) -> bool {
        let ended = self.ours.as_mut().is_some_and(|running| running.ended().is_some());
        if ended {
            self.ours = None;
        }
        ended
    }
}

/// Whether a relay answers `GET /health` with 200.
fn healthy(address: SocketAddr) -> bool {
    let second = Duration::from_secs(1);
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, second)?;
        stream.set_read_timeout(Some(second))?;
        stream.write_all(
            format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes(),
        )?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
