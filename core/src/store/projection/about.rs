//! What a fact about a message does: edits, deletions, reactions, votes, pins; and hiding a message from oneself.

use beseda_protocol::MessageId;

use super::{Projection, links};
use crate::{
    document::{Fact, Poll},
    domain::{ChatNo, Me, Place},
    error::Result,
    store::{
        Tx,
        annotations::{self, Early, SaidAt},
        chats, kept,
        messages::{self, Extra, Target, flag},
        repeats, search,
    },
};

/// A fact about a message, once it is known who says it and by what right.
pub(super) struct About {
    pub of: MessageId,
    pub said: SaidAt,
    /// Who says it was an admin, or for a pin might pin.
    pub allowed: bool,
    pub fact: Fact,
}

impl Projection {
    /// Lets a fact about a message take effect, if who says it may; answers whether they may.
    pub(super) async fn tell(&mut self, tx: &mut Tx<'_>, about: About) -> Result<bool> {
        if let Fact::Marks { delivered, read } = about.fact {
            self.mark(tx, about.said, delivered, read).await?;
            return Ok(true);
        }
        let Some(target) = messages::target(tx, about.of).await? else {
            let copies = self.copies(tx, &about).await?;
            // Its message may still come.
            let About { of, said, allowed, fact } = about;
            let early = Early { said, admin: allowed, fact: fact.encode() };
            annotations::put_early(tx, self.chat, of, &early).await?;
            let mut may = true;
            for copy in copies {
                if let Some(target) = messages::target(tx, copy).await? {
                    may &= self
                        .change(tx, target, About { of: copy, said, allowed, fact: fact.clone() })
                        .await?;
                }
            }
            return Ok(may);
        };
        self.change(tx, target, about).await
    }

    async fn change(&mut self, tx: &mut Tx<'_>, target: Target, about: About) -> Result<bool> {
        if target.chat != self.chat {
            return Ok(true);
        }
        if target.flags & flag::DELETED != 0 {
            // It may have been this that has deleted it, while it waited and who says it still might.
            let deletes = matches!(about.fact, Fact::Delete { .. });
            return Ok(!deletes || about.allowed || about.said.by == target.author);
        }
        // This person wants nothing of it here.
        if target.flags & flag::HIDDEN != 0 && !matches!(about.fact, Fact::Delete { .. }) {
            return Ok(true);
        }
        let row = target.place.row(self.chat);
        let by = about.said.by;
        match about.fact {
            Fact::Edit { text, mentions, .. } if by == target.author => {
                let extra = Extra { mentions, ..target.extra.clone() };
                self.edit(tx, &target, about.said, text, extra).await?;
            }
            Fact::Delete { .. } if by == target.author || about.allowed => {
                self.delete(tx, &target).await?;
            }
            Fact::Reaction { emoji, on, .. } => {
                annotations::react(tx, row, about.said, &emoji, on).await?;
                self.annotated(tx, &target).await?;
            }
            Fact::Vote { options, .. } => {
                if let Some(poll) = &target.extra.poll
                    && let Some(chosen) = chosen(&options, poll)
                {
                    annotations::vote(tx, row, about.said, chosen).await?;
                    self.annotated(tx, &target).await?;
                }
            }
            Fact::Pin { on, .. } if about.allowed => {
                let pinned = annotations::pin(tx, row, about.said, on).await?;
                if !pinned && target.place.is_queued() {
                    // Without the flag it would not follow its message; and nobody else could have pinned it yet.
                    annotations::drop_pin(tx, row).await?;
                }
                let (off, on) = if pinned { (0, flag::PINNED) } else { (flag::PINNED, 0) };
                messages::set_flags(tx, self.chat, target.place, off, on).await?;
            }
            Fact::Delete { .. } | Fact::Pin { .. } => return Ok(false),
            _ => {}
        }
        tx.touched.message(self.chat, target.place);
        Ok(true)
    }

    async fn annotated(&self, tx: &mut Tx<'_>, target: &Target) -> Result<()> {
        if target.flags & flag::ANNOTATED == 0 {
            messages::set_flags(tx, self.chat, target.place, 0, flag::ANNOTATED).await?;
        }
        Ok(())
    }

