//! Which provider configuration a name inside a module stands for.

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::base::{Diagnostic, Diagnostics, Span};

use super::tree::{Tree, TreeModule};
use crate::lang::{
    address::{Provider, ProviderConfig},
    blocks::{RawCall, RawModule, RawProvider},
    program::{LocalProvider, ModuleId, Repetition},
};

/// The provider names of all modules.
pub(super) struct Providers<'a> {
    tree: &'a Tree,
}

impl<'a> Providers<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self { tree }
    }

    fn get(&self, id: ModuleId) -> Option<&'a TreeModule> {
        self.tree.modules.get(id.0)
    }

    fn call(&self, module: &TreeModule) -> Option<(ModuleId, &'a RawCall)> {
        let parent = module.parent?;
        let call = self.get(parent)?.raw.calls.get(module.path.0.last()?)?;
        Some((parent, call))
    }

    /// Returns the configuration that a name stands for; `None` where there is none.
    pub(super) fn resolve(&self, id: ModuleId, local: &LocalProvider) -> Option<ProviderConfig> {
        let module = self.get(id)?;
        let provider = provider_of(&module.raw, &local.name);
        let names = if local.alias.is_none() {
            // Default configurations are inherited by provider, whatever its local name.
            let mut names = names_of(&module.raw, &provider);
            names.insert(local.name.clone());
            names
        } else {
            BTreeSet::from([local.name.clone()])
        };
        let names = names.into_iter().map(|name| LocalProvider {
            name,
            alias: local.alias.clone(),
        });
        let call = self.call(module);
        for name in names {
            let own = module.raw.providers.get(&name);
            let passed = call.and_then(|(parent, call)| {
                let (_, outer, _) = call.providers.iter().find(|(inner, ..)| *inner == name)?;
                Some((parent, outer))
            });
            match (own, passed) {
                (Some(own), Some((parent, outer))) if own.is_empty => {
                    return self.resolve(parent, outer);
                }
                (Some(_), _) => return Some(config(module, provider, local.alias.clone())),
                (None, Some((parent, outer))) => return self.resolve(parent, outer),
                (None, None) => {}
            }
        }
        match (module.parent, &local.alias) {
            (_, Some(_)) => None,
            (None, None) => Some(config(module, provider, None)),
            (Some(parent), None) => {
                let above = self.get(parent)?;
                let name = names_of(&above.raw, &provider)
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| provider.to_string().into());
                // A name that the parent does not know stands for the provider itself.
                self.resolve_default(parent, name, provider)
            }
        }
    }

    fn resolve_default(
        &self,
        id: ModuleId,
        name: Arc<str>,
        provider: Provider,
    ) -> Option<ProviderConfig> {
        let module = self.get(id)?;
        if provider_of(&module.raw, &name) == provider {
            return self.resolve(id, &LocalProvider { name, alias: None });
        }
        match module.parent {
            Some(parent) => {
                let above = self.get(parent)?;
                let name = names_of(&above.raw, &provider).into_iter().next();
                self.resolve_default(parent, name.unwrap_or_else(|| "".into()), provider)
            }
            None => Some(config(module, provider, None)),
        }
    }

    /// Tells whether the caller passes, or has to pass, a configuration of this name.
    pub(super) fn is_passed(&self, id: ModuleId, local: &LocalProvider) -> bool {
        let Some(module) = self.get(id) else {
            return false;
        };
        let passed = self
            .call(module)
            .is_some_and(|(_, c)| c.providers.iter().any(|(inner, ..)| inner == local));
        let required = module.raw.required_providers.get(&local.name);
        let asked = module.parent.is_some() && required.is_some_and(|r| r.aliases.contains(local));
        passed || asked || local.alias.is_none()
    }

    /// Reports what is wrong with the provider configurations of a call.
    pub(super) fn check_call(&self, child: ModuleId, diagnostics: &mut Diagnostics) {
        let Some(module) = self.get(child) else {
            return;
        };
        let Some((parent, call)) = self.call(module) else {
            return;
        };
        for (inner, outer, span) in &call.providers {
            self.check_passed(module, parent, (inner, outer, *span), diagnostics);
        }
        self.check_aliases(module, call, diagnostics);
        self.check_own(module, diagnostics);
    }

    fn check_passed(
        &self,
        module: &TreeModule,
        parent: ModuleId,
        (inner, outer, span): (&LocalProvider, &LocalProvider, Span),
        diagnostics: &mut Diagnostics,
    ) {
        let Some(above) = self.get(parent) else {
            return;
        };
        let path = &module.path;
        let wants = provider_of(&module.raw, &inner.name);
        let gets = provider_of(&above.raw, &outer.name);
        if wants != gets {
            diagnostics.push(
                Diagnostic::error(
                    "Provider type mismatch",
                    format!("The assigned provider configuration is for provider {gets}, but the local name {:?} in {path} represents {wants}.\n\nTo pass this configuration to the child module, change the local provider names used by required_providers in one of the modules.", &*inner.name),
                )
                .at(span),
            );
        } else if self.resolve(parent, outer).is_none() {
            diagnostics.push(undeclared(outer, &above.path.to_string()).at(span));
        }
        let own = module.raw.providers.get(inner);
        if let Some(own) = own.filter(|o| !o.is_empty) {
            diagnostics.push(
                Diagnostic::error(
                    "Cannot override provider configuration",
                    format!("The configuration of {path} has its own local configuration for {wants}, and so it cannot accept an overridden configuration provided by its caller. Remove the provider block from the module, or the entry of `providers`."),
                )
                .at(span)
                .context(own.header, "the module's own configuration is here"),
            );
        }
        let required = module.raw.required_providers.get(&inner.name);
        let declared = match &inner.alias {
            None => required.is_some() || own.is_some(),
            Some(_) => required.is_some_and(|r| r.aliases.contains(inner)) || own.is_some(),
        };
        if declared {
            return;
        }
        let name = shown(inner);
        diagnostics.push(if inner.alias.is_none() {
            Diagnostic::warning(
                "Reference to undefined provider",
                format!("There is no explicit declaration for local provider name {name:?} in {path}, so Terraform is assuming you mean to pass a configuration for provider {wants}.\n\nTo clarify your intent and silence this warning, add to {path} a required_providers entry named {name:?} with source = \"{}/{}\", or a different source address if appropriate.", wants.namespace, wants.name),
            )
            .at(span)
        } else {
            Diagnostic::error(
                "Reference to undefined provider",
                format!("{path} declares no provider configuration named {name:?}. Add it to `configuration_aliases` of the module's required_providers, or remove this entry."),
            )
            .at(span)
        });
    }

    /// Reports configurations that the module asks for and does not get.
    fn check_aliases(&self, module: &TreeModule, call: &RawCall, diagnostics: &mut Diagnostics) {
        for (name, required) in &module.raw.required_providers {
            let given = |alias: &LocalProvider| {
                call.providers.iter().any(|(inner, ..)| inner == alias)
                    || module.raw.providers.contains_key(alias)
            };
            for alias in required
                .aliases
                .iter()
                .filter(|a| a.name == *name && !given(a))
            {
                let alias = shown(alias);
                diagnostics.push(
                    Diagnostic::error(
                        "Missing required provider configuration",
                        format!("The child module requires an additional configuration for provider {}/{}, with the local name {alias:?}.\n\nRefer to the module's documentation to understand the intended purpose of this additional provider configuration, and then add an entry for {alias} in the \"providers\" meta-argument in the module block to choose which provider configuration the module should use for that purpose.", required.provider.namespace, required.provider.name),
                    )
                    .at(call.header)
                    .context(required.span, "it is required here"),
                );
            }
        }
    }

    /// Reports aliases that the root module wants to be passed, though nobody calls it.
    pub(super) fn check_root(&self, diagnostics: &mut Diagnostics) {
        let Some(root) = self.get(ModuleId(0)) else {
            return;
        };
        for required in root.raw.required_providers.values() {
            for alias in &required.aliases {
                if alias.alias.is_some() && !root.raw.providers.contains_key(alias) {
                    let name = alias.alias.as_deref().unwrap_or_default();
                    diagnostics.push(
                        Diagnostic::error(
                            "Undefined provider configuration",
                            format!("The root module declares that it requires the caller to pass a configuration for provider {} with alias {name:?}.", required.provider),
                        )
                        .at(required.span),
                    );
                }
            }
        }
    }

    /// Reports modules with provider configurations of their own that are called more than once.
    fn check_own(&self, module: &TreeModule, diagnostics: &mut Diagnostics) {
        // An empty block says nothing that the name alone does not say.
        let mine = |(_, p): (&LocalProvider, &'a RawProvider)| (!p.is_empty).then_some(p);
        let Some(id) = self.tree.modules.iter().position(|m| m.path == module.path) else {
            return;
        };
        let Some(raw) = self.get(ModuleId(id)).map(|m| &m.raw) else {
            return;
        };
        let Some(own) = raw.providers.iter().find_map(mine) else {
            return;
        };
        let mut at = self.get(ModuleId(id));
        while let Some((parent, call)) = at.and_then(|m| self.call(m)) {
            if !matches!(call.repetition, Repetition::Single) || !call.depends_on.is_empty() {
                diagnostics.push(
                    Diagnostic::error(
                        "Module is incompatible with count, for_each, and depends_on",
                        format!("The module at {} is a legacy module which contains its own local provider configurations, and so calls to it may not use the count, for_each, or depends_on arguments.\n\nIf you also control the module, consider updating it to instead expect provider configurations to be passed by its caller.", module.path),
                    )
                    .at(call.header)
                    .context(own.header, "the module's own configuration is here"),
                );
                return;
            }
            at = self.get(parent);
        }
    }
}

