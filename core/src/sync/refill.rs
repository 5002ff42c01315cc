//! A relay that has lost the log of a chat, or has an older one: it is brought to where it was. What any member knows, any
//! member can put there; the signatures of its authors hold wherever it stands.
//!
//! Pure: comparing two logs. Over the store: envelopes made anew, and the way back to where two logs part. Not here: asking
//! the relay (`engine::refill`).

use beseda_protocol::{
    ChatId, DeviceId, EnvelopeId, LogId, Seq, Tag, UserId,
    access::{KeyChanges, SlotEntry},
    codec,
    envelope::{Envelope, EnvelopeKind, HandshakeBody, LogEntry},
    limits,
    membership::{Event, Roles},
    request::Mark,
};

use super::{
    handshake::{self, standing},
    outbox,
};
use crate::{
    device::Device,
    domain::ChatNo,
    error::{Error, Result},
    store::{
        Durability, Tx, actors,
        chats::{self, ChatState, Status},
        eras,
        handshakes::{self, Logged},
        linking,
        log::{self, Carried, Known, What},
        members,
        memory::Era,
        projection,
    },
};

/// How the relay's log of a chat stands to what this device knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It holds all that is known here: to be read on from there.
    Follows,
    /// It ends too early: what comes after it is known here.
    Short,
    /// They are the same up to this place and go on in different ways.
    Parted(Seq),
}

/// Compares two logs from their beginning.
#[must_use]
pub fn compare(chat: ChatId, ours: &[Known], theirs: &[Mark]) -> Standing {
    let same = |(known, mark): &(&Known, &Mark)| {
        // Where one of the two does not have what was there, the other cannot be contradicted.
        matches!(known.what, What::Unknown)
            || known.id == mark.id
            || mark.id == EnvelopeId::void(chat, known.seq)
    };
    let common = ours.iter().zip(theirs).take_while(same).count();
    if common == ours.len() {
        Standing::Follows
    } else if common == theirs.len() {
        Standing::Short
    } else {
        Standing::Parted(Seq(common as u64))
    }
}

/// How many entries go into the next request: a handshake alone, content together.
#[must_use]
pub fn together(entries: &[Known]) -> usize {
    let content = |known: &&Known| known.kind == EnvelopeKind::Content;
    match entries.first() {
        Some(first) if first.kind == EnvelopeKind::Handshake => 1,
        _ => entries.iter().take(limits::APPEND_ENVELOPES).take_while(content).count(),
    }
}

/// The last handshake of a log, up to and with `upto`, whether it took effect or not.
#[must_use]
pub fn last_handshake(marks: &[Mark], upto: Seq) -> Seq {
    let upto = usize::try_from(upto.0).unwrap_or(usize::MAX).min(marks.len());
    let last = marks[..upto].iter().rposition(|mark| mark.kind == EnvelopeKind::Handshake);
    last.map_or(Seq::ZERO, |at| Seq(at as u64 + 1))
}

/// The last entry of these that this device does not have, and would put there void.
#[must_use]
pub fn last_void(entries: &[Known]) -> Option<Seq> {
    let void = |known: &&Known| matches!(known.what, What::Unknown);
    entries.iter().rev().find(void).map(|known| known.seq)
}

