//! A person at a terminal: the program `beseda`, a process for each thing they do.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

pub struct Terminal {
    pub name: &'static str,
    profile: PathBuf,
}

pub fn json(line: &str) -> Value {
    serde_json::from_str(line.trim()).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("beseda")
}

impl Terminal {
    pub fn new(dir: &Path, name: &'static str) -> Self {
        Self { name, profile: dir.join(name) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("--json").arg("--log=off").arg("--profile").arg(&self.profile).args(arguments);
        command.stdin(Stdio::null());
        command
    }

    /// Does it to the end; answers what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let done = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{} {arguments:?}: {} {said}", self.name, done.status);
        String::from_utf8(done.stdout).unwrap()
    }

    /// Its exit code and what it said on stderr.
    pub fn fails(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let done = self.command(arguments).output().unwrap();
        assert!(!done.status.success(), "{arguments:?}");
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    }

    /// Begins it.
    pub fn start(&self, arguments: &[&str]) -> tokio::process::Child {
        let mut command = tokio::process::Command::from(self.command(arguments));
        command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap()
    }

    pub fn start_talking(&self, arguments: &[&str]) -> Talking {
        let mut child = self.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Talking { child, out }
    }

    /// Goes on counting from where the log ends; SIGKILL after `acknowledged` messages were said to be kept.
    pub fn says_until_killed(&self, chat: &str, upto: usize, acknowledged: usize) {
        let first = self.said(chat);
        let mut command = self.command(&["send", chat, "--stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let name = self.name;
        let writing = std::thread::spawn(move || {
            // The reader may be dead in the middle of it.
            (first..upto).try_for_each(|n| writeln!(input, "{name} {n}"))
        });
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut kept = 0;
        while kept < acknowledged && out.next().is_some_and(|line| line.is_ok()) {
            kept += 1;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = writing.join().unwrap();
        assert!(self.said(chat) >= first + kept, "{name}: what was said to be kept is kept");
    }

    /// Author and text of every message, oldest first.
    pub fn log(&self, chat: &str) -> Vec<(String, String)> {
        self.run(&["log", chat, "--limit", "5000"])
            .lines()
            .map(|line| {
                let message = json(line);
                let text = |key: &str| message[key].as_str().unwrap().to_owned();
                (text("author_name"), text("text"))
            })
            .collect()
    }

    /// How many messages of this person are here: all from the first on, in their order, each once.
    pub fn said(&self, chat: &str) -> usize {
        let log = self.log(chat);
        let own: Vec<_> =
            log.iter().filter(|(author, _)| author == self.name).map(|(_, text)| text).collect();
        for (n, text) in own.iter().enumerate() {
            assert_eq!(**text, format!("{} {n}", self.name));
        }
        own.len()
    }
}

/// A program whose output is read while it runs.
pub struct Talking {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Talking {
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.out.read_line(&mut line).unwrap() > 0, "it ended");
        line
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
