//! The engine on the fake cloud, in process. Plans are made by a planner of a few lines: what is missing is created.

mod conditions;
mod crash;
mod drift;
mod joins;
mod lifecycle;
mod order;
mod resume;
mod runs;
mod s3;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bastionless_model::{
    base::Diagnostics,
    cloud::{Future, OpError},
    schema::Catalogue,
    value::Value,
};

use super::{
    Applied, Apply, Cancel, Ended, Evaluate, Events, Providers, Ready, Silent, fake::FakeCloud,
    recover,
};
use crate::{
    io::RealDisk,
    lang::address::{AbsInstance, ConfigResource, ProviderConfig},
    plan::{Action, Change, ExecutionGraph, ExecutionNode, Mode, NodeId, NodeKind, Plan},
    state::Snapshot,
    store::{
        Backend as _, DEFAULT_WORKSPACE, LocalBackend, LocalPaths, Prior, StateStore, StoreFailure,
        open,
    },
};

pub(super) fn at(address: &str) -> AbsInstance {
    AbsInstance::parse(address).unwrap()
}

fn aws() -> ProviderConfig {
    ProviderConfig::parse("provider[\"registry.terraform.io/hashicorp/aws\"]").unwrap()
}

/// Returns an object of a type as it is planned for a create.
pub(super) fn planned(type_name: &str, attributes: &[(&str, Value)]) -> Value {
    let schema = Catalogue::builtin().managed(type_name).unwrap();
    let given = attributes.iter().map(|(k, v)| (*k, v.clone()));
    let value = super::fake::asked(&schema, &Value::object(given));
    value.with("region", "eu-west-1".into())
}

/// Makes a planned value, given the ids of what exists.
pub(super) type Make = fn(&dyn Fn(&str) -> Value) -> Value;

/// Something that is wanted: its address, what it depends on, and its planned value once those exist.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) address: AbsInstance,
    pub(super) after: Vec<AbsInstance>,
    pub(super) value: Make,
}

pub(super) fn wanted(address: &str, after: &[&str], value: Make) -> Wanted {
    Wanted {
        address: at(address),
        after: after.iter().map(|a| at(a)).collect(),
        value,
    }
}

/// A network, a group with a rule, a role with a policy: objects with and without natural keys that depend on each other.
pub(super) fn estate() -> Vec<Wanted> {
    vec![
        wanted("aws_vpc.v", &[], |_| {
            planned("aws_vpc", &[("cidr_block", "10.0.0.0/16".into())])
        }),
        wanted("aws_subnet.s", &["aws_vpc.v"], |id| {
            planned(
                "aws_subnet",
                &[
                    ("vpc_id", id("aws_vpc.v")),
                    ("cidr_block", "10.0.1.0/24".into()),
                ],
            )
        }),
        wanted(
            "aws_ec2_instance_connect_endpoint.e",
            &["aws_subnet.s"],
            |id| {
                planned(
                    "aws_ec2_instance_connect_endpoint",
                    &[("subnet_id", id("aws_subnet.s"))],
                )
            },
        ),
        wanted("aws_iam_role.r", &[], |_| {
            planned(
                "aws_iam_role",
                &[("name", "door".into()), ("assume_role_policy", "{}".into())],
            )
        }),
        wanted("aws_iam_role_policy.p", &["aws_iam_role.r"], |id| {
            planned(
                "aws_iam_role_policy",
                &[
                    ("name", "p".into()),
                    ("role", id("aws_iam_role.r")),
                    ("policy", "{}".into()),
                ],
            )
        }),
    ]
}

struct Script {
    wanted: Vec<Wanted>,
    plan: Arc<Plan>,
}

fn id_of(state: &Snapshot, address: &str) -> Value {
    let object = state.object(&at(address), None).unwrap();
    object.text_attribute("id").unwrap().into()
}

impl Evaluate for Script {
    fn provider(&mut self, _: &ProviderConfig, _: &Snapshot) -> Result<Value, Diagnostics> {
        Ok(Value::object([("region", Value::from("eu-west-1"))]))
    }

    fn configured(&mut self, _: &ProviderConfig, _: &Value, _: Option<&str>) {}

