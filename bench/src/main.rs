//! `cargo xtask bench`: measures what DESIGN section 9 promises, beside the least that could do the same work.
//!
//! Reading order: [`report`] (what a figure is), [`floor`] (what it is compared with), [`fill`] (a profile with a
//! million messages), then a module for each part. Some figures need fresh processes: this program then starts itself
//! in another role.
//!
//! Not here: micro-benchmarks. Every figure is something that a person or an operator waits for or pays.

mod catch_up;
mod fill;
mod floor;
mod local;
mod machine;
mod relay;
mod report;
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
    /// Where the report goes [default: bench/results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Send, newest page, chat list
    Local,
    /// Process start to first page
    Start,
    /// Catch-up from the relay
    CatchUp,
    /// Accepts per second
    Relay,
    /// Memory of live connections
    Idle,
    /// The window, cold start and memory
    Window,
}

/// What this program is when it started itself.
#[derive(Subcommand)]
enum Role {
    #[command(hide = true)]
    StartCore { profile: PathBuf },
    #[command(hide = true)]
    StartFloor { database: PathBuf, key: String },
    #[command(hide = true)]
    Relay { data: PathBuf },
}

const FULL: Size = Size { messages: 1_000_000, chats: 200 };
const QUICK: Size = Size { messages: 10_000, chats: 20 };
/// The floor's database has a key as random as any.
const KEY: [u8; 32] = [0x5A; 32];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match &arguments.role {
        Some(Role::StartCore { profile }) => start::core(profile).await,
        Some(Role::StartFloor { database, key }) => start::floor(database, key_of(key)?),
        Some(Role::Relay { data }) => relay::process::serve(data).await,
        None => run(&arguments).await,
    }
}

fn key_of(hex: &str) -> Result<[u8; 32]> {
    let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes())?;
    bytes.try_into().map_err(|_| anyhow::anyhow!("a key of 32 bytes"))
}

async fn run(arguments: &Arguments) -> Result<()> {
    let quick = arguments.quick;
    let size = if quick { QUICK } else { FULL };
    // Beside the program, not in the system's directory for temporary files: that one may be memory, where an fsync
    // costs nothing.
    let program = std::env::current_exe()?;
    let scratch = tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(program.parent().context("a program in a directory")?)?;
    let dir = scratch.path();
    let taken = chrono::Utc::now();
    let mut report = Report {
        taken: taken.format("%Y-%m-%d %H:%M").to_string(),
        machine: Machine::look(dir)?,
        messages: size.messages,
        chats: size.chats,
        quick,
        figures: Vec::new(),
        missing: Vec::new(),
    };
    let asked = |part| arguments.only.contains(&part);
    let wanted = |part| arguments.only.is_empty() || asked(part);
    let window = asked(Part::Window) || (wanted(Part::Window) && !quick);

    if wanted(Part::Local) || wanted(Part::Start) || window {
        let kept = arguments.data.as_deref().unwrap_or(dir);
        let (profile, database) = filled(kept, size).await?;
        let mut floor = Floor::open(&database, Some(KEY), Durable::Process)?;
        if wanted(Part::Start) {
            start::measure(&profile, &database, KEY, &mut report, quick)?;
        }
        if window {
            // Everything else can be measured where there is no display.
            if let Err(error) = window::measure(dir, &profile, &mut report) {
                report.missing.push(format!("the window: {error:#}"));
            }
        }
        if wanted(Part::Local) {
            local::measure(&profile, &mut floor, &mut report, quick).await?;
        }
    }
    if wanted(Part::CatchUp) {
        catch_up::measure(dir, &mut report, quick).await?;
    }
    if wanted(Part::Relay) {
        relay::accept::measure(dir, &mut report, quick).await?;
    }
    if wanted(Part::Idle) {
        relay::idle::measure(dir, &mut report, quick).await?;
    }

    println!("\n{}\n", report.table());
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let results = arguments.results.clone().unwrap_or_else(|| checkout.join("results"));
    let written = report.write(&results, &taken.format("%Y-%m-%d").to_string())?;
    println!("Written to {} and .json", written.display());
    Ok(())
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
        for (chat, n) in (1..).zip(0..size.chats) {
            floor.fill(chat, first, size.of_chat(n))?;
            floor.checkpoint()?;
            first += size.of_chat(n);
        }
    }
    Ok((profile, database))
}
