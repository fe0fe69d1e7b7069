//! `-target`.

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{Mode, Options, Settler};
use crate::lang::{
    address::{AbsInstance, ConfigResource, ModulePath},
    graph::{ConfigNode, NodeKind, StaticGraph},
    program::{ModuleId, Program},
};
use crate::state::Snapshot;

/// Returns the nodes that the targets select, with all that they depend on; `None` selects everything.
pub(super) fn select(
    program: &Program,
    graph: &StaticGraph,
    options: &Options,
    doomed: &BTreeSet<ConfigResource>,
) -> Option<BTreeSet<ConfigNode>> {
    if options.targets.is_empty() {
        return None;
    }
    let mut chosen = Vec::new();
    for node in graph.order() {
        let Some(config) = node.resource(program) else {
            continue;
        };
        let Some(module) = program.modules.get(node.module.0) else {
            continue;
        };
        if doomed.contains(&config) || options.targets.iter().any(|t| t.touches(module, &config)) {
            chosen.push(node.clone());
        }
    }
    let mut selected = graph.with_dependencies(&chosen);
    let outputs: Vec<ConfigNode> = graph
        .order()
        .filter(|n| matches!(n.kind, NodeKind::Output(_)) && n.module == ModuleId(0))
        .filter(|n| {
            let needs = graph.with_dependencies([*n]);
            let resources = |n: &&ConfigNode| matches!(n.kind, NodeKind::Resource(_));
            let mut resources = needs.iter().filter(resources).peekable();
            resources.peek().is_some() && resources.all(|r| selected.contains(r))
        })
        .cloned()
        .collect();
    selected.extend(graph.with_dependencies(&outputs));
    Some(selected)
}

/// Refuses targets that leave out objects which move: both their old and their new address must be covered.
pub(super) fn excluded_moves(
    options: &Options,
    previous: &BTreeMap<AbsInstance, AbsInstance>,
) -> Diagnostics {
    let is_covered = |i: &&AbsInstance| options.targets.iter().any(|t| t.covers(i));
    let ends = previous.iter().flat_map(|(to, from)| [from, to]);
    let missing: BTreeSet<String> = ends
        .filter(|i| !is_covered(i))
        .map(|i| format!("\n  -target={:?}", i.resource.to_string()))
        .collect();
    if options.targets.is_empty() || missing.is_empty() {
        return Diagnostics::default();
    }
    let missing: Vec<_> = missing.into_iter().collect();
    Diagnostic::error(
        "Moved resource instances excluded by targeting",
        format!("Resource instances in your current state have moved to new addresses in the latest configuration. Bastionless must include those resource instances while planning in order to ensure a correct result, but your -target=... options do not fully cover all of those resource instances.\n\nTo create a valid plan, either remove your -target=... options altogether or add the following additional target options:{}\n\nNote that adding these options may include further additional resource instances in your plan, in order to respect object dependencies.", missing.concat()),
    )
    .into()
}

/// Returns the resources of the state that go with those that targets name: what depends on them, as the state says. Nothing
/// where it is not a destroy.
pub(super) fn doomed(prior: &Snapshot, options: &Options) -> BTreeSet<ConfigResource> {
    let mut found = BTreeSet::new();
    if options.mode != Mode::Destroy {
        return found;
    }
    let mut named: BTreeSet<ConfigResource> = BTreeSet::new();
    for (address, _, _) in prior.instances() {
        if options.targets.iter().any(|t| t.covers(&address)) {
            named.insert(address.resource.config());
        }
    }
    loop {
        let before = found.len();
        for (address, _, instance) in prior.instances() {
            let resource = address.resource.config();
            let objects = instance.current.iter().chain(instance.deposed.values());
            let needs = objects.flat_map(|o| &o.dependencies);
            let mut needs = needs.filter(|d| **d != resource);
            if needs.any(|d| named.contains(d) || found.contains(d)) {
                found.insert(resource);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

impl Settler {
    /// Tells whether an instance is selected: by a target, or because a selected one depends on its resource.
    pub(super) fn is_selected(&self, address: &AbsInstance) -> bool {
        let Some(selected) = &self.selected else {
            return true;
        };
        if self.options.targets.iter().any(|t| t.covers(address)) {
            return true;
        }
        if self.options.mode == Mode::Destroy {
            return self.doomed.contains(&address.resource.config());
        }
        let path: ModulePath = address.resource.module.path();
        let Some(id) = self.world.module_at(&path) else {
            return false;
        };
        let node = ConfigNode::new(id, NodeKind::Resource(address.resource.resource.clone()));
        selected.contains(&node) && !self.is_targeted_elsewhere(&address.resource)
    }

    /// Tells whether targets name other instances of the resource only.
    fn is_targeted_elsewhere(&self, resource: &crate::lang::address::AbsResource) -> bool {
        let config = resource.config();
        let Some(module) = self
            .world
            .module_at(&config.module)
            .and_then(|id| self.world.module(id))
        else {
            return false;
        };
        self.options
            .targets
            .iter()
            .any(|t| t.touches(module, &config))
    }
}
