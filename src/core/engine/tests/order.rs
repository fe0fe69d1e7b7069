//! Replacement: order, deposed objects, coming back.

use bastionless_model::cloud::OpErrorKind;

use super::{
    super::fake::{FakeCloud, Wrong},
    *,
};

fn new_vpc() -> Value {
    planned("aws_vpc", &[("cidr_block", "10.9.0.0/16".into())])
}

/// Makes a VPC, then replaces it, creating first, with the given fault; returns the store and what came of it.
async fn replaced_first(
    dir: &Path,
    cloud: &FakeCloud,
    order: &dyn Fn(),
) -> (Arc<dyn StateStore>, Applied) {
    let store = local(dir);
    let one = &estate()[..1];
    clean(&Bench::new(cloud).run(store.clone(), one).await);
    cloud.forget_calls();
    order();
    let prior = open(&*store, &RealDisk).await.unwrap();
    let schema = Catalogue::builtin().managed("aws_vpc").unwrap();
    let before = prior
        .snapshot
        .object(&one[0].address, None)
        .unwrap()
        .decode(&schema)
        .unwrap();
    let c = change(&one[0].address, Action::CreateThenDelete, before, new_vpc());
    let nodes = vec![
        node(NodeKind::Commit(0), &[]),
        node(NodeKind::Destroy(0), &[0]),
    ];
    let plan = plan_of(prior.snapshot.clone(), vec![c], nodes);
    let applied = Bench::new(cloud)
        .apply(store.clone(), prior, plan, one)
        .await;
    (store, applied)
}

fn calls(cloud: &FakeCloud) -> Vec<&'static str> {
    let changing = ["create", "update", "delete"];
    cloud
        .made()
        .into_iter()
        .map(|m| m.operation)
        .filter(|o| changing.contains(o))
        .collect()
}

#[tokio::test]
async fn the_new_object_is_there_before_the_old_one_goes() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let (_, applied) = replaced_first(dir.path(), &cloud, &|| {}).await;
    clean(&applied);
    assert_eq!(calls(&cloud), ["create", "delete"]);
    assert_eq!((applied.counts.added, applied.counts.destroyed), (1, 1));
    let instance = applied.snapshot.instance(&at("aws_vpc.v")).unwrap();
    assert!(instance.deposed.is_empty());
    assert_eq!(cloud.total(), 1);
}

#[tokio::test]
async fn an_old_object_that_cannot_go_stays_deposed() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let order = || {
        cloud.order(
            "delete",
            "aws_vpc",
            0,
            Wrong::Refused(OpErrorKind::Conflict),
        )
    };
    let (store, applied) = replaced_first(dir.path(), &cloud, &order).await;
    assert!(applied.diagnostics.has_errors());
    let prior = open(&*store, &RealDisk).await.unwrap();
    let instance = prior.snapshot.instance(&at("aws_vpc.v")).unwrap();
    assert_eq!(instance.deposed.len(), 1);
    let (key, old) = instance.deposed.first_key_value().unwrap();
    assert_eq!(key.len(), 8);
    let schema = Catalogue::builtin().managed("aws_vpc").unwrap();
    // The next run destroys it by its key.
    let mut c = change(
        &at("aws_vpc.v"),
        Action::Delete,
        old.decode(&schema).unwrap(),
        Value::NULL,
    );
    c.deposed = Some(key.clone());
    let plan = plan_of(
        prior.snapshot.clone(),
        vec![c],
        vec![node(NodeKind::Destroy(0), &[])],
    );
    let applied = Bench::new(&cloud).apply(store, prior, plan, &[]).await;
    clean(&applied);
    assert!(
        applied
            .snapshot
            .instance(&at("aws_vpc.v"))
            .unwrap()
            .deposed
            .is_empty()
    );
    assert!(applied.snapshot.object(&at("aws_vpc.v"), None).is_some());
    assert_eq!(cloud.total(), 1);
}

#[tokio::test]
async fn an_old_object_comes_back_when_the_new_one_cannot_be_made() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let order = || cloud.order("create", "aws_vpc", 0, Wrong::Refused(OpErrorKind::Quota));
    let (_, applied) = replaced_first(dir.path(), &cloud, &order).await;
    assert!(applied.diagnostics.has_errors());
    let instance = applied.snapshot.instance(&at("aws_vpc.v")).unwrap();
    assert!(instance.current.is_some() && instance.deposed.is_empty());
    assert_eq!(calls(&cloud), ["create"]);
}

#[tokio::test]
async fn an_update_that_fails_leaves_the_state_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let store = local(dir.path());
    let one = &estate()[..1];
    clean(&Bench::new(&cloud).run(store.clone(), one).await);
    let prior = open(&*store, &RealDisk).await.unwrap();
    let schema = Catalogue::builtin().managed("aws_vpc").unwrap();
    let before = prior
        .snapshot
        .object(&one[0].address, None)
        .unwrap()
        .decode(&schema)
        .unwrap();
    let after = before.clone().with("enable_dns_hostnames", true.into());
    for (wrong, want) in [
        (Some(Wrong::Refused(OpErrorKind::Invalid)), false),
        (None, true),
    ] {
        if let Some(wrong) = wrong {
            cloud.order("update", "aws_vpc", 0, wrong);
        }
        let prior = open(&*store, &RealDisk).await.unwrap();
        let c = change(
            &one[0].address,
            Action::Update,
            before.clone(),
            after.clone(),
        );
        let plan = plan_of(
            prior.snapshot.clone(),
            vec![c],
            vec![node(NodeKind::Commit(0), &[])],
        );
        let applied = Bench::new(&cloud)
            .apply(store.clone(), prior, plan, one)
            .await;
        assert_eq!(applied.diagnostics.has_errors(), !want);
        let now = applied
            .snapshot
            .object(&one[0].address, None)
            .unwrap()
            .decode(&schema)
            .unwrap();
        assert_eq!(now.get_bool("enable_dns_hostnames"), Some(want));
    }
}

#[tokio::test]
async fn moves_are_stored_before_the_first_change() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let store = local(dir.path());
    let wanted = estate();
    clean(&Bench::new(&cloud).run(store.clone(), &wanted[..1]).await);
    let prior = open(&*store, &RealDisk).await.unwrap();
    let mut moved = prior.snapshot.clone();
    assert!(moved.move_instance(&at("aws_vpc.v"), &at("aws_vpc.w")));
    // The process dies at the first call after the move.
    cloud.order("create", "aws_iam_role", 0, Wrong::DiesBefore);
    let c = change(
        &at("aws_iam_role.r"),
        Action::Create,
        Value::NULL,
        Value::NULL,
    );
    let plan = plan_of(moved, vec![c], vec![node(NodeKind::Commit(0), &[])]);
    let bench = Bench::new(&cloud);
    tokio::select! {
        _ = bench.apply(store.clone(), prior, plan, &wanted) => panic!("it should have died"),
        () = cloud.dying.notified() => {}
    }
    let prior = open(&*store, &RealDisk).await.unwrap();
    assert!(prior.snapshot.object(&at("aws_vpc.w"), None).is_some());
    assert!(prior.snapshot.object(&at("aws_vpc.v"), None).is_none());
    assert!(!prior.foreign_journal);
    assert_eq!(prior.open.len(), 1);
}
