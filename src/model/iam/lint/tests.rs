//! Every rule against its fixtures, the ten policies of the comparison with other judges, and properties of all findings.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::Value as Json;

use super::{super::ast::Document, *};

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/iam/lint/fixtures"))
}

struct Case {
    kind: Option<Kind>,
    text: String,
}

fn cases(rule: &str, part: &str) -> Vec<Case> {
    let path = fixtures().join(format!("{rule}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let json: Json = serde_json::from_str(&text).unwrap();
    let list = json[part].as_array().unwrap().iter();
    list.map(|case| {
        let kind = case["kind"].as_str().map(|k| Kind::parse(k).unwrap());
        let policy = &case["policy"];
        let text = policy.as_str().map_or_else(
            || serde_json::to_string_pretty(policy).unwrap(),
            str::to_owned,
        );
        Case { kind, text }
    })
    .collect()
}

fn findings(case: &Case) -> Vec<Finding> {
    let parsed = Document::parse(&case.text).unwrap();
    let kind = case.kind.unwrap_or_else(|| Kind::guess(&parsed.document));
    lint(&parsed, &case.text, kind)
}

fn show(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|f| format!("{} {}: {}\n", f.level.name(), f.rule.id, f.message))
        .collect()
}

#[test]
fn every_rule_finds_its_mistake_and_passes_what_is_sound() {
    let mut wrong = String::new();
    for rule in RULES {
        let id = rule.doc.id;
        for (i, case) in cases(id, "bad").iter().enumerate() {
            let found = findings(case);
            let least = rule.doc.level.min(Level::Warning);
            if !found.iter().any(|f| f.rule.id == id && f.level >= least) {
                wrong.push_str(&format!(
                    "{id}: bad {i} was not found, only:\n{}\n{}\n",
                    show(&found),
                    case.text
                ));
            }
        }
        for (i, case) in cases(id, "good").iter().enumerate() {
            let found = findings(case);
            if found.iter().any(|f| f.rule.id == id) {
                wrong.push_str(&format!(
                    "{id}: good {i} was found:\n{}\n{}\n",
                    show(&found),
                    case.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn rules_are_sorted_documented_and_complete() {
    let mut ids = BTreeSet::new();
    for rule in RULES {
        assert_eq!(rule.doc.gaps(), Vec::<&str>::new(), "{}", rule.doc.id);
        assert!(ids.insert(rule.doc.id), "{} twice", rule.doc.id);
    }
    let helpers = [
        "context.rs",
        "kind.rs",
        "limits.rs",
        "meet.rs",
        "mod.rs",
        "tests.rs",
        "words.rs",
    ];
    let dir = fixtures().parent().unwrap().to_owned();
    let files = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    let files = files
        .filter(|n| n.ends_with(".rs") && !helpers.contains(&n.as_str()))
        .count();
    assert_eq!(
        files,
        RULES.len(),
        "every file is a rule with a line in RULES"
    );
    let fixtures = fs::read_dir(fixtures())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    for name in fixtures.filter(|n| n.ends_with(".json")) {
        assert!(
            ids.contains(name.trim_end_matches(".json")),
            "{name} belongs to no rule"
        );
    }
}

#[test]
fn spans_and_patches_are_of_the_text() {
    for rule in RULES {
        for part in ["bad", "good"] {
            for case in cases(rule.doc.id, part) {
                for f in findings(&case) {
                    let place = case.text.get(f.span.clone());
                    assert!(
                        place.is_some_and(|t| !t.is_empty()),
                        "{}: {:?}\n{}",
                        f.rule.id,
                        f.span,
                        case.text
                    );
                    let Some(patch) = f.patch else { continue };
                    let mut text = case.text.clone();
                    text.replace_range(patch.span.clone(), &patch.replacement);
                    let again = Document::parse(&text)
                        .unwrap_or_else(|e| panic!("{}: {e}\n{text}", f.rule.id));
                    let kind = case.kind.unwrap_or_else(|| Kind::guess(&again.document));
                    let left = lint(&again, &text, kind);
                    let same = left
                        .iter()
                        .any(|g| g.rule.id == f.rule.id && g.message == f.message);
                    assert!(
                        !same,
                        "{}: the patch does not cure it: {}\n{text}",
                        f.rule.id, f.message
                    );
                }
            }
        }
    }
}

#[test]
fn the_ten_policies_of_the_comparison() {
    let expected: &[(&str, &[&str])] = &[
        ("p01_good_eice", &[]),
        ("p02_good_ssm", &[]),
        (
            "p03_bad_wildcard_resource",
            &["wildcard-resource", "wildcard-resource"],
        ),
        ("p04_bad_no_osuser", &["key-push-for-any-user"]),
        (
            "p05_bad_wrong_key",
            &[
                "key-not-of-action",
                "key-not-of-action",
                "operator-not-of-key",
            ],
        ),
        (
            "p06_bad_arn",
            &["arn-not-of-action", "arn-format", "arn-not-of-action"],
        ),
        (
            "p07_bad_privesc",
            &["pass-any-role", "privilege-escalation", "wildcard-resource"],
        ),
        ("p08_bad_overlong", &["too-long"]),
        (
            "p09_bad_syntax",
            &[
                "policy-shape",
                "unknown-action",
                "statement-id",
                "unknown-operator",
                "invalid-variable",
            ],
        ),
        (
            "p10_bad_cond_values",
            &[
                "invalid-value",
                "invalid-value",
                "for-all-values-unguarded",
                "invalid-value",
            ],
        ),
    ];
    for (name, rules) in expected {
        let text = fs::read_to_string(fixtures().join(format!("policies/{name}.json"))).unwrap();
        let found = findings(&Case { kind: None, text });
        // In the bad ones, what they leave out on the side is not what they are about.
        let side = [
            "tunnel-to-anywhere",
            "key-push-for-any-user",
            "session-without-document",
        ];
        let told: Vec<&str> = found
            .iter()
            .map(|f| f.rule.id)
            .filter(|id| rules.contains(id) || !side.contains(id))
            .collect();
        assert_eq!(told, *rules, "{name}:\n{}", show(&found));
    }
}

#[test]
fn odd_texts_do_no_harm() {
    let odd = [
        "",
        "*",
        "**",
        ":",
        "::::::",
        "arn:",
        "arn:aws",
        "arn:aws:s3:::",
        "${",
        "${}",
        "${aws:",
        "${aws:username",
        "${a.b}*",
        "é*?",
        "ssm:",
        "ssm:*",
        "/",
    ];
    let mut count = 0;
    for rule in RULES {
        for case in cases(rule.doc.id, "bad") {
            let Ok(json) = serde_json::from_str::<Json>(&case.text) else {
                continue;
            };
            let mut paths = Vec::new();
            strings(&json, String::new(), &mut paths);
            for (i, path) in paths.into_iter().enumerate() {
                // Two of them at each place, all of them over the places.
                for text in [
                    odd[(count + i) % odd.len()],
                    odd[(count + 7 * i + 5) % odd.len()],
                ] {
                    let mut other = json.clone();
                    *other.pointer_mut(&path).unwrap() = Json::from(text);
                    let text = other.to_string();
                    let parsed = Document::parse(&text).unwrap();
                    for f in lint(&parsed, &text, case.kind.unwrap_or(Kind::Managed)) {
                        assert!(text.get(f.span.clone()).is_some(), "{}: {text}", f.rule.id);
                    }
                    count += 1;
                }
            }
        }
    }
    assert!(count > 800, "{count}");
}

/// Collects the JSON pointers of all texts.
fn strings(json: &Json, at: String, out: &mut Vec<String>) {
    match json {
        Json::String(_) => out.push(at),
        Json::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(i, v)| strings(v, format!("{at}/{i}"), out)),
        Json::Object(members) => members.iter().for_each(|(k, v)| {
            strings(
                v,
                format!("{at}/{}", k.replace('~', "~0").replace('/', "~1")),
                out,
            )
        }),
        _ => {}
    }
}

#[test]
fn names_of_kinds() {
    for (name, kind) in Kind::names() {
        assert_eq!(Kind::parse(name), Some(*kind));
    }
}
