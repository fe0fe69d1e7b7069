//! The apply side of evaluation: what the configuration says once more is known.
//!
//! Nothing is planned again: a finalised value must agree with the planned one wherever that was known.

mod conditions;
mod unchanged;
mod visit;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    cloud::OpError,
    schema::{Catalogue, Schema, plan},
    value::{Path, Value},
};

use visit::Part;

use super::{
    Action, Change, CheckResult, Mode, Plan,
    conditions::Conditions,
    settler::lifecycle_ignore,
    world::{ModuleScope, World},
};
use crate::{
    lang::{
        address::{AbsResource, Mode as ResourceMode, ModuleInstance, ProviderConfig},
        functions::Host,
        graph::{ConfigNode, NodeKind, StaticGraph},
        program::{ModuleId, Program, ResourceBlock},
    },
    state::{OutputState, Snapshot},
};

/// What a change is to be carried out with.
#[derive(Clone, Debug)]
pub struct Finalised {
    /// The evaluated configuration; for a data source its arguments. With marks.
    pub config: Value,
    /// What the object is to be: only computed attributes are unknown. With marks. For a data source the same as `config`.
    pub planned: Value,
}

/// What is left when everything was applied.
#[derive(Debug)]
pub struct Ending {
    /// Root outputs.
    pub outputs: BTreeMap<Arc<str>, OutputState>,
    /// Results of all conditions.
    pub checks: Vec<CheckResult>,
    /// Failed conditions and warnings.
    pub diagnostics: Diagnostics,
}

/// Evaluates the configuration during apply; each name once, when everything it needs is applied.
pub struct Finaliser {
    plan: Arc<Plan>,
    graph: Arc<StaticGraph>,
    catalogue: &'static Catalogue,
    world: World,
    /// What was visited, and is worth the same until the end of the run.
    done: BTreeSet<Part>,
    /// What was visited while instances of it, or of what it depends on, were still to be applied: it is visited again when it is
    /// needed again. Instances of a module wait for their own objects only, so that this happens.
    provisional: BTreeSet<Part>,
    /// How many changes of a resource are still to be applied, by the module instance that holds it; none where there are none.
    pending: BTreeMap<ConfigNode, BTreeMap<ModuleInstance, usize>>,
    expanded: BTreeSet<Part>,
    /// The changes of a resource, for a plan that leaves some objects alone; empty for others.
    partial: BTreeMap<AbsResource, Vec<usize>>,
    settings: BTreeMap<ProviderConfig, Arc<plan::Settings>>,
    provider_configs: BTreeMap<ProviderConfig, Value>,
    conditions: Conditions,
    /// Results of the conditions of objects; what was wrong with them was said.
    objects: Conditions,
    counter: u32,
    /// Checks whose data source could not be read, with the reason.
    failed_checks: Vec<(ModuleInstance, Arc<str>, String)>,
    host: Arc<dyn Host + Send + Sync>,
}

impl Finaliser {
    /// Starts; `program` and `graph` are those that the plan was made of.
    pub fn new(
        program: Arc<Program>,
        graph: Arc<StaticGraph>,
        plan: Arc<Plan>,
        workspace: &str,
        host: Arc<dyn Host + Send + Sync>,
        catalogue: &'static Catalogue,
    ) -> Self {
        let world = World::new(
            program,
            host.clone(),
            workspace,
            false,
            plan.variables.clone(),
        );
        let mut finaliser = Self {
            plan,
            graph,
            catalogue,
            world,
            done: BTreeSet::new(),
            provisional: BTreeSet::new(),
            pending: BTreeMap::new(),
            expanded: BTreeSet::new(),
            partial: BTreeMap::new(),
            settings: BTreeMap::new(),
            provider_configs: BTreeMap::new(),
            conditions: Conditions::default(),
            objects: Conditions::default(),
            counter: 0,
            failed_checks: Vec::new(),
            host,
        };
        for index in 0..finaliser.plan.changes.len() {
            if let Some(node) = finaliser.pending_node(index) {
                let module = finaliser.module_of(index).unwrap_or_default();
                let modules = finaliser.pending.entry(node).or_default();
                *modules.entry(module).or_default() += 1;
            }
        }
        if finaliser.is_partial() {
            for (i, change) in finaliser.plan.changes.iter().enumerate() {
                let resource = change.address.resource.clone();
                finaliser.partial.entry(resource).or_default().push(i);
            }
        }
        finaliser
    }

