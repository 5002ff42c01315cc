//! A device that has no profile yet waits to become one of a person's: it shows a code, answers the device that has read
//! it, and is granted what a profile is made of. Until then nothing is on disk; the code is worth nothing once this ends.
//!
//! Not here: what follows the grant (`sync::letters`), which any later exchange goes on with.

use std::time::Duration;

use beseda_protocol::{
    DeviceId, EnvelopeId, codec,
    identity::What,
    limits,
    link::{Answer, DeviceCode, Grant, Letter, Offer, Step},
    live::RelayFrame,
    request::{Deliver, TakeInbox},
    sign::{self, Purpose},
};
use ed25519_dalek::SigningKey;
use tokio::time::Instant;

use crate::{
    crypto::{Secret, noise, random},
    device::machine_name,
    error::{Error, Result},
    sync::{
        engine::SyncError,
        http::{HttpTransport, relay_address},
        session::Session,
        transport::{Transport, TransportError},
    },
};

/// How long a code can be answered.
pub const VALID: Duration = Duration::from_secs(10 * 60);
/// The relay is tried again after so long.
const AGAIN: Duration = Duration::from_secs(1);

/// A device that waits.
pub struct Linking {
    key: Secret,
    secret: [u8; 16],
    relay: String,
    invite: Option<String>,
    until: Instant,
}

/// What it was granted: [`crate::Core::link`] makes a profile of it.
pub struct Granted {
    pub(crate) device: Secret,
    pub(crate) grant: Grant,
    pub(crate) relay: String,
    pub(crate) invite: Option<String>,
    pub(crate) link: [u8; 16],
    pub(crate) from: DeviceId,
    pub(crate) inbox_number: u64,
}

/// How far the exchange of keys has come.
struct Progress {
    /// The last item of the inbox that was looked at.
    number: u64,
    /// An answer that the relay has not taken yet.
    unsent: Option<Deliver>,
    answered: Option<Answered>,
}

struct Answered {
    link: [u8; 16],
    from: DeviceId,
    channel: noise::Channel,
}

impl Linking {
    /// # Errors
    /// [`Error::BadRelayUrl`].
    pub fn begin(relay: &str, invite: Option<&str>) -> Result<Self> {
        Ok(Self {
            key: Secret::generate(),
            secret: random(),
            relay: relay_address(relay)?,
            invite: invite.map(|invite| invite.trim().to_owned()).filter(|invite| !invite.is_empty()),
            until: Instant::now() + VALID,
        })
    }

    /// Makes this device known to the relay, so that an offer can reach it. To be done before the code is shown.
    ///
    /// # Errors
    /// What the relay refuses; no answer.
    pub async fn register(&self) -> std::result::Result<(), SyncError> {
        self.register_over(&HttpTransport::new(&self.relay)?).await
    }

    /// The same, over a given transport.
    ///
    /// # Errors
    /// What the relay refuses; no answer.
    pub async fn register_over(&self, transport: &dyn Transport) -> std::result::Result<(), SyncError> {
        Session::open(transport, &self.key(), self.invite.as_deref()).await?;
        Ok(())
    }

    /// What the other device is to read.
    #[must_use]
    pub fn code(&self) -> String {
        let device = self.device();
        DeviceCode { v: 1, relay: self.relay.clone(), device, secret: self.secret }.to_link()
    }

    fn key(&self) -> SigningKey {
        SigningKey::from_bytes(self.key.expose())
    }

    fn device(&self) -> DeviceId {
        DeviceId(self.key().verifying_key().to_bytes())
    }

    /// Waits over the relay's own address.
    ///
    /// # Errors
    /// As [`Linking::wait_over`].
    pub async fn wait(&self) -> std::result::Result<Granted, SyncError> {
        self.wait_over(&HttpTransport::new(&self.relay)?).await
    }

