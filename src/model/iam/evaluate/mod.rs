//! Whether a request is allowed, by AWS's evaluation logic.
//!
//! - [`decide`], [`Evaluator`]: the answer, with the statement that decided
//! - [`Rule`], [`Check`]: single statements and conditions, for those who ask more than allowed or not
//! - [`Line`]: requests with their policies as lines of JSON
//! - [`values`]: how conditions read numbers, times, addresses

mod condition;
mod decide;
mod line;
mod principal;
mod request;
mod rule;
#[cfg(test)]
mod tests;
pub mod values;

pub use condition::Check;
pub use decide::{Evaluator, decide};
pub use line::{Line, LineError, unknown_operator};
pub use request::{By, Context, Decision, Layer, PolicySet, Request, Values, Verdict};
pub use rule::Rule;
