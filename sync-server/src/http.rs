//! HTTP in front of [`Relay`]: paths, status codes, size and time limits. It decides nothing.

mod socket;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Path, State, WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use beseda_protocol::{
    PROTOCOL_VERSION, codec, limits,
    request::{CONTENT_TYPE, Challenge, ErrorCode, Hello, OpenSession, RelayError, Request, SESSION_HEADER},
};
use bytes::{Bytes, BytesMut};
use data_encoding::HEXLOWER_PERMISSIVE;
use futures_util::StreamExt;

use crate::{
    relay::{Relay, busy},
    sessions::SessionId,
};

/// For the body of a request to arrive.
const BODY_TIME: Duration = Duration::from_secs(60);
/// How much of a body that is too large is still read, so that the client reads the answer instead of a reset.
const DRAIN_BYTES: usize = 4 * limits::REQUEST_BYTES;

pub fn router(relay: Arc<Relay>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/v1/live", get(live))
        .route("/v1/{name}", post(call))
        .fallback(elsewhere)
        .with_state(relay)
}

async fn health(State(relay): State<Arc<Relay>>) -> Response {
    let body = format!(
        r#"{{"status":"ok","version":"{}","protocol":{PROTOCOL_VERSION},"uptime":{}}}"#,
        env!("CARGO_PKG_VERSION"),
        relay.uptime().as_secs(),
    );
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn call(
    State(relay): State<Arc<Relay>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let answer = async {
        let open = [Hello::NAME, Challenge::NAME, OpenSession::NAME].contains(&name.as_str());
        let session = session(&headers)?;
        if open {
            relay.admit(from.ip())?;
        } else if !session.is_some_and(|session| relay.knows(&session)) {
            // Before the body is read: strangers send nothing large.
            return Err(unknown_session());
        }
        relay.call(session, &name, &read(body).await?).await
    };
    match answer.await {
        Ok(body) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response(),
        Err(error) => failure(&error),
    }
}

async fn live(State(relay): State<Arc<Relay>>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let started = session(&headers).and_then(|id| relay.live(id.ok_or_else(unknown_session)?));
    match started {
        // Thousands of connections are idle: small buffers.
        Ok((to_relay, from_relay)) => upgrade
            .read_buffer_size(4 * 1024)
            .write_buffer_size(4 * 1024)
            .max_message_size(limits::REQUEST_BYTES)
            .max_frame_size(limits::REQUEST_BYTES)
            .on_upgrade(move |socket| socket::talk(socket, to_relay, from_relay)),
        Err(error) => failure(&error),
    }
}

/// Paths of another version, and of nothing.
async fn elsewhere(uri: Uri) -> Response {
    let first = uri.path().split('/').nth(1).unwrap_or_default();
    let version = first.strip_prefix('v').and_then(|number| number.parse::<u16>().ok());
    match version {
        Some(version) if version != PROTOCOL_VERSION => {
            let message = format!("this relay speaks version {PROTOCOL_VERSION}, not {version}");
            failure(&RelayError::new(ErrorCode::Version, message))
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn session(headers: &HeaderMap) -> Result<Option<SessionId>, RelayError> {
    let Some(value) = headers.get(SESSION_HEADER) else { return Ok(None) };
    let bytes = HEXLOWER_PERMISSIVE.decode(value.as_bytes()).ok();
    let id = bytes.and_then(|bytes| SessionId::try_from(bytes).ok());
    id.map(Some).ok_or_else(|| RelayError::new(ErrorCode::Invalid, "the session is 64 hexadecimal digits"))
}

fn unknown_session() -> RelayError {
    RelayError::new(ErrorCode::SessionUnknown, "no such session: prove the device again")
}

async fn read(body: Body) -> Result<Bytes, RelayError> {
    let whole = async {
        let (mut stream, mut bytes, mut drained) = (body.into_data_stream(), BytesMut::new(), 0);
        while let Some(part) = stream.next().await {
            let part = part.map_err(|_| RelayError::new(ErrorCode::Invalid, "the body broke off"))?;
            if drained > 0 || bytes.len() + part.len() > limits::REQUEST_BYTES {
                drained += part.len();
                bytes = BytesMut::new();
                if drained > DRAIN_BYTES {
                    break;
                }
            } else {
                bytes.extend_from_slice(&part);
            }
        }
        if drained > 0 {
            let message = format!("a request has at most {} bytes", limits::REQUEST_BYTES);
            return Err(RelayError::new(ErrorCode::TooLarge, message));
        }
        Ok(bytes.freeze())
    };
    tokio::time::timeout(BODY_TIME, whole)
        .await
        .unwrap_or_else(|_| Err(busy("the body came too slowly", Duration::from_secs(1))))
}

fn failure(error: &RelayError) -> Response {
    let status = match error.code {
        ErrorCode::Version => StatusCode::UPGRADE_REQUIRED,
        ErrorCode::SessionUnknown => StatusCode::UNAUTHORIZED,
        ErrorCode::BadProof
        | ErrorCode::InviteRequired
        | ErrorCode::InviteUnknown
        | ErrorCode::Denied
        | ErrorCode::NoDirectory => StatusCode::FORBIDDEN,
        ErrorCode::Invalid => StatusCode::BAD_REQUEST,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Busy => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Undeliverable | ErrorCode::Taken => StatusCode::CONFLICT,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut answer = (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], codec::encode(error)).into_response();
    if let Some(wait) = error.retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.div_ceil(1000)));
    }
    answer
}
