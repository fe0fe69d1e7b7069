//! On which resources, and under which conditions, an action is needed.

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::{
    cloud::INTENT_TAG,
    iam::catalogue::{ActionResource, Catalogue, ResourceKind},
    value::Value,
};

use super::{Conditions, Operation, Use, rules};

/// Where a run works; what is not known is `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The partition.
    pub partition: String,
    /// The regions.
    pub region: String,
    /// The account.
    pub account: String,
}

impl Default for Place {
    fn default() -> Self {
        let any = || "*".to_owned();
        Self {
            partition: any(),
            region: any(),
            account: any(),
        }
    }
}

/// Kinds of resources that attributes name, beside the object's own.
const NAMED: [(&str, &[&str]); 9] = [
    ("vpc", &["vpc_id"]),
    ("subnet", &["subnet_id", "subnet_ids"]),
    (
        "security-group",
        &[
            "security_group_id",
            "security_group_ids",
            "vpc_security_group_ids",
        ],
    ),
    ("route-table", &["route_table_id", "route_table_ids"]),
    ("image", &["ami"]),
    ("instance", &["instance_id"]),
    ("internet-gateway", &["gateway_id"]),
    ("key-pair", &["key_name"]),
    ("key", &["target_key_arn"]),
];

/// Returns the conditions and the ARNs with which an action is needed.
pub(super) fn of(
    place: &Place,
    profiles: &BTreeMap<String, String>,
    action: &str,
    u: &Use<'_>,
) -> (Conditions, BTreeSet<String>) {
    let mut conditions = Conditions::new();
    let mut when = |operator, key: &str, value: &str| {
        conditions.insert(
            (operator, key.to_owned()),
            BTreeSet::from([value.to_owned()]),
        );
    };
    let service = action.split(':').next().unwrap_or_default();
    match action {
        "iam:PassRole" => when("StringEquals", "iam:PassedToService", "ec2.amazonaws.com"),
        "iam:CreateServiceLinkedRole" => when(
            "StringEquals",
            "iam:AWSServiceName",
            "ec2-instance-connect.amazonaws.com",
        ),
        "ec2:CreateTags" if u.operation == Operation::Create => {
            for create in u.schema.actions.get("create").into_iter().flatten().take(1) {
                when(
                    "StringEquals",
                    "ec2:CreateAction",
                    create.trim_start_matches("ec2:"),
                );
            }
        }
        _ => {}
    }
    let Some(found) = Catalogue::get().action(action) else {
        return (conditions, BTreeSet::from(["*".to_owned()]));
    };
    let mut arns = BTreeSet::new();
    if action == "iam:PassRole" {
        arns.insert(role(place, profiles, u));
    } else if action == "iam:CreateServiceLinkedRole" {
        let name = "ec2-instance-connect.amazonaws.com/AWSServiceRoleForE?2InstanceConnect";
        arns.insert(format!(
            "arn:{}:iam::{}:role/aws-service-role/{name}",
            place.partition, place.account
        ));
    } else if rules::is_tagging(action) || rules::is_untagging(action) {
        let own = found
            .resources
            .iter()
            .filter_map(|r| Catalogue::get().resource(service, &r.kind))
            .find(|k| is_own(k, u));
        arns.extend(own.map(|kind| own_arn(place, kind, u)));
    } else {
        for resource in &found.resources {
            let Some(kind) = Catalogue::get().resource(service, &resource.kind) else {
                continue;
            };
            arns.extend(arns_of(place, kind, resource, found.resources.len(), u));
        }
    }
    if arns.is_empty() {
        arns.insert("*".to_owned());
        // What has no resource can at least be held to the region, where the service has any.
        if place.region != "*" && matches!(service, "ec2" | "kms" | "logs" | "ssm") {
            when("StringEquals", "aws:RequestedRegion", &place.region);
        }
    }
    (conditions, arns)
}

/// Adds that only the marker may be taken away.
pub(super) fn marker(mut conditions: Conditions) -> Conditions {
    conditions.insert(
        ("ForAllValues:StringEquals", "aws:TagKeys".to_owned()),
        BTreeSet::from([INTENT_TAG.to_owned()]),
    );
    // Without any key the list is empty, and all of nothing is right.
    conditions.insert(
        ("Null", "aws:TagKeys".to_owned()),
        BTreeSet::from(["false".to_owned()]),
    );
    conditions
}

/// Returns the ARNs of one kind that an object's operation touches.
fn arns_of(
    place: &Place,
    kind: &ResourceKind,
    resource: &ActionResource,
    kinds: usize,
    u: &Use<'_>,
) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let own = is_own(kind, u);
    if own {
        out.insert(own_arn(place, kind, u));
    }
    let attributes = NAMED
        .iter()
        .find(|(k, _)| *k == kind.name)
        .map(|(_, a)| *a)
        .unwrap_or_default();
    if !own || u.operation == Operation::Create {
        for name in attributes {
            out.extend(ids(place, kind, u, name));
        }
    }
    // Every request names one, so it must be allowed even if it is not known which. Instances boot from volumes.
    let boots = kind.name == "volume"
        && u.operation == Operation::Create
        && &*u.schema.name.name == "aws_instance";
    if out.is_empty() && (resource.required || kinds == 1 || boots) {
        out.insert(fill(place, kind, "*"));
    }
    out
}

