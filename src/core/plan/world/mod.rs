//! The world of a run: what every named object of every module instance is worth.
//!
//! Filled in the order of the static graph, each name once; planning and applying share it. Nothing here decides what
//! happens to a resource: whoever walks the graph puts in the values of resource instances.

mod expansion;
mod names;
mod scope;

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::value::Value;

pub(crate) use expansion::{Keys, check_repetition, expand};
pub(crate) use scope::ModuleScope;

use crate::lang::{
    address::{Key, ModuleInstance, ModulePath, Resource},
    functions::Host,
    program::{Module, ModuleId, Program, Repetition},
};

/// What `each` and `count` are in one instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Each {
    /// `count.index`
    pub(crate) count_index: Option<Value>,
    /// `each.key`
    pub(crate) each_key: Option<Value>,
    /// `each.value`
    pub(crate) each_value: Option<Value>,
}

/// The instances of a resource of one module instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Instances {
    /// How they are told apart; `None` while that is not known (an error was reported).
    pub(crate) keys: Keys,
    /// The value of each.
    pub(crate) values: BTreeMap<Key, Value>,
    combined: Option<Value>,
}

/// What is known inside one module instance.
#[derive(Clone, Debug)]
pub(crate) struct ModuleWorld {
    /// The module as written.
    pub(crate) id: ModuleId,
    /// `each` and `count` of the call that made the instance.
    pub(crate) each: Each,
    variables: BTreeMap<Arc<str>, Value>,
    locals: BTreeMap<Arc<str>, Value>,
    outputs: BTreeMap<Arc<str>, Value>,
    resources: BTreeMap<Resource, Instances>,
    calls: BTreeMap<Arc<str>, Keys>,
}

/// Everything known of a run so far.
pub(crate) struct World {
    program: Arc<Program>,
    host: Arc<dyn Host + Send + Sync>,
    workspace: Arc<str>,
    /// Functions whose result differs from call to call are unknown.
    planning: bool,
    modules: BTreeMap<ModuleInstance, ModuleWorld>,
    instances: Vec<Vec<ModuleInstance>>,
    by_path: BTreeMap<ModulePath, ModuleId>,
    /// How many expressions were evaluated: each expression instance counts once.
    evaluations: std::cell::Cell<u64>,
    /// Values of root variables.
    inputs: BTreeMap<Arc<str>, Value>,
}

impl World {
    /// Makes a world in which only the root module exists and nothing in it is known.
    pub(crate) fn new(
        program: Arc<Program>,
        host: Arc<dyn Host + Send + Sync>,
        workspace: &str,
        planning: bool,
        inputs: BTreeMap<Arc<str>, Value>,
    ) -> Self {
        let by_path = program
            .modules
            .iter()
            .enumerate()
            .map(|(i, m)| (m.path.clone(), ModuleId(i)))
            .collect();
        let mut world = Self {
            instances: vec![Vec::new(); program.modules.len()],
            program,
            host,
            workspace: workspace.into(),
            planning,
            modules: BTreeMap::new(),
            by_path,
            evaluations: std::cell::Cell::new(0),
            inputs,
        };
        world.add_module(ModuleInstance::default(), ModuleId(0), Each::default());
        world
    }

    /// Goes back to a world in which nothing is known.
    pub(crate) fn forget(&mut self) {
        self.modules.clear();
        self.instances = vec![Vec::new(); self.program.modules.len()];
        self.add_module(ModuleInstance::default(), ModuleId(0), Each::default());
    }

    /// Makes one instance of a called module, as if the call were no repetition; what a repeated one is worth is unknown.
    pub(crate) fn assume_call(&mut self, id: ModuleId, name: &Arc<str>, each: &Each) {
        let program = self.program.clone();
        let Some(call) = program.modules.get(id.0).and_then(|m| m.calls.get(name)) else {
            return;
        };
        let keys = match call.repetition {
            Repetition::Single => Keys::Single,
            _ => Keys::Unknown,
        };
        for instance in self.instances_of(id) {
            self.add_module(instance.child(name, Key::None), call.module, each.clone());
            if let Some(m) = self.modules.get_mut(&instance) {
                m.calls.insert(name.clone(), keys.clone());
            }
        }
    }

