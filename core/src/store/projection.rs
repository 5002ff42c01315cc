//! From facts and membership events to the rows that screens read. The one place that decides what a fact means.
//!
//! What a fact about a message does depends on places in the log, never on the order in which things came here: the
//! same facts make the same rows on every device.

mod about;
mod membership;
mod own;
mod rebuild;
mod repeats;
mod standing;

use std::collections::BTreeSet;

use beseda_protocol::{
    ActorId, ChatId, MessageId,
    membership::{ChatKind, Rights},
};

use super::{
    Touched, Tx,
    annotations::{self, Early, SaidAt},
    changes::{self, NewChange},
    chat_pictures,
    chats::{self, ChatState, Status},
    contacts, dialogs,
    events::{self, EventKind, NewEvent},
    joining, members,
    messages::{self, Extra, NewMessage, flag},
    moves,
    own::{Early as OwnEarly, any_early as any_own_early, take_early},
    profiles, readers, roles, search, users,
};
use crate::{
    document::{Fact, Own, With},
    domain::{ChatNo, Me, Millis, Place, UserNo},
    error::Result,
    markup,
};
use about::About;

/// The rules by which facts become rows. A chat whose rows were made by older ones is made anew when a profile opens.
pub const VERSION: i64 = 3;

pub use about::hide;
pub use membership::member_event;
pub use own::{DIRECTORY, READ_RECEIPTS, RECOVERY_WORDS, adopt, apply, read};
pub use rebuild::{apply_kept, behind, outdate, rebuild};
pub use standing::stand;

#[cfg(test)]
pub(super) const REBUILD: &[(&str, &str)] = rebuild::ALL;

/// What its creator says of a chat in making it: facts of the first column that belong to the creation.
const CREATION_FACTS: u32 = 2;

/// One fact of a member, with its place in the chat.
pub struct Said {
    pub author: UserNo,
    pub actor: ActorId,
    pub number: u32,
    pub fact: Fact,
    pub place: Place,
    /// When the relay accepted it; while queued, when it was written.
    pub at: Millis,
    /// Where it stood while it was queued, if it has just been accepted.
    pub replaces: Option<Place>,
    /// Where it stands if it is of this device and does not count: its person shall know.
    pub refused: Option<Place>,
}

/// Gathers what a transaction brings into a chat, so that it is written in few statements.
pub struct Projection {
    chat: ChatNo,
    id: ChatId,
    kind: ChatKind,
    rights: Rights,
    me: Me,
    /// Messages up to here do not count as unread; it rises with what this person's other devices say that they have read.
    read: Place,
    /// Written here, with its number.
    written: Option<(i64, NewChange)>,
    changes: Vec<NewChange>,
    messages: Vec<NewMessage>,
    /// Rows and texts of messages that got their place.
    placed: Vec<(i64, String)>,
    abouts: Vec<About>,
    /// Messages of this device that do not count, with the time when the relay took them.
    refused: Vec<(MessageId, Millis)>,
    /// Something of this device's that had taken effect while it was queued does not count: the rows are not what they
    /// would be without it.
    stale: bool,
    /// Who has left in what was gathered: what they say after it does not count.
    left: BTreeSet<UserNo>,
    marks: Vec<(SaidAt, Option<MessageId>, Option<MessageId>)>,
    owns: Vec<(SaidAt, Own)>,
    /// What one's own facts want of messages that have just come.
    waited: Vec<(Place, MessageId, OwnEarly)>,
    unread: u32,
    mentions: u32,
    /// When the last of the unread was accepted.
    newest: Millis,
    /// Whether the last author of a dialog who was asked about is blocked.
    blocked: Option<(UserNo, bool)>,
}

impl Projection {
    #[must_use]
    pub fn new(state: &ChatState, me: Me, read: Place) -> Self {
        Self {
            chat: state.number,
            id: state.id,
            kind: state.kind,
            rights: state.rights,
            me,
            read,
            written: None,
            changes: vec![],
            messages: vec![],
            placed: vec![],
            abouts: vec![],
            refused: vec![],
            stale: false,
            left: BTreeSet::new(),
            marks: vec![],
            owns: vec![],
            waited: vec![],
            unread: 0,
            mentions: 0,
            newest: 0,
            blocked: None,
        }
    }

