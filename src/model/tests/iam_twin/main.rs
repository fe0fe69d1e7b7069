//! The evaluator against its twin: generated requests, and those whose answers two engines not written here agree on.
//!
//! `scripts/iam-twin` runs a million generated requests; here it is as many as a test may take.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail by a panic, and what it prints is shown where it is asked for"
)]

mod generate;
mod twin;

use std::collections::BTreeMap;

use bastionless_model::iam::{
    ast::Document,
    evaluate::{Evaluator, Line, PolicySet, decide},
};
use serde_json::{Value as Json, json};

/// Decides a line with the evaluator.
fn ours(line: &Json) -> Json {
    let text = line.to_string();
    let line = Line::parse(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    Evaluator::new(&line.policies)
        .decide(&line.request)
        .to_json(&line.id)
}

/// Tells whether the statement that is said to have decided could have: its effect is the verdict, and it is about the request.
fn names_a_deciding_statement(line: &Json, answer: &Json) -> bool {
    let by = &answer["by"];
    let layer = by["layer"].as_str().unwrap();
    let Some(index) = by["statement"].as_u64() else {
        return answer["decision"] == "implicit_deny";
    };
    let of_layer: Vec<_> = twin::layers(line)
        .into_iter()
        .filter(|(l, _)| *l == layer)
        .collect();
    let (_, policy) = &of_layer[by["policy"].as_u64().unwrap() as usize];
    let statement = &twin::statements(policy)[index as usize];
    let effect = if answer["decision"] == "allow" {
        "Allow"
    } else {
        "Deny"
    };
    statement["Effect"] == effect
        && statement["Sid"] == by["sid"]
        && twin::applies(line, layer, policy, statement)
}

#[test]
fn the_twin_says_the_same() {
    let cases = std::env::var("BASTIONLESS_TWIN_CASES").map_or(2_000, |n| n.parse().unwrap());
    let mut random = generate::Random(20_261_122);
    let mut counts = BTreeMap::new();
    for n in 0..cases {
        let line = generate::line(&mut random);
        let answer = ours(&line);
        let theirs = twin::decide(&line);
        assert_eq!(answer["decision"], theirs, "case {n}: {answer} {line}");
        assert!(
            names_a_deciding_statement(&line, &answer),
            "case {n}: {answer} {line}"
        );
        *counts.entry(theirs).or_insert(0_usize) += 1;
    }
    println!("{cases} requests: {counts:?}");
    // The test says something only if all answers are frequent.
    assert!(
        counts.len() == 3 && counts.values().all(|n| *n > cases / 10),
        "{counts:?}"
    );
}

#[test]
fn canonical_printing_keeps_every_answer() {
    let printed = |d: &Document| {
        let text = d.to_text();
        let again = Document::parse(&text).unwrap();
        assert_eq!(
            (again.document.to_text(), again.problems),
            (text, Vec::new())
        );
        again.document
    };
    let all = |documents: &[Document]| documents.iter().map(printed).collect::<Vec<_>>();
    let mut random = generate::Random(7);
    for _ in 0..2_000 {
        let line = Line::parse(&generate::line(&mut random).to_string()).unwrap();
        let p = &line.policies;
        let again = PolicySet {
            identity: all(&p.identity),
            boundary: p.boundary.as_ref().map(printed),
            session: p.session.as_ref().map(|s| all(s)),
            resource: p.resource.as_ref().map(printed),
            scps: p
                .scps
                .as_ref()
                .map(|levels| levels.iter().map(|l| all(l)).collect()),
            endpoint: p.endpoint.as_ref().map(printed),
        };
        let place = |p: &PolicySet| decide(&line.request, p).to_json(&Json::Null);
        assert_eq!(place(p), place(&again), "{line:?}");
    }
}

/// Texts that are nearly policies: bytes of a policy left out, doubled or exchanged. Nothing of them may bring the reader down.
#[test]
fn broken_policies_are_read_without_a_panic() {
    let mut random = generate::Random(11);
    let mut readable = 0;
    for _ in 0..3_000 {
        let line = generate::line(&mut random);
        let mut text: Vec<char> = line["identity"][0].to_string().chars().collect();
        for _ in 0..=random.below(3) {
            let (at, other) = (random.below(text.len()), random.below(text.len()));
            match random.below(4) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, text[other]),
                2 => {
                    text[at] = [
                        '"', '{', '}', '[', ']', ',', ':', '$', '*', '\\', '\u{0}', 'ß', '9',
                    ][random.below(13)]
                }
                _ => text.truncate(text.len().max(2) - 1),
            }
        }
        let text: String = text.into_iter().collect();
        let Ok(parsed) = Document::parse(&text) else {
            continue;
        };
        readable += 1;
        for problem in &parsed.problems {
            assert!(
                text.get(problem.span.clone())
                    .is_some_and(|t| !t.is_empty()),
                "{problem:?} in {text}"
            );
        }
        let request = Line::parse(&json!({"principal": "arn:aws:iam::1:user/a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/x"}).to_string());
        let policies = PolicySet {
            identity: vec![parsed.document],
            ..PolicySet::default()
        };
        decide(&request.unwrap().request, &policies);
    }
    assert!(readable > 300, "{readable}");
}

/// Prints how long a million decisions take, with the policies of the recorded cases made ready before. It asserts only that all are made.
#[test]
fn a_million_decisions() {
    let count: usize =
        std::env::var("BASTIONLESS_TWIN_CASES").map_or(5_000, |n| n.parse().unwrap());
    let lines: Vec<_> = include_str!("decisions.jsonl")
        .lines()
        .map(|l| Line::parse(l).unwrap())
        .collect();
    let ready: Vec<_> = lines
        .iter()
        .map(|l| (Evaluator::new(&l.policies), &l.request))
        .collect();
    let start = std::time::Instant::now();
    let decided = ready
        .iter()
        .cycle()
        .take(count)
        .filter(|(e, r)| e.decide(r).by.is_some())
        .count();
    let middle = start.elapsed();
    let fresh = lines
        .iter()
        .cycle()
        .take(count)
        .filter(|l| decide(&l.request, &l.policies).by.is_some())
        .count();
    println!(
        "{count} decisions: {middle:?} with ready policies, {:?} with policies made ready for each",
        start.elapsed() - middle
    );
    assert_eq!((decided, fresh), (count, count));
}

#[test]
fn two_other_engines_say_the_same() {
    let cases = include_str!("decisions.jsonl").lines();
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases.map(|l| serde_json::from_str::<Json>(l).unwrap()) {
        let answer = ours(&case);
        let allowed = answer["decision"] == "allow";
        if allowed != (case["expected"] == "Allow") || answer["decision"] != twin::decide(&case) {
            wrong.push(format!("{answer} {case}"));
        }
        count += 1;
    }
    assert_eq!((count, wrong), (1500, Vec::new()));
}

#[test]
fn the_user_guide_says_the_same() {
    let mut wrong = Vec::new();
    for case in include_str!("handmade.jsonl")
        .lines()
        .map(|l| serde_json::from_str::<Json>(l).unwrap())
    {
        let allowed = ours(&case)["decision"] == "allow";
        // Where the guide and engines that were measured against AWS differ, the answer is noted with the case.
        let expected = case.get("ours").unwrap_or(&case["expected"]);
        if allowed != (*expected == "Allow") {
            wrong.push(case["title"].clone());
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
