//! A bucket as a store for state.

use aws_sdk_s3::{
    error::SdkError,
    primitives::ByteStream,
    types::{ObjectCannedAcl, ServerSideEncryption},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bastionless_model::{
    cloud::{Condition, Future, ObjectStore, OpError, OpErrorKind, StoreError, Stored},
    value::Value,
};

use crate::{
    clients::Scope,
    errors::{Call, has_code, op_error},
    settings::Settings,
    shape::{given, part},
};

/// Key of the metadata that holds the request id of a write.
const REQUEST_ID: &str = "bastionless-request-id";

/// The bucket of an S3 backend.
pub(crate) struct Bucket {
    scope: Scope,
    name: String,
    encrypt: bool,
    kms_key: Option<String>,
    acl: Option<String>,
}

impl Bucket {
    /// Opens the bucket that the backend's arguments name.
    pub(crate) async fn open(config: &Value) -> Result<Self, OpError> {
        let settings = Settings::decode(&as_provider(config)?)?;
        let name = given(config, "bucket").ok_or_else(|| refused("`bucket` is required"))?;
        Ok(Self {
            scope: Scope::open(settings).await?,
            name: name.to_owned(),
            encrypt: config.get_bool("encrypt").unwrap_or(false),
            kms_key: given(config, "kms_key_id").map(str::to_owned),
            acl: given(config, "acl").map(str::to_owned),
        })
    }
}

fn refused(message: impl Into<String>) -> OpError {
    OpError::new(OpErrorKind::Invalid, "opening backend \"s3\"", message)
}

/// Gives the backend's arguments the names of the provider block.
fn as_provider(config: &Value) -> Result<Value, OpError> {
    for name in [
        "sse_customer_key",
        "shared_credentials_file",
        "assume_role_policy",
    ] {
        if given(config, name).is_some() {
            return Err(OpError::new(
                OpErrorKind::Unsupported,
                "opening backend \"s3\"",
                format!("`{name}` of backend \"s3\" is not supported in this version"),
            ));
        }
    }
    let mut block = config.clone();
    if config
        .get_bool("use_path_style")
        .or(config.get_bool("force_path_style"))
        == Some(true)
    {
        block = block.with("s3_use_path_style", Value::from(true));
    }
    if let Some(endpoint) = given(config, "endpoint") {
        block = block.with(
            "endpoints",
            Value::tuple(vec![part([("s3", Value::from(endpoint))])]),
        );
    } else if let Some(endpoints) = config.get("endpoints").filter(|e| e.entries().is_some()) {
        block = block.with("endpoints", Value::tuple(vec![endpoints.clone()]));
    }
    for list in ["assume_role", "assume_role_with_web_identity"] {
        if let Some(one) = config.get(list).filter(|e| e.entries().is_some()) {
            block = block.with(list, Value::tuple(vec![one.clone()]));
        }
    }
    Ok(block)
}

/// A write whose condition does not hold, or any other failure.
fn store_error<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let status = error.raw_response().map(|r| r.status().as_u16());
    let e = op_error(operation, error);
    // 404 answers If-Match on an object that is gone; 409 answers two conditional writes at once.
    let gone = status == Some(404) && has_code(&e, &["NoSuchKey"]);
    if status == Some(412)
        || gone
        || has_code(&e, &["PreconditionFailed", "ConditionalRequestConflict"])
    {
        StoreError::Precondition
    } else {
        StoreError::Call(e)
    }
}

