//! The Terraform language: syntax, addresses, blocks, the module tree, expressions and functions.

pub mod address;
mod address_text;
pub mod blocks;
pub mod expr;
pub mod format;
pub mod functions;
pub mod graph;
pub mod inputs;
pub mod link;
pub mod module_source;
pub mod program;
pub mod suggest;
pub mod syntax;
pub mod version;

pub use address_text::Target;
