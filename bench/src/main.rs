//! `cargo xtask bench`: measures what DESIGN section 9 promises, beside the least that could do the same work.
//!
//! Reading order: [`report`] (what a figure is), [`floor`] (what it is compared with), [`fill`] (a profile with a
//! million messages), then a module for each part. Some figures need fresh processes: this program then starts itself
//! in another role.
//!
//! Not here: micro-benchmarks. Every figure is something that a person or an operator waits for or pays.

mod after_all;
mod catch_up;
mod fill;
mod floor;
mod frames;
mod layouts;
mod local;
mod machine;
mod peers;
mod people;
mod relay;
mod report;
mod scale;
mod scene;
mod screen;
mod search_index;
mod start;
mod timings;
mod window;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    fill::Size,
    floor::{Durable, Floor},
    machine::Machine,
    report::Report,
};

#[derive(Parser)]
#[command(name = "beseda-bench", about = "Measures Beseda against raw SQLite and an empty window")]
struct Arguments {
    /// Ten thousand messages and no window: shows in seconds that the benchmark works
    #[arg(long)]
    quick: bool,
    /// Only this part; may be given several times
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// Keep the filled profile here and use it again
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What a person does on their own machine, in histories of 10 k, 100 k and 1 M messages side by side
    #[arg(long)]
    scale: bool,
    /// Also ask another messenger's core, installed from a package registry, and open the windows of Dino, Nheko and
    /// Telegram, installed from Debian
    #[arg(long)]
    peers: bool,
    /// Messages in the history, instead of a million
    #[arg(long, value_name = "N")]
    messages: Option<u64>,
    /// Chats they are in
    #[arg(long, value_name = "N")]
    chats: Option<usize>,
    /// Where the report goes [default: bench/results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Chat list, pages, readers, search, send
    Local,
    /// Memory of a core that has done all that
    Memory,
    /// Process start to first page
    Start,
    /// Catch-up from the relay
    CatchUp,
    /// Accepts per second
    Relay,
    /// Memory of live connections
    Idle,
    /// Groups of 2 to 900 devices, a linked device, a newcomer, an empty relay, missed membership changes
    People,
    /// The window: warm and cold start
    Window,
    /// The window when nobody does anything: memory and CPU
    WindowAtRest,
    /// Memory of the window after an hour of 20 messages a minute: takes an hour, only when asked for
    WindowHour,
    /// The window at work: frames, keys, scrolling, changing chats, while messages arrive in a chat of 100,000
    Frames,
    /// Which tables are best: a contest of schemas, only when asked for
    Layouts,
    /// Which full-text index is best: a contest, only when asked for
    SearchIndex,
}

/// What this program is when it does not measure, and most often when it started itself.
#[derive(Subcommand)]
enum Role {
    #[command(hide = true)]
    StartCore { profile: PathBuf },
    #[command(hide = true)]
    StartFloor { database: PathBuf, key: String },
    #[command(hide = true)]
    AfterAll { profile: PathBuf },
    #[command(hide = true)]
    Relay { data: PathBuf, port: u16 },
    /// Fill a new profile with chats to look at
    Seed {
        #[arg(long, value_name = "DIR")]
        profile: PathBuf,
        #[arg(long, default_value_t = 20_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
        messages: u64,
        #[arg(long, default_value_t = 40, value_name = "N", value_parser = chats_of_a_profile)]
        chats: usize,
    },
}

const FULL: Size = Size { messages: 1_000_000, chats: 1_000 };
const QUICK: Size = Size { messages: 10_000, chats: 20 };
/// The floor's database has a key as random as any.
const KEY: [u8; 32] = [0x5A; 32];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match &arguments.role {
        Some(Role::StartCore { profile }) => start::core(profile).await,
        Some(Role::StartFloor { database, key }) => start::floor(database, key_of(key)?),
        Some(Role::AfterAll { profile }) => after_all::core(profile).await,
        Some(Role::Relay { data, port }) => relay::process::serve(data, *port).await,
        Some(Role::Seed { profile, messages, chats }) => {
            fill::seed(profile, Size { messages: *messages, chats: *chats }).await
        }
        None => run(&arguments).await,
    }
}

fn chats_of_a_profile(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(chats @ 1..=10_000) => Ok(chats),
        _ => Err("1 to 10,000 chats".to_owned()),
    }
}

fn key_of(hex: &str) -> Result<[u8; 32]> {
    let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes())?;
    bytes.try_into().map_err(|_| anyhow::anyhow!("a key of 32 bytes"))
}

