//! `terraform_data`: as the provider that is built into Terraform plans it.

use super::Refine;
use crate::{
    schema::Schema,
    value::{Type, Value, identical},
};

pub(super) const REFINE: Refine = Refine {
    name: "terraform_data",
    plan: Some(plan),
    ..Refine::NONE
};

/// The output follows the input after apply; a changed trigger makes a new object, so a new id.
fn plan(_: &Schema, planned: Value, prior: Option<&Value>, _: &Value) -> Value {
    let null = Value::NULL;
    let input = planned.get("input").unwrap_or(&null).clone();
    let equal = |name: &str| {
        prior.is_some_and(|p| {
            // A list is not a tuple of the same elements, nor is one null another.
            let plain = |v: &Value| v.get(name).unwrap_or(&null).clone().unmark_deep().0;
            identical(&plain(p), &plain(&planned))
        })
    };
    let output = if input.is_null() {
        input.clone()
    } else {
        Value::unknown(input.type_of())
    };
    // The id is not known yet, but surely not null.
    let id = Value::unknown(Type::String).not_null();
    match prior {
        None => planned.with("id", id).with("output", output),
        Some(_) if !equal("triggers_replace") => planned.with("id", id).with("output", output),
        // Even where it will be null.
        Some(_) if !equal("input") => planned.with("output", Value::unknown(input.type_of())),
        Some(_) => planned,
    }
}
