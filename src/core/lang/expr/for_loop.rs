//! `for` expressions.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::Span,
    value::{Kind, Marks, Type, Value, convert},
};

use super::eval::Evaluator;
use crate::lang::syntax::{Expr, ForExpr, Ident};

/// Walks over keys and elements of a collection; `None` for a value that has none.
pub(super) fn entries(collection: &Value) -> Option<Vec<(Value, Value)>> {
    let numbered = |l: &[Value]| {
        l.iter()
            .zip(0_i64..)
            .map(|(v, i)| (Value::from(i), v.clone()))
            .collect()
    };
    match collection.kind() {
        Kind::List(_, l) | Kind::Tuple(l) => Some(numbered(l)),
        Kind::Set(_, l) => Some(l.iter().map(|v| (v.clone(), v.clone())).collect()),
        Kind::Map(_, m) | Kind::Object(m) => Some(
            m.iter()
                .map(|(k, v)| (Value::from(k.clone()), v.clone()))
                .collect(),
        ),
        _ => None,
    }
}

/// What a loop has found out on its way.
struct Progress {
    marks: Marks,
    known: bool,
}

impl Evaluator<'_> {
    /// Evaluates what is iterated over: entries and marks, or the result where there is nothing to iterate over.
    pub(super) fn iterated(
        &mut self,
        collection: &Expr,
    ) -> Result<(Vec<(Value, Value)>, Marks), Value> {
        let value = self.eval(collection);
        let marks = value.marks();
        if value.is_null() {
            return Err(self.fail(
                collection.span,
                "Iteration over null value",
                "A null value cannot be used as the collection in a 'for' expression.",
            ));
        }
        if let Kind::Unknown(t, _) = value.kind()
            && !t.is_primitive()
        {
            return Err(Value::DYNAMIC.with_marks(marks));
        }
        match entries(&value) {
            Some(entries) => Ok((entries, marks)),
            None => Err(self.fail(
                collection.span,
                "Iteration over non-iterable value",
                format!(
                    "A value of type {} cannot be used as the collection in a 'for' expression.",
                    value.type_of().friendly_name()
                ),
            )),
        }
    }

    pub(super) fn for_expression(&mut self, f: &ForExpr) -> Value {
        let (entries, marks) = match self.iterated(&f.collection) {
            Ok(found) => found,
            Err(value) => return value,
        };
        if let Some(condition) = &f.condition
            && !self.plausible(f, condition)
        {
            return Value::DYNAMIC;
        }
        let progress = Progress { marks, known: true };
        match &f.result_key {
            Some(key) => self.for_object(f, key, entries, progress),
            None => self.for_tuple(f, entries, progress),
        }
    }

    /// Finds a condition that cannot work before it fails for each element.
    fn plausible(&mut self, f: &ForExpr, condition: &Expr) -> bool {
        let errors = self.diagnostics.0.len();
        let names = bound(f.key.as_ref(), &f.value, Value::DYNAMIC, Value::DYNAMIC);
        let value = self.with_names(names, |e| e.eval(condition));
        if value.is_null() {
            self.fail(
                condition.span,
                "Condition is null",
                "The value of the 'if' clause must not be null.",
            );
        } else if let Err(e) = convert(&value, &Type::Bool) {
            self.bad_condition(condition.span, &e.message);
        }
        self.diagnostics.0.len() == errors
    }

    fn bad_condition(&mut self, span: Span, why: &str) {
        self.fail(
            span,
            "Invalid 'for' condition",
            format!("The 'if' clause value is invalid: {why}."),
        );
    }

    /// Tells whether an element counts; `None` where that is not known.
    fn included(&mut self, f: &ForExpr, progress: &mut Progress) -> Option<bool> {
        let Some(condition) = &f.condition else {
            return Some(true);
        };
        let value = self.eval(condition);
        progress.marks = progress.marks.union(value.marks());
        if value.is_null() {
            if progress.known {
                self.fail(
                    condition.span,
                    "Invalid 'for' condition",
                    "The value of the 'if' clause must not be null.",
                );
            }
            return None;
        }
        match convert(&value, &Type::Bool) {
            Ok(v) => v.as_bool(),
            Err(e) => {
                if progress.known {
                    self.bad_condition(condition.span, &e.message);
                }
                None
            }
        }
    }

    fn for_tuple(
        &mut self,
        f: &ForExpr,
        entries: Vec<(Value, Value)>,
        mut progress: Progress,
    ) -> Value {
        let mut values = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let names = bound(f.key.as_ref(), &f.value, key, value);
            self.with_names(names, |e| match e.included(f, &mut progress) {
                None => progress.known = false,
                Some(false) => {}
                Some(true) => values.push(e.eval(&f.result)),
            });
        }
        let result = if progress.known {
            Value::tuple(values)
        } else {
            Value::DYNAMIC
        };
        result.with_marks(progress.marks)
    }

    fn for_object(
        &mut self,
        f: &ForExpr,
        key_expr: &Expr,
        entries: Vec<(Value, Value)>,
        mut progress: Progress,
    ) -> Value {
        let mut values: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for (key, value) in entries {
            let names = bound(f.key.as_ref(), &f.value, key, value);
            self.with_names(names, |e| {
                match e.included(f, &mut progress) {
                    None => {
                        progress.known = false;
                        return;
                    }
                    Some(false) => return,
                    Some(true) => {}
                }
                let Some(key) = e.for_key(key_expr, &mut progress) else {
                    progress.known = false;
                    return;
                };
                let value = e.eval(&f.result);
                let group = values.entry(key.clone()).or_default();
                if !group.is_empty() && !f.group {
                    e.fail(
                        key_expr.span,
                        "Duplicate object key",
                        format!("Two different items produced the key \"{key}\" in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key."),
                    );
                } else {
                    group.push(value);
                }
            });
        }
        let result = if !progress.known {
            Value::DYNAMIC
        } else if f.group {
            Value::object(values.into_iter().map(|(k, g)| (k, Value::tuple(g))))
        } else {
            Value::object(
                values
                    .into_iter()
                    .filter_map(|(k, g)| Some((k, g.into_iter().next()?))),
            )
        };
        result.with_marks(progress.marks)
    }

    fn for_key(&mut self, key_expr: &Expr, progress: &mut Progress) -> Option<Arc<str>> {
        let key = self.eval(key_expr);
        if key.is_null() {
            if progress.known {
                self.fail(
                    key_expr.span,
                    "Invalid object key",
                    "Key expression in 'for' expression must not produce a null value.",
                );
            }
            return None;
        }
        progress.marks = progress.marks.union(key.marks());
        match convert(&key, &Type::String) {
            Ok(text) => text.as_str().map(Arc::from),
            Err(e) => {
                if progress.known {
                    self.fail(
                        key_expr.span,
                        "Invalid object key",
                        format!(
                            "The key expression produced an invalid result: {}.",
                            e.message
                        ),
                    );
                }
                None
            }
        }
    }
}

/// Returns the names of one round.
pub(super) fn bound(
    key_name: Option<&Ident>,
    value_name: &Ident,
    key: Value,
    value: Value,
) -> impl Iterator<Item = (Arc<str>, Value)> {
    key_name
        .map(|n| (n.name.clone(), key))
        .into_iter()
        .chain([(value_name.name.clone(), value)])
}
