//! `iam lint`

use std::path::Path;

use bastionless_core::{check, lang::Target, report::diagnostic_text};
use bastionless_model::{
    base::{Diagnostic, Level, SourceMap, Span},
    iam::lint::Kind,
};
use clap::ArgMatches;
use serde_json::{Map as JsonMap, Value as Json, json};

use super::Command;
use crate::{
    cli::{
        context::Context,
        options::{on, place, switch, target, text, texts, value},
    },
    ops::{
        Done,
        iam_lint::{self, Result, Told},
    },
};

pub(super) const COMMAND: Command = Command {
    words: "iam lint",
    about: "Look for mistakes in policies and in the configuration around them; exit 3 if there are any",
    has_events: false,
    options: |c| {
        c.arg(
            place("what", "FILE|ADDRESS", "Policy files, folders of them, - for standard input; or addresses of the configuration, which is all of it without any")
                .num_args(0..),
        )
        .arg(value("kind", "KIND", "What the policy files are for, such as trust or bucket (default: guessed)"))
        .arg(switch("fix", "Write the suggested changes into the policy files"))
        .arg(switch("json", "One object a line"))
        .arg(switch("rules", "Write the documentation of all rules instead"))
    },
    run,
};

fn run(cx: &Context, m: &ArgMatches) -> Done<u8> {
    if on(m, "rules") {
        cx.shell.out(&check::rules_markdown());
        return Ok(0);
    }
    let kind = text(m, "kind").map(kind).transpose()?;
    let what = texts(m, "what");
    let is_file = |t: &String| {
        t == "-"
            || t.ends_with(".json")
            || t.contains(std::path::MAIN_SEPARATOR)
            || Path::new(t).exists()
    };
    let result = if !what.is_empty() && what.iter().all(is_file) {
        iam_lint::of_files(&iam_lint::files(&what)?, kind, on(m, "fix"))?
    } else {
        if on(m, "fix") || kind.is_some() {
            let detail = "`-fix` and `-kind` are for policy files. The changes that the rules suggest for a configuration are shown with the findings.";
            return Err(Diagnostic::error("No policy file given", detail).into());
        }
        let targets: Vec<Target> = what
            .iter()
            .map(|t| target(t))
            .collect::<std::result::Result<_, _>>()?;
        iam_lint::of_configuration(&targets)?
    };
    if on(m, "json") {
        for told in &result.told {
            cx.shell.document(&line(told, &result.sources));
        }
    } else {
        show(cx, &result);
    }
    Ok(if result.told.iter().any(|t| t.level > Level::Advice) {
        3
    } else {
        0
    })
}

fn kind(name: &str) -> std::result::Result<Kind, Diagnostic> {
    Kind::parse(name).ok_or_else(|| {
        let names: Vec<_> = Kind::names().iter().map(|(n, _)| *n).collect();
        Diagnostic::error(
            "Unknown kind of policy",
            format!("`{name}` is none of {}.", names.join(", ")),
        )
    })
}

fn show(cx: &Context, result: &Result) {
    for told in &result.told {
        let text = diagnostic_text(&told.diagnostic, &result.sources, cx.shell.is_colored());
        // Advice is a warning to the renderer.
        let text = if told.level == Level::Advice {
            text.replacen("warning", "advice", 1)
        } else {
            text
        };
        cx.shell.out(&text);
    }
    let count = |level| result.told.iter().filter(|t| t.level == level).count();
    let (errors, warnings, advice) = (
        count(Level::Error),
        count(Level::Warning),
        count(Level::Advice),
    );
    if result.told.is_empty() {
        cx.shell.out("No findings.\n");
    } else {
        cx.shell.out(&format!(
            "{errors} errors, {warnings} warnings, {advice} pieces of advice.\n"
        ));
    }
}

fn line(told: &Told, sources: &SourceMap) -> Json {
    let mut out = JsonMap::new();
    out.insert("rule".into(), told.rule.id.into());
    out.insert("level".into(), told.level.name().into());
    out.insert("summary".into(), told.rule.headline.into());
    out.insert("message".into(), told.message.as_str().into());
    if let Some(address) = &told.address {
        out.insert("address".into(), address.as_str().into());
    }
    if let Some(range) = told.span.and_then(|s| range(s, sources)) {
        out.insert("range".into(), range);
    }
    if let Some(p) = &told.patch {
        let patch = json!({ "range": range(p.span, sources), "replacement": p.replacement, "text": p.text });
        out.insert("patch".into(), patch);
    }
    Json::Object(out)
}

fn range(span: Span, sources: &SourceMap) -> Option<Json> {
    let (source, start, end) = sources.positions(span)?;
    let at = |p: bastionless_model::base::Position| json!({ "line": p.line, "column": p.column, "byte": p.byte });
    Some(json!({ "filename": &*source.name, "start": at(start), "end": at(end) }))
}
