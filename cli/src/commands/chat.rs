//! Chats and who is in them.

use beseda_core::{
    Core,
    store::chats::{ChatLine, Status},
};
use serde_json::json;

use crate::{
    failure::{Exit, Failure, Result},
    output::{Output, shown_line},
    view::{self, Chat, Member},
};

pub fn made(core: &Core, line: &ChatLine, out: &mut Output) -> Result<()> {
    let chat = Chat::of(core, line);
    let text = format!("Made the {} {}: {}", chat.kind, chat.called(), chat.id);
    out.result(&chat, &text)
}

pub async fn list(core: &Core, out: &mut Output) -> Result<()> {
    let lines = core.chats().await?;
    out.remark(if lines.is_empty() { "No chats yet." } else { view::CHAT_HEADER })?;
    for line in &lines {
        let chat = Chat::of(core, line);
        out.result(&chat, &chat.text())?;
    }
    Ok(())
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
    let member = find_member(list_members(core, &line).await?, member)?;
    core.remove_member(line.number, member.user).await?;
    let text = format!(
        "{} is put out of {} as soon as the relay has it: beseda sync",
        shown_line(&member.name),
        Chat::of(core, &line).called()
    );
    out.result(&json!({ "chat": line.id, "user": member.user, "name": member.name }), &text)
}

pub async fn invite(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let link = core.invite(line.number).await?;
    out.result(&json!({ "chat": line.id, "link": link }), &link)
}

pub async fn join(core: &Core, link: &str, out: &mut Output) -> Result<()> {
    let line = core.join(link).await?;
    let chat = Chat::of(core, &line);
    let text = match line.status {
        Status::Active => format!("You are in {} already.", chat.called()),
        Status::Asking | Status::Joining | Status::Removed => {
            "Asked. Run `beseda sync`, now to send the request, and again when the inviter's device has been online."
                .to_owned()
        }
    };
    out.result(&chat, &text)
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

async fn list_members(core: &Core, line: &ChatLine) -> Result<Vec<Member>> {
    let members = core.members(line.number).await?;
    Ok(members.into_iter().filter_map(|member| Member::of(core, member)).collect())
}

/// By name, else by the beginning of the id.
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
