//! Visiting what a change needs, in the module instances that it can see.

use std::collections::BTreeSet;

use bastionless_model::{base::Diagnostics, schema::Schema, value::Value};

use super::Finaliser;
use crate::{
    lang::{
        address::{AbsResource, Key, ModuleInstance, Resource},
        graph::{ConfigNode, NodeKind},
        program::ResourceBlock,
    },
    plan::{
        Action, settler,
        world::{Keys, ModuleScope, expand},
    },
    state::{Snapshot, sensitive_paths},
};

/// A node in the instances of its module that are inside a module instance, or are it.
///
/// What one instance of a module needs is evaluated for that instance alone: the cost of a change does not grow with the number of
/// instances beside it.
pub(super) type Part = (ConfigNode, ModuleInstance);

impl Finaliser {
    /// Visits everything that a node depends on in one module instance; what was provisional is visited again.
    pub(super) fn ensure_before(
        &mut self,
        node: &ConfigNode,
        module: &ModuleInstance,
        state: &Snapshot,
    ) {
        self.provisional.clear();
        for (n, outer) in self.before(node, module) {
            self.ensure(&n, &outer, state);
        }
    }

    /// Returns what a node depends on, with the instances that it can see: those inside the innermost instance that holds both.
    fn before(&self, node: &ConfigNode, outer: &ModuleInstance) -> Vec<Part> {
        let path = |n: &ConfigNode| self.world.module(n.module).map(|m| &m.path);
        let own = path(node);
        let common = |n: &ConfigNode| match (own, path(n)) {
            (Some(a), Some(b)) => a.0.iter().zip(&b.0).take_while(|(a, b)| a == b).count(),
            _ => 0,
        };
        self.graph
            .dependencies(node)
            .map(|n| (n.clone(), outer.outer(common(n))))
            .collect()
    }

    fn is_visited(&self, part: &Part) -> bool {
        holds(&self.done, part) || holds(&self.provisional, part)
    }

    /// Tells whether changes of a resource in these instances are still to be applied.
    fn is_pending(&self, (node, outer): &Part) -> bool {
        self.pending.get(node).is_some_and(|modules| {
            let next = modules.range(outer..).next();
            next.is_some_and(|(module, _)| module.is_in(outer))
        })
    }

    /// Visits a node after everything that it depends on; nodes that were visited are passed over. Without recursion: chains are long.
    pub(super) fn ensure(&mut self, node: &ConfigNode, outer: &ModuleInstance, state: &Snapshot) {
        let mut stack = vec![((node.clone(), outer.clone()), false)];
        while let Some((part, ready)) = stack.pop() {
            if self.is_visited(&part) {
                continue;
            }
            let (n, outer) = &part;
            let mut before = self.before(n, outer);
            if ready {
                self.visit(n, outer, state);
                let waits =
                    self.is_pending(&part) || before.iter().any(|d| holds(&self.provisional, d));
                if waits {
                    self.provisional.insert(part);
                } else {
                    self.done.insert(part);
                }
                continue;
            }
            before.retain(|d| !self.is_visited(d));
            stack.push((part, true));
            stack.extend(before.into_iter().map(|d| (d, false)));
        }
    }

    fn visit(&mut self, node: &ConfigNode, outer: &ModuleInstance, state: &Snapshot) {
        let id = node.module;
        match &node.kind {
            NodeKind::Call(name) => {
                self.world
                    .expand_call(id, outer, name, &mut self.conditions.diagnostics)
            }
            NodeKind::Variable(name) => {
                self.world
                    .evaluate_variable(id, outer, name, &mut self.conditions)
            }
            NodeKind::Local(name) => {
                self.world
                    .evaluate_local(id, outer, name, &mut self.conditions.diagnostics)
            }
            NodeKind::Output(name) => {
                self.world
                    .evaluate_output(id, outer, name, &mut self.conditions)
            }
            NodeKind::Resource(resource) => self.take_from_state(node, outer, resource, state),
            NodeKind::Check(name) => {
                settler::check_node(&self.world, id, name, &mut self.conditions)
            }
            NodeKind::Provider(_) | NodeKind::Close(_) => {}
        }
    }

