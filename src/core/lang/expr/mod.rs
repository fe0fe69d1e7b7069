//! Evaluation of expressions and bodies.
//!
//! An evaluation goes on after an error, with an unknown value in its place, so that all problems of an expression are
//! reported at once; only at the end is the value given up.

mod access;
mod call;
#[cfg(test)]
mod cases;
mod conditional;
mod constraint;
mod decode;
mod dynamic;
mod env;
mod eval;
mod for_loop;
mod operator;
mod references;
mod render;
mod shape;
mod template;
mod tfvars;
mod validate;

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::{Number, Value},
};

pub use constraint::constraint;
pub use decode::decode_body;
pub use env::Env;
pub use references::{body_references, reference, references, subjects};
pub use render::render_template;
pub use shape::shape_blocks;
pub use validate::validate_body;

use self::eval::Evaluator;
use super::{functions::Host, program::Reference, syntax::Expr};

/// What an expression can see.
pub trait Scope {
    /// Returns the value that a reference's subject has; the rest of the reference is applied by the evaluator.
    ///
    /// Where a resource or a module call has `count` or `for_each`, the value of [`Subject::Resource`] or
    /// [`Subject::ModuleOutput`] is the tuple or object of the values of all instances: a key stands in the rest.
    ///
    /// [`Subject::Resource`]: super::program::Subject::Resource
    /// [`Subject::ModuleOutput`]: super::program::Subject::ModuleOutput
    ///
    /// # Errors
    /// Says why there is none, with the place of the reference.
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic>;
}

/// The result of an evaluation: a value, or what was wrong.
pub type Evaluated<T = Value> = Result<T, Diagnostics>;

/// Evaluates an expression.
///
/// # Errors
/// Says all that was wrong.
pub fn evaluate(expr: &Expr, env: &Env<'_>) -> Evaluated {
    let mut evaluator = Evaluator::new(env);
    let value = evaluator.eval(expr);
    evaluator.finish(value)
}

/// Evaluates an expression in which neither references nor function calls are allowed.
///
/// # Errors
/// Says all that was wrong.
pub fn constant(expr: &Expr) -> Evaluated {
    let mut evaluator = Evaluator::constant();
    let value = evaluator.eval(expr);
    evaluator.finish(value)
}

/// Evaluates an expression in which only some names are allowed, and no function calls.
///
/// # Errors
/// Says all that was wrong.
pub fn constant_with(expr: &Expr, names: Vec<(Arc<str>, Value)>) -> Evaluated {
    let mut evaluator = Evaluator::constant();
    evaluator.names = names;
    let value = evaluator.eval(expr);
    evaluator.finish(value)
}

/// Evaluates an expression before anything is planned: functions of providers are unknown, and functions whose result
/// differs from call to call give unknown values. Without a host functions must not be called at all.
///
/// # Errors
/// Says all that was wrong.
pub fn evaluate_early(expr: &Expr, scope: &dyn Scope, host: Option<&dyn Host>) -> Evaluated {
    static NO_PROVIDERS: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut evaluator = Evaluator::constant();
    evaluator.scope = Some(scope);
    evaluator.host = host;
    evaluator.pure_only = true;
    evaluator.function_providers = Some(&NO_PROVIDERS);
    let value = evaluator.eval(expr);
    evaluator.finish(value)
}

/// Says that a value cannot be stored, which is so of infinite numbers only.
pub fn unstorable(value: &Value, span: Span) -> Option<Diagnostic> {
    fn infinite(value: &Value) -> bool {
        value.as_number().is_some_and(Number::is_infinite) || value.children().any(infinite)
    }
    infinite(value).then(|| {
        Diagnostic::error(
            "Infinite number",
            "The value holds an infinite number, as `1 / 0` gives, which neither plan nor state can hold.",
        )
        .at(span)
    })
}

#[cfg(test)]
mod tests;
