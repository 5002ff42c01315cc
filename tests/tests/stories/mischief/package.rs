//! Key packages (RFC 9420 section 10) that no honest app makes: taken apart, changed, and signed again by their owner,
//! so that each holds by itself.

use beseda_protocol::membership::ROLES_EXTENSION;
use ed25519_dalek::{Signer as _, SigningKey};

/// A key package in the pieces that are changed here, and those between them as they were.
pub struct Package {
    version_and_suite: Vec<u8>,
    pub init_key: Vec<u8>,
    pub encryption_key: Vec<u8>,
    /// The owner's key and credential, protocol versions and cipher suites.
    owner: Vec<u8>,
    /// Types of extensions that the owner's app understands.
    pub understood: Vec<u8>,
    /// Proposals and credentials it understands, lifetime, extensions of the leaf.
    rest_of_leaf: Vec<u8>,
    extensions: Vec<u8>,
}

impl Package {
    pub fn parse(bytes: &[u8]) -> Self {
        let mut from = Reader(bytes);
        let version_and_suite = from.take(4).to_vec();
        let init_key = from.vector().to_vec();
        let encryption_key = from.vector().to_vec();
        let owner = from.over(|from| {
            from.vector();
            from.take(2);
            from.vector();
            from.vector();
            from.vector();
        });
        let understood = from.vector().to_vec();
        let rest_of_leaf = from.over(|from| {
            from.vector();
            from.vector();
            assert_eq!(from.take(1), [1], "a leaf for a key package");
            from.take(16);
            from.vector();
        });
        let _signature_of_leaf = from.vector();
        let extensions = from.vector().to_vec();
        Self { version_and_suite, init_key, encryption_key, owner, understood, rest_of_leaf, extensions }
    }

    /// Takes the chats' roles out of what the owner's app understands.
    pub fn without_roles(mut self) -> Self {
        let before = self.understood.len();
        self.understood = self
            .understood
            .chunks(2)
            .filter(|extension| *extension != ROLES_EXTENSION.to_be_bytes())
            .flatten()
            .copied()
            .collect();
        assert_eq!(self.understood.len(), before - 2, "they were among it");
        self
    }

    /// Signed by its owner again.
    pub fn sign(&self, owner: &SigningKey) -> Vec<u8> {
        let mut leaf = vector(&self.encryption_key);
        leaf.extend(&self.owner);
        leaf.extend(vector(&self.understood));
        leaf.extend(&self.rest_of_leaf);
        leaf.extend(signed(owner, "LeafNodeTBS", &leaf));
        let mut package = self.version_and_suite.clone();
        package.extend(vector(&self.init_key));
        package.extend(leaf);
        package.extend(vector(&self.extensions));
        package.extend(signed(owner, "KeyPackageTBS", &package));
        package
    }
}

fn signed(key: &SigningKey, label: &str, what: &[u8]) -> Vec<u8> {
    let labelled = [vector(format!("MLS 1.0 {label}").as_bytes()), vector(what)].concat();
    vector(&key.sign(&labelled).to_bytes())
}

/// Bytes with their length before them (RFC 9000 section 16).
fn vector(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("key packages are small");
    let mut all = match length {
        0..64 => vec![u8::try_from(length).expect("less than 64")],
        _ => (length | 0x4000).to_be_bytes().to_vec(),
    };
    assert!(length < 0x4000, "key packages are small");
    all.extend(bytes);
    all
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    fn vector(&mut self) -> &'a [u8] {
        let first = usize::from(self.take(1)[0]);
        let length = match first >> 6 {
            0 => first,
            1 => (first & 0x3f) << 8 | usize::from(self.take(1)[0]),
            _ => panic!("key packages are small"),
        };
        self.take(length)
    }

    /// All that `read` reads.
    fn over(&mut self, read: impl FnOnce(&mut Self)) -> Vec<u8> {
        let before = self.0;
        read(self);
        before[..before.len() - self.0.len()].to_vec()
    }
}
