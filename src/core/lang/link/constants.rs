//! What is known before anything is planned: constant variables, and what `source` and `version` of modules make of them.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap, Span},
    value::{Marks, Type, Value, convert},
};

use crate::lang::{
    blocks::{RawCall, RawModule},
    expr::{Scope, evaluate_early, references},
    functions::Host,
    inputs::{RawInput, constant_value, variable_value},
    program::{Reference, Subject},
    suggest::did_you_mean,
    syntax::Expr,
};

/// How many local values may be made of each other on the way to a source; what goes deeper counts as not known.
const DEEPEST: usize = 64;

/// Values of constant variables by name.
pub(super) type Constants = BTreeMap<Arc<str>, Value>;

/// What is given for the reading of a module tree beside its files.
#[derive(Clone, Copy, Default)]
pub struct Given<'a> {
    /// Values of the root variables; without them only defaults count, and a constant without one is not reported.
    pub inputs: Option<&'a [RawInput]>,
    /// Files and clock for functions in sources; without it sources that call functions are refused.
    pub host: Option<&'a dyn Host>,
}

/// Returns the constants of the root module.
pub(super) fn of_root(
    raw: &RawModule,
    inputs: Option<&[RawInput]>,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) -> Constants {
    let constants = raw.variables.iter().filter(|(_, v)| v.constant);
    constants
        .filter_map(|(name, variable)| {
            let value = match inputs {
                Some(inputs) => constant_value(sources, variable, inputs, diagnostics),
                None => variable_value(variable, None).ok(),
            };
            Some((name.clone(), value?))
        })
        .collect()
}

/// What the expressions of one module can see before anything is planned.
pub(super) struct Early<'a> {
    pub(super) raw: &'a RawModule,
    pub(super) dir: &'a str,
    pub(super) constants: &'a Constants,
    pub(super) host: Option<&'a dyn Host>,
    locals: RefCell<BTreeMap<Arc<str>, Value>>,
    open: RefCell<Vec<Arc<str>>>,
}

impl<'a> Early<'a> {
    pub(super) fn new(
        raw: &'a RawModule,
        dir: &'a str,
        constants: &'a Constants,
        host: Option<&'a dyn Host>,
    ) -> Self {
        Self {
            raw,
            dir,
            constants,
            host,
            locals: RefCell::default(),
            open: RefCell::default(),
        }
    }

    /// Tells whether a constant has no value.
    pub(super) fn is_incomplete(&self) -> bool {
        let mut variables = self.raw.variables.iter();
        variables.any(|(name, v)| v.constant && !self.constants.contains_key(name))
    }

    /// Returns the constants of a called module, and what is wrong with those that get a value that is not known yet.
    pub(super) fn of_call(&self, call: &RawCall, child: &RawModule) -> (Constants, Diagnostics) {
        let mut problems = Diagnostics::default();
        let mut found = Constants::new();
        for (name, variable) in child.variables.iter().filter(|(_, v)| v.constant) {
            let given = match call.arguments.get(name) {
                None => None,
                Some((_, expr)) => match self.evaluate(expr) {
                    Ok(value) if value.is_wholly_known() => Some(value),
                    _ => {
                        problems.push(
                            Diagnostic::error(
                                "Const variables must be known",
                                "Only a constant value can be passed into a constant module variable.",
                            )
                            .at(expr.span),
                        );
                        continue;
                    }
                },
            };
            // What does not fit is said when the call is looked at.
            if let Ok(value) = variable_value(variable, given.as_ref()) {
                found.insert(name.clone(), value);
            }
        }
        (found, problems)
    }

    /// Returns the text that `source` or `version` (`what`) is.
    ///
    /// # Errors
    /// It names what is not known yet, or is no text.
    pub(super) fn text(&self, what: &str, expr: &Expr) -> Result<Option<Arc<str>>, Diagnostics> {
        let (named, invalid) = references(expr);
        let mut problems = invalid;
        problems
            .0
            .extend(named.iter().filter_map(|r| self.refused(what, r)));
        if problems.has_errors() {
            return Err(problems);
        }
        let value = self.evaluate(expr)?;
        let bad =
            |summary: String, detail: String| Diagnostic::error(summary, detail).at(expr.span);
        if value.is_unknown() {
            return Err(bad(
                format!("Unknown module {what}"),
                "Only literal values and const variables can be evaluated during init.".into(),
            )
            .into());
        }
        let (value, marks) = value.unmark_deep();
        if marks != Marks::NONE {
            let detail = format!(
                "The {what} of a module is shown and stored, so it must not be sensitive or ephemeral."
            );
            return Err(bad(format!("Invalid module {what}"), detail).into());
        }
        let text = convert(&value, &Type::String).map_err(|e| {
            bad(
                "Incorrect value type".into(),
                format!("Invalid expression value: {}.", e.message),
            )
        })?;
        Ok(text.as_str().map(Arc::from))
    }

