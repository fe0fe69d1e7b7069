//! Whole runs: success, failures, interruption.

use bastionless_model::cloud::OpErrorKind;

use super::{
    super::fake::{FakeCloud, Wrong},
    *,
};
use crate::state::Status;

#[tokio::test]
async fn a_run_creates_in_order_saves_and_leaves_no_journal() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let store = local(dir.path());
    let applied = Bench::new(&cloud).run(store.clone(), &estate()).await;
    clean(&applied);
    assert_eq!(applied.counts.added, 5);
    assert_eq!(applied.snapshot.serial, 1);
    complete(&*store, &cloud, &estate()).await;
    assert!(store.journal().await.unwrap().is_none());
    assert_eq!(cloud.marked(), 0);
    let subnet = applied.snapshot.object(&at("aws_subnet.s"), None).unwrap();
    assert_eq!(subnet.dependencies[0].to_string(), "aws_vpc.v");
    // With nothing to do nothing is written.
    let before = store.read().await.unwrap();
    clean(&Bench::new(&cloud).run(store.clone(), &estate()).await);
    assert_eq!(store.read().await.unwrap(), before);
}

#[tokio::test]
async fn dependents_of_a_failure_are_left_out_and_the_rest_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    cloud.order(
        "create",
        "aws_subnet",
        0,
        Wrong::Refused(OpErrorKind::Denied),
    );
    let store = local(dir.path());
    let applied = Bench::new(&cloud).run(store.clone(), &estate()).await;
    assert_eq!(applied.diagnostics.0.len(), 1);
    let d = &applied.diagnostics.0[0];
    assert_eq!(d.summary, "Creating an object failed");
    assert_eq!(d.address.as_deref(), Some("aws_subnet.s"));
    assert!(d.detail.contains("may not do this"), "{}", d.detail);
    assert_eq!(applied.counts.added, 3);
    let has = |a: &str| applied.snapshot.object(&at(a), None).is_some();
    assert!(has("aws_vpc.v") && has("aws_iam_role_policy.p"));
    assert!(!has("aws_subnet.s") && !has("aws_ec2_instance_connect_endpoint.e"));
    // A refused call needs no looking for.
    assert!(open(&*store, &RealDisk).await.unwrap().open.is_empty());
    clean(&Bench::new(&cloud).run(store.clone(), &estate()).await);
    complete(&*store, &cloud, &estate()).await;
}

#[tokio::test]
async fn what_was_created_half_way_is_saved_as_tainted() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    cloud.order("create", "aws_vpc", 0, Wrong::HalfWay(OpErrorKind::Invalid));
    let store = local(dir.path());
    let applied = Bench::new(&cloud).run(store.clone(), &estate()).await;
    assert!(applied.diagnostics.has_errors());
    let vpc = applied.snapshot.object(&at("aws_vpc.v"), None).unwrap();
    assert_eq!(vpc.status, Status::Tainted);
    let stored = store.read().await.unwrap().unwrap();
    assert!(
        String::from_utf8(stored)
            .unwrap()
            .contains("\"status\": \"tainted\"")
    );
    assert!(open(&*store, &RealDisk).await.unwrap().open.is_empty());
}

#[tokio::test]
async fn a_taken_name_is_seen_before_anything_is_tried() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let role = Value::object([
        ("name", Value::from("door")),
        ("assume_role_policy", "{}".into()),
    ]);
    cloud.insert("aws_iam_role", "eu-west-1", &role);
    let applied = Bench::new(&cloud).run(local(dir.path()), &estate()).await;
    assert!(
        applied.diagnostics.0[0]
            .detail
            .contains("`door` exists already"),
        "{:?}",
        applied.diagnostics
    );
    assert!(
        !cloud
            .made()
            .iter()
            .any(|m| m.operation == "create" && m.type_name == "aws_iam_role")
    );
}

