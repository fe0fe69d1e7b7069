//! Drift: what differs between live and last applied, and what hangs on managed objects without being managed.
//!
//! Pure: a plan whose objects were read, and lists of children.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    cloud::Child,
    schema::{Catalogue, plan::drift},
    value::{Path, Value},
};

use super::{Change, Plan};
use crate::{
    lang::address::{AbsInstance, Mode, ProviderConfig},
    state::{Object, Snapshot, sensitive_paths},
};

/// Something that is not as it was applied.
#[derive(Clone, Debug)]
pub enum Finding {
    /// An attribute.
    Changed {
        /// The instance.
        address: AbsInstance,
        /// The attribute.
        path: Path,
        /// As applied.
        old: Value,
        /// As it is.
        new: Value,
        /// Not to be shown.
        sensitive: bool,
    },
    /// The object is gone.
    Gone {
        /// The instance.
        address: AbsInstance,
        /// Its id.
        id: Option<String>,
    },
    /// Something that nobody manages hangs on a managed object.
    Unmanaged(Unmanaged),
}

/// A child that nobody manages.
#[derive(Clone, Debug)]
pub struct Unmanaged {
    /// The managed object.
    pub parent: AbsInstance,
    /// Its provider configuration.
    pub provider: ProviderConfig,
    /// Its region, where it has one.
    pub region: Option<String>,
    /// The child.
    pub child: Child,
}

/// A managed object that may have children.
#[derive(Clone, Debug)]
pub struct Parent {
    /// The instance.
    pub address: AbsInstance,
    /// Its provider configuration.
    pub provider: ProviderConfig,
    /// Its attributes, live.
    pub value: Value,
    /// Its evaluated configuration.
    pub config: Value,
}

/// Types whose objects have children.
const PARENTS: [&str; 3] = ["aws_iam_role", "aws_s3_bucket", "aws_security_group"];

/// Returns attributes that differ, and objects that are gone, in the order of addresses: what is live against what was last
/// applied, which is older than the state where an apply took over what it read and did not come to its end.
pub fn differences(plan: &Plan, catalogue: &Catalogue) -> Vec<Finding> {
    let state = &plan.refreshed;
    let applied = state
        .last_applied
        .iter()
        .filter(|(address, _)| covers(plan, address));
    applied
        .flat_map(|(address, object)| of_object(plan, address, object, catalogue))
        .collect()
}

/// Tells whether a plan is about an instance: one with targets leaves out the others.
pub(crate) fn covers(plan: &Plan, address: &AbsInstance) -> bool {
    plan.targets.is_empty()
        || plan.changes.iter().any(|c| c.address == *address)
        || plan.drift.iter().any(|d| d.address == *address)
}

fn of_object(
    plan: &Plan,
    address: &AbsInstance,
    applied: &Object,
    catalogue: &Catalogue,
) -> Vec<Finding> {
    let Some(schema) = catalogue.managed(&address.resource.resource.type_name) else {
        return Vec::new();
    };
    let Ok(applied) = applied.decode(&schema) else {
        return Vec::new();
    };
    let before = applied.clone().unmark_deep().0;
    let Some(live) = plan.refreshed.object(address, None) else {
        let id = before.get_str("id").map(str::to_owned);
        return vec![Finding::Gone {
            address: address.clone(),
            id,
        }];
    };
    // What cannot be decoded is an error of the plan already.
    let Ok(live) = live.decode(&schema) else {
        return Vec::new();
    };
    let live = live.unmark_deep().0;
    let change = plan
        .changes
        .iter()
        .find(|c| c.address == *address && c.deposed.is_none());
    let config = change
        .map(|c| c.config.clone().unmark_deep().0)
        .filter(|c| !c.is_null());
    let marked = applied.mark_with_paths(&sensitive_paths(&before, &schema));
    drift(&schema, &before, config.as_ref(), &live)
        .into_iter()
        .map(|found| Finding::Changed {
            address: address.clone(),
            sensitive: is_sensitive(&marked, &found.path),
            path: found.path,
            old: found.old,
            new: found.new,
        })
        .collect()
}

