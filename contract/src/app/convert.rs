//! From the core's values to the contract's.

use beseda_core::{
    Core, Error, Found, Listed, OwnDevice, SyncStatus as CoreStatus, document,
    domain::Level,
    markup, may_comment, may_write,
    store::{
        chats::{self, ChatLine, Status},
        invitations::{Made, Standing},
        members::MemberLine,
    },
    sync::{
        engine::{State, SyncError},
        transport::TransportError,
    },
    timeline::{self, Item, Op},
    window::{self, Window},
};
use beseda_protocol::{link::Reason, membership, request::ErrorCode};
use data_encoding::HEXLOWER;

use crate::{
    ApiError, Code, Event,
    api::Totals,
    markup::blocks,
    view::{
        ChatEvent, ChatKind, ChatRights, ChatRow, ChatStatus, DeviceJoins, DeviceRow, EventItem, FailReason,
        ForwardedFrom, FoundRow, InvitationRow, InvitationStanding, KeyKind, LastLine, LeavingState, Me,
        MemberRow, Mention, MessageItem, NoticeLevel, PollOption, PollView, ProposedRelay, Quote,
        ReactionCount, Refilling, RefusedReason, SendState, SyncState, SyncStatus, TimelineItem, TimelineOp,
    },
};

/// Longest last line of a chat, in characters.
const LINE_CHARS: usize = 160;

