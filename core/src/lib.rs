//! Beseda without a screen: the encrypted store, the documents, the keys, the sync, and one façade over them.
//!
//! Reading order: [`domain`] holds the shared values; [`people`], [`document`] and [`crypto`] are pure; [`store`] is the one place
//! with SQL; [`sync`] talks to the relay; [`actions`] is what a person does; [`timeline`] and [`window`] are what a
//! screen shows, [`qr`] what it draws for another one; [`Core`] is the façade; [`linking`] is a device before it has a profile,
//! [`recovering`] one that is made of the words; [`bundle`] carries chats in a file; [`doctor`] looks whether a profile is whole,
//! [`storage`] what takes room in it.
//!
//! Deliberately absent: windows, HTTP servers, and anything that reads an Automerge document to answer a query.

pub mod actions;
pub mod bundle;
mod core;
pub mod crypto;
pub mod device;
pub mod doctor;
pub mod document;
pub mod domain;
mod error;
mod folders;
pub mod linking;
pub mod markup;
pub mod notices;
pub mod people;
pub mod qr;
pub mod recovering;
pub mod search;
pub mod storage;
pub mod store;
pub mod sync;
pub mod timeline;
pub mod window;

pub use self::{
    core::{
        ASKED_BACK, Core, Found, FoundPage, Listed, MessageList, NewProfile, Options, OwnDevice, Person,
        Profile, Readers, Report, Safety, SyncStatus, Totals, Version, may_comment, may_write, unreported,
    },
    error::{Error, Result},
    folders::{Folder, folders},
};
