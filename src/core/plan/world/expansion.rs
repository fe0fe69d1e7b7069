//! `count` and `for_each`.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::{Kind, Marks, Type, Value, convert},
};

use super::{Each, ModuleScope};
use crate::lang::{address::Key, program::Repetition, syntax::Expr};

/// How instances are told apart.
#[derive(Clone, Debug, Default)]
pub(crate) enum Keys {
    /// One, without key.
    Single,
    /// With `count`.
    Count(u64),
    /// With `for_each`: the value of each key.
    ForEach(Arc<BTreeMap<Arc<str>, Value>>),
    /// Not known: an error was reported.
    #[default]
    Unknown,
}

/// One instance of something repeated.
pub(crate) type Repeated = (Key, Each);

/// Why something cannot be expanded.
pub(crate) type ExpansionError = Diagnostics;

impl Keys {
    /// Returns what `each` and `count` are in one instance; `None` where there is none of that key.
    pub(crate) fn each(&self, key: &Key) -> Option<Each> {
        match (self, key) {
            (Self::Single, Key::None) => Some(Each::default()),
            (Self::Count(n), Key::Int(i)) if i < n => Some(Each {
                count_index: Some(Value::from(i64::try_from(*i).unwrap_or(i64::MAX))),
                ..Each::default()
            }),
            (Self::ForEach(map), Key::Str(k)) => map.get(k).map(|v| Each {
                each_key: Some(Value::from(k.clone())),
                each_value: Some(v.clone()),
                count_index: None,
            }),
            _ => None,
        }
    }

    /// Returns the instances in order.
    pub(crate) fn instances(&self) -> Vec<Repeated> {
        match self {
            Self::Single => vec![(Key::None, Each::default())],
            Self::Count(n) => (0..*n)
                .map(|i| {
                    let index = Value::from(i64::try_from(i).unwrap_or(i64::MAX));
                    (
                        Key::Int(i),
                        Each {
                            count_index: Some(index),
                            ..Each::default()
                        },
                    )
                })
                .collect(),
            Self::ForEach(map) => map
                .iter()
                .map(|(k, v)| {
                    let each = Each {
                        each_key: Some(Value::from(k.clone())),
                        each_value: Some(v.clone()),
                        count_index: None,
                    };
                    (Key::Str(k.clone()), each)
                })
                .collect(),
            Self::Unknown => Vec::new(),
        }
    }
}

/// Evaluates a repetition.
///
/// # Errors
/// The value is no number, map or set of texts, is not known yet, or is sensitive.
pub(crate) fn expand(
    repetition: &Repetition,
    scope: &ModuleScope<'_>,
) -> Result<Keys, ExpansionError> {
    match repetition {
        Repetition::Single => Ok(Keys::Single),
        Repetition::Count(expr) => count(expr, &scope.evaluate(expr)?).map_err(Into::into),
        Repetition::ForEach(expr) => for_each(expr, scope.evaluate(expr)?).map_err(Into::into),
    }
}

/// Finds what is wrong with a repetition whatever is still unknown.
pub(crate) fn check_repetition(repetition: &Repetition, scope: &ModuleScope<'_>) -> Diagnostics {
    let (Repetition::Count(expr) | Repetition::ForEach(expr)) = repetition else {
        return Diagnostics::default();
    };
    let value = match scope.evaluate(expr) {
        Ok(value) => value,
        Err(problems) => return problems,
    };
    if value.marks() == Marks::NONE && !value.is_wholly_known() {
        return Diagnostics::default();
    }
    let problem = match repetition {
        Repetition::Count(_) => count(expr, &value).err(),
        _ => for_each(expr, value).err(),
    };
    problem.into_iter().collect()
}

