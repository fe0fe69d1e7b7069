//! The block `provider "aws"`, decoded.

use std::{collections::BTreeMap, time::Duration};

use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::Value,
};

use crate::{
    shape::{given, single, strings},
    tags::{TagRules, Tags, from_value},
};

/// What the provider configuration says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) region: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) access_key: Option<String>,
    pub(crate) secret_key: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) config_files: Vec<String>,
    pub(crate) credentials_files: Vec<String>,
    pub(crate) roles: Vec<Role>,
    pub(crate) web_identity: Option<Role>,
    /// By the names of the block `endpoints`.
    pub(crate) endpoints: BTreeMap<String, String>,
    pub(crate) path_style: Option<bool>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) adaptive: bool,
    pub(crate) allowed_accounts: Vec<String>,
    pub(crate) forbidden_accounts: Vec<String>,
    pub(crate) skip_credentials_validation: bool,
    pub(crate) skip_region_validation: bool,
    pub(crate) skip_metadata: bool,
    pub(crate) metadata_endpoint: Option<String>,
    pub(crate) sts_region: Option<String>,
    pub(crate) use_fips: Option<bool>,
    pub(crate) use_dualstack: Option<bool>,
    pub(crate) ca_bundle: Option<String>,
    /// `None`: from the environment.
    pub(crate) http_proxy: Option<String>,
    pub(crate) https_proxy: Option<String>,
    pub(crate) no_proxy: Option<String>,
    pub(crate) user_agent: Vec<String>,
    pub(crate) tags: TagRules,
}

/// A role to take.
#[derive(Clone, Debug, Default)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) session_name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) policy: Option<String>,
    pub(crate) policy_arns: Vec<String>,
    pub(crate) duration: Option<Duration>,
    pub(crate) source_identity: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) transitive_tag_keys: Vec<String>,
    pub(crate) token: Option<String>,
    pub(crate) token_file: Option<String>,
}

impl Settings {
    /// Decodes the block; what cannot be obeyed is refused by name.
    pub(crate) fn decode(block: &Value) -> Result<Self, OpError> {
        refuse_unsupported(block)?;
        let text = |name| given(block, name).map(str::to_owned);
        let flag = |name| block.get_bool(name);
        let blocks = |name| {
            block
                .get(name)
                .and_then(Value::elements)
                .unwrap_or_default()
                .to_vec()
        };
        let roles = blocks("assume_role")
            .iter()
            .map(role)
            .collect::<Result<Vec<_>, _>>()?;
        let ignored = single(block, "ignore_tags");
        Ok(Self {
            region: text("region"),
            profile: text("profile"),
            access_key: text("access_key"),
            secret_key: text("secret_key"),
            token: text("token"),
            config_files: strings(block.get("shared_config_files")),
            credentials_files: strings(block.get("shared_credentials_files")),
            roles: roles.into_iter().filter(|r| !r.arn.is_empty()).collect(),
            web_identity: single(block, "assume_role_with_web_identity")
                .map(role)
                .transpose()?,
            endpoints: endpoints(&blocks("endpoints")),
            path_style: flag("s3_use_path_style"),
            max_retries: block
                .get_i64("max_retries")
                .and_then(|n| u32::try_from(n).ok()),
            adaptive: given(block, "retry_mode") != Some("standard"),
            allowed_accounts: strings(block.get("allowed_account_ids")),
            forbidden_accounts: strings(block.get("forbidden_account_ids")),
            skip_credentials_validation: flag("skip_credentials_validation").unwrap_or(false),
            skip_region_validation: flag("skip_region_validation").unwrap_or(false),
            skip_metadata: given(block, "skip_metadata_api_check") == Some("true"),
            metadata_endpoint: text("ec2_metadata_service_endpoint"),
            sts_region: text("sts_region"),
            use_fips: flag("use_fips_endpoint"),
            use_dualstack: flag("use_dualstack_endpoint"),
            ca_bundle: text("custom_ca_bundle"),
            http_proxy: block.get_str("http_proxy").map(str::to_owned),
            https_proxy: block.get_str("https_proxy").map(str::to_owned),
            no_proxy: text("no_proxy"),
            user_agent: strings(block.get("user_agent")),
            tags: TagRules {
                defaults: from_value(single(block, "default_tags").and_then(|b| b.get("tags"))),
                ignored_keys: strings(ignored.and_then(|b| b.get("keys"))),
                ignored_prefixes: strings(ignored.and_then(|b| b.get("key_prefixes"))),
            },
        })
    }

