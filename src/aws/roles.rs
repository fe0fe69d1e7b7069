//! Credentials of roles, with all arguments of `assume_role`.

use std::time::SystemTime;

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use aws_sdk_sts::types::{Credentials as StsCredentials, PolicyDescriptorType, Tag};

use crate::{errors::chain, settings::Role};

/// Takes a role and gives its credentials.
#[derive(Debug)]
pub(crate) struct RoleCredentials {
    sts: aws_sdk_sts::Client,
    role: Role,
}

impl RoleCredentials {
    /// Makes a provider that calls `sts` with the credentials of the one before.
    pub(crate) fn new(sts: aws_sdk_sts::Client, role: Role) -> Self {
        Self { sts, role }
    }

    fn session_name(&self) -> String {
        self.role
            .session_name
            .clone()
            .unwrap_or_else(|| "bastionless".into())
    }

    fn seconds(&self) -> Option<i32> {
        self.role
            .duration
            .and_then(|d| i32::try_from(d.as_secs()).ok())
    }

    fn policy_arns(&self) -> Option<Vec<PolicyDescriptorType>> {
        let arns: Vec<_> = self
            .role
            .policy_arns
            .iter()
            .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
            .collect();
        (!arns.is_empty()).then_some(arns)
    }

    async fn assume(&self) -> Result<Credentials, CredentialsError> {
        let refused = |e: &dyn std::error::Error| {
            CredentialsError::provider_error(format!(
                "cannot assume the role {}: {}",
                self.role.arn,
                chain(e)
            ))
        };
        let answer = if self.role.token.is_some() || self.role.token_file.is_some() {
            self.sts
                .assume_role_with_web_identity()
                .role_arn(&self.role.arn)
                .role_session_name(self.session_name())
                .web_identity_token(self.web_token()?)
                .set_policy(self.role.policy.clone())
                .set_policy_arns(self.policy_arns())
                .set_duration_seconds(self.seconds())
                .send()
                .await
                .map_err(|e| refused(&e))?
                .credentials
        } else {
            let tags = self
                .role
                .tags
                .iter()
                .map(|(k, v)| Tag::builder().key(k).value(v).build())
                .collect::<Result<Vec<_>, _>>()
                .map_err(CredentialsError::invalid_configuration)?;
            self.sts
                .assume_role()
                .role_arn(&self.role.arn)
                .role_session_name(self.session_name())
                .set_external_id(self.role.external_id.clone())
                .set_policy(self.role.policy.clone())
                .set_policy_arns(self.policy_arns())
                .set_duration_seconds(self.seconds())
                .set_source_identity(self.role.source_identity.clone())
                .set_tags((!tags.is_empty()).then_some(tags))
                .set_transitive_tag_keys(
                    (!self.role.transitive_tag_keys.is_empty())
                        .then(|| self.role.transitive_tag_keys.clone()),
                )
                .send()
                .await
                .map_err(|e| refused(&e))?
                .credentials
        };
        answer
            .map(from_sts)
            .ok_or_else(|| CredentialsError::provider_error("STS answered without credentials"))
    }

    fn web_token(&self) -> Result<String, CredentialsError> {
        match (&self.role.token, &self.role.token_file) {
            (Some(token), _) => Ok(token.clone()),
            (None, Some(file)) => std::fs::read_to_string(file)
                .map(|t| t.trim().to_owned())
                .map_err(|e| {
                    CredentialsError::invalid_configuration(format!("cannot read {file}: {e}"))
                }),
            (None, None) => Err(CredentialsError::invalid_configuration(
                "no web identity token",
            )),
        }
    }
}

fn from_sts(c: StsCredentials) -> Credentials {
    Credentials::new(
        c.access_key_id,
        c.secret_access_key,
        Some(c.session_token),
        SystemTime::try_from(c.expiration).ok(),
        "AssumeRole",
    )
}

impl ProvideCredentials for RoleCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}
