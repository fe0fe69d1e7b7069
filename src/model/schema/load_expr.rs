//! Expressions of schema texts: literals and types, nothing to evaluate.

use std::{collections::BTreeMap, ops::Range, sync::Arc, time::Duration};

use hcl_edit::{
    Span,
    expr::{Expression, FuncCall, ObjectKey, UnaryOperator},
};

use super::Nesting;
use crate::value::{Number, Type, Value};

/// What is wrong, and where in the text.
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) span: Option<Range<usize>>,
}

pub(super) type Result<T> = std::result::Result<T, Wrong>;

pub(super) fn wrong<T>(at: &impl Span, message: impl Into<String>) -> Result<T> {
    Err(Wrong {
        message: message.into(),
        span: at.span(),
    })
}

pub(super) fn string(e: &Expression) -> Result<String> {
    match e.as_str() {
        Some(s) => Ok(s.to_owned()),
        None => wrong(e, "a text without interpolation is needed"),
    }
}

pub(super) fn name(e: &Expression) -> Result<Arc<str>> {
    string(e).map(Into::into)
}

pub(super) fn boolean(e: &Expression) -> Result<bool> {
    match e.as_bool() {
        Some(b) => Ok(b),
        None => wrong(e, "true or false is needed"),
    }
}

pub(super) fn integer(e: &Expression) -> Result<i64> {
    let number = match e {
        Expression::UnaryOp(op) if *op.operator == UnaryOperator::Neg => {
            integer(&op.expr).ok().map(|n| -n)
        }
        _ => e.as_number().and_then(hcl_edit::Number::as_i64),
    };
    match number {
        Some(n) => Ok(n),
        None => wrong(e, "a whole number is needed"),
    }
}

pub(super) fn count(e: &Expression) -> Result<usize> {
    match integer(e).map(usize::try_from) {
        Ok(Ok(n)) => Ok(n),
        _ => wrong(e, "a whole number from 0 on is needed"),
    }
}

pub(super) fn list<T>(e: &Expression, item: impl Fn(&Expression) -> Result<T>) -> Result<Vec<T>> {
    match e.as_array() {
        Some(items) => items.iter().map(item).collect(),
        None => wrong(e, "a list is needed"),
    }
}

pub(super) fn entries<T>(
    e: &Expression,
    item: impl Fn(&Expression) -> Result<T>,
) -> Result<BTreeMap<Arc<str>, T>> {
    let Some(object) = e.as_object() else {
        return wrong(e, "an object is needed");
    };
    let mut out = BTreeMap::new();
    for (key, value) in object.iter() {
        let key: Arc<str> = match key {
            ObjectKey::Ident(i) => i.as_str().into(),
            ObjectKey::Expression(k) => name(k)?,
        };
        if out.insert(key, item(value.expr())?).is_some() {
            return wrong(value.expr(), "the key stands twice");
        }
    }
    Ok(out)
}

/// Reads `10m`, `90s`, `1h`.
pub(super) fn duration(e: &Expression) -> Result<Duration> {
    let text = string(e)?;
    let seconds = text.char_indices().next_back().and_then(|(at, unit)| {
        let n: u64 = text.get(..at)?.parse().ok()?;
        Some(
            n * match unit {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                _ => return None,
            },
        )
    });
    match seconds {
        Some(s) => Ok(Duration::from_secs(s)),
        None => wrong(e, "a duration such as \"10m\" is needed"),
    }
}

/// Reads a value that stands for itself: no types inside lists but that of the first element.
pub(super) fn literal(e: &Expression, ty: &Type) -> Result<Value> {
    match (e, ty) {
        (Expression::Null(_), _) => Ok(Value::null(ty.clone())),
        (Expression::String(s), Type::String) => Ok(Value::from(s.as_str())),
        (Expression::Bool(b), Type::Bool) => Ok(Value::from(**b)),
        (Expression::Number(n), Type::Number) => match Number::parse(&n.to_string()) {
            Some(n) => Ok(Value::from(n)),
            None => wrong(e, "not a number"),
        },
        (Expression::UnaryOp(_), Type::Number) => integer(e).map(Value::from),
        (Expression::Array(_), Type::List(element)) => Ok(Value::list(
            (**element).clone(),
            list(e, |x| literal(x, element))?,
        )),
        (Expression::Array(_), Type::Set(element)) => Ok(Value::set(
            (**element).clone(),
            list(e, |x| literal(x, element))?,
        )),
        _ => wrong(e, format!("the value is not of type {ty}")),
    }
}

pub(super) fn ty(e: &Expression) -> Result<Type> {
    match e {
        Expression::Variable(name) => match name.as_str() {
            "string" => Ok(Type::String),
            "number" => Ok(Type::Number),
            "bool" => Ok(Type::Bool),
            "any" => Ok(Type::Dynamic),
            other => wrong(e, format!("there is no type `{other}`")),
        },
        Expression::FuncCall(call) => constructor(e, call),
        _ => wrong(e, "a type is needed"),
    }
}

fn constructor(e: &Expression, call: &FuncCall) -> Result<Type> {
    let mut args = call.args.iter();
    let (Some(arg), None) = (args.next(), args.next()) else {
        return wrong(e, "a type constructor takes one argument");
    };
    match call.name.name.as_str() {
        "list" => Ok(Type::list(ty(arg)?)),
        "set" => Ok(Type::set(ty(arg)?)),
        "map" => Ok(Type::map(ty(arg)?)),
        "object" => Ok(Type::object(entries(arg, ty)?)),
        other => wrong(e, format!("there is no type constructor `{other}`")),
    }
}

pub(super) fn nesting(e: &Expression) -> Result<Nesting> {
    match string(e)?.as_str() {
        "single" => Ok(Nesting::Single),
        "group" => Ok(Nesting::Group),
        "list" => Ok(Nesting::List),
        "set" => Ok(Nesting::Set),
        "map" => Ok(Nesting::Map),
        _ => wrong(e, "one of single, group, list, set, map is needed"),
    }
}
