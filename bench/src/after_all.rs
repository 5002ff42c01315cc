//! The memory of a core that has done everything: in a fresh process, so that nothing of the benchmark counts.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use beseda_core::{Core, Options, store::search::Order, window::OpenAt};

use crate::{
    local::WORDS,
    machine::pss_kib,
    report::{Figure, Goal, Report, Unit},
    words,
};

const CHATS: usize = 20;
const OLDER: usize = 30;
const SENT: u64 = 200;

/// In a fresh process: lists, reads, scrolls, finds, sends; then says how much memory it has.
///
/// # Errors
/// When the profile cannot be opened.
pub async fn core(profile: &Path) -> Result<()> {
    let core = Core::open(profile, None, Options::default()).await?;
    let before = pss_kib(std::process::id()).context("no memory")?;
    let lines = core.chats().await?;
    for line in lines.iter().take(CHATS) {
        let (mut window, _) = core.open_window(line.number, OpenAt::End).await?;
        for _ in 0..OLDER {
            core.load_older(&mut window).await?;
        }
        let page = core.log(line.number, 50, None).await?;
        core.count_readers(line.number, &page).await?;
        if let Some(first) = page.first() {
            core.open_window(line.number, OpenAt::Message(first.id)).await?;
        }
    }
    for (_, word, _) in WORDS {
        core.search(word, None, Order::Newest, None, 50).await?;
        core.search(word, None, Order::Best, None, 50).await?;
    }
    for n in 0..SENT {
        let line = &lines[n as usize % CHATS.min(lines.len())];
        core.send_message(line.number, &words::message(n)).await?;
    }
    let after = pss_kib(std::process::id()).context("no memory")?;
    println!("{before} {after}");
    core.close().await;
    Ok(())
}

/// # Errors
/// When the process fails.
pub fn measure(profile: &Path, report: &mut Report) -> Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.arg("after-all").arg(profile).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("the process failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let kib: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [before, after] = kib[..] else { bail!("the process says {said:?}") };
    report.add(
        Figure::new("memory of the core after all this", Unit::MiB, after / 1024.0)
            .goal(Goal::Value(60.0))
            .note(format!(
                "PSS of a process that has listed, scrolled through {CHATS} chats ({OLDER} pages each), found and sent; \
                 {:.1} MiB once open",
                before / 1024.0
            )),
    );
    Ok(())
}
