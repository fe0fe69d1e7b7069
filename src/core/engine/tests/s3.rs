//! The S3 store on a bucket in memory.

use std::sync::Mutex;

use bastionless_model::{
    base::Diagnostic,
    cloud::{Future, OpErrorKind},
};

use super::{
    super::fake::{FakeCloud, MemoryBucket, Wrong},
    *,
};
use crate::{
    io::{Disk, LockGuard},
    store::{LockInfo, S3Backend, S3Settings, lock},
};

/// The real machine with clocks that a test moves.
#[derive(Default)]
struct Clock {
    ahead: Mutex<Duration>,
}

impl Clock {
    fn advance(&self, by: Duration) {
        *self.ahead.lock().unwrap() += by;
    }

    fn ahead(&self) -> Duration {
        *self.ahead.lock().unwrap()
    }
}

impl Disk for Clock {
    fn read(&self, path: &Path) -> std::io::Result<Option<Vec<u8>>> {
        RealDisk.read(path)
    }
    fn replace(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        RealDisk.replace(path, bytes)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        RealDisk.append(path, bytes)
    }
    fn remove(&self, path: &Path) -> std::io::Result<()> {
        RealDisk.remove(path)
    }
    fn folders(&self, path: &Path) -> std::io::Result<Vec<String>> {
        RealDisk.folders(path)
    }
    fn make_folder(&self, path: &Path) -> std::io::Result<()> {
        RealDisk.make_folder(path)
    }
    fn remove_folder(&self, path: &Path) -> std::io::Result<()> {
        RealDisk.remove_folder(path)
    }
    fn lock(&self, path: &Path, content: &[u8]) -> std::io::Result<Option<Box<dyn LockGuard>>> {
        RealDisk.lock(path, content)
    }
    fn now(&self) -> Duration {
        RealDisk.now() + self.ahead()
    }
    fn steady(&self) -> Duration {
        RealDisk.steady() + self.ahead()
    }
    fn pause(&self, time: Duration) -> Future<'static, ()> {
        // A thousand times as fast.
        Box::pin(tokio::time::sleep(time / 1000))
    }
    fn uuid(&self) -> String {
        RealDisk.uuid()
    }
    fn who(&self) -> String {
        "tester@bench".into()
    }
}

fn backend(bucket: &MemoryBucket, disk: &Arc<Clock>) -> S3Backend {
    let settings = S3Settings::new("net/state.tfstate");
    S3Backend::new(Arc::new(bucket.clone()), settings, disk.clone()).unwrap()
}

fn store(bucket: &MemoryBucket) -> (Arc<dyn StateStore>, Arc<Clock>) {
    let disk = Arc::new(Clock::default());
    (backend(bucket, &disk).state(DEFAULT_WORKSPACE), disk)
}

#[tokio::test]
async fn a_run_on_s3_survives_death_at_any_write() {
    for after in [false, true] {
        let mut writes = 0;
        loop {
            let bucket = MemoryBucket::new("b");
            let cloud = FakeCloud::default();
            let bench = Bench::new(&cloud);
            let wanted = estate();
            let dying = Mortal::new(store(&bucket).0, writes, after);
            let died = tokio::select! {
                applied = bench.run(dying.clone(), &wanted) => { clean(&applied); false }
                () = dying.dead.notified() => true,
            };
            let fresh = store(&bucket).0;
            clean(&Bench::new(&cloud).run(fresh.clone(), &estate()).await);
            complete(&*fresh, &cloud, &estate()).await;
            assert_eq!(bucket.keys(), ["net/state.tfstate"]);
            if !died {
                break;
            }
            writes += 1;
        }
        assert!(writes >= 8, "{writes}");
    }
}

#[tokio::test]
async fn the_lock_keeps_others_out_and_names_its_holder() {
    let bucket = MemoryBucket::new("b");
    let (first, _) = store(&bucket);
    let (second, _) = store(&bucket);
    let id = first.lock("OperationTypeApply").await.unwrap();
    let stored = LockInfo::parse(&bucket.content("net/state.tfstate.tflock").unwrap()).unwrap();
    assert_eq!(
        (stored.id.as_str(), stored.path.as_str()),
        (id.as_str(), "b/net/state.tfstate")
    );
    assert_eq!(stored.lease.unwrap().seconds, 60);
    let refused = lock(&*second, "OperationTypePlan", Duration::ZERO)
        .await
        .unwrap_err();
    let d = Diagnostic::from(refused);
    assert_eq!(d.summary, "Error acquiring the state lock");
    assert!(
        d.detail.contains("  Who:       tester@bench\n"),
        "{}",
        d.detail
    );
    first.permit(Duration::from_secs(30)).unwrap();
    first.unlock().await.unwrap();
    assert!(bucket.keys().is_empty());
    second.lock("OperationTypePlan").await.unwrap();
}

#[tokio::test]
async fn a_lock_of_terraform_never_expires_but_can_be_broken() {
    let bucket = MemoryBucket::new("b");
    let theirs = br#"{"ID":"abc","Operation":"OperationTypeApply","Info":"","Who":"a@b","Version":"1.15.5","Created":"2020-01-01T00:00:00Z","Path":"b/k"}"#;
    bucket.set("net/state.tfstate.tflock", theirs);
    let (ours, disk) = store(&bucket);
    disk.advance(Duration::from_hours(1000));
    assert!(matches!(
        ours.lock("x").await,
        Err(StoreFailure::Locked { .. })
    ));
    assert!(
        ours.force_unlock("other")
            .await
            .unwrap_err()
            .to_string()
            .contains("another ID")
    );
    ours.force_unlock("abc").await.unwrap();
    ours.lock("x").await.unwrap();
}

