//! A relay process and a device that talks to it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, Seq, SlotId, SlotKey,
    access::{ChatProof, KeyChanges, SlotEntry},
    codec,
    envelope::{Envelope, EnvelopeKind},
    live::{ClientFrame, RelayFrame},
    request::{
        Append, AppendAnswer, Challenge, ChatState, OpenChats, OpenSession, RelayError, Request,
        SESSION_HEADER,
    },
    sign::{self, Purpose},
};
use ed25519_dalek::SigningKey;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub struct RelayProcess {
    child: Child,
    /// `host:port`.
    pub address: String,
}

impl RelayProcess {
    pub fn start(data: &Path, options: &[&str]) -> Self {
        let mut child = command(data, options).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect(&line).to_owned();
        Self { child, address }
    }

    /// SIGKILL: nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and whether it ended well.
    pub fn stop(&mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn command(data: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beseda-relay"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(options);
    command.stderr(Stdio::null());
    command
}

pub fn invitation(data: &Path, uses: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beseda-relay"));
    let output = command.args(["invite", "--uses", uses, "--data"]).arg(data).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub fn http() -> reqwest::Client {
    // The second time it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

pub struct Device {
    pub http: reqwest::Client,
    pub address: String,
    pub key: Arc<SigningKey>,
    pub nonce: [u8; 32],
    pub session: Option<String>,
}

impl Device {
    /// A device whose session is not open yet.
    pub fn new(relay: &RelayProcess) -> Self {
        let key = Arc::new(SigningKey::from_bytes(&random()));
        Self { http: http(), address: relay.address.clone(), key, nonce: [0; 32], session: None }
    }

    pub async fn connected(relay: &RelayProcess) -> Self {
        let mut device = Self::new(relay);
        device.connect(None).await.unwrap();
        device
    }

    pub fn id(&self) -> DeviceId {
        DeviceId(self.key.verifying_key().to_bytes())
    }

    pub async fn connect(&mut self, invite: Option<String>) -> Result<(), RelayError> {
        let server = self.address.clone();
        self.connect_as(&server, invite).await
    }

    /// Proves itself again after the relay was started anew.
    pub async fn back(&mut self, relay: &RelayProcess) {
        self.address = relay.address.clone();
        self.session = None;
        self.connect(None).await.unwrap();
    }

    pub async fn connect_as(&mut self, server: &str, invite: Option<String>) -> Result<(), RelayError> {
        self.nonce = self.ask(&Challenge { device: self.id() }).await?.nonce;
        let proof = self.session_proof(server, invite);
        self.session = Some(hex(&self.ask(&proof).await?.session));
        Ok(())
    }

    pub fn session_proof(&self, server: &str, invite: Option<String>) -> OpenSession {
        let signature = sign::sign(&self.key, Purpose::Session, &[server.as_bytes(), &[0], &self.nonce]);
        OpenSession {
            device: self.id(),
            nonce: self.nonce,
            server: server.to_owned(),
            signature,
            invite,
            voucher: None,
        }
    }

    pub async fn ask<R: Request>(&self, request: &R) -> Result<R::Answer, RelayError> {
        let (status, body) = self.post(&format!("/v1/{}", R::NAME), codec::encode(request)).await;
        match status {
            200 => Ok(codec::decode(&body, usize::MAX).unwrap()),
            _ => Err(codec::decode(&body, usize::MAX).unwrap()),
        }
    }

    pub async fn post(&self, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
        let mut request = self.http.post(format!("http://{}{path}", self.address)).body(body);
        if let Some(session) = &self.session {
            request = request.header(SESSION_HEADER, session);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
    }

    pub async fn open(&self, chat: ChatId, key: &SigningKey) -> Result<ChatState, RelayError> {
        let proofs = vec![self.chat_proof(chat, key)];
        Ok(self.ask(&OpenChats { proofs }).await?.chats[0])
    }

    pub fn chat_proof(&self, chat: ChatId, key: &SigningKey) -> ChatProof {
        let parts: [&[u8]; 4] = [self.address.as_bytes(), &[0], &self.nonce, &chat.0];
        let signature = sign::sign(key, Purpose::ChatAccess, &parts);
        ChatProof { chat, key: slot_key(key), signature }
    }

    pub async fn append(
        &self,
        chat: ChatId,
        cas: u64,
        envelopes: &[Envelope],
    ) -> Result<AppendAnswer, RelayError> {
        self.ask(&Append { chat, cas: Seq(cas), envelopes: envelopes.to_vec() }).await
    }

    /// Creates a chat with one admin key and answers both.
    pub async fn create_chat(&self) -> (ChatId, SigningKey) {
        let (chat, key) = (ChatId(random()), SigningKey::from_bytes(&random()));
        assert_eq!(self.open(chat, &key).await.unwrap(), ChatState::Unknown);
        places(self.append(chat, 0, &[handshake(put(&key, 1, true))]).await);
        (chat, key)
    }

    pub async fn live(&self) -> Live {
        let mut request = format!("ws://{}/v1/live", self.address).into_client_request().unwrap();
        let session = self.session.clone().unwrap();
        request.headers_mut().insert(SESSION_HEADER, session.parse().unwrap());
        Live(tokio_tungstenite::connect_async(request).await.unwrap().0)
    }
}

pub struct Live(pub WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl Live {
    pub async fn send(&mut self, frame: &ClientFrame) {
        self.0.send(Message::Binary(codec::encode(frame).into())).await.unwrap();
    }

    /// The next frame; `None` when the relay has closed.
    pub async fn next(&mut self) -> Option<RelayFrame> {
        loop {
            match self.0.next().await? {
                Ok(Message::Binary(bytes)) => return Some(codec::decode(&bytes, usize::MAX).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}

pub fn slot_key(key: &SigningKey) -> SlotKey {
    SlotKey(key.verifying_key().to_bytes())
}

pub fn put(key: &SigningKey, slot: u8, admin: bool) -> KeyChanges {
    KeyChanges {
        put: vec![SlotEntry { slot: SlotId([slot; 16]), key: slot_key(key), admin }],
        ..KeyChanges::default()
    }
}

pub fn remove(key: &SigningKey) -> KeyChanges {
    KeyChanges { remove: vec![slot_key(key)], ..KeyChanges::default() }
}

pub fn handshake(keys: KeyChanges) -> Envelope {
    Envelope { kind: EnvelopeKind::Handshake, keys: Some(keys), ..content(b"handshake") }
}

pub fn content(body: &[u8]) -> Envelope {
    let id = EnvelopeId(random());
    Envelope {
        id,
        kind: EnvelopeKind::Content,
        body: body.to_vec(),
        welcomes: vec![],
        keys: None,
        accepted_at: None,
    }
}

/// The seqs of an accepted append.
pub fn places(answer: Result<AppendAnswer, RelayError>) -> Vec<u64> {
    match answer.unwrap() {
        AppendAnswer::Accepted { at, .. } => at.iter().map(|at| at.seq.0).collect(),
        AppendAnswer::Conflict(head) => panic!("a conflict: {head:?}"),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
