//! Snapshots over policies, and the promise that every element is in the text.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::Value as Json;

use super::*;
use crate::iam::operator::Base;

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/iam/lint/fixtures"))
}

/// Policies with names: the ten of the comparison, and the first violating and sound one of each lint.
fn policies() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut files: Vec<_> = fs::read_dir(fixtures())
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.extend(
        fs::read_dir(fixtures().join("policies"))
            .unwrap()
            .map(|e| e.unwrap().path()),
    );
    files.sort();
    for path in files
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
    {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let json: Json = serde_json::from_str(&text).unwrap();
        if json.get("bad").is_none() {
            out.push((name, text));
            continue;
        }
        for part in ["bad", "good"] {
            let policy = &json[part][0]["policy"];
            let text = policy
                .as_str()
                .map_or_else(|| policy.to_string(), str::to_owned);
            out.push((format!("{name}_{part}"), text));
        }
    }
    out
}

fn text_of(policy: &str) -> String {
    explain(&Document::parse(policy).unwrap().document)
}

#[test]
fn policies_in_plain_words() {
    // The overlong one says the same forty times.
    let shown: Vec<_> = policies()
        .into_iter()
        .filter(|(n, _)| !n.contains("overlong") && !n.starts_with("too-long"))
        .collect();
    let chosen: Vec<_> = shown
        .iter()
        .filter(|(n, _)| n.starts_with('p') || n.ends_with("_good"))
        .collect();
    assert!(chosen.len() >= 30, "{}", chosen.len());
    let all: String = chosen
        .iter()
        .map(|(n, p)| format!("==== {n}\n{}\n", text_of(p)))
        .collect();
    insta::assert_snapshot!("policies", all);
}

/// Returns variants of a document, each with one element changed.
fn mutants(d: &Document) -> Vec<(String, Document)> {
    let mut out = Vec::new();
    let mut with = |what: String, change: &dyn Fn(&mut Document)| {
        let mut other = d.clone();
        change(&mut other);
        out.push((what, other));
    };
    with("version".into(), &|d| {
        d.version = if d.version == Version::V2012 {
            Version::V2008
        } else {
            Version::V2012
        };
    });
    with("id".into(), &|d| {
        d.id = if d.id.is_some() {
            None
        } else {
            Some(Text::new("another"))
        }
    });
    with("one statement less".into(), &|d| {
        d.statements.pop();
    });
    for i in 0..d.statements.len() {
        let s = &d.statements[i];
        let at = |what: &str| format!("statement {i}: {what}");
        with(at("effect"), &|d| {
            let e = &mut d.statements[i].effect;
            *e = if *e == Effect::Allow {
                Effect::Deny
            } else {
                Effect::Allow
            };
        });
        with(at("sid"), &|d| {
            d.statements[i].sid = if d.statements[i].sid.is_some() {
                None
            } else {
                Some(Text::new("New"))
            }
        });
        with(at("not action"), &|d| {
            d.statements[i].action.negated ^= true
        });
        for p in 0..s.action.patterns.len() {
            with(at("action"), &|d| {
                d.statements[i].action.patterns[p].value.push('x')
            });
            with(at("action less"), &|d| {
                d.statements[i].action.patterns.remove(p);
            });
        }
        with(at("no resource"), &|d| {
            d.statements[i].resource = if s.resource.is_some() {
                None
            } else {
                Some(Clause::default())
            };
        });
        if let Some(r) = &s.resource {
            with(at("not resource"), &|d| {
                d.statements[i].resource.as_mut().unwrap().negated ^= true
            });
            for p in 0..r.patterns.len() {
                with(at("resource"), &|d| {
                    d.statements[i].resource.as_mut().unwrap().patterns[p]
                        .value
                        .push('x')
                });
                with(at("resource less"), &|d| {
                    d.statements[i]
                        .resource
                        .as_mut()
                        .unwrap()
                        .patterns
                        .remove(p);
                });
            }
        }
        with(at("no principal"), &|d| {
            d.statements[i].principal = if s.principal.is_some() {
                None
            } else {
                Some(PrincipalClause::default())
            };
        });
        if let Some(p) = &s.principal {
            with(at("not principal"), &|d| {
                d.statements[i].principal.as_mut().unwrap().negated ^= true
            });
            for e in 0..p.entries.len() {
                with(at("principal"), &|d| {
                    d.statements[i].principal.as_mut().unwrap().entries[e]
                        .value
                        .value
                        .push('x')
                });
                for kind in [
                    PrincipalKind::Any,
                    PrincipalKind::Aws,
                    PrincipalKind::Service,
                    PrincipalKind::Federated,
                    PrincipalKind::CanonicalUser,
                ] {
                    if kind != p.entries[e].kind {
                        with(at("kind"), &|d| {
                            d.statements[i].principal.as_mut().unwrap().entries[e].kind = kind
                        });
                    }
                }
            }
        }
        of_conditions(s, i, &mut with);
    }
    out
}

