//! The process dies at every point; the next run finishes the work without a second object.

use super::{
    super::fake::{FakeCloud, Wrong},
    *,
};

/// Runs until the store or the cloud says that the process is dead; tells whether it died.
async fn until_death(bench: &Bench, store: Arc<Mortal>, wanted: &[Wanted]) -> bool {
    let run = bench.run(store.clone(), wanted);
    tokio::select! {
        applied = run => { clean(&applied); false }
        () = store.dead.notified() => true,
        () = bench.cloud.dying.notified() => true,
    }
}

async fn survives(writes: usize, after: bool, order: &dyn Fn(&FakeCloud)) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    order(&cloud);
    let bench = Bench::new(&cloud);
    let died = until_death(
        &bench,
        Mortal::new(local(dir.path()), writes, after),
        &estate(),
    )
    .await;
    cloud.calm();
    let store = local(dir.path());
    clean(&Bench::new(&cloud).run(store.clone(), &estate()).await);
    complete(&*store, &cloud, &estate()).await;
    assert_eq!(cloud.marked(), 0, "a marker was left behind");
    assert!(store.journal().await.unwrap().is_none());
    died
}

#[tokio::test]
async fn dying_at_any_write_loses_nothing() {
    for after in [false, true] {
        let mut deaths = 0;
        while survives(deaths, after, &|_| {}).await {
            deaths += 1;
        }
        // Five creations with intent, creation and result, and the state: some of them written together.
        assert!(deaths >= 8, "{deaths}");
    }
}

#[tokio::test]
async fn dying_at_any_call_loses_nothing() {
    let wanted = estate();
    for w in &wanted {
        let type_name = w.address.resource.resource.type_name.to_string();
        for (operation, wrong) in [
            ("create", Wrong::DiesBefore),
            ("create", Wrong::DiesAfter),
            ("clear_marker", Wrong::DiesBefore),
        ] {
            let order = |c: &FakeCloud| c.order(operation, &type_name, 0, wrong.clone());
            assert!(
                survives(usize::MAX - 1, false, &order).await,
                "{operation} {type_name}"
            );
        }
    }
}

#[tokio::test]
async fn an_object_of_the_same_name_is_not_taken_without_proof() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    cloud.order("create", "aws_iam_role", 0, Wrong::DiesBefore);
    let bench = Bench::new(&cloud);
    let store = Mortal::new(local(dir.path()), usize::MAX - 1, false);
    assert!(until_death(&bench, store, &estate()).await);
    // Somebody else makes a role of this name; it is older than our intent, as the fake's clock of hands starts at zero.
    let role = Value::object([
        ("name", Value::from("door")),
        ("assume_role_policy", "{}".into()),
    ]);
    cloud.insert("aws_iam_role", "eu-west-1", &role);
    let store = local(dir.path());
    let mut prior = open(&*store, &RealDisk).await.unwrap();
    let providers = Bench::new(&cloud).providers().await;
    let recovered = recover(&mut prior, &providers, Catalogue::builtin(), &Silent).await;
    let text = format!("{:?}", recovered.diagnostics);
    assert!(
        text.contains("state recover -forget='aws_iam_role.r'"),
        "{text}"
    );
    assert_eq!(prior.open.len(), 1);
    // Settled by hand: the entry goes, and the name is seen to be taken before anything is tried.
    assert!(
        crate::store::forget_unfinished(&*store, &at("aws_iam_role.r"))
            .await
            .unwrap()
    );
    cloud.calm();
    let applied = Bench::new(&cloud).run(store, &estate()).await;
    let text = format!("{:?}", applied.diagnostics);
    assert!(text.contains("exists already"), "{text}");
    let tries = cloud
        .made()
        .into_iter()
        .filter(|m| m.operation == "create" && m.type_name == "aws_iam_role");
    assert_eq!(tries.count(), 1);
}

#[tokio::test]
async fn a_call_without_answer_is_looked_into_by_the_next_run() {
    for type_name in ["aws_vpc", "aws_iam_role"] {
        let dir = tempfile::tempdir().unwrap();
        let cloud = FakeCloud::default();
        cloud.order(
            "create",
            type_name,
            0,
            Wrong::Lost(bastionless_model::cloud::OpErrorKind::Unavailable),
        );
        let store = local(dir.path());
        let applied = Bench::new(&cloud).run(store.clone(), &estate()).await;
        assert!(applied.diagnostics.has_errors());
        let prior = open(&*store, &RealDisk).await.unwrap();
        assert_eq!(prior.open.len(), 1, "{type_name}");
        clean(&Bench::new(&cloud).run(store.clone(), &estate()).await);
        complete(&*store, &cloud, &estate()).await;
    }
}

#[tokio::test]
async fn an_unfinished_destruction_needs_no_recovery() {
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
    let destroy = change(&one[0].address, Action::Delete, before, Value::NULL);
    let plan = plan_of(
        prior.snapshot.clone(),
        vec![destroy.clone()],
        vec![node(NodeKind::Destroy(0), &[])],
    );
    cloud.order("delete", "aws_vpc", 0, Wrong::DiesAfter);
    let bench = Bench::new(&cloud);
    tokio::select! {
        _ = bench.apply(store.clone(), prior, plan, one) => panic!("it should have died"),
        () = cloud.dying.notified() => {}
    }
    let mut prior = open(&*store, &RealDisk).await.unwrap();
    let recovered = recover(
        &mut prior,
        &bench.providers().await,
        Catalogue::builtin(),
        &Silent,
    )
    .await;
    assert!(recovered.diagnostics.is_empty());
    assert!(prior.open.is_empty());
    // It is still in the state; destroying what is gone succeeds.
    let plan = plan_of(
        prior.snapshot.clone(),
        vec![destroy],
        vec![node(NodeKind::Destroy(0), &[])],
    );
    let applied = bench.apply(store.clone(), prior, plan, one).await;
    clean(&applied);
    assert_eq!(applied.counts.destroyed, 1);
    complete(&*store, &cloud, &[]).await;
}

#[tokio::test]
async fn an_object_that_the_state_knows_is_not_taken_over_again() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    cloud.order("create", "aws_vpc", 0, Wrong::DiesAfter);
    let bench = Bench::new(&cloud);
    let one = &estate()[..1];
    let store = Mortal::new(local(dir.path()), usize::MAX - 1, false);
    assert!(until_death(&bench, store, one).await);
    // Somebody brought it in by hand meanwhile, under another address; the journal does not build on that state any more.
    let store = local(dir.path());
    let id = cloud.objects("aws_vpc").into_keys().next().unwrap();
    let mut snapshot = Snapshot::fresh("line".into());
    let mut object = crate::state::Object::empty();
    object.attributes = serde_json::value::RawValue::from_string(format!("{{\"id\":\"{id}\"}}"))
        .unwrap()
        .into();
    snapshot.put(&at("aws_vpc.other"), None, &aws(), object);
    store.read().await.unwrap();
    store
        .write(snapshot.write().unwrap().into_bytes())
        .await
        .unwrap();
    let mut prior = open(&*store, &RealDisk).await.unwrap();
    assert!(prior.foreign_journal);
    assert_eq!(prior.open.len(), 1);
    let recovered = recover(
        &mut prior,
        &bench.providers().await,
        Catalogue::builtin(),
        &Silent,
    )
    .await;
    assert_eq!((recovered.adopted, recovered.diagnostics.0.len()), (0, 0));
    assert!(prior.open.is_empty());
    assert_eq!(prior.snapshot.objects().count(), 1);
}
