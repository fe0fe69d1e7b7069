//! Deletes: of instances, of deposed objects, of everything.

use std::sync::Arc;

use bastionless_model::{base::Diagnostic, schema::Schema, value::Value};

use super::Settler;
use crate::{
    lang::{
        address::{AbsInstance, AbsResource, ModuleInstance, ProviderConfig},
        program::ResourceBlock,
    },
    plan::{
        Action, Change, Mode, Reason,
        world::{ModuleScope, expand},
    },
    state::Deposed,
};

impl Settler {
    /// Plans to destroy what the state holds of a resource in one module instance, whatever the configuration would make, and
    /// shows what it is to those that ask: outputs say what they were before everything goes.
    pub(super) fn destroy_instances(
        &mut self,
        module: &ModuleInstance,
        block: &ResourceBlock,
        schema: &Arc<Schema>,
    ) {
        for address in self.existing(module, &block.resource) {
            if self.is_selected(&address) {
                self.plan_delete(&address, &block.provider, schema, None, Some(block));
            }
        }
        // A wrong `count` stops no destroy.
        let keys = expand(&block.repetition, &ModuleScope::new(&self.world, module));
        let keys = keys.unwrap_or_default();
        self.world
            .expand_resource(module, &block.resource, keys.clone());
        let resource = AbsResource {
            module: module.clone(),
            resource: block.resource.clone(),
        };
        for (key, _) in keys.instances() {
            let address = (resource.instance(key.clone()), None);
            let before = self.changes.get(&address).map(|c| c.before.clone());
            let stored = || self.prior.object(&address.0, None)?.decode(schema).ok();
            let value = before
                .or_else(stored)
                .unwrap_or_else(|| Value::unknown(schema.block.implied_type()));
            self.world.set_resource(module, &block.resource, key, value);
        }
        self.world.seal_resource(module, &block.resource);
    }

    /// Plans to delete an instance, its deposed objects included.
    pub(super) fn plan_delete(
        &mut self,
        address: &AbsInstance,
        provider: &ProviderConfig,
        schema: &Arc<Schema>,
        reason: Option<Reason>,
        block: Option<&ResourceBlock>,
    ) {
        self.plan_deposed(address, provider, schema);
        let Some(live) = self.live(address, None, provider, schema) else {
            return;
        };
        let Some(before) = live.value else { return };
        if self.options.mode == Mode::RefreshOnly {
            return;
        }
        let guarded = block.and_then(|b| Some((b.header, b.lifecycle.prevent_destroy?)));
        if let Some((header, (true, span))) = guarded {
            self.conditions.diagnostics.push(
                Diagnostic::error("Instance cannot be destroyed", prevented(address))
                    .at(header)
                    .context(span, "it is forbidden here")
                    .address(address.to_string()),
            );
        }
        let mut change = self.removal(address, provider, Action::Delete, before, reason);
        change.create_before_destroy = live.object.create_before_destroy;
        change.dependencies = live.object.dependencies.clone();
        change.private = live.object.private.clone();
        self.changes.insert((address.clone(), None), change);
    }

    /// Plans to delete the deposed objects of an instance.
    pub(super) fn plan_deposed(
        &mut self,
        address: &AbsInstance,
        provider: &ProviderConfig,
        schema: &Arc<Schema>,
    ) {
        if !self.is_selected_deposed(address) {
            return;
        }
        let keys: Vec<Deposed> = self
            .prior
            .instance(address)
            .into_iter()
            .flat_map(|i| i.deposed.keys().cloned())
            .collect();
        for key in keys {
            let Some(live) = self.live(address, Some(&key), provider, schema) else {
                continue;
            };
            let Some(before) = live.value else { continue };
            if self.options.mode == Mode::RefreshOnly {
                continue;
            }
            let mut change = self.removal(address, provider, Action::Delete, before, None);
            change.deposed = Some(key.clone());
            change.create_before_destroy = live.object.create_before_destroy;
            change.dependencies = live.object.dependencies.clone();
            self.changes.insert((address.clone(), Some(key)), change);
        }
    }

    /// Makes the change that takes an object away.
    pub(super) fn removal(
        &self,
        address: &AbsInstance,
        provider: &ProviderConfig,
        action: Action,
        before: Value,
        reason: Option<Reason>,
    ) -> Change {
        let nothing = Value::null(before.type_of());
        Change {
            address: address.clone(),
            // Where everything goes, what was moved before is nobody's concern.
            previous: match self.options.mode {
                Mode::Destroy => None,
                _ => self.previous.get(address).cloned(),
            },
            deposed: None,
            provider: provider.clone(),
            action,
            reason,
            before,
            after: nothing.clone(),
            config: nothing,
            replace_paths: Vec::new(),
            importing: None,
            dependencies: Vec::new(),
            create_before_destroy: false,
            private: None,
        }
    }
}

/// The text for a destroy that `prevent_destroy` forbids.
pub(super) fn prevented(address: &AbsInstance) -> String {
    format!(
        "Resource {address} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option."
    )
}
