//! Who may read and append to a chat, as the relay knows it: random slots holding random keys, no names.
//!
//! Pure: the relay applies [`Keys::apply`] in the transaction that accepts a handshake.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ChatId, SlotId, SlotKey},
    limits,
    sign::{self, BadSignature, Purpose, Signature},
};

/// One key that may use a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotEntry {
    /// Which member it belongs to.
    pub slot: SlotId,
    pub key: SlotKey,
    /// May change other members' slots.
    pub admin: bool,
}

/// What a handshake changes about who may use the chat.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeyChanges {
    #[serde(default)]
    pub remove: Vec<SlotKey>,
    /// Members who go: every key of these slots, also those that they put there themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_slots: Vec<SlotId>,
    #[serde(default)]
    pub put: Vec<SlotEntry>,
}

/// Proof that the holder of a slot key takes part in this session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatProof {
    pub chat: ChatId,
    pub key: SlotKey,
    /// [`Purpose::ChatAccess`] over the server's name, the session's nonce and the chat.
    pub signature: Signature,
}

impl ChatProof {
    /// # Errors
    /// When the signature is not by the key it names, for this server and nonce.
    pub fn verify(&self, server: &str, nonce: &[u8; 32]) -> Result<(), BadSignature> {
        sign::verify(
            &self.key.0,
            Purpose::ChatAccess,
            &[server.as_bytes(), &[0], nonce, &self.chat.0],
            &self.signature,
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessRefusal {
    #[error("this key may not use the chat")]
    Denied,
    #[error("only an admin key changes other members' slots")]
    NotAdmin,
    #[error("a chat has at least one admin key")]
    NoAdmin,
    #[error("too many keys")]
    TooMany,
}

/// The keys of one chat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys(pub BTreeMap<SlotKey, (SlotId, bool)>);

impl Keys {
    #[must_use]
    pub fn may_use(&self, key: &SlotKey) -> bool {
        self.0.contains_key(key)
    }

    /// The keys after `changes` by `by`. On an empty chat, `by` must make itself an admin.
    ///
    /// # Errors
    /// The rule that `changes` breaks; `self` stays as it is.
    pub fn apply(&self, by: &SlotKey, changes: &KeyChanges) -> Result<Self, AccessRefusal> {
        let mut next = self.clone();
        let (own_slot, admin) = match self.0.get(by) {
            Some((slot, admin)) => (Some(*slot), *admin),
            None if self.0.is_empty() => (None, true),
            None => return Err(AccessRefusal::Denied),
        };
        for key in &changes.remove {
            match next.0.get(key) {
                Some((slot, _)) if admin || Some(*slot) == own_slot => {
                    next.0.remove(key);
                }
                Some(_) => return Err(AccessRefusal::NotAdmin),
                None => {}
            }
        }
        for slot in &changes.remove_slots {
            if !admin && Some(*slot) != own_slot {
                return Err(AccessRefusal::NotAdmin);
            }
            next.0.retain(|_, (other, _)| other != slot);
        }
        for entry in &changes.put {
            let foreign_slot = Some(entry.slot) != own_slot;
            let taken = next.0.get(&entry.key).is_some_and(|(slot, _)| Some(*slot) != own_slot);
            if !admin && (foreign_slot || taken || entry.admin) {
                return Err(AccessRefusal::NotAdmin);
            }
            next.0.insert(entry.key, (entry.slot, entry.admin));
        }
        let own_keys = next.0.values().filter(|(slot, _)| Some(*slot) == own_slot).count();
        if next.0.len() > limits::CHAT_KEYS || (!admin && own_keys > limits::SLOT_KEYS) {
            return Err(AccessRefusal::TooMany);
        }
        if !next.0.values().any(|(_, admin)| *admin) || (self.0.is_empty() && !next.may_use(by)) {
            return Err(AccessRefusal::NoAdmin);
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u8, slot: u8, admin: bool) -> SlotEntry {
        SlotEntry { slot: SlotId([slot; 16]), key: SlotKey([n; 32]), admin }
    }

    fn put(entry: SlotEntry) -> KeyChanges {
        KeyChanges { put: vec![entry], ..KeyChanges::default() }
    }

    #[test]
    fn only_admins_change_other_slots() {
        let anna = SlotKey([1; 32]);
        let keys = Keys::default().apply(&anna, &put(entry(1, 1, true))).unwrap();
        assert_eq!(Keys::default().apply(&anna, &put(entry(2, 2, true))), Err(AccessRefusal::NoAdmin));
        assert_eq!(Keys::default().apply(&anna, &put(entry(1, 1, false))), Err(AccessRefusal::NoAdmin));

        let keys = keys.apply(&anna, &put(entry(2, 2, false))).unwrap();
        let boris = SlotKey([2; 32]);
        assert_eq!(keys.apply(&boris, &put(entry(3, 3, false))), Err(AccessRefusal::NotAdmin));
        assert_eq!(keys.apply(&boris, &put(entry(2, 2, true))), Err(AccessRefusal::NotAdmin));
        assert_eq!(
            keys.apply(&boris, &put(entry(1, 2, false))),
            Err(AccessRefusal::NotAdmin),
            "no taking of keys"
        );
        assert!(
            keys.apply(&boris, &put(entry(4, 2, false))).unwrap().may_use(&SlotKey([4; 32])),
            "a second device"
        );
        let remove = KeyChanges { remove: vec![boris], ..KeyChanges::default() };
        assert!(!keys.apply(&anna, &remove).unwrap().may_use(&boris));
        let alone = KeyChanges { remove: vec![anna], ..KeyChanges::default() };
        assert_eq!(keys.apply(&anna, &alone), Err(AccessRefusal::NoAdmin));

        let hidden = keys.apply(&boris, &put(entry(5, 2, false))).unwrap();
        let out = KeyChanges { remove_slots: vec![SlotId([2; 16])], ..KeyChanges::default() };
        let after = hidden.apply(&anna, &out).unwrap();
        assert_eq!(after.0.keys().collect::<Vec<_>>(), [&anna], "no key hides from going out");
        assert_eq!(
            hidden
                .apply(&boris, &KeyChanges { remove_slots: vec![SlotId([1; 16])], ..KeyChanges::default() }),
            Err(AccessRefusal::NotAdmin)
        );
        let many = (0..=limits::SLOT_KEYS).map(|n| entry(100 + u8::try_from(n).unwrap(), 2, false));
        let many = KeyChanges { put: many.collect(), ..KeyChanges::default() };
        assert_eq!(keys.apply(&boris, &many), Err(AccessRefusal::TooMany));
        assert_eq!(keys.apply(&SlotKey([9; 32]), &put(entry(9, 9, true))), Err(AccessRefusal::Denied));
    }
}
