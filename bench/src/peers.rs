//! The same questions to another messenger's core, in the same run: Delta Chat's `deltachat-rpc-server`, installed with
//! pip into an environment of the benchmark's own, asked over JSON-RPC on its stdin and stdout.
//!
//! It is asked without network and account. So its messages are those that a device writes to itself, put in one by one;
//! that is also what its sending is measured by. Only when asked for (`--peers`): it needs a package registry.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{
    report::{Figure, Report, Unit},
    timings::Timings,
    words,
};

const PACKAGE: &str = "deltachat-rpc-server";
const PAGE: usize = 50;
const ROUNDS: usize = 50;
const GROUPS: usize = 50;

/// # Errors
/// When it cannot be installed, does not start, or answers something else.
pub fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let program = install(dir)?;
    let mut peer = Peer::start(&program, &dir.join("accounts"))?;
    let system = peer.call("get_system_info", json!([]))?;
    let version = system["deltachat_core_version"].as_str().unwrap_or("?").to_owned();
    let account = peer.call("add_account", json!([]))?;
    let count: u64 = if quick { 200 } else { 10_000 };
    let mut sends = Timings::default();
    for n in 0..count {
        let text = if n % 200 == 7 { format!("{} harbour", words::message(n)) } else { words::message(n) };
        let message = json!([account, format!("label {n}"), { "text": text }]);
        sends.time(|| peer.call("add_device_message", message))?;
    }
    let note =
        format!("Delta Chat core {version}, {count} messages in one chat, JSON-RPC over a pipe included");
    let mut add = |name: &str, timings: &Timings, what: &str| {
        let figure = Figure::new(&format!("peer: {name}, p50"), Unit::Milliseconds, timings.median());
        report.add(figure.note(format!("{note}; {what}; p99 {:.2} ms", timings.p99())));
    };
    add("send", &sends, "a message of the device to itself");

    let entries = peer.call("get_chatlist_entries", json!([account, null, null, null]))?;
    let chat = entries[0].clone();
    let mut pages = Timings::default();
    let mut bare = Timings::default();
    for _ in 0..ROUNDS {
        pages.time(|| -> Result<()> {
            let ids = peer.call("get_message_ids", json!([account, chat, false, false]))?;
            let ids = ids.as_array().context("no ids")?;
            ensure!(ids.len() as u64 == count, "{} messages of {count}", ids.len());
            let newest = &ids[ids.len() - PAGE..];
            let page = bare.time(|| peer.call("get_messages", json!([account, newest])))?;
            ensure!(page.as_object().is_some_and(|page| page.len() == PAGE), "a page is short");
            Ok(())
        })?;
    }
    add("newest page of 50", &pages, "the ids of the chat, then the messages of 50");
    add("50 messages whose ids are known", &bare, "without the ids of the chat");

    for (name, word) in [("a middling word", "harbour"), ("a common word", "everybody")] {
        let mut searches = Timings::default();
        for _ in 0..ROUNDS {
            searches.time(|| -> Result<()> {
                let found = peer.call("search_messages", json!([account, word, null]))?;
                let found = found.as_array().context("no ids")?;
                let first = &found[..found.len().min(PAGE)];
                peer.call("message_ids_to_search_results", json!([account, first]))?;
                Ok(())
            })?;
        }
        add(&format!("search: {name}"), &searches, "ids, then the first 50 with text");
    }

    // Groups without an account are refused by some versions; the list then has what is there.
    for n in 0..GROUPS {
        if peer.call("create_group_chat", json!([account, format!("Group {n}"), false])).is_err() {
            break;
        }
    }
    let mut lists = Timings::default();
    let mut listed = 0;
    for _ in 0..ROUNDS {
        lists.time(|| -> Result<()> {
            let entries = peer.call("get_chatlist_entries", json!([account, null, null, null]))?;
            listed = entries.as_array().map_or(0, Vec::len);
            peer.call("get_chatlist_items_by_entries", json!([account, entries]))?;
            Ok(())
        })?;
    }
    add(&format!("chat list of {listed}"), &lists, "entries, then their items");
    Ok(())
}

/// Where the program is, once it is installed.
fn install(dir: &Path) -> Result<PathBuf> {
    let environment = dir.join("peers");
    let run = |command: &mut Command| -> Result<()> {
        let output = command.stdin(Stdio::null()).output().context("Python does not start")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("it fails"));
        }
        Ok(())
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment)).context("a Python environment")?;
    run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", PACKAGE]))
        .with_context(|| format!("pip install {PACKAGE}"))?;
    Ok(environment.join("bin").join(PACKAGE))
}

/// The other core, while it runs.
struct Peer {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    asked: u64,
}

impl Peer {
    fn start(program: &Path, accounts: &Path) -> Result<Self> {
        let mut process = Command::new(program)
            .env("DC_ACCOUNTS_PATH", accounts)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let stdin = process.stdin.take().context("no input")?;
        let stdout = BufReader::new(process.stdout.take().context("no output")?);
        Ok(Self { process, stdin, stdout, asked: 0 })
    }

    #[allow(clippy::needless_pass_by_value)]
    fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        self.asked += 1;
        let request = json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params });
        writeln!(self.stdin, "{request}")?;
        self.stdin.flush()?;
        loop {
            let mut line = String::new();
            ensure!(self.stdout.read_line(&mut line)? > 0, "{method}: it has stopped");
            let mut answer: Value = serde_json::from_str(&line)?;
            // What is not an answer to this is news of its own.
            if answer["id"] != self.asked {
                continue;
            }
            if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
                bail!("{method}: {error}");
            }
            return Ok(answer["result"].take());
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
