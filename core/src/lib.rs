//! Beseda without a screen: the encrypted store, the documents, the keys, the sync, and one façade over them.
//!
//! Reading order: [`domain`] holds the shared values; [`document`] and [`crypto`] are pure; [`store`] is the one place
//! with SQL; [`sync`] talks to the relay; [`actions`] is what a person does; [`timeline`] and [`window`] are what a
//! screen shows; [`Core`] is the façade.
//!
//! Deliberately absent: windows, HTTP servers, and anything that reads an Automerge document to answer a query.

pub mod actions;
mod core;
pub mod crypto;
pub mod device;
pub mod document;
pub mod domain;
mod error;
pub mod store;
pub mod sync;
pub mod timeline;
pub mod window;

pub use self::{
    core::{Core, NewProfile, Options, Profile, SyncStatus, may_write},
    error::{Error, Result},
};
