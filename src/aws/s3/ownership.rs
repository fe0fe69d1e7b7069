//! `aws_s3_bucket_ownership_controls`

use aws_sdk_s3::types::{ObjectOwnership, OwnershipControls, OwnershipControlsRule};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::{Map, Value},
};

use super::part::{At, Configuration, attributes};
use crate::{
    errors::{Call, chain},
    shape::{objects, part, single, text},
};

/// Who owns new objects.
pub(crate) struct Ownership;

impl Configuration for Ownership {
    const TYPE: &'static str = "aws_s3_bucket_ownership_controls";

    async fn get(at: &At<'_>) -> Result<Option<Map>, OpError> {
        let answer = at
            .scope
            .s3()
            .get_bucket_ownership_controls()
            .bucket(&at.bucket)
            .send()
            .await;
        let controls = answer
            .op("s3:GetBucketOwnershipControls")?
            .ownership_controls;
        Ok(controls.map(|c| {
            let rules = c
                .rules
                .iter()
                .map(|r| part([("object_ownership", text(Some(r.object_ownership.as_str())))]));
            attributes([("rule", objects(rules))])
        }))
    }

    async fn put(at: &At<'_>, planned: &Value) -> Result<(), OpError> {
        const OPERATION: &str = "s3:PutBucketOwnershipControls";
        let wanted = single(planned, "rule")
            .and_then(|r| r.get_str("object_ownership"))
            .unwrap_or_default();
        let rule = OwnershipControlsRule::builder()
            .object_ownership(ObjectOwnership::from(wanted))
            .build();
        let controls = rule.and_then(|rule| OwnershipControls::builder().rules(rule).build());
        let controls =
            controls.map_err(|e| OpError::new(OpErrorKind::Invalid, OPERATION, chain(&e)))?;
        let call = at
            .scope
            .s3()
            .put_bucket_ownership_controls()
            .bucket(&at.bucket);
        call.ownership_controls(controls)
            .send()
            .await
            .op(OPERATION)
            .map(|_| ())
    }

    async fn remove(at: &At<'_>, _: &Value) -> Result<(), OpError> {
        let answer = at
            .scope
            .s3()
            .delete_bucket_ownership_controls()
            .bucket(&at.bucket)
            .send()
            .await;
        answer.op("s3:PutBucketOwnershipControls").map(|_| ())
    }
}
