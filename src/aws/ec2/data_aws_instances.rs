//! `data "aws_instances"`

use bastionless_model::{cloud::OpError, value::Value};

use super::{
    attributes::{Attributes, texts_of},
    aws_instance::list_instances,
    context::is_any,
    instance_read::primary,
    lookups::filters,
};
use crate::kind::Source;

looked_up!(
    /// Looks instances up.
    DataAwsInstances
);

impl Source for DataAwsInstances {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let mut filters = filters(config, "instance_tags", &[]);
        let states = texts_of(config, "instance_state_names");
        let states = if states.is_empty() {
            vec!["running".to_owned()]
        } else {
            states
        };
        filters.push(is_any("instance-state-name", states));
        let found = list_instances(&self.0, filters).await?;
        let v6 = found
            .iter()
            .filter_map(primary)
            .flat_map(|n| n.ipv6_addresses());
        let attributes = Attributes::default()
            .text("id", Some(&self.0.region))
            .texts("ids", found.iter().filter_map(|i| i.instance_id()))
            .texts(
                "private_ips",
                found.iter().filter_map(|i| i.private_ip_address()),
            )
            .texts(
                "public_ips",
                found.iter().filter_map(|i| i.public_ip_address()),
            )
            .texts("ipv6_addresses", v6.filter_map(|a| a.ipv6_address()));
        Ok(attributes.data("aws_instances", &self.0.region, config))
    }
}
