//! Managed resources: which instances there are and which go.

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::{base::Diagnostic, schema::Schema};

use super::{Read, Settler};
use crate::{
    lang::{
        address::{AbsInstance, AbsResource, Key, ModuleInstance, Resource},
        graph::{ConfigNode, NodeKind},
        program::{ModuleId, ResourceBlock},
    },
    plan::{
        Mode, Reason,
        imports::unfit,
        world::{Keys, ModuleScope, expand},
    },
};

impl Settler {
    /// Plans all instances of a managed resource, once everything that they are read from is there.
    pub(super) fn visit_managed(&mut self, id: ModuleId, resource: &Resource) -> Vec<Read> {
        let program = self.world.program().clone();
        let Some(block) = program
            .modules
            .get(id.0)
            .and_then(|m| m.resources.get(resource))
        else {
            return Vec::new();
        };
        let modules = self.world.instances_of(id);
        let existing: Vec<AbsInstance> = modules
            .iter()
            .flat_map(|m| self.existing(m, resource))
            .collect();
        let mut wanted = self.unread(&existing, &block.provider);
        wanted.extend(self.prepare_imports(id, block));
        if !wanted.is_empty() {
            return wanted;
        }
        let node = ConfigNode::new(id, NodeKind::Resource(resource.clone()));
        for module in modules {
            if self.options.mode == Mode::Destroy {
                if let Some(schema) = self.known_type(block, &Keys::Unknown, &module) {
                    self.destroy_instances(&module, block, &schema);
                }
                continue;
            }
            let keys = expand(&block.repetition, &ModuleScope::new(&self.world, &module))
                .unwrap_or_else(|d| {
                    self.conditions.diagnostics.extend(d);
                    Keys::Unknown
                });
            self.world.expand_resource(&module, resource, keys.clone());
            let Some(schema) = self.known_type(block, &keys, &module) else {
                continue;
            };
            self.plan_instances(&node, block, &schema, &module, &keys);
            if self.options.mode == Mode::Normal && self.selected.is_none() {
                self.world.seal_resource(&module, resource);
            } else {
                self.show_existing(&module, block, &schema, &keys);
            }
        }
        Vec::new()
    }

    /// Returns the instances of a resource that the state holds in one module instance.
    pub(super) fn existing(
        &self,
        module: &ModuleInstance,
        resource: &Resource,
    ) -> Vec<AbsInstance> {
        let resource = AbsResource {
            module: module.clone(),
            resource: resource.clone(),
        };
        let state = self.prior.resources.get(&resource);
        state
            .into_iter()
            .flat_map(|s| s.instances.keys())
            .map(|k| resource.instance(k.clone()))
            .collect()
    }

    /// Returns the schema, or reports a type that we do not have if there are instances of it.
    fn known_type(
        &mut self,
        block: &ResourceBlock,
        keys: &Keys,
        module: &ModuleInstance,
    ) -> Option<Arc<Schema>> {
        if let Some(schema) = &block.schema {
            return Some(schema.clone());
        }
        let stored = !self.existing(module, &block.resource).is_empty();
        if stored || !keys.instances().is_empty() {
            let detail = format!(
                "This version does not manage `{}`. Switch the resource off with `count = 0`, or keep it in a configuration of its own that Terraform manages.",
                block.resource.type_name
            );
            let d = Diagnostic::error("Unsupported resource type", detail).at(block.header);
            if !self.conditions.diagnostics.0.contains(&d) {
                self.conditions.diagnostics.push(d);
            }
        }
        None
    }

    /// Puts the value of a resource together of the instances that exist: those that are not selected, or that nothing is done
    /// to, stay as they are, and are not made.
    fn show_existing(
        &mut self,
        module: &ModuleInstance,
        block: &ResourceBlock,
        schema: &Arc<Schema>,
        keys: &Keys,
    ) {
        for address in self.existing(module, &block.resource) {
            let planned = self.changes.contains_key(&(address.clone(), None))
                || keys.each(&address.key).is_some();
            if planned || unfit(block, &address.key).is_some() {
                continue;
            }
            let live = self.live(&address, None, &block.provider, schema);
            if let Some(value) = live.and_then(|l| l.value) {
                self.world
                    .set_resource(module, &block.resource, address.key, value);
            }
        }
        self.world.seal_existing(module, &block.resource);
    }

    fn plan_instances(
        &mut self,
        node: &ConfigNode,
        block: &ResourceBlock,
        schema: &Arc<Schema>,
        module: &ModuleInstance,
        keys: &Keys,
    ) {
        let resource = AbsResource {
            module: module.clone(),
            resource: block.resource.clone(),
        };
        let existing: Vec<Key> = self
            .existing(module, &block.resource)
            .into_iter()
            .map(|a| a.key)
            .collect();
        let wanted = keys.instances();
        for (key, each) in &wanted {
            let address = resource.instance(key.clone());
            let instance = super::instance::Instance {
                node,
                block,
                schema,
                module,
                address,
                each: each.clone(),
            };
            self.plan_instance(&instance);
        }
        if matches!(keys, Keys::Unknown) {
            return;
        }
        let made: BTreeSet<&Key> = wanted.iter().map(|(k, _)| k).collect();
        for key in existing {
            if made.contains(&key) {
                self.plan_deposed(&resource.instance(key), &block.provider, schema);
                continue;
            }
            let address = resource.instance(key);
            if !self.is_selected(&address) {
                continue;
            }
            let reason = Some(superfluous(keys, &address.key));
            self.plan_delete(&address, &block.provider, schema, reason, Some(block));
        }
    }
}

/// Says why an instance that the configuration does not make goes.
fn superfluous(keys: &Keys, key: &Key) -> Reason {
    match (keys, key) {
        (Keys::Count(_), Key::Int(_)) => Reason::DeleteBecauseCountIndex,
        (Keys::ForEach(_), Key::Str(_)) => Reason::DeleteBecauseEachKey,
        _ => Reason::DeleteBecauseWrongRepetition,
    }
}
