//! `ssm-remote-port-forward`: a port of a host behind the instance through Session Manager.

use super::session;
use crate::iam::grant::{arn, check::Check, statement::Statement};

pub(super) fn users(check: &mut Check<'_>) -> Vec<Statement> {
    session::refusals(check);
    session::only_of_shells(check);
    let grant = check.grant;
    let is_limited = (!grant.ports.is_empty(), !grant.hosts.is_empty());
    if is_limited.0 != is_limited.1 {
        let (missing, other) = if is_limited.0 {
            ("hosts", "ports")
        } else {
            ("ports", "hosts")
        };
        check.refuse(
            missing,
            format!("`{other}` alone leaves every one of the {missing} open"),
            format!("Give `{missing}`, too."),
        );
    }
    for host in &grant.hosts {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b".-:".contains(&b);
        if host.is_empty() || !(arn::has_symbol(host) || host.bytes().all(fits)) {
            check.refuse(
                "hosts",
                format!("\"{host}\" is no name or address of a host"),
                "Name each host.",
            );
        }
    }
    let documents = session::port_documents(
        check,
        "AWS-StartPortForwardingSessionToRemoteHost",
        "any port of any host that the instance reaches",
        false,
    );
    session::statements(check, &documents)
}
