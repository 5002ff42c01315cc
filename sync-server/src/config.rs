//! What an operator, a test or the benchmark may set. Sizes that both sides must agree on are in
//! [`beseda_protocol::limits`], not here.

use std::time::Duration;

use crate::clock::{self, Clock};

#[derive(Clone)]
pub struct Config {
    /// Names the relay answers to in session proofs: `host` or `host:port`, as clients dial it. A client whose
    /// proof names another server is refused.
    pub names: Vec<String>,
    /// New devices need an invitation token.
    pub invite_required: bool,
    /// People may list themselves to be found by their usernames.
    pub directory: bool,
    /// Absent: no rate limits at all (benchmarks, tests).
    pub rates: Option<Rates>,
    /// A session nobody used for so long is forgotten.
    pub session_life: Duration,
    /// Sessions held in memory at once.
    pub max_sessions: usize,
    /// Live connections at once.
    pub max_live: usize,
    /// TCP connections at once.
    pub max_connections: usize,
    /// Appends waiting for the disk at once, as a number and in bytes; more are told to come back.
    pub queue_requests: usize,
    pub queue_bytes: usize,
    /// Milliseconds since 1970.
    pub clock: Clock,
}

/// Token buckets: so many a second on average, so many at once.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Requests of one session.
    pub requests: Rate,
    /// Bytes of bodies one session sends.
    pub bytes: Rate,
    /// Requests without a session of one address (IPv4) or one /64 (IPv6): many people may share one.
    pub address: Rate,
}

#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub per_second: f64,
    pub burst: f64,
}

impl Default for Rates {
    fn default() -> Self {
        const MIB: f64 = 1024.0 * 1024.0;
        Self {
            requests: Rate { per_second: 100.0, burst: 1000.0 },
            bytes: Rate { per_second: 8.0 * MIB, burst: 64.0 * MIB },
            address: Rate { per_second: 20.0, burst: 600.0 },
        }
    }
}

impl Config {
    /// The defaults for a relay that answers to `names`.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self {
            names,
            invite_required: false,
            directory: false,
            rates: Some(Rates::default()),
            session_life: Duration::from_secs(60 * 60),
            max_sessions: 100_000,
            max_live: 50_000,
            max_connections: 60_000,
            queue_requests: 8192,
            queue_bytes: 64 * 1024 * 1024,
            clock: clock::system(),
        }
    }
}
