//! `import`: takes an existing object into the state, and changes nothing else.

use bastionless_core::{lang::address::AbsInstance, state::Object};
use bastionless_model::{base::Diagnostic, schema::Catalogue};

use super::{Done, session::Planned};

/// Puts the object that the plan imports at `address` into the state.
pub(crate) async fn run(planned: Planned, address: &AbsInstance) -> Done<()> {
    let change = planned
        .plan
        .changes
        .iter()
        .find(|c| c.address == *address && c.importing.is_some());
    let Some(change) = change else {
        let detail = format!(
            "There is nothing to import at {address}. The configuration must have a block for it, and the state must not have it already."
        );
        return Err(Diagnostic::error("Nothing to import", detail).into());
    };
    let schema = Catalogue::builtin()
        .managed(&address.resource.resource.type_name)
        .ok_or_else(|| {
            Diagnostic::error(
                "Unsupported type",
                format!("Objects of the type of {address} are not supported."),
            )
        })?;
    let broken = |e: bastionless_core::state::StateError| {
        Diagnostic::error("Import failed", format!("{address}: {e}."))
    };
    let value = change.before.clone().unmark_deep().0;
    let object = Object::encode(&value, &schema)
        .map_err(broken)?
        .depending_on(change.dependencies.clone());
    let mut snapshot = planned.prior.snapshot.clone();
    snapshot.put(address, None, &change.provider, object);
    snapshot.serial += 1;
    let text = snapshot.write().map_err(broken)?;
    Ok(planned.place.store.write(text.into_bytes()).await?)
}
