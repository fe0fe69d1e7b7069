//! What `import` blocks say: how often, to which address, by which id. Planning and the walk before it read them alike.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::{Kind, Marks, Type, Value, convert},
};

use super::world::Each;
use crate::lang::{
    address::{AbsInstance, Key},
    expr::constant_with,
    program::{Import, Repetition, ResourceBlock},
    syntax::Expr,
};

/// Returns what `each` is in every turn of a `for_each`; `None` where that is not known yet.
///
/// Other than for resources, lists are taken too, with numbers as keys, and sets of anything. Null gives no turn.
///
/// # Errors
/// The value cannot be iterated over, or must not be stored.
pub(crate) fn turns(expr: &Expr, value: &Value) -> Result<Option<Vec<Each>>, Diagnostic> {
    let bad = |detail: &str| Diagnostic::error("Invalid for_each argument", detail).at(expr.span);
    let (value, marks) = value.clone().unmark();
    if !value.is_wholly_known() {
        return Ok(None);
    }
    if marks.contains(Marks::EPHEMERAL) {
        return Err(bad(
            "The given \"for_each\" value is derived from an ephemeral value, which means that bastionless cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify a resource's instance keys.",
        ));
    }
    if value.is_null() {
        return Ok(Some(Vec::new()));
    }
    let turn = |key: Value, value: &Value| Each {
        each_key: Some(key),
        each_value: Some(value.clone()),
        count_index: None,
    };
    let turns = match value.kind() {
        Kind::Map(_, entries) | Kind::Object(entries) => entries
            .iter()
            .map(|(k, v)| turn(Value::from(k.clone()), v))
            .collect(),
        Kind::Set(_, set) => set.iter().map(|v| turn(v.clone(), v)).collect(),
        _ => match value.elements() {
            Some(elements) => elements
                .iter()
                .zip(0_i64..)
                .map(|(v, i)| turn(Value::from(i), v))
                .collect(),
            None => return Err(bad("The \"for_each\" expression must be a collection.")),
        },
    };
    Ok(Some(turns))
}

/// The error for a `for_each` that is not known before apply.
pub(crate) fn not_known_yet(expr: &Expr) -> Diagnostic {
    Diagnostic::error(
        "Invalid for_each argument",
        "The \"for_each\" expression includes values derived from other resource attributes that cannot be determined until apply, and so bastionless cannot determine the full set of values that might be used to import this resource.",
    )
    .at(expr.span)
}

/// Returns the address that an import names in one turn.
///
/// # Errors
/// A key is no text and no whole number, or names other things than `each`.
pub(crate) fn address(import: &Import, each: &Each) -> Result<AbsInstance, Diagnostics> {
    let names = || {
        let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
        entries.extend(each.each_key.clone().map(|v| ("key".into(), v)));
        entries.extend(each.each_value.clone().map(|v| ("value".into(), v)));
        vec![("each".into(), Value::object(entries))]
    };
    let mut to = import.to.clone();
    for (step, expr) in &import.module_keys {
        let key = instance_key(&constant_with(expr, names())?, expr.span)?;
        if let Some((_, place)) = to.module.0.get_mut(*step) {
            *place = key;
        }
    }
    let key = match &import.key {
        None => Key::None,
        Some(expr) => instance_key(&constant_with(expr, names())?, expr.span)?,
    };
    Ok(to.instance(key))
}

fn instance_key(value: &Value, span: Span) -> Result<Key, Diagnostic> {
    let value = value.clone().unmark().0;
    if let Some(text) = value.as_str() {
        return Ok(Key::Str(text.into()));
    }
    let bad = |detail: &str| Diagnostic::error("Invalid address", detail).at(span);
    if value.as_number().is_none() {
        return Err(bad(
            "Invalid resource instance key: either a string or an integer is required.",
        ));
    }
    value.as_index().map(|i| Key::Int(i as u64)).ok_or_else(|| {
        bad("Invalid resource instance key: value must be a whole number, zero or greater.")
    })
}

/// Returns the id of an import; `None` where it is not known yet.
///
/// # Errors
/// It is no text, or null, or empty.
pub(crate) fn id(value: &Value, import: &Import) -> Result<Option<String>, Diagnostic> {
    let bad =
        |detail: &str| Diagnostic::error("Invalid import id argument", detail).at(import.id.span);
    if value.is_null() {
        return Err(bad("The import ID cannot be null."));
    }
    let text = convert(value, &Type::String).map_err(|e| {
        Diagnostic::error(
            "Incorrect value type",
            format!("Invalid expression value: {}.", e.message),
        )
        .at(import.id.span)
    })?;
    if text.is_unknown() {
        return Ok(None);
    }
    match text.as_str() {
        Some("") => Err(bad(
            "The import ID value evaluates to an empty string, please provide a non-empty value.",
        )),
        Some(id) => Ok(Some(id.to_owned())),
        None => Err(bad("The import ID value is unsuitable.")),
    }
}

/// Says why a resource has no instance of such a key.
pub(crate) fn unfit(block: &ResourceBlock, key: &Key) -> Option<&'static str> {
    match (key, &block.repetition) {
        (Key::None, Repetition::Count(_)) => Some("The target resource is using count."),
        (Key::None, Repetition::ForEach(_)) => Some("The target resource is using for_each."),
        (Key::Str(_), Repetition::Single | Repetition::Count(_)) => {
            Some("The target resource does not use for_each.")
        }
        (Key::Int(_), Repetition::Single | Repetition::ForEach(_)) => {
            Some("The target resource does not use count.")
        }
        _ => None,
    }
}
