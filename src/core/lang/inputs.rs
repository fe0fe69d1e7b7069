//! Values of root variables, from wherever they are given.
//!
//! The caller collects them in the order of Terraform's precedence (environment, `terraform.tfvars`, `*.auto.tfvars`,
//! command line); here the last one wins.

mod json;
mod tfvars;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceId, SourceMap, Span},
    value::{ConvertError, Marks, Type, Value},
};

use super::{
    expr,
    program::{Program, Variable},
    suggest::did_you_mean,
    syntax::parse_expression,
};

pub use tfvars::{from_json, from_tfvars};

/// A value that was given for a root variable.
#[derive(Clone, Debug)]
pub struct RawInput {
    /// The name of the variable.
    pub name: Arc<str>,
    /// What was given.
    pub value: RawValue,
    /// Where it comes from.
    pub origin: Origin,
}

/// What was given, as far as it can be read without knowing the variable's type.
#[derive(Clone, Debug)]
pub enum RawValue {
    /// A text that is the value itself, or an expression: that depends on the type of the variable.
    Text(String, SourceId),
    /// A value with its place in a file.
    Value(Value, Span),
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `TF_VAR_name`
    Environment,
    /// A file, found or named.
    File(Arc<str>),
    /// `-var`
    CommandLine,
}

/// The values of all root variables.
#[derive(Clone, Debug, Default)]
pub struct RootValues {
    /// Converted, with defaults and marks.
    pub values: BTreeMap<Arc<str>, Value>,
    /// Those that were given from outside.
    pub set: BTreeSet<Arc<str>>,
}

/// Puts the values of the root variables together. `raw` is in ascending order of precedence.
pub fn root_values(program: &Program, raw: &[RawInput]) -> (RootValues, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut result = RootValues::default();
    let Some(root) = program.modules.first() else {
        return (result, diagnostics);
    };
    undeclared(root.variables.keys().map(|k| &**k), raw, &mut diagnostics);
    for (name, variable) in &root.variables {
        let given = raw.iter().rev().find(|r| r.name == *name);
        let value = match given {
            Some(input) => {
                result.set.insert(name.clone());
                given_value(&program.sources, variable, input, &mut diagnostics)
            }
            None => {
                let value = variable_value(variable, None);
                let missing = |_| missing(variable);
                diagnostics.ok(value.map_err(missing))
            }
        };
        result
            .values
            .insert(name.clone(), value.unwrap_or_else(|| unusable(variable)));
    }
    (result, diagnostics)
}

/// Makes the value of one root variable that is needed before the others; `None` where something is wrong with it.
pub(crate) fn constant_value(
    sources: &SourceMap,
    variable: &Variable,
    raw: &[RawInput],
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    match raw.iter().rev().find(|r| r.name == variable.name.name) {
        Some(input) => given_value(sources, variable, input, diagnostics),
        None => diagnostics.ok(variable_value(variable, None).map_err(|_| missing(variable))),
    }
}

/// Why a value cannot be that of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsuitable {
    /// There is no value and no default.
    Missing,
    /// Null where that is not allowed.
    Null,
    /// It does not fit the type; why.
    Type(String),
}

/// Makes the value of a variable of what is given: defaults, conversion, marks. Serves root variables and arguments of
/// module calls alike; validation rules are the caller's.
///
/// # Errors
/// Says why the value cannot be used.
pub fn variable_value(variable: &Variable, given: Option<&Value>) -> Result<Value, Unsuitable> {
    let value = match given {
        Some(v) if v.is_null() && !variable.nullable => {
            variable.default.as_ref().ok_or(Unsuitable::Null)?
        }
        Some(v) => v,
        None => variable.default.as_ref().ok_or(Unsuitable::Missing)?,
    };
    let value = variable
        .constraint
        .apply(value)
        .map_err(|e| Unsuitable::Type(convert_message(&e)))?;
    Ok(mark(variable, value))
}

fn mark(variable: &Variable, value: Value) -> Value {
    let mut marks = Marks::NONE;
    if variable.sensitive {
        marks = marks.union(Marks::SENSITIVE);
    }
    if variable.ephemeral {
        marks = marks.union(Marks::EPHEMERAL);
    }
    value.with_marks(marks)
}

/// Stands in for a value that was refused, so that what depends on it is not reported too.
fn unusable(variable: &Variable) -> Value {
    mark(variable, Value::unknown(variable.constraint.to_type()))
}

/// The headline of the error for a root variable that has neither a value nor a default; it stays unknown.
pub const NO_VALUE: &str = "No value for required variable";

fn missing(variable: &Variable) -> Diagnostic {
    let name = &*variable.name.name;
    Diagnostic::error(
        NO_VALUE,
        format!("The root module input variable {name:?} is not set, and has no default value. Use a -var or -var-file command line argument to provide a value for this variable."),
    )
    .at(variable.name.span)
}

