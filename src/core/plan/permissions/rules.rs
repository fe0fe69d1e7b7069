//! Which of the actions that an operation of a type may need, this object needs.
//!
//! What has no rule here is needed always. The rules follow the reconcilers: who changes which calls are made changes a rule.

use bastionless_model::value::Value;

use super::{Certainty, Operation, Use};

/// Tells whether an action takes tags away.
pub(super) fn is_untagging(action: &str) -> bool {
    let name = action.split(':').nth(1).unwrap_or_default();
    ["Untag", "DeleteTags", "RemoveTags"]
        .iter()
        .any(|p| name.starts_with(p))
}

/// Tells whether an action sets tags.
pub(super) fn is_tagging(action: &str) -> bool {
    let name = action.split(':').nth(1).unwrap_or_default();
    ["Tag", "CreateTags", "AddTags"]
        .iter()
        .any(|p| name.starts_with(p))
}

/// Returns how surely an object needs an action; `None` if it does not.
pub(super) fn certainty(action: &str, u: &Use<'_>) -> Option<Certainty> {
    use Certainty::{Along, Called, Perhaps};
    match u.operation {
        Operation::Create if is_tagging(action) => return has_tags(u).then_some(Along),
        Operation::Update if is_tagging(action) || is_untagging(action) => {
            return changes(u, "tags_all").then_some(Called);
        }
        _ => {}
    }
    let name = &*u.schema.name.name;
    let needed = match name.strip_prefix("aws_").unwrap_or(name) {
        "instance" => instance(action, u),
        "subnet" => subnet(action, u),
        "vpc" => vpc(action, u),
        "vpc_endpoint" => vpc_endpoint(action, u),
        "route_table" => route_table(action, u),
        "security_group" => security_group(action, u),
        "security_group_rule" => is(
            u,
            "type",
            if action.ends_with("Ingress") {
                "ingress"
            } else {
                "egress"
            },
        )
        .then_some(Called),
        "kms_key" => kms_key(action, u),
        "cloudwatch_log_group" => log_group(action, u),
        "iam_role" => iam_role(action, u),
        "iam_instance_profile" => instance_profile(action, u),
        "s3_bucket" => s3_bucket(action, u),
        "ssm_document" if action == "ssm:ModifyDocumentPermission" => match u.operation {
            Operation::Update => changes(u, "permissions").then_some(Called),
            _ => filled(u, "permissions").then_some(Called),
        },
        "iam_policy" if u.operation == Operation::Delete && action == "iam:DeletePolicyVersion" => {
            Some(Perhaps)
        }
        _ => Some(Called),
    };
    needed.map(|c| if is_along(action, u) { c.max(Along) } else { c })
}

/// Tells whether AWS checks an action with another call rather than in a call of its own.
fn is_along(action: &str, u: &Use<'_>) -> bool {
    matches!(
        action,
        "iam:PassRole" | "iam:CreateServiceLinkedRole" | "route53:AssociateVPCWithHostedZone"
    ) || u.operation == Operation::Create
        && matches!(
            (&*u.schema.name.name, action),
            (
                "aws_ec2_instance_connect_endpoint",
                "ec2:CreateNetworkInterface"
            ) | ("aws_kms_key", "kms:PutKeyPolicy")
                | ("aws_cloudwatch_log_group", "logs:AssociateKmsKey")
                | (
                    "aws_vpc_endpoint",
                    "ec2:DescribeVpcs" | "ec2:DescribeSubnets" | "ec2:DescribeSecurityGroups"
                )
                | (
                    "aws_s3_bucket",
                    "s3:PutBucketObjectLockConfiguration" | "s3:PutBucketVersioning"
                )
        )
}

/// Every object that can have tags is marked while it is made.
fn has_tags(u: &Use<'_>) -> bool {
    u.schema.block.attributes.contains_key("tags_all")
}

fn is(u: &Use<'_>, name: &str, value: &str) -> bool {
    u.get(name)
        .and_then(Value::as_str)
        .is_none_or(|v| v == value)
}

fn on(u: &Use<'_>, name: &str) -> bool {
    u.get(name).and_then(Value::as_bool) == Some(true)
}

fn off(u: &Use<'_>, name: &str) -> bool {
    u.get(name).and_then(Value::as_bool) == Some(false)
}

/// Tells whether an attribute has a text, or may get one.
fn given(u: &Use<'_>, name: &str) -> bool {
    u.wanted(name)
        .is_some_and(|v| v.is_unknown() || v.as_str().is_some_and(|t| !t.is_empty()))
}

/// Tells whether a collection is known to have elements.
fn filled(u: &Use<'_>, name: &str) -> bool {
    match u.get(name) {
        Some(v) => {
            v.elements().is_some_and(|e| !e.is_empty())
                || v.entries().is_some_and(|e| !e.is_empty())
        }
        None => false,
    }
}

