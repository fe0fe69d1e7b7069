//! Puts the decoded modules together.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap, Span},
    schema::{Catalogue, PROVIDER_VERSION},
};

use super::{
    providers::{Providers, provider_of, undeclared},
    tree::{Tree, TreeModule},
    types::{provider_schema, schema_of},
};
use crate::lang::{
    address::{ModulePath, Provider, ProviderConfig},
    expr::shape_blocks,
    program::{
        Call, LocalProvider, Module, ModuleId, Moved, Program, ProviderBlock, ResourceBlock,
    },
    version::{LANGUAGE_VERSION, Version},
};

/// Makes the program without checking references.
pub(super) fn assemble(
    sources: Arc<SourceMap>,
    tree: &Tree,
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) -> Program {
    let providers = Providers::new(tree);
    let mut program = Program {
        sources,
        modules: Vec::new(),
        moved: Vec::new(),
        removed: Vec::new(),
        imports: Vec::new(),
    };
    // Configurations that nobody wrote, by provider, with their first use.
    let mut implied: BTreeMap<ProviderConfig, Span> = BTreeMap::new();
    providers.check_root(diagnostics);
    for (i, module) in tree.modules.iter().enumerate() {
        let id = ModuleId(i);
        versions(module, diagnostics);
        providers.check_call(id, diagnostics);
        let mut resources = BTreeMap::new();
        for (resource, raw) in &module.raw.resources {
            let config = providers.resolve(id, &raw.provider).unwrap_or_else(|| {
                // What the caller should have passed is reported at the call.
                if !providers.is_passed(id, &raw.provider) {
                    let path = module.path.to_string();
                    diagnostics.push(undeclared(&raw.provider, &path).at(raw.provider_span));
                }
                ProviderConfig {
                    module: ModulePath::default(),
                    provider: provider_of(&module.raw, &raw.provider.name),
                    alias: None,
                }
            });
            if config.alias.is_none() {
                implied.entry(config.clone()).or_insert(raw.block.header);
            }
            let schema = schema_of(catalogue, &config.provider, resource);
            let mut block = raw.block.clone();
            if let Some(schema) = &schema {
                block.body = shape_blocks(block.body, &schema.block);
            }
            resources.insert(
                resource.clone(),
                ResourceBlock {
                    provider: config,
                    schema,
                    ..block
                },
            );
        }
        program.modules.push(Module {
            path: module.path.clone(),
            dir: module.dir.clone(),
            parent: module.parent,
            children: module.children.clone(),
            variables: module.raw.variables.clone(),
            locals: module.raw.locals.clone(),
            outputs: module.raw.outputs.clone(),
            resources,
            calls: calls(module),
            providers: own_providers(module, &providers, id, catalogue),
            provider_sources: provider_sources(module),
            function_providers: function_providers(module),
            checks: module.raw.checks.clone(),
            backend: module.raw.backend.clone(),
        });
    }
    unknown_providers(&program, diagnostics);
    add_implied(&mut program, implied, catalogue);
    add_products(&mut program, tree);
    provider_versions(tree, diagnostics);
    builtin_requirements(tree, diagnostics);
    for module in &tree.modules {
        let moved = module.raw.moved.iter().map(|m| Moved {
            module: module.path.clone(),
            from: m.from.clone(),
            to: m.to.clone(),
            span: m.span,
        });
        program.moved.extend(moved);
        if module.path.is_root() {
            program.imports.clone_from(&module.raw.imports);
        } else {
            root_only(module, diagnostics);
        }
    }
    program
}

/// Reports what only the root module may have.
fn root_only(module: &TreeModule, diagnostics: &mut Diagnostics) {
    for import in &module.raw.imports {
        diagnostics.push(
            Diagnostic::error(
                "Invalid import configuration",
                format!("An import block was detected in {}. Import blocks are only allowed in the root module.", module.path),
            )
            .at(import.span),
        );
    }
    if let Some(backend) = &module.raw.backend {
        diagnostics.push(
            Diagnostic::warning(
                "Backend configuration ignored",
                "Any selected backend applies to the entire configuration, so Terraform expects backend configurations only in the root module.\n\nThis is a warning rather than an error because it's sometimes convenient to temporarily call a root module as a child module for testing purposes, but this backend configuration block will have no effect.",
            )
            .at(backend.kind.span),
        );
    }
}

