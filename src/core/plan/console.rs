//! Evaluates single expressions against configuration and state, or against a plan: what `console` does.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceId, Span},
    schema::Schema,
    value::{Type, Value},
};

use super::{
    conditions::Conditions,
    settler::Inputs,
    world::{ModuleScope, World},
};
use crate::{
    lang::{
        address::{AbsResource, Key, ModuleInstance},
        graph::{ConfigNode, NodeKind},
        link::check_expression,
        program::{Repetition, ResourceBlock},
        syntax::{Expr, ExprKind, TemplatePart, parse_expression},
    },
    state::{Snapshot, sensitive_paths},
};

/// The answer to an expression.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A value.
    Value(Value),
    /// A type, from the console's own function `type`.
    Type(Type),
    /// The type of a type: there is none that could be written.
    TypeOfType,
}

/// A configuration whose names can be asked for.
pub struct Explorer {
    world: World,
}

impl Explorer {
    /// Evaluates a configuration against a state: objects are what the state says, what is not there is unknown. Returns
    /// also what went wrong on the way; expressions can be asked for all the same.
    pub fn of_state(inputs: Inputs) -> (Self, Diagnostics) {
        let mut world = World::new(
            inputs.program,
            inputs.host,
            &inputs.options.workspace,
            false,
            inputs.variables,
        );
        let mut conditions = Conditions::default();
        for node in inputs.graph.order() {
            visit(&mut world, node, &inputs.prior, &mut conditions);
        }
        (Self { world }, conditions.diagnostics)
    }

    /// Takes over what a settled plan found out.
    pub(super) fn of_plan(world: World) -> Self {
        Self {
            world: world.answering(),
        }
    }

    /// Evaluates the text of an expression in the root module.
    ///
    /// # Errors
    /// All that is wrong with it; places are in the source `id`, which must hold the text.
    pub fn ask(&self, id: SourceId, text: &str) -> Result<Answer, Diagnostics> {
        let expr = parse_expression(id, text)?;
        let problems = check_expression(self.world.program(), &expr);
        if problems.has_errors() {
            return Err(problems);
        }
        self.answer(&expr)
    }

    fn answer(&self, expr: &Expr) -> Result<Answer, Diagnostics> {
        let ExprKind::Call {
            name,
            args,
            expand: false,
            parens,
        } = &bare(expr).kind
        else {
            return self.evaluate(expr).map(Answer::Value);
        };
        if !matches!(&*name.name, "type" | "core::type") {
            return self.evaluate(expr).map(Answer::Value);
        }
        let wrong = |span: Span, summary: &'static str, detail: &str| {
            let detail = format!("Function \"{}\" expects {detail}", name.name);
            Err(Diagnostic::error(summary, detail).at(span).into())
        };
        match args.as_slice() {
            [] => wrong(
                *parens,
                "Not enough function arguments",
                "1 argument(s). Missing value for \"value\".",
            ),
            [argument] => Ok(match self.answer(argument)? {
                Answer::Value(value) => Answer::Type(value.type_of()),
                Answer::Type(_) | Answer::TypeOfType => Answer::TypeOfType,
            }),
            [_, extra, ..] => wrong(
                extra.span,
                "Too many function arguments",
                "only 1 argument(s).",
            ),
        }
    }

    fn evaluate(&self, expr: &Expr) -> Result<Value, Diagnostics> {
        let root = ModuleInstance::default();
        let value = ModuleScope::new(&self.world, &root)
            .with_all_functions()
            .evaluate(expr);
        value.map_err(|mut problems| {
            for d in &mut problems.0 {
                if d.summary == "Call to unknown function" && d.detail.starts_with("There is no function named \"type\".") {
                    let place = d.primary.as_ref().map(|l| l.span);
                    *d = Diagnostic::error(
                        "Invalid use of type function",
                        "The console-only \"type\" function cannot be used as part of an expression.",
                    );
                    if let Some(span) = place {
                        *d = d.clone().at(span);
                    }
                }
            }
            problems
        })
    }
}

