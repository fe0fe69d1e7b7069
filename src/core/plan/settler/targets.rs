//! `-target`.

use std::collections::BTreeSet;

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
