//! Chats and who is in them.

use beseda_core::{Core, store::chats::ChatLine};
use serde_json::json;

use crate::{
    arguments::Which,
    failure::{Exit, Failure, Result},
    output::{Output, shown_line},
    view::{self, Chat, Member, local},
};

pub fn made(core: &Core, line: &ChatLine, out: &mut Output) -> Result<()> {
    let chat = Chat::of(core, line);
    let text = format!("Made the {} {}: {}", chat.kind, chat.called(), chat.id);
    out.result(&chat, &text)
}

pub async fn list(core: &Core, which: &Which, out: &mut Output) -> Result<()> {
    let mut lines = core.chats().await?;
    let none = if lines.is_empty() { "No chats yet." } else { "None." };
    let category = which.category.as_ref().map(|category| category.trim().to_lowercase());
    lines.retain(|line| {
        category.as_ref().is_none_or(|category| line.category.to_lowercase() == *category)
            && (!which.unread || line.unread > 0 || line.marked_unread)
            && (!which.archived || line.archived)
    });
    out.remark(if lines.is_empty() { none } else { view::CHAT_HEADER })?;
    for line in &lines {
        let chat = Chat::of(core, line);
        out.result(&chat, &chat.text())?;
    }
    Ok(())
}

pub async fn show(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let made = core.creation(line.number).await?;
    let (creator, name) = made.by.map_or((None, String::new()), |(user, name)| (Some(user), name));
    let chat = Chat::of(core, &line);
    let mut text = format!("{}\nmade {} by {}", chat.text(), local(made.at), shown_line(&name));
    for (what, said) in [("category", &chat.category), ("description", &chat.description)] {
        if !said.is_empty() {
            text.push_str(&format!("\n{what}: {}", shown_line(said)));
        }
    }
    let mut value = json!(chat);
    value["creator"] = json!(creator);
    value["creator_name"] = json!(name);
    value["created_at"] = json!(made.at);
    out.result(&value, &text)
}

pub async fn members(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    out.remark(view::MEMBER_HEADER)?;
    for member in list_members(core, &line).await? {
        out.result(&member, &member.text())?;
    }
    Ok(())
}

pub async fn remove(core: &Core, chat: &str, member: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let member = member_of(core, &line, member).await?;
    core.remove_member(line.number, member.user).await?;
    let text = format!(
        "{} is put out of {} as soon as the relay has it: beseda sync",
        shown_line(&member.name),
        Chat::of(core, &line).called()
    );
    out.result(&json!({ "chat": line.id, "user": member.user, "name": member.name }), &text)
}

pub async fn quarantine(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let set_aside = core.quarantine(line.number).await?;
    if set_aside.is_empty() {
        out.remark("Nothing was set aside.")?;
    }
    for (seq, held, reason) in set_aside {
        let waits = if held { "waits for others: " } else { "" };
        let text = format!("{seq:>8}  {waits}{}", shown_line(&reason));
        out.result(&json!({ "seq": seq, "held": held, "reason": reason }), &text)?;
    }
    Ok(())
}

/// A member of the chat by name, else by the beginning of the id.
///
/// # Errors
/// When none fits, or more than one.
pub async fn member_of(core: &Core, line: &ChatLine, wanted: &str) -> Result<Member> {
    find_member(list_members(core, line).await?, wanted)
}

async fn list_members(core: &Core, line: &ChatLine) -> Result<Vec<Member>> {
    let members = core.members(line.number).await?;
    Ok(members.into_iter().filter_map(|member| Member::of(core, member)).collect())
}

fn find_member(members: Vec<Member>, wanted: &str) -> Result<Member> {
    let lower = wanted.trim().to_lowercase();
    let named = members.iter().any(|member| member.name.to_lowercase() == lower);
    let mut fits = members.into_iter().filter(|member| {
        if named {
            member.name.to_lowercase() == lower
        } else {
            !lower.is_empty() && member.user.to_string().starts_with(&lower)
        }
    });
    match (fits.next(), fits.next()) {
        (Some(member), None) => Ok(member),
        (None, _) => {
            let message = format!("no member is called {wanted}: see `beseda chat members`");
            Err(Failure::new(Exit::NotFound, "no_such_member", message))
        }
        (Some(_), Some(_)) => {
            let message = format!("more than one member fits {wanted}: use the id");
            Err(Failure::new(Exit::NotFound, "ambiguous_member", message))
        }
    }
}
