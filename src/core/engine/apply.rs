//! The executor: walks the stored graph and does what it says. It plans nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Severity},
    cloud::OpErrorKind,
    schema::{Catalogue, Schema},
    value::Value,
};
use tokio::task::JoinSet;

use super::{
    Cancel, Evaluate, Events, Providers, Step,
    call::{Call, Goal, Shared, encode, known_parts},
    commit::{DataRead, End, Work, run},
    failure::{failed, told},
    frontier::Frontier,
    markers, parents,
    record::Recorder,
    save,
};
use crate::{
    io::Disk,
    lang::address::{AbsInstance, Mode, ProviderConfig},
    plan::{Action, Change, NodeKind, Plan},
    state::{Deposed, Snapshot, Status, journal::Entry},
    store::{Prior, StateStore},
};

/// A plan that is to be carried out, with all that it takes. The state is locked and was read under that lock.
pub struct Apply {
    /// The plan.
    pub plan: Arc<Plan>,
    /// The schemas.
    pub catalogue: &'static Catalogue,
    /// The clouds.
    pub providers: Providers,
    /// Where the state lies.
    pub store: Arc<dyn StateStore>,
    /// What was found there.
    pub prior: Prior,
    /// Evaluates the configuration.
    pub evaluate: Box<dyn Evaluate>,
    /// How many changes may go on at the same time (`-parallelism`).
    pub parallelism: usize,
    /// Told of what happens.
    pub events: Arc<dyn Events>,
    /// How the run is interrupted.
    pub cancel: Cancel,
    /// Files, clocks, randomness.
    pub disk: Arc<dyn Disk>,
}

/// How many objects were changed in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Imported.
    pub imported: usize,
    /// Created.
    pub added: usize,
    /// Changed in place.
    pub changed: usize,
    /// Destroyed.
    pub destroyed: usize,
    /// Taken out of the state.
    pub forgotten: usize,
}

/// What came of a run.
#[derive(Debug)]
pub struct Applied {
    /// What exists now.
    pub snapshot: Snapshot,
    /// What was changed.
    pub counts: Counts,
    /// What went wrong.
    pub diagnostics: Diagnostics,
    /// The run was interrupted.
    pub interrupted: bool,
    /// The state as it should have been written, where writing failed: to be kept somewhere, such as `errored.tfstate`.
    pub unsaved: Option<String>,
}

/// How many changes of one service may go on at the same time: what the services' rate limits bear.
const SERVICE_LIMITS: [(&str, usize); 4] = [
    ("aws_iam_", 8),
    ("aws_kms_", 6),
    ("aws_s3_", 8),
    ("aws_ssm_", 4),
];

