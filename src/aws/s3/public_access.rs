//! `aws_s3_bucket_public_access_block`

use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use bastionless_model::{
    cloud::OpError,
    value::{Map, Value},
};

use super::part::{At, Configuration, attributes};
use crate::{errors::Call, shape::truth};

/// The four switches against public access.
pub(crate) struct PublicAccess;

impl Configuration for PublicAccess {
    const TYPE: &'static str = "aws_s3_bucket_public_access_block";

    async fn get(at: &At<'_>) -> Result<Option<Map>, OpError> {
        let answer = at
            .scope
            .s3()
            .get_public_access_block()
            .bucket(&at.bucket)
            .send()
            .await;
        let answer = answer
            .op("s3:GetBucketPublicAccessBlock")?
            .public_access_block_configuration;
        let on = |flag: Option<bool>| truth(Some(flag.unwrap_or(false)));
        Ok(answer.map(|c| {
            attributes([
                ("block_public_acls", on(c.block_public_acls)),
                ("block_public_policy", on(c.block_public_policy)),
                ("ignore_public_acls", on(c.ignore_public_acls)),
                ("restrict_public_buckets", on(c.restrict_public_buckets)),
            ])
        }))
    }

    async fn put(at: &At<'_>, planned: &Value) -> Result<(), OpError> {
        let on = |name| planned.get_bool(name).unwrap_or(false);
        let configuration = PublicAccessBlockConfiguration::builder()
            .block_public_acls(on("block_public_acls"))
            .block_public_policy(on("block_public_policy"))
            .ignore_public_acls(on("ignore_public_acls"))
            .restrict_public_buckets(on("restrict_public_buckets"))
            .build();
        let call = at.scope.s3().put_public_access_block().bucket(&at.bucket);
        let call = call.public_access_block_configuration(configuration);
        call.send()
            .await
            .op("s3:PutBucketPublicAccessBlock")
            .map(|_| ())
    }

    async fn remove(at: &At<'_>, prior: &Value) -> Result<(), OpError> {
        if prior.get_bool("skip_destroy") == Some(true) {
            return Ok(());
        }
        let answer = at
            .scope
            .s3()
            .delete_public_access_block()
            .bucket(&at.bucket)
            .send()
            .await;
        answer.op("s3:PutBucketPublicAccessBlock").map(|_| ())
    }
}
