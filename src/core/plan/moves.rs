//! Moves: `moved` blocks and those implied by adding or removing `count`, applied to a snapshot.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::base::{Diagnostic, Diagnostics};

use crate::{
    lang::{
        address::{AbsInstance, AbsResource, ConfigResource, Key, ModuleInstance},
        program::{MoveEnd, Moved, Program, Repetition},
    },
    state::{InstanceState, ResourceState, Snapshot},
};

type Steps = [(Arc<str>, Option<Key>)];

/// What moving did.
#[derive(Debug, Default)]
pub(super) struct MoveResult {
    /// New address → address in the prior state.
    pub(super) previous: BTreeMap<AbsInstance, AbsInstance>,
    /// Warnings.
    pub(super) diagnostics: Diagnostics,
}

/// Applies all moves of a program to a snapshot.
pub(super) fn apply(program: &Program, snapshot: &mut Snapshot) -> MoveResult {
    let mut result = MoveResult::default();
    let mut blocked = Vec::new();
    // What is implied in a module that moves happens before that, what is implied where something moves to, after it.
    let (early, late): (Vec<_>, Vec<_>) = implied(program, snapshot)
        .into_iter()
        .partition(|(_, to)| program.moved.iter().any(|m| target(m, to).is_some()));
    for (from, to) in early {
        rename(snapshot, &from, &to, &mut result.previous);
    }
    for moved in in_order(&program.moved) {
        step(snapshot, moved, &mut result.previous, &mut blocked);
    }
    for (from, to) in late {
        rename(snapshot, &from, &to, &mut result.previous);
    }
    follow(snapshot, &result.previous);
    if !blocked.is_empty() {
        let list = blocked
            .iter()
            .map(|(from, to): &(Unit, Unit)| format!("\n  - {from} could not move to {to}"));
        result.diagnostics.push(Diagnostic::warning(
            "Unresolved resource instance address changes",
            format!(
                "Bastionless tried to adjust resource instance addresses in the prior state based on change information recorded in the configuration, but some adjustments did not succeed due to existing objects already at the intended addresses:{}\n\nBastionless has planned to destroy these objects. If bastionless's proposed changes aren't appropriate, you must first resolve the conflicts using the \"state\" subcommands and then create a new plan.",
                list.collect::<String>()
            ),
        ));
    }
    result
}

/// Lets what depended on something that moved depend on it where it is now: what is destroyed waits for that.
fn follow(snapshot: &mut Snapshot, previous: &BTreeMap<AbsInstance, AbsInstance>) {
    let ends = previous
        .iter()
        .map(|(to, from)| (from.resource.config(), to.resource.config()));
    let renamed: BTreeMap<ConfigResource, ConfigResource> = ends.filter(|(a, b)| a != b).collect();
    if renamed.is_empty() {
        return;
    }
    let left: BTreeSet<ConfigResource> =
        snapshot.resources.keys().map(AbsResource::config).collect();
    let instances = snapshot
        .resources
        .values_mut()
        .flat_map(|r| r.instances.values_mut());
    for object in instances.flat_map(|i| i.current.iter_mut().chain(i.deposed.values_mut())) {
        let new: Vec<_> = object
            .dependencies
            .iter()
            .filter_map(|d| renamed.get(d).cloned())
            .collect();
        if new.is_empty() {
            continue;
        }
        let mut all = std::mem::take(&mut object.dependencies);
        all.retain(|d| !renamed.contains_key(d) || left.contains(d));
        all.extend(new);
        all.sort_by_cached_key(ToString::to_string);
        all.dedup();
        object.dependencies = all;
    }
}

/// Orders statements so that chains (`a → b`, `b → c`) run from their beginning.
fn in_order(all: &[Moved]) -> Vec<&Moved> {
    let feeds = |a: &Moved, b: &Moved| a.module == b.module && end_within(&a.to, &b.from);
    let mut rest: Vec<&Moved> = all.iter().collect();
    let mut out = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let next = rest
            .iter()
            .position(|m| !rest.iter().any(|o| !std::ptr::eq(*o, *m) && feeds(o, m)))
            .unwrap_or(0);
        out.push(rest.remove(next));
    }
    out
}

