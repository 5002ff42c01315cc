//! What this person is told of outside the window: which messages become a notification, and which notifications go away
//! again. Pure: what is known comes in, the steps come out.
//!
//! Read [`Settings`], then [`Heard`] (a chat as it is now), then [`Notices::hear`]. What a notification shows is data; its
//! sentences and its place on the screen are the shell's. Nothing is kept over a restart: what had arrived before a profile
//! was opened is no news, and its unread count tells of it.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZero,
};

use beseda_protocol::{ChatId, MessageId, membership::ChatKind};
use lru::LruCache;

use crate::domain::{ChatNo, Level, Millis, Place};

/// A notification shows so many messages, the newest ones.
pub const LINES: usize = 3;
/// Chats that are told of one by one; if more have news at once, they are summed up.
const ONE_BY_ONE: usize = 3;
/// Messages that are remembered as told of: a log that is made again may bring them in another place.
const REMEMBERED: NonZero<usize> = NonZero::new(4096).expect("it is not zero");
pub const MINUTES_A_DAY: u16 = 24 * 60;

/// What of a message may be seen in a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shows {
    /// Who says it where, and what.
    #[default]
    Text,
    /// Who says it where.
    Sender,
    /// That something was said.
    Nothing,
}

impl Shows {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Sender => "sender",
            Self::Nothing => "nothing",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Text, Self::Sender, Self::Nothing].into_iter().find(|shows| shows.as_str() == text)
    }
}

/// How this device tells of what is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    pub enabled: bool,
    pub shows: Shows,
    pub sound: bool,
    /// Every day from this minute after midnight nothing is told, 0 to 1,439.
    pub quiet_from: u16,
    /// Up to this one, which may be of the next day. Equal to the other: there are no such hours.
    pub quiet_to: u16,
    /// Nor is anything until this time; 0: no such time.
    pub quiet_until: Millis,
}

impl Settings {
    /// Whether the person does not want to be disturbed now.
    #[must_use]
    pub fn is_quiet(&self, moment: Moment) -> bool {
        let since = |from: u16, to: u16| (to + MINUTES_A_DAY - from) % MINUTES_A_DAY;
        let hours = since(self.quiet_from, moment.minute) < since(self.quiet_from, self.quiet_to);
        hours || moment.now < self.quiet_until
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub now: Millis,
    /// Since midnight where the person is, 0 to 1,439.
    pub minute: u16,
    /// Nothing is known to be on its way. Until then news wait: what was read elsewhere, or more of the same, may follow.
    pub settled: bool,
}

/// A message of somebody else that is unread here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub place: Place,
    pub id: MessageId,
    pub author: String,
    /// One line without markup, with spoilers veiled. Empty where the settings say so.
    pub text: String,
    /// It names this person or everyone, or answers this person.
    pub for_me: bool,
}

/// A chat as it is now, with what is unread of what came after [`Notices::since`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub chat: ChatNo,
    pub id: ChatId,
    pub kind: ChatKind,
    pub title: String,
    pub may_reply: bool,
    pub level: Level,
    pub muted_until: Millis,
    /// It is open in a window that the person looks at.
    pub attended: bool,
    /// Where this device came in, or up to where everything is read: nothing before it is news.
    pub floor: Place,
    /// Of the newest of what is unread, whether or not the person wants to be told of it; `floor`: nothing is.
    pub newest: Place,
    /// The newest of what the person wants to be told of, in the order of the chat, at most [`LINES`].
    pub lines: Vec<Line>,
    /// All of what they want to be told of.
    pub count: u32,
    pub for_me: u32,
}

/// What a notification is about: there is at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    Chat(ChatId),
    /// Many chats at once.
    Many,
}

/// A notification as it is to be shown, in place of the one about the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub about: About,
    /// Empty where the settings show nothing of it, and where it is about many chats.
    pub title: String,
    pub dialog: bool,
    /// Oldest first; the last of `count`.
    pub lines: Vec<Line>,
    pub count: u32,
    pub for_me: u32,
    /// Chats with news; 1 where it is about one.
    pub chats: u32,
    pub may_reply: bool,
    /// Something new is in it: it may show itself, and with a sound if `sound` is set. Else it changes without a stir.
    pub fresh: bool,
    pub sound: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Show(Notice),
    TakeAway(About),
}

