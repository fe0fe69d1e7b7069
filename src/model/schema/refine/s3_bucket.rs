//! Buckets: what has a resource type of its own is not built as an argument of the bucket, so it is refused before anything is
//! planned.

use super::Refine;
use crate::{schema::plan::Problem, value::Value};

pub(super) const REFINE: Refine = Refine {
    name: "s3_bucket",
    validate: Some(validate),
    ..Refine::NONE
};

/// Arguments and blocks that have a type of their own since version 4 of the provider; its documentation deprecates them.
const MOVED: [(&str, &str); 13] = [
    (
        "acceleration_status",
        "aws_s3_bucket_accelerate_configuration",
    ),
    ("acl", "aws_s3_bucket_acl"),
    ("cors_rule", "aws_s3_bucket_cors_configuration"),
    ("grant", "aws_s3_bucket_acl"),
    ("lifecycle_rule", "aws_s3_bucket_lifecycle_configuration"),
    ("logging", "aws_s3_bucket_logging"),
    (
        "object_lock_configuration",
        "aws_s3_bucket_object_lock_configuration",
    ),
    ("policy", "aws_s3_bucket_policy"),
    (
        "replication_configuration",
        "aws_s3_bucket_replication_configuration",
    ),
    (
        "request_payer",
        "aws_s3_bucket_request_payment_configuration",
    ),
    (
        "server_side_encryption_configuration",
        "aws_s3_bucket_server_side_encryption_configuration",
    ),
    ("versioning", "aws_s3_bucket_versioning"),
    ("website", "aws_s3_bucket_website_configuration"),
];

fn validate(config: &Value) -> Vec<Problem> {
    let is_set = |name: &str| {
        config.get(name).is_some_and(|v| match v.elements() {
            Some(elements) => !elements.is_empty(),
            // What is not known may turn out to be nothing.
            None => v.is_known() && !v.is_null() && v.as_str() != Some(""),
        })
    };
    let set = MOVED.iter().filter(|(name, _)| is_set(name));
    set.map(|(name, instead)| {
        let detail = format!(
            "`{name}` of aws_s3_bucket is deprecated and not built: it would be accepted and ignored. Write a resource of the type `{instead}` with `bucket` set to the id of this one."
        );
        Problem::at(name, "Unsupported argument", detail)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        schema::Catalogue,
        value::{Map, Type},
    };

    #[test]
    fn what_has_a_type_of_its_own_is_refused_with_its_name() {
        let schema = Catalogue::builtin().managed("aws_s3_bucket").unwrap();
        let names = schema
            .block
            .attributes
            .keys()
            .chain(schema.block.blocks.keys());
        let known: Vec<_> = names.map(|n| &**n).collect();
        for (name, instead) in MOVED {
            assert!(known.contains(&name), "{name}");
            let config = Value::object(Map::from_iter([(name.into(), Value::from("x"))]));
            let problems = validate(&config);
            assert_eq!(problems.len(), 1, "{name}");
            assert!(
                problems[0].detail.contains(instead),
                "{}",
                problems[0].detail
            );
        }
        let blocks = |l| {
            Value::object([(
                "versioning",
                Value::list(Type::object([("enabled", Type::Bool)]), l),
            )])
        };
        assert!(validate(&blocks(Vec::new())).is_empty());
        let enabled = Value::object([("enabled", Value::from(true))]);
        assert_eq!(validate(&blocks(vec![enabled])).len(), 1);
        let unknown = Value::object([("versioning", Value::unknown(Type::list(Type::String)))]);
        assert!(
            validate(&unknown).is_empty(),
            "a dynamic block may make none"
        );
        let plain = Value::object([("bucket", Value::from("b")), ("policy", Value::from(""))]);
        assert!(validate(&plain).is_empty());
    }
}
