//! A proven connection to a relay: the device shown once, each chat's slot shown once.

use beseda_protocol::{
    ChatId, DeviceId, PROTOCOL_VERSION, codec, limits,
    request::{
        Challenge, ErrorCode, Hello, OpenChats, OpenChatsAnswer, OpenSession, RelayError, Request,
        SessionAnswer,
    },
    sign::{self, Purpose},
};
use ed25519_dalek::SigningKey;

use super::transport::{Live, Transport, TransportError};
use crate::crypto::{Secret, keys, recovery::Recovery};

pub struct Session<'a> {
    transport: &'a dyn Transport,
    session: [u8; 32],
    nonce: [u8; 32],
    run: [u8; 16],
}

/// Most proofs in one request.
const PROOFS: usize = 500;

async fn ask<R: Request>(
    transport: &dyn Transport,
    session: Option<[u8; 32]>,
    request: &R,
) -> Result<R::Answer, TransportError> {
    let answer = transport.call(session, R::NAME, codec::encode(request)).await?;
    codec::decode(&answer, 2 * limits::REQUEST_BYTES)
        .map_err(|error| TransportError::Protocol(error.to_string()))
}

impl<'a> Session<'a> {
    /// Proves the device to the relay; opens its account with `invite` where it is new.
    ///
    /// # Errors
    /// [`ErrorCode::Version`] when the relay speaks another version; what the relay refuses; no answer.
    pub async fn open(
        transport: &'a dyn Transport,
        key: &SigningKey,
        invite: Option<&str>,
    ) -> Result<Session<'a>, TransportError> {
        Self::open_vouched(transport, key, invite, None).await
    }

    /// The same, for who may have nothing but the recovery words.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub async fn open_vouched(
        transport: &'a dyn Transport,
        key: &SigningKey,
        invite: Option<&str>,
        recovery: Option<&Recovery>,
    ) -> Result<Session<'a>, TransportError> {
        let hello = ask(transport, None, &Hello { v: PROTOCOL_VERSION }).await?;
        if hello.v != PROTOCOL_VERSION {
            let message = format!("the relay speaks version {}, this app {PROTOCOL_VERSION}", hello.v);
            return Err(RelayError::new(ErrorCode::Version, message).into());
        }
        let id = DeviceId(key.verifying_key().to_bytes());
        let nonce = ask(transport, None, &Challenge { device: id }).await?.nonce;
        let server = transport.server();
        let open = OpenSession {
            device: id,
            nonce,
            server: server.to_owned(),
            signature: sign::sign(key, Purpose::Session, &[server.as_bytes(), &[0], &nonce]),
            invite: invite.map(str::to_owned),
            voucher: recovery.map(|recovery| recovery.voucher(&nonce, id)),
        };
        let SessionAnswer { session, run } = ask(transport, None, &open).await?;
        Ok(Self { transport, session, nonce, run })
    }

    /// What proofs in this session are made over.
    #[must_use]
    pub fn nonce(&self) -> &[u8; 32] {
        &self.nonce
    }

    /// Another one than in the last session: the relay has started again since, and may have lost what lay in inboxes.
    #[must_use]
    pub fn run(&self) -> [u8; 16] {
        self.run
    }

    /// # Errors
    /// What the relay refuses; no answer.
    pub async fn call<R: Request>(&self, request: &R) -> Result<R::Answer, TransportError> {
        ask(self.transport, Some(self.session), request).await
    }

    /// Shows that this device may use these chats.
    ///
    /// # Errors
    /// What the relay refuses; no answer.
    pub async fn open_chats(&self, chats: &[(ChatId, Secret)]) -> Result<OpenChatsAnswer, TransportError> {
        let mut states = Vec::with_capacity(chats.len());
        for chunk in chats.chunks(PROOFS) {
            let proofs: Vec<_> = chunk
                .iter()
                .map(|(chat, secret)| keys::prove_slot(secret, self.transport.server(), &self.nonce, *chat))
                .collect();
            let expected = proofs.len();
            let answer = self.call(&OpenChats { proofs }).await?;
            if answer.chats.len() != expected {
                return Err(TransportError::Protocol("another number of chats than asked for".into()));
            }
            states.extend(answer.chats);
        }
        Ok(OpenChatsAnswer { chats: states })
    }

    /// # Errors
    /// What the relay refuses; no answer.
    pub async fn live(&self) -> Result<Live, TransportError> {
        self.transport.live(self.session).await
    }
}
