//! What every command is given.

use std::{future::Future, sync::Arc};

use bastionless_core::{
    engine::{Cancel, Event, Events as _},
    plan::file::PlanFile,
    report::events,
};
use bastionless_model::base::Diagnostic;
use clap::ArgMatches;

use super::{options::flag, progress::Progress, shell::Shell};
use crate::ops::{
    Done,
    env::Env,
    load::{self, Loaded},
    request::Request,
};

/// What every command is given.
pub(crate) struct Context {
    /// The environment.
    pub(crate) env: Env,
    /// The printer.
    pub(crate) shell: Arc<Shell>,
}

impl Context {
    /// Tells whether a person can be asked: a terminal, no `-input=false`, no `TF_INPUT=false`.
    pub(crate) fn can_ask(&self, m: &ArgMatches) -> bool {
        self.shell.is_interactive() && flag(m, "input").unwrap_or_else(|| self.env.allows_input())
    }

    /// Begins a stream of events with the version.
    pub(crate) fn greet(&self) {
        if self.shell.is_json() {
            self.shell.event(events::version(env!("CARGO_PKG_VERSION")));
        }
    }

    /// Returns what a run tells its progress to.
    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::new(Progress(self.shell.clone()))
    }

    /// Reads the configuration, and asks for missing variables where a person can be asked.
    pub(crate) fn load(&self, request: &Request, saved: Option<&PlanFile>) -> Done<Loaded> {
        let ask = |name: &str, description: Option<&str>| {
            let about = description
                .map(|d| format!("  {d}\n\n"))
                .unwrap_or_default();
            self.shell
                .ask(&format!("var.{name}\n{about}  Enter a value: "))
        };
        load::configuration(
            request,
            saved,
            request.input.then_some(&ask as load::Ask<'_>),
        )
    }

    /// Passes Ctrl-C and SIGTERM on; must be called where tasks can be started.
    pub(crate) fn watch(&self, cancel: &Cancel) {
        let (cancel, progress) = (cancel.clone(), self.progress());
        tokio::spawn(async move {
            use tokio::signal::unix::{SignalKind, signal};
            let (Ok(mut int), Ok(mut term)) = (
                signal(SignalKind::interrupt()),
                signal(SignalKind::terminate()),
            ) else {
                return;
            };
            loop {
                tokio::select! {
                    _ = int.recv() => {}
                    _ = term.recv() => {}
                }
                if !cancel.is_cancelled() {
                    progress.tell(Event::Interrupted);
                }
                cancel.signal();
            }
        });
    }

    /// Runs what waits for files or the network.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = Done<T>>) -> Done<T> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|e| {
            Diagnostic::error(
                "Failed to start",
                format!("The system refused threads: {e}."),
            )
        })?;
        runtime.block_on(work)
    }
}
