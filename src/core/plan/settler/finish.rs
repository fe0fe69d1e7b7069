//! From what was settled to the plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    base::Diagnostic,
    value::{Value, identical},
};

use super::Settler;
use crate::{
    lang::{
        address::{ConfigResource, ModuleInstance},
        graph::{ConfigNode, NodeKind},
        program::ModuleId,
    },
    plan::{Action, Change, Mode, OutputChange, Plan, execution},
};

impl Settler {
    /// Makes the plan of what was settled.
    pub(super) fn finish(&mut self) -> Plan {
        self.warn();
        self.declare_checks();
        let mut changes: Vec<_> = std::mem::take(&mut self.changes).into_values().collect();
        // Terraform's order: what lies deeper comes later.
        changes.sort_by_key(|c| c.address.resource.module.0.len());
        let mut outputs = self.output_changes();
        self.withdraw(&mut changes, &mut outputs);
        let errored = self.conditions.diagnostics.has_errors();
        if self.options.mode == Mode::Destroy && self.options.targets.is_empty() {
            self.prior
                .resources
                .retain(|r, _| r.resource.mode == crate::lang::address::Mode::Managed);
        }
        let refreshed = Arc::new(std::mem::take(&mut self.prior));
        let graph = if errored {
            execution::none()
        } else {
            let built = execution::build(self.world.program(), &self.graph, &changes, &refreshed);
            self.conditions.diagnostics.extend(built.diagnostics);
            match self.selected {
                None => built.value,
                Some(_) => execution::targets::keep(&changes, built.value, |a| self.is_targeted(a)),
            }
        };
        Plan {
            mode: self.options.mode,
            changes,
            drift: std::mem::take(&mut self.drift).into_values().collect(),
            outputs,
            checks: self.conditions.results(),
            graph,
            targets: self
                .options
                .targets
                .iter()
                .map(ToString::to_string)
                .collect(),
            force_replace: self.options.replace.clone(),
            errored: self.conditions.diagnostics.has_errors(),
            void: self.invalid,
            variables: std::mem::take(&mut self.variables),
            refreshed,
            set_variables: std::mem::take(&mut self.set_variables),
            restated: self.restated,
        }
    }

    /// Takes out what was planned from something that is wrong: it would say what nobody wants.
    fn withdraw(&self, changes: &mut Vec<Change>, outputs: &mut BTreeMap<Arc<str>, OutputChange>) {
        if self.invalid {
            changes.clear();
            outputs.clear();
        }
        if self.failed.is_empty() {
            return;
        }
        let direct: BTreeSet<ConfigNode> = self
            .failed
            .iter()
            .flat_map(|n| self.graph.dependents(n).cloned())
            .collect();
        let tainted = self.graph.with_dependents(&direct);
        let program = self.world.program();
        let resources: BTreeSet<ConfigResource> =
            tainted.iter().filter_map(|n| n.resource(program)).collect();
        changes.retain(|c| !resources.contains(&c.address.resource.config()));
        outputs.retain(|name, _| {
            let node = ConfigNode::new(ModuleId(0), NodeKind::Output(name.clone()));
            !tainted.contains(&node) && !self.failed.contains(&node)
        });
    }

    fn warn(&mut self) {
        if !self.options.targets.is_empty() {
            self.conditions.diagnostics.push(Diagnostic::warning(
                "Resource targeting is in effect",
                "You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration.\n\nThe -target option is not for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes, or when an error message specifically suggests to use it.",
            ));
        }
        let forgotten: Vec<String> = self
            .changes
            .values()
            .filter(|c| c.action == Action::Forget)
            .map(|c| format!("\n - {}", c.address))
            .collect();
        if !forgotten.is_empty() {
            self.conditions.diagnostics.push(Diagnostic::warning(
                "Some objects will no longer be managed by Terraform",
                format!(
                    "If you apply this plan, bastionless will discard its tracking information for the following objects, but it will not delete them:{}\n\nAfter applying this plan, bastionless will no longer manage these objects. You will need to import them to manage them again.",
                    forgotten.concat()
                ),
            ));
        }
        let unused: Vec<_> = self
            .imports
            .unused(|a| self.changes.contains_key(&(a.clone(), None)) || self.original_holds(a))
            .into_iter()
            .map(|(a, span)| (a.clone(), span))
            .collect();
        if self.options.mode == Mode::Normal {
            self.imports_without_blocks();
        }
        if self.options.mode != Mode::Destroy {
            self.moves_to_nowhere();
        }
        if self.options.mode == Mode::Normal && !self.conditions.diagnostics.has_errors() {
            for (address, span) in unused {
                let text = format!(
                    "The configuration for the given import {address} does not exist. All target instances must have an associated configuration to be imported."
                );
                self.conditions.diagnostics.push(
                    Diagnostic::error("Configuration for import target does not exist", text)
                        .at(span),
                );
                let resource = address.resource;
                self.changes.retain(|(a, _), _| a.resource != resource);
            }
        }
    }

