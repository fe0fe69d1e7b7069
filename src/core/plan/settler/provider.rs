//! Provider configurations.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    cloud::OpError,
    schema::plan::Settings,
    value::Value,
};

use super::{Answer, Configured, Question, Read, ReadKey, Settler};
use crate::{
    lang::{
        address::{Provider, ProviderConfig},
        program::{LocalProvider, ModuleId},
    },
    plan::world::ModuleScope,
};

/// Tells whether a provider is part of the language and calls nothing.
pub(crate) fn is_builtin(provider: &Provider) -> bool {
    provider.is_builtin()
}

impl Settler {
    /// Configures a provider.
    pub(super) fn visit_provider(&mut self, id: ModuleId, local: &LocalProvider) -> Vec<Read> {
        let program = self.world.program().clone();
        let Some(block) = program
            .modules
            .get(id.0)
            .and_then(|m| m.providers.get(local))
        else {
            return Vec::new();
        };
        let address = block.address.clone();
        if self.providers.contains_key(&address) {
            return Vec::new();
        }
        if self.settle_provider(&address, block.header) {
            return Vec::new();
        }
        let Some(schema) = &block.schema else {
            return Vec::new();
        };
        let instance = self
            .world
            .instances_of(id)
            .first()
            .cloned()
            .unwrap_or_default();
        let (config, diagnostics) = match &block.body {
            Some(body) => ModuleScope::new(&self.world, &instance).decode(body, &schema.block),
            None => (empty(schema), Diagnostics::default()),
        };
        let failed = diagnostics.has_errors();
        self.conditions.diagnostics.extend(diagnostics);
        if failed {
            return Vec::new();
        }
        self.configure(&address, block.with_products(config))
    }

    /// Configures a provider that no block and no resource names: an object of the state needs it.
    pub(super) fn imply_provider(&mut self, address: &ProviderConfig) -> Vec<Read> {
        if self.providers.contains_key(address) || self.settle_provider(address, none()) {
            return Vec::new();
        }
        let schema = self.catalogue.provider(&address.provider.name);
        match schema {
            Some(schema) if address.alias.is_none() && address.module.is_root() => {
                self.configure(address, empty(&schema))
            }
            _ => Vec::new(),
        }
    }

    /// Takes over the answer of the provider; says whether there was one, or none is needed.
    fn settle_provider(&mut self, address: &ProviderConfig, at: Span) -> bool {
        if is_builtin(&address.provider) {
            self.providers.insert(
                address.clone(),
                Configured {
                    settings: Arc::new(Settings::default()),
                    usable: true,
                },
            );
            return true;
        }
        let key = ReadKey::Provider(address.clone());
        match self.answers.get(&key) {
            None => false,
            Some(Answer::Configured { region }) => {
                let region = region.clone();
                if let Some(config) = self.provider_configs.get(address) {
                    let settings = Arc::new(Settings::from_provider(config, region.as_deref()));
                    self.providers.insert(
                        address.clone(),
                        Configured {
                            settings,
                            usable: true,
                        },
                    );
                }
                true
            }
            Some(Answer::Failed(e)) => {
                let d = failed(address, e);
                self.failed_providers.insert(address.clone());
                self.conditions
                    .diagnostics
                    .push(if at == none() { d } else { d.or_at(at) });
                true
            }
            Some(_) => true,
        }
    }

    fn configure(&mut self, address: &ProviderConfig, config: Value) -> Vec<Read> {
        let config = config.unmark_deep().0;
        self.provider_configs
            .insert(address.clone(), config.clone());
        if self.options.offline || !config.is_wholly_known() {
            let settings = Arc::new(Settings::from_provider(&config, None));
            self.providers.insert(
                address.clone(),
                Configured {
                    settings,
                    usable: false,
                },
            );
            return Vec::new();
        }
        let key = ReadKey::Provider(address.clone());
        vec![Read {
            key,
            question: Question::Configure {
                provider: address.clone(),
                config,
            },
        }]
    }

    /// Returns the objects of the state that can be read now and were not asked for: those of newly configured providers.
    pub(super) fn refreshes(&mut self) -> Vec<Read> {
        if !self.is_refreshing() {
            return Vec::new();
        }
        let new: Vec<ProviderConfig> = self
            .providers
            .iter()
            .filter(|(p, c)| {
                c.usable && !is_builtin(&p.provider) && !self.refreshed_providers.contains(*p)
            })
            .map(|(p, _)| p.clone())
            .collect();
        let mut reads = Vec::new();
        for provider in new {
            reads.extend(self.refreshes_of(&provider));
            self.refreshed_providers.insert(provider);
        }
        self.fresh(reads)
    }

    fn refreshes_of(&self, provider: &ProviderConfig) -> Vec<Read> {
        let managed = self
            .prior
            .resources
            .iter()
            .filter(|(r, _)| r.resource.mode == crate::lang::address::Mode::Managed);
        let mut reads = Vec::new();
        for (resource, state) in managed {
            if self.provider_for(resource, state) != *provider {
                continue;
            }
            for (key, instance) in &state.instances {
                let address = resource.instance(key.clone());
                if !self.is_selected(&address) {
                    continue;
                }
                let current = instance.current.iter().map(|o| (None, o));
                let deposed = instance.deposed.iter().map(|(k, o)| (Some(k.clone()), o));
                for (deposed, object) in current.chain(deposed) {
                    reads.extend(self.observe(&address, deposed, provider, object));
                }
            }
        }
        reads
    }

    /// Returns the provider configuration of a resource of the state: the configuration's, or the recorded one.
    pub(super) fn provider_for(
        &self,
        resource: &crate::lang::address::AbsResource,
        state: &crate::state::ResourceState,
    ) -> ProviderConfig {
        let module = self
            .world
            .module_at(&resource.module.path())
            .and_then(|id| self.world.module(id));
        module
            .and_then(|m| m.resources.get(&resource.resource))
            .map_or_else(|| state.provider.clone(), |b| b.provider.clone())
    }
}

/// An object of the schema's type in which nothing is set.
pub(crate) fn empty(schema: &bastionless_model::schema::Schema) -> Value {
    schema.block.empty_value()
}

fn none() -> Span {
    Span::new(bastionless_model::base::SourceId(u32::MAX), 0, 0)
}

fn failed(address: &ProviderConfig, error: &OpError) -> Diagnostic {
    Diagnostic::error(
        "Invalid provider configuration",
        format!("{address}: {error}."),
    )
    .address(address.to_string())
}
