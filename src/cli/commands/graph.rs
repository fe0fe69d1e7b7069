//! `graph`

use bastionless_core::{
    plan::file::PlanFile,
    report::{execution_dot, static_dot},
};
use bastionless_model::base::Diagnostic;
use clap::ArgMatches;

use super::{Command, plan};
use crate::{
    cli::{
        context::Context,
        options::{request, text, value, with_planning},
    },
    ops::{Done, Failed, file_error, load},
};

pub(super) const COMMAND: Command = Command {
    words: "graph",
    about: "Write the graph of the configuration or of a plan in DOT",
    has_events: false,
    options: |c| {
        with_planning(c)
            .arg(
                value(
                    "type",
                    "KIND",
                    "plan: the configuration; apply: what is done",
                )
                .value_parser(["plan", "apply", "plan-destroy"]),
            )
            .arg(value(
                "plan",
                "FILE",
                "A plan that `plan -out` wrote; its graph is of type apply",
            ))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    if let Some(path) = text(m, "plan") {
        let read = std::fs::read(path).map_err(|e| file_error("Reading", path.as_ref(), &e))?;
        let file = PlanFile::read(&String::from_utf8_lossy(&read)).map_err(|e| {
            Diagnostic::error("Failed to read plan file", format!("`{path}`: {e}."))
        })?;
        cx.shell.out(&execution_dot(&file.plan));
        return Ok(0);
    }
    let kind = text(m, "type").unwrap_or("plan");
    if kind == "plan" {
        let linked = load::program();
        let (program, graph) = linked.value;
        if linked.diagnostics.has_errors() {
            return Err(Failed::new(linked.diagnostics, program.sources.clone()));
        }
        cx.shell.out(&static_dot(&program, &graph));
        return Ok(0);
    }
    let request = request(m, kind == "plan-destroy", cx.can_ask(m))?;
    let planned = plan::make(cx, &request, "OperationTypePlan")?;
    cx.shell
        .diagnostics(&planned.diagnostics, &planned.loaded.sources);
    if planned.diagnostics.has_errors() {
        return Ok(1);
    }
    cx.shell.out(&execution_dot(&planned.plan));
    Ok(0)
}
