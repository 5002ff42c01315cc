//! From facts and membership events to the rows that screens read. The one place that decides what a fact means.

use beseda_protocol::{
    ActorId, ChatId, DeviceId, MessageId, Seq,
    identity::Identity,
    limits,
    membership::{ChatKind, SignedEvent},
};

use super::{
    Tx,
    changes::{self, NewChange},
    chats::{self, ChatState, Status},
    handshakes, members,
    messages::{self, EventKind, NewMessage},
    statements, users,
};
use crate::{
    document::{self, Fact},
    domain::{ChatNo, Millis, Place, UserNo},
    error::{Error, Result},
};

statements! {
    CLEAR_MESSAGES = "DELETE FROM messages WHERE place BETWEEN ? AND ?";
    CLEAR_EVENTS = "DELETE FROM events WHERE place BETWEEN ? AND ?";
    CLEAR_MEMBERSHIPS = "DELETE FROM memberships WHERE chat_no = ?";
    CLEAR_LINE = "UPDATE chats SET title = '', description = '', category = '', last_place = 0, last_author_no = 0,
        last_text = '', last_at = 0, members = 0, others_read_place = 0, others_delivered_place = 0 WHERE chat_no = ?";
    CREATED = "SELECT creator_no, created_at FROM chats WHERE chat_no = ?";
    ALL_CHANGES = "SELECT c.place, c.accepted_at, c.change_no, c.first_fact, a.actor_id, a.device_id, c.bytes
        FROM changes c JOIN actors a USING (actor_no) WHERE c.chat_no = ?
        ORDER BY c.place = 0, c.place, c.change_no";
}

/// One fact of a member, with its place in the chat.
pub struct Said {
    pub author: UserNo,
    pub actor: ActorId,
    pub number: u32,
    pub fact: Fact,
    pub place: Place,
    /// When the relay accepted it; while queued, when it was written.
    pub at: Millis,
}

/// Gathers what a transaction brings into a chat, so that it is written in few statements.
pub struct Projection {
    chat: ChatNo,
    id: ChatId,
    kind: ChatKind,
    me: UserNo,
    /// Messages up to here do not count as unread.
    read: Place,
    changes: Vec<NewChange>,
    messages: Vec<NewMessage>,
    marks: Vec<(UserNo, Option<MessageId>, Option<MessageId>)>,
    unread: u32,
}

impl Projection {
    #[must_use]
    pub fn new(state: &ChatState, me: UserNo, read: Place) -> Self {
        let (chat, id, kind) = (state.number, state.id, state.kind);
        Self { chat, id, kind, me, read, changes: vec![], messages: vec![], marks: vec![], unread: 0 }
    }

    pub fn store(&mut self, change: NewChange) {
        self.changes.push(change);
    }

    /// What a fact changes. Unknown kinds change nothing: their bytes are kept for a version that knows them.
    pub async fn say(&mut self, tx: &mut Tx<'_>, said: Said) -> Result<()> {
        match said.fact {
            Fact::Message { text, sent_at } => {
                if self.kind == ChatKind::Blog && !members::is_admin(tx, self.chat, said.author).await? {
                    return Ok(());
                }
                if said.author != self.me && said.place > self.read {
                    self.unread += 1;
                }
                self.messages.push(NewMessage {
                    chat: self.chat,
                    place: said.place,
                    id: MessageId::of(self.id, said.actor, said.number),
                    author: said.author,
                    text,
                    sent_at,
                    at: said.at,
                });
            }
            Fact::Profile { name } => {
                if let Some(name) = clean_name(&name) {
                    users::set_name(tx, said.author, &name).await?;
                }
            }
            Fact::Info { title, description, category } => {
                if members::is_admin(tx, self.chat, said.author).await? {
                    chats::set_info(tx, self.chat, &title, &description, &category).await?;
                }
            }
            Fact::Marks { delivered, read } => self.marks.push((said.author, delivered, read)),
            Fact::Unknown { .. } => {}
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
        if !self.messages.is_empty() {
            let mut new = std::mem::take(&mut self.messages);
            new.sort_by_key(|message| message.place);
            messages::insert(tx, &new).await?;
        }
        if self.unread > 0 {
            chats::add_unread(tx, self.chat, std::mem::take(&mut self.unread)).await?;
        }
        for (user, delivered, read) in std::mem::take(&mut self.marks) {
            let mut places = [Place::FIRST; 2];
            for (place, message) in places.iter_mut().zip([delivered, read]) {
                if let Some(message) = message {
                    *place = members::place_of(tx, self.chat, message).await?.unwrap_or_default();
                }
            }
            let [delivered, read] = places;
            if delivered.max(read) > Place::FIRST {
                let other = user != self.me;
                members::mark(tx, self.chat, user, delivered.max(read), read, other).await?;
                tx.touched.chat(self.chat, Place::END);
            }
        }
        Ok(())
    }
}

/// A name as it may be shown: one line, not empty, not too long.
#[must_use]
pub fn clean_name(name: &str) -> Option<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let visible = name.chars().filter(|c| !c.is_control()).take(limits::TITLE_CHARS).collect::<String>();
    (!visible.is_empty()).then_some(visible)
}

