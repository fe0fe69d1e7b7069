//! Every rule against its fixtures, through a rehearsed plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::Arc,
};

use bastionless_model::schema::Catalogue;

use super::*;
use crate::{
    io::{RealSystem, SystemHost},
    lang::{functions::Host, link::testing::linked},
};

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/check/fixtures"))
}

fn found(text: &str) -> (Vec<Found>, Arc<SourceMap>) {
    let (program, graph, diagnostics) = linked(text);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}\n{text}");
    let host: Arc<dyn Host + Send + Sync> =
        Arc::new(SystemHost::new(&RealSystem, "", Some((1_700_000_000, 0))));
    let program = Arc::new(program);
    let (plan, state) = rehearse(&program, &Arc::new(graph), &host, Catalogue::builtin()).unwrap();
    assert!(!plan.void, "{text}");
    let sources = program.sources.clone();
    (
        check(&Estate::new(&program, &plan, &state, Catalogue::builtin())),
        sources,
    )
}

fn show(found: &[Found]) -> String {
    found
        .iter()
        .map(|f| {
            format!(
                "{} {} {}: {}\n",
                f.level.name(),
                f.rule.id,
                f.address,
                f.message
            )
        })
        .collect()
}

/// The fixtures by rule: names of the violating and of the sound ones.
fn by_rule() -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let mut out: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let mut parts = name.split('.');
        let (rule, part) = (
            parts.next().unwrap().to_owned(),
            parts.next().unwrap().to_owned(),
        );
        let lists = out.entry(rule).or_default();
        if part.starts_with("bad") {
            lists.0.push(name)
        } else {
            lists.1.push(name)
        }
    }
    out
}

#[test]
fn every_rule_finds_its_mistake_and_passes_what_is_sound() {
    let fixtures_by_rule = by_rule();
    let ids: BTreeSet<&str> = RULES.iter().map(|r| r.doc.id).collect();
    assert_eq!(
        fixtures_by_rule
            .keys()
            .map(String::as_str)
            .collect::<BTreeSet<_>>(),
        ids
    );
    let mut wrong = String::new();
    for (id, (bad, good)) in fixtures_by_rule {
        assert!(
            !bad.is_empty() && !good.is_empty(),
            "{id} has a violating and a sound configuration"
        );
        for name in bad.iter().chain(&good) {
            let text = fs::read_to_string(fixtures().join(name)).unwrap();
            let (all, sources) = found(&text);
            let own: Vec<&Found> = all.iter().filter(|f| f.rule.id == id).collect();
            if bad.contains(name) && own.is_empty() {
                wrong.push_str(&format!(
                    "{name}: nothing was found, only:\n{}\n",
                    show(&all)
                ));
            }
            // A sound configuration is sound by all rules, pieces of advice aside.
            let told = all
                .iter()
                .filter(|f| f.rule.id == id || f.level > Level::Advice)
                .count();
            if good.contains(name) && told > 0 {
                wrong.push_str(&format!(
                    "{name}: found in what is sound:\n{}\n",
                    show(&all)
                ));
            }
            for f in all {
                let place = f.span.map(|s| sources.text(s)).unwrap_or_default();
                assert!(!place.is_empty(), "{name}: {} has no place", f.rule.id);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn suggested_changes_cure_what_was_found() {
    let mut changed = 0;
    for (id, (bad, _)) in by_rule() {
        for name in bad {
            let text = fs::read_to_string(fixtures().join(&name)).unwrap();
            for f in found(&text).0.into_iter().filter(|f| f.rule.id == id) {
                let Some(patch) = f.patch else { continue };
                let mut fixed = text.clone();
                fixed.replace_range(patch.span.range(), &patch.replacement);
                let left = found(&fixed).0;
                assert!(
                    !left
                        .iter()
                        .any(|g| g.rule.id == id && g.message == f.message),
                    "{name}:\n{fixed}"
                );
                changed += 1;
            }
        }
    }
    assert!(changed >= 4, "{changed}");
}

#[test]
fn findings_in_a_policy_point_into_the_document_that_makes_it() {
    let text = r#"
variable "account" { type = string }

data "aws_iam_policy_document" "p" {
  statement {
    sid       = "Push"
    actions   = ["ec2-instance-connect:SendSSHPublicKey"]
    resources = ["arn:aws:ec2:eu-west-1:${var.account}:instance/*"]
    condition {
      test     = "StringEqual"
      variable = "ec2:osuser"
      values   = ["ec2-user"]
    }
  }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.p.json
}
"#;
    let (all, sources) = found(text);
    let told: Vec<_> = all
        .iter()
        .map(|f| (f.rule.id, f.address.as_str(), sources.text(f.span.unwrap())))
        .collect();
    assert_eq!(
        told,
        [
            (
                "key-push-for-any-user",
                "aws_iam_policy.p",
                "\"ec2-instance-connect:SendSSHPublicKey\""
            ),
            ("unknown-operator", "aws_iam_policy.p", "\"StringEqual\""),
        ]
    );
    let patch = all.last().unwrap().patch.as_ref().unwrap();
    assert_eq!(
        (sources.text(patch.span), patch.replacement.as_str()),
        ("\"StringEqual\"", "\"StringEquals\"")
    );
    let d = diagnostics(&all, Level::Warning);
    assert!(d.has_errors() && d.iter().all(|d| d.primary.is_some()));
}

#[test]
fn rules_are_documented_and_the_documentation_is_as_written() {
    let (policies, configurations) = documentation();
    let mut ids = BTreeSet::new();
    for doc in policies.iter().chain(&configurations) {
        assert_eq!(doc.gaps(), Vec::<&str>::new(), "{}", doc.id);
        assert!(ids.insert(doc.id), "{} twice", doc.id);
    }
    for (_, _, rules) in MISTAKES {
        assert!(
            !rules.is_empty() && rules.iter().all(|r| ids.contains(r)),
            "{rules:?}"
        );
    }
    let helpers = [
        "estate.rs",
        "groups.rs",
        "mistakes.rs",
        "mod.rs",
        "policies.rs",
        "rehearse.rs",
        "sessions.rs",
        "silence.rs",
        "tests.rs",
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
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md"));
    let expected = rules_markdown();
    if std::env::var_os("BASTIONLESS_WRITE_DOCS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let first = written.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        written == expected,
        "docs/rules.md: write it anew with `bastionless iam lint -rules > docs/rules.md`; {first:?}"
    );
}
