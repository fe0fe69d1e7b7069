//! `ssm-port-forward`: a port of the instance through Session Manager.

use super::session;
use crate::iam::grant::{check::Check, statement::Statement};

pub(super) fn users(check: &mut Check<'_>) -> Vec<Statement> {
    session::refusals(check);
    session::only_of_shells(check);
    check.without(
        "hosts",
        !check.grant.hosts.is_empty(),
        "ends in the instance",
        "Choose `ssm-remote-port-forward`.",
    );
    let documents = session::port_documents(
        check,
        "AWS-StartPortForwardingSession",
        "any port of the instance",
        false,
    );
    session::statements(check, &documents)
}
