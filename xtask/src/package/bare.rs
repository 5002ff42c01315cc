//! The packages on a machine that has nothing of ours: whether they install, start, do what they are for, and go.
//!
//! Not here: what the app does once it runs. Its own tests drive it; here one looks whether its window shows something.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    children::Running,
    steps::{self, say},
};

use super::{
    files,
    machine::{Machine, PERSON, answer},
    session::{Session, differing, wait},
};

/// Tenths of what systemd calls exposure: what a service may do that it need not.
const EXPOSURE: &str = "--threshold=20";
/// In pixels: more than a light that moves, less than a dialog.
const ANOTHER_SCREEN: usize = 20_000;

const OURS: &[&str] = &["beseda", "beseda-relay", "beseda-cli"];
/// What a desktop has and a bare Debian has not: a session bus, who reads desktop files, languages. And who reads units.
const DESKTOP: &[&str] = &["dbus", "desktop-file-utils", "locales", "systemd"];
const LANGUAGE: &str = "ru_RU.UTF-8";

/// A profile with something to read in it, made and read in a terminal. The last lines are a link to a message in it and
/// what it has in its chat.
const TALK: &str = "
export BESEDA_PROFILE=\"$HOME/.local/share/beseda/default\"
beseda init --name 'Анна Lindqvist' --relay \"$RELAY\" --key file >&2
beseda chat create --kind group --title 'Поход на озеро 🏕️' >&2
beseda send 'Поход на озеро 🏕️' 'Кто берёт палатку? 👋' >&2
id=$(beseda --json send 'Поход на озеро 🏕️' 'I’ll bring the tent — it sleeps four ⛺' | sed 's/.*\"id\":\"\\([0-9a-f]*\\)\".*/\\1/')
beseda sync >&2
beseda link \"$id\"
beseda log 'Поход на озеро 🏕️'";
const SAID: &[&str] = &["Кто берёт палатку? 👋", "I’ll bring the tent — it sleeps four ⛺"];

/// Another person's invitation: its last line is the link.
const INVITE: &str = "
export BESEDA_PROFILE=\"$HOME/boris\"
beseda init --name Boris --relay \"$RELAY\" --key file >&2
beseda chat create --kind group --title 'Книжный клуб 📚' >&2
beseda invite 'Книжный клуб 📚'";

/// Letters and pictures that the screen has to show, each with a character (hexadecimal) that a font must have.
const SCRIPTS: &[(&str, &str)] = &[("Latin", "e9"), ("Cyrillic", "436"), ("emoji", "1f44b")];

/// Installs the packages of `dir` there, starts what is in them, and takes them off again.
///
/// # Errors
/// When any of it fails: with what the programs said.
pub fn install_and_start(dir: &Path, suite: &str) -> Result<()> {
    let debs = files(dir, &["deb"])?;
    ensure!(debs.len() == OURS.len(), "{} packages are in {}", debs.len(), dir.display());
    let machine = Machine::new(suite)?;

    say(format!("Installing the packages on a bare Debian ({suite}), with what they need and nothing else"));
    let mut install = Vec::new();
    for deb in &debs {
        let name = deb.file_name().context("a package has a name")?.to_string_lossy();
        fs::copy(deb, machine.root.join("root").join(&*name))?;
        install.push(format!("/root/{name}"));
    }
    steps::run(&mut machine.inside(&["apt-get", "update", "-qq"]))?;
    machine.install(&install)?;
    complete(&machine)?;

    say("Adding what a desktop has");
    machine.install(DESKTOP)?;
    steps::run(&mut machine.inside(&["localedef", "-i", "ru_RU", "-f", "UTF-8", LANGUAGE]))?;
    steps::run(&mut machine.inside(&["useradd", "--create-home", PERSON]))?;
    handles_links(&machine)?;
    unit_is_valid(&machine)?;
    let relay = Relay::start(&machine)?;
    first_window(&machine)?;

    say("Adding what the app recommends");
    machine.install(&recommended(&machine)?)?;
    fonts_are_there(&machine)?;
    say("Writing in a terminal");
    let (message, invitation) = talk(&machine, &relay.url)?;
    full_window(&machine, &message, &invitation)?;
    drop(relay);

    say("Taking the packages off");
    let mut purge = machine.inside(&["apt-get", "purge", "-y", "-qq", "-o", "Dpkg::Use-Pty=0"]);
    steps::run(purge.args(OURS))?;
    gone(&machine)?;
    say("The packages install, start and go as they should");
    Ok(())
}

/// Each program finds its libraries and tells its version.
fn complete(machine: &Machine) -> Result<()> {
    for name in ["beseda-desktop", "beseda-relay", "beseda"] {
        let libraries = answer(&mut machine.inside(&["ldd", &format!("/usr/bin/{name}")]))?;
        let missing: Vec<&str> = libraries.lines().filter(|line| line.contains("not found")).collect();
        ensure!(missing.is_empty(), "{name} lacks {}", missing.join(", "));
        let version = answer(&mut machine.inside(&[name, "--version"]))?;
        ensure!(
            version.trim() == format!("{name} {}", env!("CARGO_PKG_VERSION")),
            "{name} --version says {version:?}, not {}",
            env!("CARGO_PKG_VERSION")
        );
    }
    Ok(())
}

fn handles_links(machine: &Machine) -> Result<()> {
    let known = fs::read_to_string(machine.path("/usr/share/applications/mimeinfo.cache"))?;
    ensure!(
        known.lines().any(|line| line.starts_with("x-scheme-handler/beseda=Beseda.desktop")),
        "nobody opens beseda: links there"
    );
    Ok(())
}

