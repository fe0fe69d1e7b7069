//! `aws_s3_bucket_server_side_encryption_configuration`

use aws_sdk_s3::types::{
    BlockedEncryptionTypes, EncryptionType, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::{Map, Type, Value},
};

use super::part::{At, Configuration, attributes};
use crate::{
    errors::{Call, chain},
    shape::{given, objects, part, single, some_text, strings, text, texts, truth},
};

/// The default encryption of new objects.
pub(crate) struct Encryption;

fn read(rule: &ServerSideEncryptionRule) -> Value {
    let default = rule.apply_server_side_encryption_by_default().map(|d| {
        part([
            ("kms_master_key_id", some_text(d.kms_master_key_id())),
            ("sse_algorithm", text(Some(d.sse_algorithm().as_str()))),
        ])
    });
    let blocked = rule
        .blocked_encryption_types()
        .map(|b| texts(b.encryption_type().iter().map(EncryptionType::as_str)));
    part([
        ("apply_server_side_encryption_by_default", objects(default)),
        (
            "blocked_encryption_types",
            blocked.unwrap_or(Value::null(Type::list(Type::String))),
        ),
        (
            "bucket_key_enabled",
            truth(Some(rule.bucket_key_enabled().unwrap_or(false))),
        ),
    ])
}

fn write(rule: &Value) -> Result<ServerSideEncryptionRule, aws_sdk_s3::error::BuildError> {
    let default = single(rule, "apply_server_side_encryption_by_default").map(|d| {
        ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::from(
                d.get_str("sse_algorithm").unwrap_or_default(),
            ))
            .set_kms_master_key_id(given(d, "kms_master_key_id").map(str::to_owned))
            .build()
    });
    let blocked = strings(rule.get("blocked_encryption_types"));
    let blocked = (!blocked.is_empty()).then(|| {
        let types = blocked
            .iter()
            .map(|t| EncryptionType::from(t.as_str()))
            .collect();
        BlockedEncryptionTypes::builder()
            .set_encryption_type(Some(types))
            .build()
    });
    Ok(ServerSideEncryptionRule::builder()
        .set_apply_server_side_encryption_by_default(default.transpose()?)
        .bucket_key_enabled(rule.get_bool("bucket_key_enabled").unwrap_or(false))
        .set_blocked_encryption_types(blocked)
        .build())
}

impl Configuration for Encryption {
    const TYPE: &'static str = "aws_s3_bucket_server_side_encryption_configuration";
    const HAS_OWNER: bool = true;

    async fn get(at: &At<'_>) -> Result<Option<Map>, OpError> {
        let call = at.scope.s3().get_bucket_encryption().bucket(&at.bucket);
        let answer = call
            .set_expected_bucket_owner(at.owner.clone())
            .send()
            .await;
        let found = answer
            .op("s3:GetEncryptionConfiguration")?
            .server_side_encryption_configuration;
        Ok(found.map(|c| attributes([("rule", objects(c.rules.iter().map(read)))])))
    }

    async fn put(at: &At<'_>, planned: &Value) -> Result<(), OpError> {
        const OPERATION: &str = "s3:PutEncryptionConfiguration";
        let rules = planned
            .get("rule")
            .and_then(Value::elements)
            .unwrap_or_default();
        let rules = rules.iter().map(write).collect::<Result<Vec<_>, _>>();
        let configuration = rules
            .and_then(|rules| {
                ServerSideEncryptionConfiguration::builder()
                    .set_rules(Some(rules))
                    .build()
            })
            .map_err(|e| OpError::new(OpErrorKind::Invalid, OPERATION, chain(&e)))?;
        let call = at.scope.s3().put_bucket_encryption().bucket(&at.bucket);
        let call = call.set_expected_bucket_owner(at.owner.clone());
        call.server_side_encryption_configuration(configuration)
            .send()
            .await
            .op(OPERATION)
            .map(|_| ())
    }

    async fn remove(at: &At<'_>, _: &Value) -> Result<(), OpError> {
        let call = at.scope.s3().delete_bucket_encryption().bucket(&at.bucket);
        let answer = call
            .set_expected_bucket_owner(at.owner.clone())
            .send()
            .await;
        answer.op("s3:PutEncryptionConfiguration").map(|_| ())
    }
}