impl Apply {
    /// Carries out the plan and saves the state.
    pub async fn run(self) -> Applied {
        let Self {
            plan,
            catalogue,
            providers,
            store,
            prior,
            evaluate,
            parallelism,
            events,
            cancel,
            disk,
        } = self;
        // Who looks whether a name is free, or reads back what was made, must not be answered from before the approval.
        providers.forget();
        let started = match save::begin(&*store, &plan, &prior).await {
            Ok(started) => started,
            Err(failure) => {
                return Applied {
                    snapshot: (*plan.refreshed).clone(),
                    counts: Counts::default(),
                    diagnostics: Diagnostic::from(failure).into(),
                    interrupted: false,
                    unsaved: None,
                };
            }
        };
        let recorder = Recorder::start(
            store.clone(),
            &started.base,
            started.snapshot.clone(),
            &prior.open,
        );
        let shared = Arc::new(Shared {
            recorder,
            store: store.clone(),
            disk,
            cancel: cancel.clone(),
        });
        let mut walk = Walk {
            plan: plan.clone(),
            catalogue,
            providers: providers.clone(),
            shared: shared.clone(),
            evaluate,
            events,
            parallelism: parallelism.max(1),
            diagnostics: Diagnostics::default(),
            counts: Counts::default(),
            deposed: BTreeMap::new(),
            bad_providers: BTreeSet::new(),
            running: BTreeMap::new(),
            created: started.marked.clone(),
        };
        walk.counts.imported = plan
            .changes
            .iter()
            .filter(|c| c.importing.is_some())
            .count();
        let (complete, lost) = walk.walk().await;
        let mut diagnostics = std::mem::take(&mut walk.diagnostics);
        if cancel.is_at_once() {
            // The journal tells all; saving is for the next run.
            return Applied {
                snapshot: shared.recorder.end().snapshot,
                counts: walk.counts,
                diagnostics,
                interrupted: true,
                unsaved: None,
            };
        }
        let marked = if cancel.is_cancelled() {
            walk.created.clone()
        } else {
            markers::clear(
                &shared,
                &providers,
                catalogue,
                &walk.created,
                &mut diagnostics,
            )
            .await
        };
        if !cancel.is_cancelled() {
            parents::refresh(&shared, &providers, catalogue, &plan).await;
        }
        let ended = {
            let state = shared.recorder.state(Snapshot::clone);
            walk.evaluate.end(&state, &lost)
        };
        diagnostics.extend(ended.diagnostics.clone());
        let rest = save::Rest {
            ended,
            complete: complete && !diagnostics.has_errors(),
            marked,
        };
        shared.recorder.flush().await;
        let folded = shared.recorder.end();
        let saved = save::end(&*store, &plan, &started, folded, rest, &prior).await;
        let interrupted = cancel.is_cancelled();
        let unsaved = saved.unsaved;
        if let Some(failure) = saved.failure {
            diagnostics.push(failure.into());
        }
        Applied {
            snapshot: saved.snapshot,
            counts: walk.counts,
            diagnostics,
            interrupted,
            unsaved,
        }
    }
}

struct Walk {
    plan: Arc<Plan>,
    catalogue: &'static Catalogue,
    providers: Providers,
    shared: Arc<Shared>,
    evaluate: Box<dyn Evaluate>,
    events: Arc<dyn Events>,
    parallelism: usize,
    diagnostics: Diagnostics,
    counts: Counts,
    /// Keys of old objects that wait for their destruction, by change.
    deposed: BTreeMap<usize, Deposed>,
    bad_providers: BTreeSet<ProviderConfig>,
    /// Changes going on, by service.
    running: BTreeMap<&'static str, usize>,
    /// Objects that may carry a marker.
    created: Vec<AbsInstance>,
}

impl Walk {
    /// Does what can be done; tells whether that was everything, and which changes of what exists were not made.
    async fn walk(&mut self) -> (bool, Vec<usize>) {
        let plan = self.plan.clone();
        let mut progress = Frontier::new(&plan);
        let mut tasks: JoinSet<End> = JoinSet::new();
        let cancel = self.shared.cancel.clone();
        self.announce_providers();
        loop {
            while !cancel.is_cancelled() && tasks.len() < self.parallelism {
                let Some(node) = progress.ready.iter().copied().find(|n| self.has_room(*n)) else {
                    break;
                };
                progress.ready.remove(&node);
                match self.prepare(node).await {
                    Ok(work) => {
                        self.enter(node);
                        tasks.spawn(run(node, work, self.events.clone()));
                    }
                    Err(problems) => {
                        self.diagnostics.extend(problems);
                        progress.lose(node);
                    }
                }
            }
            if tasks.is_empty() {
                break;
            }
            tokio::select! {
                Some(ended) = tasks.join_next() => match ended {
                    Ok(end) => self.take(end, &mut progress),
                    Err(e) => {
                        // The task is gone with its result; the journal knows what it began.
                        let text = format!("This is a bug in bastionless: {e}. The next run looks for what was being changed.");
                        self.diagnostics.push(Diagnostic::error("A change broke off", text));
                        return (false, progress.not_made(&plan));
                    }
                },
                () = cancel.cancelled(), if !cancel.is_cancelled() => {}
                () = cancel.at_once() => {
                    tasks.abort_all();
                    return (false, progress.not_made(&plan));
                }
            }
        }
        let complete = progress.left == 0 && progress.lost.is_empty();
        (complete, progress.not_made(&plan))
    }

    /// Tells the evaluator of the providers that were configured for the plan.
    fn announce_providers(&mut self) {
        let used: BTreeSet<_> = self.plan.changes.iter().map(|c| &c.provider).collect();
        for address in used {
            if let Some((config, region)) = self.providers.configured(address) {
                self.evaluate
                    .configured(address, &config, region.as_deref());
            }
        }
    }

