//! The walk before planning: what is wrong whatever values variables and objects have.
//!
//! As Terraform's validate walk: variables and outputs of modules are unknown, every module and resource stands once, `count` and `each` are
//! unknown, a resource is an object with unknown attributes. What is found here stops everything, so that nothing is planned.

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Severity},
    schema::{self, plan},
    value::{Marks, Type, Value},
};

use super::{
    conditions::Conditions,
    imports,
    remote_state::{self, is_remote_state},
    settler::{SELF_REFERENCE, ephemeral, place},
    world::{Each, ModuleScope, World, check_repetition},
};
use crate::lang::{
    address::{ModuleInstance, Resource},
    functions::Host,
    graph::{ConfigNode, NodeKind, StaticGraph},
    program::{
        CheckRule, Import, LocalProvider, ModuleId, Program, Repetition, ResourceBlock, Variable,
    },
};

/// Evaluates everything once with unknown values and returns the errors.
pub fn validate(
    program: &Arc<Program>,
    graph: &StaticGraph,
    host: Arc<dyn Host + Send + Sync>,
    workspace: &str,
) -> Diagnostics {
    let root = program.modules.first();
    let inputs = root.into_iter().flat_map(|m| &m.variables).map(unknown);
    let world = World::new(program.clone(), host, workspace, true, inputs.collect());
    let mut validation = Validation {
        world,
        conditions: Conditions::default(),
    };
    let mut failed: BTreeSet<&ConfigNode> = BTreeSet::new();
    for node in graph.order() {
        // What is said of a thing is not said again of what is made of it.
        if graph.dependencies(node).any(|d| failed.contains(d)) {
            failed.insert(node);
            continue;
        }
        let said = validation.conditions.diagnostics.0.len();
        validation.visit(node);
        let mut new = validation.conditions.diagnostics.iter().skip(said);
        if new.any(|d| d.severity == Severity::Error) {
            failed.insert(node);
        }
    }
    validation.imports();
    let mut errors = validation.conditions.diagnostics;
    errors.0.retain(|d| d.severity == Severity::Error);
    errors
}

fn unknown((name, variable): (&Arc<str>, &Variable)) -> (Arc<str>, Value) {
    let mut marks = Marks::NONE;
    if variable.sensitive {
        marks = marks.union(Marks::SENSITIVE);
    }
    if variable.ephemeral {
        marks = marks.union(Marks::EPHEMERAL);
    }
    let value = Value::unknown(variable.constraint.to_type());
    (name.clone(), value.with_marks(marks))
}

/// Returns an object of which only the names and types of its attributes are known.
fn some_object(block: &schema::Block) -> Value {
    match block.implied_type() {
        Type::Object(types) => Value::object(
            types
                .iter()
                .map(|(name, ty)| (name.clone(), Value::unknown(ty.clone()))),
        ),
        other => Value::unknown(other),
    }
}

/// Returns what `count` and `each` are where nobody knows.
fn any_of(repetition: &Repetition) -> Each {
    match repetition {
        Repetition::Single => Each::default(),
        Repetition::Count(_) => Each {
            count_index: Some(Value::unknown(Type::Number).not_null()),
            ..Each::default()
        },
        Repetition::ForEach(_) => Each {
            each_key: Some(Value::unknown(Type::String).not_null()),
            each_value: Some(Value::DYNAMIC),
            ..Each::default()
        },
    }
}

struct Validation {
    world: World,
    conditions: Conditions,
}

impl Validation {
    fn visit(&mut self, node: &ConfigNode) {
        let id = node.module;
        match &node.kind {
            NodeKind::Call(name) => self.call(id, name),
            NodeKind::Variable(name) => {
                self.world
                    .evaluate_variable(id, &ModuleInstance::ROOT, name, &mut self.conditions);
                let declared = self
                    .world
                    .module(id)
                    .and_then(|m| m.variables.get_key_value(name));
                if let Some((_, value)) = declared.map(unknown) {
                    self.world.assume_variable(id, name, &value);
                }
            }
            NodeKind::Local(name) => self.world.evaluate_local(
                id,
                &ModuleInstance::ROOT,
                name,
                &mut self.conditions.diagnostics,
            ),
            NodeKind::Output(name) => {
                self.world
                    .evaluate_output(id, &ModuleInstance::ROOT, name, &mut self.conditions);
                self.world.assume_output(id, name);
            }
            NodeKind::Provider(local) => self.provider(id, local),
            NodeKind::Resource(resource) => self.resource(id, resource),
            NodeKind::Check(name) => self.check(id, name),
            NodeKind::Close(_) => {}
        }
    }

    fn call(&mut self, id: ModuleId, name: &Arc<str>) {
        let program = self.world.program().clone();
        let Some(call) = program.modules.get(id.0).and_then(|m| m.calls.get(name)) else {
            return;
        };
        for instance in self.world.instances_of(id) {
            let scope = ModuleScope::new(&self.world, &instance);
            let problems = check_repetition(&call.repetition, &scope);
            self.conditions.diagnostics.extend(problems);
        }
        self.world.assume_call(id, name, &any_of(&call.repetition));
    }

