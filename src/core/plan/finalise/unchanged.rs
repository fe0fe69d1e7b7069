//! Objects that did not change, at the end of an apply.

use std::collections::BTreeSet;

use super::Finaliser;
use crate::{lang::graph::ConfigNode, plan::Action, state::Snapshot};

impl Finaliser {
    /// Checks the conditions of objects that did not change: what they refer to may have.
    pub(super) fn conditions_of_unchanged(
        &mut self,
        state: &Snapshot,
        lost: &BTreeSet<ConfigNode>,
    ) {
        let shared = self.plan.clone();
        for (i, change) in shared.changes.iter().enumerate() {
            let Some(block) = self.block(i).cloned() else {
                continue;
            };
            let none = block.lifecycle.preconditions.is_empty()
                && block.lifecycle.postconditions.is_empty();
            let Some(node) = self.node_of(i).filter(|n| !lost.contains(n)) else {
                continue;
            };
            if none || change.action != Action::NoOp || change.deposed.is_some() {
                continue;
            }
            let resource = &change.address.resource;
            self.ensure_before(&node, &resource.module, state);
            let each = self.world.each_of(&change.address);
            let before = self.conditions_before(change, &block, &each);
            let after = self.applied(i, &change.after);
            for problems in [before, after].into_iter().filter_map(Result::err) {
                self.conditions.diagnostics.extend(problems);
            }
        }
    }
}
