//! The people of a gallery, as cores in this process: they come into their chats and say what the content has them say,
//! each at its time. Then their profiles are closed, and one of them is opened by a window.
//!
//! Not here: what goes wrong around them ([`trouble`]).

pub mod trouble;

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result, bail};
use beseda_core::{
    Core, NewProfile, Options,
    actions::{create_chat::NewChat, edit_chat::Edited, invite::Limits, send_message::Outgoing},
    document::{Mention, Poll},
    domain::ChatNo,
    people::{Field, ProfileChange, Shown},
    store::{Unlock, chats::FOREVER},
};
use beseda_protocol::{
    ChatId, MessageId,
    membership::{ChatKind, History, Rights, Who},
};

use super::{
    content::{Chat, Content, ME, Said},
    portraits,
    relay::{OwnRelay, Time},
};
use crate::desktop::window::Window;

/// Between making a chat and its first message, in minutes.
const BEFORE: i64 = 60;
/// When a chat without messages was made, in minutes before now.
const LONG_AGO: i64 = 5500;
/// When everything begins, in minutes before now.
pub const BEGINNING: i64 = 2 * LONG_AGO;
/// Directories of another device of mine, and of one that I have removed.
pub const LAPTOP: &str = "laptop";
pub const LOST: &str = "lost";

pub struct Company<'a> {
    content: &'a Content,
    time: &'a Time,
    relay: &'a OwnRelay,
    world: &'a Path,
    cores: BTreeMap<&'a str, Core>,
    chats: BTreeMap<&'a str, ChatId>,
    messages: BTreeMap<&'a str, (ChatId, MessageId)>,
}

impl<'a> Company<'a> {
    /// Makes their profiles below `world`.
    ///
    /// # Errors
    /// When a profile cannot be made, or a picture not be drawn.
    pub async fn gather(
        content: &'a Content,
        time: &'a Time,
        relay: &'a OwnRelay,
        world: &'a Path,
    ) -> Result<Self> {
        let mut cores = BTreeMap::new();
        for (number, (key, person)) in content.people.iter().enumerate() {
            let profile =
                if key == ME { Window::profile(&person.name, world) } else { Window::profile(key, world) };
            std::fs::create_dir_all(profile.parent().context("a profile lies in a directory")?)?;
            let new = NewProfile {
                name: person.name.clone(),
                relay: relay.url(),
                invite: None,
                unlock: Unlock::File,
            };
            let core = Core::create(&profile, new, options(time)).await?;
            let told = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let all = [Field::Username, Field::LastName, Field::Email, Field::BirthDate];
            let change = ProfileChange {
                username: told(&person.username),
                first_name: Some(person.name.clone()),
                last_name: told(&person.last_name),
                email: told(&person.email),
                birth_date: told(&person.born),
                description: told(&person.description),
                picture: Some(portraits::person(number)?),
                shown: all
                    .into_iter()
                    .chain([Field::Description, Field::Picture])
                    .map(|field| (field, Shown::Everyone))
                    .collect(),
                ..ProfileChange::default()
            };
            core.set_profile(change).await?;
            core.sync().await?;
            cores.insert(key.as_str(), core);
        }
        Ok(Self { content, time, relay, world, cores, chats: BTreeMap::new(), messages: BTreeMap::new() })
    }

    fn core(&self, person: &str) -> Result<&Core> {
        self.cores.get(person).with_context(|| format!("no person `{person}`"))
    }

    fn id(&self, chat: &str) -> Result<ChatId> {
        self.chats.get(chat).copied().with_context(|| format!("no chat `{chat}`"))
    }

    async fn number(&self, person: &str, chat: ChatId) -> Result<ChatNo> {
        Ok(self.core(person)?.chat_by_id(&chat.to_string()).await?)
    }

    async fn sync(&self, person: &str) -> Result<()> {
        self.core(person)?.sync().await.with_context(|| format!("{person} and the relay"))
    }

    async fn sync_all(&self, people: impl IntoIterator<Item = &str>) -> Result<()> {
        for person in people {
            self.sync(person).await?;
        }
        Ok(())
    }

