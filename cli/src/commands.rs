//! What each command does: one function a command, all over one open [`Core`].

mod account;
mod annotate;
pub mod arrange;
mod bundle;
mod chat;
mod contacts;
mod device;
mod dialogs;
mod doctor;
mod find;
mod invite;
mod later;
mod lists;
mod message;
mod people;
pub mod recovery;
mod relay;
mod roles;
mod sync;
mod verify;
mod watch;

use beseda_core::{
    Core, MessageList,
    actions::{create_chat::NewChat, edit_chat::Edited},
    store::chats::FOREVER,
};
use beseda_protocol::membership::Rights;

use crate::{
    arguments::{Arguments, Chat, Command, Contact, Device, MessageCommand, Open, Profile, picture_of},
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
        Command::Device(Device::Join { relay, invite, key }) => {
            return device::join(&directory, &relay, invite.as_deref(), key, out).await;
        }
        Command::Recover { relay, invite, key } => {
            return recovery::recover(&directory, &relay, invite.as_deref(), key, out).await;
        }
        Command::Restore { file, key } => return recovery::restore(&directory, &file, key, out).await,
        Command::Key { keep: Some(keep) } => return account::keep_key(&directory, keep, out).await,
        Command::Watch => {
            // Before the profile is opened: a signal in between still closes it in order.
            let stop = watch::stop_signal()?;
            let core = profile::open(&directory).await?;
            let ended = watch::watch(&core, out, stop).await;
            core.close().await;
            return ended;
        }
        Command::ExportBundle { file, all } => {
            let stop = watch::stop_signal()?;
            let core = profile::open(&directory).await?;
            let ended = bundle::export(&core, &file, all, out, stop).await;
            core.close().await;
            return out.flush().and(ended);
        }
        Command::ImportBundle { file } => {
            let stop = watch::stop_signal()?;
            let core = profile::open(&directory).await?;
            let ended = bundle::import(&core, &file, out, stop).await;
            core.close().await;
            return out.flush().and(ended);
        }
        Command::Doctor { rebuild } => {
            let stop = watch::stop_signal()?;
            let core = profile::open(&directory).await?;
            let ended = doctor::doctor(&core, rebuild, out, stop).await;
            // Whoever stops it does not wait for what SQLite is just looking at.
            if !matches!(&ended, Err(failure) if failure.code == "stopped") {
                core.close().await;
            }
            return out.flush().and(ended);
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
        Command::Profile { change: None } => people::profile(core, out).await,
        Command::Profile { change: Some(Profile::Set(set)) } => people::set(core, *set, out).await,
        Command::Person { chat, member } => people::person(core, &chat, &member, out).await,
        Command::Verify { chat, member, code, done, undo } => {
            let what = match (code, done, undo) {
                (Some(code), ..) => verify::What::Compare(code),
                (None, true, _) => verify::What::Mark(true),
                (None, false, true) => verify::What::Mark(false),
                (None, false, false) => verify::What::Show,
            };
            verify::verify(core, &chat, &member, what, out).await
        }
        Command::Contact(command) => on_contact(core, command, out).await,
        Command::Chat(Chat::Create { kind, title, description, category, history }) => {
            let (title, description, category) = (&title, &description, &category);
            let new = NewChat { kind: kind.into(), title, description, category, history: history.into() };
            let line = core.create_chat_with(&new).await?;
            chat::made(core, &line, out)
        }
        Command::Chat(Chat::List(which)) => chat::list(core, &which, out).await,
        Command::Chat(Chat::Folders) => arrange::folders(core, out).await,
        Command::Chat(Chat::Edit { chat, title, description, category, picture }) => {
            let picture = picture.as_deref().map(picture_of).transpose()?;
            arrange::edit(core, &chat, Edited { title, description, category, picture }, out).await
        }
        Command::Chat(Chat::Pin { chat }) => arrange::pin(core, &chat, true, out).await,
        Command::Chat(Chat::Unpin { chat }) => arrange::pin(core, &chat, false, out).await,
        Command::Chat(Chat::Move { chat, to }) => arrange::move_pin(core, &chat, to, out).await,
        Command::Chat(Chat::Archive { chat }) => arrange::archive(core, &chat, true, out).await,
        Command::Chat(Chat::Unarchive { chat }) => arrange::archive(core, &chat, false, out).await,
        Command::Chat(Chat::Mute { chat, until }) => {
            let until = match until {
                Some(text) => find::end(&text, core.device().now())?,
                None => FOREVER,
            };
            arrange::mute(core, &chat, until, out).await
        }
        Command::Chat(Chat::Notify { chat, of }) => arrange::notify(core, &chat, of, out).await,
        Command::Chat(Chat::Unmute { chat }) => arrange::mute(core, &chat, 0, out).await,
        Command::Dialog(with) => dialogs::dialog(core, &with, out).await,
        Command::Chat(Chat::Add { chat, whom }) => dialogs::add(core, &chat, &whom, out).await,
        Command::Chat(Chat::Accept { chat }) => dialogs::accept(core, &chat, out).await,
        Command::Chat(Chat::Refuse { chat, block }) => dialogs::refuse(core, &chat, block, out).await,
        Command::Chat(Chat::Show { chat }) => chat::show(core, &chat, out).await,
        Command::Chat(Chat::Members { chat }) => chat::members(core, &chat, out).await,
        Command::Chat(Chat::Remove { chat, member }) => chat::remove(core, &chat, &member, out).await,
        Command::Chat(Chat::Promote { chat, member }) => {
            roles::role(core, &chat, &member, roles::Role::Admin, out).await
        }
        Command::Chat(Chat::Demote { chat, member }) => {
            roles::role(core, &chat, &member, roles::Role::Member, out).await
        }
        Command::Chat(Chat::HandOver { chat, member }) => {
            roles::role(core, &chat, &member, roles::Role::Owner, out).await
        }
        Command::Chat(Chat::Rights { chat, write, comment, add, pin, info }) => {
            let who = |open: Option<Open>| open.map(Into::into);
            let wanted = Rights {
                write: who(write),
                comment: who(comment),
                add: who(add),
                pin: who(pin),
                info: who(info),
            };
            roles::rights(core, &chat, wanted, out).await
        }
        Command::Chat(Chat::History { chat, history }) => {
            roles::history(core, &chat, history.into(), out).await
        }
        Command::Chat(Chat::Leave { chat }) => roles::leave(core, &chat, out).await,
        Command::Recovery(command) => recovery::run(core, command, out).await,
        Command::Backup { file } => recovery::back_up(core, &file, out).await,
        Command::Recover { .. } | Command::Restore { .. } => Ok(()),
        Command::Device(command) => device::run(core, command, out).await,
        Command::Invite(invite) => invite::invite(core, &invite, out).await,
        Command::Invitations { chat } => invite::list(core, &chat, out).await,
        Command::Revoke { chat, invitation } => invite::revoke(core, &chat, &invitation, out).await,
        Command::Join { link } => invite::join(core, &link, out).await,
        Command::Withdraw { chat } => invite::withdraw(core, &chat, out).await,
        Command::Message(command) => on_message(core, command, out).await,
        Command::Relay(command) => relay::run(core, command, out).await,
        Command::Sync => sync::sync(core, out).await,
        Command::Quarantine { chat } => chat::quarantine(core, &chat, out).await,
        Command::Settings { change } => later::settings(core, change, out).await,
        Command::Key { .. } => account::key(core, out),
        Command::Watch
        | Command::Doctor { .. }
        | Command::ExportBundle { .. }
        | Command::ImportBundle { .. } => Ok(()),
    }
}

