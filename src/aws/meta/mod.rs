//! Data sources about the caller and where it calls.

use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::Value,
};

use crate::{
    clients::Scope,
    kind::Source,
    shape::{Shape, given, text},
};

/// `aws_caller_identity`
pub(crate) struct CallerIdentity(Scope);

/// `aws_region`
pub(crate) struct Region(Scope);

/// `aws_partition`
pub(crate) struct Partition(Scope);

impl CallerIdentity {
    /// Makes the data source.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope)
    }
}

impl Region {
    /// Makes the data source.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope)
    }
}

impl Partition {
    /// Makes the data source.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope)
    }
}

impl Source for CallerIdentity {
    async fn read(&self, _: &Value) -> Result<Value, OpError> {
        let caller = self.0.caller().await?;
        Ok(Shape::data("aws_caller_identity").object([
            ("account_id", text(Some(&caller.account))),
            ("arn", text(Some(&caller.arn))),
            ("id", text(Some(&caller.account))),
            ("user_id", text(Some(&caller.user_id))),
        ]))
    }
}

impl Source for Region {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let by_endpoint = given(config, "endpoint").and_then(|e| e.split('.').nth(1));
        let name = given(config, "region")
            .or(given(config, "name"))
            .or(by_endpoint);
        let scope = name.map(|n| self.0.with_region(n));
        let scope = scope.as_ref().unwrap_or(&self.0);
        let name = scope.region();
        let description = description(name).ok_or_else(|| {
            let message = format!("no region `{name}` is known; regions look like `eu-central-1`");
            OpError::new(OpErrorKind::NotFound, "reading region", message)
        })?;
        Ok(Shape::data("aws_region").object([
            ("description", text(Some(description))),
            (
                "endpoint",
                text(Some(format!("ec2.{name}.{}", scope.dns_suffix()))),
            ),
            ("id", text(Some(name))),
            ("name", text(Some(name))),
            ("region", text(Some(name))),
        ]))
    }
}

impl Source for Partition {
    async fn read(&self, _: &Value) -> Result<Value, OpError> {
        let suffix = self.0.dns_suffix();
        let reverse = suffix.rsplit('.').collect::<Vec<_>>().join(".");
        Ok(Shape::data("aws_partition").object([
            ("dns_suffix", text(Some(suffix))),
            ("id", text(Some(self.0.partition()))),
            ("partition", text(Some(self.0.partition()))),
            ("reverse_dns_prefix", text(Some(reverse))),
        ]))
    }
}

/// Returns a region's name for people; a region that is newer than this table has its own name.
fn description(region: &str) -> Option<&str> {
    const TABLE: &[(&str, &str)] = &[
        ("af-south-1", "Africa (Cape Town)"),
        ("ap-east-1", "Asia Pacific (Hong Kong)"),
        ("ap-east-2", "Asia Pacific (Taipei)"),
        ("ap-northeast-1", "Asia Pacific (Tokyo)"),
        ("ap-northeast-2", "Asia Pacific (Seoul)"),
        ("ap-northeast-3", "Asia Pacific (Osaka)"),
        ("ap-south-1", "Asia Pacific (Mumbai)"),
        ("ap-south-2", "Asia Pacific (Hyderabad)"),
        ("ap-southeast-1", "Asia Pacific (Singapore)"),
        ("ap-southeast-2", "Asia Pacific (Sydney)"),
        ("ap-southeast-3", "Asia Pacific (Jakarta)"),
        ("ap-southeast-4", "Asia Pacific (Melbourne)"),
        ("ap-southeast-5", "Asia Pacific (Malaysia)"),
        ("ap-southeast-6", "Asia Pacific (New Zealand)"),
        ("ap-southeast-7", "Asia Pacific (Thailand)"),
        ("ca-central-1", "Canada (Central)"),
        ("ca-west-1", "Canada West (Calgary)"),
        ("cn-north-1", "China (Beijing)"),
        ("cn-northwest-1", "China (Ningxia)"),
        ("eu-central-1", "Europe (Frankfurt)"),
        ("eu-central-2", "Europe (Zurich)"),
        ("eu-north-1", "Europe (Stockholm)"),
        ("eu-south-1", "Europe (Milan)"),
        ("eu-south-2", "Europe (Spain)"),
        ("eu-west-1", "Europe (Ireland)"),
        ("eu-west-2", "Europe (London)"),
        ("eu-west-3", "Europe (Paris)"),
        ("il-central-1", "Israel (Tel Aviv)"),
        ("me-central-1", "Middle East (UAE)"),
        ("me-south-1", "Middle East (Bahrain)"),
        ("mx-central-1", "Mexico (Central)"),
        ("sa-east-1", "South America (Sao Paulo)"),
        ("us-east-1", "US East (N. Virginia)"),
        ("us-east-2", "US East (Ohio)"),
        ("us-gov-east-1", "AWS GovCloud (US-East)"),
        ("us-gov-west-1", "AWS GovCloud (US-West)"),
        ("us-west-1", "US West (N. California)"),
        ("us-west-2", "US West (Oregon)"),
    ];
    let known = TABLE
        .iter()
        .find(|(name, _)| *name == region)
        .map(|(_, text)| *text);
    known.or_else(|| (region.split('-').count() >= 3).then_some(region))
}
