//! Listens, with or without TLS, until told to stop.

mod counted;

use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum_server::{
    Handle, Server,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::sync::Semaphore;

use self::counted::Counting;
use crate::{http, relay::Relay};

/// For the head of a request to arrive, and for the next one on an open connection.
const HEAD_TIME: Duration = Duration::from_secs(30);
const HEAD_BYTES: usize = 16 * 1024;
/// For requests under way when the relay stops.
const GRACE: Duration = Duration::from_secs(5);

/// A certificate and its key.
#[derive(Clone)]
pub struct Tls(RustlsConfig);

impl Tls {
    /// Reads PEM files. A rustls crypto provider must be installed.
    ///
    /// # Errors
    /// When a file cannot be read, or holds no certificate or key that fit each other.
    pub async fn from_files(certificate: &Path, key: &Path) -> io::Result<Self> {
        Ok(Self(RustlsConfig::from_config(read(certificate, key).await?)))
    }

    /// Reads the files again: new connections get the new certificate.
    ///
    /// # Errors
    /// As [`Tls::from_files`]; the old certificate stays.
    pub async fn reload(&self, certificate: &Path, key: &Path) -> io::Result<()> {
        self.0.reload_from_config(read(certificate, key).await?);
        Ok(())
    }
}

async fn read(certificate: &Path, key: &Path) -> io::Result<Arc<rustls::ServerConfig>> {
    let read = RustlsConfig::from_pem_chain_file(certificate, key).await?.get_inner();
    let mut config = rustls::ServerConfig::clone(&read);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Serves `relay` until `stop` is done; then ends live connections and requests in order, and closes the relay.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    relay: Arc<Relay>,
    tls: Option<Tls>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let most = relay.config().max_connections.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
    let room = Arc::new(Semaphore::new(most));
    let handle = Handle::<SocketAddr>::new();
    let server = configured(axum_server::from_tcp(listener)?.handle(handle.clone()));
    let app = http::router(Arc::clone(&relay)).into_make_service_with_connect_info::<SocketAddr>();
    let counting = Counting::new(Arc::clone(&room));
    let serving = async {
        match tls {
            Some(Tls(config)) => {
                server.acceptor(RustlsAcceptor::new(config).acceptor(counting)).serve(app).await
            }
            None => server.acceptor(counting).serve(app).await,
        }
    };
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return ended,
        () = stop => {}
    }
    handle.graceful_shutdown(Some(GRACE));
    let (ended, ()) = tokio::join!(serving, relay.close());
    // WebSockets outlive the server's own count; each gives its place back when its last frame has left.
    let _ = tokio::time::timeout(GRACE, room.acquire_many(u32::try_from(most).unwrap_or(u32::MAX))).await;
    ended
}

fn configured(mut server: Server<SocketAddr>) -> Server<SocketAddr> {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES);
    *server.http_builder() = builder;
    server
}
