//! The Terraform language: syntax, addresses, blocks, the module tree, expressions and functions.

pub mod address;
mod address_text;
pub mod expr;
pub mod functions;
pub mod graph;
pub mod link;
pub mod program;
pub mod syntax;

pub use address_text::Target;
