//! What `moved` and `removed` blocks say against each other and against the configuration.

use std::collections::BTreeMap;

use bastionless_model::base::{Diagnostic, Diagnostics, Span};

use super::tree::Tree;
use crate::lang::{
    address::{ConfigResource, Key, ModulePath},
    program::{MoveEnd, Program, Removed, RemovedFrom},
};

/// Links `removed` blocks and checks both kinds.
pub(super) fn check(program: &mut Program, tree: &Tree, diagnostics: &mut Diagnostics) {
    removed(program, tree, diagnostics);
    ambiguous(program, diagnostics);
    cyclic(program, diagnostics);
    for moved in &program.moved {
        let (from, to) = (
            text(&moved.module, &moved.from),
            text(&moved.module, &moved.to),
        );
        if moved.from == moved.to {
            diagnostics.push(
                Diagnostic::error(
                    "Redundant move statement",
                    format!("This statement declares a move from {from} to the same address, which is the same as not declaring this move at all."),
                )
                .at(moved.span),
            );
        } else if let Some(place) = whole(&moved.module, &moved.from)
            .and_then(|end| declared(program, &end))
            .filter(|_| !same_object(&moved.from, &moved.to))
        {
            let what = match moved.from {
                MoveEnd::Module { .. } => "module",
                MoveEnd::Resource { .. } => "resource",
            };
            diagnostics.push(
                Diagnostic::error(
                    "Moved object still exists",
                    format!("This statement declares a move from {from}, but that {what} is still declared.\n\nChange your configuration so that this {what} will be declared as {to} instead."),
                )
                .at(moved.span)
                .context(place, "it is still declared here"),
            );
        }
    }
}

/// A whole module or resource, as written.
enum Whole {
    Module(ModulePath),
    Resource(ConfigResource),
}

fn names(base: &ModulePath, steps: &[(std::sync::Arc<str>, Option<Key>)]) -> ModulePath {
    let steps = steps.iter().map(|(n, _)| n.clone());
    ModulePath(base.0.iter().cloned().chain(steps).collect())
}

/// Returns the object that an end names as a whole; `None` where it names instances.
fn whole(base: &ModulePath, end: &MoveEnd) -> Option<Whole> {
    let unkeyed = |steps: &[(_, Option<Key>)]| steps.iter().all(|(_, k)| k.is_none());
    match end {
        MoveEnd::Module { steps } if unkeyed(steps) => Some(Whole::Module(names(base, steps))),
        MoveEnd::Resource {
            steps,
            resource,
            key: None,
        } if unkeyed(steps) => Some(Whole::Resource(ConfigResource {
            module: names(base, steps),
            resource: resource.clone(),
        })),
        _ => None,
    }
}

/// Tells whether two ends name (instances of) the same object: moving between instances is no rename.
fn same_object(a: &MoveEnd, b: &MoveEnd) -> bool {
    let root = ModulePath::default();
    match (a, b) {
        (MoveEnd::Module { steps: a }, MoveEnd::Module { steps: b }) => {
            names(&root, a) == names(&root, b)
        }
        (
            MoveEnd::Resource {
                steps: a,
                resource: x,
                ..
            },
            MoveEnd::Resource {
                steps: b,
                resource: y,
                ..
            },
        ) => x == y && names(&root, a) == names(&root, b),
        _ => false,
    }
}

/// Returns where an object is declared, if it is.
fn declared(program: &Program, object: &Whole) -> Option<Span> {
    let module = |path: &ModulePath| program.modules.iter().find(|m| m.path == *path);
    match object {
        Whole::Module(path) => {
            let (name, parent) = path.0.split_last()?;
            let parent = module(&ModulePath(parent.to_vec()))?;
            parent.calls.get(name).map(|c| c.header)
        }
        Whole::Resource(r) => module(&r.module)?
            .resources
            .get(&r.resource)
            .map(|b| b.header),
    }
}

/// Writes an end as Terraform's messages do.
fn text(base: &ModulePath, end: &MoveEnd) -> String {
    let mut parts: Vec<String> = base.0.iter().map(|n| format!("module.{n}")).collect();
    let shown = |key: &Option<Key>| key.as_ref().map_or_else(String::new, Key::to_string);
    let (steps, last) = match end {
        MoveEnd::Module { steps } => (steps, None),
        MoveEnd::Resource {
            steps,
            resource,
            key,
        } => (steps, Some(format!("{resource}{}", shown(key)))),
    };
    parts.extend(steps.iter().map(|(n, k)| format!("module.{n}{}", shown(k))));
    parts.extend(last);
    parts.join(".")
}

