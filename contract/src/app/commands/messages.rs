//! What commands about messages do.

use std::sync::Arc;

use beseda_core::{
    Core, Error,
    actions::send_message::Outgoing,
    document::Poll,
    domain::ChatNo,
    markup,
    store::{chats::ChatLine, kept::Scheduled, search::Order},
    window::OpenAt,
};
use beseda_protocol::MessageId;

use super::{Answer, chat, no_such_timeline};
use crate::{
    ApiError, Code,
    api::{
        DeleteMessage, Done, EditMessage, ForwardMessages, FoundMessage, GetMessageLink, GetMessageSource,
        GetSettings, GetTotals, Handle, LinkTarget, ListMessages, ListReactions, ListReaders, ListScheduled,
        ListVersions, LoadNewer, LoadOlder, MarkRead, MarkUnread, MessageLink, MessagePage, MessageSource,
        NewerLoaded, NextMention, OlderLoaded, OpenLink, OpenTimeline, PinMessage, React, ReactionPeople,
        Readers, SaveDraft, SaveMessage, ScheduleMessage, ScheduledList, Search, SearchResult, SendMessage,
        SendScheduledNow, SentMessage, SetReadReceipts, Settings, Totals, Unschedule, Versions, Vote,
    },
    app::{Inner, convert},
    markup::blocks,
    view::{
        MessageList, PollDraft, ReactionPerson, Reader, ScheduledRow, SearchOrder, TimelineAt,
        TimelineSnapshot, Version,
    },
};

/// Lines in a page of a list or of what was found.
const PAGE: u32 = 50;

fn message(id: &str) -> Answer<MessageId> {
    Ok(id.parse().map_err(|_| Error::NoSuchMessage)?)
}

fn optional(id: Option<&str>) -> Answer<Option<MessageId>> {
    id.map(message).transpose()
}

impl Handle<OpenTimeline> for Inner {
    async fn handle(self: &Arc<Self>, open: OpenTimeline) -> Answer<TimelineSnapshot> {
        let (core, chat) = chat(self, &open.chat).await?;
        let at = match open.at {
            TimelineAt::End => OpenAt::End,
            TimelineAt::FirstUnread => OpenAt::FirstUnread,
            TimelineAt::Message { message: id } => OpenAt::Message(message(&id)?),
            TimelineAt::Date { date } => OpenAt::Time(convert::midnight(&date)?),
        };
        // Held while the page is read: what changes meanwhile comes as a diff after it.
        let mut windows = self.windows.lock().await;
        let (window, target) = core.open_window(chat, at).await?;
        let timeline = self.window_number();
        let snapshot = TimelineSnapshot {
            timeline,
            items: window.items().iter().map(convert::item).collect(),
            more_before: window.more_before(),
            more_after: window.more_after(),
            target: target.map(|key| key.to_string()),
        };
        windows.insert(timeline, window);
        Ok(snapshot)
    }
}

impl Handle<LoadOlder> for Inner {
    async fn handle(self: &Arc<Self>, load: LoadOlder) -> Answer<OlderLoaded> {
        let core = self.core().await?;
        let mut windows = self.windows.lock().await;
        let window = windows.get_mut(&load.timeline).ok_or_else(no_such_timeline)?;
        let ops = core.load_older(window).await?;
        self.emit(vec![convert::timeline(load.timeline, window, &ops)]);
        Ok(OlderLoaded { more_before: window.more_before(), more_after: window.more_after() })
    }
}

impl Handle<LoadNewer> for Inner {
    async fn handle(self: &Arc<Self>, load: LoadNewer) -> Answer<NewerLoaded> {
        let core = self.core().await?;
        let mut windows = self.windows.lock().await;
        let window = windows.get_mut(&load.timeline).ok_or_else(no_such_timeline)?;
        let ops = core.load_newer(window).await?;
        self.emit(vec![convert::timeline(load.timeline, window, &ops)]);
        Ok(NewerLoaded { more_before: window.more_before(), more_after: window.more_after() })
    }
}

