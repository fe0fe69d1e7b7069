//! Moving and removing objects inside a snapshot: what `state mv`, `state rm` and `moved` blocks stand on.

use super::{Snapshot, StateError};
use crate::lang::{
    Target,
    address::{AbsInstance, AbsResource, Key, ModuleInstance},
};

impl Snapshot {
    /// Returns the instances that a target names, in order.
    pub fn select(&self, target: &Target) -> Vec<AbsInstance> {
        let instances = self.instances().map(|(address, ..)| address);
        instances.filter(|a| matches(target, a)).collect()
    }

    /// Moves what `from` names to `to`, both of the same kind (a single instance may become a resource and the other way
    /// round), and returns the moved addresses, old and new.
    ///
    /// # Errors
    /// Says that the source is missing, the target is taken, or the two do not fit; then nothing is changed.
    pub fn rename(
        &mut self,
        from: &Target,
        to: &Target,
    ) -> Result<Vec<(AbsInstance, AbsInstance)>, StateError> {
        let sources = self.select(from);
        if sources.is_empty() {
            return Err(StateError::Move(format!(
                "there is nothing at {} in the state",
                shown(from)
            )));
        }
        let mut pairs = Vec::with_capacity(sources.len());
        for source in sources {
            let target = new_address(from, to, &source)?;
            if source.resource.resource.type_name != target.resource.resource.type_name
                || source.resource.resource.mode != target.resource.resource.mode
            {
                return Err(StateError::Move(format!(
                    "{source} cannot become {target}: their types differ"
                )));
            }
            if self.instance(&target).is_some() {
                return Err(StateError::Move(format!(
                    "there is something at {target} in the state already"
                )));
            }
            pairs.push((source, target));
        }
        for (source, target) in &pairs {
            self.move_instance(source, target);
        }
        Ok(pairs)
    }

    /// Moves one instance with its deposed objects; the target must be free. Tells whether there was anything to move.
    pub fn move_instance(&mut self, from: &AbsInstance, to: &AbsInstance) -> bool {
        let Some(resource) = self.resources.get_mut(&from.resource) else {
            return false;
        };
        let Some(instance) = resource.instances.remove(&from.key) else {
            return false;
        };
        let mut target = super::ResourceState::new(resource.provider.clone());
        target.extra.clone_from(&resource.extra);
        if resource.instances.is_empty() {
            self.resources.remove(&from.resource);
        }
        let target = self
            .resources
            .entry(to.resource.clone())
            .or_insert_with(|| target);
        target.instances.insert(to.key.clone(), instance);
        self.move_notes(from, to);
        true
    }

    /// Removes what a target names, deposed objects too, and returns the removed addresses.
    pub fn remove(&mut self, target: &Target) -> Vec<AbsInstance> {
        let gone = self.select(target);
        for address in &gone {
            self.drop_notes(address);
            if let Some(resource) = self.resources.get_mut(&address.resource) {
                resource.instances.remove(&address.key);
                if resource.instances.is_empty() {
                    self.resources.remove(&address.resource);
                }
            }
        }
        gone
    }
}

fn shown(target: &Target) -> String {
    match target {
        Target::Module(m) => m.to_string(),
        Target::Resource(r) => r.to_string(),
        Target::Instance(i) => i.to_string(),
    }
}

/// Tells whether a target names an instance. A module call or resource without a key names all of its instances.
fn matches(target: &Target, address: &AbsInstance) -> bool {
    match target {
        Target::Module(module) => inside(module, &address.resource.module).is_some(),
        Target::Resource(resource) => *resource == address.resource,
        Target::Instance(instance) => instance == address,
    }
}

/// Returns how many steps of `module` lead to `outer`, if it is that module or inside it. The last key of `outer` counts only
/// where it has one.
fn inside(outer: &ModuleInstance, module: &ModuleInstance) -> Option<usize> {
    let (last, before) = outer.0.split_last()?;
    let n = outer.0.len();
    let head = module.0.get(..n)?;
    let (own, own_before) = head.split_last()?;
    let same_last = own.0 == last.0 && (last.1 == Key::None || own.1 == last.1);
    (before == own_before && same_last).then_some(n)
}

fn new_address(
    from: &Target,
    to: &Target,
    source: &AbsInstance,
) -> Result<AbsInstance, StateError> {
    let misfit = || {
        StateError::Move(format!(
            "{} cannot become {}: both must be modules, or both resources or instances",
            shown(from),
            shown(to)
        ))
    };
    match (from, to) {
        (Target::Module(outer), Target::Module(new)) => {
            let n = inside(outer, &source.resource.module).ok_or_else(misfit)?;
            let steps = &source.resource.module.0;
            let mut module = new.clone();
            // Moving all instances of a call keeps their keys.
            let whole = outer.0.last().is_some_and(|(_, key)| *key == Key::None);
            if whole
                && let Some((_, key)) = steps.get(n - 1)
                && let Some(last) = module.0.last_mut()
                && last.1 == Key::None
            {
                last.1 = key.clone();
            }
            module.0.extend(steps.iter().skip(n).cloned());
            let resource = AbsResource {
                module,
                resource: source.resource.resource.clone(),
            };
            Ok(resource.instance(source.key.clone()))
        }
        (Target::Resource(_), Target::Resource(new)) => Ok(new.instance(source.key.clone())),
        (Target::Instance(_), Target::Instance(new)) => Ok(new.clone()),
        (Target::Resource(_), Target::Instance(new)) if source.key == Key::None => Ok(new.clone()),
        (Target::Instance(_), Target::Resource(new)) => Ok(new.instance(Key::None)),
        _ => Err(misfit()),
    }
}