fn count(expr: &Expr, value: &Value) -> Result<Keys, Diagnostic> {
    let bad = |detail: &str| Diagnostic::error("Invalid count argument", detail).at(expr.span);
    if value.marks().contains(Marks::EPHEMERAL) {
        return Err(bad(
            "The given \"count\" is derived from an ephemeral value, which means that bastionless cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify the number of resource instances.",
        ));
    }
    if value.is_null() {
        return Err(bad(
            "The given \"count\" argument value is null. An integer is required.",
        ));
    }
    let number = convert(value, &Type::Number).map_err(|e| {
        Diagnostic::error(
            "Incorrect value type",
            format!("Invalid expression value: {}.", e.message),
        )
        .at(expr.span)
    })?;
    if number.is_unknown() {
        return Err(bad(
            "The \"count\" value depends on resource attributes that cannot be determined until apply, so bastionless cannot predict how many instances will be created. To work around this, use the -target argument to first apply only the resources that the count depends on.",
        ));
    }
    match number.as_i64() {
        Some(n) if n < 0 => Err(bad(
            "The given \"count\" argument value is unsuitable: must be greater than or equal to zero.",
        )),
        Some(n) => Ok(Keys::Count(n.unsigned_abs())),
        None => Err(bad(
            "The given \"count\" argument value is unsuitable: value must be a whole number.",
        )),
    }
}

fn for_each(expr: &Expr, value: Value) -> Result<Keys, Diagnostic> {
    let (value, marks) = value.unmark();
    check_for_each(expr.span, &value, marks)?;
    let entries: BTreeMap<Arc<str>, Value> = match value.kind() {
        Kind::Map(_, m) | Kind::Object(m) => m.as_ref().clone(),
        Kind::Set(_, set) => {
            let mut out = BTreeMap::new();
            for element in set.iter() {
                let Some(text) = element.as_str() else {
                    return Err(set_of_other(expr.span, element));
                };
                out.insert(Arc::from(text), element.clone());
            }
            out
        }
        _ => return Err(wrong_type(expr.span, &value)),
    };
    Ok(Keys::ForEach(Arc::new(entries)))
}

fn check_for_each(span: Span, value: &Value, marks: Marks) -> Result<(), Diagnostic> {
    let bad = |detail: String| Err(Diagnostic::error("Invalid for_each argument", detail).at(span));
    if marks.contains(Marks::SENSITIVE) {
        return bad("Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments. If used, the sensitive value could be disclosed as a resource instance key.".into());
    }
    if marks.contains(Marks::EPHEMERAL) {
        return bad("The given \"for_each\" value is derived from an ephemeral value, which means that bastionless cannot persist it between plan/apply rounds. Use only non-ephemeral values to specify a resource's instance keys.".into());
    }
    if value.is_null() {
        return bad("The given \"for_each\" argument value is unsuitable: the given \"for_each\" argument value is null. A map, or set of strings is allowed.".into());
    }
    let unknown_element =
        matches!(value.kind(), Kind::Set(..)) && value.children().any(|v| v.is_unknown());
    if value.is_unknown() || unknown_element {
        let what = match value.type_of() {
            Type::Set(_) => "set includes values derived from",
            _ => "map includes keys derived from",
        };
        return bad(format!(
            "The \"for_each\" {what} resource attributes that cannot be determined until apply, and so bastionless cannot determine the full set of keys that will identify the instances of this resource.\n\nWhen working with unknown values in for_each, it's better to use a map value where the keys are defined statically in your configuration and where only the values contain apply-time results.\n\nAlternatively, you could use the -target planning option to first apply only the resources that the for_each value depends on, and then apply a second time to fully converge."
        ));
    }
    Ok(())
}

fn set_of_other(span: Span, element: &Value) -> Diagnostic {
    let detail = if element.is_null() {
        "The given \"for_each\" argument value is unsuitable: \"for_each\" sets must not contain null values.".to_owned()
    } else {
        format!(
            "The given \"for_each\" argument value is unsuitable: \"for_each\" supports maps and sets of strings, but you have provided a set containing type {}.",
            element.type_of().friendly_name()
        )
    };
    Diagnostic::error("Invalid for_each set argument", detail).at(span)
}

fn wrong_type(span: Span, value: &Value) -> Diagnostic {
    Diagnostic::error(
        "Invalid for_each argument",
        format!(
            "The given \"for_each\" argument value is unsuitable: the \"for_each\" argument must be a map, or set of strings, and you have provided a value of type {}.",
            value.type_of().friendly_name()
        ),
    )
    .at(span)
}
