//! Waits that a run gave up come to their end in the next one.

use bastionless_model::{base::Severity, cloud::OpErrorKind, schema::Catalogue};

use super::{
    super::{fake::Wrong, resume},
    *,
};
use crate::state::Status;

const SUBNET: &str = "aws_subnet.s";

/// Runs until the subnet is waited for, then gives so many signals.
async fn interrupted(cloud: &FakeCloud, store: &Arc<dyn StateStore>, signals: usize) {
    cloud.order("create", "aws_subnet", 0, Wrong::Waits);
    let bench = Bench::new(cloud);
    let cancel = bench.cancel.clone();
    let signal = async {
        while cloud.objects("aws_subnet").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // What was created is on its way into the journal.
        tokio::time::sleep(Duration::from_millis(50)).await;
        (0..signals).for_each(|_| cancel.signal());
    };
    let wanted = estate();
    let (applied, ()) = tokio::join!(bench.run(store.clone(), &wanted), signal);
    assert!(applied.interrupted);
    cloud.forget_calls();
}

/// Opens the state as the next run does.
async fn opened(cloud: &FakeCloud, store: &Arc<dyn StateStore>) -> (Prior, Providers) {
    let mut prior = open(&**store, &RealDisk).await.unwrap();
    let providers = Bench::new(cloud).providers().await;
    recover(&mut prior, &providers, Catalogue::builtin(), &Silent).await;
    (prior, providers)
}

async fn resumed(prior: &mut Prior, providers: &Providers) -> Diagnostics {
    let events: Arc<dyn Events> = Arc::new(Silent);
    resume(
        &mut prior.snapshot,
        providers,
        Catalogue::builtin(),
        &events,
        &Cancel::default(),
    )
    .await
}

fn is_waiting(prior: &Prior) -> bool {
    prior
        .snapshot
        .waiting
        .iter()
        .map(ToString::to_string)
        .eq([SUBNET])
}

#[tokio::test]
async fn an_interrupted_wait_is_noted_and_finished_by_the_next_run() {
    // One signal saves the state; two leave the journal to tell.
    for signals in [1, 2] {
        let dir = tempfile::tempdir().unwrap();
        let cloud = FakeCloud::default();
        let store = local(dir.path());
        interrupted(&cloud, &store, signals).await;
        let (mut prior, providers) = opened(&cloud, &store).await;
        assert!(
            is_waiting(&prior),
            "{signals}: {:?}",
            prior.snapshot.waiting
        );
        assert!(resumed(&mut prior, &providers).await.is_empty());
        assert_eq!(cloud.count("settle"), 1, "{signals}");
        assert!(prior.snapshot.waiting.is_empty());
        let wanted = estate();
        let plan = plan_missing(prior.snapshot.clone(), &wanted);
        clean(
            &Bench::new(&cloud)
                .apply(store.clone(), prior, plan, &wanted)
                .await,
        );
        complete(&*store, &cloud, &wanted).await;
        let left = String::from_utf8(store.read().await.unwrap().unwrap()).unwrap();
        assert!(
            !left.contains("bastionless_"),
            "nothing of it stays in the state"
        );
    }
}

#[tokio::test]
async fn what_never_becomes_usable_is_replaced_and_what_cannot_be_asked_stays_noted() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let store = local(dir.path());
    interrupted(&cloud, &store, 1).await;
    let (mut prior, providers) = opened(&cloud, &store).await;
    cloud.order(
        "settle",
        "aws_subnet",
        0,
        Wrong::Refused(OpErrorKind::Denied),
    );
    let problems = resumed(&mut prior, &providers).await;
    assert!(problems.has_errors(), "{problems:?}");
    assert!(is_waiting(&prior));
    cloud.order(
        "settle",
        "aws_subnet",
        0,
        Wrong::Refused(OpErrorKind::Invalid),
    );
    let problems = resumed(&mut prior, &providers).await;
    assert_eq!(problems.0[0].severity, Severity::Warning, "{problems:?}");
    assert!(prior.snapshot.waiting.is_empty());
    assert_eq!(
        prior.snapshot.object(&at(SUBNET), None).unwrap().status,
        Status::Tainted
    );
}

#[tokio::test]
async fn an_object_that_is_gone_from_the_state_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = FakeCloud::default();
    let store = local(dir.path());
    interrupted(&cloud, &store, 1).await;
    let (mut prior, providers) = opened(&cloud, &store).await;
    prior.snapshot.take(&at(SUBNET), None);
    assert!(resumed(&mut prior, &providers).await.is_empty());
    assert_eq!(cloud.count("settle"), 0);
    assert!(prior.snapshot.waiting.is_empty());
}
