//! From commits of the core to events of the screen, gathered so that a busy minute is many batches, not many more.

use std::{sync::Arc, time::Duration};

use beseda_core::{Core, store::Touched};
use tokio::task::JoinHandle;

use super::{Inner, convert};
use crate::{ApiError, Event};

/// Least time between two batches: one frame of a screen.
const FRAME: Duration = Duration::from_millis(16);

pub fn start(app: Arc<Inner>, core: Arc<Core>) -> JoinHandle<()> {
    let mut commits = core.listen();
    let mut progress = core.progress();
    tokio::spawn(async move {
        loop {
            let mut touched = Touched::default();
            tokio::select! {
                commit = commits.recv() => match commit {
                    Some(commit) => merge(&mut touched, &commit),
                    None => return,
                },
                changed = progress.changed() => if changed.is_err() { return },
            }
            progress.mark_unchanged();
            while let Ok(commit) = commits.try_recv() {
                merge(&mut touched, &commit);
            }
            match events(&app, &core, &touched).await {
                Ok(events) => app.emit(events),
                Err(error) => tracing::error!(%error, "what changed could not be read"),
            }
            tokio::time::sleep(FRAME).await;
        }
    })
}

fn merge(into: &mut Touched, commit: &Touched) {
    for (chat, place) in &commit.chats {
        into.chat(*chat, *place);
    }
    into.renamed.extend(commit.renamed.iter().copied());
    into.outbox |= commit.outbox;
}

async fn events(app: &Inner, core: &Core, touched: &Touched) -> Result<Vec<Event>, ApiError> {
    let mut windows = app.windows.lock().await;
    for (number, window) in windows.iter_mut() {
        let Some(from) = touched.chats.get(&window.chat()) else { continue };
        let ops = core.refresh(window, *from).await?;
        if !ops.is_empty() {
            // Under the lock: a page loaded meanwhile must not overtake it.
            app.emit(vec![Event::Timeline { timeline: *number, ops: convert::ops(&ops) }]);
        }
    }
    drop(windows);
    let mut events = Vec::new();
    events.extend(touched.renamed.iter().map(|id| Event::ChatGone { id: id.to_string() }));
    for chat in touched.chats.keys() {
        events.push(Event::Chat { row: convert::chat_row(core, core.chat(*chat).await?) });
    }
    events.push(Event::Sync { status: convert::sync_status(&core.sync_status().await?) });
    Ok(events)
}
