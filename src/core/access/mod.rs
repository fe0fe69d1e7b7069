//! Who can reach which instance, by which path, and whether it is logged.
//!
//! - [`estate`]: what a state, or the state as a plan leaves it, says about networks, instances and permissions
//! - [`permit`]: what a role may do, as far as the request is known
//! - [`network`]: who reaches whom
//! - [`method`]: the ways to an instance; [`hop`]: what each of them needs
//! - [`path`]: principals, methods and instances together
//! - [`change`]: what a plan changes of it, [`statements`]: of the texts of policies
//! - [`rules`]: what a team forbids; [`judgement`]: all that is said of a plan
//!
//! Nothing here calls anybody: what was not read is said to be unseen, and never taken for absent.

pub mod change;
pub mod estate;
pub mod hop;
mod instance;
pub mod judgement;
mod managed;
pub mod method;
pub mod network;
mod open;
pub mod path;
pub mod permit;
mod prepared;
pub mod rules;
pub mod statements;
#[cfg(test)]
mod tests;
mod witness;

pub use estate::{Estate, things};
pub use hop::{Hop, HopKind, HopState, Verdict};
pub use judgement::{Judgement, judge};
pub use method::Method;
pub use path::{Analysis, Logged, Path};
pub use witness::Witness;