/// Returns what an expression is without parentheses, or without quotes around a single interpolation.
fn bare(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Parens(inner) => bare(inner),
        ExprKind::Template(t) => match t.parts.as_slice() {
            [TemplatePart::Interpolation(inner)] => bare(inner),
            _ => expr,
        },
        _ => expr,
    }
}

fn visit(world: &mut World, node: &ConfigNode, state: &Snapshot, out: &mut Conditions) {
    let id = node.module;
    match &node.kind {
        NodeKind::Call(name) => {
            world.expand_call(id, &ModuleInstance::ROOT, name, &mut out.diagnostics)
        }
        NodeKind::Variable(name) => world.evaluate_variable(id, &ModuleInstance::ROOT, name, out),
        NodeKind::Local(name) => {
            world.evaluate_local(id, &ModuleInstance::ROOT, name, &mut out.diagnostics)
        }
        NodeKind::Output(name) => world.evaluate_output(id, &ModuleInstance::ROOT, name, out),
        NodeKind::Resource(resource) => {
            let program = world.program().clone();
            let block = program
                .modules
                .get(id.0)
                .and_then(|m| m.resources.get(resource));
            let Some(block) = block else { return };
            for module in world.instances_of(id) {
                let value = stored(state, &module, block);
                world.set_whole(&module, resource, value);
            }
        }
        NodeKind::Provider(_) | NodeKind::Check(_) | NodeKind::Close(_) => {}
    }
}

/// Returns the value of a resource as the state has it, instances that the configuration does not want any more included.
fn stored(state: &Snapshot, module: &ModuleInstance, block: &ResourceBlock) -> Value {
    let Some(schema) = &block.schema else {
        return Value::DYNAMIC;
    };
    let address = AbsResource {
        module: module.clone(),
        resource: block.resource.clone(),
    };
    let values = objects(state, &address, schema);
    if values.is_empty() {
        return match block.repetition {
            Repetition::Single => absent(schema),
            Repetition::Count(_) | Repetition::ForEach(_) => Value::DYNAMIC,
        };
    }
    let unknown = || Value::unknown(schema.block.implied_type());
    match block.repetition {
        Repetition::Single => values.get(&Key::None).cloned().unwrap_or_else(unknown),
        Repetition::Count(_) => {
            let last = values
                .keys()
                .filter_map(|k| if let Key::Int(i) = k { Some(*i) } else { None })
                .max();
            let at = |i| values.get(&Key::Int(i)).cloned().unwrap_or_else(unknown);
            Value::tuple(last.map_or_else(Vec::new, |last| (0..=last).map(at).collect()))
        }
        Repetition::ForEach(_) => Value::object(values.into_iter().filter_map(|(k, v)| match k {
            Key::Str(s) => Some((s, v)),
            _ => None,
        })),
    }
}

fn objects(state: &Snapshot, address: &AbsResource, schema: &Schema) -> BTreeMap<Key, Value> {
    let instances = state.resources.get(address).map(|r| &r.instances);
    let current = instances
        .into_iter()
        .flatten()
        .filter_map(|(k, i)| Some((k, i.current.as_ref()?)));
    current
        .map(|(key, object)| {
            let value = object
                .decode(schema)
                .unwrap_or_else(|_| Value::unknown(schema.block.implied_type()));
            let paths = sensitive_paths(&value, schema);
            (key.clone(), value.mark_with_paths(&paths))
        })
        .collect()
}

/// An object that is not there yet: every attribute is unknown.
fn absent(schema: &Schema) -> Value {
    match schema.block.implied_type() {
        Type::Object(attributes) => Value::object(
            attributes
                .iter()
                .map(|(name, ty)| (Arc::clone(name), Value::unknown(ty.clone()))),
        ),
        other => Value::unknown(other),
    }
}
