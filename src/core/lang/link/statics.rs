//! Walks over everything that a program says and reports what can be seen without evaluating it.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::base::{Diagnostic, Diagnostics, Severity};

use super::{
    scope::{Scope, check_attribute},
    tree::{Tree, TreeModule},
    types::{surely_has_instances, unsupported_type_diagnostic},
};
use crate::lang::{
    address::{Key, Resource},
    expr::{body_references, constant, references, validate_body},
    graph::resource_references,
    program::{
        CheckRule, IgnoreChanges, Import, Module, ModuleId, Program, Reference, Repetition,
        ResourceBlock, Subject,
    },
    suggest::did_you_mean,
    syntax::{Expr, ExprKind},
};

/// Checks all modules; what is wrong inside one resource only becomes its `problems`.
pub(super) fn check(program: &mut Program, tree: &Tree, diagnostics: &mut Diagnostics) {
    let mut problems: Vec<(ModuleId, Resource, Diagnostics)> = Vec::new();
    for (i, module) in program.modules.iter().enumerate() {
        let id = ModuleId(i);
        let scope = Scope {
            silent: is_silent(tree, id),
            decoded: tree.modules.get(i),
            ..Scope::new(program, id)
        };
        named(scope, module, diagnostics);
        for block in module.resources.values() {
            resource(scope, block, diagnostics);
            if block.schema.is_none() && surely_has_instances(program, id, block) {
                diagnostics.push(unsupported_type_diagnostic(block));
            }
            let (warnings, own): (Vec<_>, Vec<_>) = own_problems(block)
                .into_iter()
                .partition(|d| d.severity == Severity::Warning);
            diagnostics.0.extend(warnings);
            if !own.is_empty() {
                problems.push((id, block.resource.clone(), Diagnostics(own)));
            }
        }
        if let Some(raw) = tree.modules.get(i) {
            arguments(program, raw, is_silent(tree, id), diagnostics);
        }
    }
    imports(program, diagnostics);
    for (id, resource, own) in problems {
        if let Some(block) = program
            .modules
            .get_mut(id.0)
            .and_then(|m| m.resources.get_mut(&resource))
        {
            block.problems = own;
        }
    }
}

/// Tells whether a call on the way to a module ignores deprecations inside.
fn is_silent(tree: &Tree, id: ModuleId) -> bool {
    let mut at = tree.modules.get(id.0);
    while let Some((module, parent)) = at.and_then(|m| Some((m, m.parent?))) {
        at = tree.modules.get(parent.0);
        let call = at.and_then(|a| a.raw.calls.get(module.path.0.last()?));
        if call.is_some_and(|c| c.ignore_nested_deprecations) {
            return true;
        }
    }
    false
}

fn expr(scope: Scope<'_>, expr: &Expr, diagnostics: &mut Diagnostics) {
    scope.check(references(expr), diagnostics);
}

fn rules(scope: Scope<'_>, rules: &[CheckRule], diagnostics: &mut Diagnostics) {
    for rule in rules {
        // `self` in a condition was reported when the block was decoded.
        let condition = Scope {
            itself: true,
            ..scope
        };
        expr(condition, &rule.condition, diagnostics);
        expr(scope, &rule.error_message, diagnostics);
    }
}

fn repetition(scope: Scope<'_>, repetition: &Repetition, diagnostics: &mut Diagnostics) {
    match repetition {
        Repetition::Single => {}
        Repetition::Count(e) | Repetition::ForEach(e) => expr(scope, e, diagnostics),
    }
}

/// Checks everything of a module but its resources.
fn named(scope: Scope<'_>, module: &Module, diagnostics: &mut Diagnostics) {
    for variable in module.variables.values() {
        rules(scope, &variable.validations, diagnostics);
    }
    for (name, local) in &module.locals {
        let (found, invalid) = references(&local.expr);
        for r in &found {
            if matches!(&r.subject, Subject::Local(n) if n == name) {
                diagnostics.push(
                    Diagnostic::error(
                        "Self-referencing local value",
                        format!("Local value local.{name} cannot use its own result as part of its expression."),
                    )
                    .at(r.span),
                );
            }
        }
        scope.check((found, invalid), diagnostics);
    }
    for output in module.outputs.values() {
        // What is deprecated itself may pass on what is deprecated.
        let own = Scope {
            silent: scope.silent || output.deprecated.is_some(),
            ..scope
        };
        expr(own, &output.value, diagnostics);
        scope.check(
            (output.depends_on.clone(), Diagnostics::default()),
            diagnostics,
        );
        rules(scope, &output.preconditions, diagnostics);
        if output.deprecated.is_some() && module.path.is_root() {
            diagnostics.push(
                Diagnostic::error(
                    "Root module output deprecated",
                    "Root module outputs cannot be deprecated, as there is no higher-level module to inform of the deprecation.",
                )
                .at(output.name.span),
            );
        }
        if output.ephemeral && module.path.is_root() {
            diagnostics.push(
                Diagnostic::error(
                    "Ephemeral output not allowed",
                    "Ephemeral outputs are not allowed in context of a root module",
                )
                .at(output.name.span),
            );
        }
    }
    for call in module.calls.values() {
        repetition(scope, &call.repetition, diagnostics);
        scope.check(
            (call.depends_on.clone(), Diagnostics::default()),
            diagnostics,
        );
        let inside = scope.repeated(&call.repetition);
        for argument in call.arguments.values() {
            expr(inside, argument, diagnostics);
        }
    }
    for provider in module.providers.values() {
        if let Some(body) = &provider.body {
            scope.check(body_references(body), diagnostics);
            if let Some(schema) = &provider.schema {
                diagnostics.extend(validate_body(body, &schema.block));
            }
        }
    }
    for (name, check) in &module.checks {
        let inside = Scope {
            check: Some(name),
            ..scope
        };
        rules(inside, &check.asserts, diagnostics);
    }
}

