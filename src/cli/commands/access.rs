//! `access who-can`, `access matrix`, `access path`, `access diff`

use std::sync::Arc;

use bastionless_core::{
    access::{
        Analysis, Estate, Judgement, Method, Path, Verdict, change::ChangeKind, judgement, things,
    },
    plan::file::PlanFile,
    report::{access_lines, access_text, not_seen, paths_json, paths_text},
    state::Snapshot,
};
use bastionless_model::{base::Diagnostic, schema::Catalogue};
use clap::ArgMatches;
use serde_json::json;

use super::{Command, plan};
use crate::{
    cli::{
        context::Context,
        options::{many, on, place, request, switch, text, texts, value, with_planning},
    },
    ops::{Done, Failed, file_error, judge, state},
};

fn options(c: clap::Command) -> clap::Command {
    with_planning(c)
        .arg(value("plan", "FILE", "Of a saved plan"))
        .arg(
            switch(
                "state",
                "Of the state as it is, without planning: nobody is called",
            )
            .conflicts_with("plan"),
        )
        .arg(many(
            "method",
            "NAME",
            "Only this method, by its name or letter",
        ))
        .arg(switch("json", "As JSON"))
}

pub(super) const WHO_CAN: Command = Command {
    words: "access who-can",
    about: "List who can reach an instance, by which method, under which conditions",
    has_events: false,
    options: |c| {
        options(c)
            .arg(place("instance", "INSTANCE", "Address or id of the instance").required(true))
    },
    run: |cx, m| {
        let found = Found::new(cx, m)?;
        let instance = found.instance(text(m, "instance").unwrap_or_default())?;
        list(cx, m, &found, |p| p.instance == instance)
    },
};

pub(super) const MATRIX: Command = Command {
    words: "access matrix",
    about: "List all access: principals, methods, instances",
    has_events: false,
    options,
    run: |cx, m| list(cx, m, &Found::new(cx, m)?, |_| true),
};

pub(super) const PATH: Command = Command {
    words: "access path",
    about: "Show the hops of a principal to an instance, and the first that is missing; exit 3 where none leads through",
    has_events: false,
    options: |c| {
        options(c)
            .arg(
                place(
                    "principal",
                    "PRINCIPAL",
                    "Address, name or ARN of the role, or address of a policy that no role has",
                )
                .required(true),
            )
            .arg(place("instance", "INSTANCE", "Address or id of the instance").required(true))
    },
    run: path,
};

pub(super) const DIFF: Command = Command {
    words: "access diff",
    about: "Show which access a plan gives and takes; exit 3 where it gives some",
    has_events: false,
    options,
    run: diff,
};

/// What there is, and where it was looked for.
struct Found {
    before: Snapshot,
    after: Snapshot,
    estate: Estate,
}

impl Found {
    fn new(cx: &Context, m: &ArgMatches) -> Done<Self> {
        let (before, after) = snapshots(cx, m)?;
        let catalogue = Catalogue::builtin();
        let old = things(&before, catalogue);
        let estate = Estate::read(&things(&after, catalogue), Some(&old));
        Ok(Self {
            before,
            after,
            estate,
        })
    }

