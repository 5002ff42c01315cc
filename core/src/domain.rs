//! Values that the whole core shares: local numbers, places, times. Pure.

use beseda_protocol::{Seq, UserId};
use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
    };
}

number!(
    /// A chat in this database. Means nothing elsewhere.
    ChatNo
);
number!(
    /// A person in this database. 0 stands for nobody.
    UserNo
);
number!(
    /// An Automerge actor in this database.
    ActorNo
);

/// The person whose profile this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    pub number: UserNo,
    pub id: UserId,
}

/// Milliseconds since 1970 on this machine's clock.
pub type Millis = i64;

/// Of which messages of a chat this person wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    #[default]
    All,
    /// Those that name this person or everyone, or answer this person.
    Mentions,
    Nothing,
}

impl Level {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mentions => "mentions",
            Self::Nothing => "nothing",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::All, Self::Mentions, Self::Nothing].into_iter().find(|level| level.as_str() == text)
    }

    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }
}

/// A message's place in its chat: accepted ones in the order of the relay's log, queued ones after them all in the
/// order they were written. 39 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place(pub i64);

const INDEX_BITS: u32 = 12;
const PLACE_BITS: u32 = 39;
const QUEUED: i64 = 1 << 38;

impl Place {
    pub const FIRST: Self = Self(0);
    /// After everything.
    pub const END: Self = Self((1 << PLACE_BITS) - 1);

    /// The place of fact `index` of the envelope at `seq`.
    ///
    /// `None` when either is over its limit (26 and 12 bits).
    #[must_use]
    pub fn accepted(seq: Seq, index: u32) -> Option<Self> {
        (seq.0 <= beseda_protocol::limits::SEQ_MAX && index < 1 << INDEX_BITS)
            .then(|| Self(((seq.0 as i64) << INDEX_BITS) | i64::from(index)))
    }

    /// After all facts of the envelope at `seq`, and before the next. `None` when that is over its limit.
    #[must_use]
    pub fn last(seq: Seq) -> Option<Self> {
        Self::accepted(seq, (1 << INDEX_BITS) - 1)
    }

    /// The place of the `n`th queued thing of this device.
    #[must_use]
    pub fn queued(n: i64) -> Self {
        Self(QUEUED | (n & (QUEUED - 1)))
    }

    #[must_use]
    pub fn is_queued(self) -> bool {
        self.0 & QUEUED != 0
    }

    #[must_use]
    pub fn seq(self) -> Seq {
        Seq(((self.0 & (QUEUED - 1)) >> INDEX_BITS) as u64)
    }

    /// The row id of this place in `chat`.
    #[must_use]
    pub fn row(self, chat: ChatNo) -> i64 {
        (chat.0 << PLACE_BITS) | self.0
    }

    #[must_use]
    pub fn from_row(row: i64) -> (ChatNo, Self) {
        (ChatNo(row >> PLACE_BITS), Self(row & ((1 << PLACE_BITS) - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_sort_as_a_chat_reads() {
        let places = [
            Place::FIRST,
            Place::accepted(Seq(1), 0).unwrap(),
            Place::accepted(Seq(1), 4095).unwrap(),
            Place::accepted(Seq(2), 0).unwrap(),
            Place::accepted(Seq(beseda_protocol::limits::SEQ_MAX), 4095).unwrap(),
            Place::queued(1),
            Place::queued(2),
            Place::END,
        ];
        assert!(places.is_sorted() && places.windows(2).all(|pair| pair[0] != pair[1]));
        for place in places {
            assert_eq!(Place::from_row(place.row(ChatNo(16_777_215))), (ChatNo(16_777_215), place));
        }
        assert!(Place::END.row(ChatNo(1)) < Place::FIRST.row(ChatNo(2)));
        assert_eq!(Place::accepted(Seq(1), 4096), None);
        assert_eq!(Place::last(Seq(1)), Place::accepted(Seq(1), 4095));
    }
}