async fn on_contact(core: &Core, command: Contact, out: &mut Output) -> Result<()> {
    match command {
        Contact::List { blocked } => contacts::list(core, blocked, out).await,
        Contact::Add { chat, member, name } => contacts::add(core, &chat, &member, &name, out).await,
        Contact::Remove { person } => contacts::remove(core, &person, out).await,
        Contact::Block { chat, member } => contacts::block(core, &chat, &member, out).await,
        Contact::Unblock { person } => contacts::unblock(core, &person, out).await,
    }
}

async fn on_message(core: &Core, command: MessageCommand, out: &mut Output) -> Result<()> {
    use MessageCommand as C;
    match command {
        C::Send(sending) => message::send(core, &sending, out).await,
        C::Reply { message: to, text } => message::reply(core, &to, &text, out).await,
        C::Forward { messages, to } => message::forward(core, &messages, &to, out).await,
        C::Edit { message: of, text } => message::edit(core, &of, &text, out).await,
        C::Delete { message: of, for_me } => message::delete(core, &of, for_me, out).await,
        C::History { message: of } => message::history(core, &of, out).await,
        C::Log(log) => message::log(core, &log, out).await,
        C::Search(search) => lists::search(core, &search, out).await,
        C::React { message: to, emoji, off } => annotate::react(core, &to, &emoji, !off, out).await,
        C::Reactions { message: to } => annotate::reactions(core, &to, out).await,
        C::Readers { message: of } => annotate::readers(core, &of, out).await,
        C::Poll { chat, question, options, several } => {
            message::poll(core, &chat, &question, options, several, out).await
        }
        C::Vote { message: on, options } => annotate::vote(core, &on, &options, out).await,
        C::Pin { message: of } => annotate::pin(core, &of, true, out).await,
        C::Unpin { message: of } => annotate::pin(core, &of, false, out).await,
        C::Pins(list) => lists::list(core, &list, MessageList::Pinned, out).await,
        C::Save { message: of } => annotate::save(core, &of, true, out).await,
        C::Unsave { message: of } => annotate::save(core, &of, false, out).await,
        C::Saved(page) => lists::saved(core, &page, out).await,
        C::Links(list) => lists::list(core, &list, MessageList::Links, out).await,
        C::Mine(list) => lists::list(core, &list, MessageList::Mine, out).await,
        C::Mentions { chat } => lists::mentions(core, &chat, out).await,
        C::Read { chat, message: upto } => lists::read(core, &chat, upto.as_deref(), out).await,
        C::Unread { chat } => lists::unread(core, &chat, out).await,
        C::Totals => lists::totals(core, out).await,
        C::Schedule { chat, text, at, reply_to } => {
            later::schedule(core, &chat, &text, &at, reply_to.as_deref(), out).await
        }
        C::Scheduled => later::scheduled(core, out).await,
        C::Unschedule { number } => later::unschedule(core, number, out).await,
        C::Link { message: of } => annotate::link(core, &of, out).await,
        C::Open { link } => lists::open(core, &link, out).await,
    }
}
