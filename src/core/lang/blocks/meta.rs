//! Meta-arguments that several kinds of blocks have.

use bastionless_model::base::{Diagnostic, Diagnostics};

use crate::lang::{program::Repetition, syntax::Body};

/// Decodes `count` and `for_each`.
pub(super) fn repetition(body: &Body, diagnostics: &mut Diagnostics) -> Repetition {
    match (body.attribute("count"), body.attribute("for_each")) {
        (Some(_), Some(for_each)) => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid combination of \"count\" and \"for_each\"",
                    "The \"count\" and \"for_each\" meta-arguments are mutually-exclusive, only one should be used to be explicit about the number of resources to be created.",
                )
                .at(for_each.name.span),
            );
            Repetition::ForEach(for_each.expr.clone())
        }
        (Some(count), None) => Repetition::Count(count.expr.clone()),
        (None, Some(for_each)) => Repetition::ForEach(for_each.expr.clone()),
        (None, None) => Repetition::Single,
    }
}
