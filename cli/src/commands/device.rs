//! The devices of a person.

use std::path::Path;

use beseda_core::{Core, Options, OwnDevice, linking::Linking};
use serde_json::{Value, json};

use super::{account, watch};
use crate::{
    arguments::{Device, KeyChoice},
    failure::{Exit, Failure, Result},
    output::{Output, shown_line},
    profile,
    view::{self, short},
};

/// # Errors
/// What the command meets.
pub async fn run(core: &Core, command: Device, out: &mut Output) -> Result<()> {
    match command {
        Device::List => list(core, out).await,
        Device::Link { code } => link(core, &code, out).await,
        Device::Rename { device, name } => {
            let device = find(core, &device).await?;
            core.rename_device(device.device, &name).await?;
            let renamed = find(core, &device.device.to_string()).await?;
            out.result(&value(&renamed), &text(&renamed))
        }
        Device::Remove { device } => {
            let device = find(core, &device).await?;
            core.remove_device(device.device).await?;
            let text = format!(
                "{} is put out of all chats as soon as the relay has it: beseda sync",
                shown_line(called(&device))
            );
            out.result(&value(&device), &text)
        }
        Device::Join { .. } => Ok(()),
    }
}

async fn list(core: &Core, out: &mut Output) -> Result<()> {
    if core.is_removed().await? {
        out.remark("This device was removed: what is here can be read, and nothing more is sent.")?;
    }
    out.remark("ID        ADDED             NAME")?;
    for device in core.devices().await? {
        out.result(&value(&device), &text(&device))?;
    }
    Ok(())
}

/// Offers, and stays until the new device is in all chats.
async fn link(core: &Core, code: &str, out: &mut Output) -> Result<()> {
    let before = core.devices().await?;
    let stop = watch::stop_signal()?;
    core.link_device(code).await?;
    let linked = async {
        // Ends when the offer is answered, or has not been.
        core.sync().await?;
        let after = core.devices().await?;
        let known = |device: &&OwnDevice| !before.iter().any(|old| old.device == device.device);
        let new = after.iter().find(known).ok_or(beseda_core::Error::NotAnswered)?.device;
        out.remark("Linked. It is being let into all chats.")?;
        out.flush()?;
        let all = arrives(core, |devices| {
            devices.iter().find(|device| device.device == new).is_some_and(|device| device.joins.is_none())
        });
        all.await?;
        let device = find(core, &new.to_string()).await?;
        out.result(&value(&device), &format!("{} is in all chats.", shown_line(called(&device))))
    };
    tokio::select! {
        ended = linked => ended,
        () = stop => Ok(()),
    }
}

/// # Errors
/// What the relay or the choice of a key may meet; nobody takes the code.
pub async fn join(
    directory: &Path,
    relay: &str,
    invite: Option<&str>,
    key: Option<KeyChoice>,
    out: &mut Output,
) -> Result<()> {
    if Core::profile(directory)? != beseda_core::Profile::Fresh {
        return Err(beseda_core::Error::AccountExists.into());
    }
    let unlock = profile::unlock(key)?;
    let stop = watch::stop_signal()?;
    let linking = Linking::begin(relay, invite)?;
    linking.register().await?;
    out.remark("On a device of yours, within ten minutes: beseda device link CODE. The code is")?;
    out.result(&json!({ "code": linking.code() }), &linking.code())?;
    out.flush()?;
    let granted = linking.wait().await?;
    let core = Core::link(directory, granted, unlock, Options::default()).await?;
    out.remark(
        "Linked. Everything is being fetched; what is missing when this ends comes with `beseda sync`.",
    )?;
    out.flush()?;
    let everything = async {
        let here = arrives(&core, |devices| {
            devices.iter().find(|device| device.this).is_some_and(|device| device.joins.is_none())
        });
        here.await
    };
    let ended = tokio::select! {
        ended = everything => ended,
        () = stop => Ok(()),
    };
    let told = account::whoami(&core, directory, out).await;
    core.close().await;
    out.flush().and(ended).and(told)
}

/// Stays connected until the devices are as they should be and everything is exchanged.
async fn arrives(core: &Core, done: impl Fn(&[OwnDevice]) -> bool) -> Result<()> {
    let mut touches = core.listen();
    let mut progress = core.progress();
    core.start_syncing().await?;
    loop {
        let up_to_date = progress.borrow_and_update().state == beseda_core::sync::engine::State::UpToDate;
        if up_to_date && done(&core.devices().await?) {
            return Ok(());
        }
        tokio::select! {
            touched = touches.recv() => if touched.is_none() { return Ok(()) },
            changed = progress.changed() => if changed.is_err() { return Ok(()) },
        }
        while touches.try_recv().is_ok() {}
    }
}

/// By name, else by the beginning of the id.
async fn find(core: &Core, wanted: &str) -> Result<OwnDevice> {
    let lower = wanted.trim().to_lowercase();
    let devices = core.devices().await?;
    let named = devices.iter().any(|device| device.name.to_lowercase() == lower);
    let mut fits = devices.into_iter().filter(|device| {
        if named {
            device.name.to_lowercase() == lower
        } else {
            !lower.is_empty() && device.device.to_string().starts_with(&lower)
        }
    });
    match (fits.next(), fits.next()) {
        (Some(device), None) => Ok(device),
        (None, _) => Err(beseda_core::Error::NoSuchDevice.into()),
        (Some(_), Some(_)) => {
            let message = format!("more than one device fits {wanted}: use the id");
            Err(Failure::new(Exit::NotFound, "ambiguous_device", message))
        }
    }
}

fn value(device: &OwnDevice) -> Value {
    json!({
        "device": device.device.to_string(),
        "name": device.name,
        "this": device.this,
        "added_at": device.added_at,
        "joins": device.joins.map(|(chats, of)| json!({ "chats": chats, "of": of })),
    })
}

fn called(device: &OwnDevice) -> &str {
    if device.name.is_empty() { "The device" } else { &device.name }
}

fn text(device: &OwnDevice) -> String {
    let added =
        if device.added_at == 0 { "with the account".to_owned() } else { view::local(device.added_at) };
    let this = if device.this { " (this one)" } else { "" };
    let joins = device.joins.map(|(chats, of)| format!(" · in {chats} of {of} chats")).unwrap_or_default();
    format!("{:<8}  {added:<16}  {}{this}{joins}", short(&device.device), shown_line(&device.name))
}
