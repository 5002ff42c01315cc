//! What is true of people whatever the database: which names may be shown, which look alike, what a profile tells whom,
//! which pictures are harmless, how two make sure of each other. Pure.
//!
//! Reading order: [`text`] (names and other lines), [`look_alike`], [`picture`], [`profile`] (this person's own), [`safety`].
//!
//! Not here: what others have told (the store), and how it travels ([`crate::document::Card`]).

pub mod look_alike;
pub mod picture;
pub mod profile;
pub mod safety;
pub mod text;

pub use profile::{Audience, Field, OwnProfile, ProfileChange, Shown};