    /// Returns the resource of a change that gives it a new value.
    fn pending_node(&self, index: usize) -> Option<ConfigNode> {
        let change = self.plan.changes.get(index)?;
        let is_kept = matches!(
            change.action,
            Action::NoOp | Action::Delete | Action::Forget
        );
        let has_value = !is_kept && change.deposed.is_none();
        has_value.then(|| self.node_of(index)).flatten()
    }

    /// Takes in that a change is made: its object is in the state as it will stay.
    pub fn settled(&mut self, index: usize) {
        if let Some(node) = self.pending_node(index)
            && let Some(module) = self.module_of(index)
            && let Some(modules) = self.pending.get_mut(&node)
            && let Some(left) = modules.get_mut(&module)
        {
            *left = left.saturating_sub(1);
            if *left == 0 {
                modules.remove(&module);
            }
        }
    }

    /// Returns how many expressions were evaluated so far.
    pub fn evaluations(&self) -> u64 {
        self.world.evaluations()
    }

    /// Tells whether the plan leaves objects alone that the configuration would change.
    fn is_partial(&self) -> bool {
        !self.plan.targets.is_empty() || self.plan.mode == Mode::RefreshOnly
    }

    fn module_of(&self, index: usize) -> Option<ModuleInstance> {
        let change = self.plan.changes.get(index)?;
        Some(change.address.resource.module.clone())
    }

    /// Returns the configuration of a provider, once what it refers to is applied; without marks.
    ///
    /// # Errors
    /// What is wrong with it; unknown parts that nothing will settle.
    pub fn provider(
        &mut self,
        address: &ProviderConfig,
        state: &Snapshot,
    ) -> Result<Value, Diagnostics> {
        let program = self.world.program().clone();
        let found = program.modules.iter().enumerate().find_map(|(i, m)| {
            let own = m.path == address.module;
            m.providers
                .iter()
                .find(|(_, b)| own && b.address == *address)
                .map(|(l, b)| (ModuleId(i), l.clone(), b.clone()))
        });
        let Some((id, local, block)) = found else {
            let schema = self.catalogue.provider(&address.provider.name);
            return Ok(schema.map_or(Value::NULL, |s| super::settler::empty(&s)));
        };
        self.provisional.clear();
        let node = ConfigNode::new(id, NodeKind::Provider(local));
        self.ensure(&node, &ModuleInstance::ROOT, state);
        let Some(schema) = &block.schema else {
            return Ok(Value::NULL);
        };
        let config = match &block.body {
            None => super::settler::empty(schema),
            Some(body) => {
                let home = self
                    .world
                    .instances_of(id)
                    .first()
                    .cloned()
                    .unwrap_or_default();
                let (config, diagnostics) =
                    ModuleScope::new(&self.world, &home).decode(body, &schema.block);
                if diagnostics.has_errors() {
                    return Err(diagnostics);
                }
                config.unmark_deep().0
            }
        };
        self.provider_configs
            .insert(address.clone(), config.clone());
        Ok(config)
    }

    /// Says in which region a configured provider works.
    pub fn configured(&mut self, address: &ProviderConfig, config: &Value, region: Option<&str>) {
        self.settings.insert(
            address.clone(),
            Arc::new(plan::Settings::from_provider(config, region)),
        );
    }

