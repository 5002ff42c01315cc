//! `beseda-relay`: the command line of the relay.

use std::{
    io::Write,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use beseda_relay::{Config, LogStore, Purpose, Relay, SqliteStore, Tls, clock, serve, store::invite_hash};
use clap::{Args, Parser, Subcommand};
use data_encoding::BASE64URL_NOPAD;
use tokio::signal::unix::{SignalKind, signal};

/// A relay for Beseda: it orders and keeps sealed messages, and can read none of them.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves until SIGTERM or SIGINT; SIGHUP reads the TLS files again.
    Serve(Serve),
    /// Prints an invitation token, also while a relay serves from the directory.
    Invite {
        /// The relay's data directory.
        #[arg(long)]
        data: PathBuf,
        /// How many devices it lets in.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        uses: u32,
    },
}

#[derive(Args)]
struct Serve {
    #[arg(long, default_value = "127.0.0.1:7400")]
    listen: SocketAddr,
    /// Directory of the database, created if missing.
    #[arg(long)]
    data: PathBuf,
    /// Name under which clients dial this relay (`host` or `host:port`); may be repeated.
    #[arg(long = "name")]
    names: Vec<String>,
    /// Certificate chain, PEM.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key, PEM.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serves without TLS on an address that is not loopback; for use behind a proxy that does TLS.
    #[arg(long)]
    allow_plain_http: bool,
    /// New devices need a token of `beseda-relay invite`.
    #[arg(long)]
    invite_only: bool,
    /// Keep a directory in which people may list themselves, to be found by their usernames. The relay then knows those
    /// names.
    #[arg(long)]
    directory: bool,
    /// One JSON object a line.
    #[arg(long)]
    log_json: bool,
    /// For benchmarks.
    #[arg(long, hide = true)]
    no_rate_limit: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Serve(arguments) => run(arguments).await,
        Command::Invite { data, uses } => invite(&data, uses).await,
    }
}

async fn run(arguments: Serve) -> anyhow::Result<()> {
    start_logging(arguments.log_json);
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a crypto provider was installed already");
    }
    let tls = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => {
            let what = || format!("cannot use {} with {}", certificate.display(), key.display());
            Some(Tls::from_files(certificate, key).await.with_context(what)?)
        }
        _ if arguments.listen.ip().is_loopback() || arguments.allow_plain_http => None,
        _ => bail!(
            "{} can be reached from other machines, and plain HTTP can be read on the way: \
             give --tls-cert and --tls-key, or --allow-plain-http behind a proxy that does TLS",
            arguments.listen
        ),
    };
    let store = SqliteStore::open(&arguments.data, Purpose::Serve).await?;
    let listener = TcpListener::bind(arguments.listen)
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let address = listener.local_addr()?;
    if arguments.names.is_empty() && address.ip().is_unspecified() {
        tracing::warn!("clients will be refused: give the name they dial with --name");
    }
    let mut config = Config::new(names(&arguments.names, address));
    config.invite_required = arguments.invite_only;
    config.directory = arguments.directory;
    if arguments.no_rate_limit {
        config.rates = None;
    }
    let relay = Relay::open(config, Arc::new(store));

    let stopped = stop_signal()?;
    if let (Some(tls), Some(certificate), Some(key)) =
        (tls.clone(), arguments.tls_cert.clone(), arguments.tls_key.clone())
    {
        reload_on_hangup(tls, certificate, key)?;
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    let mut out = std::io::stdout();
    writeln!(out, "listening on {scheme}://{address}").and_then(|()| out.flush())?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), tls = tls.is_some(), "serving");
    serve(listener, relay, tls, stopped).await?;
    tracing::info!("stopped");
    Ok(())
}

async fn invite(data: &Path, uses: u32) -> anyhow::Result<()> {
    let mut random = [0; 24];
    getrandom::fill(&mut random).context("the system gives no randomness")?;
    let token = BASE64URL_NOPAD.encode(&random);
    let store = SqliteStore::open(data, Purpose::Administer).await?;
    store.create_invite(invite_hash(&token), uses, clock::system()()).await?;
    store.close().await;
    writeln!(std::io::stdout(), "{token}")?;
    Ok(())
}

/// Names a proof may carry: those given, with and without the port; else the address. On loopback its usual names too.
fn names(given: &[String], address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let mut names = Vec::new();
    for name in given {
        names.push(name.clone());
        if !name.contains(':') {
            names.push(format!("{name}:{port}"));
        }
    }
    if given.is_empty() {
        names.extend([address.to_string(), address.ip().to_string()]);
    }
    if address.ip().is_loopback() {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            names.extend([host.to_owned(), format!("{host}:{port}")]);
        }
    }
    names
}

fn start_logging(json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BESEDA_RELAY_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { logs.json().init() } else { logs.init() }
}

/// Taken over now, so that a signal that comes while the relay starts is not lost.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}

fn reload_on_hangup(tls: Tls, certificate: PathBuf, key: PathBuf) -> anyhow::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match tls.reload(&certificate, &key).await {
                Ok(()) => tracing::info!("read the certificate again"),
                Err(error) => {
                    tracing::error!(%error, "the old certificate stays: the new one cannot be used")
                }
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_a_proof_may_carry() {
        let given = names(&["relay.example.org".into()], "0.0.0.0:443".parse().unwrap());
        assert_eq!(given, ["relay.example.org", "relay.example.org:443"]);
        let local = names(&[], "127.0.0.1:7400".parse().unwrap());
        assert!(local.contains(&"localhost:7400".into()) && local.contains(&"127.0.0.1:7400".into()));
        assert_eq!(names(&[], "192.0.2.1:80".parse().unwrap()), ["192.0.2.1:80", "192.0.2.1"]);
    }
}