/// Tells whether what `inner` names lies within what `outer` names, both seen from one module.
fn end_within(inner: &MoveEnd, outer: &MoveEnd) -> bool {
    fn parts(
        end: &MoveEnd,
    ) -> (
        &Steps,
        Option<(&crate::lang::address::Resource, &Option<Key>)>,
    ) {
        match end {
            MoveEnd::Module { steps } => (steps, None),
            MoveEnd::Resource {
                steps,
                resource,
                key,
            } => (steps, Some((resource, key))),
        }
    }
    let ((inner_steps, inner_leaf), (outer_steps, outer_leaf)) = (parts(inner), parts(outer));
    let prefix = inner_steps.len() >= outer_steps.len()
        && inner_steps
            .iter()
            .zip(outer_steps)
            .all(|(i, o)| i.0 == o.0 && (o.1.is_none() || i.1.is_none() || i.1 == o.1));
    match (inner_leaf, outer_leaf) {
        (_, None) => prefix,
        (Some((ir, ik)), Some((or, ok))) => {
            prefix
                && inner_steps.len() == outer_steps.len()
                && ir == or
                && (ok.is_none() || ik.is_none() || ik == ok)
        }
        (None, Some(_)) => false,
    }
}

/// What moves as one: where something of it is there already, all of it stays.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    /// What lies in one instance of a module itself, without the modules in it.
    Module(ModuleInstance),
    /// All instances of a resource.
    Resource(AbsResource),
    /// One instance.
    Instance(AbsInstance),
}

impl Unit {
    /// Returns what a statement moves together with an instance.
    fn of(moved: &Moved, instance: &AbsInstance) -> Self {
        match (&moved.from, &moved.to) {
            (MoveEnd::Module { .. }, _) => Self::Module(instance.resource.module.clone()),
            (MoveEnd::Resource { key: None, .. }, MoveEnd::Resource { key: None, .. }) => {
                Self::Resource(instance.resource.clone())
            }
            _ => Self::Instance(instance.clone()),
        }
    }

    /// Tells whether a snapshot holds something there.
    fn is_taken(&self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Module(module) => snapshot.resources.keys().any(|r| r.module == *module),
            Self::Resource(resource) => snapshot.resources.contains_key(resource),
            Self::Instance(instance) => snapshot.instance(instance).is_some(),
        }
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Module(module) => module.fmt(f),
            Self::Resource(resource) => resource.fmt(f),
            Self::Instance(instance) => instance.fmt(f),
        }
    }
}

fn step(
    snapshot: &mut Snapshot,
    moved: &Moved,
    previous: &mut BTreeMap<AbsInstance, AbsInstance>,
    blocked: &mut Vec<(Unit, Unit)>,
) {
    let pairs = snapshot
        .resources
        .iter()
        .flat_map(|(r, s)| s.instances.keys().map(move |k| r.instance(k.clone())))
        .filter_map(|from| target(moved, &from).map(|to| (from, to)))
        .filter(|(from, to)| from != to);
    let mut units: BTreeMap<(Unit, Unit), Vec<(AbsInstance, AbsInstance)>> = BTreeMap::new();
    for (from, to) in pairs {
        let unit = (Unit::of(moved, &from), Unit::of(moved, &to));
        units.entry(unit).or_default().push((from, to));
    }
    for (unit, pairs) in units {
        if unit.1.is_taken(snapshot) {
            blocked.push(unit);
            continue;
        }
        for (from, to) in pairs {
            rename(snapshot, &from, &to, previous);
        }
    }
}

/// Returns where a statement moves an instance to.
fn target(moved: &Moved, from: &AbsInstance) -> Option<AbsInstance> {
    let module = &from.resource.module.0;
    let depth = moved.module.0.len();
    let (base, below) = module.split_at_checked(depth)?;
    if base.iter().zip(&moved.module.0).any(|((n, _), p)| n != p) {
        return None;
    }
    match (&moved.from, &moved.to) {
        (MoveEnd::Module { steps: from_steps }, MoveEnd::Module { steps: to_steps }) => {
            let whole = last_key(from_steps).is_none() && last_key(to_steps).is_none();
            let (head, tail) = below.split_at_checked(from_steps.len())?;
            if !steps_match(from_steps, head, whole) {
                return None;
            }
            let mut path = base.to_vec();
            path.extend(concrete(to_steps));
            if whole && let (Some(last), Some((_, key))) = (path.last_mut(), head.last()) {
                last.1 = key.clone();
            }
            path.extend_from_slice(tail);
            let resource = AbsResource {
                module: ModuleInstance(path),
                resource: from.resource.resource.clone(),
            };
            Some(resource.instance(from.key.clone()))
        }
        (
            MoveEnd::Resource {
                steps: from_steps,
                resource: from_resource,
                key: from_key,
            },
            MoveEnd::Resource {
                steps: to_steps,
                resource: to_resource,
                key: to_key,
            },
        ) => {
            let whole = from_key.is_none() && to_key.is_none();
            if below.len() != from_steps.len()
                || !steps_match(from_steps, below, false)
                || from.resource.resource != *from_resource
                || !(whole || from_key.clone().unwrap_or_default() == from.key)
            {
                return None;
            }
            let mut path = base.to_vec();
            path.extend(concrete(to_steps));
            let resource = AbsResource {
                module: ModuleInstance(path),
                resource: to_resource.clone(),
            };
            Some(resource.instance(if whole {
                from.key.clone()
            } else {
                to_key.clone().unwrap_or_default()
            }))
        }
        _ => None,
    }
}

