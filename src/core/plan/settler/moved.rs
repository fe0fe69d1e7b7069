//! `moved` blocks whose objects did not move: the configuration still makes what they say is gone.

use bastionless_model::base::{Diagnostic, Diagnostics, Span};

use super::Settler;
use crate::{
    lang::{
        address::{AbsInstance, AbsResource, Key, ModuleInstance},
        program::{MoveEnd, Moved, Repetition},
    },
    plan::world::Keys,
};

/// What a move starts from and still exists: what it is called, and where it is made.
struct Still {
    noun: &'static str,
    short: &'static str,
    made: Option<Span>,
}

impl Settler {
    /// Reports moves away from objects that the configuration still makes, and nothing else then: what else is wrong may follow
    /// from that. Whole modules and resources in modules that are not repeated are compared when the configuration is linked.
    pub(super) fn moves_to_nowhere(&mut self) {
        let program = self.world.program().clone();
        let mut wrong = Diagnostics::default();
        for moved in &program.moved {
            let Some(id) = self.world.module_at(&moved.module) else {
                continue;
            };
            for base in self.world.instances_of(id) {
                let Some(still) = self.still(&base, moved) else {
                    continue;
                };
                let (from, to) = (text(&base, &moved.from), text(&base, &moved.to));
                if from == to {
                    continue;
                }
                let positions = still.made.and_then(|span| program.sources.positions(span));
                let place = positions.map_or_else(String::new, |(source, at, _)| {
                    format!(" at {}:{},{}", source.name, at.line, at.column)
                });
                let Still { noun, short, .. } = still;
                wrong.push(
                    Diagnostic::error(
                        "Moved object still exists",
                        format!("This statement declares a move from {from}, but that {noun} is still declared{place}.\n\nChange your configuration so that this {short} will be declared as {to} instead."),
                    )
                    .at(moved.span),
                );
            }
        }
        if wrong.has_errors() {
            self.conditions.diagnostics = wrong;
            self.invalid = true;
        }
    }

    /// Returns what a move starts from, in one instance of the module that holds the block, where that still exists.
    fn still(&self, base: &ModuleInstance, moved: &Moved) -> Option<Still> {
        match (&moved.from, &moved.to) {
            (MoveEnd::Module { steps }, _) => {
                let module = inside(base, steps);
                let is_one = steps.last().is_some_and(|(_, key)| key.is_some());
                (is_one && self.world.has_module(&module)).then(|| self.still_module(&module))
            }
            (
                MoveEnd::Resource {
                    steps,
                    resource,
                    key,
                },
                MoveEnd::Resource {
                    steps: to_steps,
                    resource: to_resource,
                    key: to_key,
                },
            ) => {
                let address = AbsResource {
                    module: inside(base, steps),
                    resource: resource.clone(),
                };
                let target = AbsResource {
                    module: inside(base, to_steps),
                    resource: to_resource.clone(),
                };
                let keys = self.world.resource_keys(&address.module, resource)?;
                let is_linked = key.is_none()
                    && address != target
                    && steps.iter().all(|(_, key)| key.is_none());
                if is_linked {
                    return None;
                }
                let id = self.world.module_at(&address.module.path());
                let block = id.and_then(|id| self.world.module(id)?.resources.get(resource));
                let header = block.map(|b| b.header);
                if key.is_none() && to_key.is_none() {
                    return Some(Still {
                        noun: "resource",
                        short: "resource",
                        made: header,
                    });
                }
                let instance = address.instance(key.clone().unwrap_or_default());
                let repeated = block.and_then(|b| repeated_at(&b.repetition));
                is_made(keys, &instance).then(|| Still {
                    noun: "resource instance",
                    short: "instance",
                    made: repeated.or(header),
                })
            }
            _ => None,
        }
    }

    fn still_module(&self, module: &ModuleInstance) -> Still {
        let path = module.path();
        let parent = self
            .world
            .module_at(&path)
            .and_then(|id| self.world.module(id)?.parent)
            .and_then(|id| self.world.module(id));
        let call = parent.and_then(|m| m.calls.get(path.0.last()?));
        Still {
            noun: "module instance",
            short: "instance",
            made: call.map(|c| repeated_at(&c.repetition).unwrap_or(c.header)),
        }
    }
}

fn is_made(keys: &Keys, instance: &AbsInstance) -> bool {
    match (keys, &instance.key) {
        (Keys::Single, Key::None) => true,
        (Keys::Count(n), Key::Int(i)) => i < n,
        (Keys::ForEach(entries), Key::Str(key)) => entries.contains_key(key),
        _ => false,
    }
}

/// Returns where something is repeated.
fn repeated_at(repetition: &Repetition) -> Option<Span> {
    match repetition {
        Repetition::Single => None,
        Repetition::Count(expr) | Repetition::ForEach(expr) => Some(expr.span),
    }
}

fn inside(base: &ModuleInstance, steps: &[(std::sync::Arc<str>, Option<Key>)]) -> ModuleInstance {
    let steps = steps.iter();
    steps.fold(base.clone(), |m, (name, key)| {
        m.child(name, key.clone().unwrap_or_default())
    })
}

fn text(base: &ModuleInstance, end: &MoveEnd) -> String {
    match end {
        MoveEnd::Module { steps } => inside(base, steps).to_string(),
        MoveEnd::Resource {
            steps,
            resource,
            key,
        } => {
            let resource = AbsResource {
                module: inside(base, steps),
                resource: resource.clone(),
            };
            resource
                .instance(key.clone().unwrap_or_default())
                .to_string()
        }
    }
}
