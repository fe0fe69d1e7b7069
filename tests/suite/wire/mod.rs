//! Tests over HTTP: the real SDK against the emulator that `scripts/test` starts.
//!
//! The emulator holds one account, so these tests take turns; each begins with an empty account.
#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where its own set-up fails"
)]

mod access;
mod bench;
mod crashes;
mod examples;
mod permissions;
mod reading;
mod saved_plans;

pub(crate) use bench::Bench;
