//! The Terraform language: syntax, addresses, blocks, the module tree, expressions and functions.

pub mod address;
pub mod expr;
pub mod graph;
pub mod link;
pub mod program;
pub mod syntax;
