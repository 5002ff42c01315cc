//! `watch`: stays connected and tells what happens.
//!
//! Messages that were here before are not told again; one of ours is told when it is accepted, or will never be.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    future::Future,
    sync::Arc,
};

use beseda_core::{
    Core, Error,
    domain::{ChatNo, Place},
    store::{
        Touched,
        chats::{self, ChatLine, ChatState},
        messages::{self, Message, flag},
        news::{self, About, News},
    },
    sync::engine::Progress,
};
use beseda_protocol::MessageId;
use serde::Serialize;
use serde_json::json;

use crate::{
    failure::{Failure, Result},
    output::{Output, shown_line},
    view::{self, Chat, Said},
};

/// # Errors
/// When stdout is closed, or the store fails.
pub async fn watch(core: &Core, out: &mut Output, stop: impl Future<Output = ()>) -> Result<()> {
    // Listening begins before the first look: nothing falls in between.
    let mut touches = core.listen();
    let mut progress = core.progress();
    let mut watching = Watching { core, known: HashMap::new() };
    for line in core.chats().await? {
        watching.learn(&line).await?;
    }
    core.start_syncing().await?;
    tokio::pin!(stop);
    loop {
        tokio::select! {
            // What came is told before the state that says it came.
            biased;
            () = &mut stop => return out.flush(),
            touched = touches.recv() => {
                let Some(first) = touched else { return Ok(()) };
                let more = std::iter::from_fn(|| touches.try_recv().ok());
                watching.tell(std::iter::once(first).chain(more), out).await?;
            }
            changed = progress.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
                let now = progress.borrow_and_update().clone();
                watching.tell(std::iter::from_fn(|| touches.try_recv().ok()), out).await?;
                watching.tell_sync(&now, out).await?;
            }
        }
        out.flush()?;
    }
}

/// A chat as it was told last.
struct Known {
    chat: Chat,
    /// Accepted messages up to here were told, or were here before.
    upto: Place,
    /// What was said about messages up to here was told, or was here before.
    heard: Place,
    /// Messages of ours that were told while they waited, and whether as failed.
    waiting: HashMap<MessageId, bool>,
}

struct Watching<'a> {
    core: &'a Core,
    known: HashMap<ChatNo, Known>,
}

impl Watching<'_> {
    /// Takes a chat as it is, without telling.
    async fn learn(&mut self, line: &ChatLine) -> Result<()> {
        let mut reader = self.core.device().store.readers().acquire().await.map_err(Error::from)?;
        let waiting =
            messages::between(&mut reader, line.number, Place::queued(0), Place::END, u32::MAX).await?;
        let accepted = messages::before(&mut reader, line.number, Place::queued(0), 1).await?;
        let heard = end_of_log(&chats::state(&mut reader, line.number).await?);
        let known = Known {
            heard,
            chat: Chat::of(self.core, line),
            upto: accepted.last().map_or(Place::FIRST, |message| message.place),
            waiting: waiting.iter().map(|message| (message.id, message.failed != 0)).collect(),
        };
        self.known.insert(line.number, known);
        Ok(())
    }

    async fn tell(&mut self, touches: impl Iterator<Item = Arc<Touched>>, out: &mut Output) -> Result<()> {
        let mut lowest: BTreeMap<ChatNo, Place> = BTreeMap::new();
        let mut single: BTreeSet<(ChatNo, Place)> = BTreeSet::new();
        for touched in touches {
            single.extend(&touched.messages);
            for (chat, place) in &touched.chats {
                lowest.entry(*chat).and_modify(|known| *known = (*known).min(*place)).or_insert(*place);
            }
        }
        if lowest.is_empty() {
            return Ok(());
        }
        let lines = self.core.chats().await?;
        let here: HashSet<ChatNo> = lines.iter().map(|line| line.number).collect();
        // A request that led into a chat that was here already.
        self.known.retain(|number, _| here.contains(number));
        for line in lines.iter().filter(|line| lowest.contains_key(&line.number)) {
            self.tell_chat(line, out)?;
            let from = lowest.get(&line.number).copied().unwrap_or(Place::END);
            let new = self.tell_messages(line, from, out).await?;
            let of_chat = single.range((line.number, Place::FIRST)..=(line.number, Place::END));
            let changed = of_chat.map(|(_, place)| *place).filter(|place| !new.contains(place)).collect();
            self.tell_changes(line, changed, out).await?;
        }
        Ok(())
    }

    /// Tells a chat that is new, or that is not what it was. A new last line is not such a change: messages are told.
    fn tell_chat(&mut self, line: &ChatLine, out: &mut Output) -> Result<()> {
        let chat = Chat::of(self.core, line);
        let known = self.known.get(&line.number);
        let was = known.map(|known| known.chat.id).filter(|was| *was != chat.id);
        if known.is_none_or(|known| lasting(&known.chat) != lasting(&chat)) {
            let event = ChatEvent { event: "chat", was, chat: &chat };
            let aside = match chat.quarantined {
                0 => String::new(),
                count => format!(", {count} set aside"),
            };
            let text = format!("* {}: {}, {} members{aside}", chat.called(), chat.status, chat.members);
            out.result(&event, &text)?;
        }
        match self.known.get_mut(&line.number) {
            Some(known) => known.chat = chat,
            None => {
                let known = Known { chat, upto: Place::FIRST, heard: Place::FIRST, waiting: HashMap::new() };
                self.known.insert(line.number, known);
            }
        }
        Ok(())
    }

    /// Answers the places of those that were told.
    async fn tell_messages(
        &mut self,
        line: &ChatLine,
        from: Place,
        out: &mut Output,
    ) -> Result<HashSet<Place>> {
        let Some(known) = self.known.get_mut(&line.number) else { return Ok(HashSet::new()) };
        if from == Place::END {
            return Ok(HashSet::new());
        }
        let from = from.max(Place(known.upto.0 + 1));
        let mut new = {
            let mut reader = self.core.device().store.readers().acquire().await.map_err(Error::from)?;
            messages::between(&mut reader, line.number, from, Place::END, u32::MAX).await?
        };
        new.retain(|message| !known.told(message));
        let places = new.iter().map(|message| message.place).collect();
        for said in view::said(self.core, new).await? {
            let text = format!("[{}] {}", known.chat.called(), said.line(0));
            out.result(&MessageEvent { event: "message", said: &said }, &text)?;
        }
        Ok(places)
    }

    /// What was said about messages that were here before.
    async fn tell_changes(&mut self, line: &ChatLine, changed: Vec<Place>, out: &mut Output) -> Result<()> {
        let Some(known) = self.known.get_mut(&line.number) else { return Ok(()) };
        let mut told: Vec<(Message, Vec<News>)> = Vec::new();
        {
            let mut reader = self.core.device().store.readers().acquire().await.map_err(Error::from)?;
            for place in changed {
                for message in messages::between(&mut reader, line.number, place, place, 1).await? {
                    let news = news::since(&mut reader, line.number, place, known.heard).await?;
                    told.push((message, news));
                }
            }
            known.heard = end_of_log(&chats::state(&mut reader, line.number).await?);
        }
        let called = known.chat.called();
        for (message, news) in told {
            let (place, deleted) = (message.place, message.is(flag::DELETED));
            let Some(said) = view::said(self.core, vec![message]).await?.into_iter().next() else { continue };
            // Deleted before it was sent: nobody else ever learns of it.
            if deleted && !place.is_queued() {
                let text = format!("[{called}] {}", said.line(0));
                out.result(&MessageEvent { event: "deleted", said: &said }, &text)?;
            }
            for one in news {
                tell_news(&called, &said, &one, out)?;
            }
        }
        Ok(())
    }

    async fn tell_sync(&self, progress: &Progress, out: &mut Output) -> Result<()> {
        let waiting = self.core.sync_status().await?.waiting;
        let state = view::sync_state(progress.state);
        let error = progress.error.as_ref().map(Failure::from);
        let text = match (&error, waiting) {
            (Some(error), _) => format!("* {state}, {waiting} waiting: {}", error.message),
            (None, 0) => format!("* {state}"),
            (None, _) => format!("* {state}, {waiting} waiting"),
        };
        let error = error.map(|error| error.json());
        out.result(&json!({ "event": "sync", "state": state, "waiting": waiting, "error": error }), &text)
    }
}

