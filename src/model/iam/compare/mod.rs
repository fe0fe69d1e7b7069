//! What a new set of policies allows that the old did not, exactly.
//!
//! A request is taken apart into dimensions: its action, the six segments of its resource's ARN, its condition keys. In each, the
//! patterns of both sets can only tell finitely many classes of values apart. With one value of each class the question is a
//! formula over finitely many cases, which a small solver answers; an answer is a concrete request, and it counts only if the
//! evaluator confirms it.
//!
//! - [`compare`], [`compare_sets`]: the comparison
//! - [`changed_statements`]: what only one of the sets says
//! - [`comparison_text`], [`statements_text`]: both for a reviewer
//! - [`Comparison`], [`Difference`], [`Witness`], [`Undecided`]: what it finds

mod actions;
mod bits;
mod candidates;
mod difference;
mod encode;
mod glob;
mod goals;
mod keys;
mod numbers;
mod run;
mod search;
mod shape;
mod side;
mod solve;
mod suppose;
mod text;

pub use difference::{
    Cause, Comparison, Difference, StatementChange, StatementRef, Undecided, Witness,
};
pub use run::{Options, changed_statements, compare, compare_sets};
pub use text::{comparison_text, statements_text};
#[cfg(test)]
mod tests;
