//! What an order means, said without policies.

use std::net::IpAddr;

use super::{Side, probes::Probe};
use crate::iam::grant::{Grant, Method, Order, Scope};

/// Actions that `deny_others` speaks of.
const ACCESS: [&str; 7] = [
    "ec2-instance-connect:OpenTunnel",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "ssm:ResumeSession",
    "ssm:SendCommand",
    "ssm:StartSession",
    "ssm:TerminateSession",
];

/// Tells whether a request is to be allowed.
pub(super) fn allows(order: &Order, side: Side, p: &Probe) -> bool {
    match side {
        Side::Users => {
            let granted = order.grants.iter().any(|g| user(g, order, p)) && !leaves_out(order, p);
            // With `deny_others` the policies are judged beside one that allows everything.
            granted
                || order.deny_others
                    && !ACCESS.contains(&p.action.as_str())
                    && !leaves_out(order, p)
        }
        Side::Instance => order.grants.iter().any(|g| agent(g, &order.scope, p)),
        Side::ControlPlane => builder(order, p),
    }
}

/// Tells whether a request is one of those that the order leaves out.
pub(super) fn leaves_out(order: &Order, p: &Probe) -> bool {
    order.grants.iter().any(|g| is_excepted(g, &order.scope, p))
}

/// Tells whether a request is to be allowed where another policy allows everything.
pub(super) fn allows_beside_admin(order: &Order, side: Side, p: &Probe) -> bool {
    if order.deny_others && side == Side::Users {
        allows(order, side, p)
    } else {
        side != Side::Users || !leaves_out(order, p)
    }
}

/// The part of an ARN behind service, region and account of the scope, if it is of there.
fn own<'a>(p: &'a Probe, scope: &Scope, service: &str) -> Option<&'a str> {
    let head = format!(
        "arn:{}:{service}:{}:{}:",
        scope.partition, scope.region, scope.account
    );
    p.resource.strip_prefix(&head)
}

fn has(p: &Probe, key: &str, value: &str) -> bool {
    p.context.get(key).is_some_and(|v| v == value)
}

fn number(p: &Probe, key: &str) -> Option<i64> {
    p.context.get(key)?.parse().ok()
}

fn within(address: &str, range: &str) -> bool {
    let (network, bits) = range
        .split_once('/')
        .map_or((range, None), |(n, b)| (n, b.parse::<u32>().ok()));
    let shift = |width: u32| width - bits.unwrap_or(width);
    match (address.parse::<IpAddr>(), network.parse::<IpAddr>()) {
        (Ok(IpAddr::V4(a)), Ok(IpAddr::V4(n))) => {
            a.to_bits().checked_shr(shift(32)) == n.to_bits().checked_shr(shift(32))
        }
        (Ok(IpAddr::V6(a)), Ok(IpAddr::V6(n))) => {
            a.to_bits().checked_shr(shift(128)) == n.to_bits().checked_shr(shift(128))
        }
        _ => false,
    }
}

fn is_in(p: &Probe, key: &str, ranges: &[String]) -> bool {
    p.context
        .get(key)
        .is_some_and(|a| ranges.iter().any(|r| within(a, r)))
}

/// Who, from where, when.
fn limits_hold(g: &Grant, p: &Probe) -> bool {
    let mfa =
        !(g.require_mfa || g.mfa_max_age.is_some()) || has(p, "aws:multifactorauthpresent", "true");
    let age = g
        .mfa_max_age
        .is_none_or(|max| number(p, "aws:multifactorauthage").is_some_and(|a| a <= max));
    let from = g.source_ranges.is_empty() || is_in(p, "aws:sourceip", &g.source_ranges);
    let now = p.context.get("aws:currenttime");
    let begun = g
        .not_before
        .as_ref()
        .is_none_or(|t| now.is_some_and(|n| n >= t));
    let not_over = g
        .not_after
        .as_ref()
        .is_none_or(|t| now.is_some_and(|n| n < t));
    mfa && age && from && begun && not_over
}

fn tags_hold(tags: &std::collections::BTreeMap<String, String>, p: &Probe) -> bool {
    tags.iter()
        .all(|(k, v)| has(p, &format!("aws:resourcetag/{}", k.to_lowercase()), v))
}

fn is_target(g: &Grant, scope: &Scope, p: &Probe) -> bool {
    let id = own(p, scope, "ec2").and_then(|r| r.strip_prefix("instance/"));
    id.is_some_and(|id| g.instances.is_empty() || g.instances.iter().any(|i| i == id))
        && tags_hold(&g.instance_tags, p)
}