/// Reports objects that move to two places, or places that two objects move to.
fn ambiguous(program: &Program, diagnostics: &mut Diagnostics) {
    let mut by_from: BTreeMap<String, (String, Span)> = BTreeMap::new();
    let mut by_to: BTreeMap<String, (String, Span)> = BTreeMap::new();
    for moved in &program.moved {
        let (from, to) = (
            text(&moved.module, &moved.from),
            text(&moved.module, &moved.to),
        );
        let what = match moved.from {
            MoveEnd::Module { .. } => "module",
            MoveEnd::Resource { .. } => "resource",
        };
        match by_from.get(&from) {
            Some((other, place)) if *other != to => diagnostics.push(
                Diagnostic::error(
                    "Ambiguous move statements",
                    format!("Another statement declared that {from} moved to {other}, but this statement instead declares that it moved to {to}.\n\nEach {what} can move to only one destination {what}."),
                )
                .at(moved.span)
                .context(*place, "the other statement is here"),
            ),
            Some(_) => {}
            None => {
                by_from.insert(from.clone(), (to.clone(), moved.span));
            }
        }
        match by_to.get(&to) {
            Some((other, place)) if *other != from => diagnostics.push(
                Diagnostic::error(
                    "Ambiguous move statements",
                    format!("Another statement declared that {other} moved to {to}, but this statement instead declares that {from} moved there.\n\nEach {what} can have moved from only one source {what}."),
                )
                .at(moved.span)
                .context(*place, "the other statement is here"),
            ),
            Some(_) => {}
            None => {
                by_to.insert(to, (from, moved.span));
            }
        }
    }
}

/// Reports chains of moves that come back to where they began.
fn cyclic(program: &Program, diagnostics: &mut Diagnostics) {
    let next: BTreeMap<String, (String, Span)> = program
        .moved
        .iter()
        .filter(|m| m.from != m.to)
        .map(|m| (text(&m.module, &m.from), (text(&m.module, &m.to), m.span)))
        .collect();
    let mut reported = std::collections::BTreeSet::new();
    for start in next.keys() {
        let mut chain = vec![start];
        let mut at = start;
        while let Some((to, _)) = next.get(at) {
            if to == start {
                break;
            }
            if chain.contains(&to) {
                chain.clear();
                break;
            }
            chain.push(to);
            at = to;
        }
        let closed = next.get(at).is_some_and(|(to, _)| to == start);
        if !closed || chain.is_empty() || chain.iter().any(|c| !reported.insert((*c).clone())) {
            continue;
        }
        let steps: Vec<String> = chain
            .iter()
            .filter_map(|from| Some(format!("\n  - {from} → {}", next.get(*from)?.0)))
            .collect();
        let mut diagnostic = Diagnostic::error(
            "Cyclic dependency in move statements",
            format!(
                "The following chained move statements form a cycle, and so there is no final location to move objects to:{}\n\nA chain of move statements must end with an address that doesn't appear in any other statements, and which typically also refers to an object still declared in the configuration.",
                steps.concat()
            ),
        );
        for (i, (_, span)) in chain.iter().filter_map(|f| next.get(*f)).enumerate() {
            diagnostic = if i == 0 {
                diagnostic.at(*span)
            } else {
                diagnostic.context(*span, "")
            };
        }
        diagnostics.push(diagnostic);
    }
}

/// Links `removed` blocks and reports those whose object is still there.
fn removed(program: &mut Program, tree: &Tree, diagnostics: &mut Diagnostics) {
    let mut linked = Vec::new();
    for module in &tree.modules {
        for raw in &module.raw.removed {
            let Some(object) = whole(&module.path, &raw.from) else {
                continue;
            };
            if let Some(place) = declared(program, &object) {
                let (what, name) = match &object {
                    Whole::Module(path) => ("module", path.to_string()),
                    Whole::Resource(r) => ("resource", r.to_string()),
                };
                diagnostics.push(
                    Diagnostic::error(
                        format!("Removed {what} still exists"),
                        format!("This statement declares that {name} was removed, but it is still declared in configuration."),
                    )
                    .at(place)
                    .context(raw.span, "the statement is here"),
                );
            }
            linked.push(Removed {
                from: match object {
                    Whole::Module(path) => RemovedFrom::Module(path),
                    Whole::Resource(r) => RemovedFrom::Resource(r),
                },
                destroy: raw.destroy,
                span: raw.span,
            });
        }
    }
    program.removed = linked;
}