/// What is on screen of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    Nothing,
    Own(Box<Notice>),
    /// Among many.
    Many {
        count: u32,
        for_me: u32,
    },
}

#[derive(Debug, Clone)]
struct Told {
    id: ChatId,
    /// A notification of this chat counts from here.
    since: Place,
    /// Up to here the person was told, or was not to be.
    upto: Place,
    shown: Shown,
}

/// What this person has been told so far.
#[derive(Debug)]
pub struct Notices {
    chats: BTreeMap<ChatNo, Told>,
    /// Chats that changed while more was on its way.
    waiting: BTreeSet<ChatNo>,
    /// The notification about many chats, if there is one.
    many: Option<Notice>,
    remembered: LruCache<MessageId, ()>,
}

impl Notices {
    /// `here`: of each chat its id and the last place of the log that is here already.
    #[must_use]
    pub fn new(here: impl IntoIterator<Item = (ChatNo, ChatId, Place)>) -> Self {
        let told = |(chat, id, upto)| (chat, Told { id, since: upto, upto, shown: Shown::Nothing });
        Self {
            chats: here.into_iter().map(told).collect(),
            waiting: BTreeSet::new(),
            many: None,
            remembered: LruCache::new(REMEMBERED),
        }
    }

    /// After which place a notification of this chat counts.
    #[must_use]
    pub fn since(&self, chat: ChatNo) -> Place {
        self.chats.get(&chat).map_or(Place::FIRST, |told| told.since)
    }

    /// Chats that are to be heard when nothing is on its way any more.
    #[must_use]
    pub fn waiting(&self) -> &BTreeSet<ChatNo> {
        &self.waiting
    }

    /// Chats of which something is on screen.
    #[must_use]
    pub fn shown(&self) -> BTreeSet<ChatNo> {
        let shown = self.chats.iter().filter(|(_, told)| told.shown != Shown::Nothing);
        shown.map(|(chat, _)| *chat).collect()
    }

    /// Everything that is on screen goes away: the profile is closed.
    #[must_use]
    pub fn end(self) -> Vec<Step> {
        let own = self.chats.values().filter(|told| matches!(told.shown, Shown::Own(_)));
        let own = own.map(|told| Step::TakeAway(About::Chat(told.id)));
        own.chain(self.many.is_some().then_some(Step::TakeAway(About::Many))).collect()
    }

    /// The person, or the system, has put a notification away: what it told of is not told again.
    pub fn dismiss(&mut self, about: About) {
        if about == About::Many {
            self.many = None;
        }
        for told in self.chats.values_mut() {
            let meant = match told.shown {
                Shown::Nothing => false,
                Shown::Own(_) => about == About::Chat(told.id),
                Shown::Many { .. } => about == About::Many,
            };
            if meant {
                told.shown = Shown::Nothing;
                told.since = told.upto;
            }
        }
    }

    /// What is to be shown and taken away now that these chats are as they are.
    pub fn hear(
        &mut self,
        heard: impl IntoIterator<Item = Heard>,
        settings: &Settings,
        moment: Moment,
    ) -> Vec<Step> {
        let quiet = settings.is_quiet(moment);
        let mut steps = Vec::new();
        let mut fresh = Vec::new();
        for heard in heard {
            let told = self.chats.entry(heard.chat).or_insert_with(|| Told {
                id: heard.id,
                since: heard.floor,
                upto: heard.floor,
                shown: Shown::Nothing,
            });
            told.id = heard.id;
            self.waiting.remove(&heard.chat);
            let wanted = settings.enabled
                && !heard.attended
                && heard.kind != ChatKind::Notes
                && heard.level != Level::Nothing
                && heard.muted_until <= moment.now;
            let new =
                heard.lines.iter().any(|line| line.place > told.upto && !self.remembered.contains(&line.id));
            if wanted && new && !quiet {
                if moment.settled {
                    fresh.push(heard);
                    continue;
                }
                self.waiting.insert(heard.chat);
            } else {
                told.upto = told.upto.max(heard.newest);
            }
            if told.shown == Shown::Nothing {
                told.since = if self.waiting.contains(&heard.chat) { told.since } else { told.upto };
                continue;
            }
            // What is on screen may have been read, edited or deleted.
            let gone = !wanted || heard.lines.iter().all(|line| line.place > told.upto);
            match &mut told.shown {
                Shown::Own(notice) if !gone => {
                    let now = Notice { fresh: false, ..notice_of(&heard, settings) };
                    let same = now == Notice { fresh: false, ..(**notice).clone() };
                    if same || self.waiting.contains(&heard.chat) || quiet && stands(notice, &now) {
                        continue;
                    }
                    if quiet {
                        // Changing it would stir.
                        steps.push(Step::TakeAway(About::Chat(heard.id)));
                        (told.shown, told.since) = (Shown::Nothing, told.upto);
                    } else {
                        **notice = now.clone();
                        steps.push(Step::Show(now));
                    }
                }
                Shown::Many { count, for_me } if !gone => {
                    (*count, *for_me) = (heard.count, heard.for_me);
                }
                _ => {
                    if matches!(told.shown, Shown::Own(_)) {
                        steps.push(Step::TakeAway(About::Chat(heard.id)));
                    }
                    (told.shown, told.since) = (Shown::Nothing, told.upto);
                }
            }
        }
        self.tell(fresh, settings, &mut steps);
        steps
    }