/// Whether a device that was in the chat at `upto` has not shown that it has read on from there: what stood before it, it may
/// find nowhere but in the relay's log.
///
/// # Errors
/// When the store fails.
pub async fn is_behind(tx: &mut Tx<'_>, chat: ChatNo, this: DeviceId, upto: Seq) -> Result<bool> {
    for one in members::inside(tx, chat).await? {
        if one.device != this && one.added <= upto && !linking::has_spoken(tx, chat, one.device, upto).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The entries as envelopes, as many as fit into one request; at least one. What a handshake changes about keys is not in
/// them: see [`keys_of_logged`].
///
/// # Errors
/// When the store fails, or holds what the code never writes.
pub async fn envelopes(tx: &mut Tx<'_>, state: &ChatState, entries: &[Known]) -> Result<Vec<Envelope>> {
    let mut envelopes = Vec::with_capacity(entries.len());
    let mut bytes = 0;
    for known in entries {
        let envelope = envelope(tx, state, known).await?;
        bytes += envelope.body.len();
        if bytes > limits::BATCH_BYTES && !envelopes.is_empty() {
            break;
        }
        envelopes.push(envelope);
    }
    Ok(envelopes)
}

async fn envelope(tx: &mut Tx<'_>, state: &ChatState, known: &Known) -> Result<Envelope> {
    let accepted_at = Some(known.accepted_at);
    let bare = |body: Vec<u8>| Envelope {
        id: known.id,
        kind: known.kind,
        body,
        welcomes: vec![],
        keys: None,
        accepted_at,
    };
    match &known.what {
        What::Unknown => Ok(bare(vec![0])),
        What::Nothing => {
            let id = EnvelopeId::void(state.id, known.seq);
            Ok(Envelope { id, ..bare(vec![0]) })
        }
        What::Aside(body) => Ok(bare(body.clone())),
        What::Handshake => Ok(bare(handshakes::body(tx, state.number, known.seq).await?)),
        What::Changes(numbers) => {
            let damaged = || Error::Damaged("an envelope of the log");
            let era = eras::at(tx, state.number, known.seq).await?.ok_or_else(damaged)?;
            let mut changes = Vec::with_capacity(numbers.len());
            let mut last = None;
            for number in numbers {
                let (actor, bytes, sealed) = log::change(tx, *number).await?;
                changes.push(bytes);
                last = Some((actor, sealed));
            }
            let (actor, sealed) = last.ok_or_else(damaged)?;
            let signature = sealed.ok_or_else(damaged)?.signature;
            let id = actors::id_of(tx, actor).await?;
            let actor = actors::find(tx, state.number, id).await?.ok_or_else(damaged)?;
            let envelope = outbox::seal_content(state, &era.key, known.id, (id, &actor), changes, signature);
            Ok(Envelope { accepted_at, ..envelope })
        }
    }
}

/// All who are in, for a log that begins anew.
///
/// # Errors
/// When the store fails.
pub async fn all_keys(tx: &mut Tx<'_>, chat: ChatNo) -> Result<KeyChanges> {
    let roles = handshakes::last(tx, chat).await?.map(|logged| logged.event.event.roles);
    let roles = roles.ok_or(Error::Damaged("a chat without a handshake"))?;
    let put = put_all(tx, chat, &roles).await?;
    Ok(KeyChanges { put, ..KeyChanges::default() })
}

async fn put_all(tx: &mut Tx<'_>, chat: ChatNo, roles: &Roles) -> Result<Vec<SlotEntry>> {
    let inside = members::inside(tx, chat).await?;
    let entry =
        |one: &members::Inside| SlotEntry { slot: one.slot, key: one.key, admin: may_add(roles, one.user) };
    Ok(inside.iter().map(entry).collect())
}

fn may_add(roles: &Roles, user: UserId) -> bool {
    roles.rights.may_add(roles.kind, roles.is_admin(user))
}

/// What the handshake at `seq` of a membership log changes about who may use the chat, as it stands now.
///
/// # Errors
/// When the store fails.
pub async fn keys_of_logged(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    log: &[Logged],
    seq: Seq,
) -> Result<Option<KeyChanges>> {
    let Ok(at) = log.binary_search_by_key(&seq, |logged| logged.seq) else { return Ok(None) };
    let before = at.checked_sub(1).map(|before| &log[before].event.event.roles);
    keys_of(tx, chat, before, &log[at].event.event).await
}

async fn keys_of(
    tx: &mut Tx<'_>,
    chat: ChatNo,
    before: Option<&Roles>,
    event: &Event,
) -> Result<Option<KeyChanges>> {
    let mut keys = KeyChanges::default();
    for gone in &event.removes {
        if let Some((key, _)) = members::presence(tx, chat, *gone).await? {
            keys.remove.push(key);
        }
    }
    if before.is_some_and(|before| *before != event.roles) {
        keys.put = put_all(tx, chat, &event.roles).await?;
    }
    for added in &event.adds {
        let Ok(member) = added.identity.verify() else { continue };
        // All devices of a person have one slot, whatever the event says.
        let slot = members::slot(tx, chat, member.device).await?.map_or(added.slot, |(slot, _)| slot);
        let entry = SlotEntry { slot, key: added.key, admin: may_add(&event.roles, member.user) };
        if !keys.put.contains(&entry) {
            keys.put.push(entry);
        }
    }
    // Asked for by who is no admin, it would be refused.
    Ok((keys != KeyChanges::default()).then_some(keys))
}

/// A handshake that took effect in a log which has gone on without it, to be put into that log.
///
/// # Errors
/// When the store fails.
pub async fn handshake_again(tx: &mut Tx<'_>, state: &ChatState, carried: Carried) -> Result<Envelope> {
    let before = handshakes::last(tx, state.number).await?.map(|logged| logged.event.event.roles);
    let keys = keys_of(tx, state.number, before.as_ref(), &carried.event.event).await?;
    Ok(Envelope {
        id: carried.id,
        kind: EnvelopeKind::Handshake,
        body: carried.body,
        welcomes: vec![],
        keys,
        accepted_at: None,
    })
}

/// The chat follows this log of the relay, which holds all that is known here. Its times stand, as its order does: who has
/// put something there again may not have known when it was accepted.
///
/// # Errors
/// When the store fails.
pub async fn follow(
    device: &Device,
    chat: ChatNo,
    log: LogId,
    (ours, theirs): (&[Known], &[Mark]),
) -> Result<()> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let state = chats::state(&mut tx, chat).await?;
    let others = take_times(&mut tx, chat, ours, theirs).await?;
    stand_at(&mut tx, chat, log, theirs, state.cursor).await?;
    if others {
        Box::pin(projection::rebuild(&mut tx, chat, device.me)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Where both logs hold the same, it is from when the relay says. Answers whether rows that screens read are to be made anew.
async fn take_times(tx: &mut Tx<'_>, chat: ChatNo, ours: &[Known], theirs: &[Mark]) -> Result<bool> {
    let mut others = false;
    for (known, mark) in ours.iter().zip(theirs) {
        if let Some(at) = mark.accepted_at
            && known.id == mark.id
            && known.accepted_at != at
        {
            log::set_time(tx, chat, known, at).await?;
            others |= matches!(known.what, What::Changes(_) | What::Handshake);
        }
    }
    Ok(others)
}

async fn stand_at(tx: &mut Tx<'_>, chat: ChatNo, log: LogId, theirs: &[Mark], at: Seq) -> Result<()> {
    let index = usize::try_from(at.0).ok().and_then(|at| at.checked_sub(1));
    let mark = index.and_then(|index| theirs.get(index));
    log::stand_at(tx, chat, log, at, mark, last_handshake(theirs, at)).await
}

/// Goes back to where the relay's log and the one known here part: what came after it goes out again. `false`: this device
/// cannot. `joined`: the era with which this device has come in, where the relay's log holds its handshake: it reads on from
/// there as if it had just been let in.
///
/// # Errors
/// When the store fails; nothing happened then.
pub async fn go_back(
    device: &Device,
    chat: ChatNo,
    log: LogId,
    (ours, theirs): (&[Known], &[Mark]),
    common: Seq,
    joined: Option<&Era>,
) -> Result<bool> {
    let mut tx = device.store.begin(Durability::Power).await?;
    let state = chats::state(&mut tx, chat).await?;
    // What is written there must be readable here, also where this device came in later.
    let readable = joined.is_some()
        || eras::at(&mut tx, chat, common.next()).await?.is_some()
            && log::kept_after(&mut tx, chat, common).await?;
    if common == Seq::ZERO || !readable {
        tx.end().await?;
        return Ok(false);
    }
    let this = device.keys.device();
    log::go_back(&mut tx, chat, state.id, this, (common, state.cursor)).await?;
    let was_out = state.status == Status::Removed;
    if was_out && !members::presence(&mut tx, chat, this).await?.is_some_and(|(_, inside)| inside) {
        // What put it out both logs have. Dropped: some of it is written, and memory has forgotten the chat.
        return Ok(false);
    }
    let shared = usize::try_from(common.0).unwrap_or(usize::MAX).min(ours.len());
    take_times(&mut tx, chat, &ours[..shared], theirs).await?;
    stand_at(&mut tx, chat, log, theirs, common).await?;
    if let Some(joined) = joined {
        // Its group is that of the relay's log there; or ahead of it by what it has read since.
        if state.status == Status::Joining {
            log::drop_all_carried(&mut tx, chat).await?;
        } else {
            log::drop_carried_upto(&mut tx, chat, state.joined_at).await?;
            chats::set_status(&mut tx, chat, Status::Joining).await?;
        }
        eras::insert(&mut tx, chat, joined).await?;
        chats::set_joined_at(&mut tx, chat, joined.handshake).await?;
    }
    if state.segment_from > 0 {
        let segment = segment_from(&mut tx, &state).await?;
        log::reset_segment_from(&mut tx, chat, segment).await?;
    }
    if was_out || state.status == Status::Joining && joined.is_none() {
        // What let it in may be among what is lost; or what put it out, and its group knows nothing else.
        handshake::ask_again(device, &mut tx, &state).await?;
    }
    Box::pin(projection::rebuild(&mut tx, chat, device.me)).await?;
    tx.touched.outbox = true;
    tx.commit().await?;
    Ok(true)
}

/// The first segment that may be written to, as the handshakes say that are in the log.
async fn segment_from(tx: &mut Tx<'_>, state: &ChatState) -> Result<u32> {
    let mut segment = 0;
    for logged in handshakes::list(tx, state.number).await? {
        let (Some(id), Some(era)) = (
            handshakes::id_at(tx, state.number, logged.seq).await?,
            eras::begun_at(tx, state.number, logged.seq).await?,
        ) else {
            continue;
        };
        let bytes = handshakes::body(tx, state.number, logged.seq).await?;
        let Ok(body) = codec::decode::<HandshakeBody>(&bytes, limits::ENVELOPE_BYTES) else { continue };
        let kind = EnvelopeKind::Handshake;
        let (accepted_at, tag) = (logged.accepted_at, Tag::default());
        let entry = LogEntry { seq: logged.seq, id, kind, accepted_at, tag, body: vec![] };
        if let Ok(said) = standing::open(state, &entry, &body, &era.key) {
            segment = segment.max(said.segment);
        }
    }
    Ok(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: ChatId = ChatId([5; 16]);

    fn known(seq: u64, id: u8) -> Known {
        Known {
            seq: Seq(seq),
            id: EnvelopeId([id; 16]),
            kind: EnvelopeKind::Content,
            accepted_at: 0,
            what: What::Changes(vec![]),
        }
    }

    fn mark(id: u8) -> Mark {
        Mark { id: EnvelopeId([id; 16]), kind: EnvelopeKind::Content, accepted_at: None, tag: Tag::default() }
    }

    #[test]
    fn two_logs_follow_each_other_or_part() {
        let ours = [known(1, 1), known(2, 2), known(3, 3)];
        for (theirs, standing) in [
            (vec![], Standing::Short),
            (vec![1], Standing::Short),
            (vec![1, 2, 3], Standing::Follows),
            (vec![1, 2, 3, 4], Standing::Follows),
            (vec![1, 2, 4], Standing::Parted(Seq(2))),
            (vec![1, 2, 4, 3], Standing::Parted(Seq(2))),
            (vec![4], Standing::Parted(Seq(0))),
        ] {
            let theirs: Vec<Mark> = theirs.into_iter().map(mark).collect();
            assert_eq!(compare(CHAT, &ours, &theirs), standing, "{theirs:?}");
        }
        assert_eq!(compare(CHAT, &[], &[mark(1)]), Standing::Follows);
    }

    #[test]
    fn what_one_of_two_does_not_have_parts_nobody() {
        let mut ours = [known(1, 1), known(2, 2)];
        let kind = EnvelopeKind::Handshake;
        let void = Mark { id: EnvelopeId::void(CHAT, Seq(1)), kind, accepted_at: None, tag: Tag::default() };
        assert_eq!(compare(CHAT, &ours, &[void, mark(2)]), Standing::Follows);
        let elsewhere = Mark { id: EnvelopeId::void(CHAT, Seq(2)), ..void };
        assert_eq!(compare(CHAT, &ours, &[elsewhere, mark(2)]), Standing::Parted(Seq(0)));
        ours[0].what = What::Unknown;
        assert_eq!(compare(CHAT, &ours, &[mark(9), mark(2)]), Standing::Follows);
    }

    #[test]
    fn what_is_not_here_goes_void() {
        let unknown = |seq| Known { what: What::Unknown, ..known(seq, 1) };
        assert_eq!(last_void(&[unknown(1), unknown(2), known(3, 3)]), Some(Seq(2)));
        assert_eq!(last_void(&[known(3, 3)]), None);
    }

    #[test]
    fn a_handshake_goes_alone() {
        let handshake = |seq| Known { kind: EnvelopeKind::Handshake, ..known(seq, 1) };
        let log = [handshake(1), known(2, 2), known(3, 3), handshake(4), known(5, 5)];
        let mut sizes = Vec::new();
        let mut rest = &log[..];
        while !rest.is_empty() {
            let size = together(rest);
            sizes.push(size);
            rest = &rest[size..];
        }
        assert_eq!(sizes, [1, 2, 1, 1]);
        let marks: Vec<Mark> = log
            .iter()
            .map(|known| Mark { id: known.id, kind: known.kind, accepted_at: None, tag: Tag::default() })
            .collect();
        let last = [0, 1, 3, 4, 5].map(|upto| last_handshake(&marks, Seq(upto)).0);
        assert_eq!(last, [0, 1, 1, 4, 4]);
    }
}
