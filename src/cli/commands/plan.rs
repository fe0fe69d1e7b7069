//! `plan`

use std::sync::Arc;

use bastionless_core::{
    access::Judgement,
    engine::{Cancel, Events},
    io::{Disk as _, RealDisk},
    plan::{Mode, file::PlanFile},
    report::{access_markdown, access_text, config_json, events, plan_markdown, plan_text},
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    schema::Catalogue,
};
use clap::ArgMatches;

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{on, request, switch, text, value, with_planning},
    },
    ops::{
        Done, Failed, check, file_error,
        generate::generate,
        judge, load,
        place::Place,
        request::Request,
        session::{self, Lock, Planned},
    },
};

pub(super) const COMMAND: Command = Command {
    words: "plan",
    about: "Show what an apply would do",
    has_events: true,
    options: |c| {
        with_planning(c)
            .arg(value(
                "out",
                "FILE",
                "Write the plan into a file that `apply` takes",
            ))
            .arg(switch(
                "detailed-exitcode",
                "Exit 2 where there is something to do",
            ))
            .arg(switch("json", "Event lines instead of text"))
            .arg(value(
                "generate-config-out",
                "FILE",
                "Write resource blocks for imports that have none into a new file",
            ))
            .arg(switch("markdown", "As Markdown, for a pull request").conflicts_with("json"))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let mut request = request(m, false, cx.can_ask(m))?;
    if let Some(path) = text(m, "generate-config-out") {
        if request.mode != Mode::Normal {
            let detail = "-generate-config-out can be used in an ordinary plan only, not with -destroy or -refresh-only.";
            return Err(Diagnostic::error("Incompatible plan mode options", detail).into());
        }
        let events: Arc<dyn Events> = cx.progress();
        request.extra = cx.block_on(generate(&cx.env, &request, path, &events))?;
    }
    let rules = judge::rules(text(m, "rules"))?;
    let planned = make(cx, &request, "OperationTypePlan");
    if let (Some(_), Some(path)) = (&request.extra, text(m, "generate-config-out")) {
        cx.shell.progress(&format!(
            "\nBastionless has generated configuration and written it to {path}. Please review\nthe configuration and edit it as necessary before adding it to version control."
        ));
    }
    let mut planned = planned?;
    let is_refused = check::tell(&mut planned);
    let judgement = judge::judge(
        &planned.plan,
        &planned.loaded,
        &planned.place.workspace,
        &rules,
    );
    // Where the configuration itself is wrong there is no plan; where planning failed half-way there is one, marked as errored.
    if let (Some(path), false) = (text(m, "out"), planned.plan.void || is_refused) {
        write(&planned, &judgement, path)?;
    }
    show(cx, &planned, &judgement, on(m, "markdown"));
    if planned.diagnostics.has_errors() {
        return Ok(1);
    }
    if !cx.shell.is_json() && planned.plan.is_applyable() && !on(m, "markdown") {
        match text(m, "out") {
            Some(path) => cx.shell.out(&format!(
                "\nSaved the plan to: {path}\n\nTo perform exactly these actions, run the following command to apply:\n    bastionless apply \"{path}\"\n"
            )),
            None if cx.env.is_automation() => {}
            None => cx.shell.out(
                "\nNote: You didn't use the -out option to save this plan, so bastionless can't guarantee to take exactly these actions if you run \"bastionless apply\" now.\n",
            ),
        }
    }
    let has_changes = planned.plan.is_applyable();
    if !judgement.refusing(&[]).is_empty() {
        return Ok(3);
    }
    Ok(if on(m, "detailed-exitcode") && has_changes {
        2
    } else {
        0
    })
}

/// Makes a plan under a lock that is given back before it is shown.
pub(super) fn make(cx: &Context, request: &Request, operation: &str) -> Done<Planned> {
    cx.greet();
    let loaded = cx.load(request, None)?;
    let events: Arc<dyn Events> = cx.progress();
    cx.block_on(async {
        let place = Place::open(&cx.env).await?;
        let lock = Lock::take(&place.store, operation, request.locking).await?;
        let cancel = Cancel::default();
        cx.watch(&cancel);
        let planned =
            until_cancelled(&cancel, session::plan(loaded, place, request, &events)).await;
        let released = lock.release().await;
        let planned = planned?;
        released?;
        Ok(planned)
    })
}

/// Gives up planning at the first signal: nothing was changed.
pub(super) async fn until_cancelled(
    cancel: &Cancel,
    plan: impl Future<Output = Done<Planned>>,
) -> Done<Planned> {
    tokio::select! {
        planned = plan => planned,
        () = cancel.cancelled() => Err(Failed::interrupted("Planning was interrupted. Nothing was changed.")),
    }
}

/// Shows a plan with what was said while it was made.
pub(super) fn show(cx: &Context, planned: &Planned, judgement: &Judgement, markdown: bool) {
    let catalogue = Catalogue::builtin();
    let failed = planned.diagnostics.has_errors();
    if cx.shell.is_json() {
        // What was planned before an error is told; access is judged of a whole plan only.
        if !planned.plan.void {
            events::plan(&planned.plan)
                .into_iter()
                .for_each(|event| cx.shell.event(event));
        }
        if !failed {
            events::access(judgement)
                .into_iter()
                .for_each(|event| cx.shell.event(event));
        }
    } else if markdown && !failed {
        cx.shell.out(&format!(
            "{}{}",
            access_markdown(judgement),
            plan_markdown(&planned.plan, catalogue)
        ));
    } else if !failed {
        cx.shell
            .out(&plan_text(&planned.plan, catalogue, cx.shell.style()));
        cx.shell.out(&access_text(judgement, cx.shell.style()));
    } else if planned
        .plan
        .changes
        .iter()
        .any(|c| !matches!(c.action, bastionless_core::plan::Action::NoOp))
    {
        cx.shell.progress(
            "\nPlanning failed. Bastionless encountered an error while generating this plan.\n",
        );
    }
    cx.shell
        .diagnostics(&planned.diagnostics, &planned.loaded.sources);
}

fn write(planned: &Planned, judgement: &Judgement, path: &str) -> Done<()> {
    let file = PlanFile {
        plan: (*planned.plan).clone(),
        basis: planned.basis(),
        timestamp: load::timestamp(),
        configuration: config_json(&planned.loaded.program),
        judgement: if judgement.is_empty() {
            serde_json::Value::Null
        } else {
            serde_json::json!(judgement)
        },
    };
    let problem = |d: Diagnostic| Failed::new(Diagnostics::from(d), planned.loaded.sources.clone());
    let text = file.write().map_err(|e| {
        problem(Diagnostic::error(
            "Failed to write plan file",
            format!("{e}."),
        ))
    })?;
    let written = RealDisk.replace(path.as_ref(), text.as_bytes());
    written.map_err(|e| problem(file_error("Writing", path.as_ref(), &e)))
}
