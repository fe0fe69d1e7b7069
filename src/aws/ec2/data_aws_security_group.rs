//! `data "aws_security_group"`

use bastionless_model::{cloud::OpError, value::Value};

use super::{
    aws_security_group::attributes,
    lookups::{filters, only},
};
use crate::kind::Source;

looked_up!(
    /// Looks a security group up.
    DataAwsSecurityGroup
);

impl Source for DataAwsSecurityGroup {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let arguments = [
            ("id", "group-id"),
            ("name", "group-name"),
            ("vpc_id", "vpc-id"),
        ];
        let found = self
            .0
            .list_groups(filters(config, "tags", &arguments))
            .await?;
        let group = only(found, "EC2 Security Group")?;
        let attributes = self
            .0
            .with_found_tags(attributes(&self.0, &group), group.tags());
        Ok(attributes.data("aws_security_group", &self.0.region, config))
    }
}
