//! `ec2-instance-connect:OpenTunnel`: sees endpoint, port, address and duration, never the instance.

use std::collections::BTreeSet;

use crate::iam::grant::{arn::ENDPOINT, check::Check, statement::Statement};

/// The longest tunnel that the service opens, in seconds, which is also what a request asks for that says nothing.
const LONGEST: i64 = 3_600;

/// Allows tunnels through the endpoints to the addresses and ports.
pub(super) fn open(check: &mut Check<'_>, ports: &BTreeSet<i64>) -> Statement {
    let grant = check.grant;
    let (arns, tags) = check.targets(
        ("endpoints", &grant.endpoints),
        ("endpoint_tags", &grant.endpoint_tags),
        &[ENDPOINT],
    );
    if grant.addresses.is_empty() {
        check.refuse(
            "addresses",
            format!("`{}` needs `addresses`: without them a tunnel could lead to every address that the endpoint reaches", grant.method.name()),
            "Give the private addresses of the instances, or the ranges of their subnets.",
        );
    }
    let addresses = check.ranges("addresses", &grant.addresses);
    let duration = grant.max_duration.unwrap_or(LONGEST);
    if !(1..=LONGEST).contains(&duration) {
        check.refuse(
            "max_duration",
            format!("{duration} seconds is not between 1 and {LONGEST}, the longest tunnel"),
            "Correct it, or leave it out.",
        );
    }
    let common = check.common();
    Statement::allow("Tunnel", ["ec2-instance-connect:OpenTunnel"], arns)
        .with(&tags)
        .with(&common)
        .when(
            "NumericEquals",
            "ec2-instance-connect:remotePort",
            ports.iter().map(i64::to_string),
        )
        .when(
            "IpAddress",
            "ec2-instance-connect:privateIpAddress",
            addresses,
        )
        .when(
            "NumericLessThanEquals",
            "ec2-instance-connect:maxTunnelDuration",
            [duration.to_string()],
        )
}

/// Allows clients to find instance and endpoint.
pub(super) fn find(check: &mut Check<'_>) -> Option<Statement> {
    super::find(
        check,
        &[
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceConnectEndpoints",
        ],
    )
}