fn given_value(
    sources: &SourceMap,
    variable: &Variable,
    input: &RawInput,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let name = &*variable.name.name;
    let (value, span) = match &input.value {
        RawValue::Value(value, span) => (value.clone(), *span),
        RawValue::Text(text, source) => {
            let span = Span::new(*source, 0, text.len());
            if variable.is_expression {
                let parsed = parse_expression(*source, text).and_then(|e| expr::constant(&e));
                match parsed {
                    Ok(v) => (v, span),
                    Err(_) if variable.sensitive => {
                        diagnostics.push(unreadable(variable));
                        return None;
                    }
                    Err(d) => {
                        diagnostics.extend(d);
                        return None;
                    }
                }
            } else {
                (Value::from(text.as_str()), span)
            }
        }
    };
    let declared = place(sources, variable.name.span);
    let (how, subject) = match &input.origin {
        Origin::File(_) => (
            "Invalid value for input variable",
            format!("The given value is not suitable for var.{name} declared at {declared}"),
        ),
        Origin::CommandLine => (
            "Invalid value for input variable",
            format!("Unsuitable value for var.{name} set using -var=\"{name}=...\""),
        ),
        Origin::Environment => (
            "Invalid value for input variable",
            format!(
                "Unsuitable value for var.{name} set using the TF_VAR_{name} environment variable"
            ),
        ),
    };
    let problem = match variable_value(variable, Some(&value)) {
        Ok(value) => return Some(value),
        Err(Unsuitable::Type(why)) => Diagnostic::error(how, format!("{subject}: {why}.")),
        Err(Unsuitable::Null | Unsuitable::Missing) => Diagnostic::error(
            "Required variable not set",
            format!("{subject}: required variable may not be set to null."),
        ),
    };
    // The place of a value shows the value; one that no file holds has no place of its own.
    let nowhere = !matches!(input.origin, Origin::File(_));
    let problem = if variable.sensitive || nowhere {
        problem.at(variable.name.span)
    } else {
        problem
            .at(span)
            .context(variable.name.span, "the variable is declared here")
    };
    diagnostics.push(problem);
    None
}

/// The error for a secret that is no expression: what is wrong with it would show it.
fn unreadable(variable: &Variable) -> Diagnostic {
    let name = &*variable.name.name;
    Diagnostic::error(
        "Invalid value for input variable",
        format!("The value given for var.{name} cannot be read as an expression of its type. It is sensitive, so it is not shown."),
    )
    .at(variable.name.span)
}

/// Writes a place as Terraform's messages do, such as `main.tf:1,1-13`.
fn place(sources: &SourceMap, span: Span) -> String {
    let Some((source, start, end)) = sources.positions(span) else {
        return "an unknown place".to_owned();
    };
    let mut text = format!("{}:{},{}-", source.name, start.line, start.column);
    if end.line != start.line {
        text.push_str(&format!("{},", end.line));
    }
    text.push_str(&end.column.to_string());
    text
}

/// Reports values for variables that do not exist.
fn undeclared<'a>(
    declared: impl Iterator<Item = &'a str>,
    raw: &[RawInput],
    diagnostics: &mut Diagnostics,
) {
    let declared: BTreeSet<&str> = declared.collect();
    for input in raw.iter().filter(|r| !declared.contains(&*r.name)) {
        let name = &*input.name;
        let hint = did_you_mean(name, declared.iter().copied());
        match &input.origin {
            Origin::Environment => {}
            Origin::CommandLine => diagnostics.push(Diagnostic::error(
                "Value for undeclared variable",
                format!("A variable named {name:?} was assigned on the command line, but the root module does not declare a variable of that name.{hint} To use this value, add a \"variable\" block to the configuration."),
            )),
            Origin::File(file) => {
                let mut warning = Diagnostic::warning(
                    "Value for undeclared variable",
                    format!("The root module does not declare a variable named {name:?} but a value was found in file {:?}.{hint} If you meant to use this value, add a \"variable\" block to the configuration.\n\nTo silence these warnings, use TF_VAR_... environment variables to provide certain \"global\" settings to all configurations in your organization.", &**file),
                );
                if let RawValue::Value(_, span) = &input.value {
                    warning = warning.at(*span);
                }
                diagnostics.push(warning);
            }
        }
    }
}

/// Says why a value does not fit, with the place inside it.
pub(crate) fn convert_message(error: &ConvertError) -> String {
    if error.path.0.is_empty() {
        error.message.clone()
    } else {
        format!("{}: {}", error.path, error.message)
    }
}

/// Tells whether a text given for a variable of this type is an expression; a text for a primitive type is itself.
pub(crate) fn is_expression(ty: &Type) -> bool {
    !ty.is_primitive()
}
