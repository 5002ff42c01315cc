//! The part of an exchange that brings devices to each other: letters between a person's own go out, key packages lie in the
//! relay's directory, and with those a chat is opened to a person's other devices and to whom this person adds.

use beseda_protocol::{
    Seq, codec, limits,
    link::OwnPackage,
    request::{Deliver, ErrorCode, PublishKeyPackages, TakeKeyPackage},
};
use serde_bytes::ByteBuf;

use super::{Exchange, SyncError};
use crate::{
    crypto::{Secret, keys, mls},
    error::Error,
    store::{
        Durability,
        linking::{self, Addition},
        members, mls as mls_rows, users,
    },
    sync::{letters, transport::TransportError},
};

/// Key packages of this device that lie in the directory.
const PUBLISHED: u32 = 20;
/// With fewer, more are put there.
const FEW: u32 = 10;

impl Exchange<'_> {
    /// Sends letters that wait.
    pub(super) async fn send_letters(&mut self) -> Result<(), SyncError> {
        for letter in linking::letters(&mut *self.reader().await?).await? {
            let deliver = Deliver { to: letter.to, id: letter.id, body: letter.body };
            match self.session.call(&deliver).await {
                Ok(_) => {}
                Err(TransportError::Relay(error)) if error.code == ErrorCode::Undeliverable => {
                    self.unheard = true;
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            let mut tx = self.device.store.begin(Durability::Process).await?;
            if letter.keep {
                linking::sent_letter(&mut tx, letter.number).await?;
            } else {
                linking::drop_letter(&mut tx, letter.number).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Takes key packages for devices that shall come into chats; answers whether any can be let in now.
    pub(super) async fn add_devices(&mut self) -> Result<bool, SyncError> {
        let mut any = false;
        for Addition { chat, device, user } in linking::additions(&mut *self.reader().await?).await? {
            let mut tx = self.device.store.begin(Durability::Process).await?;
            let mut again_after = Seq::ZERO;
            if members::presence(&mut tx, chat, device).await?.is_some_and(|(_, inside)| inside) {
                let Some(since) = letters::unheard_since(&mut tx, chat, device).await? else {
                    // Somebody else was quicker.
                    linking::drop_addition(&mut tx, chat, device).await?;
                    tx.commit().await?;
                    continue;
                };
                again_after = since;
            }
            tx.end().await?;
            let answer = self.session.call(&TakeKeyPackage { device }).await?;
            let Some(bytes) = answer.package else {
                // It has not been here since its last ones were taken.
                self.unheard = true;
                continue;
            };
            let mut tx = self.device.store.begin(Durability::Process).await?;
            match codec::decode::<OwnPackage>(&bytes, limits::KEY_PACKAGE_BYTES) {
                Ok(package) if package.v == 1 => {
                    let user = users::id(&mut tx, user).await?;
                    let of = (user, device);
                    letters::take_package(self.device, &mut tx, of, chat, package, again_after).await?;
                    linking::taken(&mut tx, chat, device).await?;
                    any = true;
                }
                _ => tracing::warn!("a key package of another form was passed over"),
            }
            tx.commit().await?;
        }
        Ok(any)
    }

    /// Puts key packages into the directory, for this person's other devices and for whoever writes to them.
    pub(super) async fn publish(&mut self) -> Result<(), SyncError> {
        if self.published {
            return Ok(());
        }
        let kept = self.session.call(&PublishKeyPackages { packages: vec![] }).await?.kept;
        let unsent = linking::unsent_packages(&mut *self.reader().await?).await?;
        if kept < FEW && unsent.is_empty() {
            let mut tx = self.device.store.begin(Durability::Power).await?;
            for _ in kept..PUBLISHED {
                let (package, changes) = mls::new_key_package(&self.device.keys).map_err(Error::from)?;
                mls_rows::save(&mut tx, mls_rows::KEY_PACKAGES, &changes).await?;
                let slot = Secret::generate();
                let body = OwnPackage { v: 1, key_package: package.bytes, slot_key: keys::slot_key(&slot) };
                linking::put_package(&mut tx, &package.reference, &slot, &codec::encode(&body)).await?;
            }
            tx.commit().await?;
        }
        let packages = linking::unsent_packages(&mut *self.reader().await?).await?;
        if !packages.is_empty() {
            let packages = packages.into_iter().map(ByteBuf::from).collect();
            self.session.call(&PublishKeyPackages { packages }).await?;
            let mut tx = self.device.store.begin(Durability::Process).await?;
            linking::packages_sent(&mut tx).await?;
            tx.commit().await?;
        }
        self.published = true;
        Ok(())
    }
}
