//! Compares what came out with what was recorded, place by place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

/// What is compared as it stands.
const WHOLE: [&str; 6] = [
    "plan_exit",
    "apply_exit",
    "replan_exit",
    "state_after",
    "applyable",
    "errored",
];

/// What the recordings of public configurations do not tell.
#[cfg_attr(
    not(feature = "public-roots"),
    allow(dead_code, reason = "for the replay of public configurations")
)]
pub(super) const NOT_OF_ROOTS: [&str; 6] = [
    "state_after",
    "applyable",
    "errored",
    "apply_diagnostics",
    "outputs_after",
    "apply_order",
];

/// What is compared of a change.
const OF_CHANGE: [&str; 10] = [
    "actions",
    "action_reason",
    "previous_address",
    "deposed",
    "importing",
    "before",
    "after",
    "after_unknown",
    "before_sensitive",
    "after_sensitive",
];

/// Returns every place that differs with what was wanted and what came.
pub(super) fn compare(want: &Json, got: &Json) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for key in WHOLE {
        // Where nothing was planned the recording has no plan to tell of.
        let of_plan = matches!(key, "applyable" | "errored");
        if of_plan && want.get(key).is_none() && got.get("resource_changes").is_none() {
            continue;
        }
        let place = key.to_owned();
        values(&place, want.get(key), got.get(key), &mut out);
    }
    for key in ["diagnostics", "apply_diagnostics"] {
        diagnostics(key, want.get(key), got.get(key), &mut out);
    }
    changes(want, got, &mut out);
    for key in ["output_changes", "checks"] {
        values(key, want.get(key), got.get(key), &mut out);
    }
    let known = |outputs: Option<&Json>| {
        let mut outputs = outputs?.clone();
        for (name, output) in outputs.as_object_mut()? {
            // What was decided during apply is decided by the cloud in memory.
            let changes = want.get("output_changes")?.get(name)?;
            if changes["after_unknown"] != Json::Bool(false) {
                output.as_object_mut()?.shift_remove("value");
            }
        }
        Some(outputs)
    };
    values(
        "outputs_after",
        known(want.get("outputs_after")).as_ref(),
        known(got.get("outputs_after")).as_ref(),
        &mut out,
    );
    order(want, got, &mut out);
    out
}

/// Compares what came of the first step.
pub(super) fn first(want: &Json, got: &Json) -> Vec<(String, String)> {
    let mut out = Vec::new();
    values(
        "step1 apply_exit",
        want.get("apply_exit"),
        got.get("apply_exit"),
        &mut out,
    );
    diagnostics(
        "step1 diagnostics",
        want.get("diagnostics"),
        got.get("diagnostics"),
        &mut out,
    );
    out
}

fn list<'a>(of: &'a Json, key: &str) -> &'a [Json] {
    of.get(key)
        .and_then(Json::as_array)
        .map_or(&[], Vec::as_slice)
}

