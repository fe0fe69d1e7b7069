//! The integration tests: one binary, because every binary that links the SDK costs minutes.
#![expect(clippy::unwrap_used, reason = "a test ends where its own set-up fails")]

mod commands;
mod console;
mod grants;
mod iam_can;
mod lint;
mod modules;
mod more_commands;
mod sandbox;
mod tidy;
#[cfg(feature = "emulator")]
mod wire;
