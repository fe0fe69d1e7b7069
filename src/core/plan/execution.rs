//! The execution graph: what apply does, in which order.
//!
//! Rules, each an edge "is done after":
//!
//! - what is created or changed comes after the changes of what its configuration refers to;
//! - what is destroyed comes after the destruction of what depended on it, as the state says;
//! - a replacement destroys before it creates, or with `create_before_destroy` creates, lets everything that depends on it
//!   change over, and destroys then;
//! - what is created or changed comes after the destruction of what depended on its old form;
//! - an object that goes for good goes after the update of those that depended on it: otherwise AWS answers
//!   `DependencyViolation` for a group that an instance still uses. (Terraform destroys first.)
//!
//! Sources: the behaviour recorded in `plan-cases` (apply order) and OpenTofu's `docs/destroying.md`.

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome};
use petgraph::{algo::tarjan_scc, graph::DiGraph};

use super::{Action, Change, ExecutionGraph, ExecutionNode, NodeId, NodeKind};
use crate::{
    lang::{
        address::{AbsInstance, ConfigResource, ModuleInstance},
        graph::{self, ConfigNode, StaticGraph},
        program::{ModuleId, Program},
    },
    state::Snapshot,
};

/// A graph in which nothing is done.
pub(super) fn none() -> ExecutionGraph {
    ExecutionGraph::default()
}

struct Builder<'a> {
    program: &'a Program,
    statics: &'a StaticGraph,
    changes: &'a [Change],
    prior: &'a Snapshot,
    kinds: Vec<NodeKind>,
    after: Vec<BTreeSet<usize>>,
    commits: BTreeMap<ConfigResource, Vec<usize>>,
    destroys: BTreeMap<ConfigResource, Vec<usize>>,
    modules: BTreeMap<crate::lang::address::ModulePath, ModuleId>,
    nearest: BTreeMap<ConfigNode, BTreeSet<ConfigResource>>,
}

/// Builds the graph of a plan.
pub(super) fn build(
    program: &Program,
    statics: &StaticGraph,
    changes: &[Change],
    prior: &Snapshot,
) -> Outcome<ExecutionGraph> {
    let modules = program
        .modules
        .iter()
        .enumerate()
        .map(|(i, m)| (m.path.clone(), ModuleId(i)))
        .collect();
    let mut b = Builder {
        program,
        statics,
        changes,
        prior,
        kinds: Vec::new(),
        after: Vec::new(),
        commits: BTreeMap::new(),
        destroys: BTreeMap::new(),
        modules,
        nearest: BTreeMap::new(),
    };
    b.nodes();
    b.commit_edges();
    b.destroy_edges();
    b.replacement_edges();
    b.release_edges();
    b.changeover_edges();
    b.finish()
}

