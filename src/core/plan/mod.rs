//! Planning: pure. From a program, a prior snapshot and observations to a plan.

mod model;

pub use model::{
    Action, Change, CheckResult, CheckStatus, Deferred, Drifted, ExecutionGraph, ExecutionNode,
    Mode, NodeId, NodeKind, OutputChange, Plan, Reason,
};
