//! `aws_s3_bucket_versioning`: there is no way back to a bucket without versioning.

use super::Refine;
use crate::{schema::plan::Problem, value::Value};

pub(super) const REFINE: Refine = Refine {
    name: "s3_bucket_versioning",
    refuse: Some(refuse),
    ..Refine::NONE
};

fn status(v: &Value) -> Option<&str> {
    v.get("versioning_configuration")
        .and_then(Value::elements)?
        .first()?
        .get_str("status")
}

fn refuse(prior: Option<&Value>, planned: &Value) -> Vec<Problem> {
    match (prior.and_then(status), status(planned)) {
        (Some(old @ "Enabled"), Some("Disabled")) => {
            let text = format!(
                "versioning_configuration.status cannot be updated from '{old}' to 'Disabled'"
            );
            vec![Problem::at("versioning_configuration", text, "")]
        }
        _ => Vec::new(),
    }
}