#[tokio::test]
async fn the_first_signal_gives_up_waits_and_saves() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    cloud.order("create", "aws_subnet", 0, Wrong::Waits);
    let store = local(dir.path());
    let bench = Bench::new(&cloud);
    let cancel = bench.cancel.clone();
    let signal = async {
        while !cloud
            .made()
            .iter()
            .any(|m| m.type_name == "aws_subnet" && m.operation == "create")
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cancel.signal();
    };
    let wanted = estate();
    let (applied, ()) = tokio::join!(bench.run(store.clone(), &wanted), signal);
    assert!(applied.interrupted);
    assert!(
        !applied.diagnostics.has_errors(),
        "{:?}",
        applied.diagnostics
    );
    let subnet = applied.snapshot.object(&at("aws_subnet.s"), None).unwrap();
    assert_eq!(subnet.status, Status::Ready);
    assert!(
        applied
            .snapshot
            .object(&at("aws_ec2_instance_connect_endpoint.e"), None)
            .is_none()
    );
    assert!(cloud.marked() > 0);
    // The next run takes off the markers that this one left, and makes no second object.
    clean(&Bench::new(&cloud).run(store.clone(), &estate()).await);
    complete(&*store, &cloud, &estate()).await;
    assert_eq!(cloud.marked(), 0);
    assert!(store.journal().await.unwrap().is_none());
}

#[tokio::test]
async fn the_second_signal_ends_at_once_and_the_journal_tells_all() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    cloud.order("create", "aws_vpc", 0, Wrong::DiesAfter);
    let store = local(dir.path());
    let bench = Bench::new(&cloud);
    let cancel = bench.cancel.clone();
    let signals = async {
        cloud.dying.notified().await;
        cancel.signal();
        cancel.signal();
    };
    let wanted = estate();
    let (applied, ()) = tokio::join!(bench.run(store.clone(), &wanted), signals);
    assert!(applied.interrupted);
    clean(&Bench::new(&cloud).run(store.clone(), &estate()).await);
    complete(&*store, &cloud, &estate()).await;
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_stops_the_run_before_the_call() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let store = local(dir.path());
    // A folder in the place of the journal.
    std::fs::create_dir(dir.path().join("bastionless.tfstate.journal")).unwrap();
    let prior = Prior {
        snapshot: Snapshot::fresh("l".into()),
        base: crate::state::journal::Base::of(&Snapshot::fresh("l".into()), b""),
        is_new: true,
        entries: Vec::new(),
        open: Vec::new(),
        foreign_journal: false,
    };
    let wanted = estate();
    let plan = plan_missing(prior.snapshot.clone(), &wanted);
    let applied = Bench::new(&cloud).apply(store, prior, plan, &wanted).await;
    assert!(applied.diagnostics.has_errors());
    assert_eq!(cloud.count("create"), 0);
}

#[tokio::test]
async fn terraform_data_needs_no_cloud() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let data = [wanted("terraform_data.t", &[], |_| {
        let value = planned("terraform_data", &[("input", "x".into())]);
        value.with(
            "output",
            Value::unknown(bastionless_model::value::Type::String),
        )
    })];
    let applied = Bench::new(&cloud).run(local(dir.path()), &data).await;
    clean(&applied);
    let schema = Catalogue::builtin().managed("terraform_data").unwrap();
    let object = applied
        .snapshot
        .object(&at("terraform_data.t"), None)
        .unwrap();
    let value = object.decode(&schema).unwrap();
    assert_eq!(value.get_str("output"), Some("x"));
    assert_eq!(cloud.total(), 0);
    let left = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 1, "the state and nothing else");
}

#[tokio::test]
async fn what_was_read_for_the_plan_is_forgotten_before_the_first_change() {
    let stage = super::lifecycle::Stage::new();
    let text =
        "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n  assume_role_policy = \"{}\"\n}\n";
    let made = stage.plan(text, crate::plan::Options::default()).await;
    clean(&stage.apply(made).await);
    let calls: Vec<_> = stage.cloud.made().iter().map(|m| m.operation).collect();
    let first = |operation| calls.iter().position(|c| *c == operation);
    assert!(first("forget").is_some(), "{calls:?}");
    assert!(
        first("forget") < first("find"),
        "the name is looked for afresh: {calls:?}"
    );
    assert!(first("find") < first("create"), "{calls:?}");
}