impl ObjectStore for Bucket {
    fn get<'a>(&'a self, key: &'a str) -> Future<'a, Result<Option<Stored>, OpError>> {
        Box::pin(async move {
            const OPERATION: &str = "s3:GetObject";
            let answer = self
                .scope
                .s3()
                .get_object()
                .bucket(&self.name)
                .key(key)
                .send()
                .await;
            let object = match answer.op(OPERATION) {
                Ok(object) => object,
                Err(e) if has_code(&e, &["NoSuchKey"]) => return Ok(None),
                Err(e) => return Err(e),
            };
            let etag = object.e_tag().unwrap_or_default().to_owned();
            let request_id = object.metadata().and_then(|m| m.get(REQUEST_ID)).cloned();
            let bytes = object.body.collect().await.map_err(|e| {
                OpError::new(
                    OpErrorKind::Unavailable,
                    OPERATION,
                    format!("the object was cut off: {e}"),
                )
            })?;
            Ok(Some(Stored {
                bytes: bytes.to_vec(),
                etag,
                request_id,
            }))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        bytes: Vec<u8>,
        request_id: &'a str,
        condition: Condition,
    ) -> Future<'a, Result<String, StoreError>> {
        Box::pin(async move {
            const OPERATION: &str = "s3:PutObject";
            let mut call = self
                .scope
                .s3()
                .put_object()
                .bucket(&self.name)
                .key(key)
                .content_type("application/json")
                .metadata(REQUEST_ID, request_id)
                .set_acl(self.acl.as_deref().map(ObjectCannedAcl::from))
                .body(ByteStream::from(bytes));
            if self.encrypt {
                call = match &self.kms_key {
                    Some(key) => call
                        .server_side_encryption(ServerSideEncryption::AwsKms)
                        .ssekms_key_id(key),
                    None => call.server_side_encryption(ServerSideEncryption::Aes256),
                };
            }
            call = match condition {
                Condition::Always => call,
                Condition::Absent => call.if_none_match("*"),
                Condition::Matches(etag) => call.if_match(etag),
            };
            match call.send().await {
                Ok(done) => Ok(done.e_tag.unwrap_or_default()),
                Err(e) => Err(store_error(OPERATION, &e)),
            }
        })
    }

    fn delete<'a>(
        &'a self,
        key: &'a str,
        condition: Condition,
    ) -> Future<'a, Result<(), StoreError>> {
        Box::pin(async move {
            const OPERATION: &str = "s3:DeleteObject";
            let mut call = self.scope.s3().delete_object().bucket(&self.name).key(key);
            call = match condition {
                Condition::Always => call,
                Condition::Matches(etag) => call.if_match(etag),
                Condition::Absent => return Err(StoreError::Precondition),
            };
            match call.send().await {
                Ok(_) => Ok(()),
                Err(e) => match op_error(OPERATION, &e) {
                    gone if has_code(&gone, &["NoSuchKey"]) => Ok(()),
                    _ => Err(store_error(OPERATION, &e)),
                },
            }
        })
    }

    fn list<'a>(&'a self, prefix: &'a str) -> Future<'a, Result<Vec<String>, OpError>> {
        Box::pin(async move {
            let mut keys = Vec::new();
            let mut pages = self
                .scope
                .s3()
                .list_objects_v2()
                .bucket(&self.name)
                .prefix(prefix)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.op("s3:ListBucket")?;
                keys.extend(
                    page.contents()
                        .iter()
                        .filter_map(|o| o.key().map(str::to_owned)),
                );
            }
            Ok(keys)
        })
    }

    fn describe(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Step, s3_error, scripted, step};

    fn bucket(steps: Vec<Step>) -> (Bucket, crate::testing::Script) {
        let (scope, script) = scripted(steps);
        let name = "state".to_owned();
        (
            Bucket {
                scope,
                name,
                encrypt: true,
                kms_key: None,
                acl: None,
            },
            script,
        )
    }

    #[tokio::test]
    async fn a_condition_that_does_not_hold_is_told_apart_from_a_failure() {
        let (bucket, script) = bucket(vec![
            step(
                "PUT /state/k?x-id=PutObject",
                412,
                s3_error("PreconditionFailed"),
            ),
            step(
                "PUT /state/k?x-id=PutObject",
                409,
                s3_error("ConditionalRequestConflict"),
            ),
            step("PUT /state/k?x-id=PutObject", 404, s3_error("NoSuchKey")),
            step("PUT /state/k?x-id=PutObject", 404, s3_error("NoSuchBucket")),
        ]);
        for _ in 0..3 {
            let put = bucket
                .put("k", b"x".to_vec(), "r", Condition::Matches("\"e\"".into()))
                .await;
            assert!(matches!(put, Err(StoreError::Precondition)), "{put:?}");
        }
        let put = bucket.put("k", b"x".to_vec(), "r", Condition::Absent).await;
        assert!(
            matches!(&put, Err(StoreError::Call(e)) if e.kind == OpErrorKind::NotFound),
            "{put:?}"
        );
        script.done();
    }

    #[tokio::test]
    async fn only_a_missing_object_reads_as_none() {
        let (bucket, script) = bucket(vec![
            step("GET /state/k?x-id=GetObject", 404, s3_error("NoSuchKey")),
            step("GET /state/k?x-id=GetObject", 404, s3_error("NoSuchBucket")),
            step("GET /state/k?x-id=GetObject", 403, s3_error("AccessDenied")),
        ]);
        assert!(bucket.get("k").await.unwrap().is_none());
        assert!(bucket.get("k").await.is_err());
        assert_eq!(bucket.get("k").await.unwrap_err().kind, OpErrorKind::Denied);
        script.done();
    }
}
