//! The settler: a state machine that evaluates the configuration and asks for what it lacks instead of reading it.
//!
//! [`Settler::advance`] walks the static graph as far as it can and returns either the reads that it needs, all that can be
//! asked at this point, or the finished plan. Every node is evaluated once.

mod data;
mod destroy;
mod finish;
mod imports;
mod instance;
mod lifecycle;
mod managed;
mod moved;
mod objects;
mod orphans;
mod place;
mod provider;
mod question;
mod targets;
mod visit;
mod walk;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Severity},
    schema::{Catalogue, plan::Settings},
    value::Value,
};

pub(crate) use lifecycle::ignore as lifecycle_ignore;
pub(crate) use place::{ephemeral, place};
pub(crate) use provider::{empty, is_builtin};
pub use question::{Answer, Question, Read, ReadKey};

pub(crate) use visit::{SELF_REFERENCE, check_node};

use super::{
    Change, Drifted, Mode, Options, Plan, conditions::Conditions, console::Explorer, moves,
    world::World,
};
use crate::{
    lang::{
        address::{AbsInstance, ConfigResource, ProviderConfig},
        functions::Host,
        graph::{ConfigNode, StaticGraph},
        program::Program,
    },
    state::Snapshot,
};

/// What the settler says.
pub enum Round {
    /// It needs answers to these questions, all of which are new.
    Needs(Vec<Read>),
    /// It is done. With errors among the diagnostics the plan is marked as errored.
    Done(Box<Plan>),
}

/// What a settler starts from.
pub struct Inputs {
    /// The linked program.
    pub program: Arc<Program>,
    /// Its graph.
    pub graph: Arc<StaticGraph>,
    /// Values of the root variables, converted, with marks.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// Names of the variables that were set from outside.
    pub set_variables: Vec<Arc<str>>,
    /// The state.
    pub prior: Arc<Snapshot>,
    /// Files, clock and randomness for functions.
    pub host: Arc<dyn Host + Send + Sync>,
    /// The schemas.
    pub catalogue: &'static Catalogue,
    /// What is asked for.
    pub options: Options,
}

/// The state machine.
pub struct Settler {
    options: Options,
    catalogue: &'static Catalogue,
    graph: Arc<StaticGraph>,
    world: World,
    /// The state as given.
    original: Arc<Snapshot>,
    /// The state after moving and what was read so far.
    prior: Snapshot,
    previous: BTreeMap<AbsInstance, AbsInstance>,
    providers: BTreeMap<ProviderConfig, Configured>,
    answers: BTreeMap<ReadKey, Answer>,
    asked: BTreeSet<ReadKey>,
    walk: walk::Walk,
    selected: Option<BTreeSet<ConfigNode>>,
    /// Resources that a destroy takes along, because they depend on what targets name.
    doomed: BTreeSet<ConfigResource>,
    imports: imports::Imports,
    conditions: Conditions,
    changes: BTreeMap<(AbsInstance, Option<Arc<str>>), Change>,
    drift: BTreeMap<AbsInstance, Drifted>,
    variables: BTreeMap<Arc<str>, Value>,
    set_variables: Vec<Arc<str>>,
    rounds: usize,
    provider_configs: BTreeMap<ProviderConfig, Value>,
    refreshed_providers: BTreeSet<ProviderConfig>,
    /// Those that cannot be used: an error was reported, and what needs them is left alone.
    failed_providers: BTreeSet<ProviderConfig>,
    pending_data: data::Pending,
    orphans_done: bool,
    inherited_cbd: BTreeSet<ConfigNode>,
    dependencies: BTreeMap<ConfigNode, Vec<ConfigResource>>,
    /// Nodes at which something was wrong.
    failed: BTreeSet<ConfigNode>,
    /// The configuration itself is wrong, whatever exists: there is nothing to be planned.
    invalid: bool,
    /// The state comes to record something else about objects that stay as they are.
    restated: bool,
}

/// A provider configuration of this run.
#[derive(Clone, Debug)]
struct Configured {
    /// What it contributes to planning.
    settings: Arc<Settings>,
    /// It can be asked; otherwise its configuration is not known yet.
    usable: bool,
}