/// The error for a provider configuration that nobody declares.
pub(super) fn undeclared(local: &LocalProvider, module: &str) -> Diagnostic {
    let place = if module.is_empty() {
        "the root module"
    } else {
        module
    };
    let alias = local.alias.as_deref().unwrap_or_default();
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "No provider configuration named `{}` is declared in {place}. Add a block `provider {:?}` with `alias = {alias:?}` there, or name another configuration.",
            shown(local),
            &*local.name
        ),
    )
}

fn shown(local: &LocalProvider) -> String {
    match &local.alias {
        None => local.name.to_string(),
        Some(alias) => format!("{}.{alias}", local.name),
    }
}

/// Returns what a local name stands for in a module.
pub(super) fn provider_of(raw: &RawModule, name: &str) -> Provider {
    raw.required_providers
        .get(name)
        .map_or_else(|| Provider::implied(name), |r| r.provider.clone())
}

/// Returns the local names of a provider in a module, the preferred one first.
fn names_of(raw: &RawModule, provider: &Provider) -> BTreeSet<Arc<str>> {
    let required = raw
        .required_providers
        .iter()
        .filter(|(_, r)| r.provider == *provider)
        .map(|(name, _)| name.clone());
    let implied = (provider_of(raw, &provider.name) == *provider).then(|| provider.name.clone());
    required.chain(implied).collect()
}

fn config(module: &TreeModule, provider: Provider, alias: Option<Arc<str>>) -> ProviderConfig {
    ProviderConfig {
        module: module.path.clone(),
        provider,
        alias,
    }
}
