//! After the changes of a run: objects whose parts are resources of their own are read once more.
//!
//! A security group that was created before its rules was read without them. Its computed collections in the state, and outputs that
//! show them, would be out of date at once, and the next plan would have something to say.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    cloud::{Identity, Observed},
    schema::{Block, Catalogue, Mode, plan::normalise_read},
    value::{Type, Value, identical},
};

use super::{Providers, apply::region_of, call::Shared};
use crate::{
    lang::address::{AbsInstance, ProviderConfig},
    plan::{Action, Plan},
    state::{Object, Snapshot, journal::Entry},
};

/// Objects that are read with one call: provider, type, region.
type Group = (ProviderConfig, Arc<str>, Option<String>);

/// Reads the parents of everything that the plan created, changed or destroyed, and brings the state up to date. What cannot be
/// read stays as it is: the next plan reads it anyway.
pub(super) async fn refresh(
    shared: &Shared,
    providers: &Providers,
    catalogue: &Catalogue,
    plan: &Plan,
) {
    let wanted = parents(plan, catalogue);
    if wanted.is_empty() {
        return;
    }
    let groups = shared.recorder.state(|s| stored(s, catalogue, &wanted));
    for ((provider, type_name, region), objects) in groups {
        let Some(schema) = catalogue.managed(&type_name) else {
            continue;
        };
        let Ok(reconcile) = providers.reconcile(&provider, &type_name, region.as_deref()) else {
            continue;
        };
        let ids: Vec<Identity> = objects
            .iter()
            .map(|(_, _, value)| Identity {
                id: value.get_str("id").unwrap_or_default().to_owned(),
                prior: Some(value.clone().unmark_deep().0),
            })
            .collect();
        let settings = providers.settings(&provider);
        for ((address, object, value), observed) in
            objects.into_iter().zip(reconcile.observe(&ids).await)
        {
            let Observed::Present(live) = observed else {
                continue;
            };
            let (plain, marks) = value.unmark_with_paths();
            let live = normalise_read(&schema, &settings, Some(&plain), &live);
            if identical(&live, &plain) {
                continue;
            }
            let Ok(fresh) = Object::encode(&live.mark_with_paths(&marks), &schema) else {
                continue;
            };
            let object = Object {
                attributes: fresh.attributes,
                sensitive: fresh.sensitive,
                ..object
            };
            shared.recorder.record_later(&Entry::Put {
                address,
                deposed: None,
                provider: provider.clone(),
                object,
            });
        }
    }
}

/// Returns type and name of the parents of what the plan changes, where a parent shows its parts.
fn parents(plan: &Plan, catalogue: &Catalogue) -> BTreeSet<(Arc<str>, String)> {
    let mut out = BTreeSet::new();
    for change in plan
        .changes
        .iter()
        .filter(|c| !matches!(c.action, Action::NoOp | Action::Read | Action::Forget))
    {
        let Some(schema) = catalogue.managed(&change.address.resource.resource.type_name) else {
            continue;
        };
        let Some((type_name, by)) = &schema.parent else {
            continue;
        };
        if !catalogue
            .managed(type_name)
            .is_some_and(|s| shows_parts(&s.block))
        {
            continue;
        }
        // An unknown name is found by the state below: then every object of the type is read.
        let known = [&change.after, &change.before]
            .into_iter()
            .find_map(|v| v.get_str(by))
            .map(str::to_owned);
        out.insert((type_name.clone(), known.unwrap_or_default()));
    }
    out
}

/// Tells whether an object shows collections that others may own.
fn shows_parts(block: &Block) -> bool {
    let collection = |t: &Type| matches!(t, Type::List(_) | Type::Set(_));
    block
        .attributes
        .values()
        .any(|a| a.mode == Mode::OptionalComputed && collection(&a.ty))
        || block.blocks.values().any(|b| b.computed)
}

fn stored(
    state: &Snapshot,
    catalogue: &Catalogue,
    wanted: &BTreeSet<(Arc<str>, String)>,
) -> BTreeMap<Group, Vec<(AbsInstance, Object, Value)>> {
    let mut groups: BTreeMap<Group, Vec<(AbsInstance, Object, Value)>> = BTreeMap::new();
    for (address, resource, instance) in state.instances() {
        let type_name = &address.resource.resource.type_name;
        let names = |name: &str| wanted.contains(&(type_name.clone(), name.to_owned()));
        if !wanted.iter().any(|(t, _)| t == type_name) {
            continue;
        }
        let (Some(schema), Some(object)) = (catalogue.managed(type_name), &instance.current) else {
            continue;
        };
        let Ok(value) = object.decode(&schema) else {
            continue;
        };
        if names("")
            || ["id", "name", "bucket"]
                .iter()
                .any(|k| value.get_str(k).is_some_and(names))
        {
            let key = (
                resource.provider.clone(),
                type_name.clone(),
                region_of(&value),
            );
            groups
                .entry(key)
                .or_default()
                .push((address, object.clone(), value));
        }
    }
    groups
}