fn text(of: &Json, key: &str) -> String {
    of.get(key)
        .and_then(Json::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn changes(want: &Json, got: &Json, out: &mut Vec<(String, String)>) {
    let name = |c: &Json| {
        let deposed = if c.get("deposed").is_some() {
            " (deposed)"
        } else {
            ""
        };
        format!("{}{deposed}", text(c, "address"))
    };
    let (want, got) = (
        list(want, "resource_changes"),
        list(got, "resource_changes"),
    );
    let names = |l: &[Json]| l.iter().map(name).collect::<Vec<_>>();
    let (wanted, gotten) = (names(want), names(got));
    let same = wanted.iter().collect::<BTreeSet<_>>() == gotten.iter().collect();
    if same && wanted != gotten {
        out.push((
            "resource_changes_order".into(),
            format!("want {wanted:?} got {gotten:?}"),
        ));
    }
    let by_name: BTreeMap<String, &Json> = got.iter().map(|c| (name(c), c)).collect();
    for c in want {
        let place = format!("{}:", name(c));
        let Some(mine) = by_name.get(&name(c)) else {
            out.push((place, format!("missing, want {}", c["actions"])));
            continue;
        };
        for key in OF_CHANGE {
            values(&format!("{place}{key}"), c.get(key), mine.get(key), out);
        }
        let paths = |c: &Json| {
            list(c, "replace_paths")
                .iter()
                .map(Json::to_string)
                .collect::<BTreeSet<_>>()
        };
        if paths(c) != paths(mine) {
            out.push((
                format!("{place}replace_paths"),
                format!("want {:?} got {:?}", paths(c), paths(mine)),
            ));
        }
    }
    for c in got.iter().filter(|c| !wanted.contains(&name(c))) {
        out.push((
            format!("{}:", name(c)),
            format!("not wanted, got {}", c["actions"]),
        ));
    }
}

fn diagnostics(
    key: &str,
    want: Option<&Json>,
    got: Option<&Json>,
    out: &mut Vec<(String, String)>,
) {
    let lines = |of: Option<&Json>| {
        let all = of.and_then(Json::as_array).into_iter().flatten();
        let mut lines: Vec<String> = all
            .map(|d| {
                let at = d
                    .get("at")
                    .map(|a| format!(" @ {}:{}", a[0].as_str().unwrap_or("?"), a[1]));
                format!(
                    "{}: {}{}",
                    text(d, "severity"),
                    text(d, "summary"),
                    at.unwrap_or_default()
                )
            })
            .collect();
        lines.sort();
        lines
    };
    let (want, mut got) = (lines(want), lines(got));
    // Where Terraform does not say where, saying it is no difference.
    for line in &mut got {
        let bare = line.split(" @ ").next().unwrap_or_default();
        if want.iter().any(|w| w == bare) {
            *line = bare.to_owned();
        }
    }
    let without = |a: &[String], b: &[String]| {
        let mut rest = b.to_vec();
        let mut left = Vec::new();
        for line in a {
            match rest.iter().position(|r| r == line) {
                Some(i) => drop(rest.remove(i)),
                None => left.push(line.clone()),
            }
        }
        left
    };
    for line in without(&want, &got) {
        out.push((key.to_owned(), format!("missing {line}")));
    }
    for line in without(&got, &want) {
        out.push((key.to_owned(), format!("not wanted {line}")));
    }
}

fn order(want: &Json, got: &Json, out: &mut Vec<(String, String)>) {
    let pairs = |of: &Json| {
        list(of, "apply_order")
            .iter()
            .map(Json::to_string)
            .collect::<BTreeSet<_>>()
    };
    if want.get("apply_order").is_none() {
        return;
    }
    let (want, got) = (pairs(want), pairs(got));
    for pair in want.difference(&got) {
        out.push(("apply_order".into(), format!("missing {pair}")));
    }
    for pair in got.difference(&want) {
        out.push(("apply_order".into(), format!("not wanted {pair}")));
    }
}

/// Compares two values; texts that are JSON documents are compared as documents.
fn values(place: &str, want: Option<&Json>, got: Option<&Json>, out: &mut Vec<(String, String)>) {
    let empty = |v: &Json| {
        v.is_null()
            || v.as_object().is_some_and(serde_json::Map::is_empty)
            || v.as_array().is_some_and(Vec::is_empty)
    };
    match (want, got) {
        (None, None) => {}
        (Some(Json::Object(w)), Some(Json::Object(g))) => {
            for key in w.keys().chain(g.keys().filter(|k| !w.contains_key(*k))) {
                values(&format!("{place}/{key}"), w.get(key), g.get(key), out);
            }
        }
        (Some(Json::Array(w)), Some(Json::Array(g))) if w.len() == g.len() => {
            for (i, (w, g)) in w.iter().zip(g).enumerate() {
                values(&format!("{place}/{i}"), Some(w), Some(g), out);
            }
        }
        (Some(Json::Number(w)), Some(Json::Number(g))) if w == g || w.as_f64() == g.as_f64() => {}
        (Some(Json::String(w)), Some(Json::String(g))) if w == g || same_document(w, g) => {}
        (Some(w), Some(g)) if w == g => {}
        (Some(v), None) | (None, Some(v))
            if matches!(place, "output_changes" | "checks") && empty(v) => {}
        (w, g) => {
            let show = |v: Option<&Json>| v.map_or_else(|| "nothing".into(), Json::to_string);
            out.push((
                place.to_owned(),
                format!("want {} got {}", show(w), show(g)),
            ));
        }
    }
}

fn same_document(a: &str, b: &str) -> bool {
    if let Some(rest) = a.strip_prefix("<json sha256 ") {
        let document = serde_json::from_str::<Json>(b).map(|j| sorted(&j).to_string());
        return document.is_ok_and(|d| rest.strip_suffix('>') == Some(&digest(&d)));
    }
    if a.starts_with("<text sha256 ") {
        return a == format!("<text sha256 {} {}>", digest(b), b.chars().count());
    }
    let read = |t: &str| {
        serde_json::from_str::<Json>(t)
            .ok()
            .filter(|j| j.is_object() || j.is_array())
    };
    match (read(a), read(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// Long texts are recorded as the beginning of their digest.
fn digest(text: &str) -> String {
    crate::state::journal::digest(text.as_bytes())[..24].to_owned()
}

fn sorted(value: &Json) -> Json {
    match value {
        Json::Object(m) => {
            let sorted: BTreeMap<_, _> = m.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            Json::Object(sorted.into_iter().collect())
        }
        Json::Array(l) => l.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