    /// Says why a name must not stand in a source.
    fn refused(&self, what: &str, r: &Reference) -> Option<Diagnostic> {
        let undeclared = |kind: &str, text: String| {
            Some(Diagnostic::error(format!("Reference to undeclared {kind}"), text).at(r.span))
        };
        match &r.subject {
            Subject::Variable(name) if !self.raw.variables.contains_key(name) => {
                let near = self.raw.variables.keys().map(|k| &**k);
                let mut hint = did_you_mean(name, near);
                if hint.is_empty() {
                    hint = format!(" This variable can be declared with a variable {:?} {{}} block.", &**name);
                }
                undeclared(
                    "input variable",
                    format!("An input variable with the name {:?} has not been declared.{hint}", &**name),
                )
            }
            Subject::Local(name) if !self.raw.locals.contains_key(name) => {
                let near = self.raw.locals.keys().map(|k| &**k);
                undeclared(
                    "local value",
                    format!(
                        "A local value with the name {:?} has not been declared.{}",
                        &**name,
                        did_you_mean(name, near)
                    ),
                )
            }
            Subject::Variable(_) | Subject::Local(_) | Subject::Path(_) => None,
            _ => Some(
                Diagnostic::error(
                    format!("Invalid module {what}"),
                    format!("The module {what} can only reference constant input variables and local values."),
                )
                .at(r.span),
            ),
        }
    }

    fn evaluate(&self, expr: &Expr) -> Result<Value, Diagnostics> {
        evaluate_early(expr, self, self.host)
    }

    fn local(&self, name: &Arc<str>, at: Span) -> Result<Value, Diagnostic> {
        if let Some(value) = self.locals.borrow().get(name) {
            return Ok(value.clone());
        }
        let Some(local) = self.raw.locals.get(name) else {
            return Ok(Value::DYNAMIC);
        };
        {
            let mut open = self.open.borrow_mut();
            if let Some(first) = open.iter().position(|o| o == name) {
                let around = open.get(first..).unwrap_or_default();
                return Err(cycle(around, at));
            }
            if open.len() >= DEEPEST {
                return Ok(Value::DYNAMIC);
            }
            open.push(name.clone());
        }
        let value = self.evaluate(&local.expr);
        self.open.borrow_mut().pop();
        let value = match value {
            Ok(value) => value,
            // The first problem is enough; the others are said when the module is linked.
            Err(problems) => {
                return problems
                    .0
                    .into_iter()
                    .next()
                    .map_or(Ok(Value::DYNAMIC), Err);
            }
        };
        self.locals.borrow_mut().insert(name.clone(), value.clone());
        Ok(value)
    }
}

fn cycle(around: &[Arc<str>], at: Span) -> Diagnostic {
    if let [name] = around {
        return Diagnostic::error(
            "Self-referencing local value",
            format!(
                "Local value local.{name} cannot use its own result as part of its expression."
            ),
        )
        .at(at);
    }
    let mut names: Vec<String> = around
        .iter()
        .map(|n| format!("local.{n} (expand)"))
        .collect();
    names.sort();
    Diagnostic::error(
        format!("Cycle: {}", names.join(", ")),
        "These local values are made of each other, so none of them can be first. Remove one of these references.",
    )
    .at(at)
}

impl Scope for Early<'_> {
    fn resolve(&self, reference: &Reference) -> Result<Value, Diagnostic> {
        let known = match &reference.subject {
            Subject::Variable(name) => self.constants.get(name).cloned(),
            Subject::Local(name) => return self.local(name, reference.span),
            Subject::Path(name) => match &**name {
                "module" => Some(Value::from(self.dir)),
                "root" => Some(Value::from(".")),
                "cwd" => self.host.map(|h| Value::from(h.base_dir())),
                _ => None,
            },
            _ => None,
        };
        Ok(known.unwrap_or(Value::DYNAMIC))
    }
}
