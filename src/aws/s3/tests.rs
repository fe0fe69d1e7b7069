//! What is sent to S3, and what is made of its answers.

use bastionless_model::{
    cloud::{Observed, OpErrorKind},
    value::Value,
};

use super::{bucket::Bucket, part::Part, policy::Policy, versioning::Versioning};
use crate::{
    kind::Kind,
    shape::{Shape, objects, part},
    testing::{Notes, intent, known, operation, s3_error, scripted, step},
};

fn bucket(more: &[(&str, Value)]) -> Value {
    let state = Shape::managed("aws_s3_bucket").object([
        ("bucket", "b".into()),
        ("bucket_region", "eu-west-1".into()),
        ("id", "b".into()),
        ("object_lock_enabled", false.into()),
    ]);
    more.iter().fold(state, |s, (k, v)| s.with(*k, v.clone()))
}

#[tokio::test]
async fn a_bucket_is_read_with_one_call() {
    let (scope, script) = scripted(vec![
        step("GET /b/?tagging", 404, s3_error("NoSuchTagSet")),
        step("GET /b/?tagging", 404, s3_error("NoSuchBucket")),
        step("GET /b/?tagging", 403, s3_error("AccessDenied")),
    ]);
    let buckets = Bucket::new(scope);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.extend(buckets.observe(&[known("b", bucket(&[]))]).await);
    }
    script.done();
    let [
        Observed::Present(there),
        Observed::Absent,
        Observed::Unreadable(e),
    ] = seen.as_slice()
    else {
        panic!("{seen:?}");
    };
    assert_eq!(there.get_str("arn"), Some("arn:aws:s3:::b"));
    assert_eq!(e.kind, OpErrorKind::Denied);
}

#[tokio::test]
async fn a_full_bucket_is_emptied_only_on_request() {
    let full = || step("DELETE /b/", 409, s3_error("BucketNotEmpty"));
    let (scope, script) = scripted(vec![full()]);
    let (intent, notes) = (intent(), Notes::default());
    let op = operation(&intent, &notes);
    let failure = Bucket::new(scope)
        .delete(&op, &bucket(&[]))
        .await
        .unwrap_err();
    script.done();
    assert!(
        failure.error.message.contains("force_destroy"),
        "{}",
        failure.error.message
    );

    let versions = "<ListVersionsResult><Version><Key>k</Key><VersionId>1</VersionId></Version><DeleteMarker><Key>k</Key><VersionId>2</VersionId></DeleteMarker></ListVersionsResult>";
    let (scope, script) = scripted(vec![
        full(),
        step("GET /b/?versions", 200, versions),
        step("POST /b/?delete", 200, "<DeleteResult></DeleteResult>"),
        step(
            "GET /b/?versions",
            200,
            "<ListVersionsResult></ListVersionsResult>",
        ),
        step("DELETE /b/", 204, ""),
        step("HEAD /b/", 404, ""),
    ]);
    let forced = bucket(&[("force_destroy", true.into())]);
    Bucket::new(scope).delete(&op, &forced).await.unwrap();
    script.done();
    assert!(
        script.sent()[2].contains("<VersionId>2</VersionId>"),
        "{:?}",
        script.sent()
    );
}

#[tokio::test]
async fn a_policy_waits_for_its_bucket_and_its_principals() {
    let text = r#"{"Statement":[]}"#;
    let (scope, script) = scripted(vec![
        step("PUT /b/?policy", 404, s3_error("NoSuchBucket")),
        step("PUT /b/?policy", 409, s3_error("OperationAborted")),
        step(
            "PUT /b/?policy",
            400,
            "<Error><Code>MalformedPolicy</Code><Message>Invalid principal in policy</Message></Error>",
        ),
        step("PUT /b/?policy", 204, ""),
        step("GET /b/?policy", 200, text),
    ]);
    let planned = Shape::managed("aws_s3_bucket_policy")
        .object([("bucket", "b".into()), ("policy", text.into())]);
    let (intent, notes) = (intent(), Notes::default());
    Part::<Policy>::new(scope)
        .create(&operation(&intent, &notes), &planned)
        .await
        .unwrap();
    script.done();
    assert_eq!(notes.permits(), 4);
}

#[tokio::test]
async fn an_unversioned_bucket_reads_disabled_and_sends_nothing() {
    let state = Shape::managed("aws_s3_bucket_versioning").object([
        ("bucket", "b".into()),
        ("id", "b".into()),
        (
            "versioning_configuration",
            objects([part([("status", "Disabled".into())])]),
        ),
    ]);
    let (scope, script) = scripted(vec![step(
        "GET /b/?versioning",
        200,
        "<VersioningConfiguration/>",
    )]);
    let versioning = Part::<Versioning>::new(scope);
    let (intent, notes) = (intent(), Notes::default());
    let made = versioning
        .create(&operation(&intent, &notes), &state)
        .await
        .unwrap();
    script.done();
    assert_eq!(
        made.get("versioning_configuration")
            .unwrap()
            .elements()
            .unwrap()[0]
            .get_str("status"),
        Some("Disabled")
    );
    versioning
        .delete(&operation(&intent, &notes), &state)
        .await
        .unwrap();
}
