//! `aws_route_table`: routes as the state has them.

use super::Refine;
use crate::value::{Type, Value};

pub(super) const REFINE: Refine = Refine {
    name: "route_table",
    shape: Some(shape),
    ..Refine::NONE
};

/// What a route leaves out is an empty text in the state.
fn shape(name: &str, value: Value) -> Value {
    if name != "route" {
        return value;
    }
    let fill = |v: Value| {
        if v.is_null() && v.type_of() == Type::String {
            Value::from("")
        } else {
            v
        }
    };
    value.transform(&mut |v| match v.entries() {
        Some(m) => Value::object(m.iter().map(|(k, v)| (k.clone(), fill(v.clone())))),
        None => v,
    })
}
