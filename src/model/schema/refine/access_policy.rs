//! `bastionless_access_policy`: grants that no service can enforce.

use super::Refine;
use crate::{iam::grant, schema::plan::Problem, value::Value};

pub(super) const REFINE: Refine = Refine {
    name: "access_policy",
    validate: Some(validate),
    ..Refine::NONE
};

fn validate(config: &Value) -> Vec<Problem> {
    let problems = grant::problems(config).into_iter();
    let problem = |p: grant::Problem| Problem {
        path: p.path,
        summary: "Invalid grant".into(),
        detail: p.detail,
    };
    problems.map(problem).collect()
}
