//! The real binary against a real relay: what a person or a script at a terminal meets.
#![expect(clippy::unwrap_used, reason = "what cannot be set up or read fails the test that asks for it")]

mod exit_codes;
mod offline;
mod shapes;
mod story;
mod watching;
mod world;
