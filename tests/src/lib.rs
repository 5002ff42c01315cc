//! What the tests of the whole are built from: a world in one process, and real windows.

pub mod desktop;
pub mod world;
