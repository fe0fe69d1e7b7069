//! `ssm-ssh`: SSH through Session Manager; sshd decides who logs in.

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
        "AWS-StartSSHSession",
        "a tunnel to whatever port the client names, 22 unless it does",
        true,
    );
    session::statements(check, &documents)
}
