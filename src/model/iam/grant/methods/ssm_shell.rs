//! `ssm-shell`: a shell through Session Manager.

use super::session;
use crate::iam::grant::{arn, arn::KEY, check::Check, statement::Statement};

/// The document of the account's session preferences.
const DEFAULT: &str = "SSM-SessionManagerRunShell";

pub(super) fn users(check: &mut Check<'_>) -> Vec<Statement> {
    let grant = check.grant;
    session::refusals(check);
    const SHELL: &str = "opens a shell, from which its user reaches what the instance reaches";
    check.without(
        "ports",
        !grant.ports.is_empty(),
        SHELL,
        "Choose `ssm-port-forward`, or restrict the instance's security group.",
    );
    check.without(
        "hosts",
        !grant.hosts.is_empty(),
        SHELL,
        "Choose `ssm-remote-port-forward`, or restrict the instance's security group.",
    );
    for name in grant.documents.iter().filter(|d| arn::is_of_aws(d)) {
        check.refuse(
            "documents",
            format!("{} opens ports or runs any command instead of a logged shell", arn::document_name(name)),
            format!("Name {DEFAULT} or a session document of your own, or choose the method of that document."),
        );
    }
    let documents = if grant.documents.is_empty() {
        vec![DEFAULT.to_owned()]
    } else {
        grant.documents.clone()
    };
    let mut out = session::statements(check, &documents);
    let keys = check.arns("session_key_arns", &grant.session_keys, &[KEY]);
    if !keys.is_empty() {
        let common = check.common();
        // The client asks with the user's own credentials: `kms:ViaService` would never hold.
        out.push(Statement::allow("SessionKey", ["kms:GenerateDataKey"], keys).with(&common));
    }
    out
}