    /// A handshake may have changed who may do what.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take_rights(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.rights = roles::known(tx, self.chat).await?.rights;
        Ok(())
    }

    /// Whether what is queued here will count, after the rights have changed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn weigh_queued(&self, tx: &mut Tx<'_>) -> Result<()> {
        for answers in [false, true] {
            let counts = self.may_write(tx, self.me.number, answers).await?;
            messages::weigh_queued(tx, self.chat, answers, counts).await?;
        }
        Ok(())
    }

    /// Whether the chat must be made anew from its changes: what was queued here took effect and does not count.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// Something that waited here is gone.
    pub fn make_anew(&mut self) {
        self.stale = true;
    }

    /// Whether `author` may do what is open to admins at least. `may`: whether an admin, or one who is none, may.
    async fn may(
        &self,
        tx: &mut Tx<'_>,
        author: UserNo,
        may: impl Fn(&Rights, bool) -> bool,
    ) -> Result<bool> {
        Ok(may(&self.rights, false)
            || (may(&self.rights, true) && members::is_admin(tx, self.chat, author).await?))
    }

    /// Whether a message of `author` counts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn may_write(&self, tx: &mut Tx<'_>, author: UserNo, answers: bool) -> Result<bool> {
        let kind = self.kind;
        self.may(tx, author, |rights, admin| rights.may_write(kind, admin, answers)).await
    }

    /// A message that waited here does not count. Its author's device shows why; elsewhere it is as if it had not been said.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refuse(&mut self, tx: &mut Tx<'_>, author: UserNo, id: MessageId, at: Millis) -> Result<()> {
        if author == self.me.number {
            return messages::refuse(tx, id, at).await;
        }
        self.stale = true;
        Ok(())
    }

    pub fn store(&mut self, change: NewChange) {
        self.changes.push(change);
    }

    /// A change of this device, under a number that was reserved for it.
    pub fn write(&mut self, number: i64, change: NewChange) {
        self.written = Some((number, change));
    }

    /// What a fact changes. Unknown kinds change nothing: their bytes are kept for a version that knows them.
    pub async fn say(&mut self, tx: &mut Tx<'_>, mut said: Said) -> Result<()> {
        if self.left.contains(&said.author) {
            return Ok(());
        }
        let kind = self.kind;
        match said.fact {
            Fact::Message { ref mut text, sent_at, ref mut with } => {
                let (text, with) = (std::mem::take(text), std::mem::take(with));
                let id = MessageId::of(self.id, said.actor, said.number);
                if !self.may_write(tx, said.author, with.reply_to.is_some()).await? {
                    let Some(queued) = said.refused else { return Ok(()) };
                    self.refused.push((id, said.at));
                    said.place = queued;
                }
                let With { reply_to, mentions, forwarded, poll, again } = with;
                if let Some(of) = again.filter(|_| kind == ChatKind::Dialog) {
                    dialogs::put_again(tx, self.chat, of, said.author, id).await?;
                }
                // Boxed: rare, and it would make the future of every send larger.
                if Box::pin(self.repeats(tx, &said, id, again)).await? {
                    return Ok(());
                }
                let extra = Extra { mentions, forwarded, poll };
                let links = links(&text);
                let mut flags = if links.is_empty() { 0 } else { flag::LINKS };
                let foreign = said.author != self.me.number;
                if foreign && extra.names(self.me.id) {
                    flags |= flag::NAMES_ME;
                }
                if foreign && said.place > self.read && self.is_heard(tx, said.author).await? {
                    self.unread += 1;
                    self.newest = self.newest.max(said.at);
                    self.mentions += u32::from(flags & flag::NAMES_ME != 0);
                }
                self.messages.push(NewMessage {
                    chat: self.chat,
                    place: said.place,
                    id,
                    author: said.author,
                    text,
                    sent_at,
                    at: said.at,
                    flags,
                    reply_to,
                    extra,
                    links,
                });
            }
            Fact::Profile(card) => {
                let Said { author: by, place, at, replaces, .. } = said;
                Box::pin(profiles::put(tx, self.chat, SaidAt { by, place, at, replaces }, &card)).await?;
                // What this person is called is what they say it is, not what a chat has heard of it.
                if by != self.me.number
                    && let Some(name) = profiles::name(tx, by).await?
                {
                    users::set_name(tx, by, &name).await?;
                }
            }
            Fact::Info { .. } | Fact::Picture { .. } => self.details(tx, said).await?,
            Fact::Leave => self.leave(tx, &said).await?,
            Fact::Move { relay } => {
                if let Some(queued) = said.replaces {
                    moves::drop(tx, self.chat, queued).await?;
                }
                // Whoever says it goes there at once, with the device on which they say it.
                let here = said.place.is_queued() || said.replaces.is_some() || said.refused.is_some();
                if !(here && said.author == self.me.number)
                    && (kind.is_of_equals() || members::is_admin(tx, self.chat, said.author).await?)
                {
                    moves::put(tx, self.chat, said.place, said.author, &relay, said.at).await?;
                }
            }
            Fact::Marks { delivered, read } => {
                let Said { author: by, place, at, replaces, .. } = said;
                self.marks.push((SaidAt { by, place, at, replaces }, delivered, read));
            }
            Fact::Edit { of, .. }
            | Fact::Delete { of }
            | Fact::Reaction { of, .. }
            | Fact::Pin { of, .. }
            | Fact::Vote { of, .. } => {
                let admin = match &said.fact {
                    Fact::Pin { .. } => {
                        self.may(tx, said.author, |rights, admin| rights.may_pin(kind, admin)).await?
                    }
                    _ => members::is_admin(tx, self.chat, said.author).await?,
                };
                let Said { author: by, place, at, replaces, fact, .. } = said;
                self.abouts.push(About {
                    of,
                    said: SaidAt { by, place, at, replaces },
                    allowed: admin,
                    fact,
                });
            }
            // Its members are one person's devices; anywhere else it says nothing.
            Fact::Own(own) if self.kind == ChatKind::Notes => {
                let Said { author: by, place, at, replaces, .. } = said;
                self.owns.push((SaidAt { by, place, at, replaces }, own));
            }
            Fact::Own(_) | Fact::Unknown { .. } => {}
        }
        Ok(())
    }

    /// What the chat is called, or shown by. What its creator says first belongs to the creation.
    async fn details(&mut self, tx: &mut Tx<'_>, said: Said) -> Result<()> {
        if let Some(queued) = said.replaces {
            events::drop_at(tx, self.chat, queued).await?;
        }
        let kind = self.kind;
        if !self.may(tx, said.author, |rights, admin| rights.may_edit_info(kind, admin)).await? {
            self.stale |= said.replaces.is_some();
            return Ok(());
        }
        match said.fact {
            Fact::Info { title, description, category } => {
                chats::set_info(tx, self.chat, &title, &description, &category).await?;
            }
            Fact::Picture { picture } => chat_pictures::set(tx, self.chat, &picture).await?,
            _ => return Ok(()),
        }
        if said.number >= CREATION_FACTS {
            let (title, ..) = chats::info(tx, self.chat).await?;
            let (place, by, at) = (said.place, said.author, said.at);
            let event = NewEvent { place, what: EventKind::Info, by, who: by, at, text: &title };
            events::put(tx, self.chat, &event).await?;
        }
        Ok(())
    }

    /// Somebody leaves by themselves. The owner cannot while somebody else is in, except a dialog, which nobody needs to have.
    async fn leave(&mut self, tx: &mut Tx<'_>, said: &Said) -> Result<()> {
        let mine = said.author == self.me.number;
        if self.kind != ChatKind::Dialog
            && roles::known(tx, self.chat).await?.owner == said.author
            && members::active(tx, self.chat).await? != [said.author]
        {
            if mine {
                chats::set_leaving(tx, self.chat, 0).await?;
            }
            return Ok(());
        }
        if said.place.is_queued() {
            // Somebody else's came in a file, or is to go into a log again: they are in until it is there.
            if mine {
                chats::set_leaving(tx, self.chat, 1).await?;
            }
            return Ok(());
        }
        if members::leave(tx, self.chat, said.author).await? {
            let (place, by, at) = (said.place, said.author, said.at);
            let event = NewEvent { place, what: EventKind::Left, by, who: by, at, text: "" };
            events::put(tx, self.chat, &event).await?;
        }
        if mine {
            let state = chats::state(tx, self.chat).await?;
            if state.status == Status::Joining && said.place.seq() < state.joined_at {
                // Before this person came back.
                self.left.insert(said.author);
                return Ok(());
            }
            chats::set_leaving(tx, self.chat, 2).await?;
            // What was said after that, and waits, has counted until now.
            self.stale |= changes::waits(tx, self.chat).await?;
            joining::is_out(tx, self.chat).await?;
        } else {
            // An admin's device puts theirs out.
            tx.touched.outbox = true;
        }
        self.left.insert(said.author);
        Ok(())
    }

    /// In a dialog nothing of a blocked person counts as unread.
    async fn is_heard(&mut self, tx: &mut Tx<'_>, author: UserNo) -> Result<bool> {
        if self.kind != ChatKind::Dialog {
            return Ok(true);
        }
        let blocked = match self.blocked {
            Some((known, blocked)) if known == author => blocked,
            _ => contacts::is_blocked(tx, author).await?,
        };
        self.blocked = Some((author, blocked));
        Ok(!blocked)
    }

    /// A message of ours that was queued at `queued` has its place.
    pub async fn accepted(
        &mut self,
        tx: &mut Tx<'_>,
        id: MessageId,
        queued: Place,
        place: Place,
        at: Millis,
    ) -> Result<()> {
        let Some((flags, text)) = messages::set_place(tx, self.chat, id, place, at).await? else {
            // When the rows were made its author was out, by the log of that moment.
            self.make_anew();
            return Ok(());
        };
        let waits = take_early(tx, id).await?;
        self.waited.extend(waits.into_iter().map(|early| (place, id, early)));
        let row = place.row(self.chat);
        if flags & (flag::EDITED | flag::ANNOTATED | flag::PINNED | flag::LINKS) != 0 {
            annotations::move_all(tx, queued.row(self.chat), row).await?;
        }
        if flags & flag::EDITED != 0 {
            annotations::set_first_version_at(tx, row, at).await?;
        }
        if flags & flag::GONE == 0 {
            self.placed.push((row, text));
        }
        Ok(())
    }

    /// Writes what was gathered; answers the number of the last change.
    pub async fn flush(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        if let Some(lowest) = self.messages.iter().map(|message| message.place).min() {
            tx.touched.chat(self.chat, lowest);
        }
        if !self.changes.is_empty() {
            let changes = std::mem::take(&mut self.changes);
            let first = changes::reserve(tx, changes.len().try_into().unwrap_or(i64::MAX)).await?;
            changes::insert(tx, first, &changes).await?;
        }
        let written = self.written.take();
        match (&written, &self.messages[..]) {
            (Some((number, change)), [message]) => {
                changes::insert_with_message(tx, *number, change, message).await?;
            }
            (Some((number, change)), _) => {
                changes::insert(tx, *number, std::slice::from_ref(change)).await?;
            }
            (None, _) => {}
        }
        if !self.messages.is_empty() {
            let inserted = written.is_some() && self.messages.len() == 1;
            self.insert_messages(tx, inserted).await?;
        }
        if !self.placed.is_empty() {
            let mut placed = std::mem::take(&mut self.placed);
            placed.sort_by_key(|(row, _)| *row);
            let rows: Vec<_> = placed.iter().map(|(row, text)| (*row, text.as_str())).collect();
            search::put(tx, &rows).await?;
        }
        for (id, at) in std::mem::take(&mut self.refused) {
            messages::refuse(tx, id, at).await?;
        }
        self.left.clear();
        if self.unread > 0 {
            let (unread, mentions) = (std::mem::take(&mut self.unread), std::mem::take(&mut self.mentions));
            chats::add_new(tx, self.chat, unread, mentions, self.newest).await?;
        }
        for about in std::mem::take(&mut self.abouts) {
            let ours = about.said.replaces.is_some();
            self.stale |= !self.tell(tx, about).await? && ours;
        }
        for (said, delivered, read) in std::mem::take(&mut self.marks) {
            self.mark(tx, said, delivered, read).await?;
        }
        for (place, id, early) in std::mem::take(&mut self.waited) {
            // Boxed: rare, and it would make the future of every send larger.
            Box::pin(own::to_message(tx, self.me, (self.chat, place), id, early)).await?;
            if early == OwnEarly::Read && !place.is_queued() {
                self.read = self.read.max(place);
            }
        }
        for (said, own) in std::mem::take(&mut self.owns) {
            Box::pin(own::tell(tx, self.me, said, &own)).await?;
        }
        Ok(())
    }

    /// Writes what was gathered and ends the transaction. A message that was written here and of which nothing else hangs,
    /// as nearly all are, goes to the database together with the commit.
    ///
    /// # Errors
    /// When the disk does not take it: then nothing of the transaction happened.
    pub async fn flush_and_commit(mut self, mut tx: Tx<'_>) -> Result<Touched> {
        if let Some((number, change)) = self.written.take() {
            if let [message] = &self.messages[..]
                && self.is_that_alone(&mut tx, message).await?
            {
                return tx.commit_with_message(number, &change, message).await;
            }
            self.written = Some((number, change));
        }
        Box::pin(self.flush(&mut tx)).await?;
        tx.commit().await
    }

    /// Whether nothing but this message was gathered, and nobody has said anything about it yet.
    async fn is_that_alone(&self, tx: &mut Tx<'_>, message: &NewMessage) -> Result<bool> {
        Ok(message.links.is_empty()
            && message.place.is_queued()
            && self.changes.is_empty()
            && self.placed.is_empty()
            && self.refused.is_empty()
            && self.abouts.is_empty()
            && self.marks.is_empty()
            && self.owns.is_empty()
            && self.unread == 0
            && tx.touched.chats.keys().all(|chat| *chat == self.chat)
            && !annotations::any_early(tx, self.chat).await?
            && !any_own_early(tx).await?)
    }

    /// A mark counts as far as the message it names stands before it in the log, whenever that comes here.
    async fn mark(
        &mut self,
        tx: &mut Tx<'_>,
        said: SaidAt,
        delivered: Option<MessageId>,
        read: Option<MessageId>,
    ) -> Result<()> {
        let mut places = [Place::FIRST; 2];
        for (place, named) in places.iter_mut().zip([delivered, read]) {
            let Some(id) = named else { continue };
            match messages::find(tx, id).await? {
                Some((of, at)) if of == self.chat && !at.is_queued() && at < said.place => *place = at,
                Some(_) => {}
                None => {
                    let only = |mark: Option<MessageId>| mark.filter(|mark| *mark == id);
                    let fact = Fact::Marks { delivered: only(delivered), read: only(read) }.encode();
                    annotations::put_early(tx, self.chat, id, &Early { said, admin: false, fact }).await?;
                }
            }
        }
        let [delivered, read] = places;
        if delivered.max(read) > Place::FIRST {
            let other = said.by != self.me.number;
            readers::mark(tx, self.chat, said.by, (delivered.max(read), read), said.at, other).await?;
            if !other {
                // Perhaps on another device.
                Box::pin(own::read(tx, self.me, self.chat, read)).await?;
                self.read = self.read.max(read);
            }
            tx.touched.chat(self.chat, Place::END);
        }
        Ok(())
    }

    async fn insert_messages(&mut self, tx: &mut Tx<'_>, inserted: bool) -> Result<()> {
        let mut new = std::mem::take(&mut self.messages);
        new.sort_by_key(|message| message.place);
        if !inserted {
            messages::insert(tx, &new).await?;
        }
        for message in new.iter().filter(|message| !message.links.is_empty()) {
            annotations::put_links(tx, message.place.row(self.chat), &message.links).await?;
        }
        if annotations::any_early(tx, self.chat).await? {
            for message in &new {
                for Early { said, admin, fact } in annotations::take_early(tx, self.chat, message.id).await? {
                    self.abouts.push(About {
                        of: message.id,
                        said,
                        allowed: admin,
                        fact: Fact::decode(&fact),
                    });
                }
            }
        }
        for message in &new {
            let waits = take_early(tx, message.id).await?;
            self.waited.extend(waits.into_iter().map(|early| (message.place, message.id, early)));
        }
        let placed = new.into_iter().filter(|message| !message.place.is_queued());
        self.placed.extend(placed.map(|message| (message.place.row(message.chat), message.text)));
        Ok(())
    }
}

/// Web addresses in a message. Most have none, and that is seen without parsing it.
fn links(text: &str) -> Vec<String> {
    if text.contains('.') { markup::links(&markup::parse(text, &[])) } else { vec![] }
}

/// Where fact `index` of the queued change `number` stands: after everything, in the order of writing.
#[must_use]
pub fn queued_place(number: i64, index: i64) -> Place {
    Place::queued(number * beseda_protocol::limits::CHANGE_FACTS as i64 + index)
}
