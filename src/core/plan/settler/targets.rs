//! `-target`.

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{Mode, Options, Settler};
use crate::lang::{
    address::{AbsInstance, AbsResource, ConfigResource, ModulePath},
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
    prior: &Snapshot,
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
    let littered = littered(program, options, prior);
    let outputs: Vec<ConfigNode> = graph
        .order()
        .filter(|n| matches!(n.kind, NodeKind::Output(_)) && n.module == ModuleId(0))
        .filter(|n| {
            let needs = graph.with_dependencies([*n]);
            let resources = |n: &&ConfigNode| matches!(n.kind, NodeKind::Resource(_));
            let mut resources = needs.iter().filter(resources).peekable();
            resources.peek().is_some()
                && resources.all(|r| selected.contains(r))
                && needs.intersection(&littered).all(|m| selected.contains(m))
        })
        .cloned()
        .collect();
    selected.extend(graph.with_dependencies(&outputs));
    Some(selected)
}

/// Returns the modules, as what comes after everything in them, that hold objects without a block which no target names.
fn littered(program: &Program, options: &Options, prior: &Snapshot) -> BTreeSet<ConfigNode> {
    let module_of = |path: &ModulePath| program.modules.iter().find(|m| m.path == *path);
    prior
        .instances()
        .filter(|(address, _, _)| !options.targets.iter().any(|t| t.covers(address)))
        .filter_map(|(address, _, _)| {
            let path = address.resource.module.path();
            let module = module_of(&path)?;
            let call = path.0.last()?.clone();
            let orphan = !module.resources.contains_key(&address.resource.resource);
            orphan.then_some(ConfigNode::new(module.parent?, NodeKind::Close(call)))
        })
        .collect()
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
    /// Tells whether an instance that the configuration makes, or of a block that makes others, is selected: by a target, or
    /// because a selected one depends on its resource.
    pub(super) fn is_selected(&self, address: &AbsInstance) -> bool {
        if self.selected.is_none() || self.is_targeted(address) {
            return true;
        }
        if self.options.mode == Mode::Destroy {
            return self.doomed.contains(&address.resource.config());
        }
        self.is_selected_block(&address.resource) && !self.is_targeted_elsewhere(&address.resource)
    }

    /// Tells whether an object that the configuration has nothing for is selected: by a target, because its block is and only
    /// its module instance is gone, or because something waits for all of its module.
    pub(super) fn is_selected_orphan(&self, address: &AbsInstance) -> bool {
        if self.selected.is_none() || self.is_targeted(address) {
            return true;
        }
        if self.options.mode == Mode::Destroy {
            return self.doomed.contains(&address.resource.config());
        }
        match self.has_block(&address.resource) {
            true => self.is_selected_block(&address.resource),
            false => self.is_awaited(&address.resource.module.path()),
        }
    }

    /// Tells whether what is left of an instance beside its current object is selected: nothing depends on that.
    pub(super) fn is_selected_deposed(&self, address: &AbsInstance) -> bool {
        self.selected.is_none()
            || self.is_targeted(address)
            || self.is_awaited(&address.resource.module.path())
    }

    /// Tells whether a target names an instance, or something that it is in.
    pub(super) fn is_targeted(&self, address: &AbsInstance) -> bool {
        self.options.targets.iter().any(|t| t.covers(address))
    }

    /// Tells whether the block of a resource is selected; without targets all are.
    pub(super) fn is_selected_block(&self, resource: &AbsResource) -> bool {
        let Some(selected) = &self.selected else {
            return true;
        };
        let id = self.world.module_at(&resource.module.path());
        id.is_some_and(|id| {
            let kind = NodeKind::Resource(resource.resource.clone());
            selected.contains(&ConfigNode::new(id, kind))
        })
    }

    /// Tells whether something selected comes after everything in a module.
    fn is_awaited(&self, path: &ModulePath) -> bool {
        let Some((call, _)) = path.0.split_last() else {
            return false;
        };
        let id = self.world.module_at(path);
        let parent = id.and_then(|id| self.world.module(id)?.parent);
        parent
            .zip(self.selected.as_ref())
            .is_some_and(|(parent, selected)| {
                selected.contains(&ConfigNode::new(parent, NodeKind::Close(call.clone())))
            })
    }

    /// Tells whether targets name other instances of the resource only.
    fn is_targeted_elsewhere(&self, resource: &AbsResource) -> bool {
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
