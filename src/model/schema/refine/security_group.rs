//! `aws_security_group`: inline rules keep the shape that the configuration gives them.
//!
//! EC2 knows one rule a source and groups them as it likes; a state holds rules as they were configured. A read takes the
//! answer apart into single sources and puts them together again after the state's rules; what is left over makes rules of
//! its own.

use std::collections::BTreeMap;

use super::Refine;
use crate::{
    schema::plan::{Problem, Settings, protocol},
    value::{Type, Value},
};

pub(super) const REFINE: Refine = Refine {
    name: "security_group",
    shape: Some(shape),
    read: Some(read),
    validate: Some(validate),
    ..Refine::NONE
};

const LISTS: [&str; 4] = [
    "cidr_blocks",
    "ipv6_cidr_blocks",
    "prefix_list_ids",
    "security_groups",
];

fn is_rules(name: &str) -> bool {
    name == "ingress" || name == "egress"
}

/// AWS takes no ports with all protocols; Terraform finds out during apply.
fn validate(config: &Value) -> Vec<Problem> {
    let mut out = Vec::new();
    for name in ["ingress", "egress"] {
        for rule in config
            .get(name)
            .and_then(Value::elements)
            .unwrap_or_default()
        {
            let all = rule
                .get_str("protocol")
                .is_some_and(|p| protocol(p) == "-1");
            let (from, to) = (rule.get_i64("from_port"), rule.get_i64("to_port"));
            if let (true, Some(from), Some(to)) =
                (all && (from, to) != (Some(0), Some(0)), from, to)
            {
                let text = format!(
                    "from_port ({from}) and to_port ({to}) must both be 0 to use the 'ALL' \"-1\" protocol!"
                );
                out.push(Problem::at(name, text, ""));
            }
        }
    }
    out
}

/// Configured rules as the state has them: protocols by name, nothing null but ports.
fn shape(name: &str, value: Value) -> Value {
    if !is_rules(name) {
        return value;
    }
    value.transform(&mut |v| {
        if v.get("cidr_blocks").is_some() {
            complete(v)
        } else {
            v
        }
    })
}

fn complete(rule: Value) -> Value {
    let null = |rule: &Value, key: &str| rule.get(key).is_some_and(Value::is_null);
    let mut out = rule;
    if let Some(name) = out.get_str("protocol").map(protocol) {
        out = out.with("protocol", name.into());
    }
    if null(&out, "description") {
        out = out.with("description", "".into());
    }
    if null(&out, "self") {
        out = out.with("self", false.into());
    }
    for key in LISTS {
        if null(&out, key) {
            out = out.with(key, texts(key, Vec::new()));
        }
    }
    out
}

fn texts(key: &str, items: Vec<Value>) -> Value {
    if key == "security_groups" {
        Value::set(Type::String, items)
    } else {
        Value::list(Type::String, items)
    }
}

fn read(_: &Settings, prior: Option<&Value>, observed: Value) -> Value {
    ["ingress", "egress"]
        .into_iter()
        .fold(observed, |observed, name| {
            let Some(rules) = observed.get(name).filter(|v| !v.is_null()) else {
                return observed;
            };
            let before = prior
                .and_then(|p| p.get(name))
                .and_then(Value::elements)
                .unwrap_or_default();
            let regrouped = regroup(before, rules.elements().unwrap_or_default());
            let ty = rules.type_of().element().cloned().unwrap_or(Type::Dynamic);
            observed.with(name, Value::set(ty, regrouped))
        })
}

/// What sources of one rule have in common.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    protocol: String,
    ports: Option<(Option<i64>, Option<i64>)>,
    description: String,
}

