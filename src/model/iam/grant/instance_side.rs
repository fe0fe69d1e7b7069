//! What the role of an instance needs. EC2 Instance Connect needs nothing there: its package reads the instance's metadata.

use super::{
    arn::{BUCKET, KEY, LOG_GROUP},
    check::Check,
    model::Method,
    statement::Statement,
};

/// Returns the statements for the instances' role.
pub(super) fn statements(check: &mut Check<'_>) -> Vec<Statement> {
    let grant = check.grant;
    if !grant.method.is_ssm() {
        return Vec::new();
    }
    let agent = [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ];
    let region = check.scope.region.clone();
    let mut out = vec![Statement::allow("Agent", agent, ["*"]).when(
        "StringEquals",
        "aws:RequestedRegion",
        [region.clone()],
    )];
    if grant.method != Method::SsmShell {
        return out;
    }
    if !grant.session_keys.is_empty() {
        // Wrong ARNs are reported where the users' policy is compiled.
        let keys = grant
            .session_keys
            .iter()
            .filter_map(|k| KEY.resolve(check.scope, k));
        out.push(Statement::allow("SessionKey", ["kms:Decrypt"], keys));
    }
    let logging = &grant.logging;
    let groups = check.arns("log_group_arns", &logging.log_groups, &[LOG_GROUP]);
    if !groups.is_empty() {
        out.push(
            Statement::allow("FindLogGroup", ["logs:DescribeLogGroups"], ["*"]).when(
                "StringEquals",
                "aws:RequestedRegion",
                [region],
            ),
        );
        let groups = groups.iter().map(|g| g.strip_suffix(":*").unwrap_or(g));
        let both = groups.flat_map(|g| [g.to_owned(), format!("{g}:*")]);
        out.push(Statement::allow(
            "WriteLogs",
            [
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            both,
        ));
    }
    let buckets = check.arns("log_bucket_arns", &logging.buckets, &[BUCKET]);
    if !buckets.is_empty() {
        let objects = buckets
            .iter()
            .map(|b| format!("{}/*", b.trim_end_matches('/')));
        out.push(Statement::allow("LogBucket", ["s3:PutObject"], objects));
        let buckets = buckets
            .iter()
            .map(|b| b.split('/').next().unwrap_or(b).to_owned());
        out.push(Statement::allow(
            "LogBucketEncryption",
            ["s3:GetEncryptionConfiguration"],
            buckets,
        ));
    }
    if !logging.bucket_keys.is_empty() && logging.buckets.is_empty() {
        check.refuse(
            "log_bucket_key_arns",
            "there is no bucket that the keys would encrypt",
            "Give `log_bucket_arns`, or leave the keys out.",
        );
    }
    let keys = check.arns("log_bucket_key_arns", &logging.bucket_keys, &[KEY]);
    if !keys.is_empty() {
        out.push(Statement::allow(
            "LogBucketKey",
            ["kms:GenerateDataKey"],
            keys,
        ));
    }
    out
}
