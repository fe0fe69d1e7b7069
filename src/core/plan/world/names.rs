//! Variables, locals, outputs and module calls of all instances of a module.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::{ConvertError, Marks, Value},
};

use super::{Each, Keys, ModuleScope, World, expand};
use crate::{
    lang::{
        address::{AbsInstance, ModuleInstance},
        expr::unstorable,
        program::{Call, ModuleId, Variable},
        syntax::Expr,
    },
    plan::conditions::{Conditions, INVALID_VARIABLE, Rule},
};

impl World {
    /// Evaluates a variable of the instances of a module inside `outer`, and its validations.
    pub(crate) fn evaluate_variable(
        &mut self,
        id: ModuleId,
        outer: &ModuleInstance,
        name: &Arc<str>,
        out: &mut Conditions,
    ) {
        let program = self.program.clone();
        let Some(variable) = program
            .modules
            .get(id.0)
            .and_then(|m| m.variables.get(name))
        else {
            return;
        };
        for instance in self.instances_in(id, outer) {
            let (value, span) = match self.argument(&instance, variable) {
                Ok(found) => found,
                Err(d) => {
                    out.diagnostics.extend(d);
                    (Value::unknown(variable.constraint.to_type()), None)
                }
            };
            if let Some(m) = self.modules.get_mut(&instance) {
                m.variables.insert(name.clone(), value);
            }
            self.validate_variable(&instance, variable, span.unwrap_or(variable.name.span), out);
        }
    }

    /// Returns the value of a variable in one module instance, with the place of the argument.
    fn argument(
        &self,
        instance: &ModuleInstance,
        variable: &Variable,
    ) -> Result<(Value, Option<Span>), Diagnostics> {
        let name = &variable.name.name;
        let Some((parent, call_name, _)) = instance.parent() else {
            let value = self
                .inputs
                .get(name)
                .cloned()
                .unwrap_or_else(|| Value::unknown(variable.constraint.to_type()));
            return Ok((value, None));
        };
        let each = self
            .inside(instance)
            .map(|m| m.each.clone())
            .unwrap_or_default();
        let expr = self
            .call(&parent, call_name)
            .and_then(|c| c.arguments.get(name));
        let Some(expr) = expr else {
            let default = variable
                .default
                .clone()
                .unwrap_or_else(|| Value::unknown(variable.constraint.to_type()));
            return Ok((finish(variable, default, None)?, None));
        };
        let value = ModuleScope::new(self, &parent)
            .with_each(each)
            .evaluate(expr)?;
        if !variable.ephemeral && holds(&value, Marks::EPHEMERAL) {
            return Err(Diagnostic::error(
                "Ephemeral value not allowed",
                "This input variable is not declared as accepting ephemeral values, so it cannot be set to a result derived from an ephemeral value.",
            )
            .at(expr.span)
            .context(variable.name.span, "declared here")
            .into());
        }
        Ok((finish(variable, value, Some(expr))?, Some(expr.span)))
    }

    fn call(&self, parent: &ModuleInstance, name: &Arc<str>) -> Option<&Call> {
        self.module(self.inside(parent)?.id)?.calls.get(name)
    }

    fn validate_variable(
        &self,
        instance: &ModuleInstance,
        variable: &Variable,
        at: Span,
        out: &mut Conditions,
    ) {
        if variable.validations.is_empty() {
            return;
        }
        let path = instance.path();
        let name = format!("var.{}", variable.name.name);
        let config = if path.is_root() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let address = if instance.is_root() {
            name
        } else {
            format!("{instance}.{name}")
        };
        let scope = ModuleScope::new(self, instance);
        let rules = variable.validations.iter();
        out.check(
            "var",
            &config,
            &address,
            rules.map(|r| Rule {
                rule: r,
                at: Some(at),
                summary: INVALID_VARIABLE,
            }),
            &scope,
        );
    }

    /// Evaluates a local of the instances of a module inside `outer`.
    pub(crate) fn evaluate_local(
        &mut self,
        id: ModuleId,
        outer: &ModuleInstance,
        name: &Arc<str>,
        out: &mut Diagnostics,
    ) {
        let program = self.program.clone();
        let Some(local) = program.modules.get(id.0).and_then(|m| m.locals.get(name)) else {
            return;
        };
        for instance in self.instances_in(id, outer) {
            let value = match ModuleScope::new(self, &instance).evaluate(&local.expr) {
                Ok(v) => v,
                Err(d) => {
                    out.extend(d);
                    Value::DYNAMIC
                }
            };
            if let Some(m) = self.modules.get_mut(&instance) {
                m.locals.insert(name.clone(), value);
            }
        }
    }

    /// Evaluates an output of the instances of a module inside `outer`, and its preconditions.
    pub(crate) fn evaluate_output(
        &mut self,
        id: ModuleId,
        outer: &ModuleInstance,
        name: &Arc<str>,
        out: &mut Conditions,
    ) {
        let program = self.program.clone();
        let Some(output) = program.modules.get(id.0).and_then(|m| m.outputs.get(name)) else {
            return;
        };
        for instance in self.instances_in(id, outer) {
            let scope = ModuleScope::new(self, &instance);
            let path = instance.path();
            let short = format!("output.{name}");
            let config = if path.is_root() {
                short.clone()
            } else {
                format!("{path}.{short}")
            };
            let address = if instance.is_root() {
                short
            } else {
                format!("{instance}.{short}")
            };
            let rules = output.preconditions.iter();
            let passed = out.check(
                "output_value",
                &config,
                &address,
                rules.map(|r| Rule {
                    rule: r,
                    at: None,
                    summary: "Module output value precondition failed",
                }),
                &scope,
            );
            let value = if passed {
                scope.evaluate(&output.value)
            } else {
                Ok(Value::DYNAMIC)
            };
            let value = value.and_then(|v| typed(output, v));
            let value = match value {
                Ok(v) if output.sensitive => v.sensitive(),
                Ok(v) => v,
                Err(d) => {
                    out.diagnostics.extend(d);
                    Value::DYNAMIC
                }
            };
            let value = match output.ephemeral {
                true => {
                    let marks = value.marks().union(Marks::EPHEMERAL);
                    value.with_marks(marks)
                }
                false => value,
            };
            if !output.ephemeral && holds(&value, Marks::EPHEMERAL) {
                out.diagnostics.push(
                    Diagnostic::error(
                        "Ephemeral value not allowed",
                        "This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived from an ephemeral value.",
                    )
                    .at(output.value.span),
                );
            }
            if id == ModuleId(0) {
                out.diagnostics
                    .extend(exposed(output.sensitive, &value, output.name.span));
                out.diagnostics
                    .0
                    .extend(unstorable(&value, output.value.span));
            }
            if let Some(m) = self.modules.get_mut(&instance) {
                m.outputs.insert(name.clone(), value);
            }
        }
    }

