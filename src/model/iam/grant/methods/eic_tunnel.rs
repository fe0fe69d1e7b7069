//! `eic-tunnel`: a tunnel through an endpoint to port 22 or 3389; whoever listens there decides who comes in.

use std::collections::BTreeSet;

use super::{no_session, tunnel};
use crate::iam::grant::{check::Check, statement::Statement};

pub(super) fn users(check: &mut Check<'_>) -> Vec<Statement> {
    let grant = check.grant;
    no_session(check);
    const UNSEEN: &str = "opens a tunnel to an address: `OpenTunnel` is decided on the endpoint and never sees the instance";
    check.without(
        "instances",
        !grant.instances.is_empty(),
        UNSEEN,
        "Give the private addresses of the instances in `addresses`.",
    );
    check.without(
        "instance_tags",
        !grant.instance_tags.is_empty(),
        &format!("{UNSEEN}, so its tags cannot restrict it"),
        "Give `addresses`, or the tags of the endpoint in `endpoint_tags`.",
    );
    check.without(
        "except_instances",
        !grant.except_instances.is_empty(),
        UNSEEN,
        "Give `except_addresses`.",
    );
    check.without(
        "os_users",
        !grant.os_users.is_empty(),
        "pushes no key, so sshd alone decides who logs in",
        "Choose `eic-ssh`, which pushes a key for named users.",
    );
    let mut ports: BTreeSet<i64> = grant.ports.iter().copied().collect();
    for port in ports.iter().filter(|p| ![22, 3389].contains(*p)) {
        check.refuse(
            "ports",
            format!("an EC2 Instance Connect endpoint carries ports 22 and 3389 only, not {port}"),
            "Forward the port through SSH over a tunnel to 22, or choose `ssm-port-forward`.",
        );
    }
    if ports.is_empty() {
        ports.insert(22);
    }
    let mut out = vec![tunnel::open(check, &ports)];
    out.extend(tunnel::find(check));
    out
}
