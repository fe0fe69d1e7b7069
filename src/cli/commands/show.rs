//! `show`, `output`

use bastionless_core::{
    access::Judgement,
    plan::file::PlanFile,
    report::{access_text, output_text, plan_json, plan_text, state_json, state_text},
    state::{OutputState, Snapshot},
};
use bastionless_model::{
    base::Diagnostic,
    schema::Catalogue,
    value::{Kind, Type, convert, to_json, type_to_json},
};
use clap::ArgMatches;
use serde::Deserialize as _;
use serde_json::{Map as JsonMap, Value as Json, json};

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{on, place, switch, text},
    },
    ops::{Done, file_error, state},
};

pub(super) const COMMAND: Command = Command {
    words: "show",
    about: "Show the state, a state file or a plan file",
    has_events: false,
    options: |c| {
        c.arg(place("path", "FILE", "A plan or state file"))
            .arg(switch("json", "As JSON"))
    },
    run: show,
};

fn show(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let catalogue = Catalogue::builtin();
    let is_json = on(m, "json");
    let snapshot = match text(m, "path") {
        None => cx.block_on(state::read(&cx.env))?,
        Some(path) => {
            let read = std::fs::read(path).map_err(|e| file_error("Reading", path.as_ref(), &e))?;
            let read = String::from_utf8_lossy(&read);
            match PlanFile::read(&read) {
                Ok(file) if is_json => {
                    cx.shell.document(&plan_json(&file, catalogue));
                    return Ok(0);
                }
                Ok(file) => {
                    cx.shell
                        .out(&plan_text(&file.plan, catalogue, cx.shell.style()));
                    let judgement = Judgement::deserialize(&file.judgement).unwrap_or_default();
                    cx.shell.out(&access_text(&judgement, cx.shell.style()));
                    return Ok(0);
                }
                Err(as_plan) => Snapshot::read(&read).map_err(|as_state| {
                    let detail =
                        format!("`{path}` is neither a plan nor a state: {as_plan}; {as_state}.");
                    Diagnostic::error(
                        "Failed to read the given file as a state or plan file",
                        detail,
                    )
                })?,
            }
        }
    };
    if is_json {
        let is_empty = snapshot.is_empty() && snapshot.outputs.is_empty();
        let document = if is_empty {
            json!({ "format_version": "1.0" })
        } else {
            state_json(&snapshot, catalogue)
        };
        cx.shell.document(&document);
    } else if snapshot.is_empty() && snapshot.outputs.is_empty() {
        cx.shell.out("No state.\n");
    } else {
        cx.shell
            .out(&state_text(&snapshot, catalogue, cx.shell.style()));
    }
    Ok(0)
}

pub(super) const OUTPUT: Command = Command {
    words: "output",
    about: "Show the outputs of the last apply",
    has_events: false,
    options: |c| {
        c.arg(place("name", "NAME", "One output"))
            .arg(switch("json", "As JSON"))
            .arg(switch("raw", "The text itself, for scripts").conflicts_with("json"))
    },
    run: output,
};

fn output(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let snapshot = cx.block_on(state::read(&cx.env))?;
    let Some(name) = text(m, "name") else {
        if on(m, "raw") {
            return Err(Diagnostic::error(
                "Output name required",
                "You must give the name of a single output value when using the -raw option.",
            )
            .into());
        }
        if on(m, "json") {
            let all = snapshot
                .outputs
                .iter()
                .map(|(k, o)| (k.to_string(), document(o)));
            cx.shell.out(&format!(
                "{:#}\n",
                Json::Object(all.collect::<JsonMap<_, _>>())
            ));
        } else if snapshot.outputs.is_empty() {
            cx.shell.diagnostic(Diagnostic::warning(
                "No outputs found",
                "The state file either has no outputs defined, or all the defined outputs are empty. Please define an output in your configuration with the `output` keyword and run `bastionless apply` for it to become available.",
            ));
        } else {
            for (name, o) in &snapshot.outputs {
                cx.shell.out(&format!("{name} = {}\n", output_text(o)));
            }
        }
        return Ok(0);
    };
    let Some(found) = snapshot.outputs.get(name) else {
        let detail = format!(
            "The output variable requested could not be found in the state file. If you recently added it to your configuration, be sure to run `bastionless apply`, since the state won't be updated with new output variables until that command is run. Requested: `{name}`."
        );
        return Err(Diagnostic::error("Output not found", detail).into());
    };
    if on(m, "json") {
        cx.shell.document(&to_json(&found.value));
    } else if on(m, "raw") {
        cx.shell.out(&raw(name, found)?);
    } else {
        let shown = OutputState::new(found.value.clone(), false);
        cx.shell.out(&format!("{}\n", output_text(&shown)));
    }
    Ok(0)
}

fn document(o: &OutputState) -> Json {
    json!({ "sensitive": o.sensitive, "type": type_to_json(&o.value.type_of()), "value": to_json(&o.value) })
}

fn raw(name: &str, o: &OutputState) -> Done<String> {
    let refused = |why: &str| {
        let detail = format!(
            "The -raw option only supports strings, numbers, and boolean values, but output value \"{name}\" is {why}.\n\nUse the -json option for machine-readable representations of output values that have complex types."
        );
        Err(Diagnostic::error("Unsupported value for raw output", detail).into())
    };
    match o.value.kind() {
        Kind::Null(_) => refused("null"),
        _ => match convert(&o.value, &Type::String) {
            Ok(v) => Ok(v.as_str().unwrap_or_default().to_owned()),
            Err(_) => refused(&o.value.type_of().friendly_name()),
        },
    }
}
