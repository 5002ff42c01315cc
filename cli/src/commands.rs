//! What each command does: one function a command, all over one open [`Core`].

mod account;
mod chat;
mod message;
mod sync;
mod watch;

use beseda_core::Core;

use crate::{
    arguments::{Arguments, Chat, Command},
    failure::Result,
    output::Output,
    profile,
};

/// # Errors
/// What the command meets; what it did until then stays.
pub async fn run(arguments: Arguments, out: &mut Output) -> Result<()> {
    let directory = profile::directory(arguments.profile)?;
    let (core, command) = match arguments.command {
        Command::Init { name, relay, invite, key } => {
            (profile::create(&directory, name, relay, invite, key).await?, Command::Whoami)
        }
        Command::Watch => {
            // Before the profile is opened: a signal in between still closes it in order.
            let stop = watch::stop_signal()?;
            let core = profile::open(&directory).await?;
            let ended = watch::watch(&core, out, stop).await;
            core.close().await;
            return ended;
        }
        command => (profile::open(&directory).await?, command),
    };
    let ended = one(&core, &directory, command, out).await;
    core.close().await;
    // What was done before a failure was done.
    out.flush().and(ended)
}

async fn one(core: &Core, directory: &std::path::Path, command: Command, out: &mut Output) -> Result<()> {
    match command {
        Command::Init { .. } | Command::Whoami => account::whoami(core, directory, out).await,
        Command::Chat(Chat::Create { kind, title, description, category }) => {
            let line = core.create_chat(kind.into(), &title, &description, &category).await?;
            chat::made(core, &line, out)
        }
        Command::Chat(Chat::List) => chat::list(core, out).await,
        Command::Chat(Chat::Members { chat }) => chat::members(core, &chat, out).await,
        Command::Chat(Chat::Remove { chat, member }) => chat::remove(core, &chat, &member, out).await,
        Command::Invite { chat } => chat::invite(core, &chat, out).await,
        Command::Join { link } => chat::join(core, &link, out).await,
        Command::Send { chat, text: Some(text), .. } => message::send(core, &chat, &text, out).await,
        Command::Send { chat, text: None, .. } => message::send_lines(core, &chat, out).await,
        Command::Log { chat, limit, before } => {
            message::log(core, &chat, limit, before.as_deref(), out).await
        }
        Command::Sync => sync::sync(core, out).await,
        Command::Quarantine { chat } => chat::quarantine(core, &chat, out).await,
        Command::Watch => Ok(()),
    }
}
