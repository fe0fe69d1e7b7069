//! Type constraints: the expressions after `type =`.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Span},
    value::{Constraint, ObjectAttribute, Type},
};

use super::constant;
use crate::lang::syntax::{Expr, ExprKind, ObjectItem, TemplatePart};

const INVALID: &str = "Invalid type specification";

fn invalid<T>(span: Span, detail: impl Into<String>) -> Result<T, Diagnostic> {
    Err(Diagnostic::error(INVALID, detail).at(span))
}

/// Reads a type constraint, such as `list(object({ name = optional(string, "x") }))`.
///
/// # Errors
/// Says what is no type.
pub fn constraint(expr: &Expr) -> Result<Constraint, Diagnostic> {
    if let ExprKind::Template(t) = &expr.kind
        && let [TemplatePart::Literal(text, _)] = t.parts.as_slice()
    {
        return Err(quoted(text, expr.span));
    }
    read(expr)
}

/// What Terraform 0.11 wrote in quotes.
fn quoted(text: &str, span: Span) -> Diagnostic {
    let (what, instead) = match text {
        "list" => ("list", "list(string)"),
        "map" => ("map", "map(string)"),
        _ => ("string", "string"),
    };
    if matches!(text, "string" | "list" | "map") {
        let advice = match what {
            "string" => "Remove the quotes around \"string\".".to_owned(),
            _ => format!(
                "Remove the quotes around \"{what}\" and write {instead} instead to explicitly indicate that the {what} elements are strings."
            ),
        };
        return Diagnostic::error(
            "Invalid quoted type constraints",
            format!("Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated and will be removed in a future version of Terraform. {advice}"),
        )
        .at(span)
        .patch(span, instead, "without quotes");
    }
    Diagnostic::error(
        INVALID,
        "A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).",
    )
    .at(span)
}

fn read(expr: &Expr) -> Result<Constraint, Diagnostic> {
    match &expr.kind {
        ExprKind::Traversal { root, steps } if steps.is_empty() => keyword(&root.name, expr.span),
        ExprKind::Call {
            name, args, parens, ..
        } => constructor(&name.name, args, name.span, *parens, expr.span),
        ExprKind::Literal(v) if v.is_null() => keyword("null", expr.span),
        ExprKind::Literal(v) if v.as_bool().is_some() => {
            let word = if v.as_bool() == Some(true) {
                "true"
            } else {
                "false"
            };
            keyword(word, expr.span)
        }
        _ => invalid(
            expr.span,
            "A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).",
        ),
    }
}

fn keyword(name: &str, span: Span) -> Result<Constraint, Diagnostic> {
    Ok(Constraint::Plain(match name {
        "bool" => Type::Bool,
        "number" => Type::Number,
        "string" => Type::String,
        "any" => Type::Dynamic,
        "list" | "set" | "map" => {
            return invalid(
                span,
                format!(
                    "The {name} type constructor requires one argument specifying the element type."
                ),
            );
        }
        "object" => {
            return invalid(
                span,
                "The object type constructor requires one argument specifying the attribute types and values as a map.",
            );
        }
        "tuple" => {
            return invalid(
                span,
                "The tuple type constructor requires one argument specifying the element types as a list.",
            );
        }
        "optional" => {
            return invalid(
                span,
                "The keyword \"optional\" is valid only as a modifier for object type attributes.",
            );
        }
        _ => {
            return invalid(
                span,
                format!("The keyword \"{name}\" is not a valid type specification."),
            );
        }
    }))
}

fn constructor(
    name: &str,
    args: &[Expr],
    name_span: Span,
    parens: Span,
    span: Span,
) -> Result<Constraint, Diagnostic> {
    if name == "any" {
        return invalid(
            parens,
            "Type constraint keyword \"any\" does not expect arguments.",
        );
    }
    if matches!(name, "bool" | "number" | "string") {
        return invalid(
            parens,
            format!("Primitive type keyword \"{name}\" does not expect arguments."),
        );
    }
    if name == "optional" {
        return invalid(
            name_span,
            "Keyword \"optional\" is valid only as a modifier for object type attributes.",
        );
    }
    let [arg] = args else {
        let parens = match args {
            [_, second, .., last] => second.span.to(last.span),
            [_, second] => second.span,
            _ => parens,
        };
        return match name {
            "list" | "set" | "map" => invalid(
                parens,
                format!(
                    "The {name} type constructor requires one argument specifying the element type."
                ),
            ),
            "object" => invalid(
                parens,
                "The object type constructor requires one argument specifying the attribute types and values as a map.",
            ),
            "tuple" => invalid(
                parens,
                "The tuple type constructor requires one argument specifying the element types as a list.",
            ),
            _ => unknown_constructor(name, span),
        };
    };
    let wrap = |plain: fn(Type) -> Type, boxed: fn(Box<Constraint>) -> Constraint| {
        Ok(match read(arg)? {
            Constraint::Plain(t) => Constraint::Plain(plain(t)),
            c => boxed(Box::new(c)),
        })
    };
    match name {
        "list" => wrap(Type::list, Constraint::List),
        "set" => wrap(Type::set, Constraint::Set),
        "map" => wrap(Type::map, Constraint::Map),
        "object" => object(arg),
        "tuple" => tuple(arg),
        _ => unknown_constructor(name, span),
    }
}