impl Handle<SendMessage> for Inner {
    async fn handle(self: &Arc<Self>, new: SendMessage) -> Answer<SentMessage> {
        let (core, chat) = chat(self, &new.chat).await?;
        let outgoing = Outgoing {
            text: new.text,
            reply_to: optional(new.reply_to.as_deref())?,
            mentions: convert::mentions(new.mentions)?,
            forwarded: None,
            poll: new.poll.map(|PollDraft { options, several }| Poll { options, several }),
        };
        Ok(SentMessage { id: core.send_message(chat, outgoing).await?.to_string() })
    }
}

impl Handle<EditMessage> for Inner {
    async fn handle(self: &Arc<Self>, edit: EditMessage) -> Answer<Done> {
        let (core, chat) = chat(self, &edit.chat).await?;
        let mentions = convert::mentions(edit.mentions)?;
        core.edit_message(chat, message(&edit.message)?, &edit.text, mentions).await?;
        Ok(Done {})
    }
}

impl Handle<DeleteMessage> for Inner {
    async fn handle(self: &Arc<Self>, delete: DeleteMessage) -> Answer<Done> {
        let (core, chat) = chat(self, &delete.chat).await?;
        let id = message(&delete.message)?;
        if delete.for_everyone {
            core.delete_for_everyone(chat, id).await?;
        } else {
            core.delete_for_me(chat, id).await?;
        }
        Ok(Done {})
    }
}

impl Handle<ForwardMessages> for Inner {
    async fn handle(self: &Arc<Self>, forward: ForwardMessages) -> Answer<Done> {
        let (core, to) = chat(self, &forward.to).await?;
        let messages = forward.messages.iter().map(|id| message(id)).collect::<Answer<Vec<_>>>()?;
        core.forward_messages(&messages, to).await?;
        Ok(Done {})
    }
}

impl Handle<GetMessageSource> for Inner {
    async fn handle(self: &Arc<Self>, get: GetMessageSource) -> Answer<MessageSource> {
        let found = self.core().await?.message(message(&get.message)?).await?;
        Ok(MessageSource { text: found.text, mentions: convert::mentions_back(found.extra.mentions) })
    }
}

impl Handle<ListVersions> for Inner {
    async fn handle(self: &Arc<Self>, list: ListVersions) -> Answer<Versions> {
        let versions = self.core().await?.versions(message(&list.message)?).await?;
        let version = |version: beseda_core::Version| Version {
            markup: blocks(markup::parse(&version.text, &version.mentions)),
            text: version.text,
            at: version.at,
        };
        Ok(Versions { versions: versions.into_iter().map(version).collect() })
    }
}

fn scheduled_row(line: &ChatLine, scheduled: Scheduled) -> ScheduledRow {
    ScheduledRow {
        id: scheduled.number.to_string(),
        chat: line.id.to_string(),
        chat_title: line.title.clone(),
        text: scheduled.text,
        send_at: scheduled.send_at,
    }
}

fn scheduled_number(id: &str) -> Answer<i64> {
    Ok(id.parse().map_err(|_| Error::NoSuchMessage)?)
}

impl Handle<ScheduleMessage> for Inner {
    async fn handle(self: &Arc<Self>, new: ScheduleMessage) -> Answer<ScheduledRow> {
        let (core, chat) = chat(self, &new.chat).await?;
        let outgoing = Outgoing {
            text: new.text.clone(),
            reply_to: optional(new.reply_to.as_deref())?,
            mentions: convert::mentions(new.mentions)?,
            ..Outgoing::default()
        };
        let number = core.schedule_message(chat, outgoing, new.send_at).await?;
        let line = core.chat(chat).await?;
        Ok(ScheduledRow {
            id: number.to_string(),
            chat: line.id.to_string(),
            chat_title: line.title,
            text: new.text,
            send_at: new.send_at,
        })
    }
}

impl Handle<ListScheduled> for Inner {
    async fn handle(self: &Arc<Self>, list: ListScheduled) -> Answer<ScheduledList> {
        let core = self.core().await?;
        let only = match &list.chat {
            Some(id) => Some(core.chat_by_id(id).await?),
            None => None,
        };
        let mut rows = Vec::new();
        for scheduled in core.scheduled().await? {
            if only.is_none_or(|only| only == scheduled.chat) {
                let line = core.chat(scheduled.chat).await?;
                rows.push(scheduled_row(&line, scheduled));
            }
        }
        Ok(ScheduledList { scheduled: rows })
    }
}

