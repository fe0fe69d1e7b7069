//! Logs that those who are logged can change.

use bastionless_model::{
    base::{Level, RuleDoc},
    iam::{
        ast::{Effect, Statement},
        lint::covers_any,
        pattern::Pattern,
    },
};

use super::{Estate, Found, Object, Rule, policies, sessions};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "session-log-tampering",
        level: Level::Warning,
        headline: "Session logs can be changed",
        what: "A policy that may delete objects of the bucket with session logs, or change its policy, versioning or lifecycle; as advice, such a bucket without Object Lock.",
        why: "Whoever is logged can remove the trace.",
        fix: "Give the instance `s3:PutObject` only, keep the bucket in another account, and turn on Object Lock.",
        source: "S3 User Guide, using S3 Object Lock; Systems Manager User Guide, logging session data using Amazon S3",
    },
    check,
};

const TAMPERING: &[&str] = &[
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketVersioning",
    "s3:DeleteBucket",
    "s3:BypassGovernanceRetention",
];

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let documents = sessions::documents(estate);
    let is_log = |b: &Object<'_>| {
        documents
            .iter()
            .any(|d| d.text("s3BucketName").is_some_and(|n| b.is_named(n)))
    };
    let buckets: Vec<&Object<'_>> = estate.of("aws_s3_bucket").filter(|b| is_log(b)).collect();
    for bucket in &buckets {
        if bucket.value.get_bool("object_lock_enabled") != Some(true) {
            out.push(
                RULE.at(
                    bucket,
                    "object_lock_enabled",
                    "Session logs lie here, and versions can be deleted. Turn on Object Lock.",
                )
                .level(Level::Advice),
            );
        }
    }
    for policy in policies::all(estate)
        .into_iter()
        .filter(|p| p.kind.grants())
    {
        for s in policy
            .parsed
            .document
            .statements
            .iter()
            .filter(|s| s.effect == Effect::Allow)
        {
            let Some((action, _)) = covers_any(s, TAMPERING) else {
                continue;
            };
            if let Some(bucket) = buckets.iter().find(|b| is_about(s, b)) {
                let text = format!("`{action}` is allowed on the bucket with the session logs.");
                out.push(
                    RULE.at(policy.object, &policy.attribute, text)
                        .context(bucket.header(), "the bucket with the session logs"),
                );
            }
        }
    }
}

/// Tells whether a statement reaches a bucket or what is in it.
fn is_about(s: &Statement, bucket: &Object<'_>) -> bool {
    let Some(arn) = bucket.text("arn") else {
        return false;
    };
    let patterns = s
        .resource
        .iter()
        .filter(|r| !r.negated)
        .flat_map(|r| &r.patterns);
    patterns.into_iter().any(|p| {
        let names_it = p.value == arn
            || p.value
                .strip_prefix(arn)
                .is_some_and(|rest| rest.starts_with(['/', '*']));
        let by_name = bucket.text("bucket").map(|n| format!("arn:aws:s3:::{n}/x"));
        let wild = Pattern::wild(&p.value);
        names_it || wild.is_any() || by_name.is_some_and(|n| wild.matches(&n))
    })
}