async fn run(arguments: &Arguments) -> Result<()> {
    let quick = arguments.quick;
    let mut size = if quick { QUICK } else { FULL };
    size.messages = arguments.messages.unwrap_or(size.messages);
    size.chats = arguments.chats.unwrap_or(size.chats);
    // Beside the program, not in the system's directory for temporary files: that one may be memory, where an fsync
    // costs nothing.
    let program = std::env::current_exe()?;
    let scratch = tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(program.parent().context("a program in a directory")?)?;
    let dir = scratch.path();
    let asked = |part| arguments.only.contains(&part);
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    if asked(Part::Layouts) {
        // A quick run shows that it works: it must not replace what a full one found.
        let results = arguments.results.clone().or_else(|| (!quick).then(|| checkout.join("results")));
        let plot =
            arguments.results.clone().unwrap_or_else(|| checkout.join("../docs/images")).join("layouts.svg");
        let plot = results.is_some().then_some(plot.as_path());
        layouts::measure(dir, arguments.data.as_deref(), results.as_deref(), plot, quick)?;
    }
    if asked(Part::SearchIndex) {
        let results = arguments.results.clone().or_else(|| (!quick).then(|| checkout.join("results")));
        search_index::measure(dir, results.as_deref(), quick)?;
    }
    let contests = [Part::Layouts, Part::SearchIndex];
    if !arguments.only.is_empty() && arguments.only.iter().all(|part| contests.contains(part)) {
        return Ok(());
    }
    let taken = chrono::Utc::now();
    let (results, name) = (
        arguments.results.clone().unwrap_or_else(|| checkout.join("results")),
        taken.format("%Y-%m-%d").to_string(),
    );
    if arguments.scale {
        return side_by_side(arguments, dir, size, &results, &name).await;
    }
    let mut report = empty(dir, size, quick)?;
    let wanted = |part| arguments.only.is_empty() || asked(part);
    // What needs a display and the desktop app.
    let shown = |part| asked(part) || (wanted(part) && !quick);
    let (window, at_rest) = (shown(Part::Window), shown(Part::WindowAtRest));

    if wanted(Part::Local) || wanted(Part::Start) || wanted(Part::Memory) || window || at_rest {
        let kept = arguments.data.as_deref().unwrap_or(dir);
        let (profile, database) = filled(kept, size).await?;
        let mut floor = Floor::open(&database, Some(KEY), Durable::Process)?;
        if wanted(Part::Start) {
            start::measure(&profile, &database, KEY, &mut report, quick)?;
        }
        // Everything else can be measured where there is no display.
        if window
            && let Err(error) = window::start::measure(dir, &profile, arguments.peers, &mut report, quick)
        {
            report.missing.push(format!("the start of the window: {error:#}"));
        }
        if at_rest
            && let Err(error) = window::rest::measure(dir, &profile, arguments.peers, &mut report, quick)
        {
            report.missing.push(format!("the window at rest: {error:#}"));
        }
        if wanted(Part::Local) {
            local::measure(&profile, &mut floor, &mut report, quick).await?;
        }
        if wanted(Part::Memory) {
            after_all::measure(&profile, &mut report)?;
        }
    }
    if wanted(Part::CatchUp) {
        catch_up::measure(dir, &mut report, quick).await?;
    }
    if wanted(Part::People) {
        people::measure(dir, &mut report, quick).await;
    }
    if shown(Part::Frames)
        && let Err(error) = frames::measure(dir, &mut report, quick).await
    {
        report.missing.push(format!("the window at work: {error:#}"));
    }
    if asked(Part::WindowHour)
        && let Err(error) = window::hour::measure(dir, &mut report, quick).await
    {
        report.missing.push(format!("an hour of the window: {error:#}"));
    }
    if wanted(Part::Relay) {
        relay::accept::measure(dir, &mut report, quick).await?;
    }
    if wanted(Part::Idle) {
        relay::idle::measure(dir, &mut report, quick).await?;
    }

    if arguments.peers
        && wanted(Part::Local)
        && let Err(error) = peers::measure(dir, &mut report, quick)
    {
        // It may not be there to be had; ours is measured all the same.
        report.missing.push(format!("Delta Chat's core: {error:#}"));
    }

    println!("\n{}\n", report.table());
    let written = report.write(&results, &name)?;
    println!("Written to {} and .json", written.display());
    Ok(())
}

fn empty(dir: &Path, size: Size, quick: bool) -> Result<Report> {
    Ok(Report {
        taken: chrono::Utc::now().format("%Y-%m-%d %H:%M").to_string(),
        machine: Machine::look(dir)?,
        messages: size.messages,
        chats: size.chats,
        quick,
        figures: Vec::new(),
        missing: Vec::new(),
    })
}

/// What a person does, in histories of different length.
async fn side_by_side(
    arguments: &Arguments,
    dir: &Path,
    size: Size,
    results: &Path,
    name: &str,
) -> Result<()> {
    let kept = arguments.data.as_deref().unwrap_or(dir);
    let mut reports = Vec::new();
    // The longest may be shortened, to see in a minute that it works.
    for messages in scale::SIZES.into_iter().filter(|messages| *messages <= size.messages) {
        // A chat of fewer messages than a page has would not show what a page costs.
        let chats = size.chats.min(usize::try_from(messages / 100)?).max(1);
        let size = Size { messages, chats };
        let mut report = empty(dir, size, arguments.quick)?;
        let (profile, database) = filled(&kept.join(messages.to_string()), size).await?;
        start::measure(&profile, &database, KEY, &mut report, arguments.quick)?;
        let mut floor = Floor::open(&database, Some(KEY), Durable::Process)?;
        local::measure(&profile, &mut floor, &mut report, arguments.quick).await?;
        drop(floor);
        after_all::measure(&profile, &mut report)?;
        reports.push(report);
    }
    println!("\n{}\n", scale::table(&reports));
    scale::write(&reports, results, name)
}

/// The profile and the floor's database, filled alike.
async fn filled(dir: &Path, size: Size) -> Result<(PathBuf, PathBuf)> {
    std::fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    let (profile, database) = (dir.join("profile"), dir.join("floor.db"));
    println!("Filling {} messages into {} chats", size.messages, size.chats);
    fill::profile(&profile, size).await?;
    if !database.exists() {
        let mut floor = Floor::open(&database, Some(KEY), Durable::Process)?;
        let mut first = 0;
        // Numbered like the profile's, whose first chat is the person's notes.
        for (chat, n) in (2..).zip(0..size.chats) {
            floor.fill(chat, first, size.of_chat(n))?;
            floor.checkpoint()?;
            first += size.of_chat(n);
        }
    }
    Ok((profile, database))
}