fn is_document(g: &Grant, scope: &Scope, p: &Probe) -> bool {
    let default = match g.method {
        Method::SsmShell => "SSM-SessionManagerRunShell",
        Method::SsmSsh => "AWS-StartSSHSession",
        _ => "",
    };
    let names: Vec<&str> = if g.documents.is_empty() {
        vec![default]
    } else {
        g.documents.iter().map(String::as_str).collect()
    };
    names.iter().any(|name| {
        let account = if name.starts_with("AWS-") {
            ""
        } else {
            &scope.account
        };
        p.resource
            == format!(
                "arn:{}:ssm:{}:{account}:document/{name}",
                scope.partition, scope.region
            )
    })
}

fn here(scope: &Scope, p: &Probe) -> bool {
    p.context
        .get("aws:requestedregion")
        .is_some_and(|r| *r == scope.region)
}

fn user(g: &Grant, order: &Order, p: &Probe) -> bool {
    let scope = &order.scope;
    let is_ssm = g.method.is_ssm();
    let is_session = own(p, scope, "ssm").is_some_and(|r| r.starts_with("session/"));
    limits_hold(g, p)
        && match p.action.as_str() {
            "ec2-instance-connect:OpenTunnel" => g.method.is_eic() && is_tunnel(g, scope, p),
            "ec2-instance-connect:SendSSHPublicKey" => {
                matches!(g.method, Method::EicSsh | Method::InstanceConnect)
                    && is_target(g, scope, p)
                    && g.os_users.iter().any(|u| has(p, "ec2:osuser", u))
            }
            "ec2:DescribeInstances" => !is_ssm && g.discovery && here(scope, p),
            "ec2:DescribeInstanceConnectEndpoints" => {
                g.method.is_eic() && g.discovery && here(scope, p)
            }
            "ssm:StartSession" => {
                is_ssm
                    && !has(p, "ssm:sessiondocumentaccesscheck", "false")
                    && (is_target(g, scope, p) || is_document(g, scope, p))
            }
            "ssm:GetConnectionStatus" => is_ssm && g.discovery && is_target(g, scope, p),
            "ssm:DescribeSessions" => is_ssm && g.discovery && here(scope, p),
            "ssmmessages:OpenDataChannel" => is_ssm && is_session,
            "ssm:ResumeSession" | "ssm:TerminateSession" => {
                let own = p
                    .context
                    .get("ssm:resourcetag/aws:ssmmessages:session-id")
                    .zip(p.context.get("aws:userid"));
                is_ssm
                    && is_session
                    && (!g.own_sessions_only || own.is_some_and(|(tag, id)| tag == id))
            }
            "kms:GenerateDataKey" => g.session_keys.contains(&p.resource),
            _ => false,
        }
}

fn is_tunnel(g: &Grant, scope: &Scope, p: &Probe) -> bool {
    let id = own(p, scope, "ec2").and_then(|r| r.strip_prefix("instance-connect-endpoint/"));
    let ports = if g.ports.is_empty() {
        vec![22]
    } else {
        g.ports.clone()
    };
    id.is_some_and(|id| g.endpoints.is_empty() || g.endpoints.iter().any(|e| e == id))
        && tags_hold(&g.endpoint_tags, p)
        && number(p, "ec2-instance-connect:remoteport").is_some_and(|n| ports.contains(&n))
        && is_in(p, "ec2-instance-connect:privateipaddress", &g.addresses)
        && number(p, "ec2-instance-connect:maxtunnelduration")
            .is_some_and(|n| n <= g.max_duration.unwrap_or(3600))
}

fn is_excepted(g: &Grant, scope: &Scope, p: &Probe) -> bool {
    let on_instance = match p.action.as_str() {
        "ssm:StartSession" => g.method.is_ssm(),
        "ssm:GetConnectionStatus" => g.method.is_ssm() && g.discovery,
        "ec2-instance-connect:SendSSHPublicKey" => !g.method.is_ssm(),
        _ => false,
    };
    let instance = own(p, scope, "ec2").and_then(|r| r.strip_prefix("instance/"));
    let endpoint = own(p, scope, "ec2").and_then(|r| r.strip_prefix("instance-connect-endpoint/"));
    on_instance && instance.is_some_and(|i| g.except_instances.iter().any(|e| e == i))
        || p.action == "ec2-instance-connect:OpenTunnel"
            && endpoint
                .is_some_and(|e| g.endpoints.is_empty() || g.endpoints.iter().any(|o| o == e))
            && is_in(
                p,
                "ec2-instance-connect:privateipaddress",
                &g.except_addresses,
            )
}

