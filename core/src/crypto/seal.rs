//! Sealing and opening: `version || nonce || XChaCha20-Poly1305(length || zstd(plaintext) || zeros)`.
//!
//! Padded to a Padmé size class (Nikitin et al., PETS 2019), so that a length tells little.

use std::{cell::RefCell, io::Read as _};

use beseda_protocol::{ChatId, EnvelopeId};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;

use super::Secret;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const SMALLEST_CLASS: usize = 256;

/// What a sealed part is, bound to it so that no part passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Content,
    Commit,
    Prior,
    Standing,
    JoinRequest,
    JoinAnswer,
    Letter,
    Record,
    Return,
    Eras,
    DatabaseKey,
}

impl Part {
    pub(super) fn label(self) -> &'static [u8] {
        match self {
            Self::Content => b"beseda/1 content",
            Self::Commit => b"beseda/1 commit",
            Self::Prior => b"beseda/1 prior",
            Self::Standing => b"beseda/1 standing",
            Self::JoinRequest => b"beseda/1 join request",
            Self::JoinAnswer => b"beseda/1 join answer",
            Self::Letter => b"beseda/1 letter",
            Self::Record => b"beseda/1 record",
            Self::Eras => b"beseda/1 eras",
            Self::Return => b"beseda/1 return",
            Self::DatabaseKey => b"beseda/1 database key",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("not sealed in a form this version knows")]
    Format,
    #[error("sealed under another key, or changed on its way")]
    Key,
    #[error("larger than {0} bytes once inflated")]
    TooLarge(usize),
    #[error("the sealed bytes do not inflate")]
    Inflate,
}

/// The associated data of a part of an envelope.
#[must_use]
pub fn bound_to(chat: ChatId, id: EnvelopeId) -> Vec<u8> {
    [chat.as_bytes(), id.as_bytes()].concat()
}

/// Seals under `key`; `nonce` must be random.
///
/// # Panics
/// Never: neither compressing to memory nor sealing less than 256 GiB can fail.
#[must_use]
pub fn seal(key: &Secret, part: Part, bound: &[u8], plain: &[u8], nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
    let packed = zstd::bulk::compress(plain, 3).expect("compressing to memory cannot fail");
    let length = u32::try_from(packed.len()).expect("callers seal less than 4 GiB").to_be_bytes();
    let mut padded = vec![0; class(4 + packed.len())];
    padded[..4].copy_from_slice(&length);
    padded[4..4 + packed.len()].copy_from_slice(&packed);
    let aad = [part.label(), bound].concat();
    let sealed = XChaCha20Poly1305::new(&(*key.expose()).into())
        .encrypt(&XNonce::from(nonce), Payload { msg: &padded, aad: &aad })
        .expect("sealing less than 256 GiB cannot fail");
    let mut body = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
    body.push(VERSION);
    body.extend_from_slice(&nonce);
    body.extend_from_slice(&sealed);
    body
}

/// Opens what [`seal`] made; never inflates past `limit` bytes.
///
/// # Errors
/// Says whether the form, the key or the size is wrong.
pub fn open(key: &Secret, part: Part, bound: &[u8], body: &[u8], limit: usize) -> Result<Vec<u8>, OpenError> {
    if body.len() < 1 + NONCE_BYTES + TAG_BYTES + 4 || body[0] != VERSION {
        return Err(OpenError::Format);
    }
    let (nonce, sealed) = body[1..].split_at(NONCE_BYTES);
    let nonce = XNonce::try_from(nonce).map_err(|_| OpenError::Format)?;
    let aad = [part.label(), bound].concat();
    let padded = XChaCha20Poly1305::new(&(*key.expose()).into())
        .decrypt(&nonce, Payload { msg: sealed, aad: &aad })
        .map_err(|_| OpenError::Key)?;
    let (length, rest) = padded.split_first_chunk::<4>().ok_or(OpenError::Format)?;
    let packed = rest.get(..u32::from_be_bytes(*length) as usize).ok_or(OpenError::Format)?;
    inflate(packed, limit)
}

