//! This device: its store, its keys, its clock. What actions and sync work on.

use std::sync::Arc;

use crate::{
    crypto::keys::DeviceKeys,
    domain::{Millis, UserNo},
    store::Store,
};

/// Where the time comes from: milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

pub struct Device {
    pub store: Store,
    pub keys: DeviceKeys,
    /// This person in the store.
    pub me: UserNo,
    pub clock: Clock,
    /// What this person calls themselves.
    pub name: String,
    /// URL of the relay.
    pub relay: String,
}

impl Device {
    #[must_use]
    pub fn now(&self) -> Millis {
        (self.clock)()
    }
}

/// The system's clock.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| chrono::Utc::now().timestamp_millis())
}