    fn instance(&self, name: &str) -> Done<String> {
        let found = self
            .estate
            .instances
            .iter()
            .find(|i| i.address == name || i.id == name || i.arn == name);
        let known = self
            .estate
            .instances
            .iter()
            .map(|i| i.address.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        found
            .map(|i| i.address.clone())
            .ok_or_else(|| unknown("instance", name, &known).into())
    }

    fn principal(&self, name: &str) -> Done<String> {
        let found = self
            .estate
            .roles
            .values()
            .find(|r| r.address == name || r.name == name || r.arn == name);
        let known = self
            .estate
            .roles
            .values()
            .map(|r| r.address.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        found
            .map(|r| r.address.clone())
            .ok_or_else(|| unknown("principal", name, &known).into())
    }
}

fn unknown(what: &str, name: &str, known: &str) -> Diagnostic {
    let known = if known.is_empty() {
        format!("There is no {what}.")
    } else {
        format!("There are: {known}.")
    };
    Diagnostic::error(
        if what == "instance" {
            "Unknown instance"
        } else {
            "Unknown principal"
        },
        format!("No {what} `{name}` was found. {known}"),
    )
}

/// Returns the state before and after the plan; the same twice where nothing is planned.
pub(super) fn snapshots(cx: &Context, m: &ArgMatches) -> Done<(Snapshot, Snapshot)> {
    if on(m, "state") {
        let state = cx.block_on(state::read(&cx.env))?;
        return Ok((state.clone(), state));
    }
    let mut request = request(m, false, cx.can_ask(m))?;
    request.locking.enabled = false;
    let (plan, loaded, workspace) = if let Some(path) = text(m, "plan") {
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
        (Arc::new(file.plan), loaded, file.basis.workspace)
    } else {
        let planned = plan::make(cx, &request, "OperationTypePlan")?;
        if planned.diagnostics.has_errors() {
            return Err(Failed::new(planned.diagnostics, planned.loaded.sources));
        }
        cx.shell
            .diagnostics(&planned.diagnostics, &planned.loaded.sources);
        (planned.plan, planned.loaded, planned.place.workspace)
    };
    Ok((
        (*plan.refreshed).clone(),
        judge::after(&plan, &loaded, &workspace),
    ))
}

fn methods(m: &ArgMatches) -> Done<Vec<Method>> {
    let given = texts(m, "method");
    if given.is_empty() {
        return Ok(Method::ALL.to_vec());
    }
    let read = |t: &String| {
        let known = Method::ALL
            .map(|m| format!("{} ({})", m.name(), m.letter()))
            .join(", ");
        Method::parse(t).ok_or_else(|| {
            Diagnostic::error(
                "Unknown method",
                format!("`{t}` is no method of access. There are: {known}."),
            )
            .into()
        })
    };
    given.iter().map(read).collect()
}

fn list(cx: &Context, m: &ArgMatches, found: &Found, wanted: impl Fn(&Path) -> bool) -> Done<u8> {
    let methods = methods(m)?;
    let analysis = Analysis::new(&found.estate);
    let paths: Vec<Path> = analysis
        .all()
        .into_iter()
        .filter(|p| methods.contains(&p.method) && wanted(p))
        .collect();
    let unseen = judgement::unseen(&found.estate);
    if on(m, "json") {
        cx.shell.document(&paths_json(&paths, &unseen));
    } else {
        cx.shell.out(&if paths.is_empty() {
            "Nobody can.\n".to_owned()
        } else {
            access_lines(&paths)
        });
        cx.shell.out(&not_seen(&unseen));
    }
    Ok(0)
}

fn path(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let methods = methods(m)?;
    let found = Found::new(cx, m)?;
    let principal = found.principal(text(m, "principal").unwrap_or_default())?;
    let instance = found.instance(text(m, "instance").unwrap_or_default())?;
    let analysis = Analysis::new(&found.estate);
    // Of each method the path that gets farthest.
    let paths: Vec<Path> = methods
        .iter()
        .filter_map(|method| {
            analysis
                .paths(&principal, &instance, *method)
                .into_iter()
                .next()
        })
        .collect();
    let unseen = judgement::unseen(&found.estate);
    if on(m, "json") {
        cx.shell.document(&paths_json(&paths, &unseen));
    } else {
        cx.shell.out(&paths_text(&paths, cx.shell.style()));
        cx.shell.out(&not_seen(&unseen));
    }
    Ok(if paths.iter().all(|p| p.verdict() == Verdict::Blocked) {
        3
    } else {
        0
    })
}

fn diff(cx: &Context, m: &ArgMatches) -> Done<u8> {
    let methods = methods(m)?;
    let rules = judge::rules(text(m, "rules"))?;
    let found = Found::new(cx, m)?;
    let mut judgement: Judgement =
        judgement::judge(&found.before, &found.after, Catalogue::builtin(), &rules);
    judgement
        .changes
        .retain(|c| methods.contains(&c.key.method));
    if on(m, "json") {
        cx.shell.document(&json!(judgement));
    } else {
        let text = access_text(&judgement, cx.shell.style());
        cx.shell.out(if text.is_empty() {
            "No access changes.\n"
        } else {
            text.trim_start_matches('\n')
        });
    }
    let gained = judgement
        .changes
        .iter()
        .any(|c| c.kind == ChangeKind::Gained);
    Ok(if gained || !judgement.refusing(&[]).is_empty() {
        3
    } else {
        0
    })
}