fn resource(scope: Scope<'_>, block: &ResourceBlock, diagnostics: &mut Diagnostics) {
    let scope = Scope {
        check: block.check.as_ref(),
        ..scope
    };
    repetition(scope, &block.repetition, diagnostics);
    scope.check(
        (block.depends_on.clone(), Diagnostics::default()),
        diagnostics,
    );
    let inside = scope.repeated(&block.repetition);
    inside.check(body_references(&block.body), diagnostics);
    for trigger in &block.lifecycle.replace_triggered_by {
        expr(inside, trigger, diagnostics);
    }
    rules(inside, &block.lifecycle.preconditions, diagnostics);
    let with_self = Scope {
        itself: true,
        ..inside
    };
    rules(with_self, &block.lifecycle.postconditions, diagnostics);
}

/// Finds what stops this block alone: names of itself, and arguments that its type does not have.
fn own_problems(block: &ResourceBlock) -> Diagnostics {
    let itself = |r: &Reference| r.subject == Subject::Resource(block.resource.clone());
    let rules = &block.lifecycle;
    // A condition that names its own resource was reported when it was decoded.
    let allowed: Vec<_> = rules
        .preconditions
        .iter()
        .chain(&rules.postconditions)
        .flat_map(|r| [r.condition.span, r.error_message.span])
        .collect();
    // Waiting for itself means nothing, and Terraform lets it pass.
    let waits = |r: &Reference| block.depends_on.iter().any(|d| d.span == r.span);
    let mut problems: Diagnostics = resource_references(block)
        .iter()
        .filter(|r| itself(r) && !waits(r))
        .filter(|r| {
            !allowed.iter().any(|a| {
                a.source == r.span.source && a.start <= r.span.start && r.span.end <= a.end
            })
        })
        .map(|r| {
            Diagnostic::error(
                "Self-referential block",
                format!(
                    "Configuration for {} may not refer to itself.",
                    block.resource
                ),
            )
            .at(r.span)
        })
        .collect();
    if let Some(schema) = &block.schema {
        if let IgnoreChanges::Paths(paths) = &block.lifecycle.ignore_changes {
            let wrong = paths
                .iter()
                .filter_map(|p| check_attribute(&schema.block, p).err());
            problems.0.extend(wrong.map(|d| *d));
        }
        problems.extend(validate_body(&block.body, &schema.block));
    }
    problems
}

/// Compares the arguments of the calls of a module with the variables of the called ones.
fn arguments(program: &Program, module: &TreeModule, silent: bool, diagnostics: &mut Diagnostics) {
    for (name, call) in &module.raw.calls {
        let child = module.children.get(name);
        let Some(child) = child.and_then(|c| program.modules.get(c.0)) else {
            continue;
        };
        for (argument, (ident, value)) in &call.arguments {
            match child.variables.get(argument) {
                None => {
                    let hint = did_you_mean(argument, child.variables.keys().map(|k| &**k));
                    diagnostics.push(
                        Diagnostic::error(
                            "Unsupported argument",
                            format!(
                                "An argument named {:?} is not expected here.{hint}",
                                &**argument
                            ),
                        )
                        .at(ident.span),
                    );
                }
                Some(variable) => {
                    if let Some(why) = variable.deprecated.as_ref().filter(|_| !silent) {
                        diagnostics.push(
                            Diagnostic::warning("Deprecated variable got a value", why.clone())
                                .at(value.span)
                                .context(variable.name.span, "declared here"),
                        );
                    }
                }
            }
        }
        let missing = |(name, v): &(&Arc<str>, &crate::lang::program::Variable)| {
            v.default.is_none() && !call.arguments.contains_key(*name)
        };
        for (name, variable) in child.variables.iter().filter(missing) {
            diagnostics.push(
                Diagnostic::error(
                    "Missing required argument",
                    format!(
                        "The argument {:?} is required, but no definition was found.",
                        &**name
                    ),
                )
                .at(call.missing_at)
                .context(variable.name.span, "the variable is declared here"),
            );
        }
    }
}

