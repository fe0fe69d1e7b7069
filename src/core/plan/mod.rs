//! Planning: pure. From a program, a prior snapshot and observations to a plan.

mod finalise;
mod model;

pub use finalise::{Finalise, Finalised, Finished};
pub use model::{
    Action, Change, CheckResult, CheckStatus, Deferred, Drifted, ExecutionGraph, ExecutionNode,
    Mode, NodeId, NodeKind, OutputChange, Plan, Reason,
};
