//! Planning: pure. From a program, a prior snapshot and observations to a plan.

pub(crate) mod conditions;
pub mod console;
pub mod drift;
pub mod execution;
pub mod file;
pub mod finalise;
mod imports;
mod model;
mod moves;
mod options;
pub mod permissions;
pub mod policies;
mod remote_state;
pub mod settler;
mod validation;
pub(crate) mod world;

pub use model::{
    Action, Change, CheckResult, CheckStatus, Drifted, ExecutionGraph, ExecutionNode, Mode, NodeId,
    NodeKind, OutputChange, Plan, Reason,
};
pub use options::Options;
pub use validation::validate;