    pub(super) fn expand(
        &mut self,
        node: &ConfigNode,
        outer: &ModuleInstance,
        block: &ResourceBlock,
    ) -> Diagnostics {
        let mut problems = Diagnostics::default();
        for module in self.world.instances_in(node.module, outer) {
            if !self.expanded.insert((node.clone(), module.clone())) {
                continue;
            }
            let keys = expand(&block.repetition, &ModuleScope::new(&self.world, &module))
                .unwrap_or_else(|d| {
                    problems.extend(d);
                    Keys::Unknown
                });
            self.world.expand_resource(&module, &block.resource, keys);
        }
        problems
    }

    /// Puts the values of a resource's instances into the world, as the state has them now.
    fn take_from_state(
        &mut self,
        node: &ConfigNode,
        outer: &ModuleInstance,
        resource: &Resource,
        state: &Snapshot,
    ) {
        let program = self.world.program().clone();
        let Some(block) = program
            .modules
            .get(node.module.0)
            .and_then(|m| m.resources.get(resource))
        else {
            return;
        };
        let problems = self.expand(node, outer, block);
        self.conditions.diagnostics.extend(problems);
        let Some(schema) = &block.schema else { return };
        for module in self.world.instances_in(node.module, outer) {
            let address = AbsResource {
                module: module.clone(),
                resource: resource.clone(),
            };
            let keys = self
                .world
                .resource_keys(&module, resource)
                .cloned()
                .unwrap_or_default();
            if self.is_partial() {
                self.take_existing(&address, &keys, state, schema);
                continue;
            }
            for (key, _) in keys.instances() {
                let value = value_in(state, &address, &key, schema);
                self.world.set_resource(&module, resource, key, value);
            }
            self.world.seal_resource(&module, resource);
        }
    }

    /// Puts in the instances of a resource that exist or are still to be made: a plan that leaves some alone makes no others.
    fn take_existing(
        &mut self,
        resource: &AbsResource,
        keys: &Keys,
        state: &Snapshot,
        schema: &Schema,
    ) {
        let indices = self.partial.get(resource).into_iter().flatten();
        let changes = indices.filter_map(|i| self.plan.changes.get(*i));
        let (going, made): (Vec<_>, Vec<_>) = changes
            .filter(|c| c.deposed.is_none())
            .partition(|c| matches!(c.action, Action::Delete | Action::Forget));
        let going: BTreeSet<&Key> = going.iter().map(|c| &c.address.key).collect();
        let stored = state.resources.get(resource);
        let stored = stored.into_iter().flat_map(|s| s.instances.keys());
        let single = matches!(keys, Keys::Single).then_some(Key::None);
        let shown: BTreeSet<Key> = made
            .iter()
            .map(|c| &c.address.key)
            .chain(stored)
            .filter(|key| !going.contains(key))
            .cloned()
            .chain(single)
            .filter(|key| {
                matches!(
                    (keys, key),
                    (Keys::Single, Key::None)
                        | (Keys::Count(_), Key::Int(_))
                        | (Keys::ForEach(_), Key::Str(_))
                )
            })
            .collect();
        for key in shown {
            let value = value_in(state, resource, &key, schema);
            let (module, name) = (&resource.module, &resource.resource);
            self.world.set_resource(module, name, key, value);
        }
        self.world
            .seal_existing(&resource.module, &resource.resource);
    }
}

/// Tells whether a node is in a set with these instances, or with more.
fn holds(set: &BTreeSet<Part>, (node, outer): &Part) -> bool {
    (0..=outer.0.len())
        .rev()
        .any(|depth| set.contains(&(node.clone(), outer.outer(depth))))
}

fn value_in(state: &Snapshot, resource: &AbsResource, key: &Key, schema: &Schema) -> Value {
    let unknown = || Value::unknown(schema.block.implied_type());
    let Some(object) = state.object(&resource.instance(key.clone()), None) else {
        return unknown();
    };
    let Ok(value) = object.decode(schema) else {
        return unknown();
    };
    let paths = sensitive_paths(&value, schema);
    value.mark_with_paths(&paths)
}