#[tokio::test]
async fn the_lock_of_a_dead_run_is_taken_over_and_the_dead_one_cannot_write() {
    let bucket = MemoryBucket::new("b");
    let (dead, dead_disk) = store(&bucket);
    dead.read().await.unwrap();
    dead.lock("OperationTypeApply").await.unwrap();
    // It sleeps: neither renews nor notices.
    bucket.set_unreachable(true);
    dead_disk.advance(Duration::from_secs(40));
    assert!(
        dead.permit(Duration::from_secs(30)).is_err(),
        "the lease counts the time asleep"
    );
    bucket.set_unreachable(false);
    let (heir, disk) = store(&bucket);
    // Not yet: its clock may be wrong.
    disk.advance(Duration::from_secs(70));
    assert!(matches!(
        heir.lock("x").await,
        Err(StoreFailure::Locked { .. })
    ));
    // What the sleeper sends when it wakes up must not count: the object has another version by then.
    let lock_object = bucket.content("net/state.tfstate.tflock").unwrap();
    bucket.set("net/state.tfstate.tflock", &lock_object);
    disk.advance(Duration::from_hours(1));
    heir.lock("x").await.unwrap();
    heir.read().await.unwrap();
    heir.write(b"{}".to_vec()).await.unwrap();
    // The dead one wakes up.
    dead_disk.advance(Duration::from_secs(61));
    dead_disk.pause(Duration::from_secs(61)).await;
    assert!(dead.permit(Duration::from_secs(1)).is_err());
    assert!(matches!(
        dead.write(b"[]".to_vec()).await,
        Err(StoreFailure::LostLock(_))
    ));
    assert!(matches!(
        dead.unlock().await,
        Err(StoreFailure::LostLock(_))
    ));
    assert_eq!(bucket.content("net/state.tfstate").unwrap(), b"{}");
    heir.unlock().await.unwrap();
}

#[tokio::test]
async fn a_living_lock_is_renewed() {
    let bucket = MemoryBucket::new("b");
    let (first, disk) = store(&bucket);
    first.lock("OperationTypeApply").await.unwrap();
    let before = bucket.content("net/state.tfstate.tflock").unwrap();
    for _ in 0..20 {
        disk.advance(Duration::from_secs(15));
        // A little longer than between two renewals.
        disk.pause(Duration::from_secs(20)).await;
    }
    first.permit(Duration::from_secs(30)).unwrap();
    assert_ne!(bucket.content("net/state.tfstate.tflock").unwrap(), before);
    first.unlock().await.unwrap();
    assert!(bucket.keys().is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_no_failure() {
    let bucket = MemoryBucket::new("b");
    bucket.lose_answers(1);
    let (first, _) = store(&bucket);
    first.lock("x").await.unwrap();
    first.read().await.unwrap();
    bucket.lose_answers(2);
    first.write(b"1".to_vec()).await.unwrap();
    first.write(b"2".to_vec()).await.unwrap();
    assert_eq!(bucket.content("net/state.tfstate").unwrap(), b"2");
    // What somebody else wrote in between is not overwritten.
    bucket.set("net/state.tfstate", b"3");
    assert!(matches!(
        first.write(b"4".to_vec()).await,
        Err(StoreFailure::Changed(_))
    ));
}

#[tokio::test]
async fn a_store_that_ignores_conditions_is_refused() {
    let bucket = MemoryBucket::new("b");
    let disk = Arc::new(Clock::default());
    backend(&bucket, &disk).probe().await.unwrap();
    assert!(bucket.keys().is_empty());
    bucket.ignore_conditions();
    let e = backend(&bucket, &disk).probe().await.unwrap_err();
    assert!(e.to_string().contains("If-None-Match"), "{e}");
    let e = store(&bucket).0.lock("x").await.unwrap_err();
    assert!(e.to_string().contains("If-None-Match"), "{e}");
    assert!(bucket.keys().is_empty());
}

#[tokio::test]
async fn workspaces_have_keys_of_their_own() {
    let bucket = MemoryBucket::new("b");
    let disk = Arc::new(Clock::default());
    let b = backend(&bucket, &disk);
    b.create("dev").await.unwrap();
    assert!(b.create("dev").await.is_err());
    bucket.set("env:/dev/other.tfstate", b"{}");
    assert_eq!(b.workspaces().await.unwrap(), ["default", "dev"]);
    assert!(bucket.content("env:/dev/net/state.tfstate").is_some());
    b.delete("dev", false).await.unwrap();
    assert_eq!(b.workspaces().await.unwrap(), ["default"]);
    assert!(b.delete("dev", false).await.is_err());
}

#[tokio::test]
async fn a_dynamodb_table_is_refused_and_not_ignored() {
    let mut settings = S3Settings::new("k");
    settings.dynamodb_table = Some("locks".into());
    assert!(
        settings
            .check()
            .unwrap_err()
            .to_string()
            .contains("dynamodb_table")
    );
    settings.use_lockfile = Some(true);
    settings.check().unwrap();
}

#[tokio::test]
async fn a_run_whose_lock_is_gone_stops_before_the_next_change() {
    let bucket = MemoryBucket::new("b");
    let cloud = FakeCloud::default();
    let (store, disk) = store(&bucket);
    store.lock("OperationTypeApply").await.unwrap();
    cloud.order("create", "aws_vpc", 5, Wrong::Refused(OpErrorKind::Invalid));
    disk.advance(Duration::from_secs(50));
    let applied = Bench::new(&cloud).run(store, &estate()).await;
    let text = format!("{:?}", applied.diagnostics);
    assert!(text.contains("no further change is made"), "{text}");
    assert_eq!(cloud.count("create"), 0);
}
