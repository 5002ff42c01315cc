//! A relay over the network: HTTP requests, one WebSocket.

use std::{sync::Once, time::Duration};

use beseda_protocol::{
    codec, limits,
    live::{ClientFrame, RelayFrame},
    request::{CONTENT_TYPE, RelayError, SESSION_HEADER},
};
use data_encoding::HEXLOWER;
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Client, Url, header};
use tokio::sync::mpsc;
use tokio_tungstenite::{
    connect_async_with_config,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue, protocol::WebSocketConfig},
};

use super::transport::{Answer, Live, Transport, TransportError};
use crate::error::{Error, Result};

/// The relay has this long to take a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// And this long to answer a request.
const REQUEST: Duration = Duration::from_secs(60);
/// A live connection on which nothing was heard for so long is dead: the relay pings every 30 seconds.
const SILENCE: Duration = Duration::from_secs(90);
/// Frames on their way between the socket and the engine, each way.
const FRAMES: usize = 16;

pub struct HttpTransport {
    client: Client,
    base: Url,
    server: String,
}

/// Checks a relay's address: `https`, or `http` on this machine.
///
/// # Errors
/// [`Error::BadRelayUrl`].
pub fn parse_relay_url(url: &str) -> Result<Url> {
    let bad = || Error::BadRelayUrl(url.to_owned());
    let parsed = Url::parse(url.trim()).map_err(|_| bad())?;
    let host = parsed.host_str().ok_or_else(bad)?;
    let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let plain = parsed.path() == "/"
        && parsed.query().is_none()
        && parsed.fragment().is_none()
        && parsed.username().is_empty()
        && parsed.password().is_none();
    match parsed.scheme() {
        "https" if plain => Ok(parsed),
        "http" if plain && local => Ok(parsed),
        _ => Err(bad()),
    }
}

/// A relay's address as it is kept and compared: checked, without a slash at its end.
///
/// # Errors
/// [`Error::BadRelayUrl`].
pub fn relay_address(url: &str) -> Result<String> {
    Ok(parse_relay_url(url)?.as_str().trim_end_matches('/').to_owned())
}

/// An error with what is behind it: "error sending request" alone helps nobody.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// One TLS provider for the process.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only when the process has one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl HttpTransport {
    /// # Errors
    /// [`Error::BadRelayUrl`].
    pub fn new(relay: &str) -> Result<Self> {
        install_tls();
        let base = parse_relay_url(relay)?;
        let mut server = base.host_str().unwrap_or_default().to_owned();
        if let Some(port) = base.port() {
            server = format!("{server}:{port}");
        }
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(REQUEST)
            .tcp_nodelay(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::BadRelayUrl(error.to_string()))?;
        Ok(Self { client, base, server })
    }

    async fn post(
        &self,
        session: Option<[u8; 32]>,
        name: &str,
        body: Vec<u8>,
    ) -> std::result::Result<Vec<u8>, TransportError> {
        let away = |error: reqwest::Error| TransportError::Away(causes(&error.without_url()));
        let url = self
            .base
            .join(&format!("/v1/{name}"))
            .map_err(|error| TransportError::Protocol(error.to_string()))?;
        let mut request = self.client.post(url).header(header::CONTENT_TYPE, CONTENT_TYPE).body(body);
        if let Some(session) = session {
            request = request.header(SESSION_HEADER, HEXLOWER.encode(&session));
        }
        let mut response = request.send().await.map_err(away)?;
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            if bytes.len() + chunk.len() > 4 * limits::REQUEST_BYTES {
                return Err(TransportError::Protocol("an answer over the size limit".into()));
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(bytes);
        }
        match codec::decode::<RelayError>(&bytes, 64 * 1024) {
            Ok(error) => Err(TransportError::Relay(error)),
            Err(_) if status.is_server_error() => Err(TransportError::Away(status.to_string())),
            Err(_) => Err(TransportError::Protocol(status.to_string())),
        }
    }

    async fn connect(&self, session: [u8; 32]) -> std::result::Result<Live, TransportError> {
        let protocol = |error: String| TransportError::Protocol(error);
        let mut url = self.base.join("/v1/live").map_err(|error| protocol(error.to_string()))?;
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).map_err(|()| protocol("the relay's scheme".into()))?;
        let mut request = url.as_str().into_client_request().map_err(|error| protocol(error.to_string()))?;
        let value =
            HeaderValue::from_str(&HEXLOWER.encode(&session)).map_err(|error| protocol(error.to_string()))?;
        request.headers_mut().insert(SESSION_HEADER, value);
        let config = WebSocketConfig::default()
            .max_message_size(Some(4 * limits::REQUEST_BYTES))
            .max_frame_size(Some(4 * limits::REQUEST_BYTES));
        let connecting = connect_async_with_config(request, Some(config), true);
        let (socket, _) = tokio::time::timeout(CONNECT, connecting)
            .await
            .map_err(|_| TransportError::Away("no answer in time".into()))?
            .map_err(|error| TransportError::Away(causes(&error)))?;
        let (send, mut outgoing) = mpsc::channel::<ClientFrame>(FRAMES);
        let (incoming, receive) = mpsc::channel::<RelayFrame>(FRAMES);
        tokio::spawn(async move {
            let (mut sink, mut stream) = socket.split();
            loop {
                tokio::select! {
                    frame = outgoing.recv() => {
                        let Some(frame) = frame else { break };
                        if sink.send(Message::Binary(codec::encode(&frame).into())).await.is_err() {
                            break;
                        }
                    }
                    heard = tokio::time::timeout(SILENCE, stream.next()) => {
                        match heard {
                            Ok(Some(Ok(Message::Binary(bytes)))) => {
                                let Ok(frame) = codec::decode(&bytes, 4 * limits::REQUEST_BYTES) else { break };
                                if incoming.send(frame).await.is_err() {
                                    break;
                                }
                            }
                            // Pongs are sent by the library.
                            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                            _ => break,
                        }
                    }
                }
            }
            let _ = sink.close().await;
        });
        Ok(Live { send, receive })
    }
}

impl Transport for HttpTransport {
    fn server(&self) -> &str {
        &self.server
    }

    fn call<'a>(
        &'a self,
        session: Option<[u8; 32]>,
        name: &'static str,
        body: Vec<u8>,
    ) -> Answer<'a, Vec<u8>> {
        Box::pin(self.post(session, name, body))
    }

    fn live(&self, session: [u8; 32]) -> Answer<'_, Live> {
        Box::pin(self.connect(session))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in
            ["https://relay.example", "http://127.0.0.1:7400", "http://localhost:7400/", " http://[::1]:1 "]
        {
            let address = relay_address(good).unwrap();
            assert_eq!(address, good.trim().trim_end_matches('/'));
        }
        for bad in [
            "http://relay.example",
            "ftp://relay.example",
            "relay.example",
            "https://a/b",
            "https://u:p@a",
            "",
        ] {
            assert!(parse_relay_url(bad).is_err(), "{bad}");
        }
    }
}