    /// Chats with something new in them.
    fn tell(&mut self, fresh: Vec<Heard>, settings: &Settings, steps: &mut Vec<Step>) {
        let many = fresh.len() > ONE_BY_ONE;
        for heard in fresh {
            let Some(told) = self.chats.get_mut(&heard.chat) else { continue };
            for line in &heard.lines {
                self.remembered.put(line.id, ());
            }
            told.upto = told.upto.max(heard.newest);
            if many {
                if matches!(told.shown, Shown::Own(_)) {
                    steps.push(Step::TakeAway(About::Chat(heard.id)));
                }
                told.shown = Shown::Many { count: heard.count, for_me: heard.for_me };
            } else {
                let notice = notice_of(&heard, settings);
                told.shown = Shown::Own(Box::new(notice.clone()));
                steps.push(Step::Show(notice));
            }
        }
        self.sum_up(many, settings, steps);
    }

    /// The notification about many chats follows what is shown of them.
    fn sum_up(&mut self, fresh: bool, settings: &Settings, steps: &mut Vec<Step>) {
        let mut sum = Notice {
            about: About::Many,
            title: String::new(),
            dialog: false,
            lines: vec![],
            count: 0,
            for_me: 0,
            chats: 0,
            may_reply: false,
            fresh,
            sound: settings.sound,
        };
        for told in self.chats.values() {
            if let Shown::Many { count, for_me } = told.shown {
                sum.count = sum.count.saturating_add(count);
                sum.for_me = sum.for_me.saturating_add(for_me);
                sum.chats += 1;
            }
        }
        if sum.chats == 0 {
            steps.extend(self.many.take().map(|_| Step::TakeAway(About::Many)));
            return;
        }
        let counts = |sum: &Notice| (sum.count, sum.for_me, sum.chats);
        if fresh || self.many.as_ref().map(counts) != Some(counts(&sum)) {
            steps.push(Step::Show(sum.clone()));
        }
        self.many = Some(sum);
    }
}

/// Whether everything that a notification shows is still so: not read, deleted or edited.
fn stands(shown: &Notice, now: &Notice) -> bool {
    let before = now.lines.first().map_or(Place::FIRST, |line| line.place);
    let full = now.lines.len() == LINES;
    shown.lines.iter().all(|line| now.lines.contains(line) || full && line.place < before)
}

/// As far as the settings let it be seen.
fn notice_of(heard: &Heard, settings: &Settings) -> Notice {
    let seen = settings.shows != Shows::Nothing;
    let mut lines = heard.lines.clone();
    for line in &mut lines {
        if settings.shows != Shows::Text {
            line.text.clear();
        }
        if !seen {
            line.author.clear();
        }
    }
    Notice {
        about: About::Chat(heard.id),
        title: if seen { heard.title.clone() } else { String::new() },
        dialog: heard.kind == ChatKind::Dialog,
        lines,
        count: heard.count,
        for_me: heard.for_me,
        chats: 1,
        may_reply: heard.may_reply && seen,
        fresh: true,
        sound: settings.sound,
    }
}
