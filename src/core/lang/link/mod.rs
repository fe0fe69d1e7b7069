//! From decoded files to a [`Program`](super::program::Program).

mod refs;

pub use refs::{body_references, reference, references, subjects};
