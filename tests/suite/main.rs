//! The integration tests: one binary, because every binary that links the SDK costs minutes.

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
