//! The keys of this device and, until the person has written them down, of its user.

use beseda_protocol::{
    ChatId, DeviceId, SlotKey, UserId,
    access::ChatProof,
    identity::Identity,
    sign::{self, Purpose, Signature},
};
use ed25519_dalek::{Signer as _, SigningKey};
use openmls_traits::{
    signatures::{Signer, SignerError},
    types::SignatureScheme,
};

use super::Secret;

/// This device: its signing key and the statements that say whose it is.
pub struct DeviceKeys {
    signing: SigningKey,
    identity: Identity,
    user: UserId,
}

impl std::fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceKeys({:?}, ..)", self.device())
    }
}

impl DeviceKeys {
    /// A new person with a first device.
    #[must_use]
    pub fn create(device: &Secret, recovery: &Secret) -> Self {
        let signing = SigningKey::from_bytes(device.expose());
        let identity = Identity::create(&SigningKey::from_bytes(recovery.expose()), &signing);
        Self { user: identity.user_id(), signing, identity }
    }

    /// Keys read back from the store.
    #[must_use]
    pub fn restore(device: &Secret, identity: Identity) -> Self {
        Self { signing: SigningKey::from_bytes(device.expose()), user: identity.user_id(), identity }
    }

    #[must_use]
    pub fn device(&self) -> DeviceId {
        DeviceId(self.signing.verifying_key().to_bytes())
    }

    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The key itself: what a relay is shown in a session.
    #[must_use]
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    #[must_use]
    pub fn sign(&self, purpose: Purpose, parts: &[&[u8]]) -> Signature {
        sign::sign(&self.signing, purpose, parts)
    }
}

impl Signer for DeviceKeys {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.signing.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// The public half of a slot's secret.
#[must_use]
pub fn slot_key(secret: &Secret) -> SlotKey {
    SlotKey(SigningKey::from_bytes(secret.expose()).verifying_key().to_bytes())
}

/// Proves to `server`, in the session of `nonce`, that this device may use `chat`.
#[must_use]
pub fn prove_slot(secret: &Secret, server: &str, nonce: &[u8; 32], chat: ChatId) -> ChatProof {
    let key = SigningKey::from_bytes(secret.expose());
    ChatProof {
        chat,
        key: SlotKey(key.verifying_key().to_bytes()),
        signature: sign::sign(&key, Purpose::ChatAccess, &[server.as_bytes(), &[0], nonce, &chat.0]),
    }
}
