//! A member who was away while people came and went: what the handshakes cost that they have missed.

use std::{path::Path, time::Instant};

use anyhow::{Result, ensure};
use beseda_core::crypto::mls::{self, Group, Rows};

use super::guests::{Bare, ask, known_to, new_guest, requests};
use crate::{
    relay::process::RelayProcess,
    report::{Figure, Report, Unit},
    scene::{group_of_two, person},
};

/// Members who stay, beside the two whose cores are real.
const OTHERS: usize = 8;

/// # Errors
/// When a core, the relay or the disk fails.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let changes = if quick { 10 } else { 200 };
    let world = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(&world.path().join("relay"))?;
    let anna = person(&world.path().join("Anna"), "Anna", &relay).await?;
    let boris = person(&world.path().join("Boris"), "Boris", &relay).await?;
    let id = group_of_two(&anna, &boris).await?;
    let chat = anna.chat_by_id(&id.to_string()).await?;
    let guests = known_to(&relay, OTHERS + 1).await?;
    let (guest, others) = (&guests[0], &guests[1..]);
    ask(&anna, chat, &requests(others)?).await?;
    anna.sync().await?;
    boris.sync().await?;
    // Each is a handshake of its own.
    for _ in 0..changes / 2 {
        ask(&anna, chat, &requests([guest])?).await?;
        anna.sync().await?;
        anna.remove_member(chat, guest.user()).await?;
        anna.sync().await?;
    }
    let his = boris.chat_by_id(&id.to_string()).await?;
    let started = Instant::now();
    boris.sync().await?;
    let took = started.elapsed();
    ensure!(boris.members(his).await?.len() == OTHERS + 2, "other members than there are");
    let events = boris.events(his).await?.len();
    ensure!(events as u64 >= changes, "{events} events of {changes}");
    let figure = Figure::new(
        &format!("catch-up after {changes} membership changes"),
        Unit::Milliseconds,
        took.as_secs_f64() * 1000.0,
    );
    report.add(figure.floor(floor(changes)?).note(format!(
        "a group of {} devices, one comes or goes each time; fetched, checked, merged, stored; floor: OpenMLS in memory",
        OTHERS + 2
    )));
    anna.close().await;
    boris.close().await;
    Ok(())
}

/// The same handshakes, taken in by a group in memory.
fn floor(changes: u64) -> Result<f64> {
    let mut bare = Bare::create()?;
    let boris = new_guest();
    let (package, made) = mls::new_key_package(&boris)?;
    let others: Vec<_> = (0..OTHERS).map(|_| new_guest()).collect();
    let mut asked = requests(&others)?;
    let mut his = requests([&boris])?;
    his[0].key_package = package.bytes;
    asked.append(&mut his);
    let (_, welcome, _) = bare.add(&asked)?;
    let rows: Rows = made.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    let (mut group, _) = Group::join(rows, &welcome)?;
    let mut commits = Vec::new();
    for _ in 0..changes / 2 {
        let guest = new_guest();
        commits.push(bare.add(&requests([&guest])?)?.0);
        commits.push(bare.remove(guest.device())?.0);
    }
    let started = Instant::now();
    for commit in &commits {
        let staged = group.stage(commit)?;
        group.merge(staged)?;
    }
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}