/// systemd understands every line of the relay's unit, and finds the program it starts.
fn unit_is_valid(machine: &Machine) -> Result<()> {
    let unit = "beseda-relay.service";
    let verified = machine.inside(&["systemd-analyze", "verify", "--man=no", unit]).output()?;
    let said = String::from_utf8_lossy(&verified.stderr);
    let of_ours: Vec<&str> = said.lines().filter(|line| line.contains("beseda")).collect();
    ensure!(verified.status.success() && of_ours.is_empty(), "{unit}: {}\n{said}", verified.status);
    let exposure = ["systemd-analyze", "security", "--offline=yes", EXPOSURE, unit];
    answer(&mut machine.inside(&exposure)).context("the relay's unit lets it do more than it needs")?;
    // Whoever installs it looks at its options first.
    ensure!(
        !machine.path("/etc/systemd/system/multi-user.target.wants").join(unit).exists(),
        "the relay starts with the machine before anybody asked for it"
    );
    Ok(())
}

/// The relay as its unit starts it, but for the directory and the port; ends when dropped.
struct Relay {
    url: String,
    _running: Running,
}

impl Relay {
    fn start(machine: &Machine) -> Result<Self> {
        say("Starting the relay");
        let mut command =
            machine.inside(&["beseda-relay", "serve", "--listen", "127.0.0.1:0", "--data", "/root/relay"]);
        let said = machine.path("/root/relay.out");
        let mut running = Running::start("the relay", command.stdout(fs::File::create(&said)?))?;
        let mut url = None;
        wait("the relay to listen", || {
            if let Some(status) = running.ended() {
                bail!("the relay ended with {status}");
            }
            let text = fs::read_to_string(&said)?;
            url =
                text.strip_prefix("listening on ").and_then(|rest| Some(rest.split_once('\n')?.0.to_owned()));
            Ok(url.is_some())
        })?;
        Ok(Self { url: url.context("the relay does not say where it listens")?, _running: running })
    }
}

/// What the app asks for but does not need, the first of each choice.
fn recommended(machine: &Machine) -> Result<Vec<String>> {
    let told = answer(&mut machine.inside(&["dpkg-query", "-W", "-f", "${Recommends}", "beseda"]))?;
    let first = |choice: &str| choice.split('|').next().unwrap_or(choice).trim().to_owned();
    Ok(told.split(',').map(first).filter(|name| !name.is_empty()).collect())
}

fn fonts_are_there(machine: &Machine) -> Result<()> {
    for (script, character) in SCRIPTS {
        let fonts = answer(&mut machine.inside(&["fc-list", &format!(":charset={character}"), "family"]))?;
        ensure!(!fonts.trim().is_empty(), "no font shows {script}");
    }
    Ok(())
}

/// What is written in a terminal is there to read; the link to a message, and an invitation of somebody else.
fn talk(machine: &Machine, relay: &str) -> Result<(String, String)> {
    let told = answer(machine.as_person(TALK).env("RELAY", relay)).context("beseda in a terminal")?;
    for said in SAID {
        ensure!(told.contains(said), "{said} is not in\n{told}");
    }
    let invited = answer(machine.as_person(INVITE).env("RELAY", relay)).context("beseda invite")?;
    let link = |text: &str| text.lines().find(|line| line.starts_with("beseda:")).map(str::to_owned);
    Ok((
        link(&told).with_context(|| format!("no link to a message in\n{told}"))?,
        link(&invited).with_context(|| format!("no invitation in\n{invited}"))?,
    ))
}

/// Somebody starts it for the first time, with no more than it needs.
fn first_window(machine: &Machine) -> Result<()> {
    say("Starting the app under a virtual display");
    let mut session = Session::start(machine, &HashMap::from([("AGAIN", "beseda-desktop beseda:join/AbC")]))?;
    session.shows_something()?;
    session.picture("first-window")?;
    session.again()
}

/// A profile with something in it, in another language, and a link that the desktop opens.
fn full_window(machine: &Machine, message: &str, invitation: &str) -> Result<()> {
    say("Opening the profile in the app, and an invitation by the desktop");
    let open = format!("xdg-open {invitation}");
    let session = HashMap::from([("LINK", message), ("AGAIN", &open), ("LANG", LANGUAGE), ("LC_ALL", "")]);
    let mut session = Session::start(machine, &session)?;
    let before = session.shows_something()?;
    session.picture("full-window")?;
    session.again()?;
    session.settled("the invitation to be shown", |frame| differing(&before, frame) > ANOTHER_SCREEN)?;
    session.picture("invitation")
}

/// Nothing is left but what is the person's own.
fn gone(machine: &Machine) -> Result<()> {
    let mut find = machine.inside(&["find", "/", "-xdev", "-iname", "*beseda*"]);
    let left = answer(
        find.args(["-not", "-path", "/proc/*", "-not", "-path", "/home/*", "-not", "-path", "/root/*"]),
    )?;
    ensure!(left.trim().is_empty(), "what stays after the packages went:\n{left}");
    let known =
        fs::read_to_string(machine.path("/usr/share/applications/mimeinfo.cache")).unwrap_or_default();
    ensure!(!known.contains("beseda"), "links still lead to what is gone");
    let profile = machine.path(&format!("/home/{PERSON}/.local/share/beseda/default"));
    ensure!(profile.is_dir(), "the person's messages went with the package");
    Ok(())
}