impl Handle<Unschedule> for Inner {
    async fn handle(self: &Arc<Self>, gone: Unschedule) -> Answer<Done> {
        self.core().await?.unschedule(scheduled_number(&gone.id)?).await?;
        Ok(Done {})
    }
}

impl Handle<SendScheduledNow> for Inner {
    async fn handle(self: &Arc<Self>, send: SendScheduledNow) -> Answer<Done> {
        self.core().await?.send_scheduled(scheduled_number(&send.id)?).await?;
        Ok(Done {})
    }
}

impl Handle<React> for Inner {
    async fn handle(self: &Arc<Self>, react: React) -> Answer<Done> {
        let (core, chat) = chat(self, &react.chat).await?;
        core.react(chat, message(&react.message)?, &react.emoji, react.on).await?;
        Ok(Done {})
    }
}

impl Handle<ListReactions> for Inner {
    async fn handle(self: &Arc<Self>, list: ListReactions) -> Answer<ReactionPeople> {
        let people = self.core().await?.reacted(message(&list.message)?).await?;
        let person = |person: beseda_core::store::annotations::Reacted| ReactionPerson {
            emoji: person.emoji,
            user: person.user.to_string(),
            name: person.name,
            at: person.at,
        };
        Ok(ReactionPeople { people: people.into_iter().map(person).collect() })
    }
}

impl Handle<PinMessage> for Inner {
    async fn handle(self: &Arc<Self>, pin: PinMessage) -> Answer<Done> {
        let (core, chat) = chat(self, &pin.chat).await?;
        core.pin_message(chat, message(&pin.message)?, pin.on).await?;
        Ok(Done {})
    }
}

impl Handle<SaveMessage> for Inner {
    async fn handle(self: &Arc<Self>, save: SaveMessage) -> Answer<Done> {
        self.core().await?.save_message(message(&save.message)?, save.on).await?;
        Ok(Done {})
    }
}

impl Handle<Vote> for Inner {
    async fn handle(self: &Arc<Self>, vote: Vote) -> Answer<Done> {
        let (core, chat) = chat(self, &vote.chat).await?;
        // An option beyond 255 is beyond every poll, as 255 is.
        let options: Vec<u8> =
            vote.options.iter().map(|option| u8::try_from(*option).unwrap_or(u8::MAX)).collect();
        core.vote(chat, message(&vote.message)?, &options).await?;
        Ok(Done {})
    }
}

impl Handle<GetMessageLink> for Inner {
    async fn handle(self: &Arc<Self>, get: GetMessageLink) -> Answer<MessageLink> {
        Ok(MessageLink { link: self.core().await?.message_link(message(&get.message)?).await? })
    }
}

impl Handle<OpenLink> for Inner {
    async fn handle(self: &Arc<Self>, open: OpenLink) -> Answer<LinkTarget> {
        let core = self.core().await?;
        let found = core.open_link(&open.link).await?;
        let chat = core.chat(found.chat).await?.id.to_string();
        Ok(LinkTarget { chat, message: found.id.to_string() })
    }
}

impl Handle<MarkRead> for Inner {
    async fn handle(self: &Arc<Self>, mark: MarkRead) -> Answer<Done> {
        let (core, chat) = chat(self, &mark.chat).await?;
        core.mark_read(chat, message(&mark.message)?).await?;
        Ok(Done {})
    }
}

impl Handle<MarkUnread> for Inner {
    async fn handle(self: &Arc<Self>, mark: MarkUnread) -> Answer<Done> {
        let (core, chat) = chat(self, &mark.chat).await?;
        core.mark_unread(chat).await?;
        Ok(Done {})
    }
}

impl Handle<ListReaders> for Inner {
    async fn handle(self: &Arc<Self>, list: ListReaders) -> Answer<Readers> {
        let readers = self.core().await?.readers(message(&list.message)?).await?;
        let reader = |reader: beseda_core::store::readers::Reader| Reader {
            user: reader.user.to_string(),
            name: reader.name,
            at: reader.at,
        };
        Ok(Readers {
            readers: readers.people.into_iter().map(reader).collect(),
            count: readers.count,
            shown: readers.shown,
        })
    }
}