    /// Takes an output of all instances of a module as unknown.
    pub(crate) fn assume_output(&mut self, id: ModuleId, name: &Arc<str>) {
        for instance in self.instances_of(id) {
            if let Some(m) = self.modules.get_mut(&instance) {
                m.outputs.insert(name.clone(), Value::DYNAMIC);
            }
        }
    }

    /// Takes a variable of all instances of a module as this value.
    pub(crate) fn assume_variable(&mut self, id: ModuleId, name: &Arc<str>, value: &Value) {
        for instance in self.instances_of(id) {
            if let Some(m) = self.modules.get_mut(&instance) {
                m.variables.insert(name.clone(), value.clone());
            }
        }
    }

    /// Puts in the value of a resource as a whole, whatever instances it has.
    pub(crate) fn assume_resource(
        &mut self,
        module: &ModuleInstance,
        resource: &Resource,
        value: Value,
    ) {
        if let Some(m) = self.modules.get_mut(module) {
            let instances = m.resources.entry(resource.clone()).or_default();
            instances.combined = Some(value);
        }
    }

    /// Returns the program.
    pub(crate) fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Returns a module as written.
    pub(crate) fn module(&self, id: ModuleId) -> Option<&Module> {
        self.program.modules.get(id.0)
    }

    /// Returns what functions see of the machine.
    pub(crate) fn host(&self) -> &Arc<dyn Host + Send + Sync> {
        &self.host
    }

    /// Returns the module at a path.
    pub(crate) fn module_at(&self, path: &ModulePath) -> Option<ModuleId> {
        self.by_path.get(path).copied()
    }

    /// Returns how many expressions were evaluated.
    pub(crate) fn evaluations(&self) -> u64 {
        self.evaluations.get()
    }

    /// Returns the instances of a module that exist.
    pub(crate) fn instances_of(&self, id: ModuleId) -> Vec<ModuleInstance> {
        self.instances.get(id.0).cloned().unwrap_or_default()
    }

    /// Returns the instances of a module that exist inside a module instance, or are it.
    pub(crate) fn instances_in(&self, id: ModuleId, outer: &ModuleInstance) -> Vec<ModuleInstance> {
        if outer.is_root() {
            return self.instances_of(id);
        }
        self.modules
            .range(outer..)
            .take_while(|(instance, _)| instance.is_in(outer))
            .filter(|(_, m)| m.id == id)
            .map(|(instance, _)| instance.clone())
            .collect()
    }

    /// Tells whether a module instance exists.
    pub(crate) fn has_module(&self, instance: &ModuleInstance) -> bool {
        self.modules.contains_key(instance)
    }

    /// Returns what is known inside a module instance.
    pub(crate) fn inside(&self, instance: &ModuleInstance) -> Option<&ModuleWorld> {
        self.modules.get(instance)
    }

    /// Makes a module instance; what is known inside one that exists stays.
    fn add_module(&mut self, instance: ModuleInstance, id: ModuleId, each: Each) {
        if let Some(known) = self.modules.get_mut(&instance) {
            known.each = each;
            return;
        }
        if let Some(list) = self.instances.get_mut(id.0) {
            list.push(instance.clone());
        }
        let world = ModuleWorld {
            id,
            each,
            variables: BTreeMap::new(),
            locals: BTreeMap::new(),
            outputs: BTreeMap::new(),
            resources: BTreeMap::new(),
            calls: BTreeMap::new(),
        };
        self.modules.insert(instance, world);
    }