fn last_key(steps: &Steps) -> Option<&Key> {
    steps.last().and_then(|(_, k)| k.as_ref())
}

fn concrete(steps: &Steps) -> impl Iterator<Item = (Arc<str>, Key)> {
    steps
        .iter()
        .map(|(n, k)| (n.clone(), k.clone().unwrap_or_default()))
}

fn steps_match(pattern: &Steps, steps: &[(Arc<str>, Key)], any_last_key: bool) -> bool {
    let last = pattern.len().saturating_sub(1);
    pattern.len() == steps.len()
        && pattern
            .iter()
            .zip(steps)
            .enumerate()
            .all(|(i, ((pn, pk), (n, k)))| {
                pn == n && ((any_last_key && i == last) || pk.clone().unwrap_or_default() == *k)
            })
}

/// Renames one instance, unless there is one of the new name.
fn rename(
    snapshot: &mut Snapshot,
    from: &AbsInstance,
    to: &AbsInstance,
    previous: &mut BTreeMap<AbsInstance, AbsInstance>,
) {
    if snapshot.instance(to).is_some() {
        return;
    }
    let Some(source) = snapshot.resources.get_mut(&from.resource) else {
        return;
    };
    let provider = source.provider.clone();
    let Some(instance): Option<InstanceState> = source.instances.remove(&from.key) else {
        return;
    };
    if source.instances.is_empty() {
        snapshot.resources.remove(&from.resource);
    }
    snapshot
        .resources
        .entry(to.resource.clone())
        .or_insert_with(|| ResourceState::new(provider))
        .instances
        .insert(to.key.clone(), instance);
    snapshot.move_notes(from, to);
    let first = previous.remove(from).unwrap_or_else(|| from.clone());
    previous.insert(to.clone(), first);
}

/// Tells whether a statement names a resource as one of its ends: then nothing is implied about it.
fn names(moved: &Moved, address: &AbsResource) -> bool {
    [&moved.from, &moved.to].into_iter().any(|end| match end {
        MoveEnd::Module { .. } => false,
        MoveEnd::Resource {
            steps, resource, ..
        } => {
            let module = &address.module.0;
            let inside = module.split_at_checked(moved.module.0.len());
            *resource == address.resource
                && inside.is_some_and(|(outer, below)| {
                    outer.iter().map(|(n, _)| n).eq(&moved.module.0)
                        && steps_match(steps, below, false)
                })
        }
    })
}

/// Finds what moves from `a` to `a[0]` because `count` was added, or back because it was removed: objects of a snapshot in which
/// nothing was moved yet.
fn implied(program: &Program, snapshot: &Snapshot) -> Vec<(AbsInstance, AbsInstance)> {
    let mut pairs = Vec::new();
    for (address, state) in &snapshot.resources {
        let Some(module) = program
            .modules
            .iter()
            .find(|m| m.path == address.module.path())
        else {
            continue;
        };
        let Some(block) = module.resources.get(&address.resource) else {
            continue;
        };
        let (from, to) = match block.repetition {
            Repetition::Single => (Key::Int(0), Key::None),
            Repetition::Count(_) => (Key::None, Key::Int(0)),
            Repetition::ForEach(_) => continue,
        };
        let is_free = state.instances.contains_key(&from) && !state.instances.contains_key(&to);
        if is_free && !program.moved.iter().any(|m| names(m, address)) {
            pairs.push((address.instance(from), address.instance(to)));
        }
    }
    pairs
}