/// Tells whether something on the way to a place, or below it, is not to be shown.
fn is_sensitive(value: &Value, path: &Path) -> bool {
    let above = (0..path.0.len())
        .filter_map(|n| path.0.get(..n))
        .filter_map(|p| value.at(&Path(p.to_vec())));
    above.into_iter().any(Value::is_sensitive) || value.at(path).is_some_and(Value::has_marks)
}

/// Returns what is to be done anyhow: changes of objects that did not drift.
pub fn pending<'p>(plan: &'p Plan, findings: &[Finding]) -> Vec<&'p Change> {
    let drifted = |c: &Change| {
        findings.iter().any(|f| match f {
            Finding::Changed { address, .. } | Finding::Gone { address, .. } => {
                *address == c.address
            }
            Finding::Unmanaged(_) => false,
        })
    };
    plan.changes
        .iter()
        .filter(|c| c.action != super::Action::NoOp && !drifted(c))
        .collect()
}

/// Returns the managed objects that may have children, as they are live. Objects whose block is gone are left out: they will
/// be destroyed with all that hangs on them.
pub fn parents(plan: &Plan, catalogue: &Catalogue) -> Vec<Parent> {
    let mut out = Vec::new();
    for change in plan
        .changes
        .iter()
        .filter(|c| c.deposed.is_none() && !c.config.is_null())
    {
        let resource = &change.address.resource.resource;
        if resource.mode != Mode::Managed || !PARENTS.contains(&&*resource.type_name) {
            continue;
        }
        let object = plan.refreshed.object(&change.address, None);
        let schema = catalogue.managed(&resource.type_name);
        if let Some(Ok(value)) = object.zip(schema).map(|(o, s)| o.decode(&s)) {
            out.push(Parent {
                address: change.address.clone(),
                provider: change.provider.clone(),
                value,
                config: change.config.clone().unmark_deep().0,
            });
        }
    }
    out
}

/// The objects of a state that may stand for children, decoded once.
pub struct Managed(BTreeMap<Arc<str>, Vec<Value>>);

/// Types whose objects stand for children.
const CHILDREN: [&str; 6] = [
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_s3_bucket_policy",
    "aws_security_group_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
];

impl Managed {
    /// Collects them.
    pub fn new(snapshot: &Snapshot, catalogue: &Catalogue) -> Self {
        let mut all: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for (resource, state) in &snapshot.resources {
            let name = &resource.resource.type_name;
            if resource.resource.mode != Mode::Managed || !CHILDREN.contains(&&**name) {
                continue;
            }
            let Some(schema) = catalogue.managed(name) else {
                continue;
            };
            let objects = state.instances.values().filter_map(|i| i.current.as_ref());
            all.entry(name.clone())
                .or_default()
                .extend(objects.filter_map(|o| o.decode(&schema).ok()));
        }
        Self(all)
    }

    /// Tells whether one of them, or the parent's own arguments, stand for a child.
    pub fn has(&self, parent: &Parent, child: &Child) -> bool {
        let set = |name: &str| parent.config.get(name).is_some_and(|v| !v.is_null());
        let filled = |name: &str| {
            parent
                .config
                .get(name)
                .is_some_and(|v| v.is_unknown() || v.elements().is_some_and(|l| !l.is_empty()))
        };
        let a = &child.attributes;
        let any = |type_name: &str, is: &dyn Fn(&Value) -> bool| {
            self.0.get(type_name).is_some_and(|l| l.iter().any(is))
        };
        let same =
            |v: &Value, name: &str| v.get_str(name).is_some() && v.get_str(name) == a.get_str(name);
        match child.type_name {
            "aws_vpc_security_group_ingress_rule" | "aws_vpc_security_group_egress_rule" => {
                let egress = child.type_name.contains("egress");
                set(if egress { "egress" } else { "ingress" })
                    || any(child.type_name, &|v| {
                        v.get_str("security_group_rule_id") == Some(&child.id)
                            || v.get_str("id") == Some(&child.id)
                    })
                    || any("aws_security_group_rule", &|v| stands_for(v, egress, a))
            }
            "aws_iam_role_policy_attachment" => {
                set("managed_policy_arns")
                    || any(child.type_name, &|v| {
                        same(v, "role") && same(v, "policy_arn")
                    })
            }
            "aws_iam_role_policy" => {
                filled("inline_policy")
                    || any(child.type_name, &|v| same(v, "role") && same(v, "name"))
            }
            "aws_s3_bucket_policy" => set("policy") || any(child.type_name, &|v| same(v, "bucket")),
            _ => false,
        }
    }
}

