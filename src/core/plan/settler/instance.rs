//! One instance of a managed resource: from configuration and prior object to a change.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    schema::{Schema, plan},
    value::{Path, Value, identical},
};

use super::{
    Settler,
    destroy::prevented,
    lifecycle,
    place::{ephemeral, place},
};
use crate::{
    lang::{
        address::{AbsInstance, ConfigResource, Key, ModuleInstance},
        graph::ConfigNode,
        program::ResourceBlock,
    },
    plan::{
        Action, Change, Mode, Reason,
        conditions::Rule,
        world::{Each, ModuleScope},
    },
    state::{Object, Status, sensitive_paths},
};

/// An instance that the configuration makes.
pub(super) struct Instance<'a> {
    /// The node of its resource.
    pub(super) node: &'a ConfigNode,
    /// The block.
    pub(super) block: &'a ResourceBlock,
    /// Its schema.
    pub(super) schema: &'a Arc<Schema>,
    /// Its module instance.
    pub(super) module: &'a ModuleInstance,
    /// Its address.
    pub(super) address: AbsInstance,
    /// `each` and `count`.
    pub(super) each: Each,
}

/// What replaces an instance, and with what it is planned to be.
struct Verdict {
    action: Action,
    reason: Option<Reason>,
    after: Value,
    paths: Vec<Path>,
}

impl Settler {
    /// Plans one instance and puts its planned value into the world.
    pub(super) fn plan_instance(&mut self, i: &Instance<'_>) {
        let mut live = self.live(&i.address, None, &i.block.provider, i.schema);
        let selected = self.is_selected(&i.address);
        if let Some(live) = live.as_mut().filter(|l| selected && l.value.is_some()) {
            self.restate(i, &mut live.object);
        }
        let prior = live.as_ref().and_then(|l| l.value.clone());
        if !selected || self.options.mode != Mode::Normal {
            let Some(value) = prior else {
                // What does not exist is not made either: of several instances it is none.
                if i.address.key == Key::None {
                    self.set(i, Value::unknown(i.schema.block.implied_type()));
                }
                return;
            };
            self.set(i, value.clone());
            if selected && self.options.mode == Mode::RefreshOnly {
                self.postconditions(i, value);
            }
            return;
        }
        let unknown = Value::unknown(i.schema.block.implied_type());
        self.set(i, unknown);
        if !self.preconditions(i) {
            return;
        }
        let unreadable = live.is_none() && self.prior.object(&i.address, None).is_some();
        let Some(config) = self.configuration(i) else {
            return;
        };
        if unreadable {
            return;
        }
        let object = live.map(|l| l.object);
        let imported = self.imports.found(&i.address);
        if prior.is_none() && imported.is_none() && self.imports.is_wanted(&i.address) {
            // Why it cannot be imported was said.
            return;
        }
        let (prior, importing) = match (prior, imported) {
            (None, Some((id, value))) => {
                let paths = sensitive_paths(&value, i.schema);
                (Some(value.mark_with_paths(&paths)), Some(id))
            }
            (prior, _) => (prior, None),
        };
        if importing.is_some() {
            self.take_in(i, prior.as_ref());
        }
        self.decide(i, object.as_ref(), prior, importing, config);
    }

    /// Records the order in which an object is replaced, where that was another one when it was applied.
    fn restate(&mut self, i: &Instance<'_>, object: &mut Object) {
        let created_first = self.inherited_cbd.contains(i.node);
        if object.create_before_destroy == created_first
            || !self.is_refreshing()
            || self.options.mode == Mode::Destroy
        {
            return;
        }
        object.create_before_destroy = created_first;
        self.restated = true;
        self.prior
            .put(&i.address, None, &i.block.provider, object.clone());
    }

    /// Records what an object that stays as it is depends on now.
    fn depend(&mut self, i: &Instance<'_>, dependencies: &[ConfigResource]) {
        let Some(object) = self.prior.object(&i.address, None) else {
            return;
        };
        if object.dependencies != dependencies {
            let object = object.clone().depending_on(dependencies.to_vec());
            self.prior.put(&i.address, None, &i.block.provider, object);
        }
    }