/// Returns the ARNs of the objects that an attribute names.
fn ids(place: &Place, kind: &ResourceKind, u: &Use<'_>, name: &str) -> BTreeSet<String> {
    let Some(value) = u.wanted(name) else {
        return BTreeSet::new();
    };
    let one = |v: &Value| {
        v.as_str().filter(|t| !t.is_empty()).map_or_else(
            || fill(place, kind, "*"),
            |id| {
                if id.starts_with("arn:") {
                    id.to_owned()
                } else {
                    fill(place, kind, id)
                }
            },
        )
    };
    match value.elements() {
        Some(all) => all.iter().map(one).collect(),
        None => BTreeSet::from([one(value)]),
    }
}

/// Kinds of resources by type where the name of the type does not tell.
const KINDS: [(&str, &str); 17] = [
    ("aws_cloudwatch_log_group", "log-group"),
    (
        "aws_ec2_instance_connect_endpoint",
        "instance-connect-endpoint",
    ),
    ("aws_iam_instance_profile", "instance-profile"),
    ("aws_iam_policy", "policy"),
    ("aws_iam_role", "role"),
    ("aws_iam_role_policy", "role"),
    ("aws_iam_role_policy_attachment", "role"),
    ("aws_kms_alias", "alias"),
    ("aws_kms_key", "key"),
    ("aws_s3_bucket", "bucket"),
    ("aws_ssm_document", "document"),
    ("aws_ssm_parameter", "parameter"),
    ("aws_vpc_endpoint", "vpc-endpoint"),
    ("aws_vpc_security_group_egress_rule", "security-group-rule"),
    ("aws_vpc_security_group_ingress_rule", "security-group-rule"),
    ("aws_security_group_rule", "security-group-rule"),
    ("aws_route_table", "route-table"),
];

fn is_own(kind: &ResourceKind, u: &Use<'_>) -> bool {
    let name = &*u.schema.name.name;
    match KINDS.iter().find(|(t, _)| *t == name) {
        Some((_, k)) => *k == kind.name,
        None if name.starts_with("aws_s3_bucket_") => kind.name == "bucket",
        None => name.trim_start_matches("aws_").replace('_', "-") == kind.name,
    }
}

/// Returns the ARN of the object itself: as the state has it, or as its name makes it, or any of its kind.
fn own_arn(place: &Place, kind: &ResourceKind, u: &Use<'_>) -> String {
    let text = |of: &Value, name: &str| {
        of.get_str(name)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    if let Some(arn) = text(u.before, "arn")
        .filter(|_| u.operation != Operation::Create && !matches!(kind.name.as_str(), "log-group"))
    {
        return arn;
    }
    let of = if u.after.is_null() { u.before } else { u.after };
    let id = match &*u.schema.name.name {
        "aws_iam_role" | "aws_iam_policy" | "aws_iam_instance_profile" => {
            let path = text(of, "path").unwrap_or_else(|| "/".into());
            text(of, "name").map(|n| format!("{}{n}", path.trim_start_matches('/')))
        }
        "aws_iam_role_policy" | "aws_iam_role_policy_attachment" => text(of, "role"),
        "aws_ssm_document" | "aws_ssm_parameter" | "aws_cloudwatch_log_group" => text(of, "name")
            .map(|n| {
                n.trim_start_matches(if kind.name == "parameter" { "/" } else { "" })
                    .to_owned()
            }),
        "aws_kms_alias" => text(of, "name").map(|n| n.trim_start_matches("alias/").to_owned()),
        name if name.starts_with("aws_s3_bucket") => text(of, "bucket"),
        _ => text(of, "id").filter(|_| u.operation != Operation::Create),
    };
    let id = id.as_deref().unwrap_or("*");
    // Parameters that AWS publishes belong to no account.
    if kind.name == "parameter" && id.starts_with("aws/") {
        return fill(
            &Place {
                account: String::new(),
                ..place.clone()
            },
            kind,
            id,
        );
    }
    fill(place, kind, id)
}

/// Returns the role that is passed on: that of the profile, which is this object or one that the plan knows.
fn role(place: &Place, profiles: &BTreeMap<String, String>, u: &Use<'_>) -> String {
    let name = match &*u.schema.name.name {
        "aws_iam_instance_profile" => u.get("role").and_then(Value::as_str),
        _ => u
            .get("iam_instance_profile")
            .and_then(Value::as_str)
            .and_then(|p| profiles.get(p))
            .map(String::as_str),
    };
    format!(
        "arn:{}:iam::{}:role/{}",
        place.partition,
        place.account,
        name.unwrap_or("*")
    )
}

/// Writes the ARN of a kind with an id in place of its last name, and anything in place of others.
fn fill(place: &Place, kind: &ResourceKind, id: &str) -> String {
    let mut out = kind
        .arn
        .replace("${Partition}", &place.partition)
        .replace("${Region}", &place.region)
        .replace("${Account}", &place.account);
    let names = out.matches("${").count();
    for n in (1..=names).rev() {
        let (Some(start), Some(end)) = (out.find("${"), out.find('}')) else {
            break;
        };
        out.replace_range(start..=end, if n == 1 { id } else { "*" });
    }
    // Images of others have no account, and groups of logs a suffix that the actions on groups do not have.
    if kind.name == "image" {
        out = out.replacen(
            &format!(":{}:", place.account),
            "::",
            usize::from(place.account != "*"),
        );
    }
    out
}

/// Drops ARNs that another one of the list covers by ending in `*`.
pub(super) fn tidy(arns: &BTreeSet<String>) -> BTreeSet<String> {
    let covers = |pattern: &str, arn: &str| {
        let prefix = pattern.strip_suffix('*');
        prefix.is_some_and(|p| !p.contains('*') && arn.starts_with(p) && arn != pattern)
    };
    arns.iter()
        .filter(|a| !arns.iter().any(|p| covers(p, a)))
        .cloned()
        .collect()
}
