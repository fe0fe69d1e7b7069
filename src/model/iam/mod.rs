//! Policy documents.
//!
//! Two readings of one text. That of the AWS provider, which decides what a plan shows:
//!
//! - [`Policy`]: a document as its parts, read from text without regard to the case of its keys
//! - [`equivalent`]: whether two texts mean the same to the AWS provider, so that the old one stays
//! - [`normalise`]: the text that the AWS provider stores after a read
//! - [`document`]: the data source `aws_iam_policy_document`, which is pure computation
//!
//! And that of AWS, which decides what a policy allows:
//!
//! - [`ast`], [`parse`]: [`ast::Document`] with the place of every part, printed canonically
//! - [`operator`], [`template`], [`pattern`]: condition operators, policy variables, wildcards and ARNs
//! - [`catalogue`]: which actions, resources and condition keys there are
//! - [`explain`]: a policy in plain words
//! - [`lint`]: what is wrong or unwise in a policy
//! - [`evaluate`]: whether a request is allowed, and by which statement
//! - [`compare`]: what one set of policies allows and another does not
//!
//! - [`grant`]: from who may reach what, by which method, to the least policies; shares no code with the evaluator

pub mod ast;
pub mod catalogue;
pub mod compare;
pub mod document;
mod equivalence;
pub mod evaluate;
pub mod explain;
pub mod grant;
mod json;
pub mod lint;
pub mod operator;
pub mod parse;
pub mod pattern;
mod policy;
mod print;
pub mod template;
#[cfg(test)]
mod tests;
mod text;

pub use equivalence::{equivalent, json_equivalent};
pub use json::JsonError;
pub use policy::{Condition, Policy, PolicyError, Principal, Statement};
pub use text::{normalise, print, print_pretty};
