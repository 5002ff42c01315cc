//! The recovery words, and the keys that follow from them.
//!
//! The words (BIP 39, English, 24 of them) say 32 bytes: the seed of the recovery key, which outranks a person's devices.
//! Whose device writes a backup knows the public halves alone.

use beseda_protocol::{
    BackupId, DeviceId, RecordId,
    backup::{SealedRecord, SignedRecord, Voucher},
    codec,
    identity::Identity,
    limits,
    sign::{self, Purpose, Signature},
};
use bip39::{Language, Mnemonic};
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use super::{
    Secret,
    hpke::{self, HpkeError},
    keys::DeviceKeys,
    seal,
};

/// How many there are.
pub const WORDS: usize = 24;

/// Why words say nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadWords {
    #[error("there are {WORDS} recovery words, and these are {0}")]
    Count(usize),
    #[error("word {0} is not one of the list: look at its spelling")]
    Unknown(usize),
    #[error("these words do not belong together: one of them is another one, or their order is")]
    Checksum,
}

/// What the words say.
pub struct Recovery {
    seed: Secret,
}

/// What every device of the person knows of it: where the backup lies, and for whom it is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupTarget {
    pub backup: BackupId,
    pub recipient: [u8; 32],
}

impl Recovery {
    #[must_use]
    pub fn new(seed: Secret) -> Self {
        Self { seed }
    }

    /// # Errors
    /// [`BadWords`], with what is wrong. Case, spaces and line ends do not matter.
    pub fn parse(text: &str) -> Result<Self, BadWords> {
        let words: Vec<Zeroizing<String>> =
            text.split_whitespace().map(|word| Zeroizing::new(word.to_lowercase())).collect();
        if words.len() != WORDS {
            return Err(BadWords::Count(words.len()));
        }
        for (n, word) in (1..).zip(&words) {
            if Language::English.find_word(word).is_none() {
                return Err(BadWords::Unknown(n));
            }
        }
        let joined = Zeroizing::new(words.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" "));
        let mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &joined).map_err(|_| BadWords::Checksum)?;
        let (bytes, _) = mnemonic.to_entropy_array();
        Secret::from_slice(&bytes[..32]).map(Self::new).ok_or(BadWords::Checksum)
    }

    /// # Panics
    /// Never: 32 bytes are what 24 words say.
    #[must_use]
    pub fn words(&self) -> Zeroizing<String> {
        let mnemonic = Mnemonic::from_entropy_in(Language::English, self.seed.expose())
            .expect("32 bytes are what 24 words say");
        Zeroizing::new(mnemonic.to_string())
    }

    #[must_use]
    pub fn seed(&self) -> &Secret {
        &self.seed
    }

    /// Signs statements about the person's devices.
    #[must_use]
    pub fn key(&self) -> SigningKey {
        SigningKey::from_bytes(self.seed.expose())
    }

    /// Reads the backup.
    fn backup_key(&self) -> SigningKey {
        SigningKey::from_bytes(seal::derive(&self.seed, "beseda/1 backup key").expose())
    }

    fn recipient(&self) -> hpke::Pair {
        hpke::pair(&seal::derive(&self.seed, "beseda/1 backup recipient"))
    }

    #[must_use]
    pub fn target(&self) -> BackupTarget {
        let backup = BackupId(self.backup_key().verifying_key().to_bytes());
        BackupTarget { backup, recipient: self.recipient().public }
    }

    /// Opens an account, and the backup, to a device.
    #[must_use]
    pub fn voucher(&self, nonce: &[u8; 32], device: DeviceId) -> Voucher {
        let key = self.backup_key();
        let signature = sign::sign(&key, Purpose::Voucher, &[nonce, device.as_bytes()]);
        Voucher { backup: BackupId(key.verifying_key().to_bytes()), signature }
    }

    /// Lets a device write the backup.
    #[must_use]
    pub fn sign_writers(&self, writers: &[DeviceId]) -> Signature {
        sign::sign(&self.backup_key(), Purpose::Backup, &[&beseda_protocol::backup::signed(writers, &[])])
    }

    /// Whose backup it is: what is not of this recovery key is nobody's.
    #[must_use]
    pub fn is_of(&self, identity: &Identity) -> bool {
        identity.genesis.recovery_key == self.key().verifying_key().to_bytes()
    }

    /// Opens a record. Who wrote it is still to be believed.
    ///
    /// # Errors
    /// A sentence for the log.
    pub fn open(&self, id: RecordId, body: &[u8]) -> Result<SignedRecord, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let sealed: SealedRecord =
            codec::decode(body, limits::BACKUP_RECORD_BYTES).map_err(|error| text(&error))?;
        if sealed.v != 1 {
            return Err("a record of a version that this app does not know: update Beseda".into());
        }
        let plain = self
            .recipient()
            .open(seal::Part::Record, id.as_bytes(), &sealed.record, limits::CONTENT_BYTES)
            .map_err(|error| text(&error))?;
        let record: SignedRecord =
            codec::decode(&plain, limits::CONTENT_BYTES).map_err(|error| text(&error))?;
        sign::verify(&record.by.0, Purpose::Record, &[id.as_bytes(), &record.record], &record.signature)
            .map_err(|_| "a record that its writer did not sign".to_owned())?;
        Ok(record)
    }
}

