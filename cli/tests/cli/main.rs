//! The real binary against a real relay: what a person or a script at a terminal meets.
#![expect(clippy::unwrap_used, reason = "what cannot be set up or read fails the test that asks for it")]

mod arranging;
mod bundles;
mod doctor;
mod exit_codes;
mod inviting;
mod messages;
mod offline;
mod people;
mod shapes;
mod story;
mod watching;
mod world;
