//! What surrounds an evaluation.

use std::{collections::BTreeSet, sync::Arc};

use bastionless_model::value::Value;

use super::Scope;
use crate::lang::functions::Host;

/// What surrounds an evaluation: the references of a module instance, files and clock, and names bound on the way.
#[derive(Clone)]
pub struct Env<'a> {
    /// What references stand for; without it only bound names are known.
    pub scope: Option<&'a dyn Scope>,
    /// Files, clock and chance.
    pub host: &'a dyn Host,
    /// While planning: functions whose result differs from call to call give unknown values.
    pub pure_only: bool,
    /// The local names under which functions of the built-in provider are called; without it `terraform`.
    pub function_providers: Option<&'a BTreeSet<Arc<str>>>,
    /// Inside a template file or text, where no further one may be rendered.
    pub(super) in_template: bool,
    /// Names of `for`, templates and `dynamic`; the last one wins.
    pub(super) names: Vec<(Arc<str>, Value)>,
}

impl<'a> Env<'a> {
    /// Makes the surroundings of a module instance.
    pub fn new(scope: &'a dyn Scope, host: &'a dyn Host) -> Self {
        Self {
            scope: Some(scope),
            host,
            pure_only: false,
            function_providers: None,
            in_template: false,
            names: Vec::new(),
        }
    }

    /// Makes surroundings where no reference is known.
    pub fn without_references(host: &'a dyn Host) -> Self {
        Self {
            scope: None,
            host,
            pure_only: false,
            function_providers: None,
            in_template: false,
            names: Vec::new(),
        }
    }

    /// Says under which local names functions of the built-in provider are called.
    #[must_use]
    pub fn with_function_providers(mut self, names: Option<&'a BTreeSet<Arc<str>>>) -> Self {
        self.function_providers = names;
        self
    }

    /// Says whether functions whose result differs from call to call give unknown values.
    #[must_use]
    pub fn pure_only(mut self, pure_only: bool) -> Self {
        self.pure_only = pure_only;
        self
    }

    /// Returns the same surroundings with one name more.
    #[must_use]
    pub fn with_name(&self, name: Arc<str>, value: Value) -> Self {
        let mut env = self.clone();
        env.names.push((name, value));
        env
    }
}
