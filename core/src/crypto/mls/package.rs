//! What lets a device into a group: its key package, and the welcome that was made for it. Not here: the group.

use beseda_protocol::{
    identity::{Identity, Member},
    limits,
};
use openmls::prelude::{
    KeyPackage, KeyPackageIn, MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _, ProtocolVersion, Welcome,
    tls_codec::{Deserialize as _, Serialize as _},
};
use openmls_rust_crypto::OpenMlsRustCrypto;

use super::{
    MlsError, RowChanges, Rows, SUITE, capabilities, changes, credential, identify, invalid, lifetime,
    provider, state,
};
use crate::crypto::keys::DeviceKeys;

/// A fresh key package; its private half is in the rows.
pub struct NewKeyPackage {
    pub bytes: Vec<u8>,
    /// Names it in a welcome.
    pub reference: Vec<u8>,
}

/// Checks a key package.
pub(super) fn key_package_from(bytes: &[u8], provider: &OpenMlsRustCrypto) -> Result<KeyPackage, MlsError> {
    if bytes.len() > limits::KEY_PACKAGE_BYTES {
        return Err(invalid("a key package over the size limit"));
    }
    KeyPackageIn::tls_deserialize_exact(bytes)
        .map_err(invalid)?
        .validate(provider.crypto(), ProtocolVersion::Mls10)
        .map_err(invalid)
}

/// Makes a key package with which another member can add this device.
///
/// # Errors
/// [`MlsError::State`] when it cannot be made.
pub fn new_key_package(keys: &DeviceKeys) -> Result<(NewKeyPackage, RowChanges), MlsError> {
    let provider = provider(&Rows::new())?;
    let bundle = KeyPackage::builder()
        .leaf_node_capabilities(capabilities())
        .key_package_lifetime(lifetime())
        .build(SUITE, &provider, keys, credential(keys))
        .map_err(state)?;
    let package = bundle.key_package();
    let new = NewKeyPackage {
        bytes: package.tls_serialize_detached().map_err(state)?,
        reference: package.hash_ref(provider.crypto()).map_err(state)?.as_slice().to_vec(),
    };
    Ok((new, changes(&Rows::new(), &provider)?))
}

/// Whose key package it is.
///
/// # Errors
/// When it is malformed or its proofs do not hold.
pub fn key_package_owner(bytes: &[u8]) -> Result<(Member, Identity), MlsError> {
    let package = key_package_from(bytes, &OpenMlsRustCrypto::default())?;
    identify(package.leaf_node().credential(), package.leaf_node().signature_key().as_slice())
}

/// The key packages that a welcome is for.
///
/// # Errors
/// When it is not a welcome.
pub fn welcome_references(welcome: &[u8]) -> Result<Vec<Vec<u8>>, MlsError> {
    Ok(parse_welcome(welcome)?
        .secrets()
        .iter()
        .map(|secret| secret.new_member().as_slice().to_vec())
        .collect())
}

pub(super) fn parse_welcome(welcome: &[u8]) -> Result<Welcome, MlsError> {
    match MlsMessageIn::tls_deserialize_exact(welcome).map_err(invalid)?.extract() {
        MlsMessageBodyIn::Welcome(welcome) => Ok(welcome),
        _ => Err(invalid("not a welcome")),
    }
}
