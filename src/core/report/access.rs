//! Access: what a plan changes of it, and the paths of an estate.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{
    Style,
    markdown::{code, fence, marked},
};
use crate::access::{
    HopState, Judgement, Logged, Path, Verdict, Witness,
    change::{AccessChange, ChangeKind, Side},
    permit::is_of_every_session,
    statements::StatementChange,
};

/// Changes that say the same but for the method.
struct Group<'a> {
    first: &'a AccessChange,
    methods: Vec<&'static str>,
}

fn groups(changes: &[AccessChange]) -> Vec<Group<'_>> {
    let mut out: Vec<Group<'_>> = Vec::new();
    let bare = |s: &Option<Side>| {
        s.as_ref()
            .map(|s| (s.verdict.clone(), s.conditions.clone(), s.logged.clone()))
    };
    for change in changes {
        let same = out.iter_mut().find(|g| {
            let (a, b) = (g.first, change);
            (
                &a.key.principal,
                &a.key.instance,
                &a.key.via,
                a.kind,
                &a.hop,
            ) == (
                &b.key.principal,
                &b.key.instance,
                &b.key.via,
                b.kind,
                &b.hop,
            ) && (bare(&a.before), bare(&a.after)) == (bare(&b.before), bare(&b.after))
        });
        match same {
            Some(group) => group.methods.push(change.key.method.name()),
            None => out.push(Group {
                first: change,
                methods: vec![change.key.method.name()],
            }),
        }
    }
    out
}

/// Writes what a plan changes of the access; nothing where it changes nothing.
pub fn access_text(judgement: &Judgement, style: Style) -> String {
    let mut out = String::new();
    if !judgement.changes.is_empty() {
        out.push_str("\nAccess changes:\n");
        for group in groups(&judgement.changes) {
            out.push_str(&change_text(&group, style));
        }
    }
    if !judgement.statements.is_empty() {
        out.push_str("\nPolicy changes, by statement:\n");
        for change in &judgement.statements {
            out.push_str(&statement_text(change, style));
        }
    }
    if !judgement.violations.is_empty() {
        out.push_str("\nRules:\n");
        for v in &judgement.violations {
            let word = if v.is_denied {
                style.red("refused by")
            } else {
                style.yellow("warned of by")
            };
            let message = v
                .message
                .as_ref()
                .map(|m| format!("\n      {m}"))
                .unwrap_or_default();
            let _ = writeln!(
                out,
                "  ! {word} rule {:?}: {}: {}{message}",
                v.rule, v.address, v.detail
            );
        }
    }
    if !judgement.changes.is_empty() {
        out.push_str(&not_seen(&judgement.unseen));
    }
    out
}

/// Says what was not seen, in a paragraph of its own.
pub fn not_seen(unseen: &[String]) -> String {
    format!("\nNot seen: {}.\n", unseen.join("; "))
}

fn change_text(group: &Group<'_>, style: Style) -> String {
    let change = group.first;
    let key = &change.key;
    let (sign, verb, to) = match change.kind {
        ChangeKind::Gained => (style.green("+"), "gains", "to"),
        ChangeKind::Lost => (style.red("-"), "loses", "to"),
        ChangeKind::Conditions => (style.yellow("~"), "keeps, under other conditions,", "to"),
        ChangeKind::NoLongerLogged => (style.red("!"), "is no longer logged on", "to"),
        ChangeKind::Logging => (style.yellow("~"), "is logged otherwise on", "to"),
    };
    let via = if key.via.is_empty() {
        String::new()
    } else {
        format!(" via {}", key.via)
    };
    let mut out = format!(
        "  {sign} {} {verb} {} {to} {}{via}\n",
        key.principal,
        group.methods.join(", "),
        key.instance
    );
    let mut line = |text: String| {
        let _ = writeln!(out, "      {text}");
    };
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if change.kind == ChangeKind::Conditions => {
            line(format!("before: {}", conditions(before)));
            line(format!("after: {}", conditions(after)));
        }
        (before, after) => {
            for side in after
                .iter()
                .chain(before.iter().filter(|_| after.is_none()))
            {
                if side.verdict == Verdict::Unseen {
                    line(format!(
                        "as far as was seen; not seen: {}",
                        side.unseen.join("; ")
                    ));
                }
                if !side.conditions.is_empty() {
                    line(format!("when {}", side.conditions.join(" and ")));
                }
                line(logged(&side.logged));
            }
        }
    }
    if let Some(hop) = &change.hop {
        let word = if change.kind == ChangeKind::Lost {
            "missing"
        } else {
            "was missing"
        };
        line(format!("{word}: {} ({})", hop.detail, hop.hop));
    }
    for witness in change
        .after
        .iter()
        .chain(change.before.iter().filter(|_| change.after.is_none()))
        .flat_map(|s| &s.witnesses)
    {
        line(format!("for example {}", witness_text(witness)));
    }
    out
}

fn conditions(side: &Side) -> String {
    if side.conditions.is_empty() {
        "always".into()
    } else {
        format!("when {}", side.conditions.join(" and "))
    }
}

fn logged(logged: &Logged) -> String {
    match logged {
        Logged::Never => "content: cannot be logged, CloudTrail has the call only".into(),
        Logged::No => "content: not logged".into(),
        Logged::Unseen => "content: whether it is logged was not seen".into(),
        Logged::To(to) => format!("content: logged to {}", to.join(" and ")),
    }
}

/// Writes a request on one line, without the keys that every session has and the tags of the resource.
fn witness_text(witness: &Witness) -> String {
    let keys = witness
        .context
        .iter()
        .filter(|(k, _)| !is_of_every_session(k) && !k.contains(":resourcetag/"));
    let keys: Vec<_> = keys.map(|(k, v)| format!("{k}={v}")).collect();
    let with = if keys.is_empty() {
        String::new()
    } else {
        format!(" with {}", keys.join(", "))
    };
    format!("{} on {}{with}", witness.action, witness.resource)
}