impl BackupTarget {
    /// The record about a chat, or with no bytes about the account. Says nothing to who does not know the recipient.
    #[must_use]
    pub fn record(&self, about: &[u8]) -> RecordId {
        let mut hasher = blake3::Hasher::new_derive_key("beseda backup record v1");
        hasher.update(&self.recipient).update(about);
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        RecordId(id)
    }

    /// Seals a record for the person who has the words.
    ///
    /// # Errors
    /// When the recipient is no point: the store is damaged.
    pub fn seal(&self, id: RecordId, record: Vec<u8>, keys: &DeviceKeys) -> Result<Vec<u8>, HpkeError> {
        let signature = keys.sign(Purpose::Record, &[id.as_bytes(), &record]);
        let signed = codec::encode(&SignedRecord { by: keys.device(), signature, record });
        let record = hpke::seal_for(&self.recipient, seal::Part::Record, id.as_bytes(), &signed)?;
        Ok(codec::encode(&SealedRecord { v: 1, record }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_the_seed_and_what_is_wrong_with_them() {
        let recovery = Recovery::new(Secret::new([0; 32]));
        // The test vector of BIP 39 for 32 bytes of zero.
        let words = recovery.words();
        assert_eq!(words.as_str(), format!("{}art", "abandon ".repeat(23)));
        let typed = format!("  {}\n", words.to_uppercase().replace(' ', "\n "));
        assert_eq!(Recovery::parse(&typed).unwrap().seed().expose(), &[0; 32]);
        let wrong = |text: &str| Recovery::parse(text).err();
        assert_eq!(wrong("abandon art"), Some(BadWords::Count(2)));
        assert_eq!(wrong(&words.replace("art", "artt")), Some(BadWords::Unknown(24)));
        assert_eq!(wrong(&words.replace("art", "about")), Some(BadWords::Checksum));
        let other = Recovery::new(Secret::new([1; 32]));
        assert_ne!(other.target(), recovery.target());
    }

    #[test]
    fn a_record_opens_for_the_words_alone_and_only_in_its_place() {
        let (recovery, other) = (Recovery::new(Secret::generate()), Recovery::new(Secret::generate()));
        let keys = DeviceKeys::create(&Secret::generate(), recovery.seed());
        let target = recovery.target();
        let id = target.record(b"");
        let body = target.seal(id, b"record".to_vec(), &keys).unwrap();
        let opened = recovery.open(id, &body).unwrap();
        assert_eq!((opened.by, &opened.record[..]), (keys.device(), &b"record"[..]));
        assert!(recovery.is_of(keys.identity()) && !other.is_of(keys.identity()));
        assert!(other.open(id, &body).is_err());
        assert!(recovery.open(target.record(b"another"), &body).is_err());
        let voucher = recovery.voucher(&[7; 32], keys.device());
        assert_eq!(voucher.backup, target.backup);
        assert!(voucher.verify(&[7; 32], keys.device()).is_ok());
        assert!(voucher.verify(&[8; 32], keys.device()).is_err());
    }
}
