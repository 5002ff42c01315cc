//! Who is an admin of a chat, who has it, who may do what; leaving.

use beseda_core::{Core, store::chats::Leaving};
use beseda_protocol::membership::{History, Rights, Who};
use serde_json::json;

use super::chat::member_of;
use crate::{
    failure::Result,
    output::{Output, shown_line},
    view::Chat,
};

#[derive(Clone, Copy)]
pub enum Role {
    Member,
    Admin,
    Owner,
}

pub async fn role(core: &Core, chat: &str, member: &str, role: Role, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let member = member_of(core, &line, member).await?;
    let becomes = match role {
        Role::Member => {
            core.set_admin(line.number, member.user, false).await?;
            "is an ordinary member of"
        }
        Role::Admin => {
            core.set_admin(line.number, member.user, true).await?;
            "is an admin of"
        }
        Role::Owner => {
            core.hand_over(line.number, member.user).await?;
            "has"
        }
    };
    let text = format!(
        "{} {becomes} {} as soon as the relay has it: beseda sync",
        shown_line(&member.name),
        Chat::of(core, &line).called()
    );
    out.result(&json!({ "chat": line.id, "user": member.user, "name": member.name }), &text)
}

/// Shows the rights of a chat, after changing those that `wanted` names.
pub async fn rights(core: &Core, chat: &str, wanted: Rights, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let now = line.rights;
    let rights = Rights {
        write: wanted.write.or(now.write),
        comment: wanted.comment.or(now.comment),
        add: wanted.add.or(now.add),
        pin: wanted.pin.or(now.pin),
        info: wanted.info.or(now.info),
    };
    let changed = rights != now;
    if changed {
        core.set_rights(line.number, rights).await?;
    }
    let name = |who: Option<Who>| match who {
        Some(Who::Everyone) => "everyone",
        _ => "admins",
    };
    let all = rights.of(line.kind);
    let each = [
        ("write", name(all.write)),
        ("comment", name(all.comment)),
        ("add", name(all.add)),
        ("pin", name(all.pin)),
        ("info", name(all.info)),
    ];
    let mut text = each.map(|(what, who)| format!("{what:<8} {who}")).join("\n");
    if changed {
        text.push_str("\nIt takes effect as soon as the relay has it: beseda sync");
    }
    let mut object = json!({ "chat": line.id });
    for (what, who) in each {
        object[what] = json!(who);
    }
    out.result(&object, &text)
}

pub async fn history(core: &Core, chat: &str, history: History, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    core.set_history(line.number, history).await?;
    let (name, read) = match history {
        History::All => ("all", "all that was said before them"),
        History::FromJoining => ("from_joining", "only what is said from their joining on"),
    };
    let text = format!(
        "Who comes into {} reads {read}, as soon as the relay has it: beseda sync",
        Chat::of(core, &line).called()
    );
    out.result(&json!({ "chat": line.id, "history": name }), &text)
}

pub async fn leave(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    core.leave_chat(line.number).await?;
    let line = core.chat(line.number).await?;
    let chat = Chat::of(core, &line);
    let text = match line.leaving {
        Leaving::Left => format!("You have left {}; what was said stays here.", chat.called()),
        Leaving::No | Leaving::Said => {
            format!("You leave {} as soon as the relay has it: beseda sync", chat.called())
        }
    };
    out.result(&json!({ "chat": line.id, "status": chat.status }), &text)
}
