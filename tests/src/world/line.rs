//! The wire between a device and the relay in the same process. It can be cut, and it can lose what it carries.

#![expect(clippy::unwrap_used, reason = "a lock is poisoned only when a test has failed already")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use beseda_core::sync::transport::{Answer, Live, Transport, TransportError};
use beseda_protocol::codec;
use beseda_relay::Relay;
use tokio::sync::{mpsc, oneshot};

/// What goes wrong, counted in requests from now on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// No network at all.
    pub down: bool,
    /// The request number n arrives, its answer does not.
    pub lose_answer: Option<u32>,
    /// The request number n does not arrive, nor does any after it.
    pub cut_before: Option<u32>,
}

/// A request that waits until something else has happened.
struct Halt {
    /// Requests before it.
    left: u32,
    reached: oneshot::Sender<()>,
    go_on: oneshot::Receiver<()>,
}

#[derive(Clone, Default)]
pub struct Line {
    relay: Arc<Mutex<Option<Arc<Relay>>>>,
    faults: Arc<Mutex<Faults>>,
    halt: Arc<Mutex<Option<Halt>>>,
    /// Whether each request waits for the relay to have told everybody everything.
    orderly: Arc<AtomicBool>,
    /// What crossed, once somebody asked for it.
    tape: Arc<Mutex<Option<Vec<Vec<u8>>>>>,
}

fn away() -> TransportError {
    TransportError::Away("the wire is cut".into())
}

impl Line {
    /// Another wire to the same relay.
    pub fn with_faults(&self, faults: Faults) -> Self {
        Self {
            relay: self.relay.clone(),
            faults: Arc::new(Mutex::new(faults)),
            halt: Arc::default(),
            orderly: self.orderly.clone(),
            tape: self.tape.clone(),
        }
    }

    pub(super) fn record(&self) {
        self.tape.lock().unwrap().get_or_insert_default();
    }

    pub(super) fn recorded(&self) -> Vec<Vec<u8>> {
        self.tape.lock().unwrap().clone().unwrap_or_default()
    }

    fn keep(&self, bytes: &[u8]) {
        if let Some(tape) = self.tape.lock().unwrap().as_mut() {
            tape.push(bytes.to_vec());
        }
    }

    pub(super) fn relay(&self) -> Option<Arc<Relay>> {
        self.relay.lock().unwrap().clone()
    }

    pub fn set(&self, faults: Faults) {
        *self.faults.lock().unwrap() = faults;
    }

    /// The request number n from now on waits; says when it is reached, and lets it go on. Nothing waits any more once
    /// [`Line::halt_no_more`] was called.
    pub fn halt_before(&self, left: u32) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (reached, is_reached) = oneshot::channel();
        let (go, go_on) = oneshot::channel();
        *self.halt.lock().unwrap() = Some(Halt { left, reached, go_on });
        (is_reached, go)
    }

    pub fn halt_no_more(&self) {
        self.halt.lock().unwrap().take();
    }

    async fn wait(&self) {
        let halt = {
            let mut halt = self.halt.lock().unwrap();
            match halt.as_mut() {
                Some(Halt { left: 0, .. }) => halt.take(),
                Some(halt) => {
                    halt.left -= 1;
                    None
                }
                None => None,
            }
        };
        if let Some(Halt { reached, go_on, .. }) = halt {
            let _ = reached.send(());
            let _ = go_on.await;
        }
    }

    /// From now on the same things happen in the same order on all wires, whichever thread is faster.
    pub(super) fn keep_order(&self) {
        self.orderly.store(true, Relaxed);
    }

    /// Everything that the relay was told has had its consequences.
    async fn settle(&self) {
        if let Some(relay) = self.relay().filter(|_| self.orderly.load(Relaxed)) {
            // Who was sent something a moment ago, or has room again, hears of it first.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            relay.at_rest().await;
        }
    }

    pub(super) fn plug(&self, relay: Arc<Relay>) {
        *self.relay.lock().unwrap() = Some(relay);
    }

    pub(super) fn unplug(&self) -> Option<Arc<Relay>> {
        self.relay.lock().unwrap().take()
    }

    /// The relay, if the wire reaches it; and whether the answer gets lost.
    fn reach(&self) -> Result<(Arc<Relay>, bool), TransportError> {
        let relay = self.relay.lock().unwrap().clone().ok_or_else(away)?;
        let mut faults = self.faults.lock().unwrap();
        if faults.down {
            return Err(away());
        }
        if let Some(left) = &mut faults.cut_before {
            if *left == 0 {
                faults.down = true;
                return Err(away());
            }
            *left -= 1;
        }
        let mut lost = false;
        if let Some(left) = faults.lose_answer {
            lost = left == 0;
            faults.lose_answer = left.checked_sub(1);
        }
        Ok((relay, lost))
    }
}

impl Transport for Line {
    fn server(&self) -> &str {
        super::RELAY_NAME
    }

    fn call<'a>(
        &'a self,
        session: Option<[u8; 32]>,
        name: &'static str,
        body: Vec<u8>,
    ) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            self.settle().await;
            self.wait().await;
            self.settle().await;
            let (relay, lost) = self.reach()?;
            self.keep(&body);
            let answer = relay.call(session, name, &body).await;
            self.settle().await;
            if let Ok(answer) = &answer {
                self.keep(answer);
            }
            if lost { Err(away()) } else { Ok(answer?) }
        })
    }

    fn live(&self, session: [u8; 32]) -> Answer<'_, Live> {
        Box::pin(async move {
            let (relay, _) = self.reach()?;
            let (send, receive) = relay.live(session)?;
            self.settle().await;
            if self.tape.lock().unwrap().is_none() {
                return Ok(Live { send, receive });
            }
            Ok(self.overheard(Live { send, receive }))
        })
    }
}

impl Line {
    /// The same connection with somebody in the middle who writes everything down, as it would look on a socket.
    fn overheard(&self, relay: Live) -> Live {
        let Live { send: to_relay, receive: mut from_relay } = relay;
        let (send, mut sent) = mpsc::channel(1);
        let (received, receive) = mpsc::channel(1);
        let (up, down) = (self.clone(), self.clone());
        tokio::spawn(async move {
            while let Some(frame) = sent.recv().await {
                up.keep(&codec::encode(&frame));
                if to_relay.send(frame).await.is_err() {
                    break;
                }
            }
        });
        tokio::spawn(async move {
            while let Some(frame) = from_relay.recv().await {
                down.keep(&codec::encode(&frame));
                if received.send(frame).await.is_err() {
                    break;
                }
            }
        });
        Live { send, receive }
    }
}
