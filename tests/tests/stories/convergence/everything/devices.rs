//! Steps with devices: linking, removing, losing them, and carrying files between them.

use beseda_core::{Error, sync::engine::SyncError, unreported};

use super::{DEVICES, Device, Schedule};

impl Schedule {
    pub(super) async fn links(&mut self, who: usize, at: usize) {
        let owner = &self.owners[who];
        if !self.world.relay_runs()
            || owner.devices.len() == DEVICES
            || owner.devices[at].person.core().is_removed().await.unwrap()
            // Linked a moment ago.
            || owner.devices[at].person.core().notes().await.unwrap().is_none()
        {
            return;
        }
        let (label, name) = (self.label(who, at), format!("{}-{}", owner.name, owner.ever));
        self.note(format!("{label} links {name}"));
        let person = self.world.device_of(self.person(who, at), &name).await;
        let owner = &mut self.owners[who];
        owner.devices.push(Device { person, number: owner.ever, said: vec![] });
        owner.ever += 1;
        self.seen.count("links");
    }

    pub(super) async fn removes_device(&mut self, who: usize, at: usize) {
        let owner = &mut self.owners[who];
        if owner.devices.len() < 2 {
            return;
        }
        let gone = (at + 1) % owner.devices.len();
        let device = owner.devices[gone].person.core().device().keys.device();
        match owner.devices[at].person.core().remove_device(device).await {
            Ok(()) => {}
            // It has not heard of the other one.
            Err(Error::NoSuchDevice | Error::DeviceRemoved) => return,
            Err(error) => panic!("{}: {error}", owner.name),
        }
        let number = owner.devices[gone].number;
        let removed = owner.devices.remove(gone);
        owner.stolen.push(removed.person);
        let name = owner.name;
        self.note(format!("{name} removes {number}"));
        self.seen.count("removes a device");
    }

    /// Every device of a person is gone; a new one is made of the words.
    pub(super) async fn loses_all(&mut self, who: usize) {
        if !self.world.relay_runs() || self.relay_lost {
            return;
        }
        let owner = &mut self.owners[who];
        let name = format!("{}-{}", owner.name, owner.ever);
        let person = match self.world.recovers(&owner.words, &name).await {
            Ok(person) => person,
            Err(SyncError::Store(Error::NoBackup)) => return,
            Err(error) => panic!("{name}: {error}"),
        };
        for device in &mut owner.devices {
            device.person.close().await;
        }
        owner.devices = vec![Device { person, number: owner.ever, said: vec![] }];
        owner.ever += 1;
        *self.returned.entry(who).or_default() += 1;
        self.note(format!("{name} comes back after all others are lost"));
        self.seen.count("loses all devices");
    }

    /// What one device has goes to another in a file.
    pub(super) async fn carries(&mut self, who: usize, at: usize) {
        let to = self.dice.below(self.owners.len());
        let other = self.dice.below(self.owners[to].devices.len());
        if (who, at) == (to, other) {
            return;
        }
        let labels = (self.label(who, at), self.label(to, other));
        let all = self.dice.below(2) == 0;
        self.note(format!("a file goes from {} to {}, all of it: {all}", labels.0, labels.1));
        let stick = self.world.dir().join(format!("{}.bundle", self.story.steps.len()));
        match self.person(who, at).core().export_bundle(&stick, all, &unreported()).await {
            Ok(_) => {}
            Err(Error::DeviceRemoved) => return,
            Err(error) => panic!("{}: {error}", labels.0),
        }
        match self.person(to, other).core().import_bundle(&stick, &unreported()).await {
            Ok(_) | Err(Error::DeviceRemoved) => self.seen.count("carries"),
            Err(error) => panic!("{}: {error}", labels.1),
        }
        let _ = std::fs::remove_file(&stick);
    }
}