    async fn edit(
        &self,
        tx: &mut Tx<'_>,
        target: &Target,
        said: SaidAt,
        text: String,
        extra: Extra,
    ) -> Result<()> {
        let row = target.place.row(self.chat);
        if target.flags & flag::EDITED == 0 {
            let first = SaidAt { place: Place::FIRST, at: target.at, replaces: None, ..said };
            annotations::put_version(tx, row, first, &target.text, &target.extra).await?;
        }
        if !annotations::put_version(tx, row, said, &text, &extra).await? {
            return Ok(());
        }
        let links = links(&text);
        let mut flags = target.flags & !(flag::LINKS | flag::NAMES_ME) | flag::EDITED;
        if !links.is_empty() {
            flags |= flag::LINKS;
        }
        if target.author != self.me.number && extra.names(self.me.id) {
            flags |= flag::NAMES_ME;
        }
        messages::set_text(tx, self.chat, target.place, &text, &extra, flags).await?;
        if target.flags & flag::LINKS != 0 {
            annotations::drop_links(tx, row).await?;
        }
        annotations::put_links(tx, row, &links).await?;
        if !target.place.is_queued() {
            search::remove(tx, row, &target.text).await?;
            search::put(tx, &[(row, &text)]).await?;
        }
        let named = i64::from(flags & flag::NAMES_ME != 0) - i64::from(target.flags & flag::NAMES_ME != 0);
        if named != 0 && self.is_unread(target) {
            chats::add_unread(tx, self.chat, 0, named).await?;
        }
        tx.touched.line(self.chat);
        Ok(())
    }

    async fn delete(&self, tx: &mut Tx<'_>, target: &Target) -> Result<()> {
        erase(tx, target).await?;
        let flags = flag::DELETED | target.flags & (flag::HIDDEN | flag::SAVED);
        messages::set_text(tx, self.chat, target.place, "", &Extra::default(), flags).await?;
        if self.is_unread(target) && target.flags & flag::HIDDEN == 0 {
            let named = i64::from(target.flags & flag::NAMES_ME != 0);
            chats::add_unread(tx, self.chat, -1, -named).await?;
        }
        tx.touched.line(self.chat);
        Ok(())
    }

    fn is_unread(&self, target: &Target) -> bool {
        target.author != self.me.number && target.place > self.read
    }
}

/// Takes away everything that hangs on a message, and its words out of the index.
async fn erase(tx: &mut Tx<'_>, target: &Target) -> Result<()> {
    let row = target.place.row(target.chat);
    annotations::drop_all(tx, row, row).await?;
    if !target.place.is_queued() && target.flags & flag::GONE == 0 {
        search::remove(tx, row, &target.text).await?;
    }
    Ok(())
}

/// Hides a message from this person: its text goes from here, nobody else notices.
///
/// # Errors
/// When the store fails.
pub async fn hide(tx: &mut Tx<'_>, chat: ChatNo, me: Me, read: Place, id: MessageId) -> Result<()> {
    let Some(target) = messages::target(tx, id).await? else { return Ok(()) };
    kept::hide(tx, id).await?;
    if let Some(shown) = repeats::shown_as(tx, id).await? {
        kept::hide(tx, shown).await?;
    }
    if target.flags & flag::HIDDEN != 0 {
        return Ok(());
    }
    chats::clear_last(tx, chat).await?;
    erase(tx, &target).await?;
    let flags = target.flags & flag::DELETED | flag::HIDDEN;
    messages::set_text(tx, chat, target.place, "", &Extra::default(), flags).await?;
    if target.author != me.number && target.place > read && target.flags & flag::DELETED == 0 {
        let named = i64::from(target.flags & flag::NAMES_ME != 0);
        chats::add_unread(tx, chat, -1, -named).await?;
    }
    tx.touched.chat(chat, target.place);
    Ok(())
}

/// Votes as bits; `None` where they do not fit the poll.
fn chosen(options: &[u8], poll: &Poll) -> Option<i64> {
    let fits = options.iter().all(|option| usize::from(*option) < poll.options.len());
    (fits && (poll.several || options.len() <= 1))
        .then(|| options.iter().fold(0, |bits, option| bits | 1_i64 << option))
}
