//! Conditionals.

use bastionless_model::{
    base::Diagnostics,
    value::{Kind, Marks, Refinement, Type, Value, convert, unify},
};

use super::eval::Evaluator;
use crate::lang::syntax::Expr;

impl Evaluator<'_> {
    /// Both results are evaluated, for their types; problems count only of the one that is taken.
    pub(super) fn conditional(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr) -> Value {
        let (yes, yes_problems) = self.apart(|e| e.eval(then));
        let (no, no_problems) = self.apart(|e| e.eval(otherwise));
        let Some(ty) = result_type(&yes, &no) else {
            let why = mismatch(&yes.type_of(), &no.type_of());
            return self.fail(
                then.span.to(otherwise.span),
                "Inconsistent conditional result types",
                format!("The true and false result expressions must have consistent types. {why}."),
            );
        };
        let unknown = || Value::unknown(ty.clone().unwrap_or(Type::Dynamic));
        let decision = self.eval(condition);
        let marks = decision.marks();
        if decision.is_null() {
            self.fail(
                condition.span,
                "Null condition",
                "The condition value is null. Conditions must either be true or false.",
            );
            return unknown();
        }
        if decision.is_unknown() {
            // Of which type it will be does not matter yet.
            return undecided(yes, no, ty, marks);
        }
        let Ok(decision) = convert(&decision, &Type::Bool) else {
            self.fail(
                condition.span,
                "Incorrect condition type",
                "The condition expression must be of type bool.",
            );
            return unknown();
        };
        let Some(truth) = decision.as_bool() else {
            return undecided(yes, no, ty, marks);
        };
        // Which one is taken says something about the condition only, but Terraform marks with both.
        let marks = marks.union(yes.marks()).union(no.marks());
        let (value, problems, taken, word) = if truth {
            (yes, yes_problems, then, "true")
        } else {
            (no, no_problems, otherwise, "false")
        };
        self.take(value, problems, ty.as_ref(), taken, word)
            .with_marks(marks)
    }

    fn take(
        &mut self,
        value: Value,
        problems: Diagnostics,
        ty: Option<&Type>,
        taken: &Expr,
        word: &str,
    ) -> Value {
        self.diagnostics.extend(problems);
        let Some(ty) = ty else {
            return value;
        };
        match convert(&value, ty) {
            Ok(v) => v,
            Err(e) => {
                self.fail(
                    taken.span,
                    "Inconsistent conditional result types",
                    format!("The {word} result value has the wrong type: {}.", e.message),
                );
                Value::unknown(ty.clone())
            }
        }
    }
}

fn is_untyped_null(v: &Value) -> bool {
    matches!(v.kind(), Kind::Null(Type::Dynamic))
}

/// Returns the type of both results; `Some(None)` where it is not known yet.
fn result_type(yes: &Value, no: &Value) -> Option<Option<Type>> {
    if is_untyped_null(yes) && yes.marks().is_empty() {
        return Some(Some(no.type_of()));
    }
    if is_untyped_null(no) && no.marks().is_empty() {
        return Some(Some(yes.type_of()));
    }
    let (a, b) = (yes.type_of(), no.type_of());
    if a == Type::Dynamic || b == Type::Dynamic {
        return Some(None);
    }
    unify(&[a, b]).map(Some)
}

