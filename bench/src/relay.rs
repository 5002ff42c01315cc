//! The relay as its users meet it: a process of its own, asked over HTTP and WebSockets on this machine.

pub mod accept;
pub mod idle;
pub mod process;
pub mod wire;
