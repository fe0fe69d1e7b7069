//! Sources, spans and diagnostics.

mod diagnostic;
mod source;

pub use diagnostic::{Diagnostic, Diagnostics, Label, Outcome, Patch, Severity};
pub use source::{Position, Source, SourceId, SourceMap, Span};