fn unknown_constructor<T>(name: &str, span: Span) -> Result<T, Diagnostic> {
    invalid(
        span,
        format!("Keyword \"{name}\" is not a valid type constructor."),
    )
}

fn tuple(arg: &Expr) -> Result<Constraint, Diagnostic> {
    let ExprKind::Tuple(items) = &arg.kind else {
        return invalid(
            arg.span,
            "Tuple type constructor requires a list of element types.",
        );
    };
    let items = items.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(if items.iter().all(|c| matches!(c, Constraint::Plain(_))) {
        Constraint::Plain(Type::tuple(items.iter().map(Constraint::to_type)))
    } else {
        Constraint::Tuple(items)
    })
}

fn object(arg: &Expr) -> Result<Constraint, Diagnostic> {
    let ExprKind::Object(items) = &arg.kind else {
        return invalid(
            arg.span,
            "Object type constructor requires a map whose keys are attribute names and whose values are the corresponding attribute types.",
        );
    };
    let mut attributes = BTreeMap::new();
    for item in items {
        let name = attribute_name(item)?;
        if attributes.contains_key(&name) {
            return invalid(item.key.span, "Object constructor map keys must be unique.");
        }
        attributes.insert(name, object_attribute(&item.value)?);
    }
    let plain = |a: &ObjectAttribute| !a.optional && matches!(a.constraint, Constraint::Plain(_));
    Ok(if attributes.values().all(plain) {
        Constraint::Plain(Type::object(
            attributes
                .into_iter()
                .map(|(k, a)| (k, a.constraint.to_type())),
        ))
    } else {
        Constraint::Object(attributes)
    })
}

fn attribute_name(item: &ObjectItem) -> Result<Arc<str>, Diagnostic> {
    match &item.key.kind {
        ExprKind::Literal(v) if v.as_str().is_some() => Ok(v.as_str().unwrap_or_default().into()),
        _ => invalid(
            item.key.span,
            "Object constructor map keys must be attribute names.",
        ),
    }
}

fn object_attribute(expr: &Expr) -> Result<ObjectAttribute, Diagnostic> {
    let ExprKind::Call {
        name, args, parens, ..
    } = &expr.kind
    else {
        return Ok(required(read(expr)?));
    };
    if &*name.name != "optional" {
        return Ok(required(read(expr)?));
    }
    let (ty, default) = match args.as_slice() {
        [] => {
            return invalid(
                *parens,
                "Optional attribute modifier requires the attribute type as its argument.",
            );
        }
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        [_, _, third, ..] => {
            return invalid(
                third.span,
                "Optional attribute modifier expects at most two arguments: the attribute type, and a default value.",
            );
        }
    };
    let constraint = read(ty)?;
    let default = default.map(|d| default_value(d, &constraint)).transpose()?;
    Ok(ObjectAttribute {
        constraint,
        optional: true,
        default,
    })
}

fn required(constraint: Constraint) -> ObjectAttribute {
    ObjectAttribute {
        constraint,
        optional: false,
        default: None,
    }
}

fn default_value(
    expr: &Expr,
    constraint: &Constraint,
) -> Result<bastionless_model::value::Value, Diagnostic> {
    let value = constant(expr).map_err(|d| {
        d.into_iter().next().unwrap_or_else(|| {
            Diagnostic::error("Invalid default value", "The value is not constant.").at(expr.span)
        })
    })?;
    constraint.apply(&value).map_err(|e| {
        Diagnostic::error(
            "Invalid default value for optional attribute",
            format!(
                "This default value is not compatible with the attribute's type constraint: {}.",
                e.message
            ),
        )
        .at(expr.span)
    })
}
