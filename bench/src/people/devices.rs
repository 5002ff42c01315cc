//! A second device is linked: from its code, until it is in every chat.

use std::{path::Path, time::Instant};

use anyhow::{Context as _, Result};
use beseda_core::{
    Core, Options,
    linking::Linking,
    store::{Unlock, chats::Status},
};
use beseda_protocol::membership::ChatKind;

use super::guests::{Bare, new_guest, requests};
use crate::{
    relay::process::RelayProcess,
    report::{Figure, Report, Unit},
    scene::person,
};

/// # Errors
/// When a core, the relay or the disk fails.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let chats = if quick { 10 } else { 200 };
    let world = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(&world.path().join("relay"))?;
    let anna = person(&world.path().join("Anna"), "Anna", &relay).await?;
    for n in 0..chats {
        let chat = anna.create_chat(ChatKind::Group, &format!("Chat {n}"), "", "").await?;
        anna.send_message(chat.number, &format!("word {n}")).await?;
    }
    anna.sync().await?;
    let all = anna.chats().await?.len();
    anna.start_syncing().await?;
    let linking = Linking::begin(&relay.url(), None)?;
    linking.register().await?;

    let started = Instant::now();
    anna.link_device(&linking.code()).await?;
    let granted = linking.wait().await?;
    let phone = Core::link(&world.path().join("phone"), granted, Unlock::File, Options::default()).await?;
    let known = started.elapsed();
    let mut changed = phone.listen();
    phone.start_syncing().await?;
    while inside(&phone).await? < all {
        changed.recv().await.context("the new device has stopped")?;
        while changed.try_recv().is_ok() {}
    }
    let took = started.elapsed();
    let figure = Figure::new(
        &format!("link a device with {chats} chats"),
        Unit::Milliseconds,
        took.as_secs_f64() * 1000.0,
    );
    report.add(figure.floor(floor(all)?).note(format!(
        "from its code until it is in every chat and has what was said there; it is one of the person's after {:.0} ms; floor: \
         each group lets one in, OpenMLS in memory",
        known.as_secs_f64() * 1000.0
    )));
    anna.close().await;
    phone.close().await;
    Ok(())
}

/// Chats that it is in, and of which it has the last line.
async fn inside(phone: &Core) -> Result<usize> {
    let lines = phone.chats().await?;
    // Nothing was said in the notes.
    let whole = lines.iter().filter(|line| {
        line.status == Status::Active && (line.last.is_some() || line.kind == ChatKind::Notes)
    });
    Ok(whole.count())
}

fn floor(chats: usize) -> Result<f64> {
    let phone = new_guest();
    let mut groups = (0..chats).map(|_| Bare::create()).collect::<Result<Vec<_>>>()?;
    let started = Instant::now();
    for group in &mut groups {
        group.add(&requests([&phone])?)?;
    }
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}
