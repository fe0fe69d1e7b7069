//! Replays two-step configurations whose outcome was recorded from a real Terraform: the first step's state is given, the
//! second step is planned, carried out on the cloud in memory, and planned once more.
//!
//! The data is in `testdata`; `exceptions.json` beside it names every place that differs, with the reason. The list is a
//! ratchet: a difference that is not listed fails the test, and so does one that is listed and gone.

#![expect(
    clippy::print_stderr,
    reason = "a difference is easier to read in the whole result"
)]

mod case;
mod compare;
mod configurations;
mod ids;
mod lab;
mod order;
mod run;

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use self::case::Case;

/// A difference that is accepted.
#[derive(Deserialize)]
struct Exception {
    /// Beginnings of the places that differ.
    places: Vec<String>,
    /// The reason.
    why: String,
}

/// What came of a folder of cases.
#[derive(Default)]
struct Outcome {
    cases: usize,
    equal: usize,
    complaints: Vec<String>,
}

/// Replays all cases of a folder.
fn replay(folder: &str) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(folder);
    let text = std::fs::read_to_string(folder.join("exceptions.json")).unwrap();
    let mut exceptions: BTreeMap<String, Exception> = serde_json::from_str(&text).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap())
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().into_string().unwrap())
        .collect();
    names.sort();
    let only = std::env::var("REPLAY_ONLY").ok();
    names.retain(|n| only.as_ref().is_none_or(|o| n.contains(o.as_str())));
    let mut outcome = Outcome::default();
    for name in names {
        let case = Case::read(&folder.join(&name));
        let got = run::run(&case);
        if only.is_some() {
            eprintln!("{}", serde_json::to_string_pretty(&got).unwrap());
        }
        let mut differences = compare::compare(case.expected.get("step2").unwrap(), &got);
        if case.first.is_some() {
            differences.extend(compare::first(&case.expected["step1"], &got["step1"]));
        }
        outcome.cases += 1;
        outcome.equal += usize::from(differences.is_empty());
        judge(
            &name,
            exceptions.remove(&name).as_ref(),
            &differences,
            &mut outcome.complaints,
        );
    }
    if only.is_none() {
        let unknown = exceptions
            .into_keys()
            .map(|n| format!("{n}: an exception for no case"));
        outcome.complaints.extend(unknown);
    }
    outcome
}

/// Compares what differs with what may differ.
fn judge(
    name: &str,
    exception: Option<&Exception>,
    differences: &[(String, String)],
    complaints: &mut Vec<String>,
) {
    let places = exception.map(|e| {
        assert!(!e.why.is_empty(), "{name}: an exception without a reason");
        &*e.places
    });
    let places = places.unwrap_or_default();
    for (place, what) in differences {
        if !places.iter().any(|p| place.starts_with(p.as_str())) {
            complaints.push(format!("{name}: {place}: {what}"));
        }
    }
    for p in places {
        if !differences
            .iter()
            .any(|(place, _)| place.starts_with(p.as_str()))
        {
            complaints.push(format!(
                "{name}: {p} does not differ any more; remove the exception"
            ));
        }
    }
}

#[track_caller]
fn agrees(folder: &str, at_least: usize) {
    let outcome = replay(folder);
    let complaints = outcome.complaints.join("\n");
    assert!(
        outcome.complaints.is_empty(),
        "{} of {} equal\n{complaints}",
        outcome.equal,
        outcome.cases
    );
    assert!(
        outcome.cases >= at_least,
        "only {} cases were found",
        outcome.cases
    );
}

/// Replays recordings of public configurations, whose files are fetched by hand: `scripts/replay-aws-plans` does that.
#[cfg(feature = "public-roots")]
#[test]
fn plans_of_public_configurations_are_terraforms() {
    let folder =
        std::env::var("REPLAY_ROOTS").expect("REPLAY_ROOTS names the folder of fetched files");
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/aws-plans");
    let text = std::fs::read_to_string(recordings.join("exceptions.json")).unwrap();
    let exceptions: BTreeMap<String, Exception> = serde_json::from_str(&text).unwrap();
    let only = std::env::var("REPLAY_ONLY").ok();
    let mut outcome = Outcome::default();
    let mut entries: Vec<_> = std::fs::read_dir(&recordings)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "exceptions" || only.as_ref().is_some_and(|o| !name.contains(o.as_str())) {
            continue;
        }
        let recording = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let case = Case::of_root(&recording, &Path::new(&folder).join(&name));
        let got = run::run(&case);
        if only.is_some() {
            eprintln!("{}", serde_json::to_string_pretty(&got).unwrap());
        }
        let mut differences = compare::compare(case.expected.get("step2").unwrap(), &got);
        differences.retain(|(place, _)| !compare::NOT_OF_ROOTS.contains(&place.as_str()));
        outcome.cases += 1;
        outcome.equal += usize::from(differences.is_empty());
        judge(
            &name,
            exceptions.get(&name),
            &differences,
            &mut outcome.complaints,
        );
    }
    let complaints = outcome.complaints.join("\n");
    assert!(
        outcome.complaints.is_empty(),
        "{} of {} equal\n{complaints}",
        outcome.equal,
        outcome.cases
    );
    assert!(outcome.cases > 0, "no recording was found");
}

#[test]
fn plans_of_the_language_are_terraforms() {
    agrees("plan-cases", 82);
}

#[test]
fn more_plans_of_the_language_are_terraforms() {
    agrees("more-plan-cases", 136);
}

#[test]
fn plans_of_blocks_are_terraforms() {
    agrees("block-cases", 74);
}

#[test]
fn plans_of_aws_types_are_terraforms() {
    agrees("aws-block-cases", 48);
}
