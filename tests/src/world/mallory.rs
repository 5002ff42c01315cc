//! A member of a chat who does not use the app: real keys, real envelopes, the real relay, and any bytes.

use beseda_core::{
    crypto::{Secret, random, seal},
    document::{Column, Fact, LocalChange, Segment, With},
    store::{Durability, actors, chats, eras},
    sync::{session::Session, transport::TransportError},
};
use beseda_protocol::{
    ActorId, ChatId, EnvelopeId, MessageId, Seq, codec,
    content::Content,
    envelope::{Envelope, EnvelopeKind},
    request::{Append, AppendAnswer},
    sign::{Purpose, Signature},
};

use super::{Line, Person};

pub struct Mallory<'a> {
    pub person: &'a Person,
    pub chat: ChatId,
    wire: Line,
}

/// A column of Mallory's that the app knows nothing of, and what was written into it.
pub struct Writer {
    pub column: Column,
    pub segment: Segment,
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    #[must_use]
    pub fn new() -> Self {
        Self { column: Column::new(ActorId(random())), segment: Segment::new() }
    }

    pub fn write(&mut self, text: &str) -> LocalChange {
        self.tell(&[Fact::Message { text: text.to_owned(), sent_at: 0, with: With::default() }])
    }

    /// Facts of any kind, in one change.
    pub fn tell(&mut self, facts: &[Fact]) -> LocalChange {
        let change = self.segment.write(&self.column, facts).unwrap();
        self.column = change.column.clone();
        change
    }

    /// The id that the next fact has, if it is a message.
    #[must_use]
    pub fn next_id(&self, chat: ChatId) -> MessageId {
        MessageId::of(chat, self.column.actor, self.column.next_fact)
    }
}

impl<'a> Mallory<'a> {
    pub fn new(person: &'a Person, chat: ChatId, wire: Line) -> Self {
        Self { person, chat, wire }
    }

    /// An envelope's content as the app would make it.
    pub fn content(&self, change: &LocalChange) -> Content {
        let actor = change.column.actor;
        Content {
            v: 1,
            device: self.person.core().device().keys.device(),
            segment: 0,
            actor,
            certificate: self.sign(Purpose::Actor, &[actor.as_bytes()]),
            changes: vec![change.bytes.clone().into()],
            signature: self.sign(Purpose::Changes, &[actor.as_bytes(), change.hash.as_bytes()]),
        }
    }

    /// A signature over something of segment 0 of the chat.
    pub fn sign(&self, purpose: Purpose, what: &[&[u8]]) -> Signature {
        let mut parts: Vec<&[u8]> = vec![self.chat.as_bytes(), &[0; 4]];
        parts.extend(what);
        self.person.core().device().keys.sign(purpose, &parts)
    }

    /// The content key at a place of the log, from Mallory's own store.
    pub async fn era_key(&self, at: Option<Seq>) -> Secret {
        let number = self.person.number(self.chat).await;
        let mut tx = self.person.core().device().store.begin(Durability::Process).await.unwrap();
        let era = match at {
            Some(seq) => eras::at(&mut tx, number, seq).await,
            None => eras::newest(&mut tx, number).await,
        };
        // Not dropped: the app would forget which column is its own, and go on in one of ours.
        tx.commit().await.unwrap();
        era.unwrap().unwrap().key
    }

    /// Seals any bytes the way content is sealed.
    pub async fn sealed(&self, id: EnvelopeId, plain: &[u8]) -> Vec<u8> {
        seal_with(&self.era_key(None).await, self.chat, id, plain)
    }

    /// Puts an envelope into the log through the real relay.
    pub async fn append(
        &self,
        kind: EnvelopeKind,
        id: EnvelopeId,
        body: Vec<u8>,
    ) -> Result<AppendAnswer, TransportError> {
        self.person.sync().await;
        let device = self.person.core().device();
        let state = {
            let mut reader = device.store.readers().acquire().await.unwrap();
            chats::state(&mut reader, self.person.number(self.chat).await).await.unwrap()
        };
        let session = Session::open(&self.wire, device.keys.signing(), None).await.unwrap();
        session.open_chats(&[(self.chat, state.slot_secret)]).await.unwrap();
        let envelope = Envelope { id, kind, body, welcomes: vec![], keys: None, accepted_at: None };
        session.call(&Append { chat: self.chat, cas: state.last_handshake, envelopes: vec![envelope] }).await
    }

    /// Appends content that must be accepted, for a relay cannot know better; answers where it stands.
    pub async fn sends(&self, content: &Content) -> Seq {
        let id = EnvelopeId(random());
        let body = self.sealed(id, &codec::encode(content)).await;
        self.sends_body(EnvelopeKind::Content, id, body).await
    }

    pub async fn sends_body(&self, kind: EnvelopeKind, id: EnvelopeId, body: Vec<u8>) -> Seq {
        match self.append(kind, id, body).await {
            Ok(AppendAnswer::Accepted { at, .. }) => at[0].seq,
            other => panic!("the relay takes what it cannot read: {other:?}"),
        }
    }
}

pub fn seal_with(key: &Secret, chat: ChatId, id: EnvelopeId, plain: &[u8]) -> Vec<u8> {
    seal::seal(key, seal::Part::Content, &seal::bound_to(chat, id), plain, random())
}

/// The actor that a person writes with.
pub async fn own_actor(person: &Person, chat: ChatId) -> ActorId {
    let device = person.core().device();
    let mut tx = device.store.begin(Durability::Process).await.unwrap();
    let actor = actors::newest_of(&mut tx, person.number(chat).await, device.keys.device()).await;
    tx.commit().await.unwrap();
    actor.unwrap().unwrap().column.actor
}

/// Ids that a person's next messages will have: whoever knows the person's actor can tell them.
pub async fn next_own<const N: usize>(person: &Person, chat: ChatId) -> [MessageId; N] {
    let actor = own_actor(person, chat).await;
    let mut tx = person.core().device().store.begin(Durability::Process).await.unwrap();
    let row = actors::find(&mut tx, person.number(chat).await, actor).await.unwrap().unwrap();
    tx.end().await.unwrap();
    let mut number = row.column.next_fact;
    [(); N].map(|()| {
        number += 1;
        MessageId::of(chat, actor, number - 1)
    })
}