    fn provider(&mut self, id: ModuleId, local: &LocalProvider) {
        let Some(module) = self.world.module(id) else {
            return;
        };
        let block = module.providers.get(local);
        let Some((body, schema)) = block.and_then(|b| b.body.as_ref().zip(b.schema.as_ref()))
        else {
            return;
        };
        let mut found = Diagnostics::default();
        for instance in self.world.instances_of(id) {
            let scope = ModuleScope::new(&self.world, &instance);
            found.extend(scope.decode(body, &schema.block).1);
        }
        self.conditions.diagnostics.extend(found);
    }

    fn resource(&mut self, id: ModuleId, resource: &Resource) {
        let program = self.world.program().clone();
        let module = program.modules.get(id.0);
        let Some(block) = module.and_then(|m| m.resources.get(resource)) else {
            return;
        };
        // A block that refers to itself is found while planning, as Terraform does: the rest is planned.
        let own = block
            .problems
            .iter()
            .filter(|d| d.summary != SELF_REFERENCE);
        let mut found: Diagnostics = own.cloned().collect();
        let is_faulty = block.problems.has_errors();
        let value = match (&block.schema, &block.repetition) {
            (Some(schema), Repetition::Single) => some_object(&schema.block),
            _ => Value::DYNAMIC,
        };
        for instance in self.world.instances_of(id) {
            if !is_faulty {
                found.extend(self.block(block, &instance));
            }
            self.world
                .assume_resource(&instance, resource, value.clone());
        }
        self.conditions.diagnostics.extend(found);
    }

    fn block(&self, block: &ResourceBlock, instance: &ModuleInstance) -> Diagnostics {
        let scope = ModuleScope::new(&self.world, instance);
        let mut found = check_repetition(&block.repetition, &scope);
        let Some(schema) = &block.schema else {
            return found;
        };
        let each = any_of(&block.repetition);
        let scope = scope.with_each(each.clone());
        let (config, problems) = scope.decode(&block.body, &schema.block);
        let is_wrong = problems.has_errors();
        found.extend(problems);
        if !is_wrong {
            found.extend(ephemeral(&block.body, block.header, &schema.block, &config));
            let plain = config.unmark_deep().0;
            if is_remote_state(&block.resource) {
                found.extend(remote_state::problems(&block.body, block.header, &plain));
            }
            found
                .0
                .extend(plan::validate(schema, &plain).iter().map(|problem| {
                    let at = place(&block.body, &problem.path).unwrap_or(block.header);
                    Diagnostic::error(problem.summary.clone(), problem.detail.clone())
                        .at(at)
                        .address(block.resource.to_string())
                }));
        }
        found.extend(expressions(&block.lifecycle.preconditions, &scope));
        let itself = some_object(&schema.block);
        let scope = ModuleScope::new(&self.world, instance)
            .with_each(each)
            .with_self(itself);
        found.extend(expressions(&block.lifecycle.postconditions, &scope));
        found
    }

    fn imports(&mut self) {
        let program = self.world.program().clone();
        for import in &program.imports {
            let modules = program.modules.iter();
            let block = modules
                .filter(|m| m.path == import.to.module.path())
                .find_map(|m| m.resources.get(&import.to.resource));
            if let Some(problems) = block.and_then(|b| self.import(b, import).err()) {
                self.conditions.diagnostics.extend(problems);
            }
        }
    }

    fn import(&self, block: &ResourceBlock, import: &Import) -> Result<(), Diagnostics> {
        let root = ModuleInstance::default();
        let turns = match &import.for_each {
            None => Some(vec![Each::default()]),
            Some(expr) => {
                let scope = ModuleScope::new(&self.world, &root);
                imports::turns(expr, &scope.evaluate(expr)?)?
            }
        };
        for each in turns.into_iter().flatten() {
            let address = imports::address(import, &each)?;
            if let Some(text) = imports::unfit(block, &address.key) {
                let problem = Diagnostic::error("Invalid import 'to' expression", text);
                return Err(problem.at(import.to_span).into());
            }
            let scope = ModuleScope::new(&self.world, &root).with_each(each);
            imports::id(&scope.evaluate(&import.id)?, import)?;
        }
        Ok(())
    }

    fn check(&mut self, id: ModuleId, name: &Arc<str>) {
        let Some(check) = self.world.module(id).and_then(|m| m.checks.get(name)) else {
            return;
        };
        let mut found = Diagnostics::default();
        for instance in self.world.instances_of(id) {
            let scope = ModuleScope::new(&self.world, &instance);
            found.extend(expressions(&check.asserts, &scope));
        }
        self.conditions.diagnostics.extend(found);
    }
}

/// Finds expressions of conditions that cannot be evaluated; whether the conditions hold is no question yet.
fn expressions(rules: &[CheckRule], scope: &ModuleScope<'_>) -> Diagnostics {
    let all = rules.iter().flat_map(|r| [&r.condition, &r.error_message]);
    let mut found = Diagnostics::default();
    for problems in all.filter_map(|e| scope.evaluate(e).err()) {
        found.extend(problems);
    }
    found
}