fn changes(u: &Use<'_>, name: &str) -> bool {
    match (u.before.get(name), u.after.get(name)) {
        (Some(a), Some(b)) => b.is_unknown() || !bastionless_model::value::identical(a, b),
        _ => true,
    }
}

fn instance(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let needed = match (u.operation, action) {
        (Operation::Create, "ec2:ModifyInstanceAttribute") => off(u, "source_dest_check"),
        (Operation::Create, "ec2:DescribeImages") => {
            // The request names the root device, whose name is the image's.
            let root = u
                .get("root_block_device")
                .and_then(Value::elements)
                .and_then(<[Value]>::first);
            root.is_some_and(|r| r.get_str("device_name").is_none_or(str::is_empty))
        }
        (Operation::Create, "iam:PassRole") => given(u, "iam_instance_profile"),
        (Operation::Update, "iam:PassRole") => changes(u, "iam_instance_profile"),
        (Operation::Delete, "ec2:ModifyInstanceAttribute") => on(u, "force_destroy"),
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn subnet(action: &str, u: &Use<'_>) -> Option<Certainty> {
    const SWITCHES: [&str; 6] = [
        "assign_ipv6_address_on_creation",
        "enable_dns64",
        "enable_resource_name_dns_a_record_on_launch",
        "enable_resource_name_dns_aaaa_record_on_launch",
        "map_customer_owned_ip_on_launch",
        "map_public_ip_on_launch",
    ];
    let set = |name: &str| u.get(name).is_some();
    let needed = match (u.operation, action) {
        (Operation::Create, "ec2:ModifySubnetAttribute") => {
            SWITCHES.iter().any(|s| on(u, s))
                || set("private_dns_hostname_type_on_launch")
                || u.get("enable_lni_at_device_index")
                    .is_some_and(|v| v.as_i64() != Some(0))
        }
        (Operation::Update, "ec2:AssociateSubnetCidrBlock" | "ec2:DisassociateSubnetCidrBlock") => {
            changes(u, "ipv6_cidr_block")
        }
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn vpc(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let needed = match (u.operation, action) {
        (Operation::Create, "ec2:ModifyVpcAttribute") => {
            off(u, "enable_dns_support")
                || on(u, "enable_dns_hostnames")
                || on(u, "enable_network_address_usage_metrics")
        }
        (Operation::Update, "ec2:ModifyVpcAttribute") => [
            "enable_dns_support",
            "enable_dns_hostnames",
            "enable_network_address_usage_metrics",
        ]
        .iter()
        .any(|n| changes(u, n)),
        (Operation::Update, "ec2:ModifyVpcTenancy") => changes(u, "instance_tenancy"),
        (Operation::Update, "ec2:AssociateVpcCidrBlock" | "ec2:DisassociateVpcCidrBlock") => [
            "assign_generated_ipv6_cidr_block",
            "ipv6_cidr_block",
            "ipv6_ipam_pool_id",
        ]
        .iter()
        .any(|n| changes(u, n)),
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn vpc_endpoint(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let needed = match action {
        "ec2:AcceptVpcEndpointConnections" => on(u, "auto_accept"),
        "route53:AssociateVPCWithHostedZone" => on(u, "private_dns_enabled"),
        "ec2:DescribePrefixLists" => is(u, "vpc_endpoint_type", "Gateway"),
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn route_table(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let needed = match (u.operation, action) {
        (Operation::Create, "ec2:CreateRoute") => filled(u, "route"),
        (Operation::Create, "ec2:EnableVgwRoutePropagation") => filled(u, "propagating_vgws"),
        (Operation::Update, "ec2:CreateRoute" | "ec2:ReplaceRoute" | "ec2:DeleteRoute") => {
            changes(u, "route")
        }
        (Operation::Update, "ec2:EnableVgwRoutePropagation" | "ec2:DisableVgwRoutePropagation") => {
            changes(u, "propagating_vgws")
        }
        // Associations that nobody manages are undone first.
        (Operation::Delete, "ec2:DisassociateRouteTable") => return Some(Certainty::Perhaps),
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn security_group(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let needed = match (u.operation, action) {
        (Operation::Create, "ec2:AuthorizeSecurityGroupIngress") => filled(u, "ingress"),
        (Operation::Create, "ec2:AuthorizeSecurityGroupEgress") => filled(u, "egress"),
        (Operation::Update, a) if a.ends_with("Ingress") => changes(u, "ingress"),
        (Operation::Update, a) if a.ends_with("Egress") => changes(u, "egress"),
        (Operation::Delete, a) if a.contains("Revoke") => on(u, "revoke_rules_on_delete"),
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn kms_key(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let needed = match (u.operation, action) {
        (Operation::Create, "kms:PutKeyPolicy") => given(u, "policy"),
        (Operation::Create, "kms:EnableKeyRotation") => on(u, "enable_key_rotation"),
        (Operation::Create, "kms:DisableKey") => off(u, "is_enabled"),
        (Operation::Update, "kms:EnableKey" | "kms:DisableKey") => changes(u, "is_enabled"),
        (Operation::Update, "kms:EnableKeyRotation" | "kms:DisableKeyRotation") => {
            changes(u, "enable_key_rotation") || changes(u, "rotation_period_in_days")
        }
        (Operation::Update, "kms:UpdateKeyDescription") => changes(u, "description"),
        (Operation::Update, "kms:PutKeyPolicy") => changes(u, "policy"),
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn log_group(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let needed = match (u.operation, action) {
        (Operation::Create, "logs:PutRetentionPolicy") => u
            .get("retention_in_days")
            .and_then(Value::as_i64)
            .is_some_and(|d| d > 0),
        (Operation::Create, "logs:AssociateKmsKey") => given(u, "kms_key_id"),
        (Operation::Create, "logs:PutLogGroupDeletionProtection") => {
            on(u, "deletion_protection_enabled")
        }
        (Operation::Update, "logs:PutRetentionPolicy" | "logs:DeleteRetentionPolicy") => {
            changes(u, "retention_in_days")
        }
        (Operation::Update, "logs:AssociateKmsKey" | "logs:DisassociateKmsKey") => {
            changes(u, "kms_key_id")
        }
        (Operation::Update, "logs:PutLogGroupDeletionProtection") => {
            changes(u, "deletion_protection_enabled")
        }
        (Operation::Delete, _) => !on(u, "skip_destroy"),
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn iam_role(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let force = on(u, "force_detach_policies");
    let inline = filled(u, "inline_policy");
    let managed = filled(u, "managed_policy_arns");
    let needed = match (u.operation, action) {
        (Operation::Create, "iam:PutRolePolicy") => inline,
        (Operation::Create, "iam:AttachRolePolicy") => managed,
        (
            Operation::Read,
            "iam:ListRolePolicies" | "iam:GetRolePolicy" | "iam:ListAttachedRolePolicies",
        ) => inline || managed,
        (Operation::Update, "iam:UpdateAssumeRolePolicy") => changes(u, "assume_role_policy"),
        (Operation::Update, "iam:UpdateRole") => {
            changes(u, "description") || changes(u, "max_session_duration")
        }
        (
            Operation::Update,
            "iam:PutRolePermissionsBoundary" | "iam:DeleteRolePermissionsBoundary",
        ) => changes(u, "permissions_boundary"),
        (Operation::Update, "iam:PutRolePolicy" | "iam:DeleteRolePolicy") => {
            changes(u, "inline_policy")
        }
        (Operation::Update, "iam:AttachRolePolicy" | "iam:DetachRolePolicy") => {
            changes(u, "managed_policy_arns")
        }
        (Operation::Delete, "iam:ListAttachedRolePolicies" | "iam:DetachRolePolicy") => {
            force || managed
        }
        (Operation::Delete, "iam:ListRolePolicies" | "iam:DeleteRolePolicy") => force || inline,
        (Operation::Delete, "iam:RemoveRoleFromInstanceProfile") => {
            return Some(Certainty::Perhaps);
        }
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn instance_profile(action: &str, u: &Use<'_>) -> Option<Certainty> {
    let needed = match (u.operation, action) {
        (
            Operation::Create | Operation::Delete,
            "iam:AddRoleToInstanceProfile" | "iam:RemoveRoleFromInstanceProfile" | "iam:PassRole",
        ) => given(u, "role"),
        (
            Operation::Update,
            "iam:AddRoleToInstanceProfile" | "iam:RemoveRoleFromInstanceProfile" | "iam:PassRole",
        ) => changes(u, "role"),
        _ => true,
    };
    needed.then_some(Certainty::Called)
}

fn s3_bucket(action: &str, u: &Use<'_>) -> Option<Certainty> {
    // Region and Object Lock never change, so they are read once only.
    let is_known = |name: &str| u.before.get(name).is_some_and(|v| !v.is_null());
    match (u.operation, action) {
        (Operation::Create, "s3:PutBucketObjectLockConfiguration" | "s3:PutBucketVersioning") => {
            on(u, "object_lock_enabled").then_some(Certainty::Along)
        }
        (Operation::Read, "s3:ListBucket") => {
            (!is_known("bucket_region")).then_some(Certainty::Called)
        }
        (Operation::Read, "s3:GetBucketObjectLockConfiguration") => {
            (!is_known("object_lock_enabled")).then_some(Certainty::Called)
        }
        (
            Operation::Delete,
            "s3:ListBucketVersions" | "s3:DeleteObject" | "s3:DeleteObjectVersion",
        ) => on(u, "force_destroy").then_some(Certainty::Perhaps),
        _ => Some(Certainty::Called),
    }
}