impl Known {
    /// Whether a message was told as it is now; from now on it was.
    fn told(&mut self, message: &Message) -> bool {
        if message.place.is_queued() {
            let failed = message.failed != 0;
            return self.waiting.insert(message.id, failed) == Some(failed);
        }
        self.waiting.remove(&message.id);
        let told = message.place <= self.upto;
        self.upto = self.upto.max(message.place);
        told
    }
}

/// The last place that what the relay has given so far can have.
fn end_of_log(state: &ChatState) -> Place {
    Place::accepted(state.cursor.next(), 0).map_or(Place::queued(0), |next| Place(next.0 - 1))
}

fn tell_news(called: &str, said: &Said, news: &News, out: &mut Output) -> Result<()> {
    let who = shown_line(&news.name);
    let about = format!("{} {}", view::short(&said.id), said.author());
    let event = |event: &str, name: &str, value: serde_json::Value| {
        let mut event = json!({ "event": event, "message": said.id, "chat": said.chat, "user": news.by,
            "name": news.name, "at": news.at });
        event[name] = value;
        event
    };
    let (value, text) = match &news.about {
        About::Edited => {
            let text = format!("[{called}] {}", said.line(0));
            return out.result(&MessageEvent { event: "edited", said }, &text);
        }
        About::Reacted { emoji, on } => {
            let mut event = event("reaction", "emoji", json!(emoji));
            event["on"] = json!(on);
            let what = if *on { "reacts with" } else { "takes back" };
            (event, format!("{who} {what} {} ({about})", shown_line(emoji)))
        }
        About::Pinned { on } => {
            let what = if *on { "pins" } else { "unpins" };
            (event("pin", "on", json!(on)), format!("{who} {what} a message ({about})"))
        }
        About::Voted { options } => {
            let options: Vec<u8> = options.iter().map(|option| option + 1).collect();
            let text = format!("{who} votes {options:?} ({about})");
            (event("vote", "options", json!(options)), text)
        }
    };
    out.result(&value, &format!("[{called}] * {text}"))
}

/// Without what every message changes.
fn lasting(chat: &Chat) -> Chat {
    Chat { unread: 0, mentions: 0, marked_unread: false, activity: 0, last: None, ..chat.clone() }
}

#[derive(Serialize)]
struct ChatEvent<'a> {
    event: &'static str,
    was: Option<beseda_protocol::ChatId>,
    #[serde(flatten)]
    chat: &'a Chat,
}

#[derive(Serialize)]
struct MessageEvent<'a> {
    event: &'static str,
    #[serde(flatten)]
    said: &'a Said,
}

/// Taken over now, so that a signal that comes while the profile opens is not lost.
///
/// # Errors
/// When the system does not let signals be taken over.
#[cfg(unix)]
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// # Errors
/// When the system does not let signals be taken over.
#[cfg(not(unix))]
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    Ok(async {
        // An error means that no such signal can come.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