    /// Evaluates the configuration of a change again. `state` holds everything applied so far.
    ///
    /// # Errors
    /// What is wrong with the configuration; a condition that fails; a value that is not what the plan said.
    pub fn finalise(&mut self, index: usize, state: &Snapshot) -> Result<Finalised, Diagnostics> {
        let shared = self.plan.clone();
        let Some(change) = shared.changes.get(index) else {
            return Err(bug("no such change"));
        };
        let program = self.world.program().clone();
        let resource = &change.address.resource;
        let id = self
            .world
            .module_at(&resource.module.path())
            .ok_or_else(|| bug("no such module"))?;
        let block = self
            .world
            .module(id)
            .and_then(|m| m.resources.get(&resource.resource))
            .cloned();
        let block: ResourceBlock = block.ok_or_else(|| bug("no such resource"))?;
        drop(program);
        let schema = block.schema.clone().ok_or_else(|| bug("no schema"))?;
        let node = ConfigNode::new(id, NodeKind::Resource(resource.resource.clone()));
        self.ensure_before(&node, &resource.module, state);
        let problems = self.expand(&node, &resource.module, &block);
        if problems.has_errors() {
            return Err(problems);
        }
        let each = self.world.each_of(&change.address);
        self.conditions_before(change, &block, &each)?;
        let scope = ModuleScope::new(&self.world, &resource.module).with_each(each);
        let (config, diagnostics) = scope.decode(&block.body, &schema.block);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        if resource.resource.mode == ResourceMode::Data {
            return known(config, change);
        }
        self.plan_again(change, &block, &schema, config)
    }

    fn plan_again(
        &mut self,
        change: &Change,
        block: &ResourceBlock,
        schema: &Schema,
        config: Value,
    ) -> Result<Finalised, Diagnostics> {
        let (plain, marks) = config.clone().unmark_with_paths();
        let settings = self
            .settings
            .get(&change.provider)
            .cloned()
            .unwrap_or_default();
        let prior = match change.action {
            Action::Update => Some(change.before.clone().unmark_deep().0),
            _ => None,
        };
        let plain = match &prior {
            Some(prior) => lifecycle_ignore(&block.lifecycle, prior, plain),
            None => plain,
        };
        let planned = plan::plan_resource(schema, &settings, prior.as_ref(), &plain).value;
        let expected = change.after.clone().unmark_deep().0;
        let problems = plan::plan_consistent(schema, &expected, &planned);
        if let Some(first) = problems.first() {
            let detail = format!(
                "When expanding the plan for {} to include new values learned so far during apply, the value of {} changed from what was planned: {}\n\nNothing was done to this object. Run plan again.",
                change.address, first.path, first.detail
            );
            return Err(
                Diagnostic::error("Provider produced inconsistent final plan", detail)
                    .at(block.header)
                    .address(change.address.to_string())
                    .into(),
            );
        }
        self.counter += 1;
        let (seconds, nanoseconds) = self.host.now();
        let suffix = plan::unique_suffix(seconds, nanoseconds, self.counter);
        let planned = plan::fill_names(schema, planned, &suffix);
        Ok(Finalised {
            config,
            planned: planned.mark_with_paths(&marks),
        })
    }

    /// Takes in that a data source could not be read; tells whether a `check` block holds it, so that this stops nothing.
    pub fn read_failed(&mut self, index: usize, error: &OpError) -> bool {
        let Some(check) = self.block(index).and_then(|b| b.check.clone()) else {
            return false;
        };
        if let Some(change) = self.plan.changes.get(index) {
            let module = change.address.resource.module.clone();
            self.failed_checks.push((module, check, error.to_string()));
        }
        true
    }

    fn node_of(&self, index: usize) -> Option<ConfigNode> {
        let resource = &self.plan.changes.get(index)?.address.resource;
        let id = self.world.module_at(&resource.module.path())?;
        let kind = NodeKind::Resource(resource.resource.clone());
        Some(ConfigNode::new(id, kind))
    }

    fn block(&self, index: usize) -> Option<&ResourceBlock> {
        let resource = &self.plan.changes.get(index)?.address.resource;
        let id = self.world.module_at(&resource.module.path())?;
        self.world.module(id)?.resources.get(&resource.resource)
    }

