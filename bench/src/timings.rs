//! Many measurements of one thing.

use std::time::{Duration, Instant};

#[derive(Debug, Clone, Default)]
pub struct Timings(Vec<Duration>);

impl Timings {
    pub fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Runs `work`, keeps how long it took, gives what it gave.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = work();
        self.add(started.elapsed());
        done
    }

    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// In milliseconds, the value that `share` (0 to 1) of the measurements do not exceed; NaN where there are none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1) as f64;
        sorted.get((last * share).round() as usize).map_or(f64::NAN, |took| took.as_secs_f64() * 1000.0)
    }

    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    #[must_use]
    pub fn p99(&self) -> f64 {
        self.quantile(0.99)
    }

    #[must_use]
    pub fn longest(&self) -> f64 {
        self.quantile(1.0)
    }

    /// All together, in milliseconds.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.0.iter().sum::<Duration>().as_secs_f64() * 1000.0
    }

    /// How many took longer than so many milliseconds.
    #[must_use]
    pub fn over(&self, millis: f64) -> usize {
        self.0.iter().filter(|took| took.as_secs_f64() * 1000.0 > millis).count()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// The middle one of a few.
#[must_use]
pub fn median_of(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_measured_values() {
        let mut timings = Timings::default();
        for millis in (1..=101).rev() {
            timings.add(Duration::from_millis(millis));
        }
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(timings.median(), 51.0));
        assert!(close(timings.p99(), 100.0));
        assert!(close(timings.longest(), 101.0));
        assert_eq!(timings.over(99.0), 2);
        assert!(Timings::default().median().is_nan());
        assert!(close(median_of(vec![3.0, 1.0, 2.0]), 2.0));
    }
}
