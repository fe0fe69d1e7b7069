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
//! Where many instances wait for many, a joining node stands between them ([`NodeKind::Join`]).
//!
//! Sources: the behaviour recorded in `plan-cases` (apply order) and OpenTofu's `docs/destroying.md`.

mod joins;
pub(super) mod targets;

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome};
use petgraph::{algo::tarjan_scc, graph::DiGraph};

use self::joins::{Group, Groups, Joins, Purpose, keys, shared_calls};
use super::{Action, Change, ExecutionGraph, ExecutionNode, NodeId, NodeKind};
use crate::{
    lang::{
        address::{AbsInstance, ConfigResource},
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
    joins: Joins,
    groups: Groups,
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
        joins: Joins::default(),
        groups: Groups::default(),
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
            NodeKind::Join => None,
        }
    }

    /// `second` is done after `first`.
    fn edge(&mut self, first: usize, second: usize) {
        if let (true, Some(a)) = (first != second, self.after.get_mut(second)) {
            a.insert(first);
        }
    }

    /// Returns what stands for the instances of a resource that a node of another one has to do with: one node, or the joining
    /// node of several. `None` where there are none.
    fn hub(&mut self, purpose: Purpose, config: &ConfigResource, other: usize) -> Option<usize> {
        let place = &self.change(other)?.address.resource.module;
        let depth = shared_calls(&place.path(), &config.module);
        let wanted = keys(place, depth);
        if let Some(hubs) = self.joins.hubs(purpose, config, depth) {
            return hubs.get(&wanted).copied();
        }
        let mut parts: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for n in self.members(purpose, config) {
            if let Some(change) = self.change(n) {
                let part = keys(&change.address.resource.module, depth);
                parts.entry(part).or_default().push(n);
            }
        }
        let hubs: BTreeMap<_, usize> = parts
            .into_iter()
            .map(|(part, nodes)| (part, self.join(purpose, &nodes)))
            .collect();
        let found = hubs.get(&wanted).copied();
        self.joins.keep(purpose, config, depth, hubs);
        found
    }

    /// Returns the nodes of a resource that a purpose is about.
    fn members(&self, purpose: Purpose, config: &ConfigResource) -> Vec<usize> {
        let of = |nodes: &BTreeMap<ConfigResource, Vec<usize>>, fits: &dyn Fn(&Change) -> bool| {
            let all = nodes.get(config).into_iter().flatten().copied();
            all.filter(|n| self.change(*n).is_some_and(fits)).collect()
        };
        match purpose {
            Purpose::Made | Purpose::Released => of(&self.commits, &|_| true),
            Purpose::Going => of(&self.destroys, &|_| true),
            Purpose::Replaced => of(&self.destroys, &|c| c.action == Action::CreateThenDelete),
            Purpose::Abandoned => of(&self.destroys, &is_abandoned),
        }
    }

    /// Returns the only node, or a new one that stands for all.
    fn join(&mut self, purpose: Purpose, nodes: &[usize]) -> usize {
        if let [only] = nodes {
            return *only;
        }
        let join = self.add(NodeKind::Join);
        for n in nodes {
            if purpose.is_first() {
                self.edge(*n, join);
            } else {
                self.edge(join, *n);
            }
        }
        join
    }

    /// All instances of `config` wait for `node`, as far as they have to do with it.
    fn all_after(&mut self, node: usize, purpose: Purpose, config: &ConfigResource) {
        if let Some(hub) = self.hub(purpose, config, node) {
            self.edge(node, hub);
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
                for second in &nodes {
                    if let Some(hub) = self.hub(Purpose::Made, &dependency, *second) {
                        self.edge(hub, *second);
                    }
                }
                let second = Group::Commits(config.clone());
                self.groups.edge(Group::Commits(dependency), second);
            }
        }
    }

    fn destroy_edges(&mut self) {
        for (config, nodes) in self.destroys.clone() {
            for dependent in nodes {
                for dependency in self.stored_dependencies(dependent) {
                    if self.destroys.contains_key(&dependency) {
                        self.all_after(dependent, Purpose::Going, &dependency);
                        let first = Group::Destroys(config.clone());
                        self.groups.edge(first, Group::Destroys(dependency));
                    }
                }
            }
        }
    }

    /// Returns what the object of a node depended on when it was applied, and what it is to depend on.
    fn stored_dependencies(&self, node: usize) -> Vec<ConfigResource> {
        let Some(change) = self.change(node) else {
            return Vec::new();
        };
        let stored = self
            .prior
            .object(&change.address, change.deposed.as_ref())
            .map(|o| o.dependencies.clone());
        let mut all = stored.unwrap_or_default();
        for d in &change.dependencies {
            if !all.contains(d) {
                all.push(d.clone());
            }
        }
        all
    }

    fn replacement_edges(&mut self) {
        let mut by_change: BTreeMap<usize, (Option<usize>, Option<usize>)> = BTreeMap::new();
        for (n, kind) in self.kinds.iter().enumerate() {
            match kind {
                NodeKind::Commit(i) => by_change.entry(*i).or_default().0 = Some(n),
                NodeKind::Destroy(i) => by_change.entry(*i).or_default().1 = Some(n),
                NodeKind::Forget(_) | NodeKind::Join => {}
            }
        }
        for (i, pair) in by_change {
            let (Some(commit), Some(destroy), Some(change)) = (pair.0, pair.1, self.changes.get(i))
            else {
                continue;
            };
            let config = change.address.resource.config();
            let (commits, destroys) = (Group::Commits(config.clone()), Group::Destroys(config));
            if change.action == Action::CreateThenDelete {
                self.edge(commit, destroy);
                self.groups.edge(commits, destroys);
            } else {
                self.edge(destroy, commit);
                self.groups.edge(destroys, commits);
            }
        }
    }

    /// What goes and depended on something that is created or changed goes first: its destruction may need the old form.
    fn release_edges(&mut self) {
        for (config, nodes) in self.destroys.clone() {
            let group = Group::Destroys(config);
            let mut apart: BTreeMap<ConfigResource, bool> = BTreeMap::new();
            for destroy in nodes {
                let late = self
                    .change(destroy)
                    .is_none_or(|c| c.action == Action::CreateThenDelete);
                if late {
                    continue;
                }
                for dependency in self.stored_dependencies(destroy) {
                    if !self.commits.contains_key(&dependency) {
                        continue;
                    }
                    let commits = Group::Commits(dependency.clone());
                    let apart = apart
                        .entry(dependency.clone())
                        .or_insert_with(|| !self.groups.may_wait(&group, &commits));
                    if *apart {
                        self.all_after(destroy, Purpose::Released, &dependency);
                    } else {
                        self.each_after(destroy, Purpose::Released, &dependency);
                    }
                    self.groups.edge(group.clone(), commits);
                }
            }
        }
    }

    /// Like [`Self::all_after`], but leaves out those that `node` waits for itself.
    fn each_after(&mut self, node: usize, purpose: Purpose, config: &ConfigResource) {
        let Some(place) = self.change(node).map(|c| c.address.resource.module.clone()) else {
            return;
        };
        let depth = shared_calls(&place.path(), &config.module);
        let wanted = keys(&place, depth);
        for n in self.members(purpose, config) {
            let is_near = self
                .change(n)
                .is_some_and(|c| keys(&c.address.resource.module, depth) == wanted);
            if is_near && !self.reaches(node, n) {
                self.edge(node, n);
            }
        }
    }

    /// What depends on an old object changes over before the object goes.
    fn changeover_edges(&mut self) {
        let mut stored: BTreeMap<ConfigResource, Vec<(ConfigResource, usize)>> = BTreeMap::new();
        for (config, nodes) in &self.commits {
            for n in nodes {
                let updates = self
                    .change(*n)
                    .is_some_and(|c| matches!(c.action, Action::Update | Action::CreateThenDelete));
                if updates {
                    for d in self.stored_dependencies(*n) {
                        stored.entry(d).or_default().push((config.clone(), *n));
                    }
                }
            }
        }
        let going: Vec<ConfigResource> = self.destroys.keys().cloned().collect();
        for config in going {
            let group = Group::Destroys(config.clone());
            if !self.members(Purpose::Replaced, &config).is_empty() {
                for (dependent, n) in self.dependents(&config) {
                    self.all_after(n, Purpose::Replaced, &config);
                    self.groups.edge(Group::Commits(dependent), group.clone());
                }
            }
            if self.members(Purpose::Abandoned, &config).is_empty() {
                continue;
            }
            let mut apart: BTreeMap<ConfigResource, bool> = BTreeMap::new();
            for (dependent, n) in stored.remove(&config).unwrap_or_default() {
                let commits = Group::Commits(dependent.clone());
                let apart = apart
                    .entry(dependent)
                    .or_insert_with(|| !self.groups.may_wait(&commits, &group));
                if *apart {
                    self.all_after(n, Purpose::Abandoned, &config);
                } else {
                    self.each_after(n, Purpose::Abandoned, &config);
                }
                self.groups.edge(commits, group.clone());
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

    fn dependents(&self, config: &ConfigResource) -> Vec<(ConfigResource, usize)> {
        let Some(node) = self.static_node(config) else {
            return Vec::new();
        };
        self.statics
            .with_dependents([&node])
            .iter()
            .filter(|n| **n != node)
            .filter_map(|n| n.resource(self.program))
            .flat_map(|r| {
                let nodes = self.commits.get(&r).into_iter().flatten();
                nodes.map(|n| (r.clone(), *n)).collect::<Vec<_>>()
            })
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
                .filter(|name| !name.is_empty())
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

/// Tells whether the current object of an instance goes for good.
fn is_abandoned(change: &Change) -> bool {
    change.action == Action::Delete && change.deposed.is_none()
}
