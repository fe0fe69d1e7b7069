//! What a plan is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::value::{Path, Value};

use crate::lang::address::{AbsInstance, ConfigResource, ProviderConfig};

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Make it as configured.
    Normal,
    /// Destroy everything.
    Destroy,
    /// Only learn what changed outside.
    RefreshOnly,
}

/// What is done to an object. The names are those of Terraform's plan JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// A data source is read during apply.
    Read,
    /// It is created.
    Create,
    /// It is changed in place.
    Update,
    /// It is destroyed, then created.
    DeleteThenCreate,
    /// It is created, then the old one destroyed.
    CreateThenDelete,
    /// It is destroyed.
    Delete,
    /// It leaves the state and goes on existing.
    Forget,
}

/// Why; the names are those of Terraform's `action_reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Terraform's names, see its plan JSON format")]
pub enum Reason {
    ReplaceBecauseTainted,
    ReplaceBecauseCannotUpdate,
    ReplaceByRequest,
    ReplaceByTriggers,
    DeleteBecauseNoResourceConfig,
    DeleteBecauseWrongRepetition,
    DeleteBecauseCountIndex,
    DeleteBecauseEachKey,
    DeleteBecauseNoModule,
    DeleteBecauseNoMoveTarget,
    ReadBecauseConfigUnknown,
    ReadBecauseDependencyPending,
    ReadBecauseCheckNested,
}

/// A change of one object.
#[derive(Clone, Debug)]
pub struct Change {
    /// The instance.
    pub address: AbsInstance,
    /// Its address in the prior state, where it moved.
    pub previous: Option<AbsInstance>,
    /// The deposed object of the instance that this is about.
    pub deposed: Option<Arc<str>>,
    /// The provider configuration.
    pub provider: ProviderConfig,
    /// What is done.
    pub action: Action,
    /// Why.
    pub reason: Option<Reason>,
    /// Before; null for a create. With marks.
    pub before: Value,
    /// After, with unknown parts; null for a delete. With marks.
    pub after: Value,
    /// The evaluated configuration, with unknown parts; null where there is none. What apply checks itself against.
    pub config: Value,
    /// What forces a replacement.
    pub replace_paths: Vec<Path>,
    /// The id that is imported.
    pub importing: Option<String>,
    /// Objects that must be there first, as written (stored with the object).
    pub dependencies: Vec<ConfigResource>,
    /// `create_before_destroy`, own or inherited.
    pub create_before_destroy: bool,
    /// Kept provider bytes of the prior object.
    pub private: Option<String>,
}

/// A change of a root output.
#[derive(Clone, Debug)]
pub struct OutputChange {
    /// Before; null where there was none.
    pub before: Value,
    /// After; null where it goes.
    pub after: Value,
    /// Shown or not, before and after.
    pub sensitive: (bool, bool),
    /// What is done: create, update, delete, no-op.
    pub action: Action,
}

/// Something that changed outside: last applied against live.
#[derive(Clone, Debug)]
pub struct Drifted {
    /// The instance.
    pub address: AbsInstance,
    /// Its address in the prior state, where it moved.
    pub previous: Option<AbsInstance>,
    /// The provider configuration.
    pub provider: ProviderConfig,
    /// As stored.
    pub before: Value,
    /// As read; null where it is gone.
    pub after: Value,
}

/// Result of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Terraform's names")]
pub enum CheckStatus {
    Pass,
    Fail,
    Error,
    Unknown,
}

/// Results of the conditions of one object as written.
#[derive(Clone, Debug)]
pub struct CheckResult {
    /// `resource`, `output_value`, `check` or `var`.
    pub kind: &'static str,
    /// The object as written, such as `module.m.aws_vpc.main`.
    pub config_address: String,
    /// The worst of its instances.
    pub status: CheckStatus,
    /// Each instance: address, status, failure messages.
    pub instances: Vec<(String, CheckStatus, Vec<String>)>,
}

/// Names a node of an [`ExecutionGraph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub usize);

/// What a node of the execution graph does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Evaluates the configuration again, now that more is known, and creates, updates or reads. Index into [`Plan::changes`].
    Commit(usize),
    /// Destroys the (old) object of a change. Index into [`Plan::changes`].
    Destroy(usize),
    /// Takes an object out of the state.
    Forget(usize),
    /// Does nothing, and is done when everything before it is: stands between many nodes that all wait for the same many others.
    Join,
}

/// A node with the nodes that must be done before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionNode {
    /// What it does.
    pub kind: NodeKind,
    /// What must be done before.
    pub after: Vec<NodeId>,
}

