//! `eic-ssh`: SSH through an endpoint with a pushed key: `aws ec2-instance-connect ssh --connection-type eice`.

use std::collections::BTreeSet;

use super::{no_session, push_key, tunnel};
use crate::iam::grant::{check::Check, statement::Statement};

pub(super) fn users(check: &mut Check<'_>) -> Vec<Statement> {
    no_session(check);
    for port in check.grant.ports.clone().into_iter().filter(|p| *p != 22) {
        check.refuse(
            "ports",
            format!("`eic-ssh` goes to port 22, not {port}"),
            "Choose `eic-tunnel` for 3389, `ssm-port-forward` for others.",
        );
    }
    let mut out = vec![tunnel::open(check, &BTreeSet::from([22])), push_key(check)];
    out.extend(tunnel::find(check));
    out
}
