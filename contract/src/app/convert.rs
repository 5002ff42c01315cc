//! From the core's values to the contract's.

use beseda_core::{
    Core, Error, SyncStatus as CoreStatus, may_write,
    store::{
        chats::{ChatLine, Status},
        members::MemberLine,
    },
    sync::{engine::State, transport::TransportError},
    timeline::{self, Item, Op},
    window,
};
use beseda_protocol::{membership, request::ErrorCode};

use crate::{
    ApiError, Code,
    view::{
        ChatEvent, ChatKind, ChatRow, ChatStatus, EventItem, FailReason, LastLine, Me, MemberRow,
        MessageItem, SendState, SyncState, SyncStatus, TimelineItem, TimelineOp,
    },
};

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
            Error::NotALink(_) => Code::NotALink,
            Error::OtherRelay(_) => Code::OtherRelay,
            Error::NoSuchChat(_) => Code::NoSuchChat,
            Error::AmbiguousChat(_) => Code::AmbiguousChat,
            Error::Forbidden(_) => Code::NotAdmin,
            Error::NotMember => Code::NotMember,
            Error::BadText(_) => Code::BadText,
            Error::NoSuchMessage | Error::NoSuchMember => Code::BadRequest,
            _ => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

pub fn me(core: &Core) -> Me {
    let device = core.device();
    Me {
        user: device.keys.user().to_string(),
        device: device.keys.device().to_string(),
        name: device.name.clone(),
        relay: device.relay.clone(),
    }
}

pub fn kind(kind: ChatKind) -> membership::ChatKind {
    match kind {
        ChatKind::Dialog => membership::ChatKind::Dialog,
        ChatKind::Group => membership::ChatKind::Group,
        ChatKind::Blog => membership::ChatKind::Blog,
    }
}

pub fn chat_row(core: &Core, line: ChatLine) -> ChatRow {
    let may_write = may_write(&line);
    let last = line.last.map(|last| {
        let mine = last.author == core.device().me;
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
            text: last.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned(),
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
        last,
        activity: line.activity,
        unread: line.unread,
        members: line.members,
        draft: line.draft,
        may_write,
        may_invite: line.status == Status::Active
            && line.admin
            && !(line.kind == membership::ChatKind::Dialog && line.members > 1),
        quarantined: line.quarantined,
    }
}

pub fn member_row(core: &Core, member: MemberLine) -> MemberRow {
    MemberRow {
        me: member.user == core.device().keys.user().as_bytes(),
        user: member.user.iter().map(|byte| format!("{byte:02x}")).collect(),
        name: member.name,
        admin: member.admin,
        added_at: member.added_at,
        added_by: member.added_by,
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
        Item::Message(message) => TimelineItem::Message(MessageItem {
            key,
            id: message.id.to_string(),
            author: message.author.to_string(),
            author_name: message.author_name.clone(),
            mine: message.mine,
            text: message.text.clone(),
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
        }),
        Item::Event(event) => TimelineItem::Event(EventItem {
            key,
            at: event.at,
            event: match event.event.clone() {
                timeline::ChatEvent::Created { by } => ChatEvent::Created { by },
                timeline::ChatEvent::Added { by, who } => ChatEvent::Added { by, who },
                timeline::ChatEvent::Removed { by, who } => ChatEvent::Removed { by, who },
            },
        }),
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
