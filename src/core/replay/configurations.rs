//! Configurations of one step whose outputs or errors a real Terraform has given.
//!
//! `lang/testdata/config-differences.txt` lists where we still differ: it may only become shorter. With `BASTIONLESS_BLESS=1`
//! it is written anew.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value as Json;

use super::{case::Case, run::apply_once};

/// Returns what differs: whether it is refused, the outputs, or the line of the first error.
fn difference(case: &Json) -> Option<&'static str> {
    let want = &case["expected"];
    let got = apply_once(&Case::of_configuration(case));
    let failed = got["apply_exit"] != 0;
    match (want["error"] == true, failed) {
        (true, false) => return Some("accepted"),
        (false, true) => return Some("refused"),
        (false, false) => {
            let same = sorted(&got["outputs"]) == sorted(&want["outputs"]);
            return (!same).then_some("outputs");
        }
        (true, true) => {}
    }
    let line = |d: &Json| Some((d["at"][0].as_str()?.to_owned(), d["at"][1].as_u64()?));
    let list = |of: &Json| of["diagnostics"].as_array().cloned().unwrap_or_default();
    let wanted = list(want).iter().find_map(line)?;
    let there = list(&got).iter().filter_map(line).any(|l| l == wanted);
    (!there).then_some("line")
}

/// Objects in the order of their keys, numbers as they compare.
fn sorted(value: &Json) -> Json {
    match value {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(list) => list.iter().map(sorted).collect(),
        Json::Number(n) => n.as_f64().map_or_else(|| value.clone(), Json::from),
        other => other.clone(),
    }
}

#[test]
fn configurations_agree_with_terraform() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("lang/testdata");
    let cases = std::fs::read_to_string(folder.join("config-cases.jsonl")).unwrap();
    let mut found = BTreeSet::new();
    for line in cases.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        if let Some(what) = difference(&case) {
            found.insert(format!("{} {what}", case["id"].as_str().unwrap()));
        }
    }
    let list = folder.join("config-differences.txt");
    if std::env::var_os("BASTIONLESS_BLESS").is_some() {
        let text: String = found.iter().map(|l| format!("{l}\n")).collect();
        return std::fs::write(&list, text).unwrap();
    }
    let known = std::fs::read_to_string(&list).unwrap_or_default();
    let known: BTreeSet<String> = known.lines().map(str::to_owned).collect();
    let new: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "new differences: {new:?}; gone, to be taken off the list: {gone:?}"
    );
    assert!(cases.lines().count() >= 257);
}
