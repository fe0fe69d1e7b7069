//! Conditions of one object, before and after it is applied.

use bastionless_model::{base::Diagnostics, value::Value};

use super::Finaliser;
use crate::{
    lang::program::{CheckRule, ResourceBlock},
    plan::{
        Change,
        conditions::{Conditions, Rule},
        world::{Each, ModuleScope},
    },
};

impl Finaliser {
    /// Checks the preconditions of a change.
    ///
    /// # Errors
    /// The conditions that fail.
    pub(super) fn conditions_before(
        &mut self,
        change: &Change,
        block: &ResourceBlock,
        each: &Each,
    ) -> Result<(), Diagnostics> {
        let scope =
            ModuleScope::new(&self.world, &change.address.resource.module).with_each(each.clone());
        let rules = &block.lifecycle.preconditions;
        let own = check(change, rules, "Resource precondition failed", &scope);
        self.keep(own)
    }

    /// Checks the postconditions of an object that was applied; `value` is what it is now.
    ///
    /// # Errors
    /// The conditions that fail.
    pub fn applied(&mut self, index: usize, value: &Value) -> Result<(), Diagnostics> {
        self.settled(index);
        let shared = self.plan.clone();
        let Some(change) = shared.changes.get(index) else {
            return Ok(());
        };
        let resource = &change.address.resource;
        let Some(id) = self.world.module_at(&resource.module.path()) else {
            return Ok(());
        };
        let Some(block) = self
            .world
            .module(id)
            .and_then(|m| m.resources.get(&resource.resource))
            .cloned()
        else {
            return Ok(());
        };
        if block.lifecycle.postconditions.is_empty() {
            return Ok(());
        }
        let each = self.world.each_of(&change.address);
        let marks = change.after.clone().unmark_with_paths().1;
        let this = value.clone().mark_with_paths(&marks);
        let scope = ModuleScope::new(&self.world, &resource.module)
            .with_each(each)
            .with_self(this);
        let rules = &block.lifecycle.postconditions;
        let own = check(change, rules, "Resource postcondition failed", &scope);
        self.keep(own)
    }

    /// Keeps results; what was wrong is the error.
    fn keep(&mut self, mut own: Conditions) -> Result<(), Diagnostics> {
        let diagnostics = std::mem::take(&mut own.diagnostics);
        self.objects.take_in(own);
        match diagnostics.has_errors() {
            true => Err(diagnostics),
            false => Ok(()),
        }
    }
}

/// Checks conditions of the object of a change.
fn check(
    change: &Change,
    rules: &[CheckRule],
    summary: &'static str,
    scope: &ModuleScope<'_>,
) -> Conditions {
    let rules = rules.iter().map(|rule| Rule {
        rule,
        at: None,
        summary,
    });
    let config = change.address.resource.config().to_string();
    let mut own = Conditions::default();
    let address = change.address.to_string();
    own.check("resource", &config, &address, rules, scope);
    own
}
