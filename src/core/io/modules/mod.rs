//! Modules from elsewhere: fetched from git, archives and registries into `.terraform/modules`, as Terraform does.
//!
//! Files written: `modules.json` in Terraform's format, and [`lock::LOCK_FILE`] beside the configuration, which holds a hash of every
//! package and refuses one whose content is another than before. Nobody's code runs: git is started with hooks, filters
//! and transports other than https and ssh switched off, and archives are unpacked by us.

mod accounts;
mod archive;
mod fetch;
mod git;
mod guard;
mod install;
pub mod lock;
mod manifest;
mod package;
mod registry;

pub use accounts::Accounts;
pub use fetch::{Fetch, Fetched};
pub use install::{Installation, Wanted, install};
pub(super) use install::{differs, locked_name};
pub(super) use manifest::Manifest;

#[cfg(test)]
mod tests;
