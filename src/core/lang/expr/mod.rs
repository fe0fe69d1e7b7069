//! Evaluation of expressions and bodies.

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    value::Value,
};

use super::program::Reference;

/// What an expression can see.
pub trait Scope {
    /// Returns the value that a reference's subject has; the rest of the reference is applied by the evaluator.
    ///
    /// # Errors
    /// Says why there is none, with the place of the reference.
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic>;
}

/// The result of an evaluation: a value, or what was wrong.
pub type Evaluated<T = Value> = Result<T, Diagnostics>;