    fn change(&self, node: usize) -> Option<(usize, &Change, &NodeKind)> {
        let kind = &self.plan.graph.nodes.get(node)?.kind;
        let i = kind.change()?;
        Some((i, self.plan.changes.get(i)?, kind))
    }

    fn service(&self, node: usize) -> Option<(&'static str, usize)> {
        let (_, change, _) = self.change(node)?;
        let type_name = &change.address.resource.resource.type_name;
        SERVICE_LIMITS
            .into_iter()
            .find(|(prefix, _)| type_name.starts_with(prefix))
    }

    fn has_room(&self, node: usize) -> bool {
        self.service(node)
            .is_none_or(|(service, limit)| self.running.get(service).copied().unwrap_or(0) < limit)
    }

    fn enter(&mut self, node: usize) {
        if let Some((service, _)) = self.service(node) {
            *self.running.entry(service).or_default() += 1;
        }
    }

    /// Gets a node ready: evaluates its configuration and finds who carries it out.
    async fn prepare(&mut self, node: usize) -> Result<Work, Diagnostics> {
        let Some((index, change, kind)) = self.change(node) else {
            return Err(bug(
                "the execution graph names a change that the plan does not have",
            ));
        };
        let (change, kind) = (change.clone(), kind.clone());
        if let NodeKind::Forget(_) = kind {
            return Ok(Work::Forget(self.shared.clone(), Box::new(change)));
        }
        self.ensure_provider(&change.provider).await?;
        let resource = &change.address.resource.resource;
        let schema = match resource.mode {
            Mode::Managed => self.catalogue.managed(&resource.type_name),
            Mode::Data => self.catalogue.data(&resource.type_name),
        };
        let schema = schema.ok_or_else(|| bug("the plan has a type without a schema"))?;
        if let NodeKind::Destroy(_) = kind {
            let old = self.deposed.get(&index).cloned();
            let before = change.before.clone();
            let deposed = change.deposed.clone().or(old);
            return self
                .call(change, schema, &before, deposed)
                .map(|c| Work::Delete(Box::new(c)));
        }
        let evaluate = &mut self.evaluate;
        let ready = self
            .shared
            .recorder
            .state(|s| evaluate.finalise(index, s))?;
        match change.action {
            Action::Read => {
                let region = region_of(&ready.config);
                let lookup = self
                    .providers
                    .lookup(&change.provider, &resource.type_name, region.as_deref())
                    .map_err(|e| failed(Step::Read, &change.address, &e))?;
                Ok(Work::Read(Box::new(DataRead {
                    shared: self.shared.clone(),
                    schema,
                    lookup,
                    change,
                    config: ready.config,
                })))
            }
            Action::Update => {
                let before = change.before.clone();
                let goal = Goal {
                    planned: ready.planned,
                    config: ready.config,
                };
                let call = self.call(change, schema, &before, None)?;
                Ok(Work::Update(Box::new(call), goal))
            }
            action => {
                let key = (action == Action::CreateThenDelete).then(|| self.new_key(index));
                let goal = Goal {
                    planned: ready.planned,
                    config: ready.config,
                };
                let call = self.call(change, schema, &goal.planned, None)?;
                Ok(Work::Create(Box::new(call), goal, key))
            }
        }
    }

    fn new_key(&mut self, change: usize) -> Deposed {
        let uuid = self.shared.disk.uuid();
        let key: Deposed = uuid.get(..8).unwrap_or("00000000").into();
        self.deposed.insert(change, key.clone());
        key
    }

    fn call(
        &self,
        change: Change,
        schema: Arc<Schema>,
        value: &Value,
        deposed: Option<Deposed>,
    ) -> Result<Call, Diagnostics> {
        let type_name = change.address.resource.resource.type_name.clone();
        let region = region_of(value);
        let reconcile = self
            .providers
            .reconcile(&change.provider, &type_name, region.as_deref())
            .map_err(|e| failed(Step::of(change.action), &change.address, &e))?;
        Ok(Call {
            shared: self.shared.clone(),
            schema,
            settings: self.providers.settings(&change.provider),
            reconcile,
            change,
            deposed,
        })
    }

