//! Who is in, and what it costs to come in, to go, and to lose a relay: groups of devices, a new device with many chats, a
//! newcomer to a long history, an empty relay, membership changes that were missed.
//!
//! All of it through the core and a relay in a process of its own. Those who do not act themselves are no more than keys
//! that the relay knows ([`guests`]): a thousand databases would say nothing of the one that is measured.

mod changes;
mod devices;
mod groups;
mod guests;
mod history;

use std::path::Path;

use anyhow::Result;

use crate::report::Report;

/// What cannot be measured is told in the report, and the rest is.
pub async fn measure(dir: &Path, report: &mut Report, quick: bool) {
    let groups = groups::measure(dir, report, quick).await;
    tell(report, "groups of devices", groups);
    let changes = changes::measure(dir, report, quick).await;
    tell(report, "membership changes", changes);
    let devices = devices::measure(dir, report, quick).await;
    tell(report, "linking a device", devices);
    let history = history::measure(dir, report, quick).await;
    tell(report, "a long history", history);
}

fn tell(report: &mut Report, what: &str, measured: Result<()>) {
    if let Err(error) = measured {
        report.missing.push(format!("{what}: {error:#}"));
    }
}
