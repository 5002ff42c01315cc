//! People one knows, and people one does not want to hear from.

use beseda_core::{Core, store::contacts::ContactLine};
use beseda_protocol::UserId;
use serde_json::json;

use super::chat::member_of;
use crate::{
    failure::{Exit, Failure, Result},
    output::{Output, shown_line},
    view::{Member, local, short},
};

pub async fn list(core: &Core, blocked: bool, out: &mut Output) -> Result<()> {
    let lines = if blocked { core.blocked().await? } else { core.contacts().await? };
    if lines.is_empty() {
        out.remark(if blocked {
            "Nobody is blocked."
        } else {
            "No contacts yet: beseda contact add CHAT MEMBER"
        })?;
    }
    for ContactLine { user, name, own_name, petname, added_at } in lines {
        let own = if name == own_name { String::new() } else { format!("  ({})", shown_line(&own_name)) };
        let text = format!("{:<8}  {:<16}  {}{own}", short(&user), local(added_at), shown_line(&name));
        let value = json!({ "user": user, "name": name, "own_name": own_name, "petname": petname, "added_at": added_at });
        out.result(&value, &text)?;
    }
    Ok(())
}

async fn member(core: &Core, chat: &str, member: &str) -> Result<Member> {
    let line = core.find_chat(chat).await?;
    member_of(core, &line, member).await
}

/// By name, else by the beginning of the id.
pub fn person(lines: Vec<ContactLine>, wanted: &str) -> Result<ContactLine> {
    let lower = wanted.trim().to_lowercase();
    let named = lines.iter().any(|line| line.name.to_lowercase() == lower);
    let mut fits = lines.into_iter().filter(|line| {
        if named {
            line.name.to_lowercase() == lower
        } else {
            !lower.is_empty() && line.user.to_string().starts_with(&lower)
        }
    });
    match (fits.next(), fits.next()) {
        (Some(line), None) => Ok(line),
        (None, _) => {
            let message = format!("nobody in the list is called {wanted}: see `beseda contact list`");
            Err(Failure::new(Exit::NotFound, "no_such_member", message))
        }
        (Some(_), Some(_)) => {
            let message = format!("more than one person fits {wanted}: use the id");
            Err(Failure::new(Exit::NotFound, "ambiguous_member", message))
        }
    }
}

fn tell(out: &mut Output, user: UserId, name: &str, done: &str) -> Result<()> {
    out.result(&json!({ "user": user, "name": name }), &format!("{} {done}", shown_line(name)))
}

pub async fn add(core: &Core, chat: &str, wanted: &str, petname: &str, out: &mut Output) -> Result<()> {
    let user = member(core, chat, wanted).await?.user;
    core.add_contact(user, petname).await?;
    let name = core.person(user, None).await?.name;
    tell(out, user, &name, "is a contact.")
}

pub async fn remove(core: &Core, wanted: &str, out: &mut Output) -> Result<()> {
    let line = person(core.contacts().await?, wanted)?;
    core.remove_contact(line.user).await?;
    tell(out, line.user, &line.own_name, "is a contact no longer.")
}

pub async fn block(core: &Core, chat: &str, wanted: &str, out: &mut Output) -> Result<()> {
    let member = member(core, chat, wanted).await?;
    core.set_blocked(member.user, true).await?;
    tell(out, member.user, &member.name, "is blocked.")
}

pub async fn unblock(core: &Core, wanted: &str, out: &mut Output) -> Result<()> {
    let line = person(core.blocked().await?, wanted)?;
    core.set_blocked(line.user, false).await?;
    tell(out, line.user, &line.name, "is blocked no longer.")
}
