//! The only door to this machine: files, environment, clocks, randomness.

mod config;
pub mod disk;
mod host;
pub mod modules;
mod system;

pub use config::{VariableArgument, load_configuration, load_configuration_with, load_inputs};
pub use disk::{Disk, LockGuard, RealDisk};
pub use host::SystemHost;
pub use system::{Entry, MemorySystem, RealSystem, System};
