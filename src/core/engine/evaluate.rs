//! What the executor asks of the planner's evaluator while it walks the stored graph.
//!
//! It is called from one task, so an implementation needs no locks; it must be quick, as nothing is begun meanwhile.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    base::{Diagnostics, Span},
    cloud::OpError,
    value::{Path, Value},
};

use crate::{
    lang::address::ProviderConfig,
    plan::{
        CheckResult,
        finalise::{Finalised, Finaliser},
    },
    state::{OutputState, Snapshot},
};

/// What a change is carried out with.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The evaluated configuration, write-only arguments included; for a data source its arguments. With marks.
    pub config: Value,
    /// What the object is to be: only attributes that the provider decides are unknown. With marks.
    pub planned: Value,
}

/// What a run leaves behind beside objects.
#[derive(Debug, Default)]
pub struct Ended {
    /// Root outputs.
    pub outputs: BTreeMap<Arc<str>, OutputState>,
    /// Results of all conditions.
    pub checks: Vec<CheckResult>,
    /// Failed conditions and warnings.
    pub diagnostics: Diagnostics,
}

/// Evaluates during apply. `state` always holds everything that was applied so far.
pub trait Evaluate: Send {
    /// Returns the configuration of a provider, wholly known, without marks.
    ///
    /// # Errors
    /// Says what is wrong with it.
    fn provider(
        &mut self,
        address: &ProviderConfig,
        state: &Snapshot,
    ) -> Result<Value, Diagnostics>;

    /// Takes in that a provider is configured, and in which region it works.
    fn configured(&mut self, address: &ProviderConfig, config: &Value, region: Option<&str>);

    /// Evaluates the configuration of a create, update or read; the index is that of the plan's changes.
    ///
    /// # Errors
    /// Says what is wrong; the change is not made.
    fn finalise(&mut self, change: usize, state: &Snapshot) -> Result<Ready, Diagnostics>;

    /// Checks what must hold of an object that was created, updated or read.
    ///
    /// # Errors
    /// The conditions that fail; then nothing that depends on it is begun.
    fn applied(&mut self, change: usize, value: &Value) -> Result<(), Diagnostics>;

    /// Takes in that a data source could not be read; tells whether a `check` block holds it, so that this stops nothing.
    fn read_failed(&mut self, change: usize, error: &OpError) -> bool {
        let _ = (change, error);
        false
    }

    /// Returns where the configuration says what a change is about, or one of its arguments.
    fn place(&self, change: usize, argument: Option<&Path>) -> Option<Span> {
        let _ = (change, argument);
        None
    }

    /// Evaluates everything that is left: outputs and checks; not what follows from changes that were not made.
    fn end(self: Box<Self>, state: &Snapshot, lost: &[usize]) -> Ended;
}

impl Evaluate for Finaliser {
    fn provider(
        &mut self,
        address: &ProviderConfig,
        state: &Snapshot,
    ) -> Result<Value, Diagnostics> {
        Self::provider(self, address, state)
    }

    fn configured(&mut self, address: &ProviderConfig, config: &Value, region: Option<&str>) {
        Self::configured(self, address, config, region);
    }

    fn finalise(&mut self, change: usize, state: &Snapshot) -> Result<Ready, Diagnostics> {
        let Finalised { config, planned } = Self::finalise(self, change, state)?;
        Ok(Ready { config, planned })
    }

    fn applied(&mut self, change: usize, value: &Value) -> Result<(), Diagnostics> {
        Self::applied(self, change, value)
    }

    fn read_failed(&mut self, change: usize, error: &OpError) -> bool {
        Self::read_failed(self, change, error)
    }

    fn place(&self, change: usize, argument: Option<&Path>) -> Option<Span> {
        Self::place(self, change, argument)
    }

    fn end(self: Box<Self>, state: &Snapshot, lost: &[usize]) -> Ended {
        let ending = Self::end(*self, state, lost);
        Ended {
            outputs: ending.outputs,
            checks: ending.checks,
            diagnostics: ending.diagnostics,
        }
    }
}