    fn finalise(&mut self, change: usize, state: &Snapshot) -> Result<Ready, Diagnostics> {
        let change = &self.plan.changes[change];
        let wanted = self.wanted.iter().find(|w| w.address == change.address);
        let planned = match wanted {
            Some(w) if change.before.is_null() => (w.value)(&|a| id_of(state, a)),
            _ => change.after.clone(),
        };
        Ok(Ready {
            config: planned.clone(),
            planned,
        })
    }

    fn applied(&mut self, _: usize, value: &Value) -> Result<(), Diagnostics> {
        assert!(value.is_wholly_known());
        Ok(())
    }

    fn end(self: Box<Self>, _: &Snapshot, _: &[usize]) -> Ended {
        Ended::default()
    }
}

pub(super) fn change(address: &AbsInstance, action: Action, before: Value, after: Value) -> Change {
    Change {
        address: address.clone(),
        previous: None,
        deposed: None,
        provider: match address.resource.resource.type_name.as_ref() {
            "terraform_data" => {
                ProviderConfig::parse("provider[\"terraform.io/builtin/terraform\"]").unwrap()
            }
            _ => aws(),
        },
        action,
        reason: None,
        before,
        config: after.clone(),
        after,
        replace_paths: Vec::new(),
        importing: None,
        dependencies: Vec::new(),
        create_before_destroy: false,
        private: None,
    }
}

pub(super) fn plan_of(
    refreshed: Snapshot,
    changes: Vec<Change>,
    nodes: Vec<ExecutionNode>,
) -> Plan {
    Plan {
        mode: Mode::Normal,
        changes,
        drift: Vec::new(),
        outputs: BTreeMap::new(),
        checks: Vec::new(),
        graph: ExecutionGraph { nodes },
        targets: Vec::new(),
        force_replace: Vec::new(),
        errored: false,
        void: false,
        variables: BTreeMap::new(),
        refreshed: Arc::new(refreshed),
        set_variables: Vec::new(),
        restated: false,
    }
}

pub(super) fn node(kind: NodeKind, after: &[usize]) -> ExecutionNode {
    ExecutionNode {
        kind,
        after: after.iter().map(|i| NodeId(*i)).collect(),
    }
}

/// Plans the creation of what the snapshot does not have, and the destruction of deposed and tainted objects.
fn plan_missing(snapshot: Snapshot, wanted: &[Wanted]) -> Plan {
    let missing: Vec<_> = wanted
        .iter()
        .filter(|w| snapshot.object(&w.address, None).is_none())
        .collect();
    let mut changes = Vec::new();
    let mut nodes = Vec::new();
    for w in &missing {
        let mut c = change(&w.address, Action::Create, Value::NULL, Value::NULL);
        c.dependencies = w
            .after
            .iter()
            .map(|a| a.resource.config())
            .collect::<Vec<ConfigResource>>();
        let after: Vec<_> = w
            .after
            .iter()
            .filter_map(|a| missing.iter().position(|m| m.address == *a))
            .collect();
        nodes.push(node(NodeKind::Commit(changes.len()), &after));
        changes.push(c);
    }
    plan_of(snapshot, changes, nodes)
}

/// A run's surroundings.
pub(super) struct Bench {
    pub(super) cloud: FakeCloud,
    pub(super) cancel: Cancel,
    pub(super) events: Arc<dyn Events>,
}

impl Bench {
    pub(super) fn new(cloud: &FakeCloud) -> Self {
        Self {
            cloud: cloud.clone(),
            cancel: Cancel::default(),
            events: Arc::new(Silent),
        }
    }

    pub(super) async fn providers(&self) -> Providers {
        let providers = Providers::new(Arc::new(self.cloud.clone()));
        let config = Value::object([("region", Value::from("eu-west-1"))]);
        providers.configure(&aws(), &config).await.unwrap();
        providers
    }

    /// Carries out a plan.
    pub(super) async fn apply(
        &self,
        store: Arc<dyn StateStore>,
        prior: Prior,
        plan: Plan,
        wanted: &[Wanted],
    ) -> Applied {
        let plan = Arc::new(plan);
        let run = Apply {
            plan: plan.clone(),
            catalogue: Catalogue::builtin(),
            providers: self.providers().await,
            store,
            prior,
            evaluate: Box::new(Script {
                wanted: wanted.to_vec(),
                plan,
            }),
            parallelism: 10,
            events: self.events.clone(),
            cancel: self.cancel.clone(),
            disk: Arc::new(RealDisk),
        };
        run.run().await
    }