/// Returns the instance that an import names, where that needs no evaluation.
fn constant_target(import: &Import) -> Option<String> {
    if import.for_each.is_some() || !import.module_keys.is_empty() {
        return None;
    }
    Some(import.to.instance(constant_key(import)?).to_string())
}

fn constant_key(import: &Import) -> Option<Key> {
    Some(match &import.key {
        None => Key::None,
        Some(expr) => match &expr.kind {
            ExprKind::Literal(v) => match v.as_str() {
                Some(s) => Key::Str(s.into()),
                None => Key::Int(u64::try_from(v.as_index()?).ok()?),
            },
            _ => return None,
        },
    })
}

fn imports(program: &Program, diagnostics: &mut Diagnostics) {
    let scope = Scope::new(program, ModuleId(0));
    let mut seen: BTreeMap<String, &Import> = BTreeMap::new();
    for import in &program.imports {
        if let Some(address) = constant_target(import) {
            match seen.get(&address) {
                Some(first) => diagnostics.push(
                    Diagnostic::error(
                        format!("Duplicate import configuration for \"{address}\""),
                        format!("An import block for the resource \"{address}\" was already declared. A resource can have only one import block."),
                    )
                    .at(import.to_span)
                    .context(first.span, "the other one is here"),
                ),
                None => drop(seen.insert(address, import)),
            }
        }
        let each = Scope {
            each: import.for_each.is_some(),
            ..scope
        };
        expr(each, &import.id, diagnostics);
        // What is known without values is refused before anything is planned.
        if constant(&import.id).is_ok_and(|id| id.as_str() == Some("")) {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid import id argument",
                    "The import ID value evaluates to an empty string, please provide a non-empty value.",
                )
                .at(import.id.span),
            );
        }
        if let Some(e) = &import.for_each {
            expr(scope, e, diagnostics);
        }
        import_keys(import, diagnostics);
        import_of_itself(import, diagnostics);
        let declared = program
            .modules
            .iter()
            .find(|m| m.path == import.to.module.path())
            .is_some_and(|m| m.resources.contains_key(&import.to.resource));
        if !declared
            && import.to.module.is_root()
            && (import.for_each.is_some() || import.key.is_some())
        {
            diagnostics.push(
                Diagnostic::error(
                    "Configuration for import target does not exist",
                    "The given import block is not compatible with config generation. The -generate-config-out option cannot be used with import blocks which use for_each, or resources which use for_each or count.",
                )
                .at(import.to_span),
            );
        }
        // What the root module lacks stops only itself, so the plan says it.
        if !declared && !import.to.module.is_root() {
            let there = program
                .modules
                .iter()
                .any(|m| m.path == import.to.module.path());
            let text = if there {
                format!(
                    "Resource {} not found. Only resources within the root module are eligible for config generation.",
                    import.to
                )
            } else {
                format!(
                    "The configuration for the given import target {} does not exist. All target instances must have an associated configuration to be imported.",
                    import.to
                )
            };
            diagnostics.push(
                Diagnostic::error("Configuration for import target does not exist", text)
                    .at(import.to_span),
            );
        }
        diagnostics.0.extend(unfit_key(program, import));
    }
}

/// Reports names in the keys of an import that only `each` may be.
fn import_keys(import: &Import, diagnostics: &mut Diagnostics) {
    let modules = import.module_keys.iter().map(|(_, e)| e);
    for key in modules.chain(&import.key) {
        let (found, invalid) = references(key);
        diagnostics.extend(invalid);
        let foreign = found
            .iter()
            .filter(|r| !matches!(r.subject, Subject::EachKey | Subject::EachValue));
        for r in foreign {
            diagnostics.push(
                Diagnostic::error(
                    "Unknown variable",
                    "Only \"each.key\" and \"each.value\" can be used in import address index expressions.",
                )
                .at(r.span),
            );
        }
    }
}

/// Reports an id that is made of the resource that it imports.
fn import_of_itself(import: &Import, diagnostics: &mut Diagnostics) {
    let (found, _) = references(&import.id);
    let itself = Subject::Resource(import.to.resource.clone());
    for r in found.iter().filter(|r| r.subject == itself) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid import id argument",
                "The import ID cannot reference the resource being imported.",
            )
            .at(r.span),
        );
    }
}

/// Compares the key of an import, where it is known, with the repetition of the resource.
fn unfit_key(program: &Program, import: &Import) -> Option<Diagnostic> {
    let module = program
        .modules
        .iter()
        .find(|m| m.path == import.to.module.path())?;
    let block = module.resources.get(&import.to.resource)?;
    let text = match (constant_key(import)?, &block.repetition) {
        (Key::None, Repetition::Count(_)) => "The target resource is using count.",
        (Key::None, Repetition::ForEach(_)) => "The target resource is using for_each.",
        (Key::Str(_), Repetition::Single | Repetition::Count(_)) => {
            "The target resource does not use for_each."
        }
        (Key::Int(_), Repetition::Single | Repetition::ForEach(_)) => {
            "The target resource does not use count."
        }
        _ => return None,
    };
    Some(Diagnostic::error("Invalid import 'to' expression", text).at(import.to_span))
}
