//! What every command is given.

use std::{future::Future, path::PathBuf};

use bastionless_model::base::Diagnostic;
use clap::ArgMatches;

use super::{options::flag, shell::Shell};
use crate::ops::{Done, env::Env};

/// What every command is given.
pub(crate) struct Context {
    /// The environment.
    pub(crate) env: Env,
    /// The printer.
    pub(crate) shell: Shell,
    /// The working directory before `-chdir`.
    pub(crate) started_in: Option<PathBuf>,
}

impl Context {
    /// Tells whether a person can be asked: a terminal, no `-input=false`, no `TF_INPUT=false`.
    pub(crate) fn can_ask(&self, m: &ArgMatches) -> bool {
        self.shell.is_interactive() && flag(m, "input").unwrap_or_else(|| self.env.allows_input())
    }

    /// Runs what waits for files or the network.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = Done<T>>) -> Done<T> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|e| Diagnostic::error("Failed to start", format!("The system refused threads: {e}.")))?;
        runtime.block_on(work)
    }
}
