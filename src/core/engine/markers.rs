//! Taking the marker tags off the objects that a run created.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    schema::Catalogue,
    value::Value,
};

use super::{Providers, apply::region_of, call::Shared, failure::told};
use crate::lang::address::{AbsInstance, ProviderConfig};

/// Objects that one call can serve: provider, type, region.
type Group = (ProviderConfig, Arc<str>, Option<String>);

/// Removes the marker tags of the objects that were created, in bulk. Returns those that still may carry one: the next run
/// tries again.
pub(super) async fn clear(
    shared: &Shared,
    providers: &Providers,
    catalogue: &Catalogue,
    created: &[AbsInstance],
    diagnostics: &mut Diagnostics,
) -> Vec<AbsInstance> {
    let mut groups: BTreeMap<Group, (Vec<AbsInstance>, Vec<Value>)> = BTreeMap::new();
    shared.recorder.state(|s| {
        for address in created {
            let type_name = address.resource.resource.type_name.clone();
            let object = s.object(address, None);
            let resource = s.resources.get(&address.resource);
            let schema = catalogue.managed(&type_name);
            if let (Some(object), Some(resource), Some(schema)) = (object, resource, schema)
                && let Ok(value) = object.decode(&schema)
            {
                let value = value.unmark_deep().0;
                let key = (resource.provider.clone(), type_name, region_of(&value));
                let group = groups.entry(key).or_default();
                group.0.push(address.clone());
                group.1.push(value);
            }
        }
    });
    let mut left = Vec::new();
    for ((provider, type_name, region), (addresses, states)) in groups {
        let cleared = match providers.reconcile(&provider, &type_name, region.as_deref()) {
            Ok(reconcile) => reconcile.clear_marker(&states).await,
            Err(e) => Err(e),
        };
        if let Err(e) = cleared {
            left.extend(addresses);
            let text = format!(
                "The tag that marks new objects of type {type_name} as ours could not be removed. It does no harm, and the next apply tries again. {}",
                told(&e)
            );
            diagnostics.push(Diagnostic::warning("Marker tags left behind", text));
        }
    }
    left
}