/// One source: which list it stands in, and its text; `self` has none.
type Source = (&'static str, String);

fn head(rule: &Value) -> Head {
    let protocol = rule.get_str("protocol").map(protocol).unwrap_or_default();
    let ports = (protocol != "-1").then(|| (rule.get_i64("from_port"), rule.get_i64("to_port")));
    Head {
        protocol,
        ports,
        description: rule.get_str("description").unwrap_or_default().to_owned(),
    }
}

fn sources(rule: &Value) -> Vec<Source> {
    let mut out = Vec::new();
    for key in LISTS {
        let items = rule.get(key).and_then(Value::elements).unwrap_or_default();
        out.extend(
            items
                .iter()
                .filter_map(Value::as_str)
                .map(|s| (key, s.to_owned())),
        );
    }
    if rule.get_bool("self") == Some(true) {
        out.push(("self", String::new()));
    }
    out
}

fn regroup(before: &[Value], observed: &[Value]) -> Vec<Value> {
    let mut units: BTreeMap<Head, BTreeMap<Source, bool>> = BTreeMap::new();
    for rule in observed {
        units
            .entry(head(rule))
            .or_default()
            .extend(sources(rule).into_iter().map(|s| (s, false)));
    }
    let mut out = Vec::new();
    for rule in before.iter().filter(|r| r.is_wholly_known()) {
        let wanted = sources(rule);
        let Some(found) = units.get_mut(&head(rule)) else {
            continue;
        };
        if !wanted.is_empty() && wanted.iter().all(|s| found.contains_key(s)) {
            for source in &wanted {
                found.insert(source.clone(), true);
            }
            out.push(rule.clone());
        }
    }
    for (head, sources) in units {
        let left: Vec<_> = sources
            .into_iter()
            .filter(|(_, used)| !used)
            .map(|(s, _)| s)
            .collect();
        if !left.is_empty() {
            out.push(rule(&head, &left));
        }
    }
    out
}

fn rule(head: &Head, sources: &[Source]) -> Value {
    let port = |p: Option<i64>| Value::from(p.unwrap_or(0));
    let (from, to) = head.ports.unwrap_or((Some(0), Some(0)));
    let list = |key: &'static str| {
        let items = sources
            .iter()
            .filter(|(k, _)| *k == key)
            .map(|(_, s)| s.as_str().into())
            .collect();
        (key, texts(key, items))
    };
    let base = [
        ("description", head.description.as_str().into()),
        ("from_port", port(from)),
        ("protocol", head.protocol.as_str().into()),
        ("self", sources.iter().any(|(k, _)| *k == "self").into()),
        ("to_port", port(to)),
    ];
    Value::object(base.into_iter().chain(LISTS.map(list)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::plan::content_equal;

    fn one(protocol: &str, port: i64, cidrs: &[&str], description: &str) -> Value {
        let sources: Vec<_> = cidrs
            .iter()
            .map(|c| ("cidr_blocks", (*c).to_owned()))
            .collect();
        let ports = (protocol != "-1").then_some((Some(port), Some(port)));
        rule(
            &Head {
                protocol: protocol.into(),
                ports,
                description: description.into(),
            },
            &sources,
        )
    }

    #[track_caller]
    fn check(before: &[Value], observed: &[Value], expected: &[Value]) {
        let set = |l: &[Value]| Value::set(Type::Dynamic, l.to_vec());
        let got = regroup(before, observed);
        assert!(content_equal(&set(&got), &set(expected)), "{got:#?}");
    }

    #[test]
    fn rules_stay_as_configured_however_the_cloud_groups_them() {
        let configured = [
            one("tcp", 22, &["10.0.0.0/8", "192.168.0.0/16"], ""),
            one("tcp", 22, &["172.16.0.0/12"], ""),
        ];
        let joined = one(
            "tcp",
            22,
            &["172.16.0.0/12", "10.0.0.0/8", "192.168.0.0/16"],
            "",
        );
        check(&configured, &[joined], &configured);
        let split =
            ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(|c| one("6", 22, &[c], ""));
        check(&configured, &split, &configured);
    }

    #[test]
    fn foreign_sources_make_rules_of_their_own() {
        let configured = [one("tcp", 22, &["10.0.0.0/8"], "")];
        let observed = [
            one("tcp", 22, &["10.0.0.0/8", "0.0.0.0/0"], ""),
            one("tcp", 22, &["10.0.0.0/8"], "other"),
        ];
        let expected = [
            configured[0].clone(),
            one("tcp", 22, &["0.0.0.0/0"], ""),
            one("tcp", 22, &["10.0.0.0/8"], "other"),
        ];
        check(&configured, &observed, &expected);
    }

    #[test]
    fn a_rule_that_lost_a_source_is_not_the_configured_one() {
        let configured = [one("tcp", 22, &["10.0.0.0/8", "192.168.0.0/16"], "")];
        check(
            &configured,
            &[one("tcp", 22, &["10.0.0.0/8"], "")],
            &[one("tcp", 22, &["10.0.0.0/8"], "")],
        );
    }

    #[test]
    fn ports_do_not_count_for_all_protocols() {
        let configured = [one("-1", 0, &["0.0.0.0/0"], "")];
        let observed =
            one("-1", 0, &["0.0.0.0/0"], "").with("from_port", Value::null(Type::Number));
        check(&configured, &[observed], &configured);
    }

    // Recorded: cases a027 and a030.
    #[test]
    fn configured_rules_are_completed() {
        let sparse = one("TCP", 443, &["10.0.0.0/8"], "")
            .with("description", Value::null(Type::String))
            .with("self", Value::null(Type::Bool))
            .with("security_groups", Value::null(Type::set(Type::String)));
        let set = |v: Value| Value::set(v.type_of(), vec![v]);
        let shaped = shape("ingress", set(sparse));
        assert!(content_equal(
            &shaped,
            &set(one("tcp", 443, &["10.0.0.0/8"], ""))
        ));
    }
}
