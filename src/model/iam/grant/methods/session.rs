//! Sessions of Session Manager: what all `ssm-` methods share.

use super::{find, no_endpoint};
use crate::iam::grant::{
    arn::{self, INSTANCE, MANAGED},
    check::Check,
    statement::Statement,
};

/// Refuses what no session can honour.
pub(super) fn refusals(check: &mut Check<'_>) {
    let grant = check.grant;
    no_endpoint(check);
    const BY_ID: &str = "names its target by id, so no policy sees an address";
    check.without(
        "addresses",
        !grant.addresses.is_empty(),
        BY_ID,
        "Give `instances` or `instance_tags`.",
    );
    check.without(
        "except_addresses",
        !grant.except_addresses.is_empty(),
        BY_ID,
        "Give `except_instances`.",
    );
    check.without(
        "os_users",
        !grant.os_users.is_empty(),
        "does not name the user of the operating system in its request",
        "Set `runAsEnabled` and `runAsDefaultUser` in the session document, or the tag `SSMSessionRunAs` on the user or role.",
    );
    check.without(
        "max_duration",
        grant.max_duration.is_some(),
        "names no duration in its request",
        "Set `maxSessionDuration` (minutes) in the session document.",
    );
}

/// Refuses what Session Manager does for shells only.
pub(super) fn only_of_shells(check: &mut Check<'_>) {
    let grant = check.grant;
    check.without(
        "session_key_arns",
        !grant.session_keys.is_empty(),
        "is a session of type Port, which Session Manager does not encrypt with a key of yours",
        "Leave it out: TLS, and the protocol within, encrypt it.",
    );
    check.without_logging(
        "is a session of type Port, of which Session Manager logs no content",
        "Choose `ssm-shell`, or log where the connection ends.",
    );
}

/// Allows sessions on the targets with the documents, and what belongs to a session.
pub(super) fn statements(check: &mut Check<'_>, documents: &[String]) -> Vec<Statement> {
    let grant = check.grant;
    let (targets, tags) = check.targets(
        ("instances", &grant.instances),
        ("instance_tags", &grant.instance_tags),
        &[INSTANCE, MANAGED],
    );
    let mut arns = Vec::new();
    for name in documents {
        match arn::document(check.scope, name) {
            Some(arn) => arns.push(arn),
            None => check.refuse(
                "documents",
                format!("\"{name}\" is no name of a session document"),
                "Name each document; patterns would allow others.",
            ),
        }
    }
    let common = check.common();
    // Without this key a session without a document name gets the account's default document, listed or not.
    let start = |resources: Vec<String>| {
        Statement::allow("Session", ["ssm:StartSession"], resources)
            .with(&common)
            .when("BoolIfExists", "ssm:SessionDocumentAccessCheck", ["true"])
    };
    let sessions = [session_arn(check)];
    let mut own = Statement::allow(
        "OwnSessions",
        ["ssm:ResumeSession", "ssm:TerminateSession"],
        sessions.clone(),
    )
    .with(&common);
    if grant.own_sessions_only {
        own = own.when(
            "StringEquals",
            "ssm:resourceTag/aws:ssmmessages:session-id",
            ["${aws:userid}"],
        );
    }
    // Documents have no tags of instances, so they stand apart.
    let mut out = vec![
        start(targets.clone()).with(&tags),
        start(arns),
        Statement::allow("Channel", ["ssmmessages:OpenDataChannel"], sessions).with(&common),
        own,
    ];
    if grant.discovery {
        out.push(
            Statement::allow("Status", ["ssm:GetConnectionStatus"], targets)
                .with(&tags)
                .with(&common),
        );
    }
    out.extend(find(check, &["ssm:DescribeSessions"]));
    out
}

fn session_arn(check: &Check<'_>) -> String {
    let scope = check.scope;
    format!(
        "arn:{}:ssm:{}:{}:session/*",
        scope.partition, scope.region, scope.account
    )
}

/// Returns the documents of a method that opens a port: the named ones, where `of_aws` opens any port (or host and port) and
/// therefore must be named, and cannot be limited.
pub(super) fn port_documents(
    check: &mut Check<'_>,
    of_aws: &str,
    opens: &str,
    is_default: bool,
) -> Vec<String> {
    let grant = check.grant;
    let limited = if grant.hosts.is_empty() {
        "ports"
    } else {
        "hosts"
    };
    let is_limited = !grant.ports.is_empty() || !grant.hosts.is_empty();
    let own = "Name a document of your own in `documents`: `session_documents` gives the content that limits it.";
    for port in grant.ports.iter().filter(|p| !(1..=65_535).contains(*p)) {
        check.refuse(
            "ports",
            format!("{port} is no port"),
            "Give numbers from 1 to 65535.",
        );
    }
    if grant.documents.is_empty() {
        if is_limited {
            check.refuse(
                limited,
                format!("{of_aws} opens {opens}, and IAM does not see which"),
                own,
            );
        } else if !is_default {
            check.refuse(
                "documents",
                format!("{of_aws} opens {opens}"),
                format!("{own} If any will do, name {of_aws} there."),
            );
        }
        return if is_default {
            vec![of_aws.to_owned()]
        } else {
            Vec::new()
        };
    }
    for name in &grant.documents {
        if arn::is_of_aws(name) && arn::document_name(name) != of_aws {
            check.refuse(
                "documents",
                format!(
                    "{} is not the document of `{}`",
                    arn::document_name(name),
                    grant.method.name()
                ),
                format!("Name {of_aws}, or a document of your own."),
            );
        } else if arn::is_of_aws(name) && is_limited {
            check.refuse(
                limited,
                format!("{of_aws} opens {opens}, and IAM does not see which"),
                own,
            );
        }
    }
    grant.documents.clone()
}