impl Handle<NextMention> for Inner {
    async fn handle(self: &Arc<Self>, next: NextMention) -> Answer<FoundMessage> {
        let (core, chat) = chat(self, &next.chat).await?;
        let found = core.next_mention(chat, optional(next.after.as_deref())?).await?;
        Ok(FoundMessage { message: found.map(|id| id.to_string()) })
    }
}

impl Handle<GetTotals> for Inner {
    async fn handle(self: &Arc<Self>, _: GetTotals) -> Answer<Totals> {
        Ok(convert::totals(self.core().await?.totals().await?))
    }
}

impl Handle<GetSettings> for Inner {
    async fn handle(self: &Arc<Self>, _: GetSettings) -> Answer<Settings> {
        let core = self.core().await?;
        Ok(Settings {
            read_receipts: core.read_receipts().await?,
            key: convert::key_kind(core.key_kind()?),
            words_kept: core.words_kept().await?,
        })
    }
}

impl Handle<SetReadReceipts> for Inner {
    async fn handle(self: &Arc<Self>, set: SetReadReceipts) -> Answer<Done> {
        self.core().await?.set_read_receipts(set.on).await?;
        Ok(Done {})
    }
}

impl Handle<SaveDraft> for Inner {
    async fn handle(self: &Arc<Self>, draft: SaveDraft) -> Answer<Done> {
        let (core, chat) = chat(self, &draft.chat).await?;
        core.save_draft(chat, &draft.text, optional(draft.reply_to.as_deref())?).await?;
        Ok(Done {})
    }
}

/// Titles of the chats that the lines of a page come from, each asked for once.
struct Chats(Vec<ChatLine>);

impl Chats {
    async fn line(&mut self, core: &Core, chat: ChatNo) -> Answer<ChatLine> {
        if let Some(line) = self.0.iter().find(|line| line.number == chat) {
            return Ok(line.clone());
        }
        let line = core.chat(chat).await?;
        self.0.push(line.clone());
        Ok(line)
    }
}

impl Handle<ListMessages> for Inner {
    async fn handle(self: &Arc<Self>, list: ListMessages) -> Answer<MessagePage> {
        let core = self.core().await?;
        let of = match (&list.chat, list.list) {
            (Some(id), _) => Some(core.chat_by_id(id).await?),
            (None, MessageList::Saved) => None,
            (None, _) => return Err(ApiError::new(Code::BadRequest, "this list is of one chat")),
        };
        let kind = match list.list {
            MessageList::Links => beseda_core::MessageList::Links,
            MessageList::Media => beseda_core::MessageList::Media,
            MessageList::Files => beseda_core::MessageList::Files,
            MessageList::Pinned => beseda_core::MessageList::Pinned,
            MessageList::Mine => beseda_core::MessageList::Mine,
            MessageList::Saved => beseda_core::MessageList::Saved,
        };
        let listed = core.list(of, kind, optional(list.before.as_deref())?, PAGE).await?;
        let more = listed.len() >= PAGE as usize;
        let (mut chats, mut messages) = (Chats(vec![]), Vec::with_capacity(listed.len()));
        for line in listed {
            let chat = chats.line(&core, line.message.chat).await?;
            messages.push(convert::listed_row(&core, &chat, line));
        }
        Ok(MessagePage { messages, more })
    }
}

impl Handle<Search> for Inner {
    async fn handle(self: &Arc<Self>, search: Search) -> Answer<SearchResult> {
        let core = self.core().await?;
        let only = match &search.chat {
            Some(id) => Some(core.chat_by_id(id).await?),
            None => None,
        };
        let order = match search.order {
            SearchOrder::Newest => Order::Newest,
            SearchOrder::Best => Order::Best,
        };
        let before = search.before.as_deref().map(str::parse).transpose();
        let before = before.map_err(|_| ApiError::new(Code::BadRequest, "this is no cursor of a search"))?;
        let page = core.search(&search.query, only, order, before, PAGE as usize).await?;
        let (mut chats, mut messages) = (Chats(vec![]), Vec::with_capacity(page.messages.len()));
        for found in page.messages {
            let chat = chats.line(&core, found.hit.chat).await?;
            messages.push(convert::found_row(&core, &chat, found));
        }
        Ok(SearchResult { messages, cursor: page.cursor.map(|cursor| cursor.to_string()) })
    }
}