    /// Configures a provider whose configuration was not known at plan.
    async fn ensure_provider(&mut self, address: &ProviderConfig) -> Result<(), Diagnostics> {
        if self.providers.is_ready(address) {
            return Ok(());
        }
        if self.bad_providers.contains(address) {
            // Said once already.
            return Err(Diagnostics::default());
        }
        let evaluate = &mut self.evaluate;
        let config = self
            .shared
            .recorder
            .state(|s| evaluate.provider(address, s));
        let configured = match config {
            Ok(config) => match self.providers.configure(address, &config).await {
                Ok(region) => {
                    self.evaluate
                        .configured(address, &config, region.as_deref());
                    Ok(())
                }
                Err(e) => Err(
                    Diagnostic::error("Invalid provider configuration", told(&e))
                        .address(address.to_string())
                        .into(),
                ),
            },
            Err(problems) => Err(problems),
        };
        if configured.is_err() {
            self.bad_providers.insert(address.clone());
        }
        configured
    }

    /// Keeps what is known of a data source that could not be read: a check that fails stops nothing, and Terraform has it
    /// in the state too.
    fn keep_planned(&self, index: usize) {
        let Some(change) = self.plan.changes.get(index) else {
            return;
        };
        let Some(schema) = self
            .catalogue
            .data(&change.address.resource.resource.type_name)
        else {
            return;
        };
        if let Ok(object) = encode(change, &schema, &known_parts(&change.after), Status::Ready) {
            self.shared.recorder.record_later(&Entry::Put {
                address: change.address.clone(),
                deposed: None,
                provider: change.provider.clone(),
                object,
            });
        }
    }

    /// Takes in what came of a node.
    fn take(&mut self, end: End, progress: &mut Frontier) {
        if let Some((service, _)) = self.service(end.node)
            && let Some(n) = self.running.get_mut(service)
        {
            *n = n.saturating_sub(1);
        }
        let Some((index, change, kind)) = self.change(end.node) else {
            return;
        };
        let address = change.address.clone();
        let step = match kind {
            NodeKind::Destroy(_) => Step::Delete,
            _ => Step::of(change.action),
        };
        let forgets = matches!(kind, NodeKind::Forget(_));
        if let Some(error) = end.error {
            let mut left_alone = false;
            // What exists all the same carries a marker as well.
            if step == Step::Create
                && self
                    .shared
                    .recorder
                    .state(|s| s.object(&address, None).is_some())
            {
                self.created.push(address.clone());
            }
            // Interrupted waits are told once, for the whole run.
            if error.kind != OpErrorKind::Cancelled || !self.shared.cancel.is_cancelled() {
                let mut d = failed(step, &address, &error);
                if step == Step::Read && self.evaluate.read_failed(index, &error) {
                    d.severity = Severity::Warning;
                    left_alone = true;
                    self.keep_planned(index);
                }
                let at = match step {
                    Step::Delete => None,
                    _ => self.evaluate.place(index, error.path.as_ref()),
                };
                self.diagnostics.push(match at {
                    Some(span) => d.at(span),
                    None => d,
                });
            }
            if left_alone {
                progress.done(end.node);
            } else {
                progress.lose(end.node);
            }
            return;
        }
        match step {
            _ if forgets => self.counts.forgotten += 1,
            Step::Create => {
                self.counts.added += 1;
                self.created.push(address);
            }
            Step::Update => self.counts.changed += 1,
            Step::Delete => self.counts.destroyed += 1,
            Step::Read => {}
        }
        if let Some(value) = end.value
            && let Err(problems) = self.evaluate.applied(index, &value)
        {
            self.diagnostics.extend(problems);
            progress.lose(end.node);
            return;
        }
        progress.done(end.node);
    }
}

/// Returns the region argument of an object, where it has one.
pub(crate) fn region_of(value: &Value) -> Option<String> {
    value.get_str("region").map(str::to_owned)
}

fn bug(what: &str) -> Diagnostics {
    Diagnostic::error(
        "Apply cannot go on",
        format!("This is a bug in bastionless: {what}."),
    )
    .into()
}
