//! Emptying a bucket.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use bastionless_model::cloud::{OpError, OpErrorKind, Operation};

use crate::{
    clients::Scope,
    errors::{Call, chain},
};

const OPERATION: &str = "s3:DeleteObject";

/// Deletes all versions and delete markers, a page of a thousand at a time.
///
/// `governed` asks to pass over the governance mode of Object Lock; versions in compliance mode stay, and are an error.
pub(super) async fn empty(
    scope: &Scope,
    op: &Operation<'_>,
    bucket: &str,
    governed: bool,
) -> Result<(), OpError> {
    // What is listed is deleted, so the first page is always the next.
    loop {
        let page = scope
            .s3()
            .list_object_versions()
            .bucket(bucket)
            .send()
            .await
            .op("s3:ListBucketVersions")?;
        let versions = page.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = page
            .delete_markers()
            .iter()
            .map(|m| (m.key(), m.version_id()));
        let objects = versions
            .chain(markers)
            .map(|(key, version)| {
                ObjectIdentifier::builder()
                    .key(key.unwrap_or_default())
                    .set_version_id(version.map(str::to_owned))
                    .build()
            })
            .collect::<Result<Vec<_>, _>>();
        let batch = objects.and_then(|objects| {
            let any = !objects.is_empty();
            Ok((
                any,
                Delete::builder()
                    .set_objects(Some(objects))
                    .quiet(true)
                    .build()?,
            ))
        });
        let (any, batch) =
            batch.map_err(|e| OpError::new(OpErrorKind::Invalid, OPERATION, chain(&e)))?;
        if !any {
            return Ok(());
        }
        if op.progress.cancelled() {
            return Err(OpError::new(
                OpErrorKind::Cancelled,
                OPERATION,
                "the run was interrupted while the bucket was being emptied; the next run goes on with it",
            ));
        }
        op.progress.permit()?;
        let call = scope.s3().delete_objects().bucket(bucket).delete(batch);
        let call = call.set_bypass_governance_retention(governed.then_some(true));
        let answer = call.send().await.op(OPERATION)?;
        if let Some(first) = answer.errors().first() {
            let mut e = OpError::new(
                OpErrorKind::Conflict,
                OPERATION,
                format!(
                    "{} objects could not be deleted; the first is {}: {}",
                    answer.errors().len(),
                    first.key().unwrap_or_default(),
                    first.message().unwrap_or_default()
                ),
            );
            e.code = first.code().map(str::to_owned);
            return Err(e);
        }
    }
}
