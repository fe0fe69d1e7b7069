//! `-target`.

use std::collections::BTreeSet;

use super::{Options, Settler};
use crate::lang::{
    address::{AbsInstance, ModulePath},
    graph::{ConfigNode, NodeKind, StaticGraph},
    program::{ModuleId, Program},
};

/// Returns the nodes that the targets select, with all that they depend on; `None` selects everything.
pub(super) fn select(
    program: &Program,
    graph: &StaticGraph,
    options: &Options,
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
        if options.targets.iter().any(|t| t.touches(module, &config)) {
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

impl Settler {
    /// Tells whether an instance is selected: by a target, or because a selected one depends on its resource.
    pub(super) fn is_selected(&self, address: &AbsInstance) -> bool {
        let Some(selected) = &self.selected else {
            return true;
        };
        if self.options.targets.iter().any(|t| t.covers(address)) {
            return true;
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