    /// Everything that was said, oldest first, as if each had been there.
    ///
    /// # Errors
    /// When a core or the relay fails.
    pub async fn live(&mut self) -> Result<()> {
        let content = self.content;
        let begins = |chat: &Chat| chat.said.first().map_or(LONG_AGO, |said| said.ago) + BEFORE;
        let mut chats: Vec<_> = content.chats.iter().collect();
        chats.sort_by_key(|(_, chat)| -begins(chat));
        let mut said: Vec<(&str, &Said)> =
            chats.iter().flat_map(|(key, chat)| chat.said.iter().map(|said| (key.as_str(), said))).collect();
        said.sort_by_key(|(_, said)| -said.ago);
        let mut said = said.into_iter().peekable();
        for (key, chat) in chats {
            while let Some((of, said)) = said.next_if(|(_, said)| said.ago > begins(chat)) {
                self.say_all(of, said).await?;
            }
            self.time.set(begins(chat));
            self.found(key, chat).await.with_context(|| format!("the chat `{key}`"))?;
        }
        for (of, said) in said {
            self.say_all(of, said).await?;
        }
        self.time.set(5);
        self.read().await
    }

    /// A chat is made, and the others come into it by its link.
    async fn found(&mut self, key: &'a str, chat: &Chat) -> Result<()> {
        let kind = match chat.kind.as_str() {
            "dialog" => ChatKind::Dialog,
            "group" => ChatKind::Group,
            "blog" => ChatKind::Blog,
            other => bail!("no kind of chat is called `{other}`"),
        };
        let host = self.core(&chat.by)?;
        let made = host
            .create_chat_with(&NewChat {
                kind,
                title: &chat.title,
                description: &chat.description,
                category: &chat.category,
                history: History::All,
            })
            .await?;
        if chat.picture {
            let picture = Some(portraits::landscape(kind == ChatKind::Blog)?);
            host.edit_chat(made.number, Edited { picture, ..Edited::default() }).await?;
        }
        host.sync().await?;
        if kind == ChatKind::Blog {
            host.set_rights(made.number, Rights { comment: Some(Who::Everyone), ..Rights::default() })
                .await?;
            host.sync().await?;
        }
        let link = host.invite(made.number).await?;
        for guest in &chat.with {
            self.core(guest)?.join(&link).await?;
            self.sync_all([guest.as_str(), &chat.by, guest, &chat.by]).await?;
        }
        for _ in 0..2 {
            self.sync_all([&chat.by].into_iter().chain(&chat.with).map(String::as_str)).await?;
        }
        self.chats.insert(key, made.id);
        Ok(())
    }

    async fn say_all(&mut self, of: &str, said: &'a Said) -> Result<()> {
        self.say(of, said).await?;
        if of == "removed" { self.put_out(of).await } else { Ok(()) }
    }

    /// I am put out of a chat, and write before I know it.
    async fn put_out(&self, of: &str) -> Result<()> {
        let (me, chat) = (self.core(ME)?, self.id(of)?);
        let host = self.content.chats[of].by.as_str();
        self.sync(ME).await?;
        self.core(host)?.remove_member(self.number(host, chat).await?, me.device().keys.user()).await?;
        self.sync(host).await?;
        me.send_message(self.number(ME, chat).await?, &self.content.unsent).await?;
        self.sync(ME).await
    }

    async fn say(&mut self, of: &str, said: &'a Said) -> Result<()> {
        self.time.set(said.ago);
        let (chat, author) = (self.id(of)?, said.by.as_str());
        if !said.answers.is_empty() {
            self.sync(author).await?;
        }
        let number = self.number(author, chat).await?;
        let poll = (!said.poll.is_empty()).then(|| Poll { options: said.poll.clone(), several: false });
        let outgoing = Outgoing {
            text: said.text.clone(),
            reply_to: self.messages.get(said.answers.as_str()).map(|(_, id)| *id),
            mentions: self.mentions(&said.text)?,
            poll,
            ..Outgoing::default()
        };
        let core = self.core(author)?;
        let id = core.send_message(number, outgoing).await?;
        core.sync().await?;
        if !said.edited.is_empty() {
            core.edit_message(number, id, &said.edited, self.mentions(&said.edited)?).await?;
            core.sync().await?;
        }
        for (emoji, people) in &said.reacted {
            for person in people {
                self.sync(person).await?;
                let number = self.number(person, chat).await?;
                self.core(person)?.react(number, id, emoji, true).await?;
                self.sync(person).await?;
            }
        }
        for (person, option) in &said.votes {
            self.sync(person).await?;
            let number = self.number(person, chat).await?;
            self.core(person)?.vote(number, id, &[*option]).await?;
            self.sync(person).await?;
        }
        if said.pinned || said.saved {
            self.sync(ME).await?;
        }
        if said.pinned {
            self.core(ME)?.pin_message(self.number(ME, chat).await?, id, true).await?;
        }
        if said.saved {
            self.core(ME)?.save_message(id, true).await?;
        }
        if !said.key.is_empty() {
            self.messages.insert(&said.key, (chat, id));
        }
        Ok(())
    }