/// Tells whether a rule of the older type covers a single rule.
fn stands_for(rule: &Value, egress: bool, single: &Value) -> bool {
    let group = single.get_str("security_group_id");
    if rule.get_str("type") != Some(if egress { "egress" } else { "ingress" })
        || rule.get_str("security_group_id") != group
    {
        return false;
    }
    let protocol =
        |v: &Value, name: &str| number_of_protocol(v.get_str(name).unwrap_or_default()).to_owned();
    let own = protocol(single, "ip_protocol");
    if protocol(rule, "protocol") != own {
        return false;
    }
    let port = |v: &Value, name: &str| v.get_i64(name);
    let ports = ["from_port", "to_port"];
    if own != "-1"
        && ports
            .iter()
            .any(|p| port(rule, p).unwrap_or(-1) != port(single, p).unwrap_or(-1))
    {
        return false;
    }
    let listed = |list: &str, name: &str| {
        let wanted = single.get_str(name);
        let all = rule.get(list).and_then(Value::elements).unwrap_or_default();
        wanted.is_some() && all.iter().any(|v| v.as_str() == wanted)
    };
    let peer = single
        .get_str("referenced_security_group_id")
        .map(|p| p.rsplit('/').next().unwrap_or(p));
    listed("cidr_blocks", "cidr_ipv4")
        || listed("ipv6_cidr_blocks", "cidr_ipv6")
        || listed("prefix_list_ids", "prefix_list_id")
        || peer.is_some_and(|p| {
            let source = rule
                .get_str("source_security_group_id")
                .map(|s| s.rsplit('/').next().unwrap_or(s));
            source == Some(p) || (rule.get_bool("self") == Some(true) && group == Some(p))
        })
}

fn number_of_protocol(name: &str) -> &str {
    match name {
        "all" | "-1" => "-1",
        "tcp" => "6",
        "udp" => "17",
        "icmp" => "1",
        "icmpv6" => "58",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use bastionless_model::value::Type;

    use super::*;

    fn single() -> Value {
        Value::object([
            ("security_group_id", Value::from("sg-1")),
            ("ip_protocol", Value::from("tcp")),
            ("from_port", Value::from(22_i64)),
            ("to_port", Value::from(22_i64)),
            ("cidr_ipv4", Value::from("10.0.0.0/8")),
        ])
    }

    fn rule(protocol: &str, cidr: &str) -> Value {
        Value::object([
            ("type", Value::from("ingress")),
            ("security_group_id", Value::from("sg-1")),
            ("protocol", Value::from(protocol)),
            ("from_port", Value::from(22_i64)),
            ("to_port", Value::from(22_i64)),
            (
                "cidr_blocks",
                Value::list(
                    Type::String,
                    vec![Value::from(cidr), Value::from("192.0.2.0/24")],
                ),
            ),
        ])
    }

    #[test]
    fn an_older_rule_stands_for_each_of_its_sources() {
        assert!(stands_for(&rule("6", "10.0.0.0/8"), false, &single()));
        assert!(!stands_for(&rule("6", "10.0.0.0/8"), true, &single()));
        assert!(!stands_for(&rule("udp", "10.0.0.0/8"), false, &single()));
        assert!(!stands_for(&rule("tcp", "10.1.0.0/16"), false, &single()));
    }

    #[test]
    fn a_mark_above_hides_what_is_below() {
        let value = Value::object([
            ("a", Value::object([("b", Value::from("x"))]).sensitive()),
            ("c", Value::from("y")),
        ]);
        assert!(is_sensitive(
            &value,
            &Path::default().attribute("a").attribute("b")
        ));
        assert!(!is_sensitive(&value, &Path::default().attribute("c")));
    }
}
