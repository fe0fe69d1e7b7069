//! Pairs of policies on whose verdict two methods agreed that are not ours: a string solver and a prototype on classes.

use serde_json::Value as Json;

use super::*;

struct Pair {
    id: String,
    old: Document,
    new: Document,
    options: Options,
    has_new: bool,
}

fn pairs() -> Vec<Pair> {
    let read = |line: &str| {
        let json: Json = serde_json::from_str(line).unwrap();
        let list = json["actions"].as_array().unwrap();
        let actions = list
            .iter()
            .map(|a| a.as_str().unwrap().to_owned())
            .collect();
        Pair {
            id: json["id"].as_str().unwrap().to_owned(),
            old: document(&json["old"].to_string()),
            new: document(&json["new"].to_string()),
            options: Options {
                actions: Some(actions),
                ..Options::default()
            },
            has_new: json["new_access"].as_bool().unwrap(),
        }
    };
    include_str!("pairs.jsonl").lines().map(read).collect()
}

#[test]
fn verdicts_agree_and_every_witness_is_confirmed() {
    let pairs = pairs();
    assert_eq!(pairs.len(), 63);
    let mut wrong = Vec::new();
    for p in &pairs {
        let (old, new) = ([p.old.clone()], [p.new.clone()]);
        let found = compare(&old, &new, &p.options);
        confirm(&found, &old, &new);
        if found.new_access.is_empty() == p.has_new || !found.undecided.is_empty() {
            wrong.push((p.id.clone(), p.has_new, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_policy_equals_itself_and_directions_mirror() {
    // Every fifth: these take longer than the verdicts.
    for p in pairs().iter().step_by(5) {
        let (old, new) = ([p.old.clone()], [p.new.clone()]);
        for documents in [&old, &new] {
            let thorough = Options {
                thorough: true,
                ..p.options.clone()
            };
            let found = compare(documents, documents, &thorough);
            assert!(found.is_equal(), "{}: {found:#?}", p.id);
        }
        let (there, back) = (
            compare(&old, &new, &p.options),
            compare(&new, &old, &p.options),
        );
        assert_eq!(there.new_access.len(), back.lost_access.len(), "{}", p.id);
        assert_eq!(there.lost_access.len(), back.new_access.len(), "{}", p.id);
    }
}
