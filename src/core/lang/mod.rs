//! The Terraform language: syntax, addresses, blocks, the module tree, expressions and functions.

pub mod address;
pub mod expr;
pub mod program;
pub mod syntax;
