//! Language, planner and engine of bastionless. Sees the model only, never an SDK.
//!
//! Rooms, each importing only rooms named before it:
//!
//! - [`lang`]: syntax, addresses, blocks, module tree, expressions, functions
//! - [`state`]: snapshots of what exists, the journal and its fold
//! - [`plan`]: the settler, differences, execution graph, plan file, drift (pure)
//! - [`access`]: who can reach which instance, by which path (pure)
//! - [`check`]: rules on configurations and plans
//! - [`report`]: renderers: text, JSON, events, DOT
//! - [`builtin`]: types that call no cloud
//!
//! Rooms below this line may do I/O:
//!
//! - [`io`]: files, environment, clock
//! - [`store`]: state stores with locks
//! - [`engine`]: observing and applying

pub mod access;
pub mod builtin;
pub mod check;
pub mod engine;
pub mod io;
pub mod lang;
pub mod plan;
#[cfg(test)]
mod replay;
pub mod report;
pub mod state;
pub mod store;
