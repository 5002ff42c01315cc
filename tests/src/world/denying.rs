//! A relay that answers some requests by itself. What it tells by itself, unasked, is what is so.

use std::sync::Arc;

use beseda_core::sync::transport::{Answer, Live, Transport, TransportError};

use super::Line;

/// What it says to a request; `None`: what is so.
pub type Denial = Arc<dyn Fn(&str, &[u8]) -> Option<Result<Vec<u8>, TransportError>> + Send + Sync>;

/// A relay that says to some requests something else than what is so.
pub struct Denying {
    pub wire: Line,
    pub denial: Denial,
}

impl Transport for Denying {
    fn server(&self) -> &str {
        self.wire.server()
    }

    fn call<'a>(
        &'a self,
        session: Option<[u8; 32]>,
        name: &'static str,
        body: Vec<u8>,
    ) -> Answer<'a, Vec<u8>> {
        match (self.denial)(name, &body) {
            Some(denied) => Box::pin(async { denied }),
            None => self.wire.call(session, name, body),
        }
    }

    fn live(&self, session: [u8; 32]) -> Answer<'_, Live> {
        self.wire.live(session)
    }
}
