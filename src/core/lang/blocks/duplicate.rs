//! Names that are given twice.

use bastionless_model::base::{Diagnostic, Span};

/// The error for a name that was declared before in the same module.
pub(super) fn duplicate(
    summary: impl Into<std::borrow::Cow<'static, str>>,
    article: &str,
    what: &str,
    name: &str,
    span: Span,
    first: Span,
) -> Diagnostic {
    Diagnostic::error(
        summary,
        format!(
            "{article} named {name:?} was already declared. {what} names must be unique within a module. Rename or remove one of them."
        ),
    )
    .at(span)
    .context(first, "the first declaration is here")
}
