//! `aws_vpc_endpoint`: subnets, their configuration and the interfaces in them change together.

use super::Refine;
use crate::{
    schema::{
        Schema,
        plan::{is_empty, same},
    },
    value::Value,
};

pub(super) const REFINE: Refine = Refine {
    name: "vpc_endpoint",
    plan: Some(plan),
    ..Refine::NONE
};

fn plan(schema: &Schema, planned: Value, prior: Option<&Value>, config: &Value) -> Value {
    let Some(prior) = prior else { return planned };
    let null = Value::NULL;
    let changed = |name: &str| {
        !same(
            planned.get(name).unwrap_or(&null),
            prior.get(name).unwrap_or(&null),
        )
    };
    let open = |name: &str| config.get(name).is_none_or(is_empty);
    let (subnets, configurations) = (changed("subnet_ids"), changed("subnet_configuration"));
    let mut out = planned.clone();
    if (subnets || configurations)
        && let Some(a) = schema.block.attributes.get("network_interface_ids")
    {
        out = out.with("network_interface_ids", Value::unknown(a.ty.clone()));
    }
    if configurations
        && open("subnet_ids")
        && let Some(a) = schema.block.attributes.get("subnet_ids")
    {
        out = out.with("subnet_ids", Value::unknown(a.ty.clone()));
    }
    if subnets
        && open("subnet_configuration")
        && let Some(b) = schema.block.blocks.get("subnet_configuration")
    {
        out = out.with("subnet_configuration", Value::unknown(b.implied_type()));
    }
    out
}
