//! The contract between apply and the planner: what the executor asks while it walks the stored graph.
//!
//! The executor calls from one task, so an implementation needs no locks; it must be quick, as nothing is begun meanwhile.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{base::Diagnostics, value::Value};

use super::CheckResult;
use crate::{lang::address::ProviderConfig, state::OutputState};

/// A change whose configuration was evaluated again, now that more is known.
#[derive(Clone, Debug)]
pub struct Finalised {
    /// What the object shall be: unknown are only attributes that the provider decides. With marks. Of a data source: null.
    pub planned: Value,
    /// The evaluated configuration, write-only arguments included. With marks.
    pub config: Value,
}

/// What the run left behind beside objects.
#[derive(Clone, Debug, Default)]
pub struct Finished {
    /// Root outputs as they are to be stored, those that did not change included.
    pub outputs: BTreeMap<Arc<str>, OutputState>,
    /// Results of all conditions.
    pub checks: Vec<CheckResult>,
    /// What was found wrong, such as failed checks.
    pub diagnostics: Diagnostics,
}

/// Evaluates during apply.
pub trait Finalise: Send {
    /// Evaluates a provider configuration that was not known before.
    ///
    /// # Errors
    /// Says what is wrong with it.
    fn provider_config(&mut self, provider: &ProviderConfig) -> Result<Value, Diagnostics>;

    /// Evaluates the configuration of a create, update or read (index into [`Plan::changes`](super::Plan::changes)) and plans it
    /// from the prior object as the plan did; preconditions are checked.
    ///
    /// # Errors
    /// Says what is wrong; the change is not made.
    fn finalise(&mut self, change: usize) -> Result<Finalised, Diagnostics>;

    /// Takes over what a change led to: the object as it is now, with marks, or null where it is gone. Returns failed
    /// postconditions: then nothing that depends on it is begun.
    fn applied(&mut self, change: usize, value: Value) -> Diagnostics;

    /// Ends: evaluates outputs and checks with what is known now. `complete` is not set where changes failed or were left out.
    fn finish(&mut self, complete: bool) -> Finished;
}
