//! What users need for each method, one file a method.

mod eic_ssh;
mod eic_tunnel;
mod instance_connect;
mod session;
mod ssm_port_forward;
mod ssm_remote_port_forward;
mod ssm_shell;
mod ssm_ssh;
mod tunnel;

use super::{check::Check, except, model::Method, statement::Statement};

/// Returns the statements for users.
pub(super) fn users(check: &mut Check<'_>) -> Vec<Statement> {
    check.check_common();
    let mut out = match check.grant.method {
        Method::EicTunnel => eic_tunnel::users(check),
        Method::EicSsh => eic_ssh::users(check),
        Method::InstanceConnect => instance_connect::users(check),
        Method::SsmShell => ssm_shell::users(check),
        Method::SsmSsh => ssm_ssh::users(check),
        Method::SsmPortForward => ssm_port_forward::users(check),
        Method::SsmRemotePortForward => ssm_remote_port_forward::users(check),
    };
    out.extend(except::statements(check));
    out
}

/// Allows a client to look for what it may connect to; those calls take no resource.
fn find(check: &mut Check<'_>, actions: &[&str]) -> Option<Statement> {
    if !check.grant.discovery {
        return None;
    }
    let region = check.scope.region.clone();
    let common = check.common();
    Some(
        Statement::allow("Find", actions.iter().copied(), ["*"])
            .with(&common)
            .when("StringEquals", "aws:RequestedRegion", [region]),
    )
}

/// Allows pushing a key to instances, as the named users of the operating system.
fn push_key(check: &mut Check<'_>) -> Statement {
    use super::arn::INSTANCE;
    let grant = check.grant;
    let (arns, tags) = check.targets(
        ("instances", &grant.instances),
        ("instance_tags", &grant.instance_tags),
        &[INSTANCE],
    );
    if grant.os_users.is_empty() {
        check.refuse(
            "os_users",
            format!("`{}` needs `os_users`: without them a key could be pushed as any user, root included", grant.method.name()),
            "Name the users of the operating system.",
        );
    }
    for user in &grant.os_users {
        if user.is_empty() || super::arn::is_pattern(user) {
            check.refuse(
                "os_users",
                format!("\"{user}\" is no name of a user; `ec2:osuser` is compared to the letter"),
                "Name each user.",
            );
        }
    }
    let common = check.common();
    Statement::allow("PushKey", ["ec2-instance-connect:SendSSHPublicKey"], arns)
        .with(&tags)
        .with(&common)
        .when("StringEquals", "ec2:osuser", grant.os_users.iter().cloned())
}

/// Refuses what belongs to Session Manager only.
fn no_session(check: &mut Check<'_>) {
    let grant = check.grant;
    const WHY: &str = "opens no session of Session Manager";
    const INSTEAD: &str = "Leave the argument out, or choose an `ssm-` method.";
    check.without("documents", !grant.documents.is_empty(), WHY, INSTEAD);
    check.without(
        "hosts",
        !grant.hosts.is_empty(),
        WHY,
        "Reach other hosts with `ssm-remote-port-forward`.",
    );
    check.without(
        "session_key_arns",
        !grant.session_keys.is_empty(),
        WHY,
        INSTEAD,
    );
    check.without_logging(
        "carries what Session Manager does not see, so nothing can log it",
        "Log in sshd, or choose `ssm-shell`.",
    );
    check.without("own_sessions_only", !grant.own_sessions_only, WHY, INSTEAD);
}

/// Refuses what belongs to EC2 Instance Connect endpoints only.
fn no_endpoint(check: &mut Check<'_>) {
    let grant = check.grant;
    const WHY: &str = "goes through no EC2 Instance Connect endpoint";
    const INSTEAD: &str = "Leave the argument out, or choose `eic-tunnel` or `eic-ssh`.";
    check.without("endpoints", !grant.endpoints.is_empty(), WHY, INSTEAD);
    check.without(
        "endpoint_tags",
        !grant.endpoint_tags.is_empty(),
        WHY,
        INSTEAD,
    );
}
