//! The key exchange with which a new device is linked: Noise NNpsk0 over the code's secret (snow). Who learns the code
//! afterwards, from a photograph of the screen, cannot open what the relay kept.

use snow::{Builder, HandshakeState, TransportState};

use super::Secret;

const PATTERN: &str = "Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s";
/// Longest message (Noise Protocol Framework, section 3).
const MESSAGE_BYTES: usize = 65_535;

/// The other side has another code, or the bytes were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the other device answers another code")]
pub struct NoiseError;

impl From<snow::Error> for NoiseError {
    fn from(_: snow::Error) -> Self {
        Self
    }
}

/// Before the keys are agreed.
pub struct Opening(HandshakeState);

/// Afterwards.
pub struct Channel(TransportState);

fn builder(secret: &[u8; 16]) -> Result<(Builder<'static>, Secret), NoiseError> {
    let pattern = PATTERN.parse().map_err(|_| NoiseError)?;
    Ok((Builder::new(pattern), Secret::new(blake3::derive_key("beseda link code v1", secret))))
}

fn written(write: impl FnOnce(&mut [u8]) -> Result<usize, snow::Error>) -> Result<Vec<u8>, NoiseError> {
    let mut message = vec![0; MESSAGE_BYTES];
    let length = write(&mut message)?;
    message.truncate(length);
    Ok(message)
}

/// Who has read the code begins. Gives the first message.
///
/// # Errors
/// When `payload` is too long.
pub fn offer(secret: &[u8; 16], payload: &[u8]) -> Result<(Opening, Vec<u8>), NoiseError> {
    let (builder, psk) = builder(secret)?;
    let mut state = builder.psk(0, psk.expose())?.build_initiator()?;
    let message = written(|message| state.write_message(payload, message))?;
    Ok((Opening(state), message))
}

/// Who shows the code takes the first message. Gives its payload.
///
/// # Errors
/// [`NoiseError`] when it was not made with this code.
pub fn take_offer(secret: &[u8; 16], message: &[u8]) -> Result<(Opening, Vec<u8>), NoiseError> {
    let (builder, psk) = builder(secret)?;
    let mut state = builder.psk(0, psk.expose())?.build_responder()?;
    let payload = written(|payload| state.read_message(message, payload))?;
    Ok((Opening(state), payload))
}

impl Opening {
    /// Answers the offer.
    ///
    /// # Errors
    /// When `payload` is too long.
    pub fn answer(mut self, payload: &[u8]) -> Result<(Channel, Vec<u8>), NoiseError> {
        let message = written(|message| self.0.write_message(payload, message))?;
        Ok((Channel(self.0.into_transport_mode()?), message))
    }

    /// Takes the answer to one's offer. Gives its payload.
    ///
    /// # Errors
    /// [`NoiseError`] when it does not answer this offer.
    pub fn take_answer(mut self, message: &[u8]) -> Result<(Channel, Vec<u8>), NoiseError> {
        let payload = written(|payload| self.0.read_message(message, payload))?;
        Ok((Channel(self.0.into_transport_mode()?), payload))
    }
}

impl Channel {
    /// # Errors
    /// When `payload` is too long.
    pub fn seal(&mut self, payload: &[u8]) -> Result<Vec<u8>, NoiseError> {
        written(|message| self.0.write_message(payload, message))
    }

    /// # Errors
    /// [`NoiseError`] when it is not the other side's next message.
    pub fn open(&mut self, message: &[u8]) -> Result<Vec<u8>, NoiseError> {
        written(|payload| self.0.read_message(message, payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_who_have_the_code_understand_each_other_and_nobody_else() {
        let secret = [1; 16];
        let (opening, offer) = offer(&secret, b"be mine").unwrap();
        assert_eq!(take_offer(&[2; 16], &offer).err(), Some(NoiseError));
        let (theirs, payload) = take_offer(&secret, &offer).unwrap();
        assert_eq!(payload, b"be mine");
        let (mut new, answer) = theirs.answer(b"yes").unwrap();
        let (mut old, payload) = opening.take_answer(&answer).unwrap();
        assert_eq!(payload, b"yes");
        let grant = old.seal(b"everything").unwrap();
        let mut changed = grant.clone();
        changed[0] ^= 1;
        assert_eq!(new.open(&changed), Err(NoiseError));
        assert_eq!(new.open(&grant).unwrap(), b"everything");
    }
}
