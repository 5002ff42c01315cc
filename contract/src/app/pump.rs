//! From commits of the core to events of the screen, gathered so that a busy minute is many batches, not many more.

use std::{sync::Arc, time::Duration};

use beseda_core::{Core, domain::Place, store::Touched};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::{Inner, convert};
use crate::{ApiError, Event, api::Totals};

/// Least time between two batches: one frame of a screen.
const FRAME: Duration = Duration::from_millis(16);
/// A chat may have been muted until now: what is unread is counted anew at least this often.
const COUNT_ANEW: Duration = Duration::from_secs(60);

pub fn start(app: Arc<Inner>, core: Arc<Core>) -> JoinHandle<()> {
    let mut commits = core.listen();
    let mut progress = core.progress();
    let mut anew = tokio::time::interval(COUNT_ANEW);
    anew.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = None;
    tokio::spawn(async move {
        loop {
            let mut touched = Touched::default();
            tokio::select! {
                commit = commits.recv() => match commit {
                    Some(commit) => merge(&mut touched, &commit),
                    None => return,
                },
                changed = progress.changed() => if changed.is_err() { return },
                // The first time at once.
                _ = anew.tick() => {}
            }
            progress.mark_unchanged();
            while let Ok(commit) = commits.try_recv() {
                merge(&mut touched, &commit);
            }
            match events(&app, &core, &touched, &mut told).await {
                Ok(events) => app.emit(events),
                Err(error) => tracing::error!(%error, "what changed could not be read"),
            }
            app.hear(&core, &touched).await;
            tokio::time::sleep(FRAME).await;
        }
    })
}

fn merge(into: &mut Touched, commit: &Touched) {
    for (chat, place) in &commit.chats {
        into.chat(*chat, *place);
    }
    into.messages.extend(commit.messages.iter().copied());
    into.renamed.extend(commit.renamed.iter().copied());
    into.people.extend(commit.people.iter().copied());
    into.outbox |= commit.outbox;
}

/// `told`: what was last said to be unread.
async fn events(
    app: &Inner,
    core: &Core,
    touched: &Touched,
    told: &mut Option<Totals>,
) -> Result<Vec<Event>, ApiError> {
    let mut windows = app.windows.lock().await;
    for (number, window) in windows.iter_mut() {
        let Some(from) = touched.chats.get(&window.chat()) else { continue };
        let chat = window.chat();
        let single =
            touched.messages.range((chat, Place::FIRST)..=(chat, Place::END)).map(|(_, place)| *place);
        let ops = core.refresh(window, *from, &single.collect()).await?;
        if !ops.is_empty() {
            // Under the lock: a page loaded meanwhile must not overtake it.
            app.emit(vec![convert::timeline(*number, window, &ops)]);
        }
    }
    drop(windows);
    let mut events = Vec::new();
    events.extend(touched.renamed.iter().map(|id| Event::ChatGone { id: id.to_string(), goes_on_in: None }));
    for chat in touched.chats.keys() {
        let line = core.chat(*chat).await?;
        if line.is_listed() {
            events.push(Event::Chat { row: Box::new(convert::chat_row(core, line)) });
        } else if line.is_gone() {
            let goes_on_in = line.gone_on.map(|id| id.to_string());
            events.push(Event::ChatGone { id: line.id.to_string(), goes_on_in });
        }
    }
    for person in &touched.people {
        events.push(Event::Person { user: core.user_of(*person).await?.to_string() });
    }
    events.push(Event::Sync { status: convert::sync_status(&core.sync_status().await?) });
    let totals = convert::totals(core.totals().await?);
    if *told != Some(totals) {
        *told = Some(totals);
        events.push(Event::Totals { totals });
    }
    Ok(events)
}
