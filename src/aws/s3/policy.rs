//! `aws_s3_bucket_policy`

use bastionless_model::{
    cloud::OpError,
    value::{Map, Value},
};

use super::part::{At, Configuration, attributes};
use crate::{
    documents,
    errors::{Call, Tolerate},
    shape::text,
};

/// The policy of a bucket.
pub(crate) struct Policy;

/// Reads the policy of a bucket.
pub(super) async fn get(at: &At<'_>) -> Result<Option<String>, OpError> {
    let answer = at
        .scope
        .s3()
        .get_bucket_policy()
        .bucket(&at.bucket)
        .send()
        .await;
    let answer = answer
        .op("s3:GetBucketPolicy")
        .unless(&["NoSuchBucketPolicy"])?;
    Ok(answer
        .and_then(|a| a.policy)
        .map(|p| documents::normalised(&p)))
}

impl Configuration for Policy {
    const TYPE: &'static str = "aws_s3_bucket_policy";

    async fn get(at: &At<'_>) -> Result<Option<Map>, OpError> {
        Ok(get(at)
            .await?
            .map(|p| attributes([("policy", text(Some(p)))])))
    }

    async fn put(at: &At<'_>, planned: &Value) -> Result<(), OpError> {
        let policy = planned.get_str("policy").unwrap_or_default();
        let call = at
            .scope
            .s3()
            .put_bucket_policy()
            .bucket(&at.bucket)
            .policy(policy);
        call.send().await.op("s3:PutBucketPolicy").map(|_| ())
    }

    async fn remove(at: &At<'_>, _: &Value) -> Result<(), OpError> {
        let answer = at
            .scope
            .s3()
            .delete_bucket_policy()
            .bucket(&at.bucket)
            .send()
            .await;
        answer.op("s3:DeleteBucketPolicy").map(|_| ())
    }
}
