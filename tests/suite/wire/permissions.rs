//! `permissions` against the log of calls: both examples, planned, applied, planned again, destroyed.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Bench, bench::name};

/// S3 names its actions otherwise than its operations.
const S3: [(&str, &str); 13] = [
    ("HeadBucket", "ListBucket"),
    ("GetBucketEncryption", "GetEncryptionConfiguration"),
    ("PutBucketEncryption", "PutEncryptionConfiguration"),
    ("DeleteBucketEncryption", "PutEncryptionConfiguration"),
    (
        "GetBucketLifecycleConfiguration",
        "GetLifecycleConfiguration",
    ),
    (
        "PutBucketLifecycleConfiguration",
        "PutLifecycleConfiguration",
    ),
    ("DeleteBucketLifecycle", "PutLifecycleConfiguration"),
    (
        "GetObjectLockConfiguration",
        "GetBucketObjectLockConfiguration",
    ),
    ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
    ("DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
    (
        "DeleteBucketOwnershipControls",
        "PutBucketOwnershipControls",
    ),
    ("DeleteBucketTagging", "PutBucketTagging"),
];

/// What AWS checks with another call, so that no call shows it; and what only older versions and foreign profiles demand.
const UNCALLED: [&str; 15] = [
    "ec2:CreateNetworkInterface",
    "ec2:CreateTags",
    "iam:CreateServiceLinkedRole",
    "iam:DeletePolicyVersion",
    "iam:PassRole",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:TagInstanceProfile",
    "iam:TagPolicy",
    "iam:TagRole",
    "kms:PutKeyPolicy",
    "kms:TagResource",
    "logs:AssociateKmsKey",
    "logs:TagResource",
    "route53:AssociateVPCWithHostedZone",
    "ssm:AddTagsToResource",
];

fn action(call: &Json) -> String {
    let name = name(call);
    match name.strip_prefix("s3:") {
        Some(operation) => format!(
            "s3:{}",
            S3.iter()
                .find(|(o, _)| *o == operation)
                .map_or(operation, |(_, a)| a)
        ),
        None => name,
    }
}

/// Returns the actions that are called, and insists that the others are exceptions.
fn printed(bench: &Bench, run: &str) -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    for line in bench.run(&["permissions", run, "-json"]).exits(0).lines() {
        let action = line["action"].as_str().unwrap().to_owned();
        if line["certainty"] == "called" {
            called.insert(action);
        } else {
            assert!(UNCALLED.contains(&action.as_str()), "{line:#}");
        }
    }
    called
}

fn agrees(bench: &Bench, run: &str, args: &[&str]) -> usize {
    let printed = printed(bench, run);
    bench.forget_calls();
    bench.run(&[&[run, "-input=false"], args].concat()).exits(0);
    let called: BTreeSet<String> = bench.calls().iter().map(action).collect();
    let missing: Vec<_> = called.difference(&printed).collect();
    let idle: Vec<_> = printed.difference(&called).collect();
    assert!(
        missing.is_empty() && idle.is_empty(),
        "{run}: called, not printed: {missing:?}; printed, not called: {idle:?}"
    );
    printed.len()
}

fn round(example: &str) {
    let bench = Bench::with_example(example);
    bench.http(
        "PUT",
        "/_bastionless/knobs",
        r#"{"instance-connect-endpoint":{"immediate":true},"vpc-endpoint":{"immediate":true}}"#,
    );
    bench.run(&["init", "-input=false"]).exits(0);
    let approve = ["-auto-approve"];
    let counts = [
        agrees(&bench, "plan", &[]),
        agrees(&bench, "apply", &approve),
        agrees(&bench, "plan", &[]),
        agrees(&bench, "destroy", &approve),
    ];
    assert!(counts[1] > 30 && counts[3] > 30, "{counts:?}");
}

#[test]
fn the_endpoint_example_needs_what_it_calls() {
    round("eic-endpoint");
}

#[test]
fn the_session_example_needs_what_it_calls() {
    round("session-manager");
}
