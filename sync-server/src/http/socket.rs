//! A WebSocket in front of [`crate::relay::Relay::live`]: frames to bytes and back, and the end of dead peers.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use beseda_protocol::{
    codec, limits,
    live::{ClientFrame, RelayFrame},
    request::{ErrorCode, RelayError},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};

const PING_EVERY: Duration = Duration::from_secs(30);
/// For one frame to leave: 1 MiB on a line of 10 KiB a second.
const SEND_TIME: Duration = Duration::from_secs(120);

pub async fn talk(
    mut socket: WebSocket,
    to_relay: mpsc::Sender<ClientFrame>,
    mut from_relay: mpsc::Receiver<RelayFrame>,
) {
    let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = true;
    // Waits for room on its way to the relay, while frames from there go on: else both could wait for each other.
    let mut taken: Option<ClientFrame> = None;
    loop {
        tokio::select! {
            message = socket.recv(), if taken.is_none() => {
                heard = true;
                match message {
                    Some(Ok(Message::Binary(bytes))) => match codec::decode(&bytes, limits::REQUEST_BYTES) {
                        Ok(frame) => taken = Some(frame),
                        Err(error) => {
                            let error = RelayError::new(ErrorCode::Invalid, error.to_string());
                            let _ = send(&mut socket, &RelayFrame::Closing { error }).await;
                            break;
                        }
                    },
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Text(_))) | Some(Ok(Message::Close(_))) | Some(Err(_)) | None => break,
                }
            }
            room = to_relay.reserve(), if taken.is_some() => {
                let Ok(room) = room else { break };
                if let Some(frame) = taken.take() {
                    room.send(frame);
                }
            }
            frame = from_relay.recv() => {
                let Some(frame) = frame else { break };
                let last = matches!(frame, RelayFrame::Closing { .. });
                if send(&mut socket, &frame).await.is_err() || last {
                    break;
                }
            }
            _ = ping.tick() => {
                if !heard || say(&mut socket, Message::Ping(Default::default())).await.is_err() {
                    break;
                }
                heard = false;
            }
        }
    }
    let goodbye = CloseFrame { code: close_code::NORMAL, reason: Default::default() };
    let _ = timeout(Duration::from_secs(2), socket.send(Message::Close(Some(goodbye)))).await;
}

/// The peer is gone, or too slow to be told anything.
struct Gone;

async fn send(socket: &mut WebSocket, frame: &RelayFrame) -> Result<(), Gone> {
    say(socket, Message::Binary(codec::encode(frame).into())).await
}

async fn say(socket: &mut WebSocket, message: Message) -> Result<(), Gone> {
    match timeout(SEND_TIME, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone),
    }
}
