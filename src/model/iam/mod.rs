//! Policy documents.
//!
//! - [`Policy`]: a document as its parts, read from text without regard to the case of its keys
//! - [`equivalent`]: whether two texts mean the same to the AWS provider, so that the old one stays
//! - [`normalise`]: the text that the AWS provider stores after a read
//! - [`document`]: the data source `aws_iam_policy_document`, which is pure computation

pub mod document;
mod equivalence;
mod policy;
mod text;

pub use equivalence::{equivalent, json_equivalent};
pub use policy::{Condition, Policy, PolicyError, Principal, Statement};
pub use text::{normalise, print, print_pretty};