/// When a day begins where the person is, in milliseconds since 1970.
///
/// # Errors
/// When it is no day.
pub fn midnight(date: &str) -> Result<i64, ApiError> {
    let bad = || ApiError::new(Code::BadRequest, "a day is written like 2026-11-22");
    let day = chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").map_err(|_| bad())?;
    let start = day.and_time(chrono::NaiveTime::MIN);
    // Where a clock is put forward at midnight the day begins an hour later.
    let later = start + chrono::TimeDelta::hours(1);
    let local = start.and_local_timezone(chrono::Local).earliest();
    let local = local.or_else(|| later.and_local_timezone(chrono::Local).earliest());
    Ok(local.ok_or_else(bad)?.timestamp_millis())
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::ProfileInUse => Code::ProfileInUse,
            Error::WrongKey | Error::PassphraseNeeded => Code::WrongKey,
            Error::NotADatabase(_) => Code::NotADatabase,
            Error::NewerSchema(_) => Code::NewerSchema,
            Error::DiskFull => Code::DiskFull,
            Error::NoKeyring => Code::NoKeyring,
            Error::KeyringLocked => Code::KeyringLocked,
            Error::NoAccount => Code::NoAccount,
            Error::AccountExists => Code::AccountExists,
            Error::RelayAway(_) => Code::RelayAway,
            Error::RelayVersion => Code::RelayVersion,
            Error::InviteRequired => Code::InviteRequired,
            Error::BadRelayUrl(_) => Code::BadRelayUrl,
            Error::NoRelay => Code::NoRelay,
            Error::NotALink(_) => Code::NotALink,
            Error::OtherRelay(_) => Code::OtherRelay,
            Error::NoSuchChat(_) => Code::NoSuchChat,
            Error::AmbiguousChat(_) => Code::AmbiguousChat,
            Error::Forbidden(_) => Code::NotAdmin,
            Error::NotMember | Error::NotAccepted => Code::NotMember,
            Error::NoSuchPerson => Code::NoSuchPerson,
            Error::NoDirectory => Code::NoDirectory,
            Error::BadText(_) => Code::BadText,
            Error::BadPicture => Code::BadPicture,
            Error::SafetyMismatch => Code::SafetyMismatch,
            Error::NoSuchMessage => Code::NoSuchMessage,
            Error::NotYours => Code::NotYours,
            Error::NoSuchMember
            | Error::NoSuchInvitation
            | Error::NotAsking
            | Error::NoSuchDevice
            | Error::ThisDevice => Code::BadRequest,
            Error::DeviceRemoved => Code::DeviceRemoved,
            Error::StillLinking => Code::StillLinking,
            Error::Devices(_) => Code::TooManyDevices,
            Error::NotAnswered => Code::NotAnswered,
            Error::Words(_) => Code::BadWords,
            Error::WrongWord(_) => Code::WrongWord,
            Error::WordsKept => Code::WordsKept,
            Error::NoBackup => Code::NoBackup,
            Error::BackupExists(_) => Code::BackupExists,
            Error::NotABackup => Code::NotABackup,
            // The window does not take bundles.
            Error::NotABundle => Code::NotABundle,
            _ => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

/// # Errors
/// When the store fails.
pub async fn me(core: &Core) -> Result<Me, ApiError> {
    let device = core.device();
    Ok(Me {
        user: device.keys.user().to_string(),
        device: device.keys.device().to_string(),
        name: core.name().await?,
        relay: device.relay().url,
    })
}

pub fn totals(totals: beseda_core::Totals) -> Totals {
    Totals { unread: totals.unread + totals.marked, mentions: totals.mentions }
}

pub fn key_kind(kind: beseda_core::store::KeyKind) -> KeyKind {
    match kind {
        beseda_core::store::KeyKind::Keyring => KeyKind::Keyring,
        beseda_core::store::KeyKind::Passphrase => KeyKind::Passphrase,
        beseda_core::store::KeyKind::File => KeyKind::File,
    }
}

pub fn kind(kind: ChatKind) -> membership::ChatKind {
    match kind {
        ChatKind::Dialog => membership::ChatKind::Dialog,
        ChatKind::Group => membership::ChatKind::Group,
        ChatKind::Blog => membership::ChatKind::Blog,
        ChatKind::Notes => membership::ChatKind::Notes,
    }
}

pub fn history(open: bool) -> membership::History {
    if open { membership::History::All } else { membership::History::FromJoining }
}

/// What differs from the usual of this kind.
pub fn rights(rights: ChatRights, kind: membership::ChatKind) -> membership::Rights {
    use membership::{Rights, Who};
    let usual = Rights::default().of(kind);
    let differs = |everyone: bool, usual: Option<Who>| {
        let who = if everyone { Who::Everyone } else { Who::Admins };
        Some(who).filter(|_| usual != Some(who))
    };
    Rights {
        write: differs(rights.write, usual.write),
        comment: differs(rights.comment, usual.comment),
        add: differs(rights.add, usual.add),
        pin: differs(rights.pin, usual.pin),
        info: differs(rights.info, usual.info),
    }
}

pub fn chat_row(core: &Core, line: ChatLine) -> ChatRow {
    let (may_write, may_answer) = (may_write(&line), may_comment(&line));
    let may = |who: Option<membership::Who>| who == Some(membership::Who::Everyone);
    let rights = line.rights.of(line.kind);
    let in_it = line.status == Status::Active
        && line.leaving == chats::Leaving::No
        && line.put_in == chats::PutIn::No;
    let last = line.last.map(|last| {
        let mine = last.author == core.device().me.number;
        let state = mine.then(|| match window::fail_reason(last.failed) {
            Some(reason) => SendState::Failed { reason: fail_reason(reason) },
            None if last.place.is_queued() => SendState::Queued,
            None if last.place <= line.others_read => SendState::Read,
            None if last.place <= line.others_delivered => SendState::Delivered,
            None => SendState::Accepted,
        });
        LastLine {
            author: last.author_name,
            mine,
            text: markup::excerpt(&last.text, LINE_CHARS),
            deleted: last.deleted,
            blocked: last.blocked,
            at: last.at,
            state,
        }
    });
    ChatRow {
        id: line.id.to_string(),
        kind: match line.kind {
            membership::ChatKind::Dialog => ChatKind::Dialog,
            membership::ChatKind::Group => ChatKind::Group,
            membership::ChatKind::Blog => ChatKind::Blog,
            membership::ChatKind::Notes => ChatKind::Notes,
        },
        title: line.title,
        description: line.description,
        category: line.category,
        status: match line.status {
            Status::Asking => ChatStatus::Asking,
            Status::Joining => ChatStatus::Joining,
            Status::Active => ChatStatus::Active,
            Status::Removed => ChatStatus::Removed,
        },
        refused: line.refused.map(refused),
        last,
        activity: line.activity,
        unread: line.unread,
        mentions: line.mentions,
        marked_unread: line.marked_unread,
        members: line.members,
        draft: line.draft,
        draft_reply: line.draft_reply.map(|id| id.to_string()),
        may_write,
        may_answer,
        may_edit: in_it
            && line.kind != membership::ChatKind::Notes
            && line.rights.may_edit_info(line.kind, line.admin),
        admin: line.admin,
        owner: line.owner,
        rights: ChatRights {
            write: may(rights.write),
            comment: may(rights.comment),
            add: may(rights.add),
            pin: may(rights.pin),
            info: may(rights.info),
        },
        open_history: line.history == membership::History::All,
        leaving: match line.leaving {
            chats::Leaving::No => LeavingState::No,
            chats::Leaving::Said => LeavingState::Said,
            chats::Leaving::Left => LeavingState::Left,
        },
        may_invite: in_it
            && line.kind != membership::ChatKind::Notes
            && line.rights.may_add(line.kind, line.admin)
            && !(line.kind == membership::ChatKind::Dialog && line.members > 1),
        pinned: line.pinned,
        archived: line.archived,
        muted_until: line.muted_until,
        level: match line.level {
            Level::All => NoticeLevel::All,
            Level::Mentions => NoticeLevel::Mentions,
            Level::Nothing => NoticeLevel::Nothing,
        },
        quarantined: line.quarantined,
        picture: line.picture,
        requested_by: (line.put_in == chats::PutIn::Asked).then_some(line.put_in_by),
        peer: line.peer.map(|user| user.to_string()),
        verified: line.verified,
        new_device: line.new_device,
    }
}

pub fn invitation_row(core: &Core, made: Made) -> InvitationRow {
    InvitationRow {
        id: HEXLOWER.encode(&made.id),
        link: core.invitation_link(&made),
        standing: match made.standing(core.device().now()) {
            Standing::Open => InvitationStanding::Open,
            Standing::UsedUp => InvitationStanding::UsedUp,
            Standing::Expired => InvitationStanding::Expired,
            Standing::Revoked => InvitationStanding::Revoked,
        },
        label: made.label,
        uses: made.uses,
        max_uses: (made.max_uses != 0).then_some(made.max_uses),
        created_at: made.created_at,
        expires_at: (made.expires_at != 0).then_some(made.expires_at),
    }
}

fn refused(reason: Reason) -> RefusedReason {
    match reason {
        Reason::Expired => RefusedReason::Expired,
        Reason::UsedUp => RefusedReason::UsedUp,
        Reason::Revoked => RefusedReason::Revoked,
        Reason::AlreadyIn => RefusedReason::AlreadyIn,
        Reason::Closed => RefusedReason::Closed,
        Reason::Failed => RefusedReason::Failed,
        Reason::Withdrawn | Reason::Unknown => RefusedReason::Unknown,
    }
}

pub fn member_row(core: &Core, member: MemberLine) -> MemberRow {
    MemberRow {
        me: member.user == core.device().keys.user().as_bytes(),
        user: member.user.iter().map(|byte| format!("{byte:02x}")).collect(),
        name: member.name,
        own_name: member.own_name,
        admin: member.admin,
        owner: member.owner,
        added_at: member.added_at,
        added_by: member.added_by,
        contact: member.contact,
        blocked: member.blocked,
        verified: member.verified,
        new_device: member.new_device,
        looks_like: member.looks_like,
        mixed_scripts: member.mixed_scripts,
    }
}

fn fail_reason(reason: timeline::FailReason) -> FailReason {
    match reason {
        timeline::FailReason::NotMember => FailReason::NotMember,
        timeline::FailReason::Refused => FailReason::Refused,
    }
}

pub fn item(item: &Item) -> TimelineItem {
    let key = item.key().to_string();
    match item {
        Item::Day { date, .. } => TimelineItem::Day { key, date: date.to_string() },
        Item::Unread => TimelineItem::Unread { key },
        Item::Message(message) => TimelineItem::Message(Box::new(message_item(key, message))),
        Item::Event(event) => TimelineItem::Event(EventItem {
            key,
            at: event.at,
            event: match event.event.clone() {
                timeline::ChatEvent::Created { by } => ChatEvent::Created { by },
                timeline::ChatEvent::Added { by, who } => ChatEvent::Added { by, who },
                timeline::ChatEvent::Removed { by, who } => ChatEvent::Removed { by, who },
                timeline::ChatEvent::Left { by } => ChatEvent::Left { by },
                timeline::ChatEvent::Promoted { by, who } => ChatEvent::Promoted { by, who },
                timeline::ChatEvent::Demoted { by, who } => ChatEvent::Demoted { by, who },
                timeline::ChatEvent::Owner { by, who } => ChatEvent::Owner { by, who },
                timeline::ChatEvent::Rights { by } => ChatEvent::Rights { by },
                timeline::ChatEvent::History { by, open } => ChatEvent::History { by, open },
                timeline::ChatEvent::Info { by, title } => ChatEvent::Info { by, title },
            },
        }),
    }
}

fn message_item(key: String, message: &timeline::MessageItem) -> MessageItem {
    MessageItem {
        key,
        id: message.id.to_string(),
        author: message.author.to_string(),
        author_name: message.author_name.clone(),
        mine: message.mine,
        blocked: message.blocked,
        text: message.text.clone(),
        markup: blocks(message.markup.clone()),
        edited: message.edited,
        deleted: message.deleted,
        pinned: message.pinned,
        saved: message.saved,
        names_me: message.names_me,
        reply: message.reply.as_ref().map(|quote| Quote {
            message: quote.id.to_string(),
            author_name: quote.author_name.clone(),
            text: quote.text.clone(),
            gone: quote.gone,
        }),
        forwarded: message.forwarded.as_ref().map(|from| ForwardedFrom {
            author: from.author.clone(),
            chat: from.chat.clone(),
            sent_at: from.sent_at,
        }),
        reactions: message
            .reactions
            .iter()
            .map(|reaction| ReactionCount {
                emoji: reaction.emoji.clone(),
                count: reaction.count,
                mine: reaction.mine,
            })
            .collect(),
        poll: message.poll.as_ref().map(|poll| PollView {
            options: poll
                .options
                .iter()
                .map(|option| PollOption {
                    text: option.text.clone(),
                    votes: option.votes,
                    mine: option.mine,
                })
                .collect(),
            several: poll.several,
            voters: poll.voters,
        }),
        readers: message.readers,
        may_edit: message.may.edit,
        may_delete: message.may.delete,
        may_pin: message.may.pin,
        at: message.at,
        sent_at: message.sent_at,
        state: message.state.map(|state| match state {
            timeline::SendState::Queued => SendState::Queued,
            timeline::SendState::Accepted => SendState::Accepted,
            timeline::SendState::Delivered => SendState::Delivered,
            timeline::SendState::Read => SendState::Read,
            timeline::SendState::Failed(reason) => SendState::Failed { reason: fail_reason(reason) },
        }),
        first: message.first,
        last: message.last,
    }
}

/// # Errors
/// When a user's id is none.
pub fn mentions(mentions: Vec<Mention>) -> Result<Vec<document::Mention>, ApiError> {
    mentions
        .into_iter()
        .map(|Mention { name, user }| {
            let user = user.map(|user| user.parse()).transpose();
            Ok(document::Mention { name, user: user.map_err(|_| beseda_core::Error::NoSuchMember)? })
        })
        .collect()
}

pub fn mentions_back(mentions: Vec<document::Mention>) -> Vec<Mention> {
    mentions
        .into_iter()
        .map(|mention| Mention { name: mention.name, user: mention.user.map(|user| user.to_string()) })
        .collect()
}

/// A message as a line of a list.
pub fn listed_row(core: &Core, chat: &ChatLine, line: Listed) -> FoundRow {
    let Listed { message, url } = line;
    FoundRow {
        message: message.id.to_string(),
        chat: chat.id.to_string(),
        chat_title: chat.title.clone(),
        author: message.author.to_string(),
        mine: message.author == core.device().me.id,
        author_name: message.author_name,
        text: markup::excerpt(&message.text, LINE_CHARS),
        highlights: vec![],
        at: message.at,
        url,
    }
}

/// A message that was found.
pub fn found_row(core: &Core, chat: &ChatLine, found: Found) -> FoundRow {
    let Found { hit, snippet } = found;
    // Offsets on the screen count UTF-16 units.
    let units = |upto: usize| {
        let count = snippet.text.get(..upto).map_or(0, |head| head.encode_utf16().count());
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    FoundRow {
        message: hit.id.to_string(),
        chat: chat.id.to_string(),
        chat_title: chat.title.clone(),
        author: hit.author.to_string(),
        mine: hit.author == core.device().me.id,
        author_name: hit.author_name,
        highlights: snippet.ranges.iter().map(|range| (units(range.start), units(range.end))).collect(),
        text: snippet.text,
        at: hit.at,
        url: None,
    }
}

/// What has changed in a window.
pub fn timeline(number: u32, window: &Window, steps: &[Op]) -> Event {
    Event::Timeline {
        timeline: number,
        ops: ops(steps),
        more_before: window.more_before(),
        more_after: window.more_after(),
    }
}

pub fn ops(ops: &[Op]) -> Vec<TimelineOp> {
    // A timeline is never four thousand million items long.
    let index = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    ops.iter()
        .map(|op| match op {
            Op::Insert { index: at, item: new } => TimelineOp::Insert { index: index(*at), item: item(new) },
            Op::Set { index: at, item: new } => TimelineOp::Set { index: index(*at), item: item(new) },
            Op::Remove { index: at } => TimelineOp::Remove { index: index(*at) },
            Op::Reset { items } => TimelineOp::Reset { items: items.iter().map(item).collect() },
        })
        .collect()
}

pub fn sync_status(status: &CoreStatus) -> SyncStatus {
    SyncStatus {
        state: match status.progress.state {
            State::Offline => SyncState::Offline,
            State::Connecting => SyncState::Connecting,
            State::Behind => SyncState::Behind,
            State::UpToDate => SyncState::UpToDate,
        },
        waiting: status.waiting,
        error: status.progress.error.as_ref().map(transport_error),
        last_sync: (status.last_sync > 0).then_some(status.last_sync),
        removed: status.removed,
        relay: status.relay.clone(),
        refilling: status
            .progress
            .refilling
            .map(|refilling| Refilling { done: refilling.done, all: refilling.all }),
        proposed: status
            .proposed
            .as_ref()
            .map(|proposed| ProposedRelay { relay: proposed.relay.clone(), by: proposed.by.clone() }),
    }
}

pub fn device_row(device: OwnDevice) -> DeviceRow {
    DeviceRow {
        id: device.device.to_string(),
        name: device.name,
        this: device.this,
        added_at: Some(device.added_at).filter(|at| *at > 0),
        joins: device.joins.map(|(chats, of)| DeviceJoins { chats, of }),
    }
}

pub fn sync_error(error: SyncError) -> ApiError {
    match error {
        SyncError::Transport(error) => transport_error(&error),
        SyncError::Log(error) => ApiError::new(Code::Internal, error.to_string()),
        SyncError::Store(error) => error.into(),
    }
}

fn transport_error(error: &TransportError) -> ApiError {
    let code = match error {
        TransportError::Relay(error) => match error.code {
            ErrorCode::Version => Code::RelayVersion,
            ErrorCode::InviteRequired | ErrorCode::InviteUnknown => Code::InviteRequired,
            _ => Code::RelayAway,
        },
        TransportError::Away(_) => Code::RelayAway,
        TransportError::Lost(_) => Code::RelayLost,
        TransportError::Protocol(_) => Code::Internal,
    };
    ApiError::new(code, error.to_string())
}