/// The condition is unknown: what both results have in common is known.
fn undecided(yes: Value, no: Value, ty: Option<Type>, marks: Marks) -> Value {
    let ty = ty.unwrap_or(Type::Dynamic);
    let (yes, yes_marks) = yes.unmark();
    let (no, no_marks) = no.unmark();
    let marks = marks.union(yes_marks).union(no_marks);
    if yes.is_null() && no.is_null() {
        return Value::null(ty).with_marks(marks);
    }
    let not_null =
        |v: &Value| !v.is_null() && (v.is_known() || v.refinement().is_some_and(|r| r.not_null));
    let mut known = Refinement {
        not_null: not_null(&yes) && not_null(&no),
        ..Refinement::default()
    };
    if let (Some(a), Some(b)) = (lengths(&yes, &ty), lengths(&no, &ty)) {
        known.min_length = Some(a.0.min(b.0));
        known.max_length = a.1.zip(b.1).map(|(a, b)| a.max(b));
    }
    if ty == Type::Number {
        let min = |v: &Value| match (v.as_number(), v.refinement()) {
            (Some(n), _) => Some((n.clone(), true)),
            (None, r) => r.and_then(|r| r.min.clone()),
        };
        let max = |v: &Value| match (v.as_number(), v.refinement()) {
            (Some(n), _) => Some((n.clone(), true)),
            (None, r) => r.and_then(|r| r.max.clone()),
        };
        known.min = min(&yes)
            .zip(min(&no))
            .map(|(a, b)| if a.0 <= b.0 { a } else { b });
        known.max = max(&yes)
            .zip(max(&no))
            .map(|(a, b)| if a.0 >= b.0 { a } else { b });
    }
    Value::unknown_refined(ty, known).with_marks(marks)
}

/// Returns the least and the most number of elements of a collection.
fn lengths(v: &Value, ty: &Type) -> Option<(usize, Option<usize>)> {
    if !ty.is_collection() {
        return None;
    }
    match v.kind() {
        Kind::List(_, l) => Some((l.len(), Some(l.len()))),
        Kind::Set(_, l) if v.is_wholly_known() => Some((l.len(), Some(l.len()))),
        Kind::Set(_, l) => Some((usize::from(!l.is_empty()), Some(l.len()))),
        Kind::Map(_, m) => Some((m.len(), Some(m.len()))),
        Kind::Unknown(t, r) if t.is_collection() => {
            let r = r.as_deref();
            Some((
                r.and_then(|r| r.min_length).unwrap_or(0),
                r.and_then(|r| r.max_length),
            ))
        }
        _ => None,
    }
}

/// Says why two types have nothing in common.
fn mismatch(yes: &Type, no: &Type) -> String {
    match (yes, no) {
        (Type::Object(a), Type::Object(b)) => {
            if let Some(name) = b.keys().find(|k| !a.contains_key(*k)) {
                return format!(
                    "The 'false' value includes object attribute \"{name}\", which is absent in the 'true' value"
                );
            }
            if let Some(name) = a.keys().find(|k| !b.contains_key(*k)) {
                return format!(
                    "The 'true' value includes object attribute \"{name}\", which is absent in the 'false' value"
                );
            }
            for (name, t) in a.iter() {
                if let Some(u) = b.get(name)
                    && t != u
                    && unify(&[t.clone(), u.clone()]).is_none()
                {
                    return format!(
                        "Type mismatch for object attribute \"{name}\": {}",
                        mismatch(t, u)
                    );
                }
            }
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            if a.len() != b.len() {
                return format!(
                    "The 'true' tuple has length {}, but the 'false' tuple has length {}",
                    a.len(),
                    b.len()
                );
            }
            for (i, (t, u)) in a.iter().zip(b.iter()).enumerate() {
                if t != u && unify(&[t.clone(), u.clone()]).is_none() {
                    return format!("Type mismatch for tuple element {i}: {}", mismatch(t, u));
                }
            }
        }
        (Type::List(a), Type::List(b)) => {
            return format!("Mismatched list element types: {}", mismatch(a, b));
        }
        (Type::Set(a), Type::Set(b)) => {
            return format!("Mismatched set element types: {}", mismatch(a, b));
        }
        (Type::Map(a), Type::Map(b)) => {
            return format!("Mismatched map element types: {}", mismatch(a, b));
        }
        _ => {}
    }
    let (yes, no) = (yes.friendly_name(), no.friendly_name());
    if yes == no {
        return "At least one deeply-nested attribute or element is not compatible across both the 'true' and the 'false' value".into();
    }
    format!("The 'true' value is {yes}, but the 'false' value is {no}")
}