/// What apply does, in which order: stored in the plan, never derived again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecutionGraph {
    /// The nodes; `NodeId(i)` is the i-th.
    pub nodes: Vec<ExecutionNode>,
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the run is for.
    pub mode: Mode,
    /// Changes of resource instances, no-ops included, in Terraform's order (by address; deposed after current).
    pub changes: Vec<Change>,
    /// What changed outside, in the same order; what is shown of it is decided by `report`.
    pub drift: Vec<Drifted>,
    /// Changes of root outputs, no-ops included.
    pub outputs: BTreeMap<Arc<str>, OutputChange>,
    /// Results of conditions.
    pub checks: Vec<CheckResult>,
    /// What apply does.
    pub graph: ExecutionGraph,
    /// `-target` and `-exclude` addresses, as given.
    pub targets: Vec<String>,
    /// `-replace` addresses, as given.
    pub force_replace: Vec<AbsInstance>,
    /// The walk failed: what is here is not all, and must not be applied.
    pub errored: bool,
    /// The configuration itself is wrong: there is no plan, only errors, and nothing to be shown or kept.
    pub void: bool,
    /// Values of the root variables, converted, with marks.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// The state after refreshing and moving, before the changes: what apply starts from.
    pub refreshed: Arc<crate::state::Snapshot>,
    /// Names of root variables that were set from outside (not by their defaults).
    pub set_variables: Vec<Arc<str>>,
    /// The state comes to record something else about objects that stay as they are: whether they are created before they are
    /// destroyed.
    pub restated: bool,
}

impl NodeKind {
    /// Returns the index of the change that a node is about; `None` for a joining node.
    pub fn change(&self) -> Option<usize> {
        match self {
            Self::Commit(i) | Self::Destroy(i) | Self::Forget(i) => Some(*i),
            Self::Join => None,
        }
    }
}

impl ExecutionGraph {
    /// Returns the nodes with a change that must be done before a node, looking through joining nodes; in order.
    pub fn before(&self, node: NodeId) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::new();
        let mut joins = BTreeSet::new();
        let mut todo = vec![node];
        while let Some(n) = todo.pop() {
            for before in self.nodes.get(n.0).into_iter().flat_map(|n| &n.after) {
                match self.nodes.get(before.0).map(|n| &n.kind) {
                    Some(NodeKind::Join) if joins.insert(*before) => todo.push(*before),
                    Some(NodeKind::Join) | None => {}
                    Some(_) => {
                        found.insert(*before);
                    }
                }
            }
        }
        found
    }

    /// Returns the nodes in an order in which they can be done; earlier ones first where there is a choice. Nodes that wait for
    /// each other in a circle are left out.
    pub fn order(&self) -> Vec<NodeId> {
        let mut waits: Vec<usize> = self.nodes.iter().map(|n| n.after.len()).collect();
        let mut dependents = vec![Vec::new(); self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            for before in &node.after {
                if let Some(d) = dependents.get_mut(before.0) {
                    d.push(i);
                }
            }
        }
        let free = waits.iter().enumerate().filter(|(_, n)| **n == 0);
        let mut ready: BTreeSet<usize> = free.map(|(i, _)| i).collect();
        let mut out = Vec::with_capacity(self.nodes.len());
        while let Some(n) = ready.pop_first() {
            out.push(NodeId(n));
            for d in dependents.get(n).into_iter().flatten() {
                if let Some(w) = waits.get_mut(*d) {
                    *w = w.saturating_sub(1);
                    if *w == 0 {
                        ready.insert(*d);
                    }
                }
            }
        }
        out
    }
}

impl Plan {
    /// Tells whether apply would do anything.
    pub fn is_applyable(&self) -> bool {
        !self.errored
            && (self
                .changes
                .iter()
                .any(|c| c.action != Action::NoOp || c.importing.is_some() || c.previous.is_some())
                || self.outputs.values().any(|o| o.action != Action::NoOp)
                || (self.mode == Mode::RefreshOnly && (self.restated || !self.drift.is_empty())))
    }
}

const REASONS: [(Reason, &str); 13] = [
    (Reason::ReplaceBecauseTainted, "replace_because_tainted"),
    (
        Reason::ReplaceBecauseCannotUpdate,
        "replace_because_cannot_update",
    ),
    (Reason::ReplaceByRequest, "replace_by_request"),
    (Reason::ReplaceByTriggers, "replace_by_triggers"),
    (
        Reason::DeleteBecauseNoResourceConfig,
        "delete_because_no_resource_config",
    ),
    (
        Reason::DeleteBecauseWrongRepetition,
        "delete_because_wrong_repetition",
    ),
    (
        Reason::DeleteBecauseCountIndex,
        "delete_because_count_index",
    ),
    (Reason::DeleteBecauseEachKey, "delete_because_each_key"),
    (Reason::DeleteBecauseNoModule, "delete_because_no_module"),
    (
        Reason::DeleteBecauseNoMoveTarget,
        "delete_because_no_move_target",
    ),
    (
        Reason::ReadBecauseConfigUnknown,
        "read_because_config_unknown",
    ),
    (
        Reason::ReadBecauseDependencyPending,
        "read_because_dependency_pending",
    ),
    (Reason::ReadBecauseCheckNested, "read_because_check_nested"),
];

impl Reason {
    /// Returns Terraform's name, as in `action_reason` of its plan JSON.
    pub fn name(self) -> &'static str {
        REASONS
            .iter()
            .find(|(r, _)| *r == self)
            .map_or("", |(_, n)| n)
    }

    /// Returns the reason of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        REASONS.iter().find(|(_, n)| *n == name).map(|(r, _)| *r)
    }
}
