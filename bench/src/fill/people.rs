//! Others, with keys of their own, so that the membership log that names them holds.

use beseda_core::crypto::{Secret, keys::DeviceKeys};

pub struct Person {
    pub name: &'static str,
    pub keys: DeviceKeys,
}

impl Person {
    pub fn new(name: &'static str) -> Self {
        Self { name, keys: DeviceKeys::create(&Secret::generate(), &Secret::generate()) }
    }
}
