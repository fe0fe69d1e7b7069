//! Sources, spans and diagnostics.

mod diagnostic;
mod rule;
mod source;

pub use diagnostic::{Diagnostic, Diagnostics, Label, Outcome, Patch, Severity};
pub use rule::{Level, RuleDoc};
pub use source::{Position, Source, SourceId, SourceMap, Span};
