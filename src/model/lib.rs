//! The vocabulary of bastionless.
//!
//! Rooms, each importing only rooms named before it:
//!
//! - [`base`]: sources, spans, diagnostics (plain data, built here, printed elsewhere)
//! - [`value`]: values and types of the Terraform language (the semantics of cty)
//! - [`iam`]: policy documents: parsing, canonical form, equivalence, `aws_iam_policy_document`
//! - [`schema`]: what a resource type is: loading of `schemas/**`, validation, proposed and planned values, drift
//! - [`cloud`]: the contract with any cloud
//!
//! No I/O, no Terraform syntax, no SDK.

pub mod base;
pub mod cloud;
pub mod iam;
pub mod schema;
pub mod value;