fn statement_text(change: &StatementChange, style: Style) -> String {
    let mut out = format!("  {} statement {}\n", change.policy, change.statement);
    for (sign, text) in [
        (style.red("-"), &change.before),
        (style.green("+"), &change.after),
    ] {
        if let Some(text) = text {
            let _ = writeln!(out, "      {sign} {text}");
        }
    }
    out
}

/// Writes what a plan changes of the access as Markdown; nothing where it changes nothing.
pub fn access_markdown(judgement: &Judgement) -> String {
    let mut out = String::new();
    if !judgement.changes.is_empty() {
        out.push_str("#### Access changes\n\n| | who | how | where | conditions, logging, what was missing |\n|---|---|---|---|---|\n");
        for group in groups(&judgement.changes) {
            let change = group.first;
            let side = change.after.as_ref().or(change.before.as_ref());
            let mut notes: Vec<String> = side
                .map(|s| vec![conditions(s), logged(&s.logged)])
                .unwrap_or_default();
            notes.extend(
                change
                    .hop
                    .as_ref()
                    .map(|h| format!("{} ({})", h.detail, h.hop)),
            );
            let kind = format!("**{}**", change.kind.name().replace('_', " "));
            let cells = [
                kind,
                code(&change.key.principal),
                group.methods.join(", "),
                code(&change.key.instance),
                escape(&notes.join("; ")),
            ];
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        out.push_str(&not_seen(&judgement.unseen));
        out.push('\n');
    }
    if !judgement.statements.is_empty() {
        let text: String = judgement
            .statements
            .iter()
            .map(|s| statement_text(s, Style::default()))
            .collect();
        let fence = fence(&text);
        let _ = writeln!(
            out,
            "#### Policies by statement\n\n{fence}diff\n{}{fence}\n",
            marked(&text)
        );
    }
    if !judgement.violations.is_empty() {
        out.push_str("#### Rules\n\n");
        for v in &judgement.violations {
            let word = if v.is_denied {
                "**refused**"
            } else {
                "warning"
            };
            let message = v
                .message
                .as_ref()
                .map(|m| format!(" {}", escape(m)))
                .unwrap_or_default();
            let _ = writeln!(
                out,
                "- {word} by rule {}: {} {}.{message}",
                code(&v.rule),
                code(&v.address),
                escape(&v.detail)
            );
        }
        out.push('\n');
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// Writes paths for a reader.
pub fn paths_text(paths: &[Path], style: Style) -> String {
    let mut out = String::new();
    for path in paths {
        let via = if path.via.is_empty() {
            String::new()
        } else {
            format!(" via {}", path.via)
        };
        let word = match path.verdict() {
            Verdict::Open => style.green("allowed"),
            Verdict::Unseen => style.yellow("possible, as far as was seen"),
            Verdict::Blocked => style.red("blocked"),
        };
        let _ = writeln!(
            out,
            "{} -> {} by {} ({}){via}: {word}",
            path.principal,
            path.instance,
            path.method.name(),
            path.method.title()
        );
        if let Some(hop) = path.first_missing() {
            let _ = writeln!(out, "  first missing hop: {}: {}", hop.kind, hop.detail);
        }
        for hop in path.hops() {
            let sign = match hop.state {
                HopState::Open => style.green("ok"),
                HopState::Missing => style.red("missing"),
                HopState::Unseen => style.yellow("not seen"),
            };
            let when = if hop.conditions.is_empty() {
                String::new()
            } else {
                format!(", when {}", hop.conditions.join(" and "))
            };
            let _ = writeln!(out, "  {sign} {}: {}{when}", hop.kind, hop.detail);
        }
        let _ = writeln!(out, "  {}", logged(&path.logged));
    }
    out
}

/// Writes who may reach what on one line each.
pub fn access_lines(paths: &[Path]) -> String {
    let mut out = String::new();
    for path in paths {
        let via = if path.via.is_empty() {
            String::new()
        } else {
            format!(" via {}", path.via)
        };
        let maybe = if path.verdict() == Verdict::Unseen {
            " (as far as was seen)"
        } else {
            ""
        };
        let conditions = path.conditions();
        let when = if conditions.is_empty() {
            String::new()
        } else {
            format!(", when {}", conditions.join(" and "))
        };
        let _ = writeln!(
            out,
            "{} {} {}{via}{maybe}{when}; {}",
            path.principal,
            path.method.name(),
            path.instance,
            logged(&path.logged)
        );
    }
    out
}

/// Writes paths for machines.
pub fn paths_json(paths: &[Path], unseen: &[String]) -> Json {
    let paths: Vec<Json> = paths.iter().map(path_json).collect();
    json!({ "format_version": "1.0", "paths": paths, "not_seen": unseen })
}

fn path_json(path: &Path) -> Json {
    let hops: Vec<Json> = path
        .hops()
        .map(|h| {
            let state = match h.state {
                HopState::Open => "ok",
                HopState::Missing => "missing",
                HopState::Unseen => "not_seen",
            };
            json!({ "hop": h.kind.to_string(), "state": state, "detail": h.detail, "conditions": h.conditions })
        })
        .collect();
    json!({
        "principal": path.principal,
        "instance": path.instance,
        "method": path.method.name(),
        "via": path.via,
        "verdict": path.verdict().name(),
        "first_missing_hop": path.first_missing().map(|h| h.kind.to_string()),
        "conditions": path.conditions(),
        "logged": path.logged,
        "hops": hops,
    })
}