    /// Waits until it is granted, for ten minutes from the beginning. A relay that goes away is tried again.
    ///
    /// # Errors
    /// [`Error::NotAnswered`]; what the relay refuses.
    pub async fn wait_over(&self, transport: &dyn Transport) -> std::result::Result<Granted, SyncError> {
        let mut progress = Progress { number: 0, unsent: None, answered: None };
        loop {
            let exchange = self.exchange(transport, &mut progress);
            match tokio::time::timeout_at(self.until, exchange).await {
                Err(_) => return Err(Error::NotAnswered.into()),
                Ok(Ok(granted)) => return Ok(granted),
                Ok(Err(TransportError::Away(why))) => {
                    tracing::info!(why, "the relay is away");
                    tokio::time::sleep(AGAIN).await;
                }
                Ok(Err(error)) => return Err(error.into()),
            }
        }
    }

    async fn exchange(
        &self,
        transport: &dyn Transport,
        progress: &mut Progress,
    ) -> std::result::Result<Granted, TransportError> {
        let session = Session::open(transport, &self.key(), self.invite.as_deref()).await?;
        let mut live = session.live().await?;
        loop {
            if let Some(deliver) = progress.unsent.clone() {
                session.call(&deliver).await?;
                progress.unsent = None;
            }
            let answer = session.call(&TakeInbox { after: progress.number }).await?;
            let none = answer.items.is_empty();
            for item in answer.items {
                progress.number = progress.number.max(item.number);
                let Ok(letter) = codec::decode::<Letter>(&item.body, limits::INBOX_ITEM_BYTES) else {
                    continue;
                };
                if let Some(granted) = self.take(letter, progress) {
                    return Ok(granted);
                }
            }
            if none && progress.unsent.is_none() {
                loop {
                    match live.receive.recv().await {
                        Some(RelayFrame::Inbox { upto }) if upto > progress.number => break,
                        Some(RelayFrame::Closing { error }) => return Err(error.into()),
                        Some(_) => {}
                        None => return Err(TransportError::Away("the connection ended".into())),
                    }
                }
            }
        }
    }

    /// Anybody may put anything into the inbox: what was not made with the code is passed over.
    fn take(&self, letter: Letter, progress: &mut Progress) -> Option<Granted> {
        match letter.step {
            Step::Offer(message) => {
                let (opening, payload) = noise::take_offer(&self.secret, &message).ok()?;
                let offer: Offer = codec::decode(&payload, limits::INBOX_ITEM_BYTES).ok()?;
                if offer.v != 1 || offer.statement.what != What::Add(self.device()) {
                    return None;
                }
                let by_added = sign::sign(&self.key(), Purpose::Devices, &[&codec::encode(&offer.statement)]);
                let answer = Answer { v: 1, by_added, name: machine_name() };
                let (channel, message) = opening.answer(&codec::encode(&answer)).ok()?;
                let letter = Letter { v: 1, link: letter.link, step: Step::Answer(message) };
                progress.unsent = Some(Deliver {
                    to: offer.device,
                    id: EnvelopeId(random()),
                    body: codec::encode(&letter),
                });
                progress.answered = Some(Answered { link: letter.link, from: offer.device, channel });
                None
            }
            Step::Grant(message) => {
                let mut answered = progress.answered.take_if(|answered| answered.link == letter.link)?;
                let grant = answered.channel.open(&message).ok();
                let grant: Option<Grant> =
                    grant.and_then(|grant| codec::decode(&grant, limits::CONTENT_BYTES).ok());
                let grant = grant.filter(|grant| {
                    grant.v == 1 && grant.identity.verify().is_ok_and(|member| member.device == self.device())
                });
                let Some(grant) = grant else {
                    progress.answered = Some(answered);
                    return None;
                };
                Some(Granted {
                    device: self.key.clone(),
                    grant,
                    relay: self.relay.clone(),
                    invite: self.invite.clone(),
                    link: answered.link,
                    from: answered.from,
                    inbox_number: progress.number,
                })
            }
            Step::Answer(_) | Step::Part(_) => None,
        }
    }
}