    /// Returns where the configuration says what a change is about, or one of its arguments.
    pub fn place(&self, index: usize, argument: Option<&Path>) -> Option<Span> {
        let block = self.block(index)?;
        let written = argument.and_then(|path| super::settler::place(&block.body, path));
        Some(written.unwrap_or(block.header))
    }

    /// Evaluates everything that is left: outputs and checks.
    ///
    /// Objects may have been read again since they were applied, so nothing that was evaluated on the way is used. What
    /// follows from changes that were not made, `lost`, is left as it was.
    pub fn end(mut self, state: &Snapshot, lost: &[usize]) -> Ending {
        let partial = !self.plan.targets.is_empty();
        if self.plan.mode == Mode::Destroy {
            return Ending {
                outputs: if partial {
                    state.outputs.clone()
                } else {
                    BTreeMap::new()
                },
                checks: Vec::new(),
                diagnostics: if partial {
                    incomplete().into()
                } else {
                    Diagnostics::default()
                },
            };
        }
        self.world.forget();
        self.done.clear();
        self.provisional.clear();
        self.pending.clear();
        self.expanded.clear();
        self.conditions = Conditions::default();
        for (module, check, why) in std::mem::take(&mut self.failed_checks) {
            self.conditions.fail_check(&module, &check, why);
        }
        let nodes: Vec<ConfigNode> = self.graph.order().cloned().collect();
        let lost: Vec<ConfigNode> = lost.iter().filter_map(|i| self.node_of(*i)).collect();
        let lost = self.graph.with_dependents(&lost);
        for node in nodes {
            if lost.contains(&node) {
                continue;
            }
            let wanted = match &node.kind {
                NodeKind::Output(name) if node.module == ModuleId(0) => {
                    self.plan.outputs.contains_key(name)
                }
                NodeKind::Resource(_) | NodeKind::Provider(_) | NodeKind::Output(_) => false,
                NodeKind::Check(_) | NodeKind::Variable(_) => !partial,
                _ => false,
            };
            if wanted {
                self.ensure(&node, &ModuleInstance::ROOT, state);
            }
        }
        let root = ModuleInstance::default();
        let mut outputs = BTreeMap::new();
        for (name, change) in &self.plan.outputs {
            let Some(value) = self.world.output(&root, name) else {
                continue;
            };
            let plain = value.clone().unmark_deep().0;
            if change.action == Action::Delete || plain.is_null() || !plain.is_wholly_known() {
                continue;
            }
            outputs.insert(name.clone(), OutputState::new(plain, change.sensitive.1));
        }
        if partial {
            // What was not looked at stays as it was.
            for (name, output) in &state.outputs {
                if !self.plan.outputs.contains_key(name) {
                    outputs.insert(name.clone(), output.clone());
                }
            }
            self.conditions.diagnostics.push(incomplete());
        }
        self.conditions_of_unchanged(state, &lost);
        self.conditions.take_in(std::mem::take(&mut self.objects));
        Ending {
            outputs,
            checks: self.conditions.results(),
            diagnostics: self.conditions.diagnostics,
        }
    }
}

fn incomplete() -> Diagnostic {
    Diagnostic::warning(
        "Applied changes may be incomplete",
        "The plan was created with the -target option in effect, so some changes requested in the configuration may have been ignored and the output values may not be fully updated. Run the following command to verify that no other changes are pending:\n    bastionless plan\n\nNote that the -target option is not suitable for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes, or when an error message specifically suggests to use it.",
    )
}

fn known(config: Value, change: &Change) -> Result<Finalised, Diagnostics> {
    if config.is_wholly_known() {
        return Ok(Finalised {
            planned: config.clone(),
            config,
        });
    }
    let text = format!(
        "{}: parts of the arguments are still not known. This is a bug in bastionless.",
        change.address
    );
    Err(Diagnostic::error("Reading a data source failed", text).into())
}

fn bug(what: &str) -> Diagnostics {
    Diagnostic::error(
        "Apply cannot go on",
        format!("This is a bug in bastionless: {what} for a planned change."),
    )
    .into()
}
