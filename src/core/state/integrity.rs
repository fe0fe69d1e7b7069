//! What must hold of a snapshot before anything is done on it.
//!
//! A snapshot that breaks a rule is still written, as it is the only record of what exists, but no run starts from it. What
//! reading refuses (an object that is there twice, an unknown status) cannot be in a snapshot at all.

use std::collections::BTreeSet;

use super::Snapshot;
use crate::lang::address::{AbsInstance, ConfigResource, Mode};

/// A broken rule, in words for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw(pub String);

impl Snapshot {
    /// Returns what is broken, in the order of addresses; empty is sound.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut out = Vec::new();
        if self.lineage.is_empty() && !self.is_empty() {
            out.push(Flaw("the state has objects but no lineage".into()));
        }
        for (address, resource, instance) in self.instances() {
            if instance.is_empty() {
                out.push(Flaw(format!("{address} holds no object")));
            }
            for object in instance.current.iter().chain(instance.deposed.values()) {
                if object.attributes.get() == "null" && object.extra.is_empty() {
                    out.push(Flaw(format!("an object of {address} has no attributes")));
                }
            }
            if !instance.deposed.is_empty() && address.resource.resource.mode == Mode::Data {
                out.push(Flaw(format!(
                    "the data source {address} has deposed objects"
                )));
            }
            if resource.provider.provider.name.is_empty() {
                out.push(Flaw(format!("{address} names no provider")));
            }
        }
        out
    }

    /// Returns dependencies on resources that are not in the state. No flaw, as `state rm` leaves them behind, but such a
    /// dependency orders nothing any more.
    pub fn dangling(&self) -> Vec<(AbsInstance, ConfigResource)> {
        let known: BTreeSet<_> = self.resources.keys().map(|a| a.config()).collect();
        let mut out = Vec::new();
        for (address, _, instance) in self.instances() {
            let objects = instance.current.iter().chain(instance.deposed.values());
            for dependency in objects.flat_map(|o| &o.dependencies) {
                if !known.contains(dependency) {
                    out.push((address.clone(), dependency.clone()));
                }
            }
        }
        out
    }
}
