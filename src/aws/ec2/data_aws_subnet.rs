//! `data "aws_subnet"`

use aws_sdk_ec2::types::SubnetState;
use bastionless_model::{cloud::OpError, value::Value};

use super::{
    aws_subnet::{attributes, list_subnets},
    context::is_value,
    lookups::{filters, only},
};
use crate::kind::Source;

looked_up!(
    /// Looks a subnet up.
    DataAwsSubnet
);

impl Source for DataAwsSubnet {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let arguments = [
            ("id", "subnet-id"),
            ("availability_zone", "availability-zone"),
            ("availability_zone_id", "availability-zone-id"),
            ("cidr_block", "cidr-block"),
            (
                "ipv6_cidr_block",
                "ipv6-cidr-block-association.ipv6-cidr-block",
            ),
            ("state", "state"),
            ("vpc_id", "vpc-id"),
        ];
        let mut filters = filters(config, "tags", &arguments);
        if config.get_bool("default_for_az") == Some(true) {
            filters.push(is_value("default-for-az", "true"));
        }
        let subnet = only(list_subnets(&self.0, filters).await?, "EC2 Subnet")?;
        let attributes = attributes(&subnet)
            .number(
                "available_ip_address_count",
                subnet.available_ip_address_count(),
            )
            .flag(
                "default_for_az",
                Some(subnet.default_for_az() == Some(true)),
            )
            .flag(
                "map_customer_owned_ip_on_launch",
                Some(subnet.map_customer_owned_ip_on_launch() == Some(true)),
            )
            .number(
                "enable_lni_at_device_index",
                Some(subnet.enable_lni_at_device_index().unwrap_or(0)),
            )
            .text("state", subnet.state().map(SubnetState::as_str));
        let attributes = self.0.with_found_tags(attributes, subnet.tags());
        Ok(attributes.data("aws_subnet", &self.0.region, config))
    }
}
