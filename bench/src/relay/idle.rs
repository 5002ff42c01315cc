//! What a live connection on which nothing happens costs a relay.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use beseda_protocol::{
    Seq, codec,
    live::{ClientFrame, RelayFrame, Wanted},
    request::{Cursor, SESSION_HEADER},
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use super::{process::RelayProcess, wire::Wire};
use crate::{
    machine::pss_kib,
    report::{Figure, Goal, Report, Unit},
};

const MEMBERS: usize = 10;

/// # Errors
/// When a relay does not start or takes no connections.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) -> Result<()> {
    let connections = if quick { 50 } else { 1_000 };
    let data = tempfile::tempdir_in(dir)?;
    let relay = RelayProcess::start(data.path())?;
    // What the first connections make the relay set up is not theirs.
    let warm = open(&relay, MEMBERS).await?;
    let before = pss_kib(relay.id()).context("the relay is gone")?;
    let live = open(&relay, connections).await?;
    let after = pss_kib(relay.id()).context("the relay is gone")?;
    drop((warm, live));
    report.add(
        Figure::new("relay: memory of an idle connection", Unit::KiB, (after - before) / connections as f64)
            .goal(Goal::Value(15.0))
            .note(format!(
                "PSS of the relay over {connections} WebSockets with a session and a chat each; {:.1} MiB before",
                before / 1024.0
            )),
    );
    Ok(())
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Live connections of as many devices, each following a chat of ten.
async fn open(relay: &RelayProcess, count: usize) -> Result<Vec<Socket>> {
    let mut sockets = Vec::with_capacity(count);
    let mut keys = Vec::new();
    while sockets.len() < count {
        let mut wire = Wire::connect(&relay.address).await?;
        if keys.is_empty() {
            let (chat, new) = wire.create_chat(MEMBERS).await?;
            keys.extend(new.into_iter().map(|key| (chat, key)));
        }
        let (chat, key) = keys.pop().context("a chat without members")?;
        wire.open(chat, &key).await?;
        let mut request = format!("ws://{}/v1/live", relay.address).into_client_request()?;
        request.headers_mut().insert(SESSION_HEADER, wire.session.parse()?);
        let (mut socket, _) = connect_async(request).await?;
        let cursor = Cursor { log: None, seq: Seq::ZERO, id: None, tag: None };
        for frame in [
            ClientFrame::Credit { bytes: 1 << 20 },
            ClientFrame::Subscribe { chats: vec![Wanted { chat, cursor }] },
        ] {
            socket.send(Message::Binary(codec::encode(&frame).into())).await?;
        }
        // The heads, then the one handshake of the chat: from then on nothing happens.
        loop {
            let Some(Ok(message)) = socket.next().await else { bail!("the relay closed a live connection") };
            let Message::Binary(bytes) = message else { continue };
            if let RelayFrame::Batch { .. } = codec::decode(&bytes, usize::MAX)? {
                break;
            }
        }
        sockets.push(socket);
    }
    Ok(sockets)
}
