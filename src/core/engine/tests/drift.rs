//! What was last applied survives runs that do not come to their end.

use bastionless_model::{cloud::OpErrorKind, schema::Catalogue};

use super::{
    super::fake::Wrong,
    lifecycle::{Made, Stage},
    *,
};
use crate::plan::{
    Options,
    drift::{Finding, differences},
};

const LOG_GROUP: &str = "aws_cloudwatch_log_group";

fn group(days: i64) -> String {
    format!("resource \"{LOG_GROUP}\" \"g\" {{\n  name = \"g\"\n  retention_in_days = {days}\n}}\n")
}

/// What `drift` finds, as text.
fn found(made: &Made) -> Vec<String> {
    let text = |f: &Finding| match f {
        Finding::Changed {
            address,
            path,
            old,
            new,
            ..
        } => {
            format!("{address} {path} {:?} {:?}", old.as_i64(), new.as_i64())
        }
        Finding::Gone { address, .. } => format!("{address} gone"),
        Finding::Unmanaged(u) => format!("{} has {}", u.parent, u.child.id),
    };
    differences(&made.plan, Catalogue::builtin())
        .iter()
        .map(text)
        .collect()
}

async fn applied(days: i64) -> Stage {
    let stage = Stage::new();
    let address = format!("{LOG_GROUP}.g");
    stage
        .becomes(&group(days), &[(address.as_str(), Action::Create)])
        .await;
    assert!(found(&stage.plan(&group(days), Options::default()).await).is_empty());
    stage
}

#[tokio::test]
async fn a_repair_that_failed_leaves_the_drift() {
    let stage = applied(7).await;
    assert!(
        stage
            .cloud
            .change(LOG_GROUP, "g", "retention_in_days", 30_i64.into())
    );
    let drift = ["aws_cloudwatch_log_group.g .retention_in_days Some(7) Some(30)"];
    assert_eq!(
        found(&stage.plan(&group(7), Options::default()).await),
        drift
    );
    stage
        .cloud
        .order("update", LOG_GROUP, 0, Wrong::Refused(OpErrorKind::Denied));
    let run = stage
        .apply(stage.plan(&group(7), Options::default()).await)
        .await;
    assert!(run.diagnostics.has_errors());
    // The state has taken over what is live, and still it is not what was applied.
    let again = stage.plan(&group(7), Options::default()).await;
    assert!(again.plan.drift.is_empty(), "state and live agree");
    assert_eq!(found(&again), drift);
    clean(&stage.apply(again).await);
    assert!(found(&stage.plan(&group(7), Options::default()).await).is_empty());
    let left = open(&*stage.store(), &RealDisk).await.unwrap();
    assert!(
        left.snapshot.last_applied.is_empty(),
        "nothing of it stays in the state"
    );
}

#[tokio::test]
async fn a_change_that_was_done_half_way_is_drift() {
    let stage = applied(7).await;
    stage.cloud.order(
        "update",
        LOG_GROUP,
        0,
        Wrong::HalfWay(OpErrorKind::Throttled),
    );
    let run = stage
        .apply(stage.plan(&group(14), Options::default()).await)
        .await;
    assert!(run.diagnostics.has_errors());
    let drift = ["aws_cloudwatch_log_group.g .retention_in_days Some(7) Some(14)"];
    assert_eq!(
        found(&stage.plan(&group(14), Options::default()).await),
        drift
    );
    clean(
        &stage
            .apply(stage.plan(&group(14), Options::default()).await)
            .await,
    );
    assert!(found(&stage.plan(&group(14), Options::default()).await).is_empty());
}

#[tokio::test]
async fn what_vanished_and_was_not_made_again_is_still_gone() {
    let stage = applied(7).await;
    assert!(stage.cloud.remove(LOG_GROUP, "g"));
    stage
        .cloud
        .order("create", LOG_GROUP, 0, Wrong::Refused(OpErrorKind::Quota));
    let run = stage
        .apply(stage.plan(&group(7), Options::default()).await)
        .await;
    assert!(run.diagnostics.has_errors());
    assert_eq!(
        found(&stage.plan(&group(7), Options::default()).await),
        ["aws_cloudwatch_log_group.g gone"]
    );
    // Without its block nobody misses it, after an apply.
    assert_eq!(
        found(&stage.plan("", Options::default()).await),
        ["aws_cloudwatch_log_group.g gone"]
    );
    clean(&stage.apply(stage.plan("", Options::default()).await).await);
    assert!(found(&stage.plan("", Options::default()).await).is_empty());
}

#[tokio::test]
async fn a_run_that_was_killed_leaves_the_drift() {
    let stage = applied(7).await;
    assert!(
        stage
            .cloud
            .change(LOG_GROUP, "g", "retention_in_days", 30_i64.into())
    );
    stage.cloud.order("update", LOG_GROUP, 0, Wrong::DiesBefore);
    let made = stage.plan(&group(7), Options::default()).await;
    tokio::select! {
        _ = stage.apply(made) => unreachable!("the call never ends"),
        () = stage.cloud.dying.notified() => {}
    }
    let drift = ["aws_cloudwatch_log_group.g .retention_in_days Some(7) Some(30)"];
    assert_eq!(
        found(&stage.plan(&group(7), Options::default()).await),
        drift
    );
}

#[tokio::test]
async fn the_record_moves_with_its_object_and_targets_leave_others_alone() {
    let stage = applied(7).await;
    assert!(
        stage
            .cloud
            .change(LOG_GROUP, "g", "retention_in_days", 30_i64.into())
    );
    stage
        .cloud
        .order("update", LOG_GROUP, 0, Wrong::Refused(OpErrorKind::Denied));
    let _failed = stage
        .apply(stage.plan(&group(7), Options::default()).await)
        .await;
    let moved = format!(
        "{}\nmoved {{\n  from = {LOG_GROUP}.g\n  to = {LOG_GROUP}.h\n}}\nresource \"terraform_data\" \"t\" {{}}\n",
        group(7).replace("\"g\" {", "\"h\" {")
    );
    let drift = ["aws_cloudwatch_log_group.h .retention_in_days Some(7) Some(30)"];
    assert_eq!(found(&stage.plan(&moved, Options::default()).await), drift);
    let only = Options {
        targets: vec![crate::lang::Target::parse("terraform_data.t").unwrap()],
        ..Options::default()
    };
    let plan = stage.plan(&group(7), only.clone()).await;
    assert!(found(&plan).is_empty(), "not what the targets name");
    let with_other = format!("{}resource \"terraform_data\" \"t\" {{}}\n", group(7));
    let targeted = stage.apply(stage.plan(&with_other, only).await).await;
    assert!(
        !targeted.diagnostics.has_errors(),
        "{:?}",
        targeted.diagnostics
    );
    let drift = ["aws_cloudwatch_log_group.g .retention_in_days Some(7) Some(30)"];
    assert_eq!(
        found(&stage.plan(&with_other, Options::default()).await),
        drift
    );
}