    /// Returns the endpoint that the block gives for a service.
    pub(crate) fn endpoint(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .find_map(|n| self.endpoints.get(*n))
            .map(String::as_str)
    }
}

fn refuse_unsupported(block: &Value) -> Result<(), OpError> {
    let refused: &[(&str, bool, &str)] = &[
        (
            "insecure",
            block.get_bool("insecure") == Some(true),
            "certificates are always verified; name the authority in `custom_ca_bundle`",
        ),
        (
            "s3_us_east_1_regional_endpoint",
            given(block, "s3_us_east_1_regional_endpoint") == Some("legacy"),
            "the regional endpoint is always used",
        ),
        (
            "token_bucket_rate_limiter_capacity",
            block
                .get_i64("token_bucket_rate_limiter_capacity")
                .is_some_and(|n| n > 0),
            "the SDK limits its rate by itself; set `max_retries` instead",
        ),
        (
            "tag_policy_compliance",
            given(block, "tag_policy_compliance").is_some_and(|v| v != "disabled"),
            "tag policies are not checked in this version",
        ),
        (
            "ec2_metadata_service_endpoint_mode",
            given(block, "ec2_metadata_service_endpoint_mode").is_some(),
            "set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE in the environment instead",
        ),
    ];
    match refused.iter().find(|(_, set, _)| *set) {
        Some((name, _, why)) => Err(invalid(
            name,
            format!("`{name}` cannot be used: {why}"),
            OpErrorKind::Unsupported,
        )),
        None => Ok(()),
    }
}

fn invalid(argument: &str, message: String, kind: OpErrorKind) -> OpError {
    let mut e = OpError::new(kind, "configuring provider \"aws\"", message);
    e.path = Some(bastionless_model::value::Path::default().attribute(argument));
    e
}

fn endpoints(blocks: &[Value]) -> BTreeMap<String, String> {
    blocks
        .iter()
        .filter_map(Value::entries)
        .flatten()
        .filter_map(|(k, v)| {
            Some((
                k.to_string(),
                v.as_str().filter(|s| !s.is_empty())?.to_owned(),
            ))
        })
        .collect()
}

fn role(block: &Value) -> Result<Role, OpError> {
    let text = |name| given(block, name).map(str::to_owned);
    let duration = match given(block, "duration") {
        Some(d) => Some(go_duration(d).ok_or_else(|| {
            invalid(
                "assume_role",
                format!("`duration` is not a duration: `{d}`. Write it as `1h`, `15m` or `1h30m`."),
                OpErrorKind::Invalid,
            )
        })?),
        None => None,
    };
    Ok(Role {
        arn: text("role_arn").unwrap_or_default(),
        session_name: text("session_name"),
        external_id: text("external_id"),
        policy: text("policy"),
        policy_arns: strings(block.get("policy_arns")),
        duration,
        source_identity: text("source_identity"),
        tags: from_value(block.get("tags")),
        transitive_tag_keys: strings(block.get("transitive_tag_keys")),
        token: text("web_identity_token"),
        token_file: text("web_identity_token_file"),
    })
}

/// Reads Go's durations, such as `1h30m`.
fn go_duration(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let unit = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        let factor = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * factor;
        rest = tail;
    }
    (!text.is_empty() && seconds < 1e9).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        assert_eq!(go_duration("1h30m"), Some(Duration::from_secs(5400)));
        assert_eq!(go_duration("900s"), Some(Duration::from_secs(900)));
        assert_eq!(go_duration("1"), None);
        assert_eq!(go_duration("x"), None);
    }

    #[test]
    fn what_cannot_be_obeyed_is_refused_by_name() {
        let error =
            Settings::decode(&Value::object([("insecure", Value::from(true))])).unwrap_err();
        assert_eq!(error.kind, OpErrorKind::Unsupported);
        assert!(error.message.contains("`insecure`"), "{}", error.message);
    }
}
