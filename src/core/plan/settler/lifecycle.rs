//! `lifecycle`: `ignore_changes`, `replace_triggered_by`, and who inherits `create_before_destroy`.

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    value::{Kind, Map, Value, identical},
};

use super::Settler;
use crate::{
    lang::{
        address::{AbsInstance, AbsResource, Key, Mode, Resource},
        graph::{ConfigNode, NodeKind, StaticGraph},
        program::{IgnoreChanges, Lifecycle, ModuleId, Program},
        syntax::{Expr, ExprKind, TraversalStep},
    },
    plan::{Action, world::ModuleScope},
};

/// Returns the resources that are created before they are destroyed: those that say so and all that they depend on. With targets
/// what is not selected says nothing.
pub(super) fn create_before_destroy(
    program: &Program,
    graph: &StaticGraph,
    selected: Option<&BTreeSet<ConfigNode>>,
) -> BTreeSet<ConfigNode> {
    let mut own = Vec::new();
    for (i, module) in program.modules.iter().enumerate() {
        for (resource, block) in &module.resources {
            if block.lifecycle.create_before_destroy == Some(true) {
                own.push(ConfigNode::new(
                    ModuleId(i),
                    NodeKind::Resource(resource.clone()),
                ));
            }
        }
    }
    own.retain(|n| selected.is_none_or(|s| s.contains(n)));
    graph.with_dependencies(&own)
}

/// Puts the prior values of ignored attributes into the configuration.
pub(crate) fn ignore(lifecycle: &Lifecycle, prior: &Value, config: Value) -> Value {
    match &lifecycle.ignore_changes {
        _ if prior.is_null() => config,
        IgnoreChanges::None => config,
        IgnoreChanges::All => prior.clone(),
        IgnoreChanges::Paths(paths) => paths
            .iter()
            .fold(config, |c, path| replace_at(c, prior, path)),
    }
}

fn replace_at(config: Value, prior: &Value, path: &[TraversalStep]) -> Value {
    let Some((first, rest)) = path.split_first() else {
        return prior.clone();
    };
    let marks = config.marks();
    let replaced = match (config.kind(), first) {
        (Kind::Object(m), TraversalStep::Attribute(name)) => {
            match (m.get(&name.name), prior.get(&name.name)) {
                (Some(c), Some(p)) => Some(
                    config
                        .clone()
                        .with(name.name.clone(), replace_at(c.clone(), p, rest)),
                ),
                _ => None,
            }
        }
        // A key in brackets is that of a map; anywhere else it stands for the whole.
        (Kind::Object(_), TraversalStep::Index(..)) if rest.is_empty() => Some(prior.clone()),
        (Kind::Map(..) | Kind::Object(_), _) => {
            key_text(first).map(|key| replace_key(&config, prior, &key, rest))
        }
        (Kind::Null(_), _) if !prior.is_null() => key_text(first)
            .filter(|key| matches!(prior.kind(), Kind::Map(..)) && prior.get(key).is_some())
            .map(|key| {
                replace_key(
                    &Value::map(
                        prior
                            .type_of()
                            .element()
                            .cloned()
                            .unwrap_or(bastionless_model::value::Type::Dynamic),
                        Map::new(),
                    ),
                    prior,
                    &key,
                    rest,
                )
            }),
        (Kind::List(t, l), TraversalStep::Index(i, _)) => i.as_index().and_then(|i| {
            let (c, p) = (l.get(i)?, prior.elements()?.get(i)?);
            let mut l = l.as_ref().clone();
            *l.get_mut(i)? = replace_at(c.clone(), p, rest);
            Some(Value::list(t.clone(), l))
        }),
        (Kind::Tuple(l), TraversalStep::Index(i, _)) => i.as_index().and_then(|i| {
            let (c, p) = (l.get(i)?, prior.elements()?.get(i)?);
            let mut l = l.as_ref().to_vec();
            *l.get_mut(i)? = replace_at(c.clone(), p, rest);
            Some(Value::tuple(l))
        }),
        _ => None,
    };
    replaced.map_or(config, |v| v.with_marks(marks))
}

fn key_text(step: &TraversalStep) -> Option<Arc<str>> {
    match step {
        TraversalStep::Attribute(name) => Some(name.name.clone()),
        TraversalStep::Index(v, _) => v.as_str().map(Arc::from),
    }
}

/// Replaces, adds or removes an entry of a map so that it is as in `prior`.
fn replace_key(config: &Value, prior: &Value, key: &Arc<str>, rest: &[TraversalStep]) -> Value {
    let (Kind::Map(ty, entries), prior_entry) = (config.kind(), prior.get(key)) else {
        return config.clone();
    };
    let mut entries = entries.as_ref().clone();
    match (entries.get(key).cloned(), prior_entry) {
        (Some(c), Some(p)) => {
            entries.insert(key.clone(), replace_at(c, p, rest));
        }
        (None, Some(p)) if rest.is_empty() => {
            entries.insert(key.clone(), p.clone());
        }
        (Some(_), None) if rest.is_empty() => {
            entries.remove(key);
        }
        _ => {}
    }
    Value::map(ty.clone(), entries)
}

