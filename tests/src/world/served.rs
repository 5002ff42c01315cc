//! The real relay behind a real socket, in this process: for what connects by itself, as the accounts of a window do.

use std::{net::TcpListener, path::Path, sync::Arc};

use beseda_relay::{Config, LogStore, Purpose, Relay, SqliteStore};
use tokio::{sync::oneshot, task::JoinHandle};

pub struct Served {
    pub url: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Served {
    /// Serves what is in `dir`, on a free port of this machine.
    pub async fn start(dir: &Path) -> Self {
        let store: Arc<dyn LogStore> = Arc::new(SqliteStore::open(dir, Purpose::Serve).await.unwrap());
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut config = Config::new(vec![address.clone()]);
        config.rates = None;
        let relay = Relay::open(config, store);
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(async move {
            let stopped = async move {
                // Told to stop, or forgotten.
                let _ = stopped.await;
            };
            beseda_relay::serve(listener, relay, None, stopped).await.unwrap();
        });
        Self { url: format!("http://{address}"), stop, serving }
    }

    /// Takes it away; what it had accepted is on its disk.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.serving.await.unwrap();
    }
}
