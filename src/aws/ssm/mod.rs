//! Systems Manager: documents and parameters.

pub(crate) mod document;
mod document_state;
pub(crate) mod parameter_source;
