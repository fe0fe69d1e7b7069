//! `aws_s3_bucket_lifecycle_configuration`

use std::collections::BTreeSet;

use aws_sdk_s3::types::{BucketLifecycleConfiguration, TransitionDefaultMinimumObjectSize};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::{Map, Value},
};

use super::{
    lifecycle_rules::{read, write},
    part::{At, Configuration, attributes},
};
use crate::{
    errors::{Call, chain},
    shape::{given, objects, text},
};

/// What happens to old objects.
pub(crate) struct Lifecycle;

impl Configuration for Lifecycle {
    const TYPE: &'static str = "aws_s3_bucket_lifecycle_configuration";
    const HAS_OWNER: bool = true;

    async fn get(at: &At<'_>) -> Result<Option<Map>, OpError> {
        let call = at
            .scope
            .s3()
            .get_bucket_lifecycle_configuration()
            .bucket(&at.bucket);
        let answer = call
            .set_expected_bucket_owner(at.owner.clone())
            .send()
            .await;
        let answer = answer.op("s3:GetLifecycleConfiguration")?;
        let size = answer.transition_default_minimum_object_size();
        let size = size.map_or(
            "all_storage_classes_128K",
            TransitionDefaultMinimumObjectSize::as_str,
        );
        Ok(Some(attributes([
            ("rule", objects(answer.rules().iter().map(read))),
            ("transition_default_minimum_object_size", text(Some(size))),
        ])))
    }

    async fn put(at: &At<'_>, planned: &Value) -> Result<(), OpError> {
        const OPERATION: &str = "s3:PutLifecycleConfiguration";
        let rules = planned
            .get("rule")
            .and_then(Value::elements)
            .unwrap_or_default();
        let rules = rules.iter().map(write).collect::<Result<Vec<_>, _>>()?;
        let configuration = BucketLifecycleConfiguration::builder()
            .set_rules(Some(rules))
            .build()
            .map_err(|e| OpError::new(OpErrorKind::Invalid, OPERATION, chain(&e)))?;
        let size = given(planned, "transition_default_minimum_object_size");
        at.scope
            .s3()
            .put_bucket_lifecycle_configuration()
            .bucket(&at.bucket)
            .set_expected_bucket_owner(at.owner.clone())
            .set_transition_default_minimum_object_size(
                size.map(TransitionDefaultMinimumObjectSize::from),
            )
            .lifecycle_configuration(configuration)
            .send()
            .await
            .op(OPERATION)
            .map(|_| ())
    }

    async fn remove(at: &At<'_>, _: &Value) -> Result<(), OpError> {
        let call = at.scope.s3().delete_bucket_lifecycle().bucket(&at.bucket);
        let answer = call
            .set_expected_bucket_owner(at.owner.clone())
            .send()
            .await;
        answer.op("s3:PutLifecycleConfiguration").map(|_| ())
    }

    fn arrived(planned: &Value, read: &Value) -> bool {
        let key = |rule: &Value| {
            let text = |name| rule.get_str(name).unwrap_or_default().to_owned();
            (text("id"), text("status"))
        };
        let rules = |v: &Value| -> BTreeSet<_> {
            v.get("rule")
                .and_then(Value::elements)
                .unwrap_or_default()
                .iter()
                .map(key)
                .collect()
        };
        rules(planned) == rules(read)
    }
}
