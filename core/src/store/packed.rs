//! Many columns, and many rows, as one value.
//!
//! The driver copies each column of each row by itself, and hands each row over between two threads: of a page of fifty
//! messages with twelve columns that is most of the cost. So what is read most is put together by SQLite: numbers in
//! decimal with a space after each, then bytes whose lengths stand among the numbers, row after row.
//!
//! Not here: which columns; that stands beside each statement.

use crate::error::{Error, Result};

/// What is left of such a value.
pub(super) struct Packed<'a>(&'a [u8]);

impl<'a> Packed<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// # Errors
    /// [`Error::Damaged`] where no number stands.
    pub(super) fn number(&mut self) -> Result<i64> {
        let damaged = Error::Damaged("a number among columns");
        let Some(space) = self.0.iter().position(|byte| *byte == b' ') else { return Err(damaged) };
        let (digits, rest) = self.0.split_at(space);
        self.0 = &rest[1..];
        std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(damaged)
    }

    /// # Errors
    /// [`Error::Damaged`] where there are not so many.
    pub(super) fn bytes(&mut self, length: i64) -> Result<&'a [u8]> {
        let split = usize::try_from(length).ok().and_then(|length| self.0.split_at_checked(length));
        let (bytes, rest) = split.ok_or(Error::Damaged("the length of a column"))?;
        self.0 = rest;
        Ok(bytes)
    }

    /// # Errors
    /// [`Error::Damaged`] where it is not so long, or not text.
    pub(super) fn text(&mut self, length: i64) -> Result<String> {
        let bytes = self.bytes(length)?;
        std::str::from_utf8(bytes).map(ToOwned::to_owned).map_err(|_| Error::Damaged("a text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_then_bytes_then_the_next_row() {
        let mut packed = Packed::new("-7 6 0 приветab12 ".as_bytes());
        assert_eq!(
            (packed.number().unwrap(), packed.number().unwrap(), packed.number().unwrap()),
            (-7, 6, 0)
        );
        assert_eq!(packed.text(6).unwrap(), "при");
        assert_eq!(packed.text(6).unwrap(), "вет");
        assert_eq!(packed.bytes(2).unwrap(), b"ab");
        assert_eq!(packed.number().unwrap(), 12);
        assert!(packed.is_empty());
    }

    #[test]
    fn what_is_cut_short_is_damaged() {
        for (bytes, length) in [("12", 0), ("", 0), ("x ", 0), (" ", 0)] {
            assert!(Packed::new(bytes.as_bytes()).number().is_err(), "{bytes:?} {length}");
        }
        assert!(Packed::new(b"ab").bytes(3).is_err());
        assert!(Packed::new(b"ab").bytes(-1).is_err());
        assert!(Packed::new(&[0xFF]).text(1).is_err());
    }
}
