//! From commits of the core to events of the screen, gathered so that a busy minute is many batches, not many more.

use std::{collections::HashMap, sync::Arc, time::Duration};

use beseda_core::{Core, domain::Place, store::Touched, window::Window};
use tokio::{
    task::JoinHandle,
    time::{Instant, MissedTickBehavior},
};

use super::{Inner, convert};
use crate::{ApiError, Event, api::Totals, view::SyncStatus};

/// Least time between two batches: one frame of a screen.
const FRAME: Duration = Duration::from_millis(16);
/// And as long as the person does nothing. Where messages pour in, ten updates a second read as well as sixty, and leave the
/// page the time to type and to scroll.
const UNASKED: Duration = Duration::from_millis(100);
/// Least time between two tellings of the list of chats, and of what is counted, as long as the person does nothing. Nobody
/// reads a line that changes ten times a second, and it stands beside the history: a page that changes both at once draws
/// all that lies between them as well.
const LIST: Duration = Duration::from_millis(500);
/// From what changed in the history to what changed in the list: the page has drawn the one before it hears of the other.
const APART: Duration = Duration::from_millis(50);
/// A chat may have been muted until now: what is unread is counted anew at least this often.
const COUNT_ANEW: Duration = Duration::from_secs(60);

pub fn start(app: Arc<Inner>, core: Arc<Core>) -> JoinHandle<()> {
    let mut commits = core.listen();
    let mut progress = core.progress();
    let mut anew = tokio::time::interval(COUNT_ANEW);
    anew.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut list = List::default();
    // The person has done something since the last batch.
    let mut asked = false;
    tokio::spawn(async move {
        loop {
            let mut touched = Touched::default();
            // Something in the list has changed before, and is not told yet: messages pour in.
            let owing = list.owed.is_some();
            tokio::select! {
                commit = commits.recv() => match commit {
                    Some(commit) => merge(&mut touched, &commit),
                    None => return,
                },
                changed = progress.changed() => if changed.is_err() { return },
                // The first time at once.
                _ = anew.tick() => {}
                () = tokio::time::sleep_until(list.due), if owing => {}
            }
            progress.mark_unchanged();
            while let Ok(commit) = commits.try_recv() {
                merge(&mut touched, &commit);
            }
            merge(list.owed.get_or_insert_default(), &touched);
            // After a pause all of a change is drawn in one frame; where messages pour in, the list in a frame of its own.
            let together = asked || !owing && list.is_due();
            let mut told = tell(&app, &core, &touched, together.then_some(&mut list)).await;
            app.hear(&core, &touched).await;
            tokio::time::sleep(FRAME).await;
            asked = rests(&app, APART - FRAME).await;
            if list.owed.is_some() && list.is_due() {
                let of_list = tell(&app, &core, &Touched::default(), Some(&mut list)).await;
                told = told.and(of_list);
            }
            if let Err(error) = told {
                tracing::error!(%error, "what changed could not be read");
            }
            asked = asked || rests(&app, UNASKED - APART).await;
        }
    })
}

/// Waits, or until the person has done something: what came of that is to be seen at once. Whether they have.
async fn rests(app: &Inner, wait: Duration) -> bool {
    tokio::time::timeout(wait, app.asked.notified()).await.is_ok()
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

/// The list of chats and what is counted: what was last said, and is not said again, and what is to be said when it is due.
struct List {
    sync: Option<SyncStatus>,
    totals: Option<Totals>,
    owed: Option<Touched>,
    due: Instant,
}

impl Default for List {
    fn default() -> Self {
        Self { sync: None, totals: None, owed: None, due: Instant::now() }
    }
}

impl List {
    fn is_due(&self) -> bool {
        self.due <= Instant::now()
    }
}

/// Says what changed in one batch: a page draws once for it. With a `list`, also what is owed of that.
async fn tell(app: &Inner, core: &Core, touched: &Touched, list: Option<&mut List>) -> Result<(), ApiError> {
    // Until it is said: a page loaded meanwhile must not overtake it.
    let mut windows = app.windows.lock().await;
    let mut events = Vec::new();
    let mut read = in_windows(core, &mut windows, touched, &mut events).await;
    if let Some(list) = list {
        read = read.and(in_list(core, list, &mut events).await);
    }
    // Also when something could not be read: a window that has moved on must say so.
    app.emit(events);
    read
}

async fn in_windows(
    core: &Core,
    windows: &mut HashMap<u32, Window>,
    touched: &Touched,
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
    for person in &touched.people {
        events.push(Event::Person { user: core.user_of(*person).await?.to_string() });
    }
    Ok(())
}

async fn in_list(core: &Core, list: &mut List, events: &mut Vec<Event>) -> Result<(), ApiError> {
    let owed = list.owed.take().unwrap_or_default();
    list.due = Instant::now() + LIST;
    events.extend(owed.renamed.iter().map(|id| Event::ChatGone { id: id.to_string(), goes_on_in: None }));
    for chat in owed.chats.keys() {
        let line = core.chat(*chat).await?;
        if line.is_listed() {
            events.push(Event::Chat { row: Box::new(convert::chat_row(core, line)) });
        } else if line.is_gone() {
            let goes_on_in = line.gone_on.map(|id| id.to_string());
            events.push(Event::ChatGone { id: line.id.to_string(), goes_on_in });
        }
    }
    let status = convert::sync_status(&core.sync_status().await?);
    if list.sync.as_ref() != Some(&status) {
        list.sync = Some(status.clone());
        events.push(Event::Sync { status });
    }
    let totals = convert::totals(core.totals().await?);
    if list.totals.replace(totals) != Some(totals) {
        events.push(Event::Totals { totals });
    }
    Ok(())
}
