//! Data source `aws_ssm_parameter`

use aws_sdk_ssm::types::ParameterType;
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::Value,
};

use crate::{
    clients::Scope,
    errors::{Call, incomplete},
    kind::Source,
    shape::{Shape, number, text, truth},
};

/// Reads a parameter.
pub(crate) struct ParameterSource {
    scope: Scope,
    shape: Shape,
}

impl ParameterSource {
    /// Makes the data source.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::data("aws_ssm_parameter"),
        }
    }
}

impl Source for ParameterSource {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let asked = config.get_str("name").unwrap_or_default();
        let decrypt = config.get_bool("with_decryption").unwrap_or(true);
        let call = self
            .scope
            .ssm()
            .get_parameter()
            .name(asked)
            .with_decryption(decrypt);
        let answer = call.send().await.op("ssm:GetParameter").map_err(|mut e| {
            if e.kind == OpErrorKind::NotFound {
                e.message = format!(
                    "there is no SSM parameter `{asked}` in {}",
                    self.scope.region()
                );
            }
            e
        })?;
        let parameter = answer
            .parameter
            .ok_or_else(|| incomplete("ssm:GetParameter", "parameter"))?;
        let secure = parameter.r#type == Some(ParameterType::SecureString);
        let value = text(parameter.value.as_deref());
        let open = if secure {
            text(None::<&str>)
        } else {
            value.clone()
        };
        Ok(self.shape.object([
            ("arn", text(parameter.arn.as_deref())),
            ("id", text(Some(asked))),
            ("insecure_value", open),
            ("name", text(Some(asked))),
            ("region", text(Some(self.scope.region()))),
            (
                "type",
                text(parameter.r#type.as_ref().map(ParameterType::as_str)),
            ),
            ("value", value.sensitive()),
            ("version", number(Some(parameter.version))),
            ("with_decryption", truth(config.get_bool("with_decryption"))),
        ]))
    }
}