    /// Puts an imported object into the state, so that apply keeps it even where nothing else is to be done.
    fn take_in(&mut self, i: &Instance<'_>, value: Option<&Value>) {
        let encoded = value.map(|v| Object::encode(v, i.schema));
        match encoded {
            Some(Ok(object)) => {
                let object = object.depending_on(self.dependencies(i.node));
                self.prior.put(&i.address, None, &i.block.provider, object);
            }
            Some(Err(e)) => self.conditions.diagnostics.push(
                Diagnostic::error("Import failed", format!("{}: {e}.", i.address))
                    .address(i.address.to_string()),
            ),
            None => {}
        }
    }

    fn set(&mut self, i: &Instance<'_>, value: Value) {
        self.world
            .set_resource(i.module, &i.block.resource, i.address.key.clone(), value);
    }

    /// Evaluates the configuration; `None` where it is wrong.
    fn configuration(&mut self, i: &Instance<'_>) -> Option<Value> {
        let scope = ModuleScope::new(&self.world, i.module).with_each(i.each.clone());
        let (config, mut diagnostics) = scope.decode(&i.block.body, &i.schema.block);
        if !diagnostics.has_errors() {
            let block = i.block;
            diagnostics.extend(ephemeral(
                &block.body,
                block.header,
                &i.schema.block,
                &config,
            ));
            let plain = config.clone().unmark_deep().0;
            for problem in plan::validate(i.schema, &plain) {
                diagnostics.push(at_place(i, &problem));
            }
        }
        let failed = diagnostics.has_errors();
        self.conditions.diagnostics.extend(diagnostics);
        (!failed).then_some(config)
    }

    fn decide(
        &mut self,
        i: &Instance<'_>,
        object: Option<&Object>,
        prior: Option<Value>,
        importing: Option<String>,
        config: Value,
    ) {
        let (plain, written) = config.clone().unmark_with_paths();
        let kept = prior
            .as_ref()
            .map(|p| lifecycle::ignore(&i.block.lifecycle, p, config.clone()));
        let mut marks = kept.map_or_else(|| written.clone(), |kept| kept.unmark_with_paths().1);
        let before = prior.clone().map(|p| p.unmark_deep().0);
        let verdict = match self.verdict(i, object, before.as_ref(), plain) {
            Ok(v) => v,
            Err(d) => return self.conditions.diagnostics.extend(d),
        };
        if matches!(
            verdict.action,
            Action::DeleteThenCreate | Action::CreateThenDelete
        ) {
            // What is written comes into the new object. Terraform shows it, even where it is sensitive.
            marks.extend(written);
        }
        let after = verdict.after.mark_with_paths(&marks);
        let paths = sensitive_paths(&after, i.schema);
        let after = after.mark_with_paths(&paths);
        let before = prior.unwrap_or_else(|| Value::null(i.schema.block.implied_type()));
        let mut action = verdict.action;
        if action == Action::NoOp && !same_places(&before, &after, i.schema) {
            action = Action::Update;
        }
        self.forbid_destroy(i, action);
        self.set(i, after.clone());
        let dependencies = self.dependencies(i.node);
        if action == Action::NoOp {
            self.depend(i, &dependencies);
        }
        let change = Change {
            address: i.address.clone(),
            previous: self.previous.get(&i.address).cloned(),
            deposed: None,
            provider: i.block.provider.clone(),
            action,
            reason: verdict.reason,
            before,
            after: after.clone(),
            config,
            replace_paths: verdict.paths,
            importing,
            dependencies,
            create_before_destroy: self.inherited_cbd.contains(i.node),
            private: object.and_then(|o| o.private.clone()),
        };
        self.changes.insert((i.address.clone(), None), change);
        self.postconditions(i, after);
    }

    /// Returns what a resource depends on; computed once a node.
    fn dependencies(&mut self, node: &ConfigNode) -> Vec<ConfigResource> {
        if let Some(found) = self.dependencies.get(node) {
            return found.clone();
        }
        let found = self.graph.resource_dependencies(self.world.program(), node);
        self.dependencies.insert(node.clone(), found.clone());
        found
    }

