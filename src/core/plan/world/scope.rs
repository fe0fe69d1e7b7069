//! What expressions of one module instance can see.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    schema,
    value::{Map, Marks, Value},
};

use super::{Each, Keys, ModuleWorld, World};
use crate::lang::{
    address::{Key, ModuleInstance},
    expr::{self, Env, Scope},
    program::{Reference, Subject},
    syntax::{Body, Expr},
};

/// The names of one module instance, with `each`, `count` and `self` of one object in it.
pub(crate) struct ModuleScope<'w> {
    world: &'w World,
    instance: &'w ModuleInstance,
    inside: Option<&'w ModuleWorld>,
    each: Each,
    this: Option<Value>,
    all_functions: bool,
}

impl<'w> ModuleScope<'w> {
    /// Makes the scope of a module instance.
    pub(crate) fn new(world: &'w World, instance: &'w ModuleInstance) -> Self {
        Self {
            world,
            instance,
            inside: world.inside(instance),
            each: Each::default(),
            this: None,
            all_functions: false,
        }
    }

    /// Lets functions of the built-in provider be called though the module does not require it.
    #[must_use]
    pub(crate) fn with_all_functions(mut self) -> Self {
        self.all_functions = true;
        self
    }

    /// Sets `each` and `count`.
    #[must_use]
    pub(crate) fn with_each(mut self, each: Each) -> Self {
        self.each = each;
        self
    }

    /// Sets `self`.
    #[must_use]
    pub(crate) fn with_self(mut self, this: Value) -> Self {
        self.this = Some(this);
        self
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(crate) fn evaluate(&self, expr: &Expr) -> Result<Value, Diagnostics> {
        self.world.evaluations.set(self.world.evaluations.get() + 1);
        expr::evaluate(expr, &self.env())
    }

    /// Evaluates a body against a schema.
    pub(crate) fn decode(&self, body: &Body, block: &schema::Block) -> (Value, Diagnostics) {
        self.world.evaluations.set(self.world.evaluations.get() + 1);
        expr::decode_body(body, block, &self.env())
    }

    fn env(&self) -> Env<'_> {
        let module = self.inside.and_then(|m| self.world.module(m.id));
        let module = module.filter(|_| !self.all_functions);
        Env::new(self, self.world.host.as_ref())
            .pure_only(self.world.planning)
            .with_function_providers(module.map(|m| &m.function_providers))
    }

    fn call_value(&self, name: &Arc<str>) -> Value {
        let Some(inside) = self.inside else {
            return Value::DYNAMIC;
        };
        let object = |key: Key| {
            let child = self.instance.child(name, key);
            let outputs: Map = self
                .world
                .inside(&child)
                .map(|m| m.outputs.clone())
                .unwrap_or_default();
            Value::object(outputs)
        };
        match inside.calls.get(name) {
            Some(Keys::Single) => object(Key::None),
            Some(Keys::Count(n)) => Value::tuple((0..*n).map(|i| object(Key::Int(i))).collect()),
            Some(Keys::ForEach(map)) => {
                Value::object(map.keys().map(|k| (k.clone(), object(Key::Str(k.clone())))))
            }
            Some(Keys::Unknown) | None => Value::DYNAMIC,
        }
    }

    /// The value of one output of all instances of a call, put together as the instances are.
    fn output_value(&self, name: &Arc<str>, output: &str) -> Value {
        let Some(inside) = self.inside else {
            return Value::DYNAMIC;
        };
        let of = |key: Key| {
            let child = self.instance.child(name, key);
            self.world
                .output(&child, output)
                .cloned()
                .unwrap_or(Value::DYNAMIC)
        };
        match inside.calls.get(name) {
            Some(Keys::Single) => of(Key::None),
            Some(Keys::Count(n)) => Value::tuple((0..*n).map(|i| of(Key::Int(i))).collect()),
            Some(Keys::ForEach(map)) => {
                Value::object(map.keys().map(|k| (k.clone(), of(Key::Str(k.clone())))))
            }
            Some(Keys::Unknown) | None => Value::DYNAMIC,
        }
    }

    /// What `module.name.output` is: where the call has `for_each`, the name is the key of an instance.
    fn unkeyed(
        &self,
        reference: &Reference,
        name: &Arc<str>,
        output: &Arc<str>,
    ) -> Result<Value, Diagnostic> {
        match self.inside.and_then(|m| m.calls.get(name)) {
            Some(Keys::ForEach(_)) => self.call_value(name).get(output).cloned().ok_or_else(|| {
                let detail = format!(
                    "This object does not have an attribute named {:?}.",
                    &**output
                );
                Diagnostic::error("Unsupported attribute", detail).at(reference.span)
            }),
            Some(Keys::Count(_)) => Err(Diagnostic::error(
                "Unsupported attribute",
                "This value does not have any attributes.",
            )
            .at(reference.span)),
            _ => Ok(self.output_value(name, output)),
        }
    }

    fn path_value(&self, name: &str) -> Option<Value> {
        let module = |id| self.world.module(id).map(|m| Value::from(m.dir.clone()));
        match name {
            "module" => module(self.inside?.id),
            "root" => module(crate::lang::program::ModuleId(0)),
            "cwd" => Some(Value::from(self.world.host.base_dir())),
            _ => None,
        }
    }
}

impl Scope for ModuleScope<'_> {
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        let inside = self.inside;
        let found = match &reference.subject {
            Subject::Variable(n) => Some(
                inside
                    .and_then(|m| m.variables.get(n))
                    .cloned()
                    .unwrap_or(Value::DYNAMIC),
            ),
            Subject::Local(n) => Some(
                inside
                    .and_then(|m| m.locals.get(n))
                    .cloned()
                    .unwrap_or(Value::DYNAMIC),
            ),
            Subject::Module(n) => Some(self.call_value(n)),
            Subject::ModuleOutput(n, output) if reference.is_unkeyed_output() => {
                return self.unkeyed(reference, n, output);
            }
            Subject::ModuleOutput(n, output) => Some(self.output_value(n, output)),
            Subject::Resource(r) => Some(
                inside
                    .and_then(|m| m.resources.get(r))
                    .map_or(Value::DYNAMIC, super::Instances::value),
            ),
            Subject::CountIndex => self.each.count_index.clone(),
            Subject::EachKey => self.each.each_key.clone(),
            Subject::EachValue => self.each.each_value.clone(),
            Subject::SelfObject => self.this.clone(),
            Subject::Path(n) => self.path_value(n),
            Subject::Terraform(n) if &**n == "workspace" => {
                Some(Value::from(self.world.workspace.clone()))
            }
            // Applying is no business of a plan, so the value is not to be stored.
            Subject::Terraform(_) => {
                Some(Value::from(!self.world.planning).with_marks(Marks::EPHEMERAL))
            }
        };
        found.ok_or_else(|| not_here(reference))
    }
}

fn not_here(reference: &Reference) -> Diagnostic {
    let (summary, detail) = match &reference.subject {
        Subject::CountIndex => (
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and only when the \"count\" argument is set.",
        ),
        Subject::EachKey | Subject::EachValue => (
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \"for_each\" argument is set.",
        ),
        Subject::SelfObject => (
            "Invalid \"self\" reference",
            "The \"self\" object is not available in this context. This object can be used only in resource postconditions.",
        ),
        Subject::Path(_) => (
            "Invalid \"path\" attribute",
            "The \"path\" object has the attributes \"cwd\", \"module\" and \"root\".",
        ),
        _ => ("Invalid reference", "The name stands for nothing here."),
    };
    Diagnostic::error(summary, detail).at(reference.span)
}
