//! `iam policy`

use std::path::Path;

use bastionless_core::{lang::Target, plan::file::PlanFile};
use bastionless_model::base::Diagnostic;
use clap::ArgMatches;

use super::{Command, plan};
use crate::{
    cli::{
        context::Context,
        options::{on, place, request, switch, target, text, texts, value, with_planning},
    },
    ops::{Done, Failed, file_error, fmt, iam_policy},
};

pub(super) const COMMAND: Command = Command {
    words: "iam policy",
    about: "Write the IAM policies that the configuration makes, as canonical JSON",
    has_events: false,
    options: |c| {
        with_planning(c)
            .arg(
                place(
                    "address",
                    "ADDRESS",
                    "Only policies of these modules, resources or instances",
                )
                .num_args(0..),
            )
            .arg(switch(
                "all",
                "All policies, which is so without an address, too",
            ))
            .arg(value("plan", "FILE", "Of a saved plan"))
            .arg(value("out", "DIR", "Write one file an object and argument"))
            .arg(
                switch(
                    "check",
                    "Write nothing; exit 2 and show the difference where DIR differs",
                )
                .requires("out"),
            )
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let mut request = request(m, false, cx.can_ask(m))?;
    request.locking.enabled = false;
    let targets: Vec<Target> = texts(m, "address")
        .iter()
        .map(|t| target(t))
        .collect::<Result<_, _>>()?;
    let policies = if let Some(path) = text(m, "plan") {
        let read = std::fs::read(path).map_err(|e| file_error("Reading", path.as_ref(), &e))?;
        let file = PlanFile::read(&String::from_utf8_lossy(&read)).map_err(|e| {
            Diagnostic::error("Failed to read plan file", format!("`{path}`: {e}."))
        })?;
        let loaded = cx.load(&request, Some(&file))?;
        if loaded.digest != file.basis.config_digest {
            let detail =
                "The configuration was changed after the plan was created. Make a new plan.";
            return Err(Diagnostic::error("Saved plan is stale", detail).into());
        }
        let workspace = file.basis.workspace.clone();
        iam_policy::select(
            &std::sync::Arc::new(file.plan),
            &loaded,
            &workspace,
            &targets,
        )?
    } else {
        let planned = plan::make(cx, &request, "OperationTypePlan")?;
        if planned.diagnostics.has_errors() {
            return Err(Failed::new(planned.diagnostics, planned.loaded.sources));
        }
        cx.shell
            .diagnostics(&planned.diagnostics, &planned.loaded.sources);
        iam_policy::select(
            &planned.plan,
            &planned.loaded,
            &planned.place.workspace,
            &targets,
        )?
    };
    let Some(dir) = text(m, "out").map(Path::new) else {
        match policies.as_slice() {
            [one] => cx.shell.out(&format!("{}\n", one.text.trim_end())),
            all => {
                for p in all {
                    cx.shell.out(&format!(
                        "# {}.{}\n{}\n\n",
                        p.address,
                        p.argument,
                        p.text.trim_end()
                    ));
                }
            }
        }
        return Ok(0);
    };
    if !on(m, "check") {
        for name in iam_policy::write(dir, &policies)? {
            cx.shell.out(&format!("{name}\n"));
        }
        return Ok(0);
    }
    let different = iam_policy::compare(dir, &policies, targets.is_empty())?;
    for d in &different {
        cx.shell.out(&fmt::difference(&d.name, &d.before, &d.after));
    }
    Ok(if different.is_empty() { 0 } else { 2 })
}