    /// Reports imports to resources that the root module does not have; everything else is planned.
    fn imports_without_blocks(&mut self) {
        let program = self.world.program().clone();
        let root = program.modules.first();
        for import in &program.imports {
            let declared = root.is_none_or(|m| m.resources.contains_key(&import.to.resource));
            if declared || !import.to.module.is_root() {
                continue;
            }
            self.conditions.diagnostics.push(
                Diagnostic::error(
                    "Configuration for import target does not exist",
                    format!("The configuration for the given import target {} does not exist. If you wish to automatically generate config for this resource, use the -generate-config-out option within `bastionless plan`. Otherwise, make sure the target resource exists within your configuration. For example:\n\n  bastionless plan -generate-config-out=generated.tf", import.to),
                )
                .at(import.to_span),
            );
        }
    }

    fn original_holds(&self, address: &crate::lang::address::AbsInstance) -> bool {
        self.original.instance(address).is_some()
    }

    /// Names the objects with conditions that were not reached.
    fn declare_checks(&mut self) {
        if self.options.mode == Mode::Destroy {
            return;
        }
        let program = self.world.program().clone();
        for module in &program.modules {
            let full = |name: String| {
                if module.path.is_root() {
                    name
                } else {
                    format!("{}.{name}", module.path)
                }
            };
            for v in module
                .variables
                .values()
                .filter(|v| !v.validations.is_empty())
            {
                self.conditions
                    .declare("var", &full(format!("var.{}", v.name.name)));
            }
            for o in module
                .outputs
                .values()
                .filter(|o| !o.preconditions.is_empty())
            {
                self.conditions
                    .declare("output_value", &full(format!("output.{}", o.name.name)));
            }
            for r in module.resources.values() {
                if !r.lifecycle.preconditions.is_empty() || !r.lifecycle.postconditions.is_empty() {
                    self.conditions
                        .declare("resource", &full(r.resource.to_string()));
                }
            }
            for c in module.checks.values() {
                self.conditions
                    .declare("check", &full(format!("check.{}", c.name.name)));
            }
        }
    }

    fn output_changes(&self) -> BTreeMap<Arc<str>, OutputChange> {
        let mut changes = BTreeMap::new();
        if self.options.mode == Mode::Destroy && !self.options.targets.is_empty() {
            return changes;
        }
        let root = ModuleInstance::default();
        let before = &self.original.outputs;
        let declared = self.world.module(ModuleId(0)).map(|m| &m.outputs);
        if self.options.mode != Mode::Destroy {
            for (name, output) in declared.into_iter().flatten() {
                if output.ephemeral {
                    continue;
                }
                let Some(after) = self.world.output(&root, name) else {
                    continue;
                };
                let old = before.get(name);
                let was_sensitive = old.is_some_and(|o| o.sensitive);
                let old_value = old.map_or(Value::NULL, |o| o.value.clone());
                let plain = after.clone().unmark_deep().0;
                let action = match old {
                    None if plain.is_null() => Action::NoOp,
                    None => Action::Create,
                    Some(_)
                        if identical(&old_value, &plain) && was_sensitive == output.sensitive =>
                    {
                        Action::NoOp
                    }
                    Some(_) => Action::Update,
                };
                let change = OutputChange {
                    before: old_value,
                    after: after.clone(),
                    sensitive: (was_sensitive, output.sensitive),
                    action,
                };
                changes.insert(name.clone(), change);
            }
        }
        if self.options.mode == Mode::Destroy {
            for (name, output) in declared.into_iter().flatten() {
                let value = self
                    .world
                    .output(&root, name)
                    .cloned()
                    .unwrap_or(Value::NULL);
                let plain = value.unmark_deep().0;
                let stored = before.get(name).is_some_and(|o| o.sensitive);
                if output.ephemeral || plain.is_null() || !plain.is_wholly_known() {
                    continue;
                }
                let change = OutputChange {
                    before: plain,
                    after: Value::NULL,
                    sensitive: (stored || output.sensitive, stored || output.sensitive),
                    action: Action::Delete,
                };
                changes.insert(name.clone(), change);
            }
        }
        for (name, old) in before {
            if changes.contains_key(name) {
                continue;
            }
            // Targets leave alone what the configuration has no more.
            let is_gone = declared.is_none_or(|d| !d.contains_key(name));
            if self.options.mode == Mode::Destroy || is_gone && self.options.targets.is_empty() {
                let change = OutputChange {
                    before: old.value.clone(),
                    after: Value::NULL,
                    sensitive: (old.sensitive, old.sensitive),
                    action: Action::Delete,
                };
                changes.insert(name.clone(), change);
            }
        }
        changes
    }
}
