//! This device: its store, its keys, its clock. What actions and sync work on.

use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicI64};

use crate::{
    crypto::keys::DeviceKeys,
    domain::{Me, Millis},
    error::{Error, Result},
    people::text,
    store::Store,
    sync::letters::Offered,
};

/// Where the time comes from: milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

pub struct Device {
    pub store: Store,
    pub keys: DeviceKeys,
    /// This person.
    pub me: Me,
    pub clock: Clock,
    /// Where this profile's relay is.
    pub relay: Mutex<RelayAddress>,
    /// A device that this one has offered to link, until it answers.
    pub linking: Mutex<Option<Offered>>,
    /// When the relay's directory last said, since the program runs, that somebody else has the username; 0: it did not.
    pub name_taken_at: AtomicI64,
}

/// A relay, and what opens an account there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayAddress {
    /// Empty: there is none yet.
    pub url: String,
    /// Invitation token, where one is needed.
    pub invite: Option<String>,
}

impl Device {
    #[must_use]
    pub fn relay(&self) -> RelayAddress {
        self.relay.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For what cannot be without one.
    ///
    /// # Errors
    /// [`Error::NoRelay`].
    pub fn known_relay(&self) -> Result<RelayAddress> {
        let relay = self.relay();
        if relay.url.is_empty() { Err(Error::NoRelay) } else { Ok(relay) }
    }

    #[must_use]
    pub fn now(&self) -> Millis {
        (self.clock)()
    }
}

/// What this machine is called, as far as it says.
#[must_use]
pub fn machine_name() -> String {
    let name = std::fs::read_to_string("/etc/hostname").ok().or_else(|| std::env::var("COMPUTERNAME").ok());
    name.map(|name| text::clean(&name))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| std::env::consts::OS.to_owned())
}

/// The system's clock.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| chrono::Utc::now().timestamp_millis())
}