/// Takes what is changed and the change.
type With<'a> = dyn FnMut(String, &dyn Fn(&mut Document)) + 'a;

fn of_conditions(s: &Statement, i: usize, with: &mut With<'_>) {
    let at = |what: &str| format!("statement {i}: {what}");
    for c in 0..s.conditions.len() {
        let condition = &s.conditions[c];
        with(at("condition less"), &|d| {
            d.statements[i].conditions.remove(c);
        });
        with(at("key"), &|d| {
            d.statements[i].conditions[c].key.value.push('x')
        });
        for v in 0..condition.values.len() {
            with(at("value"), &|d| {
                d.statements[i].conditions[c].values[v].value.push('x')
            });
            with(at("value less"), &|d| {
                d.statements[i].conditions[c].values.remove(v);
            });
        }
        for base in Base::ALL {
            for quantifier in ["", "ForAllValues:", "ForAnyValue:"] {
                for suffix in ["", "IfExists"] {
                    let operator = format!("{quantifier}{}{suffix}", base.name());
                    if operator != condition.operator.value {
                        with(at(&operator), &|d| {
                            d.statements[i].conditions[c]
                                .operator
                                .value
                                .clone_from(&operator)
                        });
                    }
                }
            }
        }
    }
}

#[test]
fn changing_any_element_changes_the_text() {
    let mut count = 0;
    for (name, policy) in policies()
        .into_iter()
        .filter(|(n, _)| !n.contains("overlong") && n != "too-long_bad")
    {
        let document = Document::parse(&policy).unwrap().document;
        let before = explain(&document);
        let mut seen = BTreeSet::from([before.clone()]);
        for (what, mutant) in mutants(&document) {
            let text = explain(&mutant);
            assert_ne!(text, before, "{name}: {what}");
            seen.insert(text);
            count += 1;
        }
        assert!(seen.len() > 5, "{name}");
    }
    assert!(count > 5_000, "{count}");
}

#[test]
fn every_element_stands_in_the_text() {
    for (name, policy) in policies() {
        let document = Document::parse(&policy).unwrap().document;
        let text = explain(&document);
        let has = |t: &Text| {
            assert!(
                text.contains(&quoted(&t.value)),
                "{name}: {} is missing\n{text}",
                t.value
            )
        };
        for s in &document.statements {
            s.sid.iter().for_each(has);
            s.action.patterns.iter().for_each(has);
            s.resource.iter().flat_map(|r| &r.patterns).for_each(has);
            s.principal
                .iter()
                .flat_map(|p| p.entries.iter().map(|e| &e.value))
                .for_each(has);
            for c in &s.conditions {
                has(&c.key);
                let is_null = c.operator.value == "Null";
                c.values.iter().filter(|_| !is_null).for_each(has);
            }
        }
    }
}

#[test]
fn no_two_operators_have_the_same_words() {
    let words: BTreeSet<_> = Base::ALL.iter().map(|b| words::comparison(*b)).collect();
    assert_eq!(words.len(), Base::ALL.len());
}
