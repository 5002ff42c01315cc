//! From commits of the core to events of the screen, gathered so that a busy minute is many batches, not many more.

use std::{collections::HashMap, sync::Arc, time::Duration};

use beseda_core::{Core, domain::Place, store::Touched, window::Window};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::{Inner, convert};
use crate::{ApiError, Event, api::Totals, view::SyncStatus};

/// Least time between two batches: one frame of a screen.
const FRAME: Duration = Duration::from_millis(16);
/// And as long as the person does nothing. Where messages pour in, ten updates a second read as well as sixty, and leave the
/// page the time to type and to scroll.
const UNASKED: Duration = Duration::from_millis(100);
/// A chat may have been muted until now: what is unread is counted anew at least this often.
const COUNT_ANEW: Duration = Duration::from_secs(60);

pub fn start(app: Arc<Inner>, core: Arc<Core>) -> JoinHandle<()> {
    let mut commits = core.listen();
    let mut progress = core.progress();
    let mut anew = tokio::time::interval(COUNT_ANEW);
    anew.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = Told::default();
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
            if let Err(error) = tell(&app, &core, &touched, &mut told).await {
                tracing::error!(%error, "what changed could not be read");
            }
            app.hear(&core, &touched).await;
            tokio::time::sleep(FRAME).await;
            tokio::select! {
                () = tokio::time::sleep(UNASKED - FRAME) => {}
                // What came of it is to be seen at once.
                () = app.asked.notified() => {}
            }
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

/// What was last said, and is not said again.
#[derive(Default)]
struct Told {
    sync: Option<SyncStatus>,
    totals: Option<Totals>,
}

/// Says what changed in one batch: a page draws once for it.
async fn tell(app: &Inner, core: &Core, touched: &Touched, told: &mut Told) -> Result<(), ApiError> {
    // Until it is said: a page loaded meanwhile must not overtake it.
    let mut windows = app.windows.lock().await;
    let mut events = Vec::new();
    let read = gather(core, &mut windows, touched, told, &mut events).await;
    // Also when something could not be read: a window that has moved on must say so.
    app.emit(events);
    read
}

async fn gather(
    core: &Core,
    windows: &mut HashMap<u32, Window>,
    touched: &Touched,
    told: &mut Told,
    events: &mut Vec<Event>,
) -> Result<(), ApiError> {
    for (number, window) in windows.iter_mut() {
        let Some(from) = touched.chats.get(&window.chat()) else { continue };
        let chat = window.chat();
        let single =
            touched.messages.range((chat, Place::FIRST)..=(chat, Place::END)).map(|(_, place)| *place);
        let ops = core.refresh(window, *from, &single.collect()).await?;
        if !ops.is_empty() {
            events.push(convert::timeline(*number, window, &ops));
        }
    }
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
    let status = convert::sync_status(&core.sync_status().await?);
    if told.sync.as_ref() != Some(&status) {
        told.sync = Some(status.clone());
        events.push(Event::Sync { status });
    }
    let totals = convert::totals(core.totals().await?);
    if told.totals.replace(totals) != Some(totals) {
        events.push(Event::Totals { totals });
    }
    Ok(())
}
