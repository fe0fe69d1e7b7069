//! The only door to this machine: files, environment, clocks, randomness.

pub mod disk;

pub use disk::{Disk, LockGuard, RealDisk};
