//! What is done at each node of the graph.

use std::sync::Arc;

use bastionless_model::base::Severity;

use super::{Read, Settler};
use crate::{
    lang::{
        address::{Mode as ResourceMode, ModuleInstance, Resource},
        graph::{ConfigNode, NodeKind},
        program::ModuleId,
    },
    plan::{
        Mode,
        conditions::{Conditions, Rule, check_address},
        world::{ModuleScope, World},
    },
};

/// The headline of a block that refers to itself.
pub(crate) const SELF_REFERENCE: &str = "Self-referential block";

impl Settler {
    /// Visits a node; returns what it lacks, or nothing when it is done.
    pub(super) fn visit(&mut self, node: &ConfigNode) -> Vec<Read> {
        let id = node.module;
        match &node.kind {
            NodeKind::Call(name) => self.world.expand_call(
                id,
                &ModuleInstance::ROOT,
                name,
                &mut self.conditions.diagnostics,
            ),
            NodeKind::Variable(name) => {
                self.world
                    .evaluate_variable(id, &ModuleInstance::ROOT, name, &mut self.conditions)
            }
            NodeKind::Local(name) => self.world.evaluate_local(
                id,
                &ModuleInstance::ROOT,
                name,
                &mut self.conditions.diagnostics,
            ),
            NodeKind::Output(name) => {
                if self.options.mode == Mode::Destroy && id == ModuleId(0) {
                    // Only what it was is of interest, and no problem with it.
                    let mut nobody = Conditions::default();
                    self.world
                        .evaluate_output(id, &ModuleInstance::ROOT, name, &mut nobody);
                } else {
                    self.world.evaluate_output(
                        id,
                        &ModuleInstance::ROOT,
                        name,
                        &mut self.conditions,
                    );
                }
            }
            NodeKind::Provider(local) => return self.visit_provider(id, local),
            NodeKind::Resource(resource) => {
                if self.is_faulty(id, resource) {
                    return Vec::new();
                }
                return match resource.mode {
                    ResourceMode::Managed => self.visit_managed(id, resource),
                    ResourceMode::Data => self.visit_data(id, resource),
                };
            }
            NodeKind::Check(name) => self.visit_check(id, name),
            NodeKind::Close(_) => {}
        }
        Vec::new()
    }

    /// Tells whether a block makes no instances: linking found something wrong inside it, or its provider cannot be used. Says
    /// the former, once.
    fn is_faulty(&mut self, id: ModuleId, resource: &Resource) -> bool {
        let Some(block) = self
            .world
            .module(id)
            .and_then(|m| m.resources.get(resource))
        else {
            return false;
        };
        let unusable = self.failed_providers.contains(&block.provider);
        let faulty = block.problems.has_errors() || unusable;
        // A block that refers to itself is found while planning, as Terraform does: the rest is planned.
        self.invalid |= block
            .problems
            .iter()
            .any(|d| d.severity == Severity::Error && d.summary != SELF_REFERENCE);
        for problem in block.problems.clone() {
            if !self.conditions.diagnostics.0.contains(&problem) {
                self.conditions.diagnostics.push(problem);
            }
        }
        faulty
    }

    fn visit_check(&mut self, id: ModuleId, name: &Arc<str>) {
        if self.options.mode != Mode::Destroy {
            check_node(&self.world, id, name, &mut self.conditions);
        }
    }
}

/// Evaluates the assertions of a `check` block in all instances of its module.
pub(crate) fn check_node(world: &World, id: ModuleId, name: &Arc<str>, out: &mut Conditions) {
    let Some(check) = world.module(id).and_then(|m| m.checks.get(name)) else {
        return;
    };
    for module in world.instances_of(id) {
        let (config, address) = check_address(&module, name);
        // Its data source could not be read: there is nothing to look at.
        if out.has_failed("check", &config, &address) {
            continue;
        }
        let scope = ModuleScope::new(world, &module);
        let rules = check.asserts.iter().map(|r| Rule {
            rule: r,
            at: None,
            summary: "Check block assertion failed",
        });
        out.check("check", &config, &address, rules, &scope);
    }
}
