//! Tests of whole comparisons.

mod pairs;
mod random;
mod single;

use super::*;
use crate::iam::{
    ast::Document,
    evaluate::{PolicySet, Request, Verdict, decide},
};

const USER: &str = "arn:aws:iam::111122223333:user/alice";

fn document(text: &str) -> Document {
    let parsed = Document::parse(text).unwrap();
    assert_eq!(parsed.problems, [], "{text}");
    parsed.document
}

fn allows(documents: &[Document], request: &Request) -> bool {
    let set = PolicySet {
        identity: documents.to_vec(),
        ..PolicySet::default()
    };
    decide(request, &set).verdict == Verdict::Allow
}

/// Asserts that every witness is what it claims to be.
#[track_caller]
fn confirm(found: &Comparison, old: &[Document], new: &[Document]) {
    for (list, one, other) in [
        (&found.new_access, new, old),
        (&found.lost_access, old, new),
    ] {
        for d in list {
            let request = d.witness.request(USER, "111122223333");
            assert!(allows(one, &request) && !allows(other, &request), "{d:?}");
            assert!(d.actions.contains(&d.witness.action), "{d:?}");
        }
    }
}
