//! Local states: workspaces, locks, journals, two writers.

use std::{path::Path, sync::Arc};

use bastionless_model::base::Diagnostic;
use serde_json::value::RawValue;

use super::*;
use crate::{
    io::{Disk as _, RealDisk},
    lang::address::{AbsInstance, ProviderConfig},
    state::{
        Object, Snapshot,
        journal::{Base, Begin, Entry, Intended, Journal},
    },
};

fn backend(dir: &Path) -> LocalBackend {
    LocalBackend::new(LocalPaths::in_directory(dir), Arc::new(RealDisk))
}

fn object(id: &str) -> Object {
    let mut o = Object::empty();
    o.attributes = RawValue::from_string(format!("{{\"id\":\"{id}\"}}"))
        .unwrap()
        .into();
    o
}

fn provider() -> ProviderConfig {
    ProviderConfig::parse("provider[\"registry.terraform.io/hashicorp/aws\"]").unwrap()
}

fn begin(id: &str, address: &str) -> Entry {
    Entry::Begin(Box::new(Begin {
        id: id.into(),
        address: AbsInstance::parse(address).unwrap(),
        deposed: None,
        action: Intended::Create,
        provider: provider(),
        at: 7,
        was_free: true,
        object: object("planned"),
    }))
}

fn with_one() -> Snapshot {
    let mut s = Snapshot::fresh("11111111-2222-4333-8444-555555555555".into());
    s.put(
        &AbsInstance::parse("aws_vpc.a").unwrap(),
        None,
        &provider(),
        object("vpc-1"),
    );
    s.serial = 3;
    s
}

#[tokio::test]
async fn a_journal_is_folded_onto_its_base_only() {
    let dir = tempfile::tempdir().unwrap();
    let state = backend(dir.path()).state(DEFAULT_WORKSPACE);
    let snapshot = with_one();
    let stored = snapshot.write().unwrap().into_bytes();
    state.write(stored.clone()).await.unwrap();
    let base = Base::of(&snapshot, &stored);
    let mut journal = Journal::header(&base);
    journal += &begin("i1", "aws_vpc.b").to_line();
    journal += &Entry::Done {
        id: "i1".into(),
        object: Some(object("vpc-2")),
    }
    .to_line();
    journal += &begin("i2", "aws_vpc.c").to_line();
    // The crash tore the last line.
    journal += "{\"kind\":\"done\",\"id\":\"i2\",\"obj";
    state
        .replace_journal(Some(journal.into_bytes()))
        .await
        .unwrap();

    let prior = open(&*state, &RealDisk).await.unwrap();
    assert!(!prior.foreign_journal);
    let b = AbsInstance::parse("aws_vpc.b").unwrap();
    assert_eq!(
        prior
            .snapshot
            .object(&b, None)
            .unwrap()
            .text_attribute("id")
            .unwrap(),
        "vpc-2"
    );
    assert_eq!(prior.open.len(), 1);
    assert_eq!(prior.open[0].address.to_string(), "aws_vpc.c");
    assert!(prior.open[0].was_free);

    // Somebody else wrote the state in between: what the journal says is no more than a hint.
    let mut other = with_one();
    other.serial = 4;
    let fresh = backend(dir.path()).state(DEFAULT_WORKSPACE);
    fresh.read().await.unwrap();
    fresh
        .write(other.write().unwrap().into_bytes())
        .await
        .unwrap();
    let prior = open(&*state, &RealDisk).await.unwrap();
    assert!(prior.foreign_journal);
    assert!(prior.snapshot.object(&b, None).is_none());
    assert_eq!(prior.open.len(), 1);
}

#[tokio::test]
async fn a_second_writer_is_refused_and_told_who_holds_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let first = backend(dir.path()).state(DEFAULT_WORKSPACE);
    let second = backend(dir.path()).state(DEFAULT_WORKSPACE);
    let id = first.lock("OperationTypeApply").await.unwrap();
    let error = lock(&*second, "OperationTypePlan", std::time::Duration::ZERO)
        .await
        .unwrap_err();
    let d = Diagnostic::from(error);
    assert_eq!(d.summary, "Error acquiring the state lock");
    assert!(
        d.detail.contains(&format!("  ID:        {id}\n")),
        "{}",
        d.detail
    );
    assert!(
        d.detail.contains("  Operation: OperationTypeApply\n"),
        "{}",
        d.detail
    );
    assert!(
        d.detail.contains("  Path:      bastionless.tfstate\n"),
        "{}",
        d.detail
    );
    // A running holder cannot be robbed, and a wrong id opens nothing.
    assert!(second.force_unlock(&id).await.is_err());
    assert!(second.force_unlock("other").await.is_err());
    first.unlock().await.unwrap();
    second.lock("OperationTypePlan").await.unwrap();
    // Without the lock, too, nothing of another writer is overwritten.
    first.read().await.unwrap();
    second.read().await.unwrap();
    second.write(b"{}".to_vec()).await.unwrap();
    let lost = first.write(b"[]".to_vec()).await.unwrap_err();
    assert!(matches!(lost, StoreFailure::Changed(_)), "{lost}");
}

#[tokio::test]
async fn waiting_for_the_lock_ends_when_it_is_freed() {
    let dir = tempfile::tempdir().unwrap();
    let first = backend(dir.path()).state(DEFAULT_WORKSPACE);
    let second = backend(dir.path()).state(DEFAULT_WORKSPACE);
    first.lock("OperationTypeApply").await.unwrap();
    let free = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        first.unlock().await.unwrap();
    };
    let wait = lock(
        &*second,
        "OperationTypePlan",
        std::time::Duration::from_secs(60),
    );
    let ((), id) = tokio::join!(free, wait);
    assert!(!id.unwrap().is_empty());
}

#[tokio::test]
async fn workspaces_are_made_listed_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let backend = backend(dir.path());
    assert_eq!(backend.workspaces().await.unwrap(), ["default"]);
    backend.create("dev").await.unwrap();
    assert!(backend.create("dev").await.is_err());
    assert_eq!(backend.workspaces().await.unwrap(), ["default", "dev"]);
    let dev = backend.state("dev");
    dev.write(with_one().write().unwrap().into_bytes())
        .await
        .unwrap();
    assert!(
        dir.path()
            .join("bastionless.tfstate.d/dev/bastionless.tfstate")
            .exists()
    );
    let refused = backend.delete("dev", false).await.unwrap_err();
    assert!(
        refused.to_string().contains("tracking objects"),
        "{refused}"
    );
    assert!(backend.delete("default", true).await.is_err());
    backend.delete("dev", true).await.unwrap();
    assert_eq!(backend.workspaces().await.unwrap(), ["default"]);
}

#[tokio::test]
async fn a_state_of_terraform_must_be_adopted_first() {
    let dir = tempfile::tempdir().unwrap();
    let paths = LocalPaths::in_directory(dir.path());
    unadopted(&RealDisk, &paths).unwrap();
    let theirs = dir.path().join("terraform.tfstate");
    let empty = Snapshot::fresh("x".into()).write().unwrap();
    RealDisk.replace(&theirs, empty.as_bytes()).unwrap();
    unadopted(&RealDisk, &paths).unwrap();
    RealDisk
        .replace(&theirs, with_one().write().unwrap().as_bytes())
        .unwrap();
    let error = unadopted(&RealDisk, &paths).unwrap_err();
    assert!(error.to_string().contains("state adopt"), "{error}");
    RealDisk
        .replace(&dir.path().join("bastionless.tfstate"), empty.as_bytes())
        .unwrap();
    unadopted(&RealDisk, &paths).unwrap();
}
