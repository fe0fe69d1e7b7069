//! `instance-connect`: a pushed key, then SSH straight to the instance.

use super::{find, no_endpoint, no_session, push_key};
use crate::iam::grant::{check::Check, statement::Statement};

pub(super) fn users(check: &mut Check<'_>) -> Vec<Statement> {
    let grant = check.grant;
    no_session(check);
    no_endpoint(check);
    const DIRECT: &str =
        "connects straight to the instance, past AWS's interfaces, so no policy sees where to";
    check.without(
        "addresses",
        !grant.addresses.is_empty(),
        DIRECT,
        "Restrict the instance's security group.",
    );
    check.without(
        "except_addresses",
        !grant.except_addresses.is_empty(),
        DIRECT,
        "Give `except_instances`.",
    );
    check.without(
        "ports",
        !grant.ports.is_empty(),
        DIRECT,
        "Restrict the instance's security group.",
    );
    check.without(
        "max_duration",
        grant.max_duration.is_some(),
        "pushes a key that holds for 60 seconds; a connection that was made by then lasts as long as sshd lets it",
        "Choose `eic-ssh`, whose tunnel ends, or set it in sshd.",
    );
    let mut out = vec![push_key(check)];
    out.extend(find(check, &["ec2:DescribeInstances"]));
    out
}
