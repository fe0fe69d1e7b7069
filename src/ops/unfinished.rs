//! Changes that a broken-off run left behind.

use std::collections::BTreeSet;

use bastionless_core::{io::RealDisk, lang::address::AbsInstance, state::journal::Begin, store};
use bastionless_model::base::Diagnostic;

use super::{Done, env::Env, place::Place, request::Locking};

/// Returns the changes without an end: the next plan looks for their objects.
pub(crate) async fn list(env: &Env) -> Done<Vec<Begin>> {
    let place = Place::open(env).await?;
    Ok(store::open(&*place.store, &RealDisk).await?.open)
}

/// Strikes the unfinished creations of instances out of the journal, as they were settled by hand.
pub(crate) async fn forget(env: &Env, addresses: &[AbsInstance], locking: Locking) -> Done<()> {
    let place = Place::open(env).await?;
    let store = &*place.store;
    if locking.enabled {
        store::lock(store, "state recover", locking.patience).await?;
    }
    let mut missing = BTreeSet::new();
    let mut done = Ok(());
    for address in addresses {
        match store::forget_unfinished(store, address).await {
            Ok(true) => {}
            Ok(false) => {
                missing.insert(address.to_string());
            }
            Err(e) => {
                done = Err(e);
                break;
            }
        }
    }
    let unlocked = if locking.enabled {
        store.unlock().await
    } else {
        Ok(())
    };
    done?;
    unlocked?;
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.into_iter().collect();
    let detail = format!(
        "No run broke off while it created {}; `bastionless state recover` lists what is unfinished.",
        names.join(", ")
    );
    Err(Diagnostic::error("No unfinished change found", detail).into())
}
