//! Groups of 2 to 1,000 devices: made, one more let in, one put out; on the device that does it, until the relay has it.

use std::{path::Path, time::Instant};

use anyhow::{Result, ensure};
use beseda_core::{Core, crypto::keys::DeviceKeys, domain::ChatNo};
use beseda_protocol::membership::ChatKind;

use super::guests::{Bare, ask, known_to, new_guest, requests};
use crate::{
    relay::process::RelayProcess,
    report::{Figure, Report, Unit},
    scene::person,
    timings::Timings,
};

/// Devices, and how often such a group is made.
const SIZES: [(usize, usize); 4] = [(2, 5), (10, 5), (100, 3), (1000, 1)];
const QUICK: [(usize, usize); 2] = [(2, 1), (10, 1)];
/// From this size on the groups in which one is let in and put out are worth a figure.
const LARGE: usize = 100;
const ROUNDS: usize = 5;

/// # Errors
/// When the core, the relay or the disk fails.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let sizes: &[(usize, usize)] = if quick { &QUICK } else { &SIZES };
    let large = if quick { QUICK[1].0 } else { LARGE };
    let world = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(&world.path().join("relay"))?;
    let core = person(&world.path().join("Anna"), "Anna", &relay).await?;
    core.sync().await?;
    let largest = sizes.iter().map(|(size, _)| *size).max().unwrap_or_default();
    let guests = known_to(&relay, largest).await?;
    for (size, rounds) in sizes {
        let (mut ours, mut floor) = (Timings::default(), Timings::default());
        let mut made = None;
        for _ in 0..*rounds {
            let asked = requests(&guests[1..*size])?;
            let started = Instant::now();
            let chat = core.create_chat(ChatKind::Group, &format!("Group of {size}"), "", "").await?.number;
            ask(&core, chat, &asked).await?;
            core.sync().await?;
            ours.add(started.elapsed());
            let inside = core.members(chat).await?.len();
            ensure!(inside == *size, "{inside} of {size} are in");
            let started = Instant::now();
            let mut bare = Bare::create()?;
            bare.add(&asked)?;
            floor.add(started.elapsed());
            made = Some((chat, bare));
        }
        let figure =
            Figure::new(&format!("create a group of {size} devices"), Unit::Milliseconds, ours.median());
        report.add(figure.floor(floor.median()).note(
            "until the relay has the handshakes and welcomes; key packages are at hand; floor: OpenMLS in memory, one commit",
        ));
        if let Some((chat, bare)) = made
            && *size >= large
        {
            one_more(&core, chat, bare, &guests[0], *size, report).await?;
        }
    }
    core.close().await;
    Ok(())
}

/// Somebody is let in and put out, a few times.
async fn one_more(
    core: &Core,
    chat: ChatNo,
    mut bare: Bare,
    guest: &DeviceKeys,
    size: usize,
    report: &mut Report,
) -> Result<()> {
    let (mut adds, mut removes) = <([Timings; 2], [Timings; 2])>::default();
    for _ in 0..ROUNDS {
        ask(core, chat, &requests([guest])?).await?;
        let started = Instant::now();
        core.sync().await?;
        adds[0].add(started.elapsed());
        ensure!(core.members(chat).await?.len() == size + 1, "one more was not let in");
        let started = Instant::now();
        core.remove_member(chat, guest.user()).await?;
        core.sync().await?;
        removes[0].add(started.elapsed());
        ensure!(core.members(chat).await?.len() == size, "they were not put out");
        // Fresh keys: the floor's group knows nobody who was put out.
        let other = new_guest();
        adds[1].add(bare.add(&requests([&other])?)?.2);
        removes[1].add(bare.remove(other.device())?.1);
    }
    for (name, [ours, floor]) in [("let one more into", adds), ("put one out of", removes)] {
        let figure =
            Figure::new(&format!("{name} a group of {size} devices, p50"), Unit::Milliseconds, ours.median());
        report.add(figure.floor(floor.median()).note(format!(
            "a whole exchange with the relay; longest of {ROUNDS} {:.0} ms; floor: OpenMLS in memory",
            ours.longest()
        )));
    }
    Ok(())
}
