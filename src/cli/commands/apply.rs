//! `apply`, `destroy`

use std::sync::Arc;

use bastionless_core::{
    access::Judgement,
    engine::{Applied, Cancel, Counts, Events},
    io::{Disk as _, RealDisk},
    plan::{Mode, file::PlanFile},
    report::{self, events, output_text},
};
use bastionless_model::base::{Diagnostic, SourceMap};
use clap::{ArgMatches, parser::ValueSource};
use serde::Deserialize as _;

use super::{Command, plan};
use crate::{
    cli::{
        context::Context,
        options::{many, on, place, request, switch, text, texts, with_planning},
    },
    ops::{
        Done, apply, check, file_error, judge, load,
        place::Place,
        request::Request,
        session::{self, Lock},
    },
};

fn options(c: clap::Command) -> clap::Command {
    with_planning(c)
        .arg(switch("auto-approve", "Without asking"))
        .arg(many(
            "override-rule",
            "ID",
            "Apply although this rule refuses the plan; the state records it",
        ))
        .arg(switch("json", "Event lines instead of text"))
}

pub(super) const APPLY: Command = Command {
    words: "apply",
    about: "Do what a plan says: a saved one, or a new one that you approve",
    has_events: true,
    options: |c| options(c).arg(place("plan", "PLANFILE", "A plan that `plan -out` wrote")),
    run: |cx, m| run(cx, m, false),
};

pub(super) const DESTROY: Command = Command {
    words: "destroy",
    about: "Destroy everything that is managed here",
    has_events: true,
    options,
    run: |cx, m| run(cx, m, true),
};

fn run(cx: &Context, m: &ArgMatches, destroy: bool) -> Done<u8> {
    let mut request = request(m, destroy, cx.can_ask(m))?;
    request.finish_waits = request.mode == Mode::Normal;
    if let Some(path) = text(m, "plan") {
        refuse_planning_options(m)?;
        return saved(cx, path, &request, &texts(m, "override-rule"));
    }
    let approved = on(m, "auto-approve");
    if cx.shell.is_json() && !approved {
        return Err(Diagnostic::error(
            "Plan file or auto-approve required",
            "Bastionless cannot ask for interactive approval when -json is set. You can either apply a saved plan file, or enable the -auto-approve option.",
        )
        .into());
    }
    fresh(cx, m, &request, approved)
}

/// A saved plan is applied as it was reviewed: options that would change it are refused.
fn refuse_planning_options(m: &ArgMatches) -> Done<()> {
    for name in ["target", "replace", "destroy", "refresh", "refresh-only"] {
        if m.value_source(name) == Some(ValueSource::CommandLine) {
            let detail = format!(
                "-{name} cannot be used with a saved plan: it says already what is done. Give it to `plan` instead."
            );
            return Err(Diagnostic::error(
                "Can't set planning options when applying a saved plan",
                detail,
            )
            .into());
        }
    }
    Ok(())
}

fn saved(cx: &Context, path: &str, request: &Request, overridden: &[String]) -> Done<u8> {
    cx.greet();
    let text = std::fs::read(path).map_err(|e| file_error("Reading", path.as_ref(), &e))?;
    let mut file = PlanFile::read(&String::from_utf8_lossy(&text))
        .map_err(|e| Diagnostic::error("Failed to read plan file", format!("`{path}`: {e}.")))?;
    let judgement = Judgement::deserialize(&file.judgement).unwrap_or_default();
    let Some(recorded) = permitted(cx, &judgement, overridden) else {
        return Ok(3);
    };
    judge::record(&mut file.plan, &recorded, &load::timestamp());
    let loaded = cx.load(request, Some(&file))?;
    let sources = loaded.sources.clone();
    let mode = file.plan.mode;
    let events: Arc<dyn Events> = cx.progress();
    let applied = cx.block_on(async {
        let place = Place::open(&cx.env).await?;
        let lock = Lock::take(&place.store, "OperationTypeApply", request.locking).await?;
        let cancel = Cancel::default();
        cx.watch(&cancel);
        let applied = apply::saved(file, loaded, place, request.parallelism, cancel, events).await;
        let released = lock.release().await;
        let applied = applied?;
        Ok((applied, released))
    })?;
    tell(cx, applied, mode, &sources)
}

fn fresh(cx: &Context, m: &ArgMatches, request: &Request, approved: bool) -> Done<u8> {
    cx.greet();
    let rules = judge::rules(text(m, "rules"))?;
    let overridden = texts(m, "override-rule");
    let loaded = cx.load(request, None)?;
    let sources = loaded.sources.clone();
    let events: Arc<dyn Events> = cx.progress();
    let done = cx.block_on(async {
        let place = Place::open(&cx.env).await?;
        let lock = Lock::take(&place.store, "OperationTypeApply", request.locking).await?;
        let cancel = Cancel::default();
        cx.watch(&cancel);
        let planned =
            plan::until_cancelled(&cancel, session::plan(loaded, place, request, &events)).await;
        let go_on = planned.and_then(|mut planned| {
            check::tell(&mut planned);
            let judgement = judge::judge(
                &planned.plan,
                &planned.loaded,
                &planned.place.workspace,
                &rules,
            );
            plan::show(cx, &planned, &judgement, false);
            if planned.diagnostics.has_errors() {
                return Ok(Err(1));
            }
            let Some(recorded) = permitted(cx, &judgement, &overridden) else {
                return Ok(Err(3));
            };
            judge::record(
                Arc::make_mut(&mut planned.plan),
                &recorded,
                &load::timestamp(),
            );
            if !approved && planned.plan.is_applyable() && !ask(cx, m, request.mode)? {
                return Ok(Err(1));
            }
            Ok(Ok(planned))
        });
        let outcome = match go_on {
            Ok(Ok(planned)) => Ok(Ok(apply::fresh(
                planned,
                request.parallelism,
                cancel,
                events,
            )
            .await)),
            Ok(Err(code)) => Ok(Err(code)),
            Err(failed) => Err(failed),
        };
        let released = lock.release().await;
        Ok((outcome?, released))
    })?;
    match done {
        (Ok(applied), released) => tell(cx, (applied, released), request.mode, &sources),
        (Err(code), released) => released.map(|()| code),
    }
}

