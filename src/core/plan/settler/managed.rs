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
            let keys = if self.options.mode == Mode::Destroy {
                self.stored_keys(&module, block)
            } else {
                expand(&block.repetition, &ModuleScope::new(&self.world, &module)).unwrap_or_else(
                    |d| {
                        self.conditions.diagnostics.extend(d);
                        Keys::Unknown
                    },
                )
            };
            let fits = keys
                .instances()
                .iter()
                .all(|(key, _)| unfit(block, key).is_none());
            // What is destroyed may have other keys than what is written; then its value is not known.
            let shown = if fits { keys.clone() } else { Keys::Unknown };
            self.world.expand_resource(&module, resource, shown);
            let Some(schema) = self.known_type(block, &keys, &module) else {
                continue;
            };
            self.plan_instances(&node, block, &schema, &module, &keys);
            self.world.seal_resource(&module, resource);
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

    /// The instances of the state, for a destroy: what the configuration would make does not matter.
    fn stored_keys(&self, module: &ModuleInstance, block: &ResourceBlock) -> Keys {
        let keys: Vec<Key> = self
            .existing(module, &block.resource)
            .into_iter()
            .map(|a| a.key)
            .collect();
        super::destroy::keys_of(&keys)
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
            if made.contains(&key) && self.options.mode != Mode::Destroy {
                self.plan_deposed(&resource.instance(key), &block.provider, schema);
                continue;
            }
            let address = resource.instance(key);
            if !self.is_selected(&address) {
                continue;
            }
            let reason = match self.options.mode {
                Mode::Destroy => None,
                _ => Some(superfluous(keys, &address.key)),
            };
            self.plan_delete(&address, &block.provider, schema, reason, Some(block));
            if self.options.mode == Mode::Destroy
                && let Some(change) = self.changes.get(&(address.clone(), None))
                && unfit(block, &address.key).is_none()
            {
                // Outputs say what they were before everything goes.
                let value = change.before.clone();
                self.world
                    .set_resource(module, &block.resource, address.key.clone(), value);
            }
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