impl Settler {
    /// Starts.
    pub fn new(inputs: Inputs) -> Self {
        let mut prior = (*inputs.prior).clone();
        let moved = moves::apply(&inputs.program, &mut prior);
        let mut conditions = Conditions::default();
        conditions.diagnostics.extend(moved.diagnostics);
        let doomed = targets::doomed(&prior, &inputs.options);
        let selected = targets::select(
            &inputs.program,
            &inputs.graph,
            &inputs.options,
            &doomed,
            &prior,
        );
        let walk = walk::Walk::new(&inputs.graph, selected.as_ref());
        let imports = imports::Imports::new(&inputs.program, &inputs.options.imports);
        let inherited_cbd =
            lifecycle::create_before_destroy(&inputs.program, &inputs.graph, selected.as_ref());
        let world = World::new(
            inputs.program,
            inputs.host,
            &inputs.options.workspace,
            true,
            inputs.variables.clone(),
        );
        Self {
            options: inputs.options,
            catalogue: inputs.catalogue,
            graph: inputs.graph,
            world,
            original: inputs.prior,
            prior,
            previous: moved.previous,
            providers: BTreeMap::new(),
            answers: BTreeMap::new(),
            asked: BTreeSet::new(),
            walk,
            doomed,
            selected,
            imports,
            conditions,
            changes: BTreeMap::new(),
            drift: BTreeMap::new(),
            variables: inputs.variables,
            set_variables: inputs.set_variables,
            rounds: 0,
            provider_configs: BTreeMap::new(),
            refreshed_providers: BTreeSet::new(),
            failed_providers: BTreeSet::new(),
            pending_data: BTreeMap::new(),
            orphans_done: false,
            inherited_cbd,
            dependencies: BTreeMap::new(),
            failed: BTreeSet::new(),
            invalid: false,
            restated: false,
        }
    }

    /// Goes on with the answers to what was asked last.
    pub fn advance(&mut self, answers: impl IntoIterator<Item = (ReadKey, Answer)>) -> Round {
        for (key, answer) in answers {
            self.answers.insert(key, answer);
        }
        self.rounds += 1;
        if self.rounds == 1 && !self.options.offline && self.refused() {
            return Round::Done(Box::new(self.finish()));
        }
        self.walk.retry(&self.answers);
        let mut reads = Vec::new();
        while let Some(i) = self.walk.next() {
            let Some(node) = self.walk.node(i) else {
                continue;
            };
            let said = self.conditions.diagnostics.0.len();
            let wanted = self.visit(&node);
            let new = self.conditions.diagnostics.iter().skip(said);
            if new.into_iter().any(|d| d.severity == Severity::Error) {
                self.failed.insert(node);
            }
            if wanted.is_empty() {
                self.walk.done(i);
            } else {
                reads.extend(self.fresh(wanted.clone()));
                self.walk.wait(i, wanted.into_iter().map(|r| r.key));
            }
        }
        reads.extend(self.refreshes());
        if reads.is_empty() && self.walk.is_finished() {
            let orphans = self.orphans();
            reads.extend(self.fresh(orphans));
        }
        if reads.is_empty() {
            if !self.walk.is_finished() {
                self.conditions.diagnostics.push(Diagnostic::error(
                    "Planning stopped",
                    "This is a bug in bastionless: some objects of the configuration wait for answers that nobody was asked for. Please report it with the configuration.",
                ));
            }
            return Round::Done(Box::new(self.finish()));
        }
        Round::Needs(reads)
    }

    /// Returns the objects that are imported and were found: address, id, value.
    pub fn imported(&self) -> impl Iterator<Item = (&AbsInstance, &str, &Value)> {
        self.imports.all()
    }

    /// Returns what was found out, for expressions to be asked.
    pub fn into_explorer(self) -> Explorer {
        Explorer::of_plan(self.world)
    }

    /// Tells whether the configuration is wrong whatever exists: then that is all there is to say.
    fn refused(&mut self) -> bool {
        let program = self.world.program().clone();
        let host = self.world.host().clone();
        let mut errors = super::validate(&program, &self.graph, host, &self.options.workspace);
        errors.extend(targets::excluded_moves(&self.options, &self.previous));
        self.invalid = errors.has_errors();
        if self.invalid {
            self.conditions.diagnostics = errors;
        }
        self.invalid
    }

    /// Returns how many times answers were asked for, and how many expressions were evaluated.
    pub fn counters(&self) -> (usize, u64) {
        (self.rounds, self.world.evaluations())
    }

    /// Takes the diagnostics found so far.
    pub fn take_diagnostics(&mut self) -> Diagnostics {
        std::mem::take(&mut self.conditions.diagnostics)
    }

    /// Keeps the questions that were not asked yet.
    fn fresh(&mut self, reads: Vec<Read>) -> Vec<Read> {
        reads
            .into_iter()
            .filter(|r| self.asked.insert(r.key.clone()))
            .collect()
    }

    fn is_refreshing(&self) -> bool {
        self.options.refresh || self.options.mode == Mode::RefreshOnly
    }
}
