//! What is sent to KMS and CloudWatch Logs, and what is made of the answers.

use bastionless_model::{
    cloud::{Found, Observed, OpErrorKind},
    value::Value,
};

use super::{alias::Alias, key::Key};
use crate::{
    kind::Kind,
    logs::group::LogGroup,
    shape::Shape,
    testing::{Notes, Step, intent, json_error, known, operation, scripted, step},
};

fn describe(state: &str) -> Step {
    step(
        "DescribeKey",
        200,
        format!(
            r#"{{"KeyMetadata":{{"KeyId":"k","Arn":"arn:aws:kms:eu-west-1:123456789012:key/k","Enabled":true,"KeyState":"{state}","KeySpec":"SYMMETRIC_DEFAULT","Origin":"AWS_KMS"}}}}"#
        ),
    )
}

fn key() -> Value {
    Shape::managed("aws_kms_key").object([("id", "k".into())])
}

#[tokio::test]
async fn a_key_that_waits_for_its_deletion_is_gone() {
    let (scope, script) = scripted(vec![describe("PendingDeletion")]);
    let seen = Key::new(scope).observe(&[known("k", key())]).await;
    script.done();
    assert!(matches!(seen.as_slice(), [Observed::Absent]), "{seen:?}");
}

#[tokio::test]
async fn a_key_is_described_with_policy_rotation_and_tags() {
    let (scope, script) = scripted(vec![
        describe("Enabled"),
        step(
            "GetKeyPolicy",
            200,
            r#"{"Policy":"{ \"Version\" : \"2012-10-17\" }"}"#,
        ),
        step(
            "GetKeyRotationStatus",
            200,
            r#"{"KeyRotationEnabled":true,"RotationPeriodInDays":180}"#,
        ),
        step(
            "ListResourceTags",
            200,
            r#"{"Tags":[{"TagKey":"a","TagValue":"b"}],"Truncated":false}"#,
        ),
    ]);
    let seen = Key::new(scope).observe(&[known("k", key())]).await;
    script.done();
    let [Observed::Present(key)] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(key.get_str("policy"), Some(r#"{"Version":"2012-10-17"}"#));
    assert_eq!(key.get_i64("rotation_period_in_days"), Some(180));
    assert_eq!(key.get("tags_all").unwrap().get_str("a"), Some("b"));
}

#[tokio::test]
async fn deleting_a_key_schedules_it_with_the_window_of_the_state() {
    let (scope, script) = scripted(vec![
        step("ScheduleKeyDeletion", 200, r#"{"KeyId":"k"}"#),
        describe("PendingDeletion"),
        step(
            "ScheduleKeyDeletion",
            400,
            json_error("KMSInvalidStateException", "k is pending deletion."),
        ),
    ]);
    let keys = Key::new(scope);
    let (intent, notes) = (intent(), Notes::default());
    let op = operation(&intent, &notes);
    let prior = key().with("deletion_window_in_days", Value::from(7));
    keys.delete(&op, &prior).await.unwrap();
    keys.delete(&op, &prior).await.unwrap();
    script.done();
    assert!(
        script.sent()[0].contains(r#""PendingWindowInDays":7"#),
        "{:?}",
        script.sent()
    );
}

#[tokio::test]
async fn an_alias_is_ours_only_if_it_is_younger_than_the_intent_and_names_the_key() {
    let list = |date: i64, key: &str| {
        step(
            "ListAliases",
            200,
            format!(
                r#"{{"Aliases":[{{"AliasName":"alias/a","AliasArn":"arn:aws:kms:eu-west-1:123456789012:alias/a","TargetKeyId":"{key}","CreationDate":{date}}}],"Truncated":false}}"#
            ),
        )
    };
    let at = intent().recorded_at;
    let (scope, script) = scripted(vec![list(at - 1, "k"), list(at, "other"), list(at, "k")]);
    let planned = Shape::managed("aws_kms_alias").object([
        ("name", "alias/a".into()),
        (
            "target_key_id",
            "arn:aws:kms:eu-west-1:123456789012:key/k".into(),
        ),
    ]);
    let aliases = Alias::new(scope);
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(aliases.find(Some(&intent()), &planned).await.unwrap());
    }
    script.done();
    assert!(
        matches!(
            found.as_slice(),
            [
                Found::Unproven { .. },
                Found::Unproven { .. },
                Found::Ours(_)
            ]
        ),
        "{found:?}"
    );
}

#[tokio::test]
async fn log_groups_are_asked_for_by_fifty_names_and_their_arns_lose_the_star() {
    let group = |i: usize| {
        format!(
            r#"{{"logGroupName":"g{i}","arn":"arn:aws:logs:eu-west-1:123456789012:log-group:g{i}:*"}}"#
        )
    };
    let groups: Vec<_> = (0..3).map(group).collect();
    let mut steps = vec![step(
        "DescribeLogGroups",
        200,
        format!(r#"{{"logGroups":[{}]}}"#, groups.join(",")),
    )];
    steps.extend((0..3).map(|_| step("ListTagsForResource", 200, "{}")));
    let (scope, script) = scripted(steps);
    let shape = Shape::managed("aws_cloudwatch_log_group");
    let ids: Vec<_> = (0..3)
        .map(|i| known(&format!("g{i}"), shape.object([])))
        .collect();
    let seen = LogGroup::new(scope).observe(&ids).await;
    script.done();
    let Some(Observed::Present(group)) = seen.last() else {
        panic!("{seen:?}")
    };
    assert_eq!(
        group.get_str("arn"),
        Some("arn:aws:logs:eu-west-1:123456789012:log-group:g2")
    );
    assert_eq!(group.get_i64("retention_in_days"), Some(0));
}

#[tokio::test]
async fn a_quota_is_told_as_such() {
    let (scope, script) = scripted(vec![step(
        "CreateAlias",
        400,
        json_error("LimitExceededException", "too many aliases"),
    )]);
    let planned = Shape::managed("aws_kms_alias")
        .object([("name", "alias/a".into()), ("target_key_id", "k".into())]);
    let (intent, notes) = (intent(), Notes::default());
    let failure = Alias::new(scope)
        .create(&operation(&intent, &notes), &planned)
        .await
        .unwrap_err();
    script.done();
    assert_eq!(failure.error.kind, OpErrorKind::Quota);
    assert!(notes.created().is_empty());
}
