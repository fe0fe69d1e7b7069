//! `data "aws_subnets"`

use bastionless_model::{cloud::OpError, value::Value};

use super::{attributes::Attributes, aws_subnet::list_subnets, lookups::filters};
use crate::kind::Source;

looked_up!(
    /// Looks the ids of subnets up.
    DataAwsSubnets
);

impl Source for DataAwsSubnets {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let found = list_subnets(&self.0, filters(config, "tags", &[])).await?;
        let attributes = Attributes::default()
            .text("id", Some(&self.0.region))
            .texts("ids", found.iter().filter_map(|s| s.subnet_id()));
        Ok(attributes.data("aws_subnets", &self.0.region, config))
    }
}
