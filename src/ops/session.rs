//! Stages 3 to 5: opens the state, settles the configuration and makes the plan.

use std::sync::Arc;

use bastionless_core::{
    engine::{Cancel, Events, Providers, answer, recover, resume},
    io::RealDisk,
    plan::{
        Options, Plan,
        file::Basis,
        settler::{Answer, Inputs, Question, Read, ReadKey, Round, Settler},
    },
    store::{self, Prior, StateStore},
};
use bastionless_model::{base::Diagnostics, schema::Catalogue};

use super::{
    Done, Failed, clouds,
    load::{self, Loaded, MachineHost},
    place::Place,
    request::{Locking, Request},
};

/// The lock of a state, held until it is released.
pub(crate) struct Lock {
    store: Arc<dyn StateStore>,
    held: bool,
}

impl Lock {
    /// Takes the lock for an operation such as `OperationTypePlan`, unless locking is switched off.
    pub(crate) async fn take(
        store: &Arc<dyn StateStore>,
        operation: &str,
        locking: Locking,
    ) -> Done<Self> {
        if locking.enabled {
            store::lock(&**store, operation, locking.patience).await?;
        }
        Ok(Self {
            store: store.clone(),
            held: locking.enabled,
        })
    }

    /// Gives the lock back.
    pub(crate) async fn release(self) -> Done<()> {
        if self.held {
            self.store.unlock().await?;
        }
        Ok(())
    }
}

/// A plan with everything that it was made of.
pub(crate) struct Planned {
    /// The plan.
    pub(crate) plan: Arc<Plan>,
    /// The configuration.
    pub(crate) loaded: Loaded,
    /// Where the state lies.
    pub(crate) place: Place,
    /// What was found there.
    pub(crate) prior: Prior,
    /// The configured clouds.
    pub(crate) providers: Providers,
    /// Files, clock and chance.
    pub(crate) host: Arc<MachineHost>,
    /// What was said while planning.
    pub(crate) diagnostics: Diagnostics,
}

impl Planned {
    /// Names what the plan was made of.
    pub(crate) fn basis(&self) -> Basis {
        Basis {
            lineage: self.prior.base.lineage.clone(),
            serial: self.prior.base.serial,
            state_digest: self.prior.base.digest.clone(),
            config_digest: self.loaded.digest.clone(),
            workspace: self.place.workspace.clone(),
            backend: self.place.backend.describe(),
            arguments: self.loaded.arguments.iter().cloned().collect(),
        }
    }
}

/// Makes a plan. The state must be locked already, if it is to be.
pub(crate) async fn plan(
    loaded: Loaded,
    place: Place,
    request: &Request,
    events: &Arc<dyn Events>,
) -> Done<Planned> {
    settle(loaded, place, request, events)
        .await
        .map(|(planned, _)| planned)
}

/// Makes a plan, and returns also the settler, which knows what every name of the configuration is worth.
pub(crate) async fn settle(
    loaded: Loaded,
    place: Place,
    request: &Request,
    events: &Arc<dyn Events>,
) -> Done<(Planned, Settler)> {
    let sources = loaded.sources.clone();
    let mut prior = match store::open(&*place.store, &RealDisk).await {
        Ok(prior) => prior,
        Err(e) => {
            let failed: Failed = e.into();
            return Err(Failed::new(failed.diagnostics, sources));
        }
    };
    let host = Arc::new(load::host());
    let providers = Providers::new(clouds::clouds());
    let mut diagnostics = loaded.warnings.clone();
    let inputs = |prior: &Prior| Inputs {
        program: loaded.program.clone(),
        graph: loaded.graph.clone(),
        variables: loaded.values.values.clone(),
        set_variables: loaded.values.set.iter().cloned().collect(),
        prior: Arc::new(prior.snapshot.clone()),
        host: host.clone(),
        catalogue: Catalogue::builtin(),
        options: Options {
            mode: request.mode,
            targets: request.targets.clone(),
            replace: request.replace.clone(),
            refresh: request.refresh,
            imports: request.import.iter().cloned().collect(),
            workspace: place.workspace.as_str().into(),
            offline: false,
        },
    };
    if !prior.open.is_empty() {
        // The clouds must be reachable before anything can be looked for, and what is found changes what is planned.
        configure_only(Settler::new(inputs(&prior)), &providers, events).await;
        let recovered = recover(&mut prior, &providers, Catalogue::builtin(), &**events).await;
        diagnostics.extend(recovered.diagnostics);
        if diagnostics.has_errors() {
            return Err(Failed::new(diagnostics, sources));
        }
    }
    if request.finish_waits && !prior.snapshot.waiting.is_empty() {
        configure_only(Settler::new(inputs(&prior)), &providers, events).await;
        // Who interrupts the planning gives this up as well.
        let cancel = Cancel::default();
        diagnostics.extend(
            resume(
                &mut prior.snapshot,
                &providers,
                Catalogue::builtin(),
                events,
                &cancel,
            )
            .await,
        );
        if diagnostics.has_errors() {
            return Err(Failed::new(diagnostics, sources));
        }
    }
    let mut settler = Settler::new(inputs(&prior));
    let mut answers: Vec<(ReadKey, Answer)> = Vec::new();
    let plan = loop {
        match settler.advance(std::mem::take(&mut answers)) {
            Round::Needs(reads) => {
                answers = answer(reads, &providers, events, request.parallelism).await
            }
            Round::Done(plan) => break *plan,
        }
    };
    diagnostics.extend(settler.take_diagnostics());
    let planned = Planned {
        plan: Arc::new(plan),
        loaded,
        place,
        prior,
        providers,
        host,
        diagnostics,
    };
    Ok((planned, settler))
}

/// Answers only the questions for providers, as long as there are any.
async fn configure_only(mut settler: Settler, providers: &Providers, events: &Arc<dyn Events>) {
    let mut answers: Vec<(ReadKey, Answer)> = Vec::new();
    loop {
        let Round::Needs(reads) = settler.advance(std::mem::take(&mut answers)) else {
            return;
        };
        let configure: Vec<Read> = reads
            .into_iter()
            .filter(|r| matches!(r.question, Question::Configure { .. }))
            .collect();
        if configure.is_empty() {
            return;
        }
        answers = answer(configure, providers, events, 1).await;
    }
}