    fn mentions(&self, text: &str) -> Result<Vec<Mention>> {
        let mut mentions = Vec::new();
        for (key, person) in &self.content.people {
            if text.contains(&format!("@{}", person.name)) {
                let user = Some(self.core(key)?.device().keys.user());
                mentions.push(Mention { name: person.name.clone(), user });
            }
        }
        Ok(mentions)
    }

    /// The others have read everything, I nearly everything.
    async fn read(&self) -> Result<()> {
        self.sync_all(self.cores.keys().copied()).await?;
        for (key, chat) in &self.content.chats {
            for member in [&chat.by].into_iter().chain(&chat.with) {
                let number = self.number(member, self.id(key)?).await?;
                let core = self.core(member)?;
                let unread = if member == ME { chat.unread } else { 0 };
                if let Some(last) = core.log(number, u32::MAX, None).await?.iter().rev().nth(unread) {
                    core.mark_read(number, last.id).await?;
                }
            }
        }
        for _ in 0..2 {
            self.sync_all(self.cores.keys().copied()).await?;
        }
        Ok(())
    }

    /// Everything that is mine alone: how the list is arranged, contacts, what is sent later, links, devices.
    ///
    /// # Errors
    /// When a core or the relay fails.
    pub async fn arrange(&self) -> Result<()> {
        let me = self.core(ME)?;
        for (key, chat) in &self.content.chats {
            let number = self.number(ME, self.id(key)?).await?;
            if chat.pinned {
                me.pin_chat(number, true).await?;
            }
            if chat.muted {
                me.mute_chat(number, FOREVER).await?;
            }
            if chat.archived {
                me.archive_chat(number, true).await?;
            }
        }
        for friend in ["boris", "clara", "yael"] {
            me.add_contact(self.core(friend)?.device().keys.user(), "").await?;
        }
        me.set_verified(self.core("clara")?.device().keys.user(), true).await?;
        let lake = self.number(ME, self.id("lake")?).await?;
        for (day, text) in self.content.scheduled.iter().enumerate() {
            let hours = 14 + 24 * i64::try_from(day)?;
            me.schedule_message(lake, text, me.device().now() + hours * 3_600_000).await?;
        }
        let limits = Limits {
            uses: 10,
            expires_at: me.device().now() + 7 * 24 * 3_600_000,
            label: self.content.word("label")?.to_owned(),
        };
        me.make_invitation(lake, limits).await?;
        self.another_device(ME, LAPTOP).await?;
        let devices = me.devices().await?;
        for (device, name) in devices.iter().zip(&self.content.devices) {
            me.rename_device(device.device, name).await?;
        }
        self.another_device("clara", "phone").await?;
        self.sync(ME).await
    }

    /// Another device of somebody, in this directory of the world, which is then switched off.
    async fn another_device(&self, person: &str, directory: &str) -> Result<()> {
        let core = self.core(person)?;
        let linking = beseda_core::linking::Linking::begin(&self.relay.url(), None)?;
        linking.register().await?;
        core.link_device(&linking.code()).await?;
        let (granted, synced) = tokio::join!(linking.wait(), core.sync());
        synced?;
        let profile = Window::profile(directory, self.world);
        std::fs::create_dir_all(profile.parent().context("a profile lies in a directory")?)?;
        let second = Core::link(&profile, granted?, Unlock::File, options(self.time)).await?;
        for _ in 0..3 {
            second.sync().await?;
            core.sync().await?;
        }
        second.close().await;
        Ok(())
    }

    /// Somebody from a common chat writes without having been asked.
    ///
    /// # Errors
    /// When a core or the relay fails.
    pub async fn ask(&self) -> Result<()> {
        let mine = self.core(ME)?.device().keys.user();
        let request = &self.content.request;
        let stranger = self.core(&request.by)?;
        self.time.set(2);
        let dialog = stranger.start_dialog(mine).await?;
        for text in &request.said {
            stranger.send_message(dialog.number, text).await?;
        }
        self.sync_all([request.by.as_str(), ME, &request.by, ME]).await
    }

    /// Everybody leaves.
    pub async fn part(self) {
        for core in self.cores.into_values() {
            core.close().await;
        }
    }
}

/// With the gallery's clock.
pub fn options(time: &Time) -> Options {
    Options { clock: time.clock(), ..Options::default() }
}