fn versions(module: &TreeModule, diagnostics: &mut Diagnostics) {
    let Some(version) = Version::parse(LANGUAGE_VERSION) else {
        return;
    };
    for (constraint, span) in &module.raw.required_versions {
        if !constraint.allows(&version) {
            let what = if module.path.is_root() {
                "This configuration".to_owned()
            } else {
                format!("Module {}", module.path)
            };
            diagnostics.push(
                Diagnostic::error(
                    "Unsupported Terraform Core version",
                    format!("{what} does not support Terraform version {LANGUAGE_VERSION}. To proceed, either choose another supported Terraform version or update this version constraint. Version constraints are normally set for good reason, so updating the constraint may lead to other unexpected errors or behavior."),
                )
                .at(*span),
            );
        }
    }
}

/// Warns once of constraints that the provider whose types are built in does not satisfy.
fn provider_versions(tree: &Tree, diagnostics: &mut Diagnostics) {
    let Some(version) = Version::parse(PROVIDER_VERSION) else {
        return;
    };
    let aws = Provider::implied("aws");
    let mut unmet: Vec<(&str, Span)> = tree
        .modules
        .iter()
        .flat_map(|m| m.raw.required_providers.values())
        .filter(|r| r.provider == aws)
        .filter_map(|r| r.version.as_ref())
        .filter(|(constraint, ..)| !constraint.allows(&version))
        .map(|(_, text, span)| (text.as_str(), *span))
        .collect();
    unmet.dedup();
    let mut unmet = unmet.into_iter();
    let Some((text, span)) = unmet.next() else {
        return;
    };
    let mut warning = Diagnostic::warning(
        "Provider version not satisfied",
        format!("The built-in types are those of AWS provider {PROVIDER_VERSION}, which {text:?} does not allow. Arguments, defaults and attributes are those of {PROVIDER_VERSION}; where a plan differs from what the other version would plan, see the provider's upgrade guide."),
    )
    .at(span);
    for (_, span) in unmet.filter(|(_, s)| *s != span) {
        warning = warning.context(span, "this constraint neither");
    }
    diagnostics.push(warning);
}

/// Reports requirements of built-in providers that cannot be met: there is one version of each, and few of them.
fn builtin_requirements(tree: &Tree, diagnostics: &mut Diagnostics) {
    let required = tree
        .modules
        .iter()
        .flat_map(|m| m.raw.required_providers.values());
    for r in required.filter(|r| r.provider.is_builtin()) {
        let name = &*r.provider.name;
        let (at, why) = match &r.version {
            _ if !matches!(name, "terraform" | "bastionless") => (
                r.span,
                format!("this release has no built-in provider named {name:?}"),
            ),
            Some((_, _, at)) => (
                *at,
                "built-in providers do not support explicit version constraints".to_owned(),
            ),
            None => continue,
        };
        diagnostics.push(
            Diagnostic::error(
                "Invalid dependency on built-in provider",
                format!("Cannot use {}: {why}.", r.provider),
            )
            .at(at),
        );
    }
}

fn calls(module: &TreeModule) -> BTreeMap<Arc<str>, Call> {
    let linked = module.raw.calls.iter().filter_map(|(name, raw)| {
        let call = Call {
            name: raw.name.clone(),
            module: *module.children.get(name)?,
            repetition: raw.repetition.clone(),
            depends_on: raw.depends_on.clone(),
            arguments: raw
                .arguments
                .iter()
                .map(|(k, (_, e))| (k.clone(), e.clone()))
                .collect(),
            header: raw.header,
        };
        Some((name.clone(), call))
    });
    linked.collect()
}

fn provider_sources(module: &TreeModule) -> BTreeMap<Arc<str>, Provider> {
    let raw = &module.raw;
    let names = raw
        .required_providers
        .keys()
        .chain(raw.providers.keys().map(|p| &p.name))
        .chain(raw.resources.values().map(|r| &r.provider.name));
    names.map(|n| (n.clone(), provider_of(raw, n))).collect()
}

