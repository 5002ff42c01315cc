//! What to do about each chat, decided from where it stands here and at the relay. Pure: data in, data out.

use beseda_protocol::{LogId, Seq, request::ChatState as Remote};

use crate::{domain::ChatNo, store::chats::Status};

/// Where a chat stands on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    pub chat: ChatNo,
    pub status: Status,
    pub log: Option<LogId>,
    pub cursor: Seq,
    /// What stands at the cursor is not from the relay.
    pub unsure: bool,
    /// Something of ours waits for this chat.
    pub waiting: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Find the era keys from before we were let in; then read from the cursor.
    FollowChain(ChatNo, LogId),
    /// Read from the cursor on.
    CatchUp(ChatNo),
    /// Send what waits.
    Push(ChatNo),
    /// We were put out.
    Leave(ChatNo),
    /// The relay has lost the log, or shows another one, or an older state of it: nothing is sent or read until the
    /// chat is refilled, and nothing here is lost.
    Lost(ChatNo),
}

/// The steps for one chat, in their order.
#[must_use]
pub fn plan(local: &Local, remote: &Remote) -> Vec<Step> {
    let chat = local.chat;
    match (local.status, remote) {
        (Status::Asking | Status::Removed, _) => vec![],
        // Made here, and at no relay yet: nobody can have put this device out.
        (Status::Active, Remote::Denied) if local.cursor == Seq::ZERO => vec![Step::Lost(chat)],
        (_, Remote::Denied) => vec![Step::Leave(chat)],
        (Status::Joining, Remote::Unknown) => vec![Step::Lost(chat)],
        (Status::Joining, Remote::Open(head)) if local.log.is_some_and(|log| log != head.log) => {
            vec![Step::Lost(chat)]
        }
        (Status::Joining, Remote::Open(head)) => vec![Step::FollowChain(chat, head.log), Step::CatchUp(chat)],
        (Status::Active, Remote::Unknown) if local.cursor > Seq::ZERO => vec![Step::Lost(chat)],
        // Not created at the relay yet: what waits begins with that.
        (Status::Active, Remote::Unknown) => vec![Step::Push(chat)],
        (Status::Active, Remote::Open(head)) => {
            let known = local.log.is_none_or(|log| log == head.log);
            if !known || head.seq < local.cursor || local.unsure {
                return vec![Step::Lost(chat)];
            }
            let mut steps = vec![Step::CatchUp(chat)];
            if head.seq == local.cursor && local.waiting {
                steps.push(Step::Push(chat));
            }
            steps
        }
    }
}

#[cfg(test)]
mod tests {
    use beseda_protocol::request::Head;

    use super::*;

    #[test]
    fn each_state_has_its_steps() {
        let chat = ChatNo(1);
        let log = LogId([1; 16]);
        let head = |log, seq| Remote::Open(Head { log, seq: Seq(seq), last_handshake: Seq(1) });
        let local = |status, cursor: u64, waiting| Local {
            chat,
            status,
            log: (cursor > 0).then_some(log),
            cursor: Seq(cursor),
            unsure: false,
            waiting,
        };
        let active = Status::Active;
        for (local, remote, steps) in [
            (local(active, 0, true), Remote::Unknown, vec![Step::Push(chat)]),
            (local(active, 5, true), head(log, 5), vec![Step::CatchUp(chat), Step::Push(chat)]),
            (local(active, 5, false), head(log, 5), vec![Step::CatchUp(chat)]),
            (local(active, 5, true), head(log, 9), vec![Step::CatchUp(chat)]),
            (local(active, 5, true), head(log, 4), vec![Step::Lost(chat)]),
            (local(active, 5, true), head(LogId([2; 16]), 9), vec![Step::Lost(chat)]),
            (Local { unsure: true, ..local(active, 5, true) }, head(log, 9), vec![Step::Lost(chat)]),
            (local(active, 5, true), Remote::Unknown, vec![Step::Lost(chat)]),
            (local(active, 5, true), Remote::Denied, vec![Step::Leave(chat)]),
            (local(active, 0, true), Remote::Denied, vec![Step::Lost(chat)]),
            (
                local(Status::Joining, 0, false),
                head(log, 9),
                vec![Step::FollowChain(chat, log), Step::CatchUp(chat)],
            ),
            (local(Status::Joining, 5, false), head(LogId([2; 16]), 9), vec![Step::Lost(chat)]),
            (local(Status::Asking, 0, false), Remote::Unknown, vec![]),
            (local(Status::Removed, 5, true), Remote::Denied, vec![]),
        ] {
            assert_eq!(plan(&local, &remote), steps, "{local:?} {remote:?}");
        }
    }
}
