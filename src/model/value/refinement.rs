//! What is known of an unknown value.

use std::sync::Arc;

use super::Number;

/// What is known of an unknown value already; all `None`/`false` means nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refinement {
    /// It will not be null.
    pub not_null: bool,
    /// A text that begins so.
    pub prefix: Option<Arc<str>>,
    /// A number not below (bound, inclusive).
    pub min: Option<(Number, bool)>,
    /// A number not above (bound, inclusive).
    pub max: Option<(Number, bool)>,
    /// A collection with at least so many elements.
    pub min_length: Option<usize>,
    /// A collection with at most so many elements.
    pub max_length: Option<usize>,
}
