//! `drift`

use std::sync::Arc;

use bastionless_core::{
    engine::{Cancel, Events},
    plan::drift::{Finding, Unmanaged, pending},
    report::{drift_json, drift_text},
};
use bastionless_model::base::Diagnostic;
use clap::ArgMatches;

use super::{Command, plan};
use crate::{
    cli::{
        context::Context,
        options::{on, request, switch, with_planning},
    },
    ops::{
        Done, Failed, drift,
        place::Place,
        session::{self, Lock, Planned},
    },
};

pub(super) const COMMAND: Command = Command {
    words: "drift",
    about: "Tell what differs between live and last applied; exit 2 if anything does",
    has_events: false,
    options: |c| {
        with_planning(c)
            .arg(switch("json", "One object a line"))
            .arg(switch(
                "revert-children",
                "Remove what hangs on managed objects and is managed by nobody",
            ))
            .arg(switch("auto-approve", "Without asking"))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let revert = on(m, "revert-children");
    let mut request = request(m, false, cx.can_ask(m))?;
    request.locking.enabled = revert && request.locking.enabled;
    if revert && !on(m, "auto-approve") && !cx.can_ask(m) {
        return Err(Diagnostic::error(
            "Not approved",
            "There is nobody to ask for approval here: give -auto-approve. Nothing was removed.",
        )
        .into());
    }
    let loaded = cx.load(&request, None)?;
    let sources = loaded.sources.clone();
    let events: Arc<dyn Events> = if on(m, "json") {
        Arc::new(bastionless_core::engine::Silent)
    } else {
        cx.progress()
    };
    cx.block_on(async {
        let place = Place::open(&cx.env).await?;
        let lock = Lock::take(&place.store, "OperationTypeApply", request.locking).await?;
        let cancel = Cancel::default();
        cx.watch(&cancel);
        let done =
            match plan::until_cancelled(&cancel, session::plan(loaded, place, &request, &events))
                .await
            {
                Ok(planned) if planned.diagnostics.has_errors() => {
                    Err(Failed::new(planned.diagnostics, sources))
                }
                Ok(planned) => judge(cx, m, &planned, revert).await,
                Err(failed) => Err(failed),
            };
        let released = lock.release().await;
        let code = done?;
        released?;
        Ok(code)
    })
}

async fn judge(cx: &Context, m: &ArgMatches, planned: &Planned, revert: bool) -> Done<u8> {
    let findings = drift::find(planned).await?;
    cx.shell
        .diagnostics(&planned.diagnostics, &planned.loaded.sources);
    if on(m, "json") {
        for finding in &findings {
            cx.shell.document(&drift_json(finding));
        }
    } else if findings.is_empty() {
        cx.shell.out("No drift. Everything is as it was applied.\n");
    } else {
        cx.shell.out(&drift_text(&findings, cx.shell.style()));
        cx.shell
            .out(&format!("\nDrift: {} found.\n", findings.len()));
    }
    tell_pending(cx, planned, &findings);
    let children: Vec<Unmanaged> = findings
        .iter()
        .filter_map(|f| {
            if let Finding::Unmanaged(u) = f {
                Some(u.clone())
            } else {
                None
            }
        })
        .collect();
    if !revert || children.is_empty() {
        return Ok(if findings.is_empty() { 0 } else { 2 });
    }
    if !on(m, "auto-approve") {
        let question = format!(
            "\nDo you really want to remove these {} object(s) that nobody manages?\n  Only 'yes' will be accepted to confirm.\n\n  Enter a value: ",
            children.len()
        );
        if cx.shell.ask(&question).as_deref() != Some("yes") {
            cx.shell.progress("Cancelled. Nothing was removed.");
            return Ok(2);
        }
    }
    let problems = drift::revert(&children, &planned.providers, &*planned.place.store).await;
    let failed = problems.iter().count();
    cx.shell.diagnostics(&problems, &planned.loaded.sources);
    cx.shell.progress(&format!(
        "Removed {} of {} unmanaged object(s).",
        children.len() - failed,
        children.len()
    ));
    Ok(match (failed > 0, findings.len() > children.len()) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    })
}

/// Changes of the configuration that wait for an apply are no drift, but worth a word.
fn tell_pending(cx: &Context, planned: &Planned, findings: &[Finding]) {
    let waiting = pending(&planned.plan, findings);
    if waiting.is_empty() {
        return;
    }
    cx.shell
        .progress("\nPending changes of the configuration (no drift):");
    for change in waiting {
        cx.shell.progress(&format!(
            "  {} {}",
            change.address,
            bastionless_core::report::action_names(change.action).join("/")
        ));
    }
}
