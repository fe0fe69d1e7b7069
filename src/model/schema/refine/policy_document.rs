//! `aws_iam_policy_document`: arguments that are gone.

use super::Refine;
use crate::{schema::plan::Problem, value::Value};

pub(super) const REFINE: Refine = Refine {
    name: "policy_document",
    validate: Some(validate),
    ..Refine::NONE
};

fn validate(config: &Value) -> Vec<Problem> {
    let gone = ["source_json", "override_json"].into_iter();
    gone.filter_map(|name| {
        let text = config.get_str(name).filter(|t| !t.is_empty())?;
        Some(Problem::at(
            name,
            format!("expected \"{name}\" to be an empty string: got {text}"),
            "",
        ))
    })
    .collect()
}
