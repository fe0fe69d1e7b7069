//! `variable`

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    value::{Constraint, Type, Value},
};

use super::{
    constant::{boolean, keyword, text},
    content::{Shape, check_labels},
    duplicate::duplicate,
    raw::RawModule,
    rules::rule,
};
use crate::lang::{
    expr::{self, references},
    inputs::{convert_message, is_expression},
    program::{CheckRule, Subject, Variable},
    suggest::{BAD_IDENTIFIER, is_identifier},
    syntax::{Block, Expr, Ident},
};

const VARIABLE: Shape = Shape {
    required: &[],
    optional: &[
        "description",
        "default",
        "type",
        "sensitive",
        "ephemeral",
        "nullable",
        "deprecated",
        "const",
    ],
    blocks: &[("validation", &[])],
};

/// Names that a `module` block keeps for itself.
const RESERVED: [&str; 9] = [
    "source",
    "version",
    "providers",
    "provider",
    "count",
    "for_each",
    "lifecycle",
    "depends_on",
    "locals",
];

/// Reads a type constraint; here `list` and `map` may stand without the type of their elements.
fn constraint(expr: &Expr) -> Result<Constraint, Diagnostic> {
    match keyword(expr).as_ref().map(|k| &*k.name) {
        Some("list") => Ok(Constraint::Plain(Type::list(Type::Dynamic))),
        Some("map") => Ok(Constraint::Plain(Type::map(Type::Dynamic))),
        _ => expr::constraint(expr),
    }
}

/// Decodes a `variable` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    if !check_labels(block, &["name"], diagnostics) {
        return;
    }
    let Some(label) = block.labels.first() else {
        return;
    };
    VARIABLE.check(&block.body, diagnostics);
    check_name(&label.text, label.span, diagnostics);
    let body = &block.body;
    let constraint = body
        .attribute("type")
        .and_then(|a| match constraint(&a.expr) {
            Ok(c) => Some(c),
            Err(d) => {
                diagnostics.push(d);
                None
            }
        })
        .unwrap_or(Constraint::Plain(Type::Dynamic));
    let constant = boolean(body, "const", diagnostics) == Some(true);
    if constant && boolean(body, "ephemeral", diagnostics) == Some(true) {
        diagnostics.push(
            Diagnostic::error(
                "Const variable cannot be ephemeral",
                "A variable that is marked as \"const\" cannot also be marked as \"ephemeral\".",
            )
            .at(block.header),
        );
    }
    let mut variable = Variable {
        name: Ident {
            name: label.text.clone(),
            span: block.header,
        },
        is_expression: body.attribute("type").is_some() && is_expression(&constraint.to_type()),
        constraint,
        default: None,
        nullable: boolean(body, "nullable", diagnostics).unwrap_or(true),
        sensitive: boolean(body, "sensitive", diagnostics).unwrap_or(false),
        ephemeral: boolean(body, "ephemeral", diagnostics).unwrap_or(false),
        constant,
        description: text(body, "description", diagnostics),
        deprecated: text(body, "deprecated", diagnostics),
        validations: Vec::new(),
    };
    default(block, &mut variable, diagnostics);
    for inner in body.blocks().filter(|b| &*b.kind.name == "validation") {
        if let Some(rule) = rule(inner, diagnostics) {
            check_validation(&variable.name.name, &rule, diagnostics);
            variable.validations.push(rule);
        }
    }
    if let Some(first) = raw.variables.get(&label.text) {
        diagnostics.push(duplicate(
            "Duplicate variable declaration",
            "A variable",
            "Variable",
            &label.text,
            block.header,
            first.name.span,
        ));
    } else {
        raw.variables.insert(label.text.clone(), variable);
    }
}

fn check_name(name: &str, span: bastionless_model::base::Span, diagnostics: &mut Diagnostics) {
    let detail = if RESERVED.contains(&name) {
        format!(
            "The variable name {name:?} is reserved due to its special meaning inside module blocks."
        )
    } else if is_identifier(name) {
        return;
    } else {
        BAD_IDENTIFIER.to_owned()
    };
    diagnostics.push(Diagnostic::error("Invalid variable name", detail).at(span));
}

/// Reads the default and tries it against the type.
fn default(block: &Block, variable: &mut Variable, diagnostics: &mut Diagnostics) {
    let Some(attribute) = block.body.attribute("default") else {
        return;
    };
    let value = match expr::constant(&attribute.expr) {
        Ok(v) => v,
        Err(d) => {
            // Something stands there: nobody is to ask for a value because of this error.
            variable.default = Some(Value::NULL);
            return diagnostics.extend(d);
        }
    };
    let invalid = |detail: String| {
        Diagnostic::error("Invalid default value for variable", detail).at(attribute.expr.span)
    };
    if value.is_null() {
        if !variable.nullable {
            diagnostics.push(invalid(
                "A null default value is not valid when nullable=false.".into(),
            ));
        }
    } else if let Err(e) = variable.constraint.apply(&value) {
        diagnostics.push(invalid(format!(
            "This default value is not compatible with the variable's type constraint: {}.",
            convert_message(&e)
        )));
    }
    variable.default = Some(value);
}

fn check_validation(name: &str, rule: &CheckRule, diagnostics: &mut Diagnostics) {
    let names_itself = references(&rule.condition)
        .0
        .iter()
        .any(|r| matches!(&r.subject, Subject::Variable(n) if **n == *name));
    if !names_itself {
        diagnostics.push(
            Diagnostic::error(
                "Invalid variable validation condition",
                format!("The condition for variable {name:?} must refer to var.{name} in order to test incoming values."),
            )
            .at(rule.condition.span),
        );
    }
}
