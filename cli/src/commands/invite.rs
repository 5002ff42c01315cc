//! Links into chats: made, listed, taken back, and used.

use std::io::IsTerminal as _;

use beseda_core::{
    Core,
    actions::invite::Limits,
    qr::Qr,
    store::{
        chats::{ChatLine, Status},
        invitations::{Made, Standing},
    },
};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::find;
use crate::{
    arguments::Invite,
    failure::{Exit, Failure, Result},
    output::{Output, shown_line},
    view::{self, Chat},
};

/// Black on white, whatever the terminal's own colours are: a camera needs the light border.
const INK: &str = "\u{1b}[38;5;16;48;5;231m";
const PLAIN: &str = "\u{1b}[0m";

pub async fn invite(core: &Core, invite: &Invite, out: &mut Output) -> Result<()> {
    let line = core.find_chat(&invite.chat).await?;
    let expires_at = match &invite.expires {
        Some(text) => find::end(text, core.device().now())?,
        None => 0,
    };
    let limits = Limits { uses: invite.uses.unwrap_or(0), expires_at, label: invite.label.clone() };
    let made = core.make_invitation(line.number, limits).await?;
    let link = core.invitation_link(&made);
    let mut value = shown(core, &line, &made);
    if invite.qr
        && let Some(qr) = Qr::of(&link)
    {
        for row in qr.lines() {
            let coloured = std::io::stdout().is_terminal();
            out.remark(&if coloured { format!("{INK}{row}{PLAIN}") } else { row })?;
        }
        value["qr"] = json!(qr.lines());
    }
    out.result(&value, &link)
}

pub async fn list(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let list = core.invitations(line.number).await?;
    out.remark(if list.is_empty() { "No links yet: beseda invite CHAT" } else { HEADER })?;
    for made in &list {
        out.result(&shown(core, &line, made), &told(core, made))?;
    }
    Ok(())
}

pub async fn revoke(core: &Core, chat: &str, invitation: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    let id = find_invitation(core.invitations(line.number).await?, invitation)?.id;
    core.revoke(id).await?;
    let made = core.invitations(line.number).await?.into_iter().find(|made| made.id == id);
    let made = made.ok_or(beseda_core::Error::NoSuchInvitation)?;
    let text =
        "Taken back. Whoever is in the chat stays; whoever waits with it is told at the next `beseda sync`.";
    out.result(&shown(core, &line, &made), text)
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

pub async fn withdraw(core: &Core, chat: &str, out: &mut Output) -> Result<()> {
    let line = core.find_chat(chat).await?;
    core.withdraw(line.number).await?;
    out.result(
        &Chat::of(core, &line),
        "Gone from the list. The inviter's device hears of it at the next `beseda sync`.",
    )
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::UsedUp => "used_up",
        Standing::Expired => "expired",
        Standing::Revoked => "revoked",
    }
}

fn shown(core: &Core, line: &ChatLine, made: &Made) -> Value {
    let given = |at: i64| (at != 0).then_some(at);
    json!({
        "chat": line.id,
        "invitation": HEXLOWER.encode(&made.id),
        "link": core.invitation_link(made),
        "label": made.label,
        "uses": made.uses,
        "max_uses": (made.max_uses != 0).then_some(made.max_uses),
        "created_at": made.created_at,
        "expires_at": given(made.expires_at),
        "revoked_at": given(made.revoked_at),
        "standing": standing(made.standing(core.device().now())),
    })
}

/// Stands above the lines of [`told`].
const HEADER: &str = "ID        STANDING  USED        UNTIL             LABEL";

fn told(core: &Core, made: &Made) -> String {
    let used = match made.max_uses {
        0 => made.uses.to_string(),
        most => format!("{} of {most}", made.uses),
    };
    let until = if made.expires_at == 0 { String::new() } else { view::local(made.expires_at) };
    format!(
        "{:<8}  {:<8}  {used:<10}  {until:<16}  {}",
        view::short(&HEXLOWER.encode(&made.id)),
        standing(made.standing(core.device().now())),
        shown_line(&made.label)
    )
}

/// By label, else by the beginning of the id.
fn find_invitation(list: Vec<Made>, wanted: &str) -> Result<Made> {
    let lower = wanted.trim().to_lowercase();
    let labelled = !lower.is_empty() && list.iter().any(|made| made.label.to_lowercase() == lower);
    let mut fits = list.into_iter().filter(|made| {
        if labelled {
            made.label.to_lowercase() == lower
        } else {
            !lower.is_empty() && HEXLOWER.encode(&made.id).starts_with(&lower)
        }
    });
    match (fits.next(), fits.next()) {
        (Some(made), None) => Ok(made),
        (None, _) => {
            let message = format!("no link of this chat is called {wanted}: see `beseda invitations CHAT`");
            Err(Failure::new(Exit::NotFound, "no_such_invitation", message))
        }
        (Some(_), Some(_)) => {
            let message = format!("more than one link fits {wanted}: use the id");
            Err(Failure::new(Exit::NotFound, "ambiguous_invitation", message))
        }
    }
}
