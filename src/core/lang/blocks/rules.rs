//! `validation`, `precondition`, `postcondition` and `assert` blocks.

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::content::Shape;
use crate::lang::{
    expr::references,
    program::{CheckRule, Subject},
    syntax::Block,
};

const RULE: Shape = Shape {
    required: &["condition", "error_message"],
    optional: &[],
    blocks: &[],
};

/// Decodes a condition with its message; the condition must name at least one object.
pub(super) fn rule(block: &Block, diagnostics: &mut Diagnostics) -> Option<CheckRule> {
    RULE.check(&block.body, diagnostics);
    let condition = block.body.attribute("condition");
    if let Some(condition) = condition {
        let named = references(&condition.expr).0;
        let kind = &block.kind.name;
        if named.is_empty() {
            diagnostics.push(
                Diagnostic::error(
                    format!("Invalid {kind} expression"),
                    "The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.",
                )
                .at(condition.expr.span),
            );
        }
        if &**kind != "postcondition" {
            let selves = named.iter().filter(|r| r.subject == Subject::SelfObject);
            diagnostics
                .0
                .extend(selves.map(|r| invalid_self().at(r.span)));
        }
    }
    Some(CheckRule {
        span: block.header,
        condition: condition?.expr.clone(),
        error_message: block.body.attribute("error_message")?.expr.clone(),
    })
}

/// The error for `self` where there is none.
pub(crate) fn invalid_self() -> Diagnostic {
    Diagnostic::error(
        "Invalid \"self\" reference",
        "The \"self\" object is not available in this context. This object can be used only in resource provisioner, connection, and postcondition blocks.",
    )
}