/// Lets a verified membership event take effect.
pub async fn member_event(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    seq: Seq,
    accepted_at: Millis,
    signed: &SignedEvent,
) -> Result<()> {
    let event = &signed.event;
    handshakes::insert(tx, chat, seq, accepted_at, signed).await?;
    let place = |n: usize| {
        u32::try_from(n)
            .ok()
            .and_then(|n| Place::accepted(seq, n))
            .ok_or(Error::Damaged("a handshake's place"))
    };
    let creates = event.era == 0;
    let mut by = members::device(tx, chat, event.by).await?.map(|device| device.user);
    for (n, added) in event.adds.iter().enumerate() {
        let (user, device) = owner(&added.identity)?;
        let user_no = users::number(tx, user, "").await?;
        members::put_device(tx, chat, device, user_no, (added.slot, added.key), seq).await?;
        let by = *by.get_or_insert(user_no);
        members::put(tx, chat, user_no, accepted_at, by, event.roles.admins.contains(&user)).await?;
        if creates {
            // Until now the creator's own clock stood for it, on the creator's device.
            members::set_added_at(tx, chat, user_no, accepted_at).await?;
            chats::set_created(tx, chat, user_no, accepted_at).await?;
            messages::put_event(tx, chat, place(n)?, EventKind::Created, by, user_no, accepted_at).await?;
        } else {
            messages::put_event(tx, chat, place(n)?, EventKind::Added, by, user_no, accepted_at).await?;
        }
    }
    for (n, device) in event.removes.iter().enumerate() {
        let Some(removed) = members::device(tx, chat, *device).await? else { continue };
        if members::remove_device(tx, chat, *device, removed.user, seq).await? {
            members::remove(tx, chat, removed.user).await?;
            let by = by.unwrap_or(removed.user);
            let n = event.adds.len() + n;
            messages::put_event(tx, chat, place(n)?, EventKind::Removed, by, removed.user, accepted_at)
                .await?;
        }
    }
    tx.touched.chat(chat, place(0)?);
    Ok(())
}

fn owner(identity: &Identity) -> Result<(beseda_protocol::UserId, DeviceId)> {
    let member = identity.verify().map_err(|_| Error::Damaged("an identity in the membership log"))?;
    Ok((member.user, member.device))
}

/// Drops the projection of a chat and makes it anew from its changes and its membership log.
///
/// # Errors
/// When the store holds what the code never writes; then nothing changed, if the caller does not commit.
pub async fn rebuild(tx: &mut Tx<'_>, chat: ChatNo, me: UserNo) -> Result<()> {
    for clear in [CLEAR_MESSAGES, CLEAR_EVENTS] {
        sqlx::query(clear).bind(Place::FIRST.row(chat)).bind(Place::END.row(chat)).execute(&mut **tx).await?;
    }
    sqlx::query(CLEAR_MEMBERSHIPS).bind(chat.0).execute(&mut **tx).await?;
    sqlx::query(CLEAR_LINE).bind(chat.0).execute(&mut **tx).await?;
    tx.memory().forget(chat);

    let state = chats::state(tx, chat).await?;
    let mut log = handshakes::list(tx, chat).await?.into_iter().peekable();
    if log.peek().is_none() && state.status == Status::Active {
        // Made here, and not at the relay yet.
        let (creator, created_at): (i64, Millis) =
            sqlx::query_as(CREATED).bind(chat.0).fetch_one(&mut **tx).await?;
        members::put(tx, chat, UserNo(creator), created_at, UserNo(creator), true).await?;
    }
    type Row = (i64, i64, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> = sqlx::query_as(ALL_CHANGES).bind(chat.0).fetch_all(&mut **tx).await?;
    let mut projection = Projection::new(&state, me, Place::END);
    for (place, accepted_at, number, first_fact, actor, device, bytes) in rows {
        let damaged = |_| Error::Damaged("an actor's ids");
        let actor = ActorId::from_slice(&actor).map_err(damaged)?;
        let device = DeviceId::from_slice(&device).map_err(damaged)?;
        let queued = place == 0;
        while let Some(logged) = log.next_if(|logged| queued || logged.seq < Place(place).seq()) {
            projection.flush(tx).await?;
            member_event(tx, chat, logged.seq, logged.accepted_at, &logged.event).await?;
        }
        let author = match members::device(tx, chat, device).await? {
            Some(member) => member.user,
            None => me,
        };
        let facts = document::facts_of(&bytes).ok_or(Error::Damaged("a stored change"))?;
        for (index, fact) in facts.into_iter().enumerate() {
            let index = i64::try_from(index).unwrap_or_default();
            let number_of_fact = u32::try_from(first_fact + index).unwrap_or(u32::MAX);
            projection
                .say(
                    tx,
                    Said {
                        author,
                        actor,
                        number: number_of_fact,
                        fact,
                        place: if queued { queued_place(number, index) } else { Place(place + index) },
                        at: accepted_at,
                    },
                )
                .await?;
        }
        projection.flush(tx).await?;
    }
    for logged in log {
        member_event(tx, chat, logged.seq, logged.accepted_at, &logged.event).await?;
    }
    if state.status == Status::Removed {
        messages::fail_queued(tx, chat, messages::FAILED_NOT_MEMBER).await?;
    }
    chats::set_read(tx, chat, state.read, me).await?;
    tx.touched.chat(chat, Place::FIRST);
    Ok(())
}

/// Where fact `index` of the queued change `number` stands: after everything, in the order of writing.
#[must_use]
pub fn queued_place(number: i64, index: i64) -> Place {
    Place::queued(number * beseda_protocol::limits::CHANGE_FACTS as i64 + index)
}
