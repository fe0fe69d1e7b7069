//! Tests over HTTP: the real SDK against the emulator that `scripts/test` starts.
//!
//! The emulator holds one account, so these tests take turns; each begins with an empty account.

mod access;
mod bench;
mod crashes;
mod examples;
mod permissions;
mod reading;
mod saved_plans;

pub(crate) use bench::Bench;
