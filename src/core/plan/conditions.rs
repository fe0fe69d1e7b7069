//! Conditions: validations, pre- and postconditions, assertions.

use std::collections::BTreeMap;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Severity, Span},
    value::{Marks, Path, Type, Value, convert},
};

use super::{CheckResult, CheckStatus, world::ModuleScope};
use crate::lang::{address::ModuleInstance, program::CheckRule};

/// A condition with the words for its failure.
pub(crate) struct Rule<'a> {
    /// The block.
    pub(crate) rule: &'a CheckRule,
    /// Where a failure is shown, if not at the condition.
    pub(crate) at: Option<Span>,
    /// The headline of a failure.
    pub(crate) summary: &'static str,
}

/// The headline of a failed validation.
pub(crate) const INVALID_VARIABLE: &str = "Invalid value for variable";

impl Rule<'_> {
    fn is_validation(&self) -> bool {
        self.summary == INVALID_VARIABLE
    }
}

/// Results of one object's instances, by address: the worst, and the messages of those that failed.
type Results = BTreeMap<String, (CheckStatus, Vec<String>)>;

/// What the conditions of a run gave.
#[derive(Default)]
pub(crate) struct Conditions {
    /// What was wrong.
    pub(crate) diagnostics: Diagnostics,
    results: BTreeMap<(&'static str, String), Results>,
}

impl Conditions {
    /// Evaluates the conditions of one object; says whether none failed.
    pub(crate) fn check<'a>(
        &mut self,
        kind: &'static str,
        config: &str,
        address: &str,
        rules: impl Iterator<Item = Rule<'a>>,
        scope: &ModuleScope<'_>,
    ) -> bool {
        let severity = if kind == "check" {
            Severity::Warning
        } else {
            Severity::Error
        };
        let mut passed = true;
        for rule in rules {
            let outcome = evaluate(&rule, scope, severity);
            passed &= !matches!(outcome.status, CheckStatus::Fail | CheckStatus::Error);
            self.diagnostics.extend(outcome.diagnostics);
            self.record(kind, config, address, outcome.status, outcome.message);
        }
        passed
    }

    /// Says that a data source of a `check` block could not be read: the block has failed.
    pub(crate) fn fail_check(&mut self, module: &ModuleInstance, name: &str, message: String) {
        let (config, address) = check_address(module, name);
        self.record("check", &config, &address, CheckStatus::Fail, Some(message));
    }

    /// Tells whether an object has failed already.
    pub(crate) fn has_failed(&self, kind: &'static str, config: &str, address: &str) -> bool {
        self.results
            .get(&(kind, config.to_owned()))
            .and_then(|instances| instances.get(address))
            .is_some_and(|(status, _)| *status == CheckStatus::Fail)
    }

    /// Says that an object has conditions whose result is not known (yet).
    pub(crate) fn record(
        &mut self,
        kind: &'static str,
        config: &str,
        address: &str,
        status: CheckStatus,
        message: Option<String>,
    ) {
        let instances = self.results.entry((kind, config.to_owned())).or_default();
        let entry = instances
            .entry(address.to_owned())
            .or_insert((CheckStatus::Pass, Vec::new()));
        entry.0 = worse(entry.0, status);
        entry.1.extend(message);
    }

    /// Takes over the results that others gave.
    pub(crate) fn take_in(&mut self, others: Self) {
        for ((kind, config), instances) in others.results {
            let own = self.results.entry((kind, config)).or_default();
            for (address, (status, messages)) in instances {
                let entry = own
                    .entry(address)
                    .or_insert((CheckStatus::Pass, Vec::new()));
                entry.0 = worse(entry.0, status);
                entry.1.extend(messages);
            }
        }
        self.diagnostics.extend(others.diagnostics);
    }

    /// Says that an object as written has conditions, though perhaps no instance.
    pub(crate) fn declare(&mut self, kind: &'static str, config: &str) {
        self.results.entry((kind, config.to_owned())).or_default();
    }

    /// Returns the results, worst first in each object.
    pub(crate) fn results(&self) -> Vec<CheckResult> {
        self.results
            .iter()
            .map(|((kind, config), instances)| CheckResult {
                kind,
                config_address: config.clone(),
                status: instances
                    .values()
                    .map(|(s, _)| *s)
                    .fold(CheckStatus::Pass, worse),
                instances: instances
                    .iter()
                    .map(|(a, (s, m))| (a.clone(), *s, m.clone()))
                    .collect(),
            })
            .collect()
    }
}

/// Returns the address of a `check` block as written, and of one instance of it.
pub(crate) fn check_address(module: &ModuleInstance, name: &str) -> (String, String) {
    let path = module.path();
    let short = format!("check.{name}");
    let config = if path.is_root() {
        short.clone()
    } else {
        format!("{path}.{short}")
    };
    let address = if module.is_root() {
        short
    } else {
        format!("{module}.{short}")
    };
    (config, address)
}

