//! What a screen shows of one chat, as an ordered list, and the steps from one such list to the next.
//!
//! Reading order: [`entry`] is what comes in (rows of the projection, names resolved), [`item`] what goes out, with day
//! dividers, runs by one author and send states, [`diff`] the steps.
//!
//! Pure: no SQL, no clock, no time zone of its own. Which entries are shown and in what order is settled before.

pub mod diff;
pub mod entry;
pub mod item;

pub use diff::{Op, apply, diff};
pub use entry::{
    ChatEvent, Entry, EntryBody, EntryKey, FailReason, Marks, May, MessageBody, PollOption, PollState, Quote,
};
pub use item::{EventItem, Item, ItemKey, MessageItem, SendState, items};

#[cfg(test)]
mod tests;