    /// Says which instances a resource has, before their values are put in.
    pub(crate) fn expand_resource(
        &mut self,
        module: &ModuleInstance,
        resource: &Resource,
        keys: Keys,
    ) {
        if let Some(m) = self.modules.get_mut(module) {
            m.resources.insert(
                resource.clone(),
                Instances {
                    keys,
                    ..Instances::default()
                },
            );
        }
    }

    /// Puts in the value of a resource instance.
    pub(crate) fn set_resource(
        &mut self,
        module: &ModuleInstance,
        resource: &Resource,
        key: Key,
        value: Value,
    ) {
        if let Some(m) = self.modules.get_mut(module) {
            let instances = m.resources.entry(resource.clone()).or_default();
            instances.values.insert(key, value);
            instances.combined = None;
        }
    }

    /// Puts in the value of a resource as a whole.
    pub(crate) fn set_whole(&mut self, module: &ModuleInstance, resource: &Resource, value: Value) {
        if let Some(m) = self.modules.get_mut(module) {
            let combined = Some(value);
            m.resources.insert(
                resource.clone(),
                Instances {
                    combined,
                    ..Instances::default()
                },
            );
        }
    }

    /// Ends the planning: functions whose result differs from call to call give what they give now.
    #[must_use]
    pub(crate) fn answering(mut self) -> Self {
        self.planning = false;
        self
    }

    /// Ends the changes of a resource: its value as a whole is computed once.
    pub(crate) fn seal_resource(&mut self, module: &ModuleInstance, resource: &Resource) {
        self.combine(module, resource, Instances::whole);
    }

    /// Puts the value of a resource as a whole together of those instances only that were put in: what the configuration makes
    /// beside them does not exist, and will not.
    pub(crate) fn seal_existing(&mut self, module: &ModuleInstance, resource: &Resource) {
        self.combine(module, resource, Instances::existing);
    }

    fn combine(
        &mut self,
        module: &ModuleInstance,
        resource: &Resource,
        value: fn(&Instances) -> Value,
    ) {
        if let Some(i) = self
            .modules
            .get_mut(module)
            .and_then(|m| m.resources.get_mut(resource))
        {
            i.combined = Some(value(i));
        }
    }

    /// Returns an output of a module instance.
    pub(crate) fn output(&self, module: &ModuleInstance, name: &str) -> Option<&Value> {
        self.modules.get(module)?.outputs.get(name)
    }
}

impl Instances {
    /// Returns the value of the resource as a whole: an object, a tuple or an object by key.
    fn whole(&self) -> Value {
        match self.keys {
            Keys::Single => self
                .values
                .get(&Key::None)
                .cloned()
                .unwrap_or(Value::DYNAMIC),
            Keys::Count(n) => Value::tuple(
                (0..n)
                    .map(|i| {
                        self.values
                            .get(&Key::Int(i))
                            .cloned()
                            .unwrap_or(Value::DYNAMIC)
                    })
                    .collect(),
            ),
            Keys::ForEach(_) => Value::object(self.values.iter().filter_map(|(k, v)| match k {
                Key::Str(s) => Some((s.clone(), v.clone())),
                _ => None,
            })),
            Keys::Unknown => Value::DYNAMIC,
        }
    }

    /// Returns the value of the resource as a whole, as far as its instances have values.
    fn existing(&self) -> Value {
        let indices = self.values.keys().filter_map(|k| match k {
            Key::Int(i) => Some(i + 1),
            _ => None,
        });
        let keys = match self.keys {
            Keys::Count(_) => Keys::Count(indices.max().unwrap_or(0)),
            ref other => other.clone(),
        };
        let values = self.values.clone();
        let combined = None;
        Self {
            keys,
            values,
            combined,
        }
        .whole()
    }

    /// Returns the value of the resource as a whole, the computed one where there is one.
    pub(crate) fn value(&self) -> Value {
        self.combined.clone().unwrap_or_else(|| self.whole())
    }
}