/// What a `replace_triggered_by` expression names.
struct Trigger {
    resource: Resource,
    key: Option<Key>,
    path: Vec<TraversalStep>,
}

impl Settler {
    /// Tells whether one of the triggers of an instance changes.
    pub(super) fn is_triggered(
        &self,
        address: &AbsInstance,
        triggers: &[Expr],
        scope: &ModuleScope<'_>,
    ) -> Result<bool, Diagnostics> {
        for expr in triggers {
            let trigger = trigger(expr, scope)?;
            let resource = AbsResource {
                module: address.resource.module.clone(),
                resource: trigger.resource.clone(),
            };
            let from = (resource.instance(Key::None), None);
            let of_resource = self
                .changes
                .range(from..)
                .take_while(|((a, _), _)| a.resource == resource);
            let mut found = false;
            for ((instance, deposed), change) in of_resource {
                let wanted = trigger.key.as_ref().is_none_or(|k| *k == instance.key);
                if !wanted || deposed.is_some() {
                    continue;
                }
                found = true;
                let changes = matches!(
                    change.action,
                    Action::Update | Action::DeleteThenCreate | Action::CreateThenDelete
                );
                if changes
                    && (trigger.path.is_empty()
                        || differs(&change.before, &change.after, &trigger.path))
                {
                    return Ok(true);
                }
            }
            if !found && self.selected.is_none() && !self.follows_failure(&address.resource) {
                let place = match resource.module.is_root() {
                    true => "the root module".to_owned(),
                    false => resource.module.to_string(),
                };
                let absent = AbsResource {
                    module: Default::default(),
                    resource: trigger.resource,
                }
                .instance(trigger.key.unwrap_or(Key::None));
                return Err(Diagnostic::error(
                    format!("no change found for {absent} in {place}"),
                    "",
                )
                .at(expr.span)
                .into());
            }
        }
        Ok(false)
    }
}

impl Settler {
    /// Tells whether something that a resource depends on is wrong: then nobody knows what would have changed.
    fn follows_failure(&self, resource: &AbsResource) -> bool {
        let id = self.world.module_at(&resource.module.path());
        let node = id.map(|id| ConfigNode::new(id, NodeKind::Resource(resource.resource.clone())));
        let mut needed = self.graph.with_dependencies(&node);
        needed.retain(|n| self.failed.contains(n));
        !needed.is_empty()
    }
}

fn differs(before: &Value, after: &Value, path: &[TraversalStep]) -> bool {
    let follow = |v: &Value| {
        path.iter().try_fold(v.clone(), |v, step| match step {
            TraversalStep::Attribute(n) => v.get(&n.name).cloned(),
            TraversalStep::Index(k, _) => match k.as_str() {
                Some(k) => v.get(k).cloned(),
                None => v.elements().and_then(|l| l.get(k.as_index()?)).cloned(),
            },
        })
    };
    match (follow(before), follow(after)) {
        (Some(b), Some(a)) => {
            !a.is_wholly_known() || !identical(&b.unmark_deep().0, &a.unmark_deep().0)
        }
        (None, None) => false,
        _ => true,
    }
}

fn trigger(expr: &Expr, scope: &ModuleScope<'_>) -> Result<Trigger, Diagnostics> {
    let invalid = || {
        Diagnostics::from(
            Diagnostic::error(
                "Invalid replace_triggered_by expression",
                "Only references to resources, their instances and their attributes are allowed here.",
            )
            .at(expr.span),
        )
    };
    let mut steps = Vec::new();
    let root = flatten(expr, scope, &mut steps)?.ok_or_else(invalid)?;
    let Some((TraversalStep::Attribute(name), rest)) = steps.split_first() else {
        return Err(invalid());
    };
    let resource = Resource {
        mode: Mode::Managed,
        type_name: root,
        name: name.name.clone(),
    };
    let key = match rest.first() {
        Some(TraversalStep::Index(v, _)) => v
            .as_str()
            .map(|s| Key::Str(s.into()))
            .or_else(|| v.as_index().map(|i| Key::Int(i as u64))),
        _ => None,
    };
    let path = rest
        .get(usize::from(key.is_some())..)
        .unwrap_or_default()
        .to_vec();
    Ok(Trigger {
        resource,
        key,
        path,
    })
}

/// Collects the steps of an expression; keys are evaluated.
fn flatten(
    expr: &Expr,
    scope: &ModuleScope<'_>,
    steps: &mut Vec<TraversalStep>,
) -> Result<Option<Arc<str>>, Diagnostics> {
    match &expr.kind {
        ExprKind::Traversal { root, steps: own } => {
            steps.extend(own.iter().cloned());
            Ok(Some(root.name.clone()))
        }
        ExprKind::Relative { on, steps: own } => {
            let root = flatten(on, scope, steps)?;
            steps.extend(own.iter().cloned());
            Ok(root)
        }
        ExprKind::Index { on, key, .. } => {
            let root = flatten(on, scope, steps)?;
            steps.push(TraversalStep::Index(
                scope.evaluate(key)?.unmark().0,
                key.span,
            ));
            Ok(root)
        }
        ExprKind::Parens(inner) => flatten(inner, scope, steps),
        _ => Ok(None),
    }
}
