//! Somebody with a link and no app, but with real keys.

use beseda_core::{
    crypto::{Secret, keys::DeviceKeys, mls, random, seal},
    sync::{inbox, transport::Transport as _},
};
use beseda_protocol::{
    EnvelopeId, SlotKey, codec,
    link::{Invitation, JoinRequest, SealedJoinRequest},
    request::{Challenge, Deliver, OpenSession, Request},
    sign::Purpose,
};
use beseda_tests::world::{Line, RELAY_NAME, World};
use ed25519_dalek::SigningKey;

use super::package::Package;

pub struct Stranger {
    name: String,
    pub signing: SigningKey,
    keys: DeviceKeys,
}

async fn ask<R: Request>(wire: &Line, session: Option<[u8; 32]>, request: &R) -> R::Answer {
    let answer = wire.call(session, R::NAME, codec::encode(request)).await.unwrap();
    codec::decode(&answer, answer.len()).unwrap()
}

impl Stranger {
    /// Unknown to the relay.
    pub fn new(name: &str) -> Self {
        let secret = Secret::generate();
        let keys = DeviceKeys::create(&secret, &Secret::generate());
        Self { name: name.to_owned(), signing: SigningKey::from_bytes(secret.expose()), keys }
    }

    /// Opens an account at the relay, or comes back to it.
    pub async fn session(&self, wire: &Line) -> [u8; 32] {
        let device = self.keys.device();
        let nonce = ask(wire, None, &Challenge { device }).await.nonce;
        let signature = self.keys.sign(Purpose::Session, &[RELAY_NAME.as_bytes(), &[0], &nonce]);
        let open = OpenSession {
            device,
            nonce,
            server: RELAY_NAME.to_owned(),
            signature,
            invite: None,
            voucher: None,
        };
        ask(wire, None, &open).await.session
    }

    /// A key package as the app would make it.
    pub fn package(&self) -> Package {
        Package::parse(&mls::new_key_package(&self.keys).unwrap().0.bytes)
    }

    /// Knocks with a link and a key package, under the id of 16 times `id`.
    pub async fn asks(&self, world: &World, link: &str, id: u8, key_package: Vec<u8>) {
        self.asks_through(self, world, link, id, key_package).await;
    }

    /// The account of `carrier` carries the knock.
    pub async fn asks_through(
        &self,
        carrier: &Self,
        world: &World,
        link: &str,
        id: u8,
        key_package: Vec<u8>,
    ) {
        let (owner, _) = mls::key_package_owner(&key_package).expect("by itself it holds");
        assert_eq!(owner.device, self.keys.device());
        self.knocks((carrier, world), link, id, key_package).await;
    }

    /// Has somebody else's device, whose key package this is, ask to be let in.
    pub async fn asks_for(&self, world: &World, link: &str, id: u8, key_package: Vec<u8>) {
        self.knocks((self, world), link, id, key_package).await;
    }

    async fn knocks(&self, (carrier, world): (&Self, &World), link: &str, id: u8, key_package: Vec<u8>) {
        let invitation = Invitation::parse(link).unwrap();
        let slot_key = SlotKey(random());
        let request = JoinRequest { v: 1, key_package, slot_key, name: self.name.clone() };
        let key = inbox::sealing_key(&Secret::new(invitation.secret));
        let plain = codec::encode(&request);
        let sealed = seal::seal(&key, seal::Part::JoinRequest, &invitation.id, &plain, random());
        let sealed = SealedJoinRequest { v: 1, invitation: invitation.id, sealed };
        let body = codec::encode(&sealed);
        let deliver = Deliver { to: invitation.device, id: EnvelopeId([id; 16]), body };
        let wire = world.wire();
        let session = carrier.session(&wire).await;
        ask(&wire, Some(session), &deliver).await;
    }
}
