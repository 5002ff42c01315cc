//! What it means to find words in messages: how text is folded, cut into tokens for the index, and compared with what
//! a person typed.
//!
//! Reading order: [`fold`](mod@fold) (text without case and accents, and the way back to the text), [`tokens`] (what the index holds
//! of it), [`term`] (when one thing that was typed is in a text), [`query`] (what was typed as a whole), [`snippet`] (what is
//! shown of a long text).
//!
//! The index only proposes: its tokens admit every text that matches and some that do not, so whoever asks it looks at
//! each text with [`Query::matches`]. Deliberately absent: SQL, and knowing what people and chats are called (the
//! store's `search` has both). Texts here are plain: Markdown is gone before.

pub mod fold;
mod query;
mod snippet;
mod term;
#[cfg(test)]
mod tests;
mod tokens;

pub use fold::{Folded, fold};
pub use query::{Name, Query};
pub use snippet::{Snippet, snippet};
pub use term::Score;
pub use tokens::tokens;
