//! Sizes and shapes of what clients send, before anything is done with it. Pure.

use std::collections::HashSet;

use beseda_protocol::{
    envelope::EnvelopeKind,
    limits,
    request::{Append, Deliver, ErrorCode, OpenChats, PublishKeyPackages, PutBackup, RelayError},
};

type Checked = Result<(), RelayError>;

fn invalid(message: impl Into<String>) -> RelayError {
    RelayError::new(ErrorCode::Invalid, message)
}

fn too_large(what: &str, got: usize, limit: usize) -> RelayError {
    RelayError::new(ErrorCode::TooLarge, format!("{what}: {got}, where at most {limit} are allowed"))
}

fn at_most(what: &str, got: usize, limit: usize) -> Checked {
    if got > limit { Err(too_large(what, got, limit)) } else { Ok(()) }
}

pub fn append(request: &Append) -> Checked {
    if request.envelopes.is_empty() {
        return Err(invalid("an append holds at least one envelope"));
    }
    at_most("envelopes", request.envelopes.len(), limits::APPEND_ENVELOPES)?;
    let mut ids = HashSet::new();
    for envelope in &request.envelopes {
        if !ids.insert(envelope.id) {
            return Err(invalid("two envelopes of one append have the same id"));
        }
        if envelope.body.is_empty() {
            return Err(invalid("an envelope has a body"));
        }
        at_most("bytes of an envelope", envelope.body.len(), limits::ENVELOPE_BYTES)?;
        match envelope.kind {
            EnvelopeKind::Handshake if request.envelopes.len() > 1 => {
                return Err(invalid("a handshake travels alone"));
            }
            EnvelopeKind::Handshake => {}
            EnvelopeKind::Content if envelope.keys.is_some() || !envelope.welcomes.is_empty() => {
                return Err(invalid("only a handshake carries welcomes and key changes"));
            }
            EnvelopeKind::Content => {}
        }
        at_most("welcomes", envelope.welcomes.len(), limits::WELCOMES)?;
        let mut devices = HashSet::new();
        for welcome in &envelope.welcomes {
            at_most("bytes of a welcome", welcome.body.len(), limits::INBOX_ITEM_BYTES)?;
            if !devices.insert(welcome.device) {
                return Err(invalid("two welcomes of one handshake for the same device"));
            }
        }
        if let Some(keys) = &envelope.keys {
            at_most(
                "key changes",
                keys.put.len() + keys.remove.len() + keys.remove_slots.len(),
                limits::CHAT_KEYS,
            )?;
        }
    }
    Ok(())
}

pub fn proofs(request: &OpenChats) -> Checked {
    at_most("chats", request.proofs.len(), limits::SESSION_CHATS)
}

pub fn deliver(request: &Deliver) -> Checked {
    at_most("bytes of a join request", request.body.len(), limits::INBOX_ITEM_BYTES)
}

pub fn key_packages(request: &PublishKeyPackages) -> Checked {
    at_most("key packages", request.packages.len(), limits::KEY_PACKAGES)?;
    for package in &request.packages {
        at_most("bytes of a key package", package.len(), limits::KEY_PACKAGE_BYTES)?;
    }
    Ok(())
}

pub fn backup(request: &PutBackup) -> Checked {
    at_most("writers", request.writers.len(), limits::STATEMENTS)?;
    at_most("records", request.records.len(), limits::BACKUP_RECORDS)?;
    for record in &request.records {
        at_most("bytes of a record", record.body.len(), limits::BACKUP_RECORD_BYTES)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use beseda_protocol::{
        ChatId, DeviceId, EnvelopeId, Seq,
        access::KeyChanges,
        envelope::{Envelope, Welcome},
    };

    use super::*;

    fn envelope(id: u8, kind: EnvelopeKind) -> Envelope {
        Envelope {
            id: EnvelopeId([id; 16]),
            kind,
            body: vec![1],
            welcomes: vec![],
            keys: None,
            accepted_at: None,
        }
    }

    fn code(envelopes: Vec<Envelope>) -> Option<ErrorCode> {
        let request = Append { chat: ChatId([1; 16]), cas: Seq(1), envelopes };
        append(&request).err().map(|error| error.code)
    }

    #[test]
    fn what_an_append_may_hold() {
        use EnvelopeKind::{Content, Handshake};
        let welcome = Welcome { device: DeviceId([1; 32]), body: vec![1] };
        assert_eq!(code(vec![envelope(1, Content), envelope(2, Content)]), None);
        assert_eq!(code(vec![envelope(1, Handshake)]), None);

        let refused = [
            vec![],
            vec![envelope(1, Handshake), envelope(2, Content)],
            vec![envelope(1, Content), envelope(1, Content)],
            vec![Envelope { body: vec![], ..envelope(1, Content) }],
            vec![Envelope { keys: Some(KeyChanges::default()), ..envelope(1, Content) }],
            vec![Envelope { welcomes: vec![welcome.clone()], ..envelope(1, Content) }],
            vec![Envelope { welcomes: vec![welcome.clone(), welcome], ..envelope(1, Handshake) }],
        ];
        for envelopes in refused {
            assert_eq!(code(envelopes.clone()), Some(ErrorCode::Invalid), "{envelopes:?}");
        }
        let large = Envelope { body: vec![0; limits::ENVELOPE_BYTES + 1], ..envelope(1, Content) };
        assert_eq!(code(vec![large]), Some(ErrorCode::TooLarge));
        let many = (0..=limits::APPEND_ENVELOPES as u32).map(|n| {
            let mut one = envelope(0, Content);
            one.id.0[..4].copy_from_slice(&n.to_be_bytes());
            one
        });
        assert_eq!(code(many.collect()), Some(ErrorCode::TooLarge));
    }
}
