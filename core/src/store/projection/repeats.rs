//! What somebody has said again under another id is shown once, as the one that stands first: that is the same on every
//! device which can read both. Believed of the author's own words alone.

use beseda_protocol::MessageId;

use super::{About, OwnEarly, Projection, Said, take_early};
use crate::{
    document::Fact,
    domain::{Place, UserNo},
    error::Result,
    store::{
        Tx,
        annotations::{self, Early},
        messages, repeats,
    },
};

impl Projection {
    /// Whether a message is here already under another id, and is shown as that one. `again`: what its author says it is.
    pub(super) async fn repeats(
        &mut self,
        tx: &mut Tx<'_>,
        said: &Said,
        id: MessageId,
        again: Option<MessageId>,
    ) -> Result<bool> {
        // What is being written here nobody can have named yet.
        if again.is_none() && (self.written.is_some() || !repeats::any(tx, self.chat).await?) {
            return Ok(false);
        }
        let first = again.unwrap_or(id);
        let named = repeats::named(tx, self.chat, first).await?;
        if again.is_none() && named.is_empty() {
            return Ok(false);
        }
        let by_author = named.iter().find(|(author, _)| *author == said.author).map(|(_, id)| *id);
        let mut shown = None;
        for one in [Some(first).filter(|first| *first != id), by_author].into_iter().flatten() {
            if shown.is_none() {
                shown = self.shown(tx, said.author, one).await?;
            }
        }
        match shown {
            Some((as_id, place)) if place < said.place => {
                repeats::put(tx, self.chat, id, said.author, as_id).await?;
                self.take_what_waited(tx, said.place, (id, place)).await?;
                return Ok(true);
            }
            // What hangs on the other one belongs to this one.
            Some(_) => self.stale = true,
            // What was taken for said of a message that names this one may be of this one.
            None if again.is_none() => self.stale = true,
            None => {
                repeats::name(tx, self.chat, first, said.author, id).await?;
                if annotations::any_early(tx, self.chat).await? {
                    for early in annotations::early(tx, self.chat, first).await? {
                        let fact = Fact::decode(&early.fact);
                        if is_of_copies(&fact, early.said.by == said.author, early.admin) {
                            let Early { said, admin: allowed, .. } = early;
                            self.abouts.push(About { of: id, said, allowed, fact });
                        }
                    }
                }
            }
        }
        Ok(false)
    }

    /// The message of `author` in this chat as which `id` is shown, and where it stands.
    async fn shown(
        &self,
        tx: &mut Tx<'_>,
        author: UserNo,
        id: MessageId,
    ) -> Result<Option<(MessageId, Place)>> {
        let id = repeats::shown_as(tx, id).await?.unwrap_or(id);
        if let Some(new) = self.messages.iter().find(|new| new.id == id) {
            return Ok((new.author == author).then_some((id, new.place)));
        }
        let target = messages::target(tx, id).await?;
        Ok(target
            .filter(|target| target.chat == self.chat && target.author == author)
            .map(|target| (id, target.place)))
    }

    /// What waited for a message that stands at `at` and is shown at another place.
    async fn take_what_waited(
        &mut self,
        tx: &mut Tx<'_>,
        at: Place,
        (id, shown): (MessageId, Place),
    ) -> Result<()> {
        if annotations::any_early(tx, self.chat).await? {
            for Early { said, admin, fact } in annotations::take_early(tx, self.chat, id).await? {
                self.abouts.push(About { of: id, said, allowed: admin, fact: Fact::decode(&fact) });
            }
        }
        for early in take_early(tx, id).await? {
            let place = if early == OwnEarly::Read { at } else { shown };
            self.waited.push((place, id, early));
        }
        Ok(())
    }

    /// Messages here that name what `about` is of, which is not here, and of which it is true too: what their author says of
    /// it, and that an admin takes it back.
    pub(super) async fn copies(&self, tx: &mut Tx<'_>, about: &About) -> Result<Vec<MessageId>> {
        if !repeats::any(tx, self.chat).await? {
            return Ok(vec![]);
        }
        let named = repeats::named(tx, self.chat, about.of).await?;
        let of_copies = |author: UserNo| is_of_copies(&about.fact, about.said.by == author, about.allowed);
        Ok(named.into_iter().filter(|(author, _)| of_copies(*author)).map(|(_, id)| id).collect())
    }
}

fn is_of_copies(fact: &Fact, own: bool, allowed: bool) -> bool {
    match fact {
        Fact::Edit { .. } => own,
        Fact::Delete { .. } => own || allowed,
        _ => false,
    }
}