    /// Expands a module call in the instances of the calling module inside `outer`.
    pub(crate) fn expand_call(
        &mut self,
        id: ModuleId,
        outer: &ModuleInstance,
        name: &Arc<str>,
        out: &mut Diagnostics,
    ) {
        let program = self.program.clone();
        let Some(call) = program.modules.get(id.0).and_then(|m| m.calls.get(name)) else {
            return;
        };
        for instance in self.instances_in(id, outer) {
            let keys =
                expand(&call.repetition, &ModuleScope::new(self, &instance)).unwrap_or_else(|d| {
                    out.extend(d);
                    Keys::Unknown
                });
            for (key, each) in keys.instances() {
                self.add_module(instance.child(name, key), call.module, each);
            }
            if let Some(m) = self.modules.get_mut(&instance) {
                m.calls.insert(name.clone(), keys);
            }
        }
    }

    /// Returns the instance keys of a resource; `None` before it was expanded.
    pub(crate) fn resource_keys(
        &self,
        module: &ModuleInstance,
        resource: &crate::lang::address::Resource,
    ) -> Option<&Keys> {
        self.inside(module)?
            .resources
            .get(resource)
            .map(|i| &i.keys)
    }

    /// Returns what `each` and `count` are in an instance; nothing where its resource was not expanded.
    pub(crate) fn each_of(&self, address: &AbsInstance) -> Each {
        self.resource_keys(&address.resource.module, &address.resource.resource)
            .and_then(|keys| keys.each(&address.key))
            .unwrap_or_default()
    }
}

/// Applies type, default, `nullable` and marks of a module argument.
fn finish(variable: &Variable, value: Value, expr: Option<&Expr>) -> Result<Value, Diagnostics> {
    let mut value = value;
    if value.is_null() && !variable.nullable {
        match &variable.default {
            Some(default) => value = default.clone(),
            None => {
                let d = Diagnostic::error(
                    "Required variable not set",
                    format!("The given value is not suitable for variable `{}`: required variable may not be set to null.", variable.name.name),
                )
                .at(expr.map_or(variable.name.span, |e| e.span))
                .context(variable.name.span, "declared here");
                return Err(d.into());
            }
        }
    }
    let converted = variable
        .constraint
        .apply(&value)
        .map_err(|e| unsuitable(variable, expr, &e))?;
    let mut marks = Marks::NONE;
    if variable.sensitive {
        marks = marks.union(Marks::SENSITIVE);
    }
    if variable.ephemeral {
        marks = marks.union(Marks::EPHEMERAL);
    }
    Ok(converted.with_marks(marks))
}

fn unsuitable(variable: &Variable, expr: Option<&Expr>, error: &ConvertError) -> Diagnostics {
    let at = if error.path.0.is_empty() {
        String::new()
    } else {
        format!("{}: ", error.path.to_string().trim_start_matches('.'))
    };
    let (summary, what) = match expr {
        Some(_) => (
            "Invalid value for input variable",
            "The given value is not suitable for",
        ),
        None => (
            "Invalid default value for module argument",
            "The default value is not compatible with",
        ),
    };
    Diagnostic::error(
        summary,
        format!(
            "{what} variable `{}`: {at}{}.",
            variable.name.name, error.message
        ),
    )
    .at(expr.map_or(variable.name.span, |e| e.span))
    .context(variable.name.span, "declared here")
    .into()
}

/// Tells whether a mark is anywhere in a value.
fn holds(value: &Value, mark: Marks) -> bool {
    let mut found = false;
    value.visit(
        &mut bastionless_model::value::Path::default(),
        &mut |_, v| {
            found |= v.marks().contains(mark);
            !found
        },
    );
    found
}

fn exposed(declared: bool, value: &Value, span: Span) -> Diagnostics {
    if declared || !holds(value, Marks::SENSITIVE) {
        return Diagnostics::default();
    }
    Diagnostic::error(
        "Output refers to sensitive values",
        "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, bastionless requires that any root module output containing sensitive data be explicitly marked as sensitive, to confirm your intent.\n\nIf you do intend to export this data, annotate the output value as sensitive by adding the following argument:\n    sensitive = true",
    )
    .at(span)
    .into()
}

/// Brings the value of an output to the type that it declares.
fn typed(output: &crate::lang::program::Output, value: Value) -> Result<Value, Diagnostics> {
    let Some(constraint) = &output.constraint else {
        return Ok(value);
    };
    constraint.apply(&value).map_err(|e| {
        Diagnostic::error(
            "Invalid output value",
            format!(
                "The value expression does not match this output value's type constraint: {}.",
                e.message
            ),
        )
        .at(output.value.span)
        .into()
    })
}