    /// A whole run: opens, recovers, plans what is missing, applies.
    pub(super) async fn run(&self, store: Arc<dyn StateStore>, wanted: &[Wanted]) -> Applied {
        let mut prior = open(&*store, &RealDisk).await.unwrap();
        let providers = self.providers().await;
        let recovered = recover(&mut prior, &providers, Catalogue::builtin(), &Silent).await;
        assert!(
            !recovered.diagnostics.has_errors(),
            "{:?}",
            recovered.diagnostics
        );
        let plan = plan_missing(prior.snapshot.clone(), wanted);
        self.apply(store, prior, plan, wanted).await
    }
}

pub(super) fn local(dir: &Path) -> Arc<dyn StateStore> {
    LocalBackend::new(LocalPaths::in_directory(dir), Arc::new(RealDisk)).state(DEFAULT_WORKSPACE)
}

#[track_caller]
pub(super) fn clean(applied: &Applied) {
    assert!(applied.diagnostics.is_empty(), "{:?}", applied.diagnostics);
}

/// Checks that every wanted object is in the state and in the cloud once, and nothing else is anywhere.
pub(super) async fn complete(store: &dyn StateStore, cloud: &FakeCloud, wanted: &[Wanted]) {
    let prior = open(store, &RealDisk).await.unwrap();
    assert!(prior.open.is_empty(), "{:?}", prior.open);
    assert_eq!(prior.snapshot.objects().count(), wanted.len());
    for w in wanted {
        let id = id_of(&prior.snapshot, &w.address.to_string());
        let there = cloud.objects(&w.address.resource.resource.type_name);
        assert!(
            there.contains_key(id.as_str().unwrap()),
            "{} {id:?}",
            w.address
        );
    }
    assert_eq!(cloud.total(), wanted.len(), "an object was made twice");
}

/// A store that stops at its n-th write, before or after it is durable, as if the process died there.
pub(super) struct Mortal {
    pub(super) inner: Arc<dyn StateStore>,
    pub(super) left: AtomicUsize,
    pub(super) after: bool,
    pub(super) dead: tokio::sync::Notify,
}

impl Mortal {
    pub(super) fn new(inner: Arc<dyn StateStore>, writes: usize, after: bool) -> Arc<Self> {
        Arc::new(Self {
            inner,
            left: AtomicUsize::new(writes),
            after,
            dead: tokio::sync::Notify::new(),
        })
    }

    async fn step<T>(&self, write: Future<'_, T>) -> T {
        let left = self.left.load(Ordering::SeqCst);
        if left == usize::MAX {
            return std::future::pending().await;
        }
        if left == 0 {
            self.left.store(usize::MAX, Ordering::SeqCst);
            if self.after {
                write.await;
            }
            self.dead.notify_one();
            return std::future::pending().await;
        }
        self.left.store(left - 1, Ordering::SeqCst);
        write.await
    }
}

impl StateStore for Mortal {
    fn read<'a>(&'a self) -> Future<'a, Result<Option<Vec<u8>>, StoreFailure>> {
        self.inner.read()
    }

    fn write<'a>(&'a self, bytes: Vec<u8>) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move { self.step(self.inner.write(bytes)).await })
    }

    fn lock<'a>(&'a self, operation: &'a str) -> Future<'a, Result<String, StoreFailure>> {
        self.inner.lock(operation)
    }

    fn unlock<'a>(&'a self) -> Future<'a, Result<(), StoreFailure>> {
        self.inner.unlock()
    }

    fn force_unlock<'a>(&'a self, id: &'a str) -> Future<'a, Result<(), StoreFailure>> {
        self.inner.force_unlock(id)
    }

    fn journal<'a>(&'a self) -> Future<'a, Result<Option<Vec<u8>>, StoreFailure>> {
        self.inner.journal()
    }

    fn append<'a>(&'a self, lines: Vec<u8>) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move { self.step(self.inner.append(lines)).await })
    }

    fn replace_journal<'a>(
        &'a self,
        text: Option<Vec<u8>>,
    ) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move { self.step(self.inner.replace_journal(text)).await })
    }

    fn permit(&self, time: Duration) -> Result<(), OpError> {
        self.inner.permit(time)
    }

    fn describe(&self) -> String {
        self.inner.describe()
    }
}
