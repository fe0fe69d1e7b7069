//! `aws_s3_bucket_versioning`

use aws_sdk_s3::types::{
    BucketVersioningStatus, MfaDelete, MfaDeleteStatus, VersioningConfiguration,
};
use bastionless_model::{
    cloud::OpError,
    value::{Map, Value},
};

use super::part::{At, Configuration, attributes};
use crate::{
    errors::{Call, has_code},
    shape::{given, objects, part, single, text},
};

/// Whether a bucket keeps old versions.
pub(crate) struct Versioning;

impl Versioning {
    async fn set(
        at: &At<'_>,
        configuration: VersioningConfiguration,
        mfa: Option<&str>,
    ) -> Result<(), OpError> {
        let call = at.scope.s3().put_bucket_versioning().bucket(&at.bucket);
        let call = call
            .set_expected_bucket_owner(at.owner.clone())
            .set_mfa(mfa.map(str::to_owned));
        let call = call.versioning_configuration(configuration);
        call.send().await.op("s3:PutBucketVersioning").map(|_| ())
    }
}

fn status(state: &Value) -> &str {
    single(state, "versioning_configuration")
        .and_then(|c| given(c, "status"))
        .unwrap_or_default()
}

impl Configuration for Versioning {
    const TYPE: &'static str = "aws_s3_bucket_versioning";
    const HAS_OWNER: bool = true;

    async fn get(at: &At<'_>) -> Result<Option<Map>, OpError> {
        let call = at.scope.s3().get_bucket_versioning().bucket(&at.bucket);
        let answer = call
            .set_expected_bucket_owner(at.owner.clone())
            .send()
            .await;
        let answer = answer.op("s3:GetBucketVersioning")?;
        // A bucket that never had versions has no status.
        let status = answer
            .status
            .as_ref()
            .map_or("Disabled", BucketVersioningStatus::as_str);
        let configuration = part([
            (
                "mfa_delete",
                text(answer.mfa_delete.as_ref().map(MfaDeleteStatus::as_str)),
            ),
            ("status", text(Some(status))),
        ]);
        Ok(Some(attributes([(
            "versioning_configuration",
            objects([configuration]),
        )])))
    }

    async fn put(at: &At<'_>, planned: &Value) -> Result<(), OpError> {
        let status = status(planned);
        if status == "Disabled" {
            // That is what a new bucket is; it cannot be asked for.
            return Ok(());
        }
        let mfa_delete =
            single(planned, "versioning_configuration").and_then(|c| given(c, "mfa_delete"));
        let configuration = VersioningConfiguration::builder()
            .status(BucketVersioningStatus::from(status))
            .set_mfa_delete(mfa_delete.map(MfaDelete::from))
            .build();
        Self::set(at, configuration, given(planned, "mfa")).await
    }

    async fn remove(at: &At<'_>, prior: &Value) -> Result<(), OpError> {
        if status(prior) == "Disabled" {
            return Ok(());
        }
        let off = VersioningConfiguration::builder()
            .status(BucketVersioningStatus::Suspended)
            .build();
        match Self::set(at, off, given(prior, "mfa")).await {
            // Object Lock does not let go of versions: nothing can be undone, as in Terraform.
            Err(e) if has_code(&e, &["InvalidBucketState"]) => Ok(()),
            done => done,
        }
    }

    fn arrived(planned: &Value, read: &Value) -> bool {
        status(planned) == status(read)
    }
}
