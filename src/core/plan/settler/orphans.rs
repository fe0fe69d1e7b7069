//! Objects of the state that no block of the configuration stands for any more.

use std::sync::Arc;

use bastionless_model::base::Diagnostic;

use super::{Read, Settler};
use crate::{
    lang::{
        address::{
            AbsInstance, AbsResource, Mode as ResourceMode, ModuleInstance, ModulePath,
            ProviderConfig,
        },
        graph::{ConfigNode, NodeKind},
        program::{Removed, RemovedFrom, ResourceBlock},
    },
    plan::{Action, Mode, Reason},
};

impl Settler {
    /// Plans what happens to orphans; returns what must be read before.
    pub(super) fn orphans(&mut self) -> Vec<Read> {
        if std::mem::replace(&mut self.orphans_done, true) {
            return Vec::new();
        }
        let orphans: Vec<(AbsResource, ProviderConfig)> = self
            .prior
            .resources
            .iter()
            .filter(|(r, _)| !self.is_configured(r))
            .map(|(r, s)| (r.clone(), s.provider.clone()))
            .collect();
        let mut reads = Vec::new();
        for (resource, provider) in &orphans {
            if resource.resource.mode == ResourceMode::Managed {
                reads.extend(self.imply_provider(provider));
                let keys = self
                    .prior
                    .resources
                    .get(resource)
                    .into_iter()
                    .flat_map(|s| s.instances.keys());
                let addresses: Vec<AbsInstance> = keys
                    .map(|k| resource.instance(k.clone()))
                    .filter(|a| self.is_selected_orphan(a))
                    .collect();
                if self.providers.contains_key(provider) {
                    reads.extend(self.unread(&addresses, provider));
                }
            }
        }
        reads.retain(|r| !self.asked.contains(&r.key));
        if !reads.is_empty() {
            self.orphans_done = false;
            return reads;
        }
        for (resource, provider) in orphans {
            match resource.resource.mode {
                ResourceMode::Data => self.forget_data(&resource),
                ResourceMode::Managed => self.plan_orphan(&resource, &provider),
            }
        }
        Vec::new()
    }

    /// Takes a data source out of the state that the configuration has no more.
    fn forget_data(&mut self, resource: &AbsResource) {
        let state = self.prior.resources.get(resource);
        let keys: Vec<_> = state.into_iter().flat_map(|s| s.instances.keys()).collect();
        let mut addresses = keys.into_iter().map(|k| resource.instance(k.clone()));
        if addresses.any(|a| self.is_selected_orphan(&a)) {
            self.prior.resources.remove(resource);
        }
    }

    /// Tells whether the walk dealt with a resource of the state, or left it alone because it is not selected.
    fn is_configured(&self, resource: &AbsResource) -> bool {
        let Some(id) = self.world.module_at(&resource.module.path()) else {
            return false;
        };
        let block = self
            .world
            .module(id)
            .and_then(|m| m.resources.get(&resource.resource));
        block.is_some_and(|b| !b.problems.has_errors())
            && (self.world.has_module(&resource.module) || !self.is_selected_block(resource))
    }