fn worse(a: CheckStatus, b: CheckStatus) -> CheckStatus {
    let rank = |s| match s {
        CheckStatus::Pass => 0,
        CheckStatus::Unknown => 1,
        CheckStatus::Fail => 2,
        CheckStatus::Error => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}

struct Outcome {
    status: CheckStatus,
    message: Option<String>,
    diagnostics: Diagnostics,
}

fn evaluate(rule: &Rule<'_>, scope: &ModuleScope<'_>, severity: Severity) -> Outcome {
    let error = |diagnostics: Diagnostics| Outcome {
        status: CheckStatus::Error,
        message: None,
        diagnostics,
    };
    let condition = match scope.evaluate(&rule.rule.condition) {
        Ok(v) => v.unmark_deep().0,
        Err(d) => return error(d),
    };
    let invalid = |detail: String| {
        error(
            Diagnostic::error("Invalid condition result", detail)
                .at(rule.rule.condition.span)
                .into(),
        )
    };
    if condition.is_null() {
        return invalid("Condition expression must return either true or false, not null.".into());
    }
    let condition = match convert(&condition, &Type::Bool) {
        Ok(v) => v,
        Err(e) => return invalid(format!("Invalid condition result value: {}.", e.message)),
    };
    match condition.as_bool() {
        None => Outcome {
            status: CheckStatus::Unknown,
            message: None,
            diagnostics: match severity {
                Severity::Error => Diagnostics::default(),
                Severity::Warning => not_yet(rule).into(),
            },
        },
        Some(true) => Outcome {
            status: CheckStatus::Pass,
            message: None,
            diagnostics: Diagnostics::default(),
        },
        Some(false) => failed(rule, scope, severity),
    }
}

/// An assertion of a check stops nothing, so it is worth saying that it could not be looked at.
fn not_yet(rule: &Rule<'_>) -> Diagnostic {
    Diagnostic::warning(
        "Check block assertion known after apply",
        "The condition could not be evaluated at this time, a result will be known when this plan is applied.",
    )
    .at(rule.rule.condition.span)
}

fn failed(rule: &Rule<'_>, scope: &ModuleScope<'_>, severity: Severity) -> Outcome {
    let (message, mut diagnostics) = match message(rule, scope) {
        Ok(found) => found,
        Err(diagnostics) => {
            return Outcome {
                status: CheckStatus::Fail,
                message: None,
                diagnostics,
            };
        }
    };
    let at = rule.at.unwrap_or(rule.rule.condition.span);
    let mut d = Diagnostic::error(rule.summary, message.clone()).at(at);
    if at != rule.rule.condition.span {
        d = d.context(rule.rule.span, "checked by this rule");
    }
    d.severity = severity;
    diagnostics.push(d);
    Outcome {
        status: CheckStatus::Fail,
        message: Some(message),
        diagnostics,
    }
}

/// Returns the message with warnings about it; or why there is none.
fn message(rule: &Rule<'_>, scope: &ModuleScope<'_>) -> Result<(String, Diagnostics), Diagnostics> {
    let span = rule.rule.error_message.span;
    let value = scope.evaluate(&rule.rule.error_message)?;
    if let Some(hidden) = hidden(&value, rule.is_validation()) {
        let text = if rule.is_validation() {
            "The error message included a sensitive value, so it will not be displayed."
        } else {
            "This check failed, but has an invalid error message as described in the other accompanying messages."
        };
        return Ok((text.to_owned(), hidden.at(span).into()));
    }
    match convert(&value, &Type::String) {
        Ok(v) if v.is_unknown() => Ok((
            "The error message is not known before apply.".to_owned(),
            Diagnostics::default(),
        )),
        Ok(v) if v.is_null() => Err(Diagnostic::error(
            "Invalid error message",
            "Unsuitable value for error message: must not be null.",
        )
        .at(span)
        .into()),
        Ok(v) => Ok((
            v.as_str().unwrap_or_default().trim().to_owned(),
            Diagnostics::default(),
        )),
        Err(e) => Err(Diagnostic::error(
            "Invalid error message",
            format!("Unsuitable value for error message: {}.", e.message),
        )
        .at(span)
        .into()),
    }
}

/// Says why a message must not be shown, if it must not: what it is made of is sensitive or ephemeral. A validation that
/// has such a message is itself wrong, elsewhere it is a warning beside the failure.
fn hidden(value: &Value, is_validation: bool) -> Option<Diagnostic> {
    let (kind, remedy) = if holds(value, Marks::SENSITIVE) {
        (
            "sensitive",
            "by carefully using the nonsensitive() function if the expression will not reveal the sensitive data",
        )
    } else if !holds(value, Marks::EPHEMERAL) {
        return None;
    } else if is_validation {
        (
            "ephemeral",
            "by carefully using the ephemeralasnull() function if the expression will not reveal the ephemeral data",
        )
    } else {
        (
            "ephemeral",
            "by using the ephemeralasnull() function on the references to not reveal ephemeral data",
        )
    };
    let (join, make): (_, fn(String, String) -> Diagnostic) = if is_validation {
        (". bastionless", |s, d| Diagnostic::error(s, d))
    } else {
        (", so bastionless", |s, d| Diagnostic::warning(s, d))
    };
    Some(make(
        format!("Error message refers to {kind} values"),
        format!(
            "The error expression used to explain this condition refers to {kind} values{join} will not display the resulting message.\n\nYou can correct this by removing references to {kind} values, or {remedy}."
        ),
    ))
}

fn holds(value: &Value, mark: Marks) -> bool {
    let mut found = false;
    value.visit(&mut Path::default(), &mut |_, v| {
        found |= v.marks().contains(mark);
        !found
    });
    found
}
