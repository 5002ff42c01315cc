//! Finding messages by their words.

use super::Core;
use crate::{
    domain::ChatNo,
    error::Result,
    search::{Query, Snippet, snippet},
    store::search::{self, Find, Hit, Order},
};

/// Longest part of a message that a line of results shows, in characters.
const SNIPPET_CHARS: usize = 160;

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub hit: Hit,
    /// Around the first place that fits, with what is to be highlighted.
    pub snippet: Snippet,
}

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundPage {
    pub messages: Vec<Found>,
    /// Where to go on, also when the page is not full; `None`: that was all.
    pub cursor: Option<i64>,
}

impl Core {
    /// Looks for messages in one chat or in all. Any text is a query; an empty one finds nothing. [`Query::parse`]
    /// says what a query may hold.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn search(
        &self,
        query: &str,
        chat: Option<ChatNo>,
        order: Order,
        before: Option<i64>,
        limit: usize,
    ) -> Result<FoundPage> {
        let dates = self.dates.clone();
        let query = Query::parse(query, dates(self.device.now()));
        let find = Find {
            query: &query,
            chat,
            order,
            before,
            limit,
            dates: &move |at: crate::domain::Millis| dates(at),
        };
        let found = search::find(&mut *self.reader().await?, &find).await?;
        let shown = |hit: Hit| {
            let snippet = snippet(&hit.plain, &hit.ranges, SNIPPET_CHARS);
            Found { hit, snippet }
        };
        Ok(FoundPage { messages: found.hits.into_iter().map(shown).collect(), cursor: found.next })
    }
}