fn agent(g: &Grant, scope: &Scope, p: &Probe) -> bool {
    let group = g.logging.log_groups.first();
    let of_group =
        group.is_some_and(|g| p.resource == *g || p.resource.starts_with(&format!("{g}:")));
    match p.action.as_str() {
        "ssm:UpdateInstanceInformation"
        | "ssmmessages:CreateControlChannel"
        | "ssmmessages:CreateDataChannel"
        | "ssmmessages:OpenControlChannel"
        | "ssmmessages:OpenDataChannel" => g.method.is_ssm() && here(scope, p),
        "kms:Decrypt" => g.session_keys.contains(&p.resource),
        "kms:GenerateDataKey" => g.logging.bucket_keys.contains(&p.resource),
        "logs:DescribeLogGroups" => group.is_some() && here(scope, p),
        "logs:CreateLogStream" | "logs:DescribeLogStreams" | "logs:PutLogEvents" => of_group,
        "s3:PutObject" => g
            .logging
            .buckets
            .iter()
            .any(|b| p.resource.starts_with(&format!("{b}/"))),
        "s3:GetEncryptionConfiguration" => g
            .logging
            .buckets
            .iter()
            .any(|b| b.split('/').next() == Some(p.resource.as_str())),
        _ => false,
    }
}

fn builder(order: &Order, p: &Probe) -> bool {
    let Some(plane) = &order.control_plane else {
        return false;
    };
    let scope = &order.scope;
    let id = own(p, scope, "ec2").unwrap_or_default();
    let eic = || order.grants.iter().filter(|g| g.method.is_eic());
    let is_around =
        plane.subnets.iter().any(|s| id == format!("subnet/{s}")) || is_group(order, id);
    let is_endpoint = id.starts_with("instance-connect-endpoint/");
    let is_named = eic().any(|g| {
        is_endpoint
            && (g.endpoints.is_empty()
                || g.endpoints.iter().any(|e| id.ends_with(&format!("/{e}"))))
            && tags_hold(&g.endpoint_tags, p)
    });
    match p.action.as_str() {
        "ec2:CreateInstanceConnectEndpoint" => eic().count() > 0 && (is_around || is_endpoint),
        "ec2:CreateNetworkInterface" => {
            eic().count() > 0 && (is_around || id.starts_with("network-interface/"))
        }
        "ec2:CreateTags" => {
            eic().count() > 0
                && is_endpoint
                && has(p, "ec2:createaction", "CreateInstanceConnectEndpoint")
        }
        "ec2:DescribeInstanceConnectEndpoints" => eic().count() > 0 && here(scope, p),
        "ec2:ModifyInstanceConnectEndpoint" => eic().count() > 0 && is_group(order, id) || is_named,
        "ec2:DeleteInstanceConnectEndpoint" => is_named,
        "iam:CreateServiceLinkedRole" => {
            let service = "ec2-instance-connect.amazonaws.com";
            let head = format!(
                "arn:{}:iam::{}:role/aws-service-role/{service}/AWSServiceRoleForE",
                scope.partition, scope.account
            );
            let rest = p.resource.strip_prefix(&head).unwrap_or_default();
            eic().count() > 0
                && rest.len() == "c2InstanceConnect".len()
                && rest.ends_with("2InstanceConnect")
                && has(p, "iam:awsservicename", service)
        }
        "ssm:CreateDocument"
        | "ssm:DeleteDocument"
        | "ssm:DescribeDocument"
        | "ssm:GetDocument"
        | "ssm:UpdateDocument"
        | "ssm:UpdateDocumentDefaultVersion" => {
            let name = own(p, scope, "ssm").and_then(|r| r.strip_prefix("document/"));
            name.is_some_and(|n| {
                order
                    .grants
                    .iter()
                    .any(|g| g.documents.iter().any(|d| d == n && !d.starts_with("AWS-")))
            })
        }
        _ => false,
    }
}

fn is_group(order: &Order, id: &str) -> bool {
    let plane = order.control_plane.iter();
    plane
        .flat_map(|p| &p.security_groups)
        .any(|s| id == format!("security-group/{s}"))
}
