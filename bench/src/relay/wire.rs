//! A device that speaks the relay's protocol with as little work as possible: the machine is shared with the relay
//! that is measured, so a full HTTP client would be measured too.

use anyhow::{Context as _, Result, bail};
use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq, SlotId, SlotKey,
    access::{ChatProof, KeyChanges, SlotEntry},
    codec,
    envelope::{Envelope, EnvelopeKind},
    request::{
        Append, AppendAnswer, CONTENT_TYPE, Challenge, ChatState, OpenChats, OpenSession, RelayError,
        Request, SESSION_HEADER,
    },
    sign::{self, Purpose},
};
use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// Bytes in the body of a message that is sealed and padded.
pub const BODY: usize = 256;

pub struct Wire {
    stream: BufReader<TcpStream>,
    address: String,
    key: SigningKey,
    nonce: [u8; 32],
    /// Hexadecimal; empty before the session is open.
    pub session: String,
}

impl Wire {
    /// A new device with an open session.
    ///
    /// # Errors
    /// When the relay does not answer, or refuses.
    pub async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("the relay takes no connection")?;
        stream.set_nodelay(true)?;
        let mut wire = Self {
            stream: BufReader::new(stream),
            address: address.to_owned(),
            key: new_key()?,
            nonce: [0; 32],
            session: String::new(),
        };
        let device = DeviceId(wire.key.verifying_key().to_bytes());
        wire.nonce = wire.ask(&Challenge { device }).await?.nonce;
        let signature = sign::sign(&wire.key, Purpose::Session, &[address.as_bytes(), &[0], &wire.nonce]);
        let open = OpenSession {
            device,
            nonce: wire.nonce,
            server: address.to_owned(),
            signature,
            invite: None,
            voucher: None,
        };
        wire.session = HEXLOWER.encode(&wire.ask(&open).await?.session);
        Ok(wire)
    }

    /// # Errors
    /// When the relay is gone or refuses.
    pub async fn ask<R: Request>(&mut self, request: &R) -> Result<R::Answer> {
        let request = self.encode(request);
        let answer = self.exchange(&request).await?;
        Ok(codec::decode(&answer, usize::MAX)?)
    }

    /// The bytes of a request, head and body.
    #[must_use]
    pub fn encode<R: Request>(&self, request: &R) -> Vec<u8> {
        let body = codec::encode(request);
        let session = match self.session.as_str() {
            "" => String::new(),
            session => format!("{SESSION_HEADER}: {session}\r\n"),
        };
        let mut bytes = format!(
            "POST /v1/{} HTTP/1.1\r\nhost: {}\r\ncontent-type: {CONTENT_TYPE}\r\n{session}content-length: {}\r\n\r\n",
            R::NAME,
            self.address,
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Sends a request as [`Wire::encode`] made it; answers the body of the answer.
    ///
    /// # Errors
    /// When the relay is gone or refuses.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Vec<u8>> {
        self.stream.get_mut().write_all(request).await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let accepted = line.starts_with("HTTP/1.1 200");
        let mut length = 0;
        loop {
            line.clear();
            if self.stream.read_line(&mut line).await? == 0 {
                bail!("the relay hung up");
            }
            if line == "\r\n" {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        if accepted {
            return Ok(body);
        }
        let error: RelayError = codec::decode(&body, usize::MAX)?;
        bail!("the relay refuses: {error}")
    }

    /// Shows that `key` may use `chat`, or may create it.
    ///
    /// # Errors
    /// As [`Wire::ask`].
    pub async fn open(&mut self, chat: ChatId, key: &SigningKey) -> Result<ChatState> {
        let parts: [&[u8]; 4] = [self.address.as_bytes(), &[0], &self.nonce, &chat.0];
        let signature = sign::sign(key, Purpose::ChatAccess, &parts);
        let proof = ChatProof { chat, key: slot_key(key), signature };
        let answer = self.ask(&OpenChats { proofs: vec![proof] }).await?;
        answer.chats.first().copied().context("no answer about the chat")
    }

    /// Makes a chat of `members` keys; the first is the admin's.
    ///
    /// # Errors
    /// As [`Wire::ask`].
    pub async fn create_chat(&mut self, members: usize) -> Result<(ChatId, Vec<SigningKey>)> {
        let chat = ChatId(random()?);
        let keys = (0..members).map(|_| new_key()).collect::<Result<Vec<_>>>()?;
        self.open(chat, keys.first().context("a chat without members")?).await?;
        let envelope = creation(&keys)?;
        match self.ask(&Append { chat, cas: Seq::ZERO, envelopes: vec![envelope] }).await? {
            AppendAnswer::Accepted { .. } => Ok((chat, keys)),
            AppendAnswer::Conflict(head) => bail!("a new chat is there already: {head:?}"),
        }
    }
}

/// The handshake that makes a chat of these keys.
///
/// # Errors
/// When the system has no randomness.
pub fn creation(keys: &[SigningKey]) -> Result<Envelope> {
    let put = keys
        .iter()
        .enumerate()
        .map(|(n, key)| Ok(SlotEntry { slot: SlotId(random()?), key: slot_key(key), admin: n == 0 }))
        .collect::<Result<_>>()?;
    let keys = KeyChanges { put, ..KeyChanges::default() };
    Ok(Envelope { kind: EnvelopeKind::Handshake, keys: Some(keys), ..content()? })
}

/// A message as the relay sees it.
///
/// # Errors
/// When the system has no randomness.
pub fn content() -> Result<Envelope> {
    Ok(Envelope {
        id: EnvelopeId(random()?),
        kind: EnvelopeKind::Content,
        body: random::<BODY>()?.to_vec(),
        welcomes: vec![],
        keys: None,
        accepted_at: None,
    })
}

#[must_use]
pub fn slot_key(key: &SigningKey) -> SlotKey {
    SlotKey(key.verifying_key().to_bytes())
}

/// # Errors
/// When the system has no randomness.
pub fn new_key() -> Result<SigningKey> {
    Ok(SigningKey::from_bytes(&random()?))
}

/// # Errors
/// When the system has none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}
