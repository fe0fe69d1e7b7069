//! Where many wait for many: a node that does nothing stands between them, so that edges add up instead of multiplying.
//!
//! `count = 2000` that refers to `count = 2000` is 4,000 edges through one joining node, and 4,000,000 without.

use std::collections::{BTreeMap, BTreeSet};

use crate::lang::address::{ConfigResource, Key, ModuleInstance, ModulePath};

/// Why instances of a resource wait for others, or are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// Dependents wait until all instances are made.
    Made,
    /// All instances go after their dependents.
    Going,
    /// All instances change after what depended on their old form has gone.
    Released,
    /// Old objects go after everything that depends on them has changed over to the new ones.
    Replaced,
    /// What goes for good goes after the update of those that depended on it.
    Abandoned,
}

impl Purpose {
    /// Tells whether others wait for the instances; otherwise the instances wait for others.
    pub(super) fn is_first(self) -> bool {
        self == Self::Made
    }
}

/// The nodes of a resource that have the same beginning of their module instance: one node, or the joining node of several.
type Hubs = BTreeMap<Vec<Key>, usize>;

/// Joining nodes, by purpose, resource, and how much of the module instance must agree.
#[derive(Default)]
pub(super) struct Joins(BTreeMap<(Purpose, ConfigResource, usize), Hubs>);

impl Joins {
    /// Returns the hubs of a resource, if they were made.
    pub(super) fn hubs(
        &self,
        purpose: Purpose,
        config: &ConfigResource,
        depth: usize,
    ) -> Option<&Hubs> {
        self.0.get(&(purpose, config.clone(), depth))
    }

    /// Keeps the hubs of a resource.
    pub(super) fn keep(
        &mut self,
        purpose: Purpose,
        config: &ConfigResource,
        depth: usize,
        hubs: Hubs,
    ) {
        self.0.insert((purpose, config.clone(), depth), hubs);
    }
}

/// Returns how many module calls two places share, from the root. Of two nodes that share so many, only those wait for each other
/// that lie in the same instance of each of these calls.
pub(super) fn shared_calls(a: &ModulePath, b: &ModulePath) -> usize {
    a.0.iter().zip(&b.0).take_while(|(x, y)| x == y).count()
}

/// Returns the instance keys of the first calls of a place.
pub(super) fn keys(place: &ModuleInstance, depth: usize) -> Vec<Key> {
    place
        .0
        .iter()
        .take(depth)
        .map(|(_, key)| key.clone())
        .collect()
}

/// What is done to all instances of a resource together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// They are created or changed.
    Commits(ConfigResource),
    /// They are destroyed.
    Destroys(ConfigResource),
}

/// The order of groups. Where a group does not wait for another, none of its nodes waits for one of the other's.
#[derive(Default)]
pub(super) struct Groups(BTreeMap<Group, BTreeSet<Group>>);

impl Groups {
    /// Something in `second` is done after something in `first`.
    pub(super) fn edge(&mut self, first: Group, second: Group) {
        self.0.entry(second).or_default().insert(first);
    }

    /// Tells whether something in `group` may wait for something in `first`, through any number of steps.
    pub(super) fn may_wait(&self, group: &Group, first: &Group) -> bool {
        let mut seen = BTreeSet::new();
        let mut todo = vec![group];
        while let Some(g) = todo.pop() {
            if g == first {
                return true;
            }
            if seen.insert(g) {
                todo.extend(self.0.get(g).into_iter().flatten());
            }
        }
        false
    }
}
