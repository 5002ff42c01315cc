//! Writing to somebody, putting people into chats, and answering who has put this person into one.

use beseda_core::Core;
use beseda_protocol::UserId;
use serde_json::json;

use super::{chat::member_of, contacts::person};
use crate::{
    arguments::Whom,
    failure::Result,
    output::{Output, shown_line},
    view::{Chat, short},
};

/// Who is meant: a member of a chat, somebody whom the relay's directory lists, or a contact.
async fn whom(core: &Core, whom: &Whom) -> Result<UserId> {
    if let Some(chat) = &whom.of {
        let line = core.find_chat(chat).await?;
        return Ok(member_of(core, &line, &whom.person).await?.user);
    }
    if whom.person.starts_with('@') {
        return Ok(core.find_person(&whom.person).await?);
    }
    Ok(person(core.contacts().await?, &whom.person)?.user)
}

/// The dialog with somebody, which is begun where there is none.
pub async fn dialog(core: &Core, with: &Whom, out: &mut Output) -> Result<()> {
    let line = core.start_dialog(whom(core, with).await?).await?;
    let chat = Chat::of(core, &line);
    let text = format!("{}: write with `beseda send {} TEXT`", chat.called(), short(&chat.id));
    out.result(&chat, &text)
}

pub async fn add(core: &Core, chat: &str, with: &Whom, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let user = whom(core, with).await?;
    core.add_member(line.number, user).await?;
    let name = core.person(user, None).await?.name;
    let text = format!(
        "{} comes into {} as soon as the relay has it: beseda sync",
        shown_line(&name),
        Chat::of(core, &line).called()
    );
    out.result(&json!({ "chat": line.id, "user": user, "name": name }), &text)
}

pub async fn accept(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    core.accept(line.number).await?;
    let chat = Chat::of(core, &core.chat(line.number).await?);
    out.result(&chat, &format!("You are in {} now.", chat.called()))
}

pub async fn refuse(core: &Core, chat: &str, block: bool, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    core.refuse(line.number, block).await?;
    let called = Chat::of(core, &line).called();
    let text = if block {
        format!("{called} is gone, and who put you into it is blocked.")
    } else {
        format!("{called} is gone.")
    };
    out.result(&json!({ "chat": line.id, "blocked": block }), &text)
}