/// Returns the local names that the module requires the built-in provider under: without these its functions are unknown.
fn function_providers(module: &TreeModule) -> BTreeSet<Arc<str>> {
    let required = module.raw.required_providers.iter();
    required
        .filter(|(_, r)| r.provider.is_terraform())
        .map(|(name, _)| name.clone())
        .collect()
}

/// Reports configurations of providers that we do not know and that no resource uses. Where resources use one, these are
/// reported if they have instances.
fn unknown_providers(program: &Program, diagnostics: &mut Diagnostics) {
    let used: BTreeSet<&Provider> = program
        .modules
        .iter()
        .flat_map(|m| m.resources.values().map(|r| &r.provider.provider))
        .collect();
    for block in program.modules.iter().flat_map(|m| m.providers.values()) {
        let provider = &block.address.provider;
        let known = block.schema.is_some() || &*provider.namespace == "builtin";
        if !known && !used.contains(provider) {
            diagnostics.push(
                Diagnostic::error(
                    "Unsupported provider",
                    format!("bastionless has no provider {provider}, and nothing in this configuration uses the block. Remove it."),
                )
                .at(block.header),
            );
        }
    }
}

/// The configurations that a module has itself: not those that stand for what its caller passes.
fn own_providers(
    module: &TreeModule,
    providers: &Providers<'_>,
    id: ModuleId,
    catalogue: &Catalogue,
) -> BTreeMap<LocalProvider, ProviderBlock> {
    let own = module.raw.providers.iter().filter_map(|(local, raw)| {
        let address = providers.resolve(id, local)?;
        (address.module == module.path).then(|| {
            let schema = provider_schema(catalogue, &address.provider);
            let body = raw.body.clone();
            let body = match &schema {
                Some(schema) => shape_blocks(body, &schema.block),
                None => body,
            };
            let block = ProviderBlock {
                schema,
                address,
                body: Some(body),
                products: BTreeSet::new(),
                header: raw.header,
            };
            (local.clone(), block)
        })
    });
    own.collect()
}

/// Hands the products that modules want to be named to the configurations of their resources.
fn add_products(program: &mut Program, tree: &Tree) {
    let aws = Provider::implied("aws");
    for (i, raw) in tree.modules.iter().enumerate() {
        if raw.raw.products.is_empty() {
            continue;
        }
        let used: BTreeSet<ProviderConfig> = program
            .modules
            .get(i)
            .into_iter()
            .flat_map(|m| m.resources.values().map(|r| r.provider.clone()))
            .filter(|p| p.provider == aws)
            .collect();
        let blocks = program
            .modules
            .iter_mut()
            .flat_map(|m| m.providers.values_mut());
        for block in blocks.filter(|b| used.contains(&b.address)) {
            block.products.extend(raw.raw.products.iter().cloned());
        }
    }
}

/// Adds the empty configurations that are used and written nowhere.
fn add_implied(program: &mut Program, used: BTreeMap<ProviderConfig, Span>, catalogue: &Catalogue) {
    for (address, header) in used {
        let Some(module) = program
            .modules
            .iter_mut()
            .find(|m| m.path == address.module)
        else {
            continue;
        };
        if module.providers.values().any(|b| b.address == address) {
            continue;
        }
        let known = module
            .provider_sources
            .iter()
            .find(|(_, p)| **p == address.provider)
            .map(|(name, _)| name.clone());
        let free = !module.provider_sources.contains_key(&address.provider.name);
        let name = known.unwrap_or_else(|| {
            if free {
                address.provider.name.clone()
            } else {
                address.provider.to_string().into()
            }
        });
        module
            .provider_sources
            .insert(name.clone(), address.provider.clone());
        let block = ProviderBlock {
            schema: provider_schema(catalogue, &address.provider),
            address,
            body: None,
            products: BTreeSet::new(),
            header,
        };
        module
            .providers
            .insert(LocalProvider { name, alias: None }, block);
    }
}
