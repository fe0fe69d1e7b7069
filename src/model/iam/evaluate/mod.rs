//! Whether a request is allowed, by AWS's evaluation logic.

mod request;

pub use request::{By, Context, Decision, Layer, PolicySet, Request, Values, Verdict};
