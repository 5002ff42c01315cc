//! tests

pub mod desktop;
