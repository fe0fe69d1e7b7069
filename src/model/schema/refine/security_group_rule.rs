//! Rules of security groups as objects of their own: ports do not count where all protocols are meant.

use super::Refine;
use crate::{
    schema::{
        Schema,
        plan::{Settings, protocol},
    },
    value::Value,
};

/// `aws_security_group_rule`
pub(super) const REFINE: Refine = Refine {
    name: "security_group_rule",
    plan: Some(plan),
    ..Refine::NONE
};

/// `aws_vpc_security_group_ingress_rule`, `aws_vpc_security_group_egress_rule`
pub(super) const REFINE_SINGLE: Refine = Refine {
    name: "vpc_security_group_rule",
    read: Some(read),
    ..Refine::NONE
};

const PORTS: [&str; 2] = ["from_port", "to_port"];

fn plan(_: &Schema, planned: Value, prior: Option<&Value>, _: &Value) -> Value {
    let all = planned
        .get_str("protocol")
        .is_some_and(|p| protocol(p) == "-1");
    let Some(prior) = prior.filter(|_| all) else {
        return planned;
    };
    PORTS
        .iter()
        .fold(planned, |planned, port| match prior.get(port) {
            Some(before) if before.as_i64() == Some(0) => planned.with(*port, before.clone()),
            _ => planned,
        })
}

/// EC2 answers -1 for ports that were left out.
fn read(_: &Settings, prior: Option<&Value>, observed: Value) -> Value {
    PORTS.iter().fold(observed, |observed, port| {
        let absent = prior.and_then(|p| p.get(port)).is_none_or(Value::is_null);
        let all = observed.get_str("ip_protocol") == Some("-1");
        match observed.get_i64(port) {
            Some(-1) if absent && all => {
                observed.with(*port, Value::null(crate::value::Type::Number))
            }
            _ => observed,
        }
    })
}