/// Returns the rules that are overridden; `None`, said to the user, where a rule refuses the plan.
fn permitted(cx: &Context, judgement: &Judgement, overridden: &[String]) -> Option<Vec<String>> {
    match judge::permit(judgement, overridden) {
        Ok(recorded) => Some(recorded),
        Err(d) => {
            cx.shell.diagnostic(d);
            None
        }
    }
}

/// Asks for approval.
fn ask(cx: &Context, m: &ArgMatches, mode: Mode) -> Done<bool> {
    if !cx.can_ask(m) {
        return Err(Diagnostic::error(
            "Not approved",
            "There is nobody to ask for approval here. Apply a saved plan, or give -auto-approve. Nothing was changed.",
        )
        .into());
    }
    let question = match mode {
        Mode::Destroy => {
            "\nDo you really want to destroy all resources?\n  Bastionless will destroy all your managed infrastructure, as shown above.\n  There is no undo. Only 'yes' will be accepted to confirm.\n\n  Enter a value: "
        }
        Mode::RefreshOnly => {
            "\nWould you like to update the state to reflect these detected changes?\n  Bastionless will write these changes to the state without modifying any real infrastructure.\n  There is no undo. Only 'yes' will be accepted to confirm.\n\n  Enter a value: "
        }
        Mode::Normal => {
            "\nDo you want to perform these actions?\n  Bastionless will perform the actions described above.\n  Only 'yes' will be accepted to approve.\n\n  Enter a value: "
        }
    };
    let yes = cx.shell.ask(question).as_deref() == Some("yes");
    if !yes {
        cx.shell.out(if mode == Mode::Destroy {
            "\nDestroy cancelled.\n"
        } else {
            "\nApply cancelled.\n"
        });
    }
    Ok(yes)
}

/// Tells what came of an apply.
fn tell(
    cx: &Context,
    (applied, released): (Applied, Done<()>),
    mode: Mode,
    sources: &SourceMap,
) -> Done<u8> {
    cx.shell.diagnostics(&applied.diagnostics, sources);
    if let Some(text) = &applied.unsaved {
        keep_unsaved(cx, text);
    }
    let failed = applied.diagnostics.has_errors();
    if !failed && !applied.interrupted {
        summary(cx, &applied, mode);
    }
    if let Err(e) = released {
        cx.shell.diagnostics(&e.diagnostics, &e.sources);
        return Ok(1);
    }
    Ok(match (applied.interrupted, failed) {
        (true, _) => 130,
        (false, true) => 1,
        (false, false) => 0,
    })
}

fn keep_unsaved(cx: &Context, text: &str) {
    let detail = match RealDisk.replace("errored.tfstate".as_ref(), text.as_bytes()) {
        Ok(()) => "The state was written to the file \"errored.tfstate\" instead. Bring it in with `bastionless state push errored.tfstate` once the store can be written again.".to_owned(),
        Err(e) => format!("It could not be written to \"errored.tfstate\" either ({e}). The journal beside the state tells what was done."),
    };
    cx.shell
        .diagnostic(Diagnostic::error("Failed to save state", detail));
}

fn summary(cx: &Context, applied: &Applied, mode: Mode) {
    let c = applied.counts;
    let message = sentence(c, mode);
    if cx.shell.is_json() {
        let counts = report::Counts {
            add: c.added,
            change: c.changed,
            destroy: c.destroyed,
            import: c.imported,
            forget: c.forgotten,
        };
        let operation = if mode == Mode::Destroy {
            "destroy"
        } else {
            "apply"
        };
        cx.shell
            .event(events::summary(&counts, operation, Some(message)));
        if !applied.snapshot.outputs.is_empty() || mode != Mode::Destroy {
            cx.shell.event(events::outputs(&applied.snapshot));
        }
        return;
    }
    cx.shell.out(&format!("\n{message}\n"));
    if !applied.snapshot.outputs.is_empty() {
        cx.shell.out("\nOutputs:\n\n");
        for (name, o) in &applied.snapshot.outputs {
            cx.shell.out(&format!("{name} = {}\n", output_text(o)));
        }
    }
}

fn sentence(c: Counts, mode: Mode) -> String {
    if mode == Mode::Destroy {
        return format!("Destroy complete! Resources: {} destroyed.", c.destroyed);
    }
    let mut parts = Vec::new();
    if c.imported > 0 {
        parts.push(format!("{} imported", c.imported));
    }
    parts.push(format!(
        "{} added, {} changed, {} destroyed",
        c.added, c.changed, c.destroyed
    ));
    if c.forgotten > 0 {
        parts.push(format!("{} forgotten", c.forgotten));
    }
    format!("Apply complete! Resources: {}.", parts.join(", "))
}