    fn verdict(
        &self,
        i: &Instance<'_>,
        object: Option<&Object>,
        prior: Option<&Value>,
        config: Value,
    ) -> Result<Verdict, Diagnostics> {
        let settings = self.settings(&i.block.provider);
        let plan = |prior: Option<&Value>, config: &Value| {
            plan::plan_resource(i.schema, &settings, prior, config)
        };
        let scope = ModuleScope::new(&self.world, i.module).with_each(i.each.clone());
        let triggered =
            self.is_triggered(&i.address, &i.block.lifecycle.replace_triggered_by, &scope)?;
        let Some(prior) = prior else {
            let planned = plan(None, &config);
            refuse(i, &planned.problems)?;
            return Ok(Verdict {
                action: Action::Create,
                // Terraform gives the reason of a replacement here, too.
                reason: triggered.then_some(Reason::ReplaceByTriggers),
                after: planned.value,
                paths: Vec::new(),
            });
        };
        let kept = lifecycle::ignore(&i.block.lifecycle, prior, config.clone());
        let planned = plan(Some(prior), &kept);
        refuse(i, &planned.problems)?;
        let tainted = object.is_some_and(|o| o.status == Status::Tainted);
        let forced = self.options.replace.contains(&i.address);
        let reason = if triggered {
            // Whatever else would have made it necessary.
            Some(Reason::ReplaceByTriggers)
        } else if tainted {
            Some(Reason::ReplaceBecauseTainted)
        } else if forced {
            Some(Reason::ReplaceByRequest)
        } else if !planned.requires_replace.is_empty() {
            Some(Reason::ReplaceBecauseCannotUpdate)
        } else {
            None
        };
        let Some(reason) = reason else {
            let action = if identical(&planned.value, prior) {
                Action::NoOp
            } else {
                Action::Update
            };
            return Ok(Verdict {
                action,
                reason: None,
                after: planned.value,
                paths: Vec::new(),
            });
        };
        let action = if self.inherited_cbd.contains(i.node) {
            Action::CreateThenDelete
        } else {
            Action::DeleteThenCreate
        };
        Ok(Verdict {
            action,
            reason: Some(reason),
            // A new object has nothing that could be kept: `ignore_changes` is about the old one.
            after: plan(None, &config).value,
            paths: planned.requires_replace,
        })
    }

    fn forbid_destroy(&mut self, i: &Instance<'_>, action: Action) {
        let Some((true, span)) = i.block.lifecycle.prevent_destroy else {
            return;
        };
        if matches!(action, Action::DeleteThenCreate | Action::CreateThenDelete) {
            self.conditions.diagnostics.push(
                Diagnostic::error("Instance cannot be destroyed", prevented(&i.address))
                    .at(i.block.header)
                    .context(span, "it is forbidden here")
                    .address(i.address.to_string()),
            );
        }
    }

    fn preconditions(&mut self, i: &Instance<'_>) -> bool {
        let rules = i.block.lifecycle.preconditions.iter();
        let scope = ModuleScope::new(&self.world, i.module).with_each(i.each.clone());
        let rules = rules.map(|r| Rule {
            rule: r,
            at: None,
            summary: "Resource precondition failed",
        });
        self.conditions.check(
            "resource",
            &i.address.resource.config().to_string(),
            &i.address.to_string(),
            rules,
            &scope,
        )
    }

    fn postconditions(&mut self, i: &Instance<'_>, value: Value) {
        let rules = i.block.lifecycle.postconditions.iter();
        let scope = ModuleScope::new(&self.world, i.module)
            .with_each(i.each.clone())
            .with_self(value);
        let rules = rules.map(|r| Rule {
            rule: r,
            at: None,
            summary: "Resource postcondition failed",
        });
        self.conditions.check(
            "resource",
            &i.address.resource.config().to_string(),
            &i.address.to_string(),
            rules,
            &scope,
        );
    }
}

/// Refuses what the type does not allow.
fn refuse(i: &Instance<'_>, problems: &[plan::Problem]) -> Result<(), Diagnostics> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems.iter().map(|p| at_place(i, p)).collect())
}

fn at_place(i: &Instance<'_>, problem: &plan::Problem) -> Diagnostic {
    let at = place(&i.block.body, &problem.path).unwrap_or(i.block.header);
    Diagnostic::error(problem.summary.clone(), problem.detail.clone())
        .at(at)
        .address(i.address.to_string())
}

/// Tells whether two values are sensitive in the same places.
fn same_places(a: &Value, b: &Value, schema: &Schema) -> bool {
    let text = |v: &Value| {
        sensitive_paths(v, schema)
            .iter()
            .map(|(p, _)| p.to_string())
            .collect::<Vec<_>>()
    };
    text(a) == text(b)
}
