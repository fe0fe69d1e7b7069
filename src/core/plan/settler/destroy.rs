//! Deletes: of instances, of deposed objects, of everything.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{base::Diagnostic, schema::Schema, value::Value};

use super::Settler;
use crate::{
    lang::{
        address::{AbsInstance, Key, ProviderConfig},
        program::ResourceBlock,
    },
    plan::{Action, Change, Mode, Reason, world::Keys},
    state::Deposed,
};

/// Returns the repetition that a set of instance keys looks like.
pub(super) fn keys_of(keys: &[Key]) -> Keys {
    let texts: BTreeMap<Arc<str>, Value> = keys
        .iter()
        .filter_map(|k| match k {
            Key::Str(s) => Some((s.clone(), Value::DYNAMIC)),
            _ => None,
        })
        .collect();
    let numbers = keys.iter().filter_map(|k| match k {
        Key::Int(i) => Some(i + 1),
        _ => None,
    });
    match numbers.max() {
        _ if !texts.is_empty() => Keys::ForEach(Arc::new(texts)),
        Some(n) => Keys::Count(n),
        None if keys.is_empty() => Keys::ForEach(Arc::default()),
        None => Keys::Single,
    }
}

impl Settler {
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
