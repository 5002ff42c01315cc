//! Safety numbers: 60 digits that two people read to each other, the same on both sides if neither was swapped.

use std::fmt::Write as _;

use beseda_protocol::UserId;
use sha2::{Digest as _, Sha512};

/// Of how a number is made; hashed in.
const VERSION: [u8; 2] = [0, 1];
/// So often is hashed, that finding somebody whose digits agree in part costs so much more.
const ITERATIONS: u32 = 5_200;
/// Digits of a group, of five bytes each.
const GROUPS: usize = 6;
const GROUP_BYTES: usize = 5;
/// Digits of a whole number.
pub const DIGITS: usize = 2 * GROUPS * GROUP_BYTES;

/// The number of two people, in whichever order.
#[must_use]
pub fn number(one: UserId, other: UserId) -> String {
    let mut halves = [half(one), half(other)];
    halves.sort();
    halves.concat()
}

/// 30 digits of one person.
fn half(user: UserId) -> String {
    let mut hash = Sha512::new().chain_update(VERSION).chain_update(user.as_bytes()).finalize();
    for _ in 1..ITERATIONS {
        hash = Sha512::new().chain_update(hash).chain_update(user.as_bytes()).finalize();
    }
    let mut digits = String::with_capacity(GROUPS * GROUP_BYTES);
    for group in hash.chunks(GROUP_BYTES).take(GROUPS) {
        let number = group.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let _ = write!(digits, "{:05}", number % 100_000);
    }
    digits
}

/// In groups of five, as they are read out.
#[must_use]
pub fn groups(number: &str) -> Vec<String> {
    number.as_bytes().chunks(5).map(|group| String::from_utf8_lossy(group).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_see_the_same_digits_and_others_see_others() {
        let (anna, boris, clara) = (UserId([1; 32]), UserId([2; 32]), UserId([3; 32]));
        let seen = number(anna, boris);
        assert_eq!(seen, number(boris, anna));
        assert_ne!(seen, number(anna, clara));
        assert!(seen.len() == DIGITS && seen.bytes().all(|digit| digit.is_ascii_digit()));
        let groups = groups(&seen);
        assert_eq!((groups.len(), groups.concat()), (12, seen));
    }

    #[test]
    fn the_digits_are_those_of_the_protocol() {
        assert_eq!(
            number(UserId([1; 32]), UserId([2; 32])),
            "206313884814983340469212565646874058734698741431841522269549"
        );
    }
}