/// Never past `limit` bytes.
fn inflate(packed: &[u8], limit: usize) -> Result<Vec<u8>, OpenError> {
    thread_local! {
        static INFLATER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = RefCell::new(zstd::bulk::Decompressor::new().ok());
    }
    // An honest frame says how long it will be: then it takes a quarter of the time. Anything else goes byte by byte.
    let says = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
    if let Some(length) =
        says.and_then(|length| usize::try_from(length).ok()).filter(|length| *length <= limit)
        && let Some(plain) =
            INFLATER.with_borrow_mut(|inflater| inflater.as_mut()?.decompress(packed, length).ok())
    {
        return Ok(plain);
    }
    let mut plain = Vec::with_capacity((packed.len() * 4).min(limit));
    zstd::stream::read::Decoder::new(packed)
        .map_err(|_| OpenError::Inflate)?
        .take(limit as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|_| OpenError::Inflate)?;
    if plain.len() > limit { Err(OpenError::TooLarge(limit)) } else { Ok(plain) }
}

/// A key for one purpose from a secret (HKDF-SHA-256, RFC 5869).
///
/// # Panics
/// Never: 32 bytes are within HKDF's limit.
#[must_use]
pub fn derive(secret: &Secret, purpose: &str) -> Secret {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret.expose())
        .expand(purpose.as_bytes(), &mut key)
        .expect("32 bytes are within HKDF's limit");
    Secret::new(key)
}

/// The Padmé size class of `length`: at most 12 % more, and few lengths in all.
fn class(length: usize) -> usize {
    if length <= SMALLEST_CLASS {
        return SMALLEST_CLASS;
    }
    let exponent = length.ilog2();
    let low_bits = exponent - (exponent.ilog2() + 1);
    let mask = (1_usize << low_bits) - 1;
    (length + mask) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: &[u8] = b"chat and envelope";

    #[test]
    fn opens_only_with_its_key_part_and_binding() {
        let (key, other) = (Secret::new([1; 32]), Secret::new([2; 32]));
        let body = seal(&key, Part::Content, BOUND, "привет".as_bytes(), [3; 24]);
        assert_eq!(open(&key, Part::Content, BOUND, &body, 100).unwrap(), "привет".as_bytes());
        assert_eq!(open(&other, Part::Content, BOUND, &body, 100), Err(OpenError::Key));
        assert_eq!(open(&key, Part::Commit, BOUND, &body, 100), Err(OpenError::Key));
        assert_eq!(open(&key, Part::Content, b"elsewhere", &body, 100), Err(OpenError::Key));
        assert_eq!(open(&key, Part::Content, BOUND, &body[..20], 100), Err(OpenError::Format));
        let mut changed = body.clone();
        changed[60] ^= 1;
        assert_eq!(open(&key, Part::Content, BOUND, &changed, 100), Err(OpenError::Key));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let key = Secret::new([1; 32]);
        let bomb = seal(&key, Part::Content, BOUND, &vec![0; 50_000_000], [0; 24]);
        assert!(bomb.len() < 10_000);
        assert_eq!(open(&key, Part::Content, BOUND, &bomb, 4096), Err(OpenError::TooLarge(4096)));
    }

    #[test]
    fn what_a_frame_says_of_its_length_changes_nothing() {
        let plain = "привет ".repeat(100).into_bytes();
        let honest = zstd::bulk::compress(&plain, 3).unwrap();
        assert_eq!(zstd::zstd_safe::get_frame_content_size(&honest).unwrap(), Some(plain.len() as u64));
        let silent = zstd::stream::encode_all(&plain[..], 3).unwrap();
        assert_eq!(zstd::zstd_safe::get_frame_content_size(&silent).unwrap(), None);
        let twice = [honest.clone(), silent.clone()].concat();
        for (packed, wanted) in
            [(&honest, plain.clone()), (&silent, plain.clone()), (&twice, plain.repeat(2))]
        {
            assert_eq!(inflate(packed, 10_000).unwrap(), wanted);
            assert_eq!(inflate(packed, plain.len() - 1), Err(OpenError::TooLarge(plain.len() - 1)));
        }
        assert_eq!(inflate(&twice, plain.len() + 1), Err(OpenError::TooLarge(plain.len() + 1)));
        assert_eq!(inflate(&honest[..honest.len() - 5], 10_000), Err(OpenError::Inflate));
        assert_eq!(inflate(b"nothing", 10_000), Err(OpenError::Inflate));
    }

    #[test]
    fn lengths_fall_into_few_classes() {
        let classes: std::collections::BTreeSet<_> = (1..100_000).map(class).collect();
        assert!(classes.len() < 200, "{}", classes.len());
        assert!((300..100_000).all(|length| class(length) >= length && class(length) <= length + length / 8));
    }
}
