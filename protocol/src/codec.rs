//! CBOR (RFC 8949) through serde, with a size cap in front of every decode.

use serde::{Serialize, de::DeserializeOwned};

/// Bytes from the network did not decode.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("{got} bytes where at most {limit} are allowed")]
    TooLarge { got: usize, limit: usize },
    #[error("malformed CBOR: {0}")]
    Malformed(String),
    #[error("{0} bytes follow the value")]
    Trailing(usize),
}

/// # Panics
/// Never for the types of this project: their `Serialize` does not fail and a `Vec` takes every write.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    ciborium::into_writer(value, &mut bytes).expect("serialising to memory cannot fail");
    bytes
}

/// Decodes exactly one value that fills `bytes`.
///
/// # Errors
/// When `bytes` is over `limit`, is not the CBOR of a `T`, or has bytes left over. Nesting is capped by the decoder.
pub fn decode<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, DecodeError> {
    if bytes.len() > limit {
        return Err(DecodeError::TooLarge { got: bytes.len(), limit });
    }
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, 32)
        .map_err(|error| DecodeError::Malformed(error.to_string()))?;
    if rest.is_empty() { Ok(value) } else { Err(DecodeError::Trailing(rest.len())) }
}