impl Builder<'_> {
    fn nodes(&mut self) {
        for (i, change) in self.changes.iter().enumerate() {
            let config = change.address.resource.config();
            let commit = matches!(
                change.action,
                Action::Create
                    | Action::Update
                    | Action::Read
                    | Action::DeleteThenCreate
                    | Action::CreateThenDelete
            );
            let destroy = matches!(
                change.action,
                Action::Delete | Action::DeleteThenCreate | Action::CreateThenDelete
            );
            if commit {
                let n = self.add(NodeKind::Commit(i));
                self.commits.entry(config.clone()).or_default().push(n);
            }
            if destroy {
                let n = self.add(NodeKind::Destroy(i));
                self.destroys.entry(config).or_default().push(n);
            }
            if change.action == Action::Forget {
                self.add(NodeKind::Forget(i));
            }
        }
    }

    fn add(&mut self, kind: NodeKind) -> usize {
        self.kinds.push(kind);
        self.after.push(BTreeSet::new());
        self.kinds.len() - 1
    }

    fn change(&self, node: usize) -> Option<&Change> {
        match self.kinds.get(node)? {
            NodeKind::Commit(i) | NodeKind::Destroy(i) | NodeKind::Forget(i) => {
                self.changes.get(*i)
            }
        }
    }

    /// `second` is done after `first`.
    fn edge(&mut self, first: usize, second: usize) {
        if let (true, Some(a)) = (first != second, self.after.get_mut(second)) {
            a.insert(first);
        }
    }

    fn edge_between(&mut self, first: usize, second: usize) {
        let apart = match (self.change(first), self.change(second)) {
            (Some(a), Some(b)) => {
                in_different_instances(&a.address.resource.module, &b.address.resource.module)
            }
            _ => true,
        };
        if !apart {
            self.edge(first, second);
        }
    }

    fn static_node(&self, config: &ConfigResource) -> Option<ConfigNode> {
        let id = self.modules.get(&config.module)?;
        Some(ConfigNode::new(
            *id,
            graph::NodeKind::Resource(config.resource.clone()),
        ))
    }

    /// Returns the resources with commits that a node reaches without passing another one with commits.
    fn nearest(&mut self, node: &ConfigNode) -> BTreeSet<ConfigResource> {
        if let Some(found) = self.nearest.get(node) {
            return found.clone();
        }
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut todo: Vec<ConfigNode> = self.statics.dependencies(node).cloned().collect();
        while let Some(n) = todo.pop() {
            if !seen.insert(n.clone()) {
                continue;
            }
            match n.resource(self.program) {
                Some(config) if self.commits.contains_key(&config) => {
                    found.insert(config);
                }
                _ => todo.extend(self.statics.dependencies(&n).cloned()),
            }
        }
        self.nearest.insert(node.clone(), found.clone());
        found
    }

    fn commit_edges(&mut self) {
        let all: Vec<(ConfigResource, Vec<usize>)> = self
            .commits
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        for (config, nodes) in all {
            let Some(node) = self.static_node(&config) else {
                continue;
            };
            for dependency in self.nearest(&node) {
                for first in self.commits.get(&dependency).cloned().unwrap_or_default() {
                    for second in &nodes {
                        self.edge_between(first, *second);
                    }
                }
            }
        }
    }

    fn destroy_edges(&mut self) {
        let all: Vec<usize> = self.destroys.values().flatten().copied().collect();
        for dependent in all {
            for dependency in self.stored_dependencies(dependent) {
                for n in self.destroys.get(&dependency).cloned().unwrap_or_default() {
                    self.edge_between(dependent, n);
                }
            }
        }
    }

    /// Returns what the object of a node depended on when it was applied.
    fn stored_dependencies(&self, node: usize) -> Vec<ConfigResource> {
        let Some(change) = self.change(node) else {
            return Vec::new();
        };
        self.prior
            .object(&change.address, change.deposed.as_ref())
            .map(|o| o.dependencies.clone())
            .unwrap_or_default()
    }

    fn replacement_edges(&mut self) {
        let mut by_change: BTreeMap<usize, (Option<usize>, Option<usize>)> = BTreeMap::new();
        for (n, kind) in self.kinds.iter().enumerate() {
            match kind {
                NodeKind::Commit(i) => by_change.entry(*i).or_default().0 = Some(n),
                NodeKind::Destroy(i) => by_change.entry(*i).or_default().1 = Some(n),
                NodeKind::Forget(_) => {}
            }
        }
        for (i, pair) in by_change {
            let (Some(commit), Some(destroy)) = pair else {
                continue;
            };
            match self.changes.get(i).map(|c| c.action) {
                Some(Action::CreateThenDelete) => self.edge(commit, destroy),
                _ => self.edge(destroy, commit),
            }
        }
    }

    /// What goes and depended on something that is created or changed goes first: its destruction may need the old form.
    fn release_edges(&mut self) {
        let going: Vec<usize> = self.destroys.values().flatten().copied().collect();
        for destroy in going {
            let late = self
                .change(destroy)
                .is_none_or(|c| c.action == Action::CreateThenDelete);
            if late {
                continue;
            }
            for dependency in self.stored_dependencies(destroy) {
                for n in self.commits.get(&dependency).cloned().unwrap_or_default() {
                    if !self.reaches(destroy, n) {
                        self.edge_between(destroy, n);
                    }
                }
            }
        }
    }

    /// What depends on an old object changes over before the object goes.
    fn changeover_edges(&mut self) {
        let pairs: Vec<(ConfigResource, usize)> = self
            .destroys
            .iter()
            .flat_map(|(c, ns)| ns.iter().map(move |n| (c.clone(), *n)))
            .collect();
        let mut stored: BTreeMap<ConfigResource, Vec<usize>> = BTreeMap::new();
        for n in self.commits.values().flatten() {
            for d in self.stored_dependencies(*n) {
                stored.entry(d).or_default().push(*n);
            }
        }
        for (config, destroy) in pairs {
            let Some(change) = self.change(destroy) else {
                continue;
            };
            match change.action {
                Action::CreateThenDelete => {
                    for n in self.dependents(&config) {
                        self.edge_between(n, destroy);
                    }
                }
                Action::Delete if change.deposed.is_none() => {
                    for n in stored.get(&config).cloned().unwrap_or_default() {
                        let updates = self.change(n).is_some_and(|c| {
                            matches!(c.action, Action::Update | Action::CreateThenDelete)
                        });
                        if updates && !self.reaches(n, destroy) {
                            self.edge_between(n, destroy);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Tells whether `node` already waits for `first`, through any number of steps.
    fn reaches(&self, node: usize, first: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut todo = vec![node];
        while let Some(n) = todo.pop() {
            if n == first {
                return true;
            }
            if seen.insert(n) {
                todo.extend(self.after.get(n).into_iter().flatten().copied());
            }
        }
        false
    }

    fn dependents(&self, config: &ConfigResource) -> Vec<usize> {
        let Some(node) = self.static_node(config) else {
            return Vec::new();
        };
        self.statics
            .with_dependents([&node])
            .iter()
            .filter(|n| **n != node)
            .filter_map(|n| n.resource(self.program))
            .filter_map(|r| self.commits.get(&r))
            .flatten()
            .copied()
            .collect()
    }

    fn finish(self) -> Outcome<ExecutionGraph> {
        let mut diagnostics = Diagnostics::default();
        let mut check: DiGraph<usize, ()> = DiGraph::new();
        let indices: Vec<_> = (0..self.kinds.len()).map(|i| check.add_node(i)).collect();
        for (second, firsts) in self.after.iter().enumerate() {
            for first in firsts {
                if let (Some(a), Some(b)) = (indices.get(*first), indices.get(second)) {
                    check.add_edge(*a, *b, ());
                }
            }
        }
        for component in tarjan_scc(&check).into_iter().filter(|c| c.len() > 1) {
            let mut names: Vec<String> = component
                .iter()
                .filter_map(|n| check.node_weight(*n))
                .map(|n| self.name(*n))
                .collect();
            names.sort();
            diagnostics.push(Diagnostic::error(
                format!("Cycle: {}", names.join(", ")),
                "These operations wait for each other. Objects that depend on each other cannot be created in different orders: give them the same `create_before_destroy`, or apply the change in two steps.",
            ));
        }
        let nodes = self
            .kinds
            .into_iter()
            .zip(self.after)
            .map(|(kind, after)| ExecutionNode {
                kind,
                after: after.into_iter().map(NodeId).collect(),
            })
            .collect();
        Outcome {
            value: ExecutionGraph { nodes },
            diagnostics,
        }
    }

    fn name(&self, node: usize) -> String {
        let Some(change) = self.change(node) else {
            return String::new();
        };
        node_name(change, self.kinds.get(node))
    }
}

/// Returns the name of a node as Terraform's `graph` prints it.
pub fn node_name(change: &Change, kind: Option<&NodeKind>) -> String {
    let address: &AbsInstance = &change.address;
    match (kind, &change.deposed, change.action) {
        (Some(NodeKind::Destroy(_)), Some(key), _) => format!("{address} (destroy deposed {key})"),
        (Some(NodeKind::Destroy(_)), None, Action::CreateThenDelete) => {
            format!("{address} (destroy deposed 00000000)")
        }
        (Some(NodeKind::Destroy(_)), None, _) => format!("{address} (destroy)"),
        (Some(NodeKind::Forget(_)), _, _) => format!("{address} (forget)"),
        _ => address.to_string(),
    }
}

/// Tells whether two places lie in different instances of one module call: then they do not wait for each other.
fn in_different_instances(a: &ModuleInstance, b: &ModuleInstance) -> bool {
    for (x, y) in a.0.iter().zip(&b.0) {
        if x.0 != y.0 {
            return false;
        }
        if x.1 != y.1 {
            return true;
        }
    }
    false
}
