//! A relay on a port of its own, and profiles driven through the binary.

use std::{
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
    thread::JoinHandle,
};

use beseda_relay::{Config, LogStore as _, Purpose, Relay, SqliteStore, clock, serve, store::invite_hash};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// Nothing listens there: ports below 1024 are for servers of the system, and this one has been unused since 1988.
pub const NOWHERE: &str = "http://127.0.0.1:1";

pub struct World {
    pub dir: TempDir,
    pub url: String,
    listener: Option<TcpListener>,
    relay: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl World {
    /// The relay has an address, and does not answer yet.
    pub fn without_relay() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self { dir: TempDir::new().unwrap(), url, listener: Some(listener), relay: None }
    }

    pub fn new() -> Self {
        let mut world = Self::without_relay();
        world.start_relay(None);
        world
    }

    /// With an invitation token it lets in only who has that.
    pub fn start_relay(&mut self, invite: Option<&'static str>) {
        let listener = self.listener.take().unwrap();
        let data = self.dir.path().join("relay");
        let (stop, stopped) = oneshot::channel::<()>();
        let running = std::thread::spawn(move || {
            tokio::runtime::Runtime::new().unwrap().block_on(async {
                let store = SqliteStore::open(&data, Purpose::Serve).await.unwrap();
                let mut config = Config::new(vec![listener.local_addr().unwrap().to_string()]);
                if let Some(token) = invite {
                    config.invite_required = true;
                    store.create_invite(invite_hash(token), 1, clock::system()()).await.unwrap();
                }
                let relay = Relay::open(config, Arc::new(store));
                let stopped = async {
                    let _ = stopped.await;
                };
                serve(listener, relay, None, stopped).await.unwrap();
            });
        });
        self.relay = Some((stop, running));
    }

    /// A profile of its own, not yet made.
    pub fn person(&self, name: &str) -> Person {
        Person { profile: self.dir.path().join(name) }
    }

    /// A profile whose key is in a file.
    pub fn made(&self, name: &str) -> Person {
        let person = self.person(name);
        person.ok(&["init", "--name", name, "--relay", &self.url, "--key", "file"]);
        person
    }

    /// Two people in one group: Anna made it, Boris joined.
    pub fn anna_and_boris(&self) -> (Person, Person) {
        let (anna, boris) = (self.made("Anna"), self.made("Boris"));
        anna.ok(&["chat", "create", "--title", "Trip"]);
        anna.ok(&["sync"]);
        let link = anna.one(&["invite", "Trip"])["link"].as_str().unwrap().to_owned();
        boris.ok(&["join", &link]);
        for person in [&boris, &anna, &boris] {
            person.ok(&["sync"]);
        }
        (anna, boris)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some((stop, running)) = self.relay.take() {
            let _ = stop.send(());
            let _ = running.join();
        }
    }
}

pub struct Person {
    pub profile: PathBuf,
}

/// Nothing of the environment but what a test gives: whoever runs the tests may use Beseda too.
pub fn beseda(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beseda"));
    command.args(arguments).env_remove("BESEDA_PROFILE").env_remove("BESEDA_PASSPHRASE").stdin(Stdio::null());
    command
}

/// Exit code and the code of the JSON on stderr.
pub fn refusal(output: &Output) -> (i32, String) {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    let last = stderr.lines().last().unwrap_or_default();
    let error: Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("not JSON: {stderr}"));
    assert!(error["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
    (output.status.code().unwrap(), error["error"]["code"].as_str().unwrap().to_owned())
}

impl Person {
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = beseda(arguments);
        command.arg("--profile").arg(&self.profile);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs with `--json`; answers the objects it printed.
    pub fn ok(&self, arguments: &[&str]) -> Vec<Value> {
        objects(&self.run(&[arguments, &["--json"]].concat()))
    }

    pub fn one(&self, arguments: &[&str]) -> Value {
        let objects = self.ok(arguments);
        assert_eq!(objects.len(), 1, "{objects:?}");
        objects.into_iter().next().unwrap()
    }

    pub fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn refused(&self, arguments: &[&str]) -> (i32, String) {
        refusal(&self.run(&[arguments, &["--json"]].concat()))
    }

    pub fn send_lines(&self, chat: &str, lines: &str) -> Output {
        let mut child = self
            .command(&["send", chat, "--stdin", "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let lines = lines.to_owned();
        // It answers while it reads: both pipes would fill.
        let writing = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
        let output = child.wait_with_output().unwrap();
        // Whoever refuses a line does not read the rest.
        let _ = writing.join().unwrap();
        output
    }

    pub fn texts(&self, chat: &str, limit: usize) -> Vec<String> {
        let messages = self.ok(&["log", chat, "--limit", &limit.to_string()]);
        messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }

    pub fn database(&self) -> PathBuf {
        Path::new(&self.profile).join("beseda.db")
    }
}

pub fn objects(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{output:?}");
    let stdout = std::str::from_utf8(&output.stdout).unwrap();
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
