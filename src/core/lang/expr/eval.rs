//! The evaluator: one method a kind of expression.

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::{Marks, Type, Value, convert},
};

use super::{Env, Evaluated, Scope, reference};
use crate::lang::{
    functions::Host,
    syntax::{Expr, ExprKind, Ident, ObjectItem, TemplatePart, TraversalStep},
};

/// The state of one evaluation.
pub(super) struct Evaluator<'a> {
    pub(super) scope: Option<&'a dyn Scope>,
    pub(super) host: Option<&'a dyn Host>,
    pub(super) pure_only: bool,
    pub(super) function_providers: Option<&'a BTreeSet<Arc<str>>>,
    pub(super) in_template: bool,
    /// Names bound by `for`, templates and `dynamic`; the last one wins.
    pub(super) names: Vec<(Arc<str>, Value)>,
    /// The elements of the splats around; the last one counts.
    pub(super) items: Vec<Value>,
    pub(super) diagnostics: Diagnostics,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(env: &Env<'a>) -> Self {
        Self {
            scope: env.scope,
            host: Some(env.host),
            pure_only: env.pure_only,
            function_providers: env.function_providers,
            in_template: env.in_template,
            names: env.names.clone(),
            items: Vec::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// Makes an evaluator that allows neither references nor function calls.
    pub(super) fn constant() -> Self {
        Self {
            scope: None,
            host: None,
            pure_only: false,
            function_providers: None,
            in_template: false,
            names: Vec::new(),
            items: Vec::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    pub(super) fn finish(self, value: Value) -> Evaluated {
        if self.diagnostics.has_errors() {
            Err(self.diagnostics)
        } else {
            Ok(value)
        }
    }

    /// Records an error; the value is unknown.
    pub(super) fn fail(
        &mut self,
        span: Span,
        summary: &'static str,
        detail: impl Into<String>,
    ) -> Value {
        self.diagnostics
            .push(Diagnostic::error(summary, detail).at(span));
        Value::DYNAMIC
    }

    /// Runs `f` with a list of problems of its own.
    pub(super) fn apart<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> (T, Diagnostics) {
        let before = std::mem::take(&mut self.diagnostics);
        let result = f(self);
        (result, std::mem::replace(&mut self.diagnostics, before))
    }

    pub(super) fn eval(&mut self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Literal(value) => value.clone(),
            ExprKind::Template(t) => self.template(&t.parts, expr.span),
            ExprKind::Tuple(items) => Value::tuple(items.iter().map(|e| self.eval(e)).collect()),
            ExprKind::Object(items) => self.object(items),
            ExprKind::Traversal { root, steps } => self.traversal(root, steps),
            ExprKind::Relative { on, steps } => {
                let value = self.eval(on);
                self.steps(value, steps)
            }
            ExprKind::Index { on, key, brackets } => {
                let on = self.eval(on);
                let key = self.eval(key);
                self.index(&on, &key, *brackets)
            }
            ExprKind::Splat { on, each, marker } => self.splat(on, each, *marker),
            ExprKind::SplatItem => self.items.last().cloned().unwrap_or(Value::DYNAMIC),
            ExprKind::Call {
                name,
                args,
                expand,
                parens,
            } => self.call(expr, name, args, *expand, *parens),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise),
            ExprKind::Binary { .. } => self.binary(expr),
            ExprKind::Unary { op, operand } => self.unary(*op, operand, expr.span),
            ExprKind::For(f) => self.for_expression(f),
            ExprKind::Parens(inner) => self.eval(inner),
        }
    }

    fn object(&mut self, items: &[ObjectItem]) -> Value {
        let mut entries = Vec::with_capacity(items.len());
        let mut marks = Marks::NONE;
        let mut known = true;
        for item in items {
            let errors = self.diagnostics.0.len();
            let key = self.object_key(&item.key);
            let bad = self.diagnostics.0.len() > errors;
            let value = self.eval(&item.value);
            if bad {
                known = false;
                continue;
            }
            match self.key_text(&key, item) {
                Some(text) => entries.push((text, value)),
                None => known = false,
            }
            marks = marks.union(key.marks());
        }
        let value = if known {
            Value::object(entries)
        } else {
            Value::DYNAMIC
        };
        value.with_marks(marks)
    }

    /// A bare name with steps may be meant as a reference or as a text.
    fn object_key(&mut self, key: &Expr) -> Value {
        match &key.kind {
            ExprKind::Traversal { .. } => self.fail(
                key.span,
                "Ambiguous attribute key",
                "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a literal name containing periods, wrap it in quotes to create a string literal.",
            ),
            _ => self.eval(key),
        }
    }

    fn key_text(&mut self, key: &Value, item: &ObjectItem) -> Option<Arc<str>> {
        if key.is_null() {
            self.fail(
                item.value.span,
                "Null value as key",
                "Can't use a null value as a key.",
            );
            return None;
        }
        match convert(key, &Type::String) {
            Ok(text) => match text.kind() {
                bastionless_model::value::Kind::String(s) => Some(s.clone()),
                _ => None,
            },
            Err(e) => {
                self.fail(
                    item.key.span,
                    "Incorrect key type",
                    format!("Can't use this value as a key: {}.", e.message),
                );
                None
            }
        }
    }

    fn traversal(&mut self, root: &Ident, steps: &[TraversalStep]) -> Value {
        if let Some((_, value)) = self.names.iter().rev().find(|(n, _)| *n == root.name) {
            let value = value.clone();
            return self.steps(value, steps);
        }
        let Some(scope) = self.scope else {
            return if self.host.is_none() {
                self.fail(
                    root.span,
                    "Variables not allowed",
                    "Variables may not be used here.",
                )
            } else {
                let detail = format!("There is no variable named \"{}\".", root.name);
                self.fail(root.span, "Unknown variable", detail)
            };
        };
        let resolved = reference(root, steps)
            .and_then(|r| Ok((scope.resolve(&r).map_err(|d| d.or_at(r.span))?, r.rest)));
        match resolved {
            Ok((value, rest)) => self.steps(value, &rest),
            Err(d) => {
                self.diagnostics.push(d);
                Value::DYNAMIC
            }
        }
    }

    /// Binds names, runs `f`, forgets the names.
    pub(super) fn with_names<T>(
        &mut self,
        names: impl IntoIterator<Item = (Arc<str>, Value)>,
        f: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let depth = self.names.len();
        self.names.extend(names);
        let result = f(self);
        self.names.truncate(depth);
        result
    }
}

/// Returns where an expression starts, as Terraform understands it: the place of errors about an argument.
pub(super) fn start(expr: &Expr) -> Span {
    let first = |span: Span| Span {
        end: span.start + 1,
        ..span
    };
    match &expr.kind {
        ExprKind::Template(t) => match t.parts.as_slice() {
            [TemplatePart::Interpolation(_)] => expr.span,
            [TemplatePart::Literal(_, span), ..] => *span,
            [TemplatePart::Interpolation(e), ..] => start(e),
            [TemplatePart::If { condition, .. }, ..] => start(condition),
            _ => expr.span,
        },
        ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_) | ExprKind::Unary { .. } => {
            first(expr.span)
        }
        ExprKind::Call { name, parens, .. } => Span {
            end: parens.start + 1,
            ..name.span
        },
        ExprKind::Conditional { condition, .. } => start(condition),
        ExprKind::Binary { left, .. } => start(left),
        ExprKind::Index { brackets, .. } => first(*brackets),
        ExprKind::Splat { marker, .. } => *marker,
        _ => expr.span,
    }
}
