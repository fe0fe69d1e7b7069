//! `taint`, `untaint`: says of an object that the next apply replaces it, or that it need not.

use bastionless_core::{
    lang::address::{AbsInstance, Mode},
    state::Status,
};
use bastionless_model::base::Diagnostic;

use super::{Done, env::Env, request::Locking, state::change};

/// What is to be said of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// `taint`
    Taint,
    /// `untaint`
    Untaint,
}

/// Marks an object. Returns a warning where there is none and that is allowed.
pub(crate) async fn mark(
    env: &Env,
    address: &AbsInstance,
    mark: Mark,
    allow_missing: bool,
    locking: Locking,
) -> Done<Option<Diagnostic>> {
    let (operation, status) = match mark {
        Mark::Taint => ("taint", Status::Tainted),
        Mark::Untaint => ("untaint", Status::Ready),
    };
    if address.resource.resource.mode != Mode::Managed {
        let detail = format!("{address} is a data source: only managed resources can be tainted.");
        return Err(Diagnostic::error("Invalid address", detail).into());
    }
    change(env, operation, locking, |snapshot| {
        let found = snapshot.resources.get_mut(&address.resource);
        let instance = found.and_then(|r| r.instances.get_mut(&address.key));
        let Some(object) = instance.and_then(|i| i.current.as_mut()) else {
            return missing(address, allow_missing).map(|warning| (Some(warning), false));
        };
        if object.status == status && mark == Mark::Untaint {
            let detail = format!("Resource instance {address} is not currently tainted, and so it cannot be untainted.");
            return Err(Diagnostic::error("Resource instance is not tainted", detail).into());
        }
        let is_changed = object.status != status;
        object.status = status;
        Ok((None, is_changed))
    })
    .await
}

fn missing(address: &AbsInstance, allowed: bool) -> Done<Diagnostic> {
    const SUMMARY: &str = "No such resource instance";
    if allowed {
        let detail = format!(
            "Resource instance {address} was not found, but this is not an error because -allow-missing was set."
        );
        return Ok(Diagnostic::warning(SUMMARY, detail));
    }
    let detail = format!(
        "There is no resource instance in the state with the address {address}. If the resource configuration has just been added, you must run \"bastionless apply\" once to create the corresponding instance(s) before they can be tainted."
    );
    Err(Diagnostic::error(SUMMARY, detail).into())
}
