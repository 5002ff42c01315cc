//! Token buckets. They run on the monotonic clock, not on the relay's: a moved clock must not open or shut a gate.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::config::Rate;

/// Addresses remembered before those that are at rest are forgotten.
const ADDRESSES: usize = 10_000;

#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    pub fn full(rate: Rate, now: Instant) -> Self {
        Self { left: rate.burst, at: now }
    }

    /// Takes `amount`, or answers how long to wait. More than the burst is taken from a full bucket and owed, so
    /// that nothing has to wait for ever.
    pub fn take(&mut self, rate: Rate, amount: f64, now: Instant) -> Result<(), Duration> {
        self.refill(rate, now);
        let needed = amount.min(rate.burst);
        if self.left < needed {
            return Err(Duration::from_secs_f64(((needed - self.left) / rate.per_second).clamp(0.001, 60.0)));
        }
        self.left -= amount;
        Ok(())
    }

    fn refill(&mut self, rate: Rate, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + passed * rate.per_second).min(rate.burst);
        self.at = now;
    }
}

/// One bucket for each address; IPv6 by /64, which is what one subscriber is given.
#[derive(Debug, Default)]
pub struct Addresses(Mutex<HashMap<[u8; 8], Bucket>>);

impl Addresses {
    pub fn take(&self, rate: Rate, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES {
            buckets.retain(|_, bucket| {
                bucket.refill(rate, now);
                bucket.left < rate.burst
            });
        }
        let key = key(address);
        if buckets.len() >= ADDRESSES && !buckets.contains_key(&key) {
            return Err(Duration::from_secs(5));
        }
        buckets.entry(key).or_insert_with(|| Bucket::full(rate, now)).take(rate, 1.0, now)
    }
}

fn key(address: IpAddr) -> [u8; 8] {
    let mut key = [0; 8];
    match address.to_canonical() {
        // 0:0:… is no network of IPv6, so the two kinds do not meet.
        IpAddr::V4(four) => key[4..].copy_from_slice(&four.octets()),
        IpAddr::V6(six) => key.copy_from_slice(&six.octets()[..8]),
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let rate = Rate { per_second: 10.0, burst: 2.0 };
        let start = Instant::now();
        let mut bucket = Bucket::full(rate, start);
        assert!(bucket.take(rate, 1.0, start).is_ok());
        assert!(bucket.take(rate, 1.0, start).is_ok());
        let wait = bucket.take(rate, 1.0, start).unwrap_err();
        assert!(bucket.take(rate, 1.0, start + wait / 2).is_err());
        assert!(bucket.take(rate, 1.0, start + wait).is_ok());

        let later = start + Duration::from_secs(10);
        assert!(bucket.take(rate, 5.0, later).is_ok(), "more than the burst passes a full bucket");
        assert!(bucket.take(rate, 1.0, later + Duration::from_millis(300)).is_err(), "and is owed");
    }

    #[test]
    fn neighbours_of_one_ipv6_network_share_a_bucket() {
        let rate = Rate { per_second: 0.001, burst: 1.0 };
        let (addresses, now) = (Addresses::default(), Instant::now());
        let take = |text: &str| addresses.take(rate, text.parse().unwrap(), now).is_ok();
        assert!(take("2001:db8::1"));
        assert!(!take("2001:db8::2"));
        assert!(take("2001:db8:0:1::1"));
        assert!(take("192.0.2.1"));
        assert!(!take("::ffff:192.0.2.1"));
    }
}
