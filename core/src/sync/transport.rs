//! How bytes travel to a relay and back. Two real ones: HTTP with a WebSocket, and a relay in the same process.

use std::{future::Future, pin::Pin};

use beseda_protocol::{
    live::{ClientFrame, RelayFrame},
    request::{ErrorCode, RelayError},
};
use tokio::sync::mpsc;

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, TransportError>> + Send + 'a>>;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No answer: nobody knows whether the request arrived.
    #[error("no answer from the relay: {0}")]
    Away(String),
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// The relay does not have what it had of some chats, or shows another log, and this device cannot mend it. Nothing is
    /// lost on this device.
    #[error(
        "the relay has lost what it held of {0} chats, and this device cannot bring back what is missing: it waits until the \
         device of somebody who was there before, or who may let others in, has been here"
    )]
    Lost(usize),
    /// An answer that no relay of this version gives.
    #[error("the relay's answer is not of the protocol: {0}")]
    Protocol(String),
}

impl TransportError {
    /// The relay says that this device may not do that. Of a chat that was opened it can say so at any moment: it may just have
    /// taken the handshake that puts the device out.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Relay(error) if error.code == ErrorCode::Denied)
    }
}

/// The one live connection. Dropping it closes it; `receive` ends when the relay is gone.
pub struct Live {
    pub send: mpsc::Sender<ClientFrame>,
    pub receive: mpsc::Receiver<RelayFrame>,
}

pub trait Transport: Send + Sync {
    /// The name under which the relay is dialled: what proofs are made for.
    fn server(&self) -> &str;

    /// One request: its name and its CBOR; answers CBOR.
    fn call<'a>(
        &'a self,
        session: Option<[u8; 32]>,
        name: &'static str,
        body: Vec<u8>,
    ) -> Answer<'a, Vec<u8>>;

    fn live(&self, session: [u8; 32]) -> Answer<'_, Live>;
}
