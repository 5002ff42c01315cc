//! Devices that are let into chats and never act: keys, known to the relay, and what each asks with. And a group of such
//! devices in memory alone, without a store and a relay: the floor.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use beseda_core::{
    Core,
    crypto::{
        Secret,
        keys::{self, DeviceKeys},
        mls::{self, Group},
    },
    domain::ChatNo,
    store::{Durability, joining},
    sync::{http::HttpTransport, session::Session},
};
use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq,
    membership::{ChatKind, History, Roles},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::relay::{process::RelayProcess, wire::random};

/// Accounts that are opened at the same time.
const TOGETHER: usize = 16;

#[must_use]
pub fn new_guest() -> DeviceKeys {
    DeviceKeys::create(&Secret::generate(), &Secret::generate())
}

/// `count` new people with a device each, whom the relay takes welcomes for.
///
/// # Errors
/// When the relay refuses.
pub async fn known_to(relay: &RelayProcess, count: usize) -> Result<Vec<DeviceKeys>> {
    let transport = &HttpTransport::new(&relay.url())?;
    let guests = stream::iter(0..count).map(|_| async move {
        let guest = new_guest();
        Session::open(transport, guest.signing(), None).await?;
        anyhow::Ok(guest)
    });
    guests.buffer_unordered(TOGETHER).try_collect().await.context("accounts at the relay")
}

/// What the device of each would send to be let in.
///
/// # Errors
/// When a key package cannot be made.
pub fn requests<'a>(guests: impl IntoIterator<Item = &'a DeviceKeys>) -> Result<Vec<joining::Request>> {
    let asked = guests.into_iter().map(|guest| {
        let (package, _) = mls::new_key_package(guest)?;
        Ok(joining::Request {
            id: EnvelopeId(random()?),
            key_package: package.bytes,
            slot_key: keys::slot_key(&Secret::generate()),
            name: "Guest".to_owned(),
            invitation: None,
            revoked: false,
            alone: false,
            again_after: Seq::ZERO,
        })
    });
    asked.collect()
}

/// Puts requests where the inbox puts them once it has opened them: the next exchange lets them in.
///
/// # Errors
/// When the store fails.
pub async fn ask(core: &Core, chat: ChatNo, requests: &[joining::Request]) -> Result<()> {
    let mut tx = core.device().store.begin(Durability::Process).await?;
    for request in requests {
        joining::put_request(&mut tx, chat, request).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A group in memory: OpenMLS and the rules of the chat, and nothing else.
pub struct Bare {
    pub keys: DeviceKeys,
    pub group: Group,
}

impl Bare {
    /// # Errors
    /// When the group cannot be made.
    pub fn create() -> Result<Self> {
        let keys = new_guest();
        let roles = Roles::new(ChatId(random()?), ChatKind::Group, keys.user(), History::All);
        let group = Group::create(&keys, &random::<16>()?, &roles)?;
        Ok(Self { keys, group })
    }

    /// Lets them all in with one commit. Answers the commit, the welcome, and how long it took until both were made and
    /// the commit merged.
    ///
    /// # Errors
    /// When they are not let in.
    pub fn add(&mut self, requests: &[joining::Request]) -> Result<(Vec<u8>, Vec<u8>, Duration)> {
        let packages: Vec<_> = requests.iter().map(|request| request.key_package.clone()).collect();
        let started = Instant::now();
        let proposed = self.group.propose(&self.keys, &packages, &[], None)?;
        self.group.merge_own()?;
        Ok((proposed.commit, proposed.welcome.context("no welcome")?, started.elapsed()))
    }

    /// Puts one out; as [`Bare::add`].
    ///
    /// # Errors
    /// When the device is not in.
    pub fn remove(&mut self, device: DeviceId) -> Result<(Vec<u8>, Duration)> {
        let started = Instant::now();
        let proposed = self.group.propose(&self.keys, &[], &[device], None)?;
        self.group.merge_own()?;
        Ok((proposed.commit, started.elapsed()))
    }
}