    fn plan_orphan(&mut self, resource: &AbsResource, provider: &ProviderConfig) {
        let Some(schema) = self.catalogue.managed(&resource.resource.type_name) else {
            let text = format!(
                "The state holds {resource}, of a type that this version does not manage. Manage it with Terraform in a configuration of its own, or forget it with `state rm`."
            );
            self.conditions
                .diagnostics
                .push(Diagnostic::error("Unsupported resource type", text));
            return;
        };
        if !self.providers.contains_key(provider) || !self.is_declared(provider) {
            let text = format!(
                "To work with {resource} (orphan) its original provider configuration at {provider} is required, but it has been removed. This occurs when a provider configuration is removed while objects created by that provider still exist in the state. Re-add the provider configuration to destroy {resource} (orphan), after which you can remove the provider configuration again."
            );
            if !self.conditions.diagnostics.has_errors() {
                self.conditions.diagnostics.push(Diagnostic::error(
                    "Provider configuration not present",
                    text,
                ));
            }
            return;
        }
        let removed = self
            .world
            .program()
            .removed
            .iter()
            .find(|r| names(r, resource))
            .cloned();
        let keys: Vec<_> = self
            .prior
            .resources
            .get(resource)
            .into_iter()
            .flat_map(|s| s.instances.keys().cloned())
            .collect();
        for key in keys {
            let address = resource.instance(key);
            if !self.is_selected_orphan(&address) {
                continue;
            }
            let reason = self.orphan_reason(&address);
            match &removed {
                Some(r) if !r.destroy && self.options.mode == Mode::Normal => {
                    self.plan_forget(&address, provider, &schema, reason)
                }
                _ => {
                    let reason = (self.options.mode != Mode::Destroy).then_some(reason);
                    // Where only the module instance is gone, its block still says what must not go.
                    let block = self.block_of(resource);
                    let said = self.conditions.diagnostics.0.len();
                    self.plan_delete(&address, provider, &schema, reason, block.as_ref());
                    if self.conditions.diagnostics.0.len() > said {
                        self.failed.extend(self.node_of(resource));
                    }
                }
            }
        }
    }

    /// Tells whether the configuration still says how to call a provider; without an alias nothing needs to be said.
    fn is_declared(&self, provider: &ProviderConfig) -> bool {
        let module = || self.world.module(self.world.module_at(&provider.module)?);
        provider.alias.is_none()
            || module().is_some_and(|m| {
                m.providers.keys().any(|local| {
                    let source = m.provider_sources.get(&local.name);
                    local.alias == provider.alias && source.is_none_or(|p| *p == provider.provider)
                })
            })
    }

    fn orphan_reason(&self, address: &AbsInstance) -> Reason {
        if !self.has_block(&address.resource) {
            return match self.previous.contains_key(address) {
                true => Reason::DeleteBecauseNoMoveTarget,
                false => Reason::DeleteBecauseNoResourceConfig,
            };
        }
        if !self.module_exists(&address.resource.module) {
            return Reason::DeleteBecauseNoModule;
        }
        Reason::DeleteBecauseNoResourceConfig
    }

    pub(super) fn has_block(&self, resource: &AbsResource) -> bool {
        let id = self.world.module_at(&resource.module.path());
        id.and_then(|id| self.world.module(id))
            .is_some_and(|m| m.resources.contains_key(&resource.resource))
    }

    fn node_of(&self, resource: &AbsResource) -> Option<ConfigNode> {
        let id = self.world.module_at(&resource.module.path())?;
        let kind = NodeKind::Resource(resource.resource.clone());
        Some(ConfigNode::new(id, kind))
    }

    fn block_of(&self, resource: &AbsResource) -> Option<ResourceBlock> {
        let id = self.world.module_at(&resource.module.path())?;
        let module = self.world.module(id)?;
        module.resources.get(&resource.resource).cloned()
    }

    fn module_exists(&self, module: &ModuleInstance) -> bool {
        self.world.has_module(module)
    }

    fn plan_forget(
        &mut self,
        address: &AbsInstance,
        provider: &ProviderConfig,
        schema: &Arc<bastionless_model::schema::Schema>,
        reason: Reason,
    ) {
        let Some(before) = self
            .live(address, None, provider, schema)
            .and_then(|l| l.value)
        else {
            return;
        };
        let change = self.removal(address, provider, Action::Forget, before, Some(reason));
        self.changes.insert((address.clone(), None), change);
    }
}

fn names(removed: &Removed, resource: &AbsResource) -> bool {
    match &removed.from {
        RemovedFrom::Resource(r) => *r == resource.config(),
        RemovedFrom::Module(ModulePath(path)) => {
            let own = resource.module.path().0;
            own.len() >= path.len() && own.iter().zip(path).all(|(a, b)| a == b)
        }
    }
}
